"""Rounds: what the organiser plans, and the signed documents that feed the next step.

Revision 0004, after 0003. Nothing here is about a voter or a card. A signed document stays as it is.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0004"
down_revision = "0003"

IS_DOCUMENT = "length(OLD.name) = 64"

GUARDS = (
    Guard("a_signed_document_stays", "round_files", "DELETE", IS_DOCUMENT),
    Guard("a_signed_document_is_never_changed", "round_files", "UPDATE", IS_DOCUMENT),
)


def upgrade() -> None:
    """Create rounds and their files, and their guards."""
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "round_files",
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"]),
        sa.PrimaryKeyConstraint("round", "name"),
    )
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in statements(guard, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Drop the guards, then the tables."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in dropping(guard, dialect):
            op.execute(statement)
    for table in ("round_files", "rounds"):
        op.drop_table(table)
