"""The last call before closing."""

import pytest

from tests.voting.rooms import Room
from voting.conference import last_call
from voting.errors import WrongState


def called(room: Room) -> bool:
    with room.storage.read() as session:
        return last_call.called(session, room.conference)


def test_a_last_call_stands_until_it_is_taken_back(room: Room) -> None:
    room.open()
    assert not called(room)
    for change, stands in (
        (last_call.call, True),
        (last_call.call, True),
        (last_call.take_back, False),
        (last_call.take_back, False),
        (last_call.call, True),
    ):
        with room.storage.write() as session:
            change(session, room.conference)
        assert called(room) is stands


def test_ballots_are_taken_after_a_last_call(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        last_call.call(session, room.conference)
    assert room.box.cast(room.uuid(), room.body(room.drawn[0])).tracker


def test_only_an_open_box_has_a_last_call(room: Room) -> None:
    room.seal()
    with room.storage.write() as session, pytest.raises(WrongState):
        last_call.call(session, room.conference)
