"""Backup and restore of the room (sao lưu, khôi phục): every table, in the order of its key, into a new file.

A backup is a SQLite file whatever the room's database is; it has no write-ahead log, no free page and no order but that
of the keys. What was in the box when it was made is in it; what came later is not. So a box that was open comes back
annulled, unless a second machine mirrored it: receipts of ballots that the backup lacks may be out in the room (design
§3). room.key is not in it, and belongs elsewhere: without it nobody can sign as this room, so restoring begins with the
proof that this room.key opens what the backup holds sealed.
"""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from keys.errors import UnsafeFile
from keys.files.durable import copy_whole, take_name
from voting.documents.states import IN_USE
from voting.errors import InvalidSettings, WrongState, linked
from voting.storage import conference_row
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.migrate import migrate
from voting.storage.tables import Base, ConferenceRow, ServerKeyRow, StaffRow

LEFT_OUT = {"staff_sessions", "staff_tries", "enrolments"}  # of this machine: sessions, wrong tries, codes
AT_ONCE = 500  # rows read and written together


def back_up(storage: Storage, out: Path) -> dict[str, int]:
    """Write a backup into the new file `out`; return the rows of each table.

    It gets its name when it is whole and on the disk: one that was interrupted is no backup. Raises InvalidSettings if
    `out` exists, or cannot be written.
    """
    if os.path.lexists(out):
        raise InvalidSettings(f"Đã có tệp {out.name}: đặt tên khác. / {out.name} exists: name a new file.")
    if not out.parent.is_dir():
        raise InvalidSettings(f"Không có thư mục {out.parent}. / {out.parent}: no such folder.")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=out.parent) as folder:
            unfinished = Path(folder) / out.name
            counted = _write(storage, unfinished)
            take_name(unfinished, out)
    except (DBAPIError, sqlite3.Error, OSError) as error:
        why = (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]
        raise InvalidSettings(
            f"Không ghi được {out.name}: xem ổ đĩa của {out.parent} còn chỗ không, có ghi được không, và cơ sở dữ liệu "
            f"có chạy không. / {out.name} could not be written: is there space in {out.parent}, may it be written to, "
            f"and does the database run? ({why})"
        ) from None
    return counted


def _write(storage: Storage, path: Path) -> dict[str, int]:
    target = Storage(f"sqlite:///{path}")
    try:
        migrate(target)
        path.chmod(0o600)
        counted = _copy(storage, target)
    finally:
        target.close()
    _settle(path)
    return counted


