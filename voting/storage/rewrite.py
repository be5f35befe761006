"""Rewrite what tells of people when the box closes, so that rows and pages tell no order (security: order of rows).

SQLite keeps ballots in a tree keyed by tracker; VACUUM writes every page anew, and the write-ahead log is emptied.
PostgreSQL keeps rows where they came in and stamps each with its transaction: every table that has a credential or a
person in it is written anew in the closing transaction, in the order of its key, into fresh files. So no stamp and no
place is left of who drew when, of what was cast when, and of which cards were activated spares. What a disk, a log of
the database or a backup kept of the old pages is a residual of THREATS.md.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Table, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from voting.errors import DatabaseBusy
from voting.storage.engine import Storage
from voting.storage.tables import Base

T = TypeVar("T")
PERSONAL = {"credential", "person"}  # columns that name a card, or somebody
TRIES = 120
_PATIENCE = "250ms"  # shorter than the second after which PostgreSQL ends one of two that wait for each other


def personal_tables() -> list[Table]:
    """The tables that have a credential or a person in them, each after those that it refers to."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name == "people" or PERSONAL & {column.name for column in table.columns}
    ]


def hold_alone(session: Session, hold: Callable[[], T]) -> T:
    """Do `hold`, which locks the conference, when nobody else is in the tables that closing writes anew.

    On PostgreSQL tables and row are locked together or not at all: whoever has one and waits for another goes first.
    Raises DatabaseBusy.
    """
    if session.get_bind().dialect.name != "postgresql":
        return hold()
    names = ", ".join(table.name for table in personal_tables())
    for _ in range(TRIES):
        try:
            with session.begin_nested():
                session.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
                session.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
                found = hold()
                session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
            return found
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") not in _IN_USE:
                raise
    raise DatabaseBusy("the database is in use elsewhere: close again")


_IN_USE = ("55P03", "40P01")  # lock not available, deadlock


def rewrite_rows(session: Session) -> None:
    """On PostgreSQL: write personal tables anew, sorted, inside the closing transaction. On SQLite: nothing yet.

    Their guards judge what happens in an open room; these rows passed them once.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    session.flush()
    tables = personal_tables()
    for table in tables:
        session.execute(
            text(f"CREATE TEMPORARY TABLE {table.name}_sorted ON COMMIT DROP AS SELECT * FROM {table.name}")
        )
    session.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))
    for table in tables:
        key = ", ".join(column.name for column in table.primary_key.columns)
        session.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        session.execute(text(f"INSERT INTO {table.name} SELECT * FROM {table.name}_sorted ORDER BY {key}"))
        session.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))


def rewrite_file(storage: Storage) -> None:
    """Rewrite the database's files after closing; outside of any transaction. Raises DatabaseBusy."""
    if storage.dialect == "postgresql":
        with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("counts", "ballot_marks"):
                connection.exec_driver_sql(f"VACUUM FULL {table}")
        return
    raw = storage.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
        if busy:  # a reader that outlasted the wait still needs the old log
            raise DatabaseBusy("the database's log is in use: it is emptied at the next start of the server")
    finally:
        raw.close()
