"""Records wait side by side until one has every signature, each with what its tellers added to the archive.

Records that lack a signature at the time of the migration are brought again, with their archive, to be audited.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0007"
down_revision = "0006"

ALWAYS = "1 = 1"
NEW_STATE = "(SELECT state FROM conferences WHERE id = NEW.conference)"
LOCK_NEW = "PERFORM 1 FROM conferences WHERE id = NEW.conference FOR SHARE;"
AFTER_CLOSING = "('closed', 'counted')"
UNTIL_SIGNED = f"{NEW_STATE} NOT IN {AFTER_CLOSING}"
SAME = "NEW.conference <> OLD.conference OR NEW.digest <> OLD.digest OR NEW.paper <> OLD.paper"

GUARDS = (
    Guard("a_record_waits_after_closing", "waiting_records", "INSERT", UNTIL_SIGNED, LOCK_NEW),
    Guard("a_waiting_record_is_signed", "waiting_records", "UPDATE", f"{SAME} OR {UNTIL_SIGNED}", LOCK_NEW),
    Guard("a_waiting_record_stays", "waiting_records", "DELETE", ALWAYS),
    Guard("a_box_is_finished_after_closing", "finished_boxes", "INSERT", UNTIL_SIGNED, LOCK_NEW),
    Guard("a_finished_box_is_never_changed", "finished_boxes", "UPDATE", ALWAYS),
    Guard("a_finished_box_stays", "finished_boxes", "DELETE", ALWAYS),
)


def upgrade() -> None:
    """Create waiting records and finished boxes, and their guards."""
    op.create_table(
        "waiting_records",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["setups.conference"]),
        sa.PrimaryKeyConstraint("conference", "digest"),
    )
    op.create_table(
        "finished_boxes",
        sa.Column("conference", sa.Integer(), nullable=False),
        sa.Column("archive", sa.String(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conference"], ["setups.conference"]),
        sa.PrimaryKeyConstraint("conference", "archive"),
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
    for table in ("finished_boxes", "waiting_records"):
        op.drop_table(table)
