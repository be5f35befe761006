"""The guards: what must hold at every moment, whoever writes to the database (design §3).

Revision 0002, after 0001. The transitions are those of voting.documents.states on that day.
"""

from alembic import op

from voting.storage.guards import Guard, dropping, statements

revision = "0002"
down_revision = "0001"

TRANSITIONS = (
    "draft>list_frozen",
    "list_frozen>draft",
    "list_frozen>roll_taken",
    "roll_taken>draft",
    "roll_taken>sealed",
    "sealed>open",
    "open>frozen",
    "frozen>open",
    "open>closed",
    "frozen>closed",
    "closed>counted",
    "counted>signed",
    "draft>annulled",
    "list_frozen>annulled",
    "roll_taken>annulled",
    "sealed>annulled",
    "open>annulled",
    "frozen>annulled",
    "closed>annulled",
    "list_frozen>on_paper",
    "roll_taken>on_paper",
    "sealed>on_paper",
    "open>on_paper",
    "frozen>on_paper",
)
ALWAYS = "1 = 1"
NEW_STATE = "(SELECT state FROM conferences WHERE id = NEW.conference)"
OLD_STATE = "(SELECT state FROM conferences WHERE id = OLD.conference)"
CARD_STATE = "(SELECT c.state FROM conferences c JOIN decks d ON d.conference = c.id WHERE d.uuid = NEW.deck)"
LOCK_NEW = "PERFORM 1 FROM conferences WHERE id = NEW.conference FOR SHARE;"
LOCK_OLD = "PERFORM 1 FROM conferences WHERE id = OLD.conference FOR SHARE;"
LOCK_CARD = "PERFORM 1 FROM conferences WHERE id = (SELECT conference FROM decks WHERE uuid = NEW.deck) FOR SHARE;"
# With a spare in the room there may be more cards than drawn ones: then ballots are counted one after the other.
LOCK_BALLOT = (
    "IF EXISTS (SELECT 1 FROM cards WHERE deck = NEW.deck AND status = 'activated') THEN "
    "PERFORM 1 FROM conferences WHERE id = (SELECT conference FROM decks WHERE uuid = NEW.deck) FOR UPDATE; "
    f"ELSE {LOCK_CARD} END IF;"
)
BEFORE_ROLL = "('draft', 'list_frozen')"
BEFORE_SEAL = "('draft', 'list_frozen', 'roll_taken')"
_CHANGES = "NEW.state <> OLD.state"

LIFE = (
    Guard("a_conference_begins_as_draft", "conferences", "INSERT", "NEW.state <> 'draft'"),
    Guard("a_conference_stays", "conferences", "DELETE", ALWAYS),
    Guard(
        "a_transition_of_the_table",
        "conferences",
        "UPDATE",
        f"{_CHANGES} AND (OLD.state || '>' || NEW.state) NOT IN ({', '.join(repr(one) for one in TRANSITIONS)})",
    ),
    Guard(
        "numbers_stay_once_taken",
        "conferences",
        "UPDATE",
        "NEW.state <> 'draft' AND ((OLD.state <> 'draft' AND NEW.summoned <> OLD.summoned) "
        "OR (OLD.state NOT IN ('draft', 'list_frozen') AND (COALESCE(NEW.present, -1) <> COALESCE(OLD.present, -1) "
        "OR COALESCE(NEW.drawn, -1) <> COALESCE(OLD.drawn, -1))))",
    ),
    Guard(
        "summoned_is_the_list",
        "conferences",
        "UPDATE",
        f"{_CHANGES} AND NEW.state = 'list_frozen' "
        "AND NEW.summoned <> (SELECT COUNT(*) FROM people WHERE conference = NEW.id)",
    ),
    Guard(
        "the_roll_is_even",
        "conferences",
        "UPDATE",
        f"{_CHANGES} AND NEW.state = 'roll_taken' AND (COALESCE(NEW.present, -1) <> "
        "(SELECT COUNT(*) FROM attendance WHERE conference = NEW.id AND presence = 'present') "
        "OR COALESCE(NEW.drawn, -1) <> (SELECT COUNT(*) FROM attendance WHERE conference = NEW.id AND drew) "
        "OR COALESCE(NEW.drawn, -1) <> (SELECT COUNT(*) FROM cards c JOIN decks d ON d.uuid = c.deck "
        "WHERE d.conference = NEW.id AND d.status = 'in_use' AND c.status = 'active'))",
    ),
    Guard(
        "sealed_with_setup",
        "conferences",
        "UPDATE",
        f"{_CHANGES} AND NEW.state = 'sealed' AND NOT EXISTS (SELECT 1 FROM setups s JOIN decks d ON d.uuid = s.uuid "
        "WHERE s.conference = NEW.id AND d.status = 'in_use')",
    ),
    Guard(
        "open_when_all_confirmed",
        "conferences",
        "UPDATE",
        f"{_CHANGES} AND NEW.state = 'open' AND (NEW.opened IS NULL OR NEW.over_limit "
        "OR (SELECT COUNT(*) FROM confirmations WHERE conference = NEW.id) "
        "<> COALESCE((SELECT tellers FROM setups WHERE conference = NEW.id), -1))",
    ),
    Guard(
        "closed_with_archive",
        "conferences",
        "UPDATE",
        f"{_CHANGES} AND NEW.state = 'closed' AND (NEW.closed IS NULL "
        "OR NOT EXISTS (SELECT 1 FROM closings WHERE conference = NEW.id))",
    ),
    Guard(
        "times_and_limit_stay",
        "conferences",
        "UPDATE",
        "COALESCE(NEW.opened, '') <> COALESCE(OLD.opened, NEW.opened, '') "
        "OR COALESCE(NEW.closed, '') <> COALESCE(OLD.closed, NEW.closed, '') "
        "OR (OLD.over_limit AND NOT NEW.over_limit)",
    ),
)

