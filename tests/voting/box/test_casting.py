"""Casting: once, idempotent, at most as many ballots as cards drawn, and nothing before opening or after closing."""

import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from keys.files.signing import raw_message, verify_raw
from tests.voting.rooms import CLOSING, TWO, Room
from voting.box import casting
from voting.box.casting import RECEIPT_TAG, Box, Receipt, _Inside, _Sealed, count_ballots
from voting.conference import cards, transitions
from voting.conference.closing import closed_of, trackers
from voting.documents.ballots.ballot import tracker
from voting.documents.conferences.election import parse_election
from voting.errors import (
    BadBallot,
    BoxClosed,
    BoxFrozen,
    CardAlreadyUsed,
    CardVoid,
    NotOpen,
    SpareNotActive,
    UnknownCard,
    VotingError,
    WrongSize,
)
from voting.storage.conference_row import counts


def ballots(room: Room) -> int:
    with room.storage.read() as session:
        return count_ballots(session, room.conference)


def noted(room: Room) -> dict[str, int]:
    with room.storage.read() as session:
        return counts(session, room.conference)


def test_a_ballot_is_taken_and_its_receipt_is_signed_by_the_key_of_setup(room: Room) -> None:
    room.open()
    body = room.body(room.drawn[0])
    receipt = room.box.cast(room.uuid(), body)
    assert receipt.tracker == tracker(body.split(b"\n")[0])
    conference = parse_election(room.setup().election).conference
    assert conference is not None
    message = raw_message(RECEIPT_TAG, room.uuid().encode(), receipt.tracker.encode())
    verify_raw(conference.receipt_key, message, receipt.signature)
    assert ballots(room) == 1


def test_the_same_ballot_again_gets_the_same_receipt(room: Room) -> None:
    room.open()
    body = room.body(room.drawn[0])
    assert room.box.cast(room.uuid(), body) == room.box.cast(room.uuid(), body)
    assert ballots(room) == 1


def test_the_same_ballot_gets_its_receipt_even_after_closing(room: Room) -> None:
    room.open()
    body = room.body(room.drawn[0])
    receipt = room.box.cast(room.uuid(), body)
    room.close()
    assert room.box.cast(room.uuid(), body) == receipt


def test_a_ballot_without_commitments_is_taken(room: Room) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0], commitments=False))
    assert ballots(room) == 1


def test_the_first_of_two_ballots_of_one_card_stays_and_the_incident_is_counted(room: Room) -> None:
    room.open()
    first = room.box.cast(room.uuid(), room.body(room.drawn[0], [1, 0]))
    with pytest.raises(CardAlreadyUsed):
        room.box.cast(room.uuid(), room.body(room.drawn[0], [0, 1]))
    assert ballots(room) == 1
    assert noted(room) == {"card_already_used": 1}
    assert [first.tracker] == _trackers(room)


def _trackers(room: Room) -> list[str]:
    room.close()
    with room.storage.read() as session:
        return trackers(session, room.conference)


def _foreign(room: Room) -> bytes:
    return bytes(room.body("1" * 22))


def _left_over(room: Room) -> bytes:
    left = next(card.text for card in room.secrets if not card.spare and card.text not in room.drawn)
    return bytes(room.body(left))


def _damaged(room: Room) -> bytes:
    body = bytes(room.body(room.drawn[0]))
    spot = body.index(b'"response":"') + 12
    return body[:spot] + (b"2" if body[spot : spot + 1] != b"2" else b"3") + body[spot + 1 :]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda room: room.body(room.drawn[0])[:-1], WrongSize),
        (lambda room: room.body(room.drawn[0]) + b" ", WrongSize),
        (lambda room: b"x" * len(room.body(room.drawn[0])), BadBallot),
        (_damaged, BadBallot),
        (_foreign, UnknownCard),
        (_left_over, CardVoid),
        (lambda room: room.body(room.spares[0]), SpareNotActive),
    ],
)
def test_what_does_not_belong_into_the_box_is_refused(
    room: Room, make: Callable[[Room], bytes], error: type[VotingError]
) -> None:
    room.open()
    with pytest.raises(error):
        room.box.cast(room.uuid(), make(room))
    assert ballots(room) == 0


def test_a_forged_second_ballot_of_a_card_is_no_incident(room: Room) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    with pytest.raises(BadBallot):
        room.box.cast(room.uuid(), _damaged(room))
    assert noted(room) == {}


def test_nothing_is_taken_before_the_box_is_open(room: Room) -> None:
    room.seal()
    with pytest.raises(NotOpen):
        room.box.cast(room.uuid(), room.body(room.drawn[0]))


def test_nothing_is_taken_after_the_box_is_closed(room: Room) -> None:
    room.open()
    room.close()
    with pytest.raises(BoxClosed):
        room.box.cast(room.uuid(), room.body(room.drawn[0]))


