"""Rooms for tests: a database of each kind, tellers, drafts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.tools.postgres import Cluster
from tests.voting.rooms import SECRET, Room, Teller, migrated, new_draft, new_teller, open_room
from voting.conference.draft.agenda import Draft
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring


@pytest.fixture(scope="session")
def tellers() -> list[Teller]:
    """Two tellers with their keys, made once."""
    return [new_teller(), new_teller()]


@pytest.fixture
def draft_of(tellers: list[Teller]) -> Callable[..., Draft]:
    """Make a draft of these tellers, with changes."""
    return lambda **changes: new_draft(tellers, **changes)


@pytest.fixture(scope="session")
def migrated_template(postgres_cluster: Cluster) -> Iterator[str]:
    """The name of an empty database at the newest migration, which others are copied from."""
    with postgres_cluster.database() as url:
        migrated(url).close()
        yield str(make_url(url).database)


@pytest.fixture
def migrated_postgres_url(postgres_cluster: Cluster, migrated_template: str) -> Iterator[str]:
    """The SQLAlchemy URL of a new, migrated database."""
    with postgres_cluster.database(migrated_template) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """An empty, migrated database of each kind."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'room.db'}" if sqlite else request.getfixturevalue("migrated_postgres_url")
    found = migrated(url)
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
