"""Who made, reset and removed accounts, wrong tries by place, and tablets enrolled by two people.

Revision 0008, after 0007. Nothing here is about a voter or a card.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0008"
down_revision = "0007"

ALWAYS = "1 = 1"
GUARDS = (
    Guard("a_staff_change_is_never_changed", "staff_changes", "UPDATE", ALWAYS),
    Guard("a_staff_change_stays", "staff_changes", "DELETE", ALWAYS),
)
GUARDS_OF_WAYS = (
    Guard("a_way_is_never_changed", "ways", "UPDATE", ALWAYS),
    Guard("a_way_stays", "ways", "DELETE", ALWAYS),
)
BEFORE = ("roll", "reserve", "back", "open", "freeze", "reopen", "close", "annul", "paper", "signed")
NOW = (*BEFORE, "tablet")


def upgrade() -> None:
    """Create both tables; let a tablet be enrolled by two people."""
    op.create_table(
        "staff_changes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conference", sa.Integer(), nullable=True),
        sa.Column("under_way", sa.Boolean(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.CheckConstraint("what IN ('made', 'password', 'authenticator', 'removed')", name="a_known_staff_change"),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "staff_tries",
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff", "place"),
    )
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in statements(guard, dialect):
            op.execute(statement)
    _exchange(NOW)


def downgrade() -> None:
    """Drop both tables; the older check knows no tablets."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in dropping(guard, dialect):
            op.execute(statement)
    op.drop_table("staff_tries")
    op.drop_table("staff_changes")
    _exchange(BEFORE)


def _exchange(known: tuple[str, ...]) -> None:
    """Give the steps another list; on SQLite the table is written anew, and its guards with it."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS_OF_WAYS:
        for statement in dropping(guard, dialect):
            op.execute(statement)
    words = ", ".join(repr(word) for word in known)
    op.execute(f"DELETE FROM ways WHERE way NOT IN ({words})")
    if dialect == "postgresql":
        op.drop_constraint("a_known_way", "ways", type_="check")
        op.create_check_constraint("a_known_way", "ways", f"way IN ({words})")
    else:
        _written_anew(words)
    for guard in GUARDS_OF_WAYS:
        for statement in statements(guard, dialect):
            op.execute(statement)


def _written_anew(words: str) -> None:
    op.create_table(
        "ways_anew",
        sa.Column("conference", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("way", "first", "second", "reason")),
        sa.CheckConstraint(f"way IN ({words})", name="a_known_way"),
        sa.ForeignKeyConstraint(["conference"], ["conferences.id"]),
        sa.PrimaryKeyConstraint("conference", "number"),
    )
    op.execute("INSERT INTO ways_anew SELECT conference, number, way, first, second, reason FROM ways")
    op.drop_table("ways")
    op.rename_table("ways_anew", "ways")
