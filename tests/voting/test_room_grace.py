"""The last call before closing."""

import pytest

from tests.voting.rooms import Room
from voting import room_grace
from voting.errors import WrongState


def called(room: Room) -> bool:
    with room.storage.read() as session:
        return room_grace.called(session, room.conference)


def test_a_last_call_stands_until_it_is_taken_back(room: Room) -> None:
    room.open()
    assert not called(room)
    for change, stands in (
        (room_grace.call, True),
        (room_grace.call, True),
        (room_grace.take_back, False),
        (room_grace.take_back, False),
        (room_grace.call, True),
    ):
        with room.storage.write() as session:
            change(session, room.conference)
        assert called(room) is stands


def test_ballots_are_taken_after_a_last_call(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        room_grace.call(session, room.conference)
    assert room.box.cast(room.uuid(), room.body(room.drawn[0])).tracker


def test_only_an_open_box_has_a_last_call(room: Room) -> None:
    room.seal()
    with room.storage.write() as session, pytest.raises(WrongState):
        room_grace.call(session, room.conference)
