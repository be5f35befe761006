"""The box where two checks stand one behind the other: each is right by itself, and the refusal names the reason."""

from collections.abc import Callable, Sequence

import pytest

from tests.voting.box.test_casting import _activate, _in_one_group
from tests.voting.rooms import OPENING, Room
from voting.box.casting import Box, Receipt, _Sealed, check_card, check_open, count_ballots
from voting.box.copies import add_marks, is_copy
from voting.conference import transitions
from voting.documents.conferences.election import Election
from voting.errors import (
    BadBallot,
    BoxClosed,
    BoxFrozen,
    CardAlreadyUsed,
    CardVoid,
    InvariantBroken,
    NotOpen,
    SpareNotActive,
    UnknownCard,
    VotingError,
)


def never(_: Election, raw: bytes, __: bytes | None) -> None:
    raise AssertionError(f"verified: {raw[:20]!r}")


def left_over(room: Room) -> str:
    return next(card.text for card in room.secrets if not card.spare and card.text not in room.drawn)


WITHOUT_VERIFYING: dict[str, tuple[Callable[[Room], str], type[VotingError]]] = {
    "an unknown card": (lambda room: "1" * 22, UnknownCard),
    "a void card": (left_over, CardVoid),
    "a spare": (lambda room: room.spares[0], SpareNotActive),
}


@pytest.mark.parametrize(("card", "refusal"), WITHOUT_VERIFYING.values(), ids=WITHOUT_VERIFYING.keys())
def test_no_ballot_of_a_card_that_may_not_vote_is_verified(
    sqlite_room: Room, card: Callable[[Room], str], refusal: type[VotingError]
) -> None:
    room = sqlite_room.open()
    with pytest.raises(refusal):
        Box(room.storage, room.keyring, never).cast(room.uuid(), room.body(card(room)))


def test_no_ballot_is_verified_while_the_box_is_not_open(sqlite_room: Room) -> None:
    room = sqlite_room.seal()
    body, box = room.body(room.drawn[0]), Box(room.storage, room.keyring, never)
    with pytest.raises(NotOpen):
        box.cast(room.uuid(), body)
    room.confirm()
    with room.storage.write() as session:
        transitions.open_box(session, room.conference, transitions.TwoPeople("a", "b"), OPENING)
    with room.storage.write() as session:
        transitions.freeze(session, room.conference)
    with pytest.raises(BoxFrozen):
        box.cast(room.uuid(), body)
    room.close()
    with pytest.raises(BoxClosed):
        box.cast(room.uuid(), body)


