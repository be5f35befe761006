"""What the room's promises rest on is set by the room, whatever the database was told; questions leave no trace."""

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.engine import make_url

from tests.voting.rooms import Room
from voting.storage.engine import Storage
from voting.storage.tables import ConferenceRow, DeviceRow

_STATE = select(ConferenceRow.__table__.c.state).where(ConferenceRow.__table__.c.id == bindparam("conference"))
HABITS = ("default_transaction_isolation = 'repeatable read'", "synchronous_commit = off")


@pytest.fixture
def careless(postgres_url: str) -> Iterator[Storage]:
    """A room's database whose administrator prefers snapshots, and speed to durability."""
    first = Storage(postgres_url)
    with first.engine.begin() as connection:
        for habit in HABITS:
            connection.execute(text(f'ALTER DATABASE "{make_url(postgres_url).database}" SET {habit}'))
    first.close()
    found = Storage(postgres_url)
    yield found
    found.close()


def _setting(storage: Storage, name: str) -> str:
    with storage.read() as session:
        return str(session.scalar(text(f"SHOW {name}")))


@pytest.mark.postgres
def test_no_transaction_counts_ballots_in_an_old_snapshot(careless: Storage) -> None:
    assert _setting(careless, "transaction_isolation") == "read committed"


@pytest.mark.postgres
def test_a_ballot_is_on_the_disk_before_it_is_answered(careless: Storage) -> None:
    assert _setting(careless, "synchronous_commit") == "on"


@pytest.mark.postgres
def test_a_stricter_database_stays_as_strict_as_it_is(postgres_url: str) -> None:
    first = Storage(postgres_url)
    with first.engine.begin() as connection:
        name = make_url(postgres_url).database
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = remote_apply'))
    first.close()
    again = Storage(postgres_url)
    assert _setting(again, "synchronous_commit") == "remote_apply"
    again.close()


def _device(storage: Storage) -> None:
    with storage.write() as session:
        session.add(DeviceRow(id="a", label="Máy 01", key="", status="enrolled"))
        session.flush()
        raise RuntimeError("given up")


def test_a_question_gets_its_row_or_none(room: Room) -> None:
    room.begin()
    row = room.storage.ask(_STATE, {"conference": room.conference})
    assert row is not None
    assert row.state == "draft"
    assert room.storage.ask(_STATE, {"conference": room.conference + 1}) is None


def test_a_question_sees_what_was_committed_since_the_last_one(room: Room) -> None:
    room.begin()
    assert room.storage.ask(_STATE, {"conference": room.conference}) == ("draft",)
    with room.storage.write() as session:
        session.get_one(ConferenceRow, room.conference).state = "annulled"
        assert room.storage.ask(_STATE, {"conference": room.conference}) == ("draft",)
    assert room.storage.ask(_STATE, {"conference": room.conference}) == ("annulled",)


def test_after_a_question_the_same_connection_writes_in_transactions_again(room: Room) -> None:
    room.begin()
    for _ in range(3):
        room.storage.ask(_STATE, {"conference": room.conference})
        with pytest.raises(RuntimeError, match="given up"):
            _device(room.storage)
    with room.storage.read() as session:
        assert session.get(DeviceRow, "a") is None
