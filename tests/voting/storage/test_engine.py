"""What the room's promises rest on is set by the room, whatever the database was told to take for granted."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from voting.storage.engine import Storage

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
