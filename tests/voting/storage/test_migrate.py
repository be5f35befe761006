"""Migrations: from nothing to the newest on both databases, each step in turn, and equal to the tables of the code."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from voting.life_table import TRANSITIONS
from voting.storage.engine import Storage
from voting.storage.migrate import configuration, migrate
from voting.storage.migrations.versions import __path__ as folder
from voting.storage.tables import Base


def test_the_migrations_make_the_tables_of_the_code(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_changes_nothing(storage: Storage) -> None:
    migrate(storage)
    with storage.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == _heads(storage)


def test_each_migration_follows_the_one_before(tmp_path: Path) -> None:
    storage = Storage(f"sqlite:///{tmp_path / 'steps.db'}")
    for revision in ("0001", "0002", "0003", "0004", "0005"):
        migrate(storage, revision)
        with storage.engine.connect() as connection:
            assert MigrationContext.configure(connection).get_current_revision() == revision
    assert "ballots" in inspect(storage.engine).get_table_names()
    storage.close()


def test_the_guard_of_transitions_is_the_table_of_the_code() -> None:
    source = Path(folder[0], "0002_guards.py").read_text()
    scope: dict[str, object] = {}
    exec(compile(source, "0002_guards.py", "exec"), scope)
    assert set(scope["TRANSITIONS"]) == {f"{old}>{new}" for old, new in TRANSITIONS}  # type: ignore[call-overload]


def _heads(storage: Storage) -> tuple[str, ...]:
    with storage.engine.connect() as connection:
        return tuple(ScriptDirectory.from_config(configuration(connection)).get_heads())