def _settle(path: Path) -> None:
    """Bring all of a database into its one file; raise sqlite3.Error where that fails: closing would say nothing."""
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        (sound,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if (mode, sound) != ("delete", "ok"):
        raise sqlite3.DatabaseError(f"journal {mode}, {sound}")


Fill = Callable[[Session], object]


def restore(
    backup: Path,
    storage: Storage,
    keyring: Keyring,
    *,
    annul_open: bool = False,
    fill: Fill | None = None,
    held: AbstractContextManager[object] | None = None,
) -> dict[str, int]:
    """Fill an empty database from a backup; return the rows of each table.

    `keyring` proves first that it opens what the backup holds sealed; `held` is entered before anything is written.
    Raises InvalidSettings if the database is not empty, the file is no backup, or the room.key is another one. Raises
    WrongState for a box that was open, unless `annul_open`: then it comes back annulled; or `fill`: then that brings
    the missing ballots, in the same transaction, and decides what comes of the box (`voting.box.refill`).
    """
    if not backup.is_file():
        raise InvalidSettings(f"Không có tệp {backup.name}. / {backup.name}: no such file.")
    with tempfile.TemporaryDirectory() as folder:  # a copy is brought up to date, the backup stays as it is
        source = Storage(f"sqlite:///{_copied(backup, Path(folder))}")
        try:
            migrate(source)
            with source.read() as session:
                _prove(session, keyring)
                if _unfinished(session) and not (annul_open or fill):
                    raise WrongState(
                        "Bản sao lưu này được lập khi hòm phiếu đang mở, các phiếu sau đó đã mất: hủy và bỏ phiếu lại. "
                        "/ the box was open when this backup was made: later ballots are lost, so annul, and vote again"
                    )
            with held or contextlib.nullcontext():
                migrate(storage)
                if any(_counts(storage).values()):
                    raise InvalidSettings(
                        "Cơ sở dữ liệu của phòng đã có dữ liệu: khôi phục vào phòng mới. / "
                        "the room's database is not empty: restore into a new room"
                    )
                return _copy(source, storage, fill or _annul)
        finally:
            source.close()


def _copied(backup: Path, folder: Path) -> Path:
    """Copy a backup into a folder; raise InvalidSettings where its name is a link."""
    try:
        copy_whole(backup, folder / backup.name)
    except UnsafeFile:
        raise linked(backup) from None
    return folder / backup.name


def _prove(session: Session, keyring: Keyring) -> None:
    """Open everything that the server's secret sealed; raise InvalidSettings under another secret."""
    totps = session.scalars(select(StaffRow.totp).where(StaffRow.totp.is_not(None)))
    for sealed in (*session.scalars(select(ServerKeyRow.sealed)), *filter(None, totps)):
        try:
            keyring.unseal(sealed)
        except InvalidSettings:
            raise InvalidSettings(
                "room.key trong thư mục này không phải của phòng đã sao lưu: chép đúng room.key cũ vào, chưa khôi phục "
                "gì. / The room.key in this folder is not that of the room that was backed up: bring the right "
                "room.key; nothing was restored."
            ) from None


def _annul(session: Session) -> None:
    """Annul what was open: ballots that came after the backup are lost."""
    for conference in _unfinished(session):
        conference_row.hold(session, conference).state = "annulled"


def _unfinished(session: Session) -> list[int]:
    return list(session.scalars(select(ConferenceRow.id).where(ConferenceRow.state.in_(IN_USE))))


def _counts(storage: Storage) -> dict[str, int]:
    with storage.engine.connect() as connection:
        return {
            table.name: connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table.name}").scalar_one()
            for table in Base.metadata.sorted_tables
        }


def _copy(source: Storage, target: Storage, finish: Fill | None = None) -> dict[str, int]:
    """Copy all tables in one transaction on either side, past the guards: what is copied has passed them before.

    `finish` works in the same transaction, under the guards: where it raises, nothing was copied.
    """
    counted = {}
    with source.engine.connect() as reading, target.engine.begin() as writing:
        if source.dialect == "postgresql":
            reading.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        guards = _without_guards(writing)
        for table in Base.metadata.sorted_tables:
            if table.name in LEFT_OUT:
                continue
            query = select(table).order_by(*table.primary_key.columns)
            counted[table.name] = 0
            for rows in reading.execute(query).mappings().partitions(AT_ONCE):
                writing.execute(insert(table), [dict(row) for row in rows])
                counted[table.name] += len(rows)
        for statement in guards:
            writing.exec_driver_sql(statement)
        if writing.dialect.name == "postgresql":
            _count_on(writing)
        if finish is not None:
            with Session(writing) as session:
                finish(session)
                session.commit()
    return counted


def _without_guards(connection: Connection) -> list[str]:
    """Switch the guards off for this transaction; return the statements that bring them back."""
    if connection.dialect.name == "postgresql":
        tables = [table.name for table in Base.metadata.sorted_tables]
        for name in tables:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        return [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in tables]
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for row in found:
        connection.exec_driver_sql(f"DROP TRIGGER {row.name}")
    return [row.sql for row in found]


def _count_on(connection: Connection) -> None:
    """Let numbers that PostgreSQL gives go on after those that were copied."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                f"COALESCE((SELECT MAX({column.name}) FROM {table.name}), 0) + 1, false)"
            )
