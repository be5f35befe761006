"""Never too many spares; decks with a letter, a maker and a time; the steps "spare" and "deck".

Revision 0009, after 0008. A card without a ballot may become void in an open box: its owner handed it back. A spare is
activated only while fewer spares wait for their ballot than drawn cards have none.
"""

import sqlalchemy as sa
from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0009"
down_revision = "0008"

ALWAYS = "1 = 1"
BEFORE_ROLL = "('draft', 'list_frozen')"
STATE = "(SELECT c.state FROM conferences c JOIN decks d ON d.conference = c.id WHERE d.uuid = NEW.deck)"
CONFERENCE = "(SELECT conference FROM decks WHERE uuid = NEW.deck)"
LOCK_SHARE = f"PERFORM 1 FROM conferences WHERE id = {CONFERENCE} FOR SHARE;"
LOCK_ALONE = (
    "IF NEW.status <> OLD.status AND (NEW.status = 'activated' OR OLD.status IN ('active', 'activated')) THEN "
    f"PERFORM 1 FROM conferences WHERE id = {CONFERENCE} FOR UPDATE; ELSE {LOCK_SHARE} END IF;"
)
_OTHERWISE = "NEW.credential <> OLD.credential OR NEW.deck <> OLD.deck OR (NEW.status <> OLD.status AND NOT ("
_ALLOWED = (
    f"(OLD.status IN ('active', 'spare') AND NEW.status = 'void' AND {STATE} IN {BEFORE_ROLL}) "
    f"OR (OLD.status = 'spare' AND NEW.status = 'activated' AND {STATE} = 'open') "
    f"OR (OLD.status = 'activated' AND NEW.status = 'active' AND {STATE} = 'closed')"
)
_HANDED_BACK = (
    f" OR (OLD.status IN ('active', 'activated') AND NEW.status = 'void' AND {STATE} = 'open' "
    "AND NOT EXISTS (SELECT 1 FROM ballots WHERE credential = NEW.credential))"
)
CHANGES_BEFORE = Guard("a_card_changes_as_allowed", "cards", "UPDATE", f"{_OTHERWISE}{_ALLOWED}))", LOCK_SHARE)
CHANGES_NOW = Guard(
    "a_card_changes_as_allowed", "cards", "UPDATE", f"{_OTHERWISE}{_ALLOWED}{_HANDED_BACK}))", LOCK_ALONE
)
SPARES = Guard(
    "spares_at_most_cards_without_ballot",
    "cards",
    "UPDATE",
    f"{STATE} = 'open' AND NEW.status = 'activated' AND OLD.status <> 'activated' "
    "AND (SELECT COUNT(*) FROM cards c WHERE c.deck = NEW.deck "
    "AND c.status = 'activated' AND NOT EXISTS (SELECT 1 FROM ballots b WHERE b.credential = c.credential)) >= "
    f"COALESCE((SELECT drawn FROM conferences WHERE id = {CONFERENCE}), 0) "
    "- (SELECT COUNT(*) FROM ballots WHERE deck = NEW.deck)",
    LOCK_ALONE,
)
OF_WAYS = (
    Guard("a_way_is_never_changed", "ways", "UPDATE", ALWAYS),
    Guard("a_way_stays", "ways", "DELETE", ALWAYS),
)
WAYS_BEFORE = ("roll", "reserve", "back", "open", "freeze", "reopen", "close", "annul", "paper", "signed", "tablet")
WAYS_NOW = (*WAYS_BEFORE, "spare", "deck")
OF_ORIGINS = (
    Guard("a_decks_origin_is_never_changed", "deck_origins", "UPDATE", ALWAYS),
    Guard("a_decks_origin_stays", "deck_origins", "DELETE", ALWAYS),
)


def upgrade() -> None:
    """Exchange the guards, create the decks' origins, and let the new steps be kept."""
    op.create_table(
        "deck_origins",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("deck", "letter", "made", "made_by", "form")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("cards", "spares")),
        sa.ForeignKeyConstraint(["deck"], ["decks.uuid"]),
        sa.PrimaryKeyConstraint("deck"),
        sa.UniqueConstraint("form"),
    )
    for guard in OF_ORIGINS:
        _do(statements(guard, _dialect()))
    _exchange(CHANGES_BEFORE, CHANGES_NOW)
    _do(statements(SPARES, _dialect()))
    _know(WAYS_NOW)


def downgrade() -> None:
    """Back to the guards and steps of before."""
    _know(WAYS_BEFORE)
    _do(dropping(SPARES, _dialect()))
    _exchange(CHANGES_NOW, CHANGES_BEFORE)
    for guard in OF_ORIGINS:
        _do(dropping(guard, _dialect()))
    op.drop_table("deck_origins")


def _dialect() -> str:
    return op.get_bind().dialect.name


def _do(listed: list[str]) -> None:
    for statement in listed:
        op.execute(statement)


def _exchange(old: Guard, new: Guard) -> None:
    _do([*dropping(old, _dialect()), *statements(new, _dialect())])


def _know(ways: tuple[str, ...]) -> None:
    """Give the steps another list; on SQLite the table is written anew, and its guards with it."""
    words = ", ".join(repr(word) for word in ways)
    for guard in OF_WAYS:
        _do(dropping(guard, _dialect()))
    op.execute(f"DELETE FROM ways WHERE way NOT IN ({words})")
    if _dialect() == "postgresql":
        op.drop_constraint("a_known_way", "ways", type_="check")
        op.create_check_constraint("a_known_way", "ways", f"way IN ({words})")
    else:
        _write_anew(words)
    for guard in OF_WAYS:
        _do(statements(guard, _dialect()))


def _write_anew(words: str) -> None:
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
