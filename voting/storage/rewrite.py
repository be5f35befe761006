"""Rewrite the box when it closes, so that neither rows nor pages tell the order of casting (security: order of rows).

SQLite keeps ballots in a tree keyed by tracker; VACUUM writes every page anew, and the write-ahead log is emptied.
PostgreSQL keeps rows where they came in and stamps each with its transaction: they are written anew in one
transaction, sorted by tracker, into fresh files. What a disk, a log of the database or a backup kept of the old pages
is a residual of THREATS.md.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from voting.errors import DatabaseBusy
from voting.storage.engine import Storage

# The guards of the table judge ballots that are cast; these rows passed them once, and the box may be frozen by now.
_POSTGRESQL = (
    "CREATE TEMPORARY TABLE ballots_sorted ON COMMIT DROP AS SELECT * FROM ballots",
    "TRUNCATE ballots",
    "ALTER TABLE ballots DISABLE TRIGGER USER",
    "INSERT INTO ballots SELECT * FROM ballots_sorted ORDER BY tracker",
    "ALTER TABLE ballots ENABLE TRIGGER USER",
)


def rewrite_ballots(session: Session) -> None:
    """On PostgreSQL: write all ballots anew, sorted, inside the closing transaction. On SQLite: nothing yet."""
    if session.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            session.execute(text(statement))


def rewrite_file(storage: Storage) -> None:
    """Rewrite the database's files after closing; outside of any transaction. Raises DatabaseBusy."""
    if storage.dialect == "postgresql":
        with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("cards", "attendance", "ballot_marks"):
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
