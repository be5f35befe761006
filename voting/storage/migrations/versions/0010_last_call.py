"""The last call is a column of its conference; its count says how often the room was told, and nothing else.

Revision 0010, after 0009. Before, calls and takings back were counted together, and an odd number meant called.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0010"
down_revision = "0009"

GROWS = Guard("a_count_only_grows", "counts", "UPDATE", "NEW.times < OLD.times")
NOW = Guard("a_last_call_while_open", "conferences", "UPDATE", "NEW.last_call <> OLD.last_call AND OLD.state <> 'open'")
_CALLED = "EXISTS (SELECT 1 FROM counts WHERE conference = conferences.id AND what = 'last_call' AND times % 2 = 1)"
_STANDING = "(SELECT last_call FROM conferences WHERE id = counts.conference)"


def upgrade() -> None:
    """Add the column, and count calls alone."""
    op.add_column("conferences", sa.Column("last_call", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE conferences SET last_call = {_CALLED}")
    _do(dropping(GROWS, _dialect()))
    op.execute("UPDATE counts SET times = (times + 1) / 2 WHERE what = 'last_call'")
    _do(statements(GROWS, _dialect()))
    _do(statements(NOW, _dialect()))


def downgrade() -> None:
    """Count calls and takings back together again, and drop the column."""
    taken_back = f"2 * times - (CASE WHEN {_STANDING} THEN 1 ELSE 0 END)"
    op.execute(f"UPDATE counts SET times = {taken_back} WHERE what = 'last_call'")
    _do(dropping(NOW, _dialect()))
    op.drop_column("conferences", "last_call")


def _dialect() -> str:
    return op.get_bind().dialect.name


def _do(listed: list[str]) -> None:
    for statement in listed:
        op.execute(statement)
