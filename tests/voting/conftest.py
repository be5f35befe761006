"""Rooms for tests: a database of each kind, tellers, drafts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.voting.rooms import SECRET, Room, Teller, new_draft, new_teller, open_room
from voting.conference.draft.agenda import Draft
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.migrate import migrate


@pytest.fixture(scope="session")
def tellers() -> list[Teller]:
    """Two tellers with their keys, made once."""
    return [new_teller(), new_teller()]


@pytest.fixture
def draft_of(tellers: list[Teller]) -> Callable[..., Draft]:
    """Make a draft of these tellers, with changes."""
    return lambda **changes: new_draft(tellers, **changes)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """An empty, migrated database of each kind."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'room.db'}" if sqlite else request.getfixturevalue("postgres_url")
    found = Storage(url)
    migrate(found)
    yield found
    found.close()


@pytest.fixture
def sqlite_room(tmp_path: Path, tellers: list[Teller]) -> Iterator[Room]:
    """A room on SQLite alone, for what the database has no part in, or for reading its file."""
    found = open_room(f"sqlite:///{tmp_path / 'room.db'}", tellers)
    yield found
    found.storage.close()


@pytest.fixture
def room(storage: Storage, tellers: list[Teller]) -> Room:
    """An empty room on each database."""
    return Room(storage, Keyring(SECRET), tellers)
