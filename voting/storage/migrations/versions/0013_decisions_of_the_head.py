"""The head's decisions on ties, one a paper, which come after the record is signed.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0013"
down_revision = "0012"

ALWAYS = "1 = 1"
NEW_STATE = "(SELECT state FROM conferences WHERE id = NEW.conference)"
LOCK_NEW = "PERFORM 1 FROM conferences WHERE id = NEW.conference FOR SHARE;"

GUARDS = (
    Guard("the_head_decides_after_signing", "head_decisions", "INSERT", f"{NEW_STATE} <> 'signed'", LOCK_NEW),
    Guard("a_decision_of_the_head_is_never_changed", "head_decisions", "UPDATE", ALWAYS),
    Guard("a_decision_of_the_head_stays", "head_decisions", "DELETE", ALWAYS),
)


def upgrade() -> None:
    """Create the table and its guards."""
    op.create_table(
        "head_decisions",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["setups.conference"]),
        sa.PrimaryKeyConstraint("conference", "paper"),
    )
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in statements(guard, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Drop the guards, then the table."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in dropping(guard, dialect):
            op.execute(statement)
    op.drop_table("head_decisions")
