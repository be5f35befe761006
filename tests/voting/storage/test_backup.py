"""Backup and restore in each state of a conference, on both databases: everything comes back, guards included."""

import base64
import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from tests.voting.rooms import CLOSING, SECRET, TWO, Room
from voting.cli.main import main
from voting.conference import closing, transitions
from voting.conference.draft.stored import draft_of
from voting.errors import InvalidSettings, WrongState
from voting.storage import backup
from voting.storage.backup import LEFT_OUT, back_up, restore
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import Base, StaffRow
from voting.web.access.accounts import new_totp
from voting.web.settings import SECRET_FILE

STATES: dict[str, Callable[[Room], object]] = {
    "draft": Room.begin,
    "list_frozen": Room.freeze_list,
    "roll_taken": Room.take_roll,
    "sealed": Room.seal,
    "open": Room.open,
    "closed": lambda room: (room.open(), room.box.cast(room.uuid(), room.body(room.drawn[0])), room.close()),
}


def rows_of(storage: Storage) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that is kept."""
    found = {}
    with storage.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in LEFT_OUT:
                rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
                found[table.name] = [tuple(row) for row in rows]
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """The empty database of another machine."""
    with contextlib.ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'other.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_cluster").database())
        found = Storage(url)
        stack.callback(found.close)
        yield found


@pytest.mark.parametrize("state", STATES)
def test_everything_comes_back_in_each_state(room: Room, elsewhere: Storage, tmp_path: Path, state: str) -> None:
    STATES[state](room)
    before = rows_of(room.storage)
    counted = back_up(room.storage, tmp_path / "backup.db")
    assert counted["people"] == len(before["people"])
    assert restore(tmp_path / "backup.db", elsewhere, Keyring(SECRET), annul_open=True) == counted
    after = rows_of(elsewhere)
    if state == "open":
        assert Room(elsewhere, Keyring(SECRET), room.tellers, room.conference).state() == "annulled"
        before.pop("conferences"), after.pop("conferences")
    assert after == before


def test_a_restored_room_goes_on_and_its_guards_stand(room: Room, elsewhere: Storage, tmp_path: Path) -> None:
    room.seal()
    back_up(room.storage, tmp_path / "backup.db")
    restore(tmp_path / "backup.db", elsewhere, Keyring(SECRET))
    other = Room(elsewhere, Keyring(SECRET), room.tellers, room.conference, drawn=room.drawn)
    other.confirm()
    with elsewhere.write() as session:
        transitions.open_box(session, other.conference, TWO, CLOSING)
    other.box.cast(other.uuid(), other.body(other.drawn[0]))
    with pytest.raises(DBAPIError, match="a_ballot_stays"), elsewhere.engine.begin() as connection:
        connection.execute(text("DELETE FROM ballots"))
    with elsewhere.write() as session:
        assert closing.close_box(session, other.conference, other.keyring, TWO, CLOSING).archive
        transitions.new_conference(session, draft_of(session, other.conference))


def test_an_open_box_comes_back_only_to_be_annulled(room: Room, elsewhere: Storage, tmp_path: Path) -> None:
    room.open()
    back_up(room.storage, tmp_path / "backup.db")
    with pytest.raises(WrongState, match="annul, and vote again"):
        restore(tmp_path / "backup.db", elsewhere, Keyring(SECRET))


def test_a_backup_is_one_file_for_its_owner_with_nothing_of_the_order_in_it(sqlite_room: Room, tmp_path: Path) -> None:
    room = sqlite_room.open()
    for card in sorted(room.drawn, key=room.public, reverse=True):
        room.box.cast(room.uuid(), room.body(card))
    out = tmp_path / "out" / "backup.db"
    out.parent.mkdir()
    back_up(room.storage, out)
    assert [path.name for path in out.parent.iterdir()] == ["backup.db"]
    assert out.stat().st_mode & 0o777 == 0o600
    content = out.read_bytes()
    with room.storage.engine.connect() as connection:
        trackers = sorted(row.tracker for row in connection.execute(text("SELECT tracker FROM ballots")))
    places = [content.index(tracker.encode()) for tracker in trackers]
    assert places in (sorted(places), sorted(places, reverse=True)), "by tracker, as pages of a tree are filled"


def test_nothing_is_written_over(room: Room, elsewhere: Storage, tmp_path: Path) -> None:
    room.begin()
    out = tmp_path / "backup.db"
    back_up(room.storage, out)
    with pytest.raises(InvalidSettings, match="exists"):
        back_up(room.storage, out)
    restore(out, elsewhere, Keyring(SECRET))
    with pytest.raises(InvalidSettings, match="not empty"):
        restore(out, elsewhere, Keyring(SECRET))
    with pytest.raises(InvalidSettings, match="no such file"):
        restore(tmp_path / "none.db", elsewhere, Keyring(SECRET))


def test_a_backup_goes_through_no_link(sqlite_room: Room, elsewhere: Storage, tmp_path: Path) -> None:
    room, link = sqlite_room.begin(), tmp_path / "backup.db"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidSettings, match="exists"):
        back_up(room.storage, link)
    assert link.is_symlink() and not (tmp_path / "nowhere").exists()
    back_up(room.storage, tmp_path / "nowhere")
    with pytest.raises(InvalidSettings, match="link to another place"):
        restore(link, elsewhere, Keyring(SECRET))


def test_a_file_that_came_meanwhile_is_not_written_over(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.begin()
    out, write = tmp_path / "backup.db", backup._write

    def written(storage: Storage, path: Path) -> dict[str, int]:
        out.write_bytes(b"precious")
        return write(storage, path)

    monkeypatch.setattr(backup, "_write", written)
    with pytest.raises(InvalidSettings, match="could not be written"):
        back_up(room.storage, out)
    assert out.read_bytes() == b"precious" and [path.name for path in tmp_path.glob("*backup*")] == ["backup.db"]


def test_a_backup_that_was_interrupted_is_none(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room.begin()

    def fails(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(backup, "_copy", fails)
    out = tmp_path / "out" / "backup.db"
    with pytest.raises(InvalidSettings, match="no such folder"):
        back_up(room.storage, out)
    out.parent.mkdir()
    with pytest.raises(InvalidSettings, match="is there space"):
        back_up(room.storage, out)
    assert list(out.parent.iterdir()) == []


def test_a_backup_whose_log_did_not_get_into_its_file_is_none(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is nearly full: closing leaves the rows in the write-ahead log, and says nothing."""
    room.begin()
    left: list[Storage] = []
    close = Storage.close
    monkeypatch.setattr(Storage, "close", lambda self: left.append(self))
    with pytest.raises(InvalidSettings, match="database is locked"):
        back_up(room.storage, tmp_path / "backup.db")
    monkeypatch.undo()
    for one in left:
        close(one)
    assert not (tmp_path / "backup.db").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".backup-")]


