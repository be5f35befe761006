"""What the desk keeps: signed records, the chair's release of results, ways taken by two people with their reasons.

Revision 0003, after 0002. Nothing here is about a voter or a card.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0003"
down_revision = "0002"

ALWAYS = "1 = 1"
NEW_STATE = "(SELECT state FROM conferences WHERE id = NEW.conference)"
LOCK_NEW = "PERFORM 1 FROM conferences WHERE id = NEW.conference FOR SHARE;"
AFTER_CLOSING = "('closed', 'counted')"

GUARDS = (
    Guard("a_record_after_closing", "records", "INSERT", f"{NEW_STATE} NOT IN {AFTER_CLOSING}", LOCK_NEW),
    Guard(
        "a_record_changes_until_signed",
        "records",
        "UPDATE",
        f"NEW.conference <> OLD.conference OR NEW.paper <> OLD.paper OR {NEW_STATE} NOT IN {AFTER_CLOSING}",
        LOCK_NEW,
    ),
    Guard("a_record_stays", "records", "DELETE", ALWAYS),
    Guard("a_release_after_signing", "releases", "INSERT", f"{NEW_STATE} <> 'signed'", LOCK_NEW),
    Guard("a_way_is_never_changed", "ways", "UPDATE", ALWAYS),
    Guard("a_way_stays", "ways", "DELETE", ALWAYS),
)


def upgrade() -> None:
    """Create records, releases and ways, and their guards."""
    op.create_table(
        "records",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["setups.conference"]),
        sa.PrimaryKeyConstraint("conference", "paper"),
    )
    op.create_table(
        "releases",
        sa.Column("conference", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"]),
        sa.PrimaryKeyConstraint("conference"),
    )
    op.create_table(
        "ways",
        sa.Column("conference", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "way IN ('roll', 'reserve', 'back', 'open', 'freeze', 'reopen', 'close', 'annul', 'paper', 'signed')",
            name="a_known_way",
        ),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"]),
        sa.PrimaryKeyConstraint("conference", "number"),
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
    for table in ("ways", "releases", "records"):
        op.drop_table(table)
