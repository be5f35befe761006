"""Casting asks for every ballot whether a spare is active: an index answers, and ballots are counted only where one is.

Revision 0006, after 0005. Without an active spare, the cards that may vote are as many as were drawn (the_roll_is_even,
a_card_changes_as_allowed); with one ballot a card there are never more ballots than drawn cards. And PostgreSQL no
longer tries to compress ballots, which are random but for their field names.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0006"
down_revision = "0005"

ACTIVATED = "status = 'activated'"
SPARE = f"EXISTS (SELECT 1 FROM cards WHERE deck = NEW.deck AND {ACTIVATED})"
CONFERENCE = "(SELECT conference FROM decks WHERE uuid = NEW.deck)"
TOO_MANY = (
    "(SELECT COUNT(*) FROM ballots WHERE deck = NEW.deck) >= "
    f"COALESCE((SELECT drawn FROM conferences WHERE id = {CONFERENCE}), 0)"
)
LOCK = (
    f"IF {SPARE} THEN PERFORM 1 FROM conferences WHERE id = {CONFERENCE} FOR UPDATE; "
    f"ELSE PERFORM 1 FROM conferences WHERE id = {CONFERENCE} FOR SHARE; END IF;"
)
BEFORE = Guard("ballots_at_most_drawn", "ballots", "INSERT", TOO_MANY, LOCK)
NOW = Guard("ballots_at_most_drawn", "ballots", "INSERT", f"{SPARE} AND {TOO_MANY}", LOCK)


def upgrade() -> None:
    """Index the activated spares; let spares come into a room whose list is sealed."""
    op.create_index(
        "spares_activated", "cards", ["deck"], sqlite_where=sa.text(ACTIVATED), postgresql_where=sa.text(ACTIVATED)
    )
    _exchange(BEFORE, NOW, "EXTERNAL")


def downgrade() -> None:
    """Back to the guards and columns of before; drop the index."""
    _exchange(NOW, BEFORE, "EXTENDED")
    op.drop_index("spares_activated", "cards")


def _exchange(old: Guard, new: Guard, storage: str) -> None:
    dialect = op.get_bind().dialect.name
    for statement in (*dropping(old, dialect), *statements(new, dialect)):
        op.execute(statement)
    if dialect == "postgresql":
        op.execute(f"ALTER TABLE ballots ALTER COLUMN ballot SET STORAGE {storage}")
