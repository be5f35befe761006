"""What verifies ballots is there before people cast, in every server process."""

from flask import Flask

from tally.fast.acceptance import Acceptance
from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE
from tests.voting.web.conftest import app as app
from tests.voting.web.conftest import cheap_passwords as cheap_passwords
from tests.voting.web.conftest import clock as clock
from tests.voting.web.conftest import room as room
from voting.cli.serve import LOAD_SECONDS, make_ready


class Noted(Acceptance):
    """Notes when the engine is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def load(self, wait: float = 0.0) -> None:
        self.waits.append(wait)


def test_a_process_that_starts_with_a_box_loads_before_it_answers(app: Flask, room: Room) -> None:
    room.open()
    acceptance = Noted()
    make_ready(app, acceptance)
    assert acceptance.waits == [LOAD_SECONDS]


def test_a_process_hears_of_a_setup_from_any_tablet(app: Flask, room: Room) -> None:
    acceptance = Noted()
    make_ready(app, acceptance)
    client = app.test_client()
    assert client.get("/api/v1/room", base_url=HERE).status_code == 200
    assert acceptance.waits == []
    room.seal()
    client.get("/api/v1/room", base_url=HERE)
    assert acceptance.waits == [0.0]


def test_a_room_without_ballots_to_come_loads_nothing(app: Flask, room: Room) -> None:
    room.open()
    room.close()
    acceptance = Noted()
    make_ready(app, acceptance)
    assert acceptance.waits == []
