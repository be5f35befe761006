"""Migrations on both databases: up and down, step by step, with data, and equal to the tables of the code."""

from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from tests.voting.rooms import Room, new_draft
from voting.conference import transitions
from voting.conference.draft.agenda import write_draft
from voting.conference.draft.stored import draft_of
from voting.conference.draft.tellers import with_clash_notes
from voting.conference.steps import TRANSITIONS
from voting.documents.conferences.conference import Note
from voting.documents.tellers import Clash
from voting.storage import conference_row
from voting.storage.engine import Storage
from voting.storage.guards import dropping, statements
from voting.storage.migrate import configuration, migrate
from voting.storage.migrations.versions import __path__ as folder
from voting.storage.tables import Base, RoundRow
from voting.web.access import accounts

DRAFTS_FIXED = import_module("voting.storage.migrations.versions.0011_reasons_of_tellers").FIXED
ADDED = frozenset({"last_call"})
"""Columns that an older revision does not have; what becomes of them is a test of its own."""
REVISIONS = tuple(path.stem[:4] for path in sorted(Path(folder[0]).glob("0*.py")))


def roll_back(storage: Storage, revision: str) -> None:
    """Downgrade a database in one transaction; what the older revision does not know is dropped."""
    with storage.engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def test_the_migrations_make_the_tables_of_the_code(storage: Storage) -> None:
    with storage.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_again_changes_nothing(storage: Storage) -> None:
    migrate(storage)
    with storage.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == _heads(storage)


def test_each_migration_follows_the_one_before(tmp_path: Path) -> None:
    storage = Storage(f"sqlite:///{tmp_path / 'steps.db'}")
    for revision in REVISIONS:
        migrate(storage, revision)
        with storage.engine.connect() as connection:
            assert MigrationContext.configure(connection).get_current_revision() == revision
    assert "ballots" in inspect(storage.engine).get_table_names()
    storage.close()


def rows_of(storage: Storage) -> dict[str, set[str]]:
    """Every row of every table that is there, as text."""
    found = {}
    with storage.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        for table in Base.metadata.sorted_tables:
            if table.name in there:
                names = {column["name"] for column in inspect(connection).get_columns(table.name)} - ADDED
                known = [column for column in table.columns if column.name in names]
                found[table.name] = {repr(tuple(row)) for row in connection.execute(select(*known))}
    return found