def test_nothing_is_taken_while_the_box_is_frozen(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        transitions.freeze(session, room.conference)
    with pytest.raises(BoxFrozen):
        room.box.cast(room.uuid(), room.body(room.drawn[0]))


def _activate(room: Room, spare: int = 0) -> None:
    with room.storage.write() as session:
        cards.activate_spare(session, room.conference, room.public(room.spares[spare]), "lost")


def test_an_activated_spare_votes_for_a_lost_card(room: Room) -> None:
    room.open()
    _activate(room)
    room.box.cast(room.uuid(), room.body(room.spares[0]))
    assert ballots(room) == 1


def test_one_ballot_more_than_cards_drawn_freezes_the_box_before_taking_it(room: Room) -> None:
    room.open()
    _activate(room)
    for card in room.drawn:
        room.box.cast(room.uuid(), room.body(card))
    with pytest.raises(BoxFrozen):
        room.box.cast(room.uuid(), room.body(room.spares[0]))
    assert (ballots(room), room.state()) == (3, "frozen")
    assert noted(room) == {"spare_lost": 1, "limit_reached": 1, "refused": 1}
    with pytest.raises(BoxFrozen, match="close it, or annul"), room.storage.write() as session:
        transitions.open_box(session, room.conference, TWO, CLOSING)


def _at_once(tasks: list[Callable[[], object]]) -> list[object]:
    results: list[object] = [None] * len(tasks)

    def run(number: int) -> None:
        try:
            results[number] = tasks[number]()
        except VotingError as error:
            results[number] = type(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_tablets_with_one_card_at_once_leave_one_ballot(room: Room) -> None:
    room.open()
    bodies = [room.body(room.drawn[0], [1, 0]), room.body(room.drawn[0], [0, 1])]
    results = _at_once([lambda body=body: room.box.cast(room.uuid(), body) for body in bodies])  # type: ignore[misc]
    assert ballots(room) == 1
    assert results.count(CardAlreadyUsed) == 1


def test_one_ballot_sent_twice_at_once_gets_one_receipt(room: Room) -> None:
    room.open()
    body = room.body(room.drawn[0])
    first, second = _at_once([lambda: room.box.cast(room.uuid(), body)] * 2)
    assert first == second
    assert ballots(room) == 1


def test_all_cards_and_a_spare_at_once_never_pass_the_number_drawn(room: Room) -> None:
    room.open()
    _activate(room)
    bodies = [room.body(card) for card in [*room.drawn, room.spares[0]]]
    results = _at_once([lambda body=body: room.box.cast(room.uuid(), body) for body in bodies])  # type: ignore[misc]
    assert ballots(room) == 3
    assert results.count(BoxFrozen) == 1
    assert room.state() == "frozen"


def _in_one_group(room: Room, bodies: list[bytes]) -> list[object]:
    """Cast all at once, and keep the line before the box waiting until everybody stands in it, in this order."""
    queue = room.box._known(room.uuid()).queue
    queue._serving = True
    results: list[object] = [None] * len(bodies)

    def run(number: int) -> None:
        try:
            results[number] = room.box.cast(room.uuid(), bodies[number])
        except (VotingError, OperationalError) as error:
            results[number] = type(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(bodies))]
    for number, thread in enumerate(threads, 1):
        thread.start()
        while len(queue._waiting) < number:
            assert thread.is_alive(), results
    with queue._changed:
        queue._serving = False
        queue._changed.notify_all()
    for thread in threads:
        thread.join()
    return results


def test_ballots_of_one_group_are_judged_one_after_the_other(room: Room) -> None:
    room.open()
    first, second = room.body(room.drawn[0], [1, 0]), room.body(room.drawn[1], [1, 0])
    results = _in_one_group(room, [first, room.body(room.drawn[0], [0, 1]), second, first])
    assert results[1] is CardAlreadyUsed
    assert results[0] == results[3] != results[2]
    assert ballots(room) == 2
    assert noted(room) == {"card_already_used": 1}


def test_the_ballot_too_many_of_a_group_freezes_the_box_and_those_before_it_stay(room: Room) -> None:
    room.open()
    _activate(room)
    _activate(room, 1)
    cards_of_all = [*room.drawn, *room.spares]
    results = _in_one_group(room, [room.body(card) for card in cards_of_all])
    assert results[3:] == [BoxFrozen, BoxFrozen]
    assert _trackers(room) == sorted(result.tracker for result in results[:3])  # type: ignore[attr-defined]
    assert noted(room) == {"spare_lost": 2, "limit_reached": 1, "refused": 1}


def test_after_a_race_with_another_process_each_of_a_group_hears_of_its_own(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.open()
    taken, other = room.body(room.drawn[0], [1, 0]), room.body(room.drawn[1])
    another = Box(room.storage, room.keyring)
    look, looks, receipts = _Inside.of, list[int](), list[Receipt]()

    def raced(session: Session, group: Sequence[_Sealed]) -> _Inside:
        """The other process commits right after this one has looked for the first time."""
        inside = look(session, group)
        looks.append(len(group))
        if len(looks) == 1:
            session.rollback()  # lets go of what SQLite would hold
            receipts.append(another.cast(room.uuid(), taken))
        return inside

    monkeypatch.setattr(_Inside, "of", raced)
    results = _in_one_group(room, [taken, other])
    assert results[0] == receipts[0]
    assert isinstance(results[1], Receipt)
    assert looks[0] == 2
    assert ballots(room) == 2


def test_nobody_of_a_group_gets_a_receipt_unless_it_is_on_the_disk(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.open()
    bodies = [room.body(card) for card in room.drawn]

    def full(session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(casting.Session, "commit", full)
        assert _in_one_group(room, bodies) == [OperationalError] * 3
    assert ballots(room) == 0
    assert len({room.box.cast(room.uuid(), body).tracker for body in bodies}) == 3


def test_closing_during_casts_takes_each_ballot_whole_or_not_at_all(room: Room) -> None:
    room.open()
    bodies = [room.body(card) for card in room.drawn]
    tasks: list[Callable[[], object]] = [lambda body=body: room.box.cast(room.uuid(), body) for body in bodies]  # type: ignore[misc]
    results = _at_once([*tasks, room.close])
    taken = [result.tracker for result in results[:3] if hasattr(result, "tracker")]
    with room.storage.read() as session:
        assert trackers(session, room.conference) == sorted(taken)
        archive = closed_of(session, room.conference).archive
    assert archive.count(b'"type":"Ballot"') == len(taken)
