"""What must hold whoever writes to the database: raw SQL past all of the code, refused by constraints and guards."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.exc import IntegrityError

from tests.voting.rooms import Room, Teller, open_room
from voting.conference.steps import TRANSITIONS
from voting.documents.states import STATES
from voting.storage.tables import Base

# What was reached, the statement, and the rule that refuses it.
STATEMENTS = [
    (
        "begin",
        "INSERT INTO conferences (state, practice, summoned, over_limit) VALUES ('open', false, 0, false)",
        "begins",
    ),
    ("begin", "DELETE FROM conferences", "a_conference_stays"),
    ("begin", "UPDATE conferences SET state = 'counted'", "a_transition_of_the_table"),
    ("begin", "UPDATE conferences SET state = 'elsewhere'", "a_transition_of_the_table"),
    ("begin", "UPDATE conferences SET summoned = 7, state = 'list_frozen'", "summoned_is_the_list"),
    ("freeze_list", "UPDATE drafts SET content = '{}'", "drafts_change_in_draft"),
    ("freeze_list", "DELETE FROM drafts", "drafts_end_in_draft"),
    ("freeze_list", "UPDATE people SET name = 'X'", "people_change_in_draft"),
    ("freeze_list", "DELETE FROM people", "people_end_in_draft"),
    (
        "freeze_list",
        "INSERT INTO people (conference, place, name, unit, search) SELECT id, 99, 'X', '', 'x' FROM conferences",
        "people_begin_in_draft",
    ),
    ("freeze_list", "UPDATE conferences SET summoned = 5", "numbers_stay_once_taken"),
    ("freeze_list", "UPDATE conferences SET present = 5, drawn = 1", "drawn_present_summoned"),
    ("freeze_list", "UPDATE conferences SET present = 2, drawn = 3", "drawn_present_summoned"),
    ("freeze_list", "UPDATE conferences SET present = 0, drawn = 0, state = 'roll_taken'", "the_roll_is_even"),
    ("freeze_list", "UPDATE conferences SET state = 'roll_taken'", "the_roll_is_even"),
    (
        "freeze_list",
        "INSERT INTO attendance (person, conference, presence, drew) "
        "SELECT id, conference, 'excused', true FROM people",
        "only_the_present_draw",
    ),
    ("freeze_list", "UPDATE cards SET status = 'activated' WHERE status = 'spare'", "a_card_changes_as_allowed"),
    ("freeze_list", "UPDATE cards SET status = 'spare' WHERE status = 'active'", "a_card_changes_as_allowed"),
    ("freeze_list", "UPDATE cards SET status = 'lent'", "a_card_changes_as_allowed"),
    ("freeze_list", "DELETE FROM cards", "a_card_stays"),
    ("freeze_list", "DELETE FROM decks", "a_deck_stays"),
    ("freeze_list", "UPDATE decks SET status = 'in_use' WHERE kind = 'reserve'", "one_deck_in_use|decks.conference"),
    ("take_roll", "UPDATE conferences SET present = 4", "numbers_stay_once_taken"),
    ("take_roll", "UPDATE conferences SET drawn = 2", "numbers_stay_once_taken"),
    ("take_roll", "UPDATE attendance SET drew = false", "attendance_changes_while_the_door_is_open"),
    ("take_roll", "DELETE FROM attendance", "attendance_ends_before_the_roll"),
    ("take_roll", "UPDATE cards SET status = 'void' WHERE status = 'active'", "a_card_changes_as_allowed"),
    ("take_roll", "UPDATE cards SET status = 'active' WHERE status = 'void'", "a_card_changes_as_allowed"),
    (
        "take_roll",
        "INSERT INTO cards (credential, deck, status) "
        "SELECT '{hex}', uuid, 'active' FROM decks WHERE status = 'in_use'",
        "a_card_before_the_roll",
    ),
    ("take_roll", "UPDATE decks SET status = 'void'", "a_deck_changes_before_the_roll"),
    ("take_roll", "UPDATE conferences SET state = 'sealed'", "sealed_with_setup"),
    ("seal", "UPDATE conferences SET state = 'open', opened = 'now'", "open_when_all_confirmed"),
    ("seal", "UPDATE setups SET fingerprint = 'x'", "setup_is_never_changed"),
    ("seal", "UPDATE setups SET tellers = 0", "setup_is_never_changed"),
    ("seal", "DELETE FROM setups", "setup_stays"),
    ("seal", "UPDATE trustees SET content = ''", "trustees_change_before_setup"),
    ("seal", "UPDATE server_keys SET public = 'x'", "a_server_key_is_never_changed"),
    (
        "seal",
        "INSERT INTO confirmations (conference, owner, envelope) SELECT id, 3, '' FROM conferences",
        "a_confirmation_while_sealed",
    ),
    ("seal", "{ballot}", "a_ballot_into_an_open_box"),
    ("seal", "UPDATE conferences SET last_call = true", "a_last_call_while_open"),
    ("close", "UPDATE conferences SET last_call = true", "a_last_call_while_open"),
    ("open", "{ballot_of_void_card}", "a_ballot_into_an_open_box"),
    ("open", "{ballot_of_spare}", "a_ballot_into_an_open_box"),
    ("open", "{ballot_of_nobody}", "a_ballot_into_an_open_box"),
    ("open", "UPDATE conferences SET state = 'closed', closed = 'now'", "closed_with_archive"),
    ("open", "UPDATE conferences SET opened = 'later'", "times_and_limit_stay"),
    ("open", "DELETE FROM confirmations", "a_confirmation_stays"),
    ("close", "{ballot}", "a_ballot_into_an_open_box"),
    ("close", "UPDATE closings SET archive = 'x'", "an_archive_is_never_changed"),
    ("close", "DELETE FROM closings", "an_archive_stays"),
    ("close", "UPDATE conferences SET state = 'open'", "a_transition_of_the_table"),
    ("close", "UPDATE conferences SET closed = 'later'", "times_and_limit_stay"),
    (
        "open",
        "INSERT INTO records (conference, content) SELECT id, '{}' FROM conferences",
        "a_record_after_closing",
    ),
    ("close", "INSERT INTO releases (conference) SELECT id FROM conferences", "a_release_after_signing"),
    (
        "open",
        "INSERT INTO ways (conference, number, way, first, second, reason) "
        "SELECT id, 1, 'elsewhere', 'a', 'b', '' FROM conferences",
        "a_known_way",
    ),
]
BALLOT = (
    "INSERT INTO ballots (tracker, deck, credential, ballot, receipt) SELECT '{tracker}', deck, credential, '', '' "
    "FROM cards WHERE deck = (SELECT uuid FROM decks WHERE status = 'in_use') AND status = '{status}' "
    "ORDER BY credential LIMIT 1"
)


def ballot(status: str, tracker: str = "t" * 43) -> str:
    return BALLOT.format(tracker=tracker, status=status)


def spell(statement: str) -> str:
    """Fill in what a statement of the table abbreviates."""
    nobody = ballot("active").replace("deck, credential, ''", "deck, '{hex}', ''")
    named = {
        "{ballot}": ballot("active"),
        "{ballot_of_void_card}": ballot("void"),
        "{ballot_of_spare}": ballot("spare"),
        "{ballot_of_nobody}": nobody,
    }
    return named.get(statement, statement).replace("{hex}", "a" * 64)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def rooms(
    request: pytest.FixtureRequest, tellers: list[Teller], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Room]]:
    """A room at each step, made once: a refused statement leaves nothing behind."""
    made: dict[str, Room] = {}
    with ExitStack() as stack:

        def at(step: str) -> Room:
            if step not in made:
                if request.param == "sqlite":
                    url = f"sqlite:///{tmp_path_factory.mktemp('guards') / 'room.db'}"
                else:
                    url = stack.enter_context(request.getfixturevalue("postgres_cluster").database())
                made[step] = open_room(url, tellers)
                stack.callback(made[step].storage.close)
                reach(made[step], step)
            return made[step]

        yield at


def reach(room: Room, step: str) -> None:
    if step == "close":
        room.open()
        room.close()
    else:
        getattr(room, step)()


@pytest.mark.parametrize(("step", "statement", "rule"), STATEMENTS)
def test_the_database_refuses(rooms: Callable[[str], Room], step: str, statement: str, rule: str) -> None:
    room = rooms(step)
    with pytest.raises(IntegrityError) as refused:
        room.sql(spell(statement))
    found = str(refused.value.orig)
    assert any(name in found for name in rule.split("|")), found


def test_one_card_cannot_have_two_ballots(room: Room) -> None:
    room.open()
    room.sql(ballot("active", "a" * 43))
    with pytest.raises(IntegrityError, match="(?i)unique"):
        room.sql(ballot("active", "b" * 43))


def test_a_ballot_is_neither_changed_nor_taken_out(room: Room) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    for statement, rule in (
        ("UPDATE ballots SET receipt = 'x'", "a_ballot_is_never_changed"),
        ("DELETE FROM ballots", "a_ballot_stays"),
    ):
        with pytest.raises(IntegrityError, match=rule):
            room.sql(statement)


def test_ballots_never_pass_the_number_drawn_even_with_spares_active(room: Room) -> None:
    room.open()
    room.sql("UPDATE cards SET status = 'activated' WHERE status = 'spare' AND deck = :deck", deck=room.uuid())
    for card in room.drawn:
        room.box.cast(room.uuid(), room.body(card))
    with pytest.raises(IntegrityError, match="ballots_at_most_drawn"):
        room.sql(ballot("activated"))


ACTIVATE = "UPDATE cards SET status = 'activated' WHERE credential = (SELECT MIN(credential) FROM cards WHERE {which})"
SPARE = "status = 'spare' AND deck = (SELECT uuid FROM decks WHERE status = 'in_use')"


def test_spares_that_wait_never_pass_the_cards_without_a_ballot(room: Room) -> None:
    room.open()
    for card in room.drawn[:2]:
        room.box.cast(room.uuid(), room.body(card))
    room.sql(ACTIVATE.format(which=SPARE))
    with pytest.raises(IntegrityError, match="spares_at_most_cards_without_ballot"):
        room.sql(ACTIVATE.format(which=SPARE))


def test_a_card_that_has_voted_is_never_made_void_in_an_open_box(room: Room) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    void = "UPDATE cards SET status = 'void' WHERE credential = :card"
    with pytest.raises(IntegrityError, match="a_card_changes_as_allowed"):
        room.sql(void, card=room.public(room.drawn[0]))
    room.sql(void, card=room.public(room.drawn[1]))
    with pytest.raises(IntegrityError, match="a_ballot_into_an_open_box"):
        room.sql(ballot("void"))


def test_where_a_deck_comes_from_is_never_changed(room: Room) -> None:
    room.freeze_list()
    room.sql(
        "INSERT INTO deck_origins (deck, letter, made, made_by, form, cards, spares) "
        "VALUES (:deck, 'Z', '', '', 'f', 1, 0)",
        deck=room.uuid(),
    )
    with pytest.raises(IntegrityError, match="a_decks_origin_is_never_changed"):
        room.sql("UPDATE deck_origins SET letter = 'A'")
    with pytest.raises(IntegrityError, match="a_decks_origin_stays"):
        room.sql("DELETE FROM deck_origins")


@pytest.mark.parametrize("step", ["begin", "freeze_list", "take_roll", "seal", "open", "close"])
def test_only_the_transitions_of_the_table_can_be_taken(rooms: Callable[[str], Room], step: str) -> None:
    room = rooms(step)
    state = room.state()
    for new in STATES:
        if new == state or (state, new) in TRANSITIONS:
            continue
        with pytest.raises(IntegrityError, match="a_transition_of_the_table"):
            room.sql_without_other_guards("a_transition_of_the_table", "UPDATE conferences SET state = :new", new=new)


def test_no_table_keeps_times_or_order_of_casting_or_a_link_from_a_name_to_a_card() -> None:
    columns = {name: {column.name for column in table.columns} for name, table in Base.metadata.tables.items()}
    assert columns["ballots"] == {"tracker", "deck", "credential", "ballot", "commitments", "receipt"}
    assert columns["ballot_marks"] == {"deck", "mark"}
    assert columns["cards"] == {"credential", "deck", "status"}
    assert columns["attendance"] == {"person", "conference", "presence", "drew"}
    assert columns["devices"] == {"id", "label", "key", "status"}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [("UPDATE ways SET reason = 'other'", "a_way_is_never_changed"), ("DELETE FROM ways", "a_way_stays")],
)
def test_a_step_of_two_people_stays_as_it_was_taken(room: Room, statement: str, rule: str) -> None:
    room.begin()
    row = "INSERT INTO ways (conference, number, way, first, second, reason) VALUES (:c, 1, 'annul', 'a', 'b', 'x')"
    room.sql(row, c=room.conference)
    with pytest.raises(IntegrityError, match=rule):
        room.sql(statement)


def test_a_record_is_never_taken_out_and_stays_as_it_was_signed(room: Room) -> None:
    room.open()
    room.close()
    room.sql("INSERT INTO records (conference, content) VALUES (:c, :r)", c=room.conference, r=b"{}")
    with pytest.raises(IntegrityError, match="a_record_stays"):
        room.sql("DELETE FROM records")
    for state in ("counted", "signed"):
        room.sql("UPDATE conferences SET state = :state", state=state)
    with pytest.raises(IntegrityError, match="a_record_changes_until_signed"):
        room.sql("UPDATE records SET content = :r", r=b"[]")