def guards_of(storage: Storage) -> set[str]:
    """The names of the database's triggers."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if storage.dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with storage.engine.connect() as connection:
        return set(connection.execute(text(query)).scalars())


@pytest.fixture
def full(room: Room) -> Room:
    """A room with rows in many tables: a closed box, steps of two people, an account, a round."""
    room.open()
    for card in room.drawn:
        room.box.cast(room.uuid(), room.body(card))
    room.close()
    with room.storage.write() as session:
        accounts.create_staff(session, "an", "An", "một mật khẩu dài", ("organiser",))
        session.add(RoundRow(content=b"{}"))
    return room


def test_migrations_go_down_and_up_again_and_what_the_older_tables_hold_stays(full: Room) -> None:
    storage = full.storage
    before, guards, gone = rows_of(storage), guards_of(storage), set()
    for revision in reversed(REVISIONS[:-1]):
        roll_back(storage, revision)
        now = rows_of(storage)
        gone |= before.keys() - now.keys()
        assert now == {name: before[name] for name in now}, revision
    assert gone == {
        "ballot_marks", "rounds", "round_files", "records", "releases", "ways", "waiting_records", "finished_boxes",
        "deck_origins", "staff_changes", "staff_tries", "teller_keys", "head_decisions",
    }  # fmt: skip
    assert guards_of(storage) == set()
    for revision in REVISIONS[1:]:
        migrate(storage, revision)
    assert guards_of(storage) == guards
    after = rows_of(storage)
    from_setups = {"teller_keys"}  # made anew from the Setups that are there
    assert after == {name: set() if name in gone - from_setups else before[name] for name in before}
    with storage.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    with pytest.raises(DBAPIError, match="a_ballot_stays"):
        full.sql("DELETE FROM ballots")


@pytest.mark.parametrize(("toggled", "calls", "called"), [(1, 1, True), (2, 1, False), (5, 3, True), (6, 3, False)])
def test_a_last_call_that_was_the_parity_of_a_count_becomes_a_column(
    room: Room, toggled: int, calls: int, *, called: bool
) -> None:
    room.open()
    roll_back(room.storage, "0009")
    room.sql("INSERT INTO counts (conference, what, times) VALUES (:c, 'last_call', :t)", c=room.conference, t=toggled)
    room.sql("INSERT INTO counts (conference, what, times) VALUES (:c, 'audits', 5)", c=room.conference)

    def counted() -> dict[str, int]:
        with room.storage.read() as session:
            return conference_row.counts(session, room.conference)

    migrate(room.storage)
    with room.storage.read() as session:
        assert conference_row.find(session, room.conference).last_call is called
    assert counted() == {"last_call": calls, "audits": 5}
    with pytest.raises(DBAPIError, match="a_count_only_grows"):
        room.sql("UPDATE counts SET times = 0")
    roll_back(room.storage, "0009")
    assert counted() == {"last_call": toggled, "audits": 5}


def note_of(name: str, spelling: str) -> Note:
    return Note("KPV", f"Đồng chí {name} vừa là {spelling}, vừa có tên trên phiếu; lý do: cả phòng; lý do: ít người")


@pytest.mark.parametrize("spelling", ["thành viên Ban kiểm phiếu", "kiểm phiếu viên"])
def test_reasons_of_tellers_in_notes_become_fields_of_the_draft(room: Room, spelling: str) -> None:
    draft = new_draft(room.tellers)
    name = draft.papers[0].candidates[0].name
    noted = msgspec.structs.replace(draft, notes=(*draft.notes, note_of(name, spelling)))
    room.begin()
    with room.storage.write() as session:
        transitions.change_draft(session, room.conference, noted)
        transitions.freeze_list(session, room.conference)
    roll_back(room.storage, "0010")
    migrate(room.storage)
    with room.storage.read() as session:
        found = draft_of(session, room.conference)
    assert found == msgspec.structs.replace(draft, clashes=(Clash(name, "cả phòng; lý do: ít người"),))
    with pytest.raises(DBAPIError, match="drafts_change_in_draft"):
        room.sql("UPDATE drafts SET content = '{}'")
    roll_back(room.storage, "0010")
    with room.storage.read() as session:
        spelt = draft_of(session, room.conference)
    assert spelt == msgspec.structs.replace(draft, notes=with_clash_notes(found).notes)


def test_the_draft_of_a_sealed_box_keeps_the_notes_of_its_setup(room: Room) -> None:
    room.seal()
    draft = new_draft(room.tellers)
    content = write_draft(msgspec.structs.replace(draft, notes=(note_of("Trần Thị 1", "kiểm phiếu viên"),)))
    roll_back(room.storage, "0010")
    with room.storage.engine.begin() as connection:
        for statement in dropping(DRAFTS_FIXED, room.storage.dialect):
            connection.exec_driver_sql(statement)
        connection.execute(text("UPDATE drafts SET content = :content"), {"content": content})
        for statement in statements(DRAFTS_FIXED, room.storage.dialect):
            connection.exec_driver_sql(statement)
    migrate(room.storage)
    with room.storage.read() as session:
        assert write_draft(draft_of(session, room.conference)) == content


def test_the_first_migration_goes_down_to_nothing_and_up_again(full: Room) -> None:
    roll_back(full.storage, "base")
    assert set(inspect(full.storage.engine).get_table_names()) == {"alembic_version"}
    migrate(full.storage)
    assert set(rows_of(full.storage)) == {table.name for table in Base.metadata.sorted_tables}


def test_the_guard_of_transitions_is_the_table_of_the_code() -> None:
    source = Path(folder[0], "0002_guards.py").read_text()
    scope: dict[str, object] = {}
    exec(compile(source, "0002_guards.py", "exec"), scope)
    assert set(scope["TRANSITIONS"]) == {f"{old}>{new}" for old, new in TRANSITIONS}  # type: ignore[call-overload]


def _heads(storage: Storage) -> tuple[str, ...]:
    with storage.engine.connect() as connection:
        return tuple(ScriptDirectory.from_config(configuration(connection)).get_heads())