LIST = tuple(
    guard
    for table in ("drafts", "people")
    for guard in (
        Guard(f"{table}_begin_in_draft", table, "INSERT", f"{NEW_STATE} <> 'draft'", LOCK_NEW),
        Guard(
            f"{table}_change_in_draft", table, "UPDATE", f"{OLD_STATE} <> 'draft' OR {NEW_STATE} <> 'draft'", LOCK_OLD
        ),
        Guard(f"{table}_end_in_draft", table, "DELETE", f"{OLD_STATE} <> 'draft'", LOCK_OLD),
    )
)

_NOT_AT_THE_DOOR = (
    f"{NEW_STATE} <> 'list_frozen' OR NEW.conference <> (SELECT conference FROM people WHERE id = NEW.person)"
)
ROLL = (
    Guard("attendance_while_the_door_is_open", "attendance", "INSERT", _NOT_AT_THE_DOOR, LOCK_NEW),
    Guard(
        "attendance_changes_while_the_door_is_open",
        "attendance",
        "UPDATE",
        f"NEW.person <> OLD.person OR {_NOT_AT_THE_DOOR}",
        LOCK_NEW,
    ),
    Guard("attendance_ends_before_the_roll", "attendance", "DELETE", f"{OLD_STATE} NOT IN {BEFORE_ROLL}", LOCK_OLD),
)

CARDS = (
    Guard("a_deck_before_the_roll", "decks", "INSERT", f"{NEW_STATE} NOT IN {BEFORE_ROLL}", LOCK_NEW),
    Guard(
        "a_deck_changes_before_the_roll",
        "decks",
        "UPDATE",
        "NEW.uuid <> OLD.uuid OR NEW.conference <> OLD.conference OR NEW.kind <> OLD.kind "
        f"OR {NEW_STATE} NOT IN {BEFORE_ROLL} OR (OLD.status = 'void' AND NEW.status <> 'void')",
        LOCK_NEW,
    ),
    Guard("a_deck_stays", "decks", "DELETE", ALWAYS),
    Guard(
        "a_card_before_the_roll",
        "cards",
        "INSERT",
        f"{CARD_STATE} NOT IN {BEFORE_ROLL} OR NEW.status NOT IN ('active', 'spare') "
        "OR (SELECT status FROM decks WHERE uuid = NEW.deck) = 'void'",
        LOCK_CARD,
    ),
    Guard(
        "a_card_changes_as_allowed",
        "cards",
        "UPDATE",
        "NEW.credential <> OLD.credential OR NEW.deck <> OLD.deck OR (NEW.status <> OLD.status AND NOT ("
        f"(OLD.status IN ('active', 'spare') AND NEW.status = 'void' AND {CARD_STATE} IN {BEFORE_ROLL}) "
        f"OR (OLD.status = 'spare' AND NEW.status = 'activated' AND {CARD_STATE} = 'open') "
        f"OR (OLD.status = 'activated' AND NEW.status = 'active' AND {CARD_STATE} = 'closed')))",
        LOCK_CARD,
    ),
    Guard("a_card_stays", "cards", "DELETE", ALWAYS),
)

