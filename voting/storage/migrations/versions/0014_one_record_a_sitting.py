"""One record a sitting, with all its papers, where there was one a paper.

Revision 0014, after 0013. Records of the earlier format cannot be read any more, and nothing that is signed is thrown
away: a room that holds some stays with the version that made them.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0014"
down_revision = "0013"

ALWAYS = "1 = 1"
NEW_STATE = "(SELECT state FROM conferences WHERE id = NEW.conference)"
LOCK_NEW = "PERFORM 1 FROM conferences WHERE id = NEW.conference FOR SHARE;"
AFTER_CLOSING = "('closed', 'counted')"
NOT_YET = f"{NEW_STATE} NOT IN {AFTER_CLOSING}"
OTHER_PAPER = "NEW.paper <> OLD.paper"
SAME_RECORD = "NEW.conference <> OLD.conference"
SAME_WAITING = f"{SAME_RECORD} OR NEW.digest <> OLD.digest"


def _guards(record_changes: str, waiting_changes: str) -> tuple[Guard, ...]:
    """Return the guards of both tables; each condition refuses a change of what a row is known by."""
    return (
        Guard("a_record_after_closing", "records", "INSERT", NOT_YET, LOCK_NEW),
        Guard("a_record_changes_until_signed", "records", "UPDATE", f"{record_changes} OR {NOT_YET}", LOCK_NEW),
        Guard("a_record_stays", "records", "DELETE", ALWAYS),
        Guard("a_record_waits_after_closing", "waiting_records", "INSERT", NOT_YET, LOCK_NEW),
        Guard("a_waiting_record_is_signed", "waiting_records", "UPDATE", f"{waiting_changes} OR {NOT_YET}", LOCK_NEW),
        Guard("a_waiting_record_stays", "waiting_records", "DELETE", ALWAYS),
    )


GUARDS = _guards(SAME_RECORD, SAME_WAITING)
EARLIER_GUARDS = _guards(f"{SAME_RECORD} OR {OTHER_PAPER}", f"{SAME_WAITING} OR {OTHER_PAPER}")


def upgrade() -> None:
    """Make both tables anew without papers; refuse where they hold anything."""
    _make_anew(EARLIER_GUARDS, GUARDS, paper=False)


def downgrade() -> None:
    """Make both tables anew with papers; refuse where they hold anything."""
    _make_anew(GUARDS, EARLIER_GUARDS, paper=True)


def _make_anew(before: tuple[Guard, ...], after: tuple[Guard, ...], *, paper: bool) -> None:
    bind = op.get_bind()
    for table in ("records", "waiting_records"):
        if bind.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar():
            raise RuntimeError(
                f"the table {table} holds records of another format: keep this room with the version that made them, "
                "and begin a new folder for the next conference"
            )
    dialect = bind.dialect.name
    for guard in before:
        for statement in dropping(guard, dialect):
            op.execute(statement)
    for table in ("records", "waiting_records"):
        op.drop_table(table)
    _create_tables(paper=paper)
    for guard in after:
        for statement in statements(guard, dialect):
            op.execute(statement)


def _create_tables(*, paper: bool) -> None:
    op.create_table(
        "records",
        sa.Column("conference", sa.Integer(), autoincrement=False, nullable=False),
        *([sa.Column("paper", sa.Integer(), autoincrement=False, nullable=False)] if paper else []),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["setups.conference"]),
        sa.PrimaryKeyConstraint("conference", *(["paper"] if paper else [])),
    )
    op.create_table(
        "waiting_records",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        *([sa.Column("paper", sa.Integer(), nullable=False)] if paper else []),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["setups.conference"]),
        sa.PrimaryKeyConstraint("conference", "digest"),
    )
