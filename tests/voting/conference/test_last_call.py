"""The last call before closing."""

import pytest

from tests.voting.rooms import Room
from voting.conference import last_call
from voting.errors import WrongState
from voting.storage import conference_row


def called(room: Room) -> bool:
    with room.storage.read() as session:
        return conference_row.find(session, room.conference).last_call


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


def test_the_count_says_how_often_the_room_was_told(room: Room) -> None:
    room.open()
    for change in (last_call.call, last_call.call, last_call.take_back, last_call.call, last_call.take_back):
        with room.storage.write() as session:
            change(session, room.conference)
    with room.storage.read() as session:
        assert conference_row.counts(session, room.conference)["last_call"] == 2


def test_ballots_are_taken_after_a_last_call(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        last_call.call(session, room.conference)
    assert room.box.cast(room.uuid(), room.body(room.drawn[0])).tracker


def test_only_an_open_box_has_a_last_call(room: Room) -> None:
    room.seal()
    with room.storage.write() as session, pytest.raises(WrongState):
        last_call.call(session, room.conference)
