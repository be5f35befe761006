"""The life of a conference: what each step demands, and what it says when something is missing."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys.trustees import encode_trustees
from tests.voting.rooms import TWO, Room
from voting.conference import cards, confirmations, roll, setup, transitions
from voting.conference.draft.agenda import Draft, Person, check_draft, draft_problems, read_draft, write_draft
from voting.conference.transitions import TwoPeople
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER, Override, Quorum
from voting.documents.conferences.election import parse_election
from voting.documents.envelope import sign_envelope
from voting.documents.facts import CONFIRMATION_TYPE
from voting.errors import (
    InvalidCards,
    InvalidConfirmation,
    InvalidDraft,
    InvalidSetup,
    NotSummoned,
    QuorumNotMet,
    RollNotEven,
    SecondPersonNeeded,
    UnknownCard,
    WrongState,
)

NOW = datetime.datetime(2022, 4, 10, 8, 30, tzinfo=datetime.UTC)


@pytest.fixture
def room(sqlite_room: Room) -> Room:
    """These tests ask the code; that the database agrees is shown on both kinds in storage/ and test_box."""
    return sqlite_room


def write(room: Room, step: Callable[..., object], *arguments: object, **options: object) -> object:
    with room.storage.write() as session:
        return step(session, room.conference, *arguments, **options)


def test_a_draft_reads_as_it_was_written(draft_of: Callable[..., Draft]) -> None:
    draft = draft_of(people=3, candidates=2)
    assert read_draft(write_draft(draft)) == draft
    check_draft(draft)


def _signer(draft: Draft, role: str, key: str) -> Draft:
    return msgspec.structs.replace(draft, **{role: msgspec.structs.replace(getattr(draft, role), key=key)})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda draft: {"people": ()}, "people: 1 to"),
        (lambda draft: {"papers": ()}, "at least one paper"),
        (lambda draft: {"tellers": draft.tellers[:1]}, "tellers: 2 to"),
        (lambda draft: {"tellers": (draft.tellers[0], draft.tellers[0])}, "two tellers have one name"),
        (
            lambda draft: {
                "tellers": (
                    draft.tellers[0],
                    msgspec.structs.replace(draft.tellers[1], key=draft.tellers[0].key),
                )
            },
            "two tellers have one signing key",
        ),
        (
            lambda draft: {"tellers": (draft.tellers[0], msgspec.structs.replace(draft.tellers[1], key=ON_PAPER))},
            "teller: signing key",
        ),
        (lambda draft: {"name": ""}, "name: a text expected"),
        (lambda draft: {"name": "Hội nghị\u202e"}, "invisible character U\\+202E"),
        (lambda draft: {"date": "10/4/2022"}, "YYYY-MM-DD"),
    ],
)
def test_the_list_is_not_frozen_while_the_draft_lacks_something(
    draft_of: Callable[..., Draft], change: Callable[[Draft], dict[str, Any]], problem: str
) -> None:
    draft = draft_of()
    with pytest.raises(InvalidDraft, match=problem):
        check_draft(msgspec.structs.replace(draft, **change(draft)))


def test_a_paper_with_one_id_twice_is_named(draft_of: Callable[..., Draft]) -> None:
    draft = draft_of(candidates=2)
    one = draft.papers[0].candidates[0]
    twice = msgspec.structs.replace(draft.papers[0], candidates=(one, msgspec.structs.replace(one, name="Hà Văn An")))
    assert [str(one) for one in draft_problems(msgspec.structs.replace(draft, papers=(twice,)))] == [
        "paper 1: the id c1 stands 2 times"
    ]


def test_the_list_is_sorted_by_given_name_and_found_without_diacritics(
    room: Room, draft_of: Callable[..., Draft]
) -> None:
    people = (Person("Trần Văn Ước", "A"), Person("Đặng Thị Ánh", "B"), Person("Lê Văn An", "C"))
    with room.storage.write() as session:
        room.conference = transitions.new_conference(session, msgspec.structs.replace(draft_of(), people=people))
        transitions.freeze_list(session, room.conference)
        assert [one.name for one in roll.search(session, room.conference, "")] == [
            "Lê Văn An",
            "Đặng Thị Ánh",
            "Trần Văn Ước",
        ]
        assert [one.name for one in roll.search(session, room.conference, "DANG anh")] == ["Đặng Thị Ánh"]
        assert roll.search(session, room.conference, "%") == []


def test_too_few_cards_are_refused(room: Room) -> None:
    room.freeze_list()
    with pytest.raises(InvalidCards, match="at least 4 cards"):
        write(room, cards.make_cards, "main", 3, 0)


def test_making_a_deck_again_voids_the_one_before(room: Room) -> None:
    room.freeze_list()
    before = room.uuid()
    write(room, cards.make_cards, "main", 6, 1)
    with room.storage.read() as session:
        assert cards.count(session, before).void == 8
        assert cards.count(session, room.uuid()).made == 7


def test_card_secrets_are_nowhere_in_the_database(room: Room, tmp_path: Path) -> None:
    room.seal()
    room.storage.close()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [card for card in room.secrets if card.text.encode() in content]
    assert repr(room.secrets[0]).find(room.secrets[0].text) == -1


@pytest.mark.parametrize(("leave", "says"), [(1, "scan every card left in the box"), (-1, "a drawn card was voided")])
def test_the_roll_is_not_taken_while_cards_and_people_differ(room: Room, leave: int, says: str) -> None:
    room.freeze_list()
    room.draw(3, 3)
    plain = [card.text for card in room.secrets if not card.spare]
    if leave > 0:
        write(room, roll.card_drawn, room.people()[0], drew=False)
    else:
        write(room, cards.void_leftover, room.public(plain[0]))
    with pytest.raises(RollNotEven, match=says):
        write(room, transitions.take_roll)
    assert room.state() == "list_frozen"


def test_the_reserve_deck_takes_over_when_the_deck_does_not_come_out_even(room: Room) -> None:
    room.freeze_list()
    room.draw(3, 3)
    write(room, cards.use_reserve_deck)
    with room.storage.read() as session:
        assert roll.count(session, room.conference).drawn == 0
    room.draw(3, 3, room.reserve)
    write(room, transitions.take_roll)
    assert room.state() == "roll_taken"


def test_a_card_of_another_deck_is_not_a_leftover(room: Room) -> None:
    room.freeze_list()
    with pytest.raises(UnknownCard):
        write(room, cards.void_leftover, room.public("1" * 22))


def test_a_spare_is_not_voided_as_a_leftover(room: Room) -> None:
    room.freeze_list()
    spare = next(card.text for card in room.secrets if card.spare)
    with pytest.raises(InvalidCards, match="a spare"):
        write(room, cards.void_leftover, room.public(spare))


def test_marks_of_the_roll_can_be_repeated_and_taken_back(room: Room) -> None:
    room.freeze_list()
    first, second = room.people()[:2]
    for _ in range(2):
        write(room, roll.card_drawn, first)
        write(room, roll.mark_excused, second)
    write(room, roll.mark_present, first)
    with room.storage.read() as session:
        assert roll.count(session, room.conference) == roll.RollCount(4, 1, 1, 1)
    write(room, roll.mark_absent, first)
    with room.storage.read() as session:
        assert roll.count(session, room.conference) == roll.RollCount(4, 0, 1, 0)
    with pytest.raises(NotSummoned):
        write(room, roll.mark_present, 10_000)


def test_below_the_quorum_the_chair_must_speak(room: Room) -> None:
    room.freeze_list(quorum=Quorum(2, 3, None))
    room.draw(2, 2)
    with pytest.raises(QuorumNotMet, match="2 of 4 are present, 2/3 expected"):
        write(room, transitions.take_roll)
    write(room, transitions.take_roll, Override("Lê Chủ Trì", "Việc gấp"))
    raw_trustees(room)
    write(room, setup.write_setup, room.keyring)
    conference = parse_election(room.setup().election).conference
    assert conference is not None
    assert conference.quorum == Quorum(2, 3, Override("Lê Chủ Trì", "Việc gấp"))


def raw_trustees(room: Room) -> None:
    write(room, setup.upload_trustees, encode_trustees([teller.trustee for teller in room.tellers]))


def test_setup_needs_the_tellers_keys(room: Room) -> None:
    room.take_roll()
    with pytest.raises(InvalidSetup, match=r"trustees\.json is missing"):
        write(room, setup.write_setup, room.keyring)


def test_trustees_for_another_number_of_tellers_are_refused(room: Room) -> None:
    room.take_roll()
    with pytest.raises(InvalidSetup, match="a share for each of 2 tellers expected, 1 found"):
        write(room, setup.upload_trustees, encode_trustees([room.tellers[0].trustee]))


def test_setup_lists_drawn_cards_and_spares_sorted_and_alike(room: Room) -> None:
    room.seal()
    listed = msgspec.json.decode(room.setup().credentials)
    assert listed == sorted(room.public(card) for card in [*room.drawn, *room.spares])


def test_a_confirmation_by_another_teller_is_refused(room: Room) -> None:
    room.seal()
    with pytest.raises(InvalidConfirmation, match="not signed by the key"):
        write(room, confirmations.confirm_setup, room.confirmation(1, signer=2))


def test_a_confirmation_of_another_setup_is_refused(room: Room) -> None:
    room.seal()
    other = msgspec.structs.replace(confirmations.expected(room.setup(), 1), setup="0" * 64)
    raw = canonical(sign_envelope(canonical(other), CONFIRMATION_TYPE, room.tellers[0].signing))
    with pytest.raises(InvalidConfirmation, match="setup: .* expected"):
        write(room, confirmations.confirm_setup, raw)


def test_the_box_opens_only_when_all_tellers_have_confirmed(room: Room) -> None:
    room.seal()
    write(room, confirmations.confirm_setup, room.confirmation(2))
    with pytest.raises(WrongState, match="have not confirmed Setup: 1"):
        write(room, transitions.open_box, TWO, NOW)
    write(room, confirmations.confirm_setup, room.confirmation(1))
    write(room, transitions.open_box, TWO, NOW)
    assert room.state() == "open"


@pytest.mark.parametrize("people", [TwoPeople("chair", "chair"), TwoPeople("chair", "")])
def test_one_person_alone_neither_opens_nor_closes_nor_annuls(room: Room, people: TwoPeople) -> None:
    room.seal().confirm()
    for step in (lambda s, c: transitions.open_box(s, c, people, NOW), lambda s, c: transitions.annul(s, c, people)):
        with pytest.raises(SecondPersonNeeded):
            write(room, step)


def test_back_to_draft_forgets_the_roll_and_voids_cards_that_were_drawn(room: Room) -> None:
    room.take_roll()
    write(room, transitions.back_to_draft, TWO)
    assert room.state() == "draft"
    with room.storage.read() as session:
        assert roll.count(session, room.conference) == roll.RollCount(0, 0, 0, 0)
        assert transitions.conference_row.deck_in_use(session, room.conference) is None


def test_after_setup_there_is_no_way_back_to_draft(room: Room) -> None:
    room.seal()
    with pytest.raises(WrongState):
        write(room, transitions.back_to_draft, TWO)


def test_a_box_frozen_by_hand_opens_again_with_its_first_time_of_opening(room: Room) -> None:
    room.open()
    write(room, transitions.freeze)
    write(room, transitions.open_box, TWO, NOW + datetime.timedelta(hours=1))
    with room.storage.read() as session:
        assert transitions.conference_row.find(session, room.conference).opened == "2022-04-10T08:30:00+07:00"


@pytest.mark.parametrize("aside", [transitions.annul, transitions.move_to_paper])
def test_ways_aside_end_the_conference(room: Room, aside: Callable[..., None]) -> None:
    room.open()
    write(room, aside, TWO)
    with pytest.raises(WrongState):
        room.close()


def test_counted_and_signed(room: Room) -> None:
    room.open()
    room.close()
    write(room, transitions.mark_counted)
    assert room.state() == "counted"
    write(room, transitions.mark_signed)
    assert room.state() == "signed"