SETUP = (
    Guard("trustees_before_setup", "trustees", "INSERT", f"{NEW_STATE} NOT IN {BEFORE_SEAL}", LOCK_NEW),
    Guard("trustees_change_before_setup", "trustees", "UPDATE", f"{NEW_STATE} NOT IN {BEFORE_SEAL}", LOCK_NEW),
    Guard("trustees_stay", "trustees", "DELETE", ALWAYS),
    Guard("a_server_key_is_never_changed", "server_keys", "UPDATE", ALWAYS),
    Guard("a_server_key_stays", "server_keys", "DELETE", ALWAYS),
    Guard(
        "setup_after_the_roll",
        "setups",
        "INSERT",
        f"{NEW_STATE} <> 'roll_taken' OR NEW.conference <> (SELECT conference FROM decks WHERE uuid = NEW.uuid)",
        LOCK_NEW,
    ),
    Guard("setup_is_never_changed", "setups", "UPDATE", ALWAYS),
    Guard("setup_stays", "setups", "DELETE", ALWAYS),
    Guard(
        "a_confirmation_while_sealed",
        "confirmations",
        "INSERT",
        f"{NEW_STATE} <> 'sealed' OR NEW.owner < 1 "
        "OR NEW.owner > (SELECT tellers FROM setups WHERE conference = NEW.conference)",
        LOCK_NEW,
    ),
    Guard("a_confirmation_is_never_changed", "confirmations", "UPDATE", ALWAYS),
    Guard("a_confirmation_stays", "confirmations", "DELETE", ALWAYS),
)

BOX = (
    Guard(
        "a_ballot_into_an_open_box",
        "ballots",
        "INSERT",
        f"COALESCE({CARD_STATE}, '') <> 'open' OR (SELECT status FROM decks WHERE uuid = NEW.deck) <> 'in_use' "
        "OR COALESCE((SELECT status FROM cards WHERE credential = NEW.credential), '') NOT IN ('active', 'activated')",
        LOCK_BALLOT,
    ),
    Guard(
        "ballots_at_most_drawn",
        "ballots",
        "INSERT",
        "(SELECT COUNT(*) FROM ballots WHERE deck = NEW.deck) >= COALESCE("
        "(SELECT c.drawn FROM conferences c JOIN decks d ON d.conference = c.id WHERE d.uuid = NEW.deck), 0)",
        LOCK_BALLOT,
    ),
    Guard("a_ballot_is_never_changed", "ballots", "UPDATE", ALWAYS),
    Guard("a_ballot_stays", "ballots", "DELETE", ALWAYS),
    Guard("an_archive_at_closing", "closings", "INSERT", f"{NEW_STATE} NOT IN ('open', 'frozen')", LOCK_NEW),
    Guard(
        "an_archive_is_never_changed",
        "closings",
        "UPDATE",
        "NEW.conference <> OLD.conference OR NEW.archive <> OLD.archive OR NEW.facts <> OLD.facts "
        "OR COALESCE(NEW.commitments, '') <> COALESCE(OLD.commitments, '') OR (OLD.rewritten AND NOT NEW.rewritten)",
    ),
    Guard("an_archive_stays", "closings", "DELETE", ALWAYS),
    Guard("a_count_only_grows", "counts", "UPDATE", "NEW.times < OLD.times"),
    Guard("a_count_stays", "counts", "DELETE", ALWAYS),
)

GUARDS = (*LIFE, *LIST, *ROLL, *CARDS, *SETUP, *BOX)


def upgrade() -> None:
    """Create the guards in this database's own words."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in statements(guard, dialect):
            op.execute(statement)


def downgrade() -> None:
    """Drop the guards."""
    dialect = op.get_bind().dialect.name
    for guard in GUARDS:
        for statement in dropping(guard, dialect):
            op.execute(statement)