def test_the_commands_back_up_and_restore_a_folder(sqlite_room: Room, tmp_path: Path) -> None:
    sqlite_room.begin()
    sqlite_room.storage.close()
    out, other = tmp_path / "backup.db", tmp_path / "other"
    other.mkdir()
    (other / SECRET_FILE).write_bytes(base64.b64encode(SECRET))
    for command in (["backup", "--folder", str(tmp_path), str(out)], ["restore", "--folder", str(other), str(out)]):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
        assert "conferences 1" in done.output
    again = CliRunner().invoke(main, ["restore", "--folder", str(other), str(out)])
    assert again.exit_code == 1
    assert "not empty" in again.output


def test_restoring_begins_with_the_proof_that_this_is_the_old_key(sqlite_room: Room, tmp_path: Path) -> None:
    """Without room.key, or with another one, nothing is written, no key is made, and the sentence says what to do."""
    room, out = sqlite_room.seal(), tmp_path / "backup.db"
    back_up(room.storage, out)
    folder = tmp_path / "new"
    folder.mkdir()
    command = ["restore", "--folder", str(folder), str(out)]
    for words in ("has no room.key", "is not that of the room"):
        refused = CliRunner().invoke(main, command)
        assert (refused.exit_code, words in refused.output) == (1, True), refused.output
        assert "room.key cũ" in refused.output
        assert [path.name for path in folder.iterdir() if path.name != SECRET_FILE] == []
        (folder / SECRET_FILE).write_bytes(base64.b64encode(bytes(32)))
    (folder / SECRET_FILE).write_bytes(base64.b64encode(SECRET))
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output


def test_a_code_of_an_account_alone_proves_the_key(sqlite_room: Room, elsewhere: Storage, tmp_path: Path) -> None:
    sealed, _ = new_totp(Keyring(SECRET), "lan")
    with sqlite_room.storage.write() as session:
        session.add(StaffRow(login="lan", name="lan", password="x", totp=sealed))
    back_up(sqlite_room.storage, tmp_path / "backup.db")
    with pytest.raises(InvalidSettings, match="bring the right room.key"):
        restore(tmp_path / "backup.db", elsewhere, Keyring(bytes(32)))
    with elsewhere.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    restore(tmp_path / "backup.db", elsewhere, Keyring(SECRET))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_folder_that_is_not_there_or_no_room_is_refused_and_never_made(
    sqlite_room: Room, tmp_path: Path, command: str
) -> None:
    backup = tmp_path / "backup.db"
    back_up(sqlite_room.begin().storage, backup)
    file = backup if command == "restore" else tmp_path / "new.db"
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, words in ((tmp_path / "typo", "There is no folder"), (empty, "has no room.key|holds no room's")):
        refused = CliRunner().invoke(main, [command, "--folder", str(folder), str(file)])
        assert refused.exit_code == 1, refused.output
        assert re.search(words, refused.output) and "hư mục" in refused.output
    assert not (tmp_path / "typo").exists() and [*empty.iterdir()] == []
    assert not (tmp_path / "new.db").exists()


def test_a_folder_that_is_no_mirror_gets_no_ballots_file(sqlite_room: Room, tmp_path: Path) -> None:
    backup, mirror, folder = tmp_path / "backup.db", tmp_path / "mirror", tmp_path / "new"
    back_up(sqlite_room.begin().storage, backup)
    for one in (mirror, folder):
        one.mkdir()
    (folder / SECRET_FILE).write_bytes(base64.b64encode(SECRET))
    refused = CliRunner().invoke(main, ["restore", "--folder", str(folder), "--mirror", str(mirror), str(backup)])
    assert refused.exit_code == 1 and "not the mirror's folder" in refused.output
    assert [*mirror.iterdir()] == []
