"""Counting what happened: nobody's count is lost or refused, however many count at once."""

import threading

from sqlalchemy import text

from tests.voting.rooms import Room
from voting.storage import conference_row

PATIENCE = 60  # seconds until a test gives up


def _waits(room: Room, thread: threading.Thread) -> bool:
    """Tell whether the thread waits for another transaction: on SQLite it does from its beginning."""
    if room.storage.dialect != "postgresql":
        return thread.is_alive()
    with room.storage.read() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_two_who_count_the_first_of_a_kind_at_once_count_two(room: Room) -> None:
    room.begin()
    errors: list[Exception] = []

    def count() -> None:
        try:
            with room.storage.write() as session:
                conference_row.note(session, room.conference, "audits")
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)

    other, pause = threading.Thread(target=count, daemon=True), threading.Event()
    with room.storage.write() as session:
        conference_row.note(session, room.conference, "audits")
        session.flush()
        other.start()
        for _ in range(PATIENCE * 100):
            if _waits(room, other):
                break
            pause.wait(0.01)
        else:
            raise AssertionError("nobody waited")
    other.join(PATIENCE)
    assert errors == []
    with room.storage.read() as session:
        assert conference_row.counts(session, room.conference) == {"audits": 2}
