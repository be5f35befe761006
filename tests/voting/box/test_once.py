"""A tested ballot and a used card count once while the box is open, and leave nothing behind."""

import pytest
from sqlalchemy import select, text

from tests.voting.conference.test_closing import facts_of
from tests.voting.rooms import Room
from voting.box import card_status
from voting.errors import CardAlreadyUsed
from voting.storage import conference_row
from voting.storage.tables import BallotMarkRow


def times(room: Room, what: str) -> int:
    with room.storage.read() as session:
        return conference_row.counts(session, room.conference).get(what, 0)


def marks(room: Room) -> list[bytes]:
    with room.storage.read() as session:
        return list(session.scalars(select(BallotMarkRow.mark)))


def test_a_used_card_is_one_incident_however_often_it_comes(room: Room) -> None:
    room.open()
    for card in room.drawn[:2]:
        room.box.cast(room.uuid(), room.body(card))
        for _ in range(5):
            with pytest.raises(CardAlreadyUsed):
                room.box.cast(room.uuid(), room.body(card, [0, 1]))
    assert times(room, "card_already_used") == 2
    facts = facts_of(room.close())
    assert [(one.kind, one.count) for one in facts.incidents] == [("card_already_used", 2)]
    assert marks(room) == []


def test_a_test_of_a_tablet_counts_once_by_the_hash_that_was_shown(room: Room) -> None:
    room.open()
    for shown in ("a" * 43, "a" * 43, "b" * 43, "a" * 43):
        with room.storage.write() as session:
            card_status.count_audit(session, room.keyring, room.uuid(), room.public(room.drawn[0]), shown)
    assert times(room, "audits") == 2
    assert facts_of(room.close()).audits == 2
    assert marks(room) == []


def test_the_marks_tell_neither_which_card_nor_which_kind(room: Room) -> None:
    """Whoever reads the database without the server's secret sees marks of one length, keyed, in no order."""
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    before = marks(room)
    with pytest.raises(CardAlreadyUsed):
        room.box.cast(room.uuid(), room.body(room.drawn[0], [0, 1]))
    (fresh,) = set(marks(room)) - set(before)
    assert {len(mark) for mark in marks(room)} == {16}
    assert fresh.hex() not in room.public(room.drawn[0])
    with room.storage.engine.connect() as connection:
        columns = connection.execute(text("SELECT * FROM ballot_marks")).keys()
    assert set(columns) == {"deck", "mark"}
