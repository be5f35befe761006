"""Marks of ciphertexts, so that none enters the box twice; they go when the box closes.

Revision 0005, after 0004. No order, no time, and no ballot that a mark belongs to.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0005"
down_revision = "0004"

OPEN = (
    "EXISTS (SELECT 1 FROM conferences c JOIN decks d ON d.conference = c.id "
    "WHERE d.uuid = OLD.deck AND c.state IN ('open', 'frozen'))"
)

GUARDS = (
    Guard("a_mark_stays_until_the_box_closes", "ballot_marks", "DELETE", OPEN),
    Guard("a_mark_is_never_changed", "ballot_marks", "UPDATE", "1 = 1"),
)


def upgrade() -> None:
    """Create the marks of ciphertexts and their guards; mark what the boxes hold."""
    op.create_table(
        "ballot_marks",
        sa.Column("deck", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deck", "mark"),
        sqlite_with_rowid=False,
    )
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in statements(guard, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Drop the guards, then the marks."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in dropping(guard, dialect):
            op.execute(statement)
    op.drop_table("ballot_marks")