def test_a_box_that_closes_while_a_ballot_is_verified_takes_it_not(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    box = Box(room.storage, room.keyring, lambda *_: room.close() and None)
    with pytest.raises(BoxClosed):
        box.cast(room.uuid(), room.body(room.drawn[0]))


def test_a_card_that_becomes_void_while_its_ballot_is_verified_is_said_to_be_void(sqlite_room: Room) -> None:
    """No guard of the database lets that happen; the box does not rely on it."""
    room = sqlite_room.open()
    room.sql("DROP TRIGGER a_card_changes_as_allowed")

    def void(*_: object) -> None:
        room.sql("UPDATE cards SET status = 'void' WHERE credential = :card", card=room.public(room.drawn[0]))

    with pytest.raises(CardVoid):
        Box(room.storage, room.keyring, void).cast(room.uuid(), room.body(room.drawn[0]))


def test_the_ballot_too_many_hears_why_the_box_froze(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    _activate(room)
    for card in room.drawn:
        room.box.cast(room.uuid(), room.body(card))
    with pytest.raises(BoxFrozen, match="one ballot more than cards were drawn"):
        room.box.cast(room.uuid(), room.body(room.spares[0]))


def test_whoever_stands_behind_the_ballot_too_many_hears_of_their_own(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    _activate(room)
    bodies = [room.body(card) for card in room.drawn]
    results = _in_one_group(room, [*bodies, room.body(room.spares[0]), bodies[0], bodies[1]])
    assert [type(one) for one in results[:3]] == [Receipt] * 3
    assert results[3] is BoxFrozen
    assert results[4:] == results[:2]


def test_a_refusal_of_the_database_that_nothing_explains_is_told_to_ask_the_staff(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    room.sql("CREATE TRIGGER no BEFORE INSERT ON ballots BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(BoxFrozen, match="ask the staff"):
        room.box.cast(room.uuid(), room.body(room.drawn[0]))


def test_two_ballots_of_one_card_in_a_group_need_no_second_transaction(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = sqlite_room.open()
    insert, groups = Box._insert, list[int]()

    def counted(self: Box, group: Sequence[_Sealed]) -> list[Receipt | Exception]:
        groups.append(len(group))
        return insert(self, group)

    monkeypatch.setattr(Box, "_insert", counted)
    card = room.drawn[0]
    results = _in_one_group(room, [room.body(card, [1, 0]), room.body(card, [0, 1])])
    assert results[1] is CardAlreadyUsed
    assert groups == [2]


def test_commitments_that_are_no_base64_are_refused(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    body = room.body(room.drawn[0], commitments=False).rstrip(b" ")
    with pytest.raises(BadBallot, match="base64"):
        room.box.cast(room.uuid(), (body + b"\n***").ljust(room.box.request_size(room.uuid())))


def test_before_cards_are_made_the_box_is_empty(sqlite_room: Room) -> None:
    room = sqlite_room.begin()
    with room.storage.read() as session:
        assert count_ballots(session, room.conference) == 0


def test_an_incident_that_lost_a_race_is_counted_all_the_same(
    sqlite_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = sqlite_room.open()
    note, tries = Box._note_used, list[_Sealed]()

    def racing(self: Box, sealed: _Sealed) -> None:
        tries.append(sealed)
        if len(tries) == 1:
            raise InvariantBroken("another process was first")
        note(self, sealed)

    monkeypatch.setattr(Box, "_note_used", racing)
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    with pytest.raises(CardAlreadyUsed):
        room.box.cast(room.uuid(), room.body(room.drawn[0]))
    assert len(tries) == 2
    with room.storage.read() as session:
        assert transitions.conference_row.counts(session, room.conference) == {"card_already_used": 1}


@pytest.mark.parametrize("count", [1, 3, 700])
def test_a_mark_is_a_copy_if_it_is_there_or_stands_twice(sqlite_room: Room, count: int) -> None:
    room = sqlite_room.open()
    marks = [number.to_bytes(16, "big") for number in range(count)]
    with room.storage.write() as session:
        assert not is_copy(session, room.uuid(), marks)
        assert is_copy(session, room.uuid(), [*marks, marks[0]])
        add_marks(session, room.uuid(), marks[-1:])
        session.flush()
        assert is_copy(session, room.uuid(), marks)
        assert not is_copy(session, "1" * 14, marks)


def test_a_card_is_judged_by_its_deck_and_status_without_a_ballot(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    with room.storage.read() as session:
        check_open(transitions.conference_row.find(session, room.conference))
        check_card(session, room.uuid(), room.public(room.drawn[0]))
        for uuid, public in (("1" * 14, room.public(room.drawn[0])), (room.uuid(), "f" * 64)):
            with pytest.raises(UnknownCard):
                check_card(session, uuid, public)
        with pytest.raises(SpareNotActive):
            check_card(session, room.uuid(), room.public(room.spares[0]))
    room.close()
    with room.storage.read() as session, pytest.raises(BoxClosed):
        check_open(transitions.conference_row.find(session, room.conference))


def test_a_ballot_of_an_earlier_conference_is_no_ballot_of_this_one(sqlite_room: Room) -> None:
    room = sqlite_room.open()
    first, body = room.uuid(), room.body(room.drawn[0])
    receipt = room.box.cast(first, body)
    room.close()
    room.open()
    assert room.uuid() != first
    with pytest.raises(UnknownCard):
        room.box.cast(room.uuid(), body)
    assert room.box.cast(first, body) == receipt
    assert room.box.holds(first, body) and not room.box.holds(room.uuid(), body)
