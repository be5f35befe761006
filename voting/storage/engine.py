"""The database of the room: SQLite by default, PostgreSQL with the same code.

SQLite: write-ahead log, synchronous=FULL (an answered ballot survives a power cut), foreign keys, secure_delete, and
BEGIN IMMEDIATE for writers, so that a transaction that reads first never fails later. PostgreSQL: read committed,
with row locks where the code and the guards ask for them, and commits that wait for the disk, whatever the database
was told to take for granted: behind an older snapshot, the guards themselves would count too few ballots.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voting.errors import InvariantBroken
from voting.storage.head_decisions import HeadDecisionRow as HeadDecisionRow
from voting.storage.teller_keys import TellerKeysRow as TellerKeysRow  # so that whoever opens a room knows its table

BUSY_SECONDS = 30  # how long a writer waits for another one
# Connections of one process: made when they are needed, and as many kept as a server process has threads at most.
KEPT_CONNECTIONS, MORE_CONNECTIONS = 20, 12
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


class Storage:
    """Where the room keeps everything; `read` and `write` give a session in one transaction each."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = open_engine(url)
        self._reading = self.engine.execution_options(phieukin_reading=True)
        self._asking = _without_transactions(self.engine)

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the database in use: `sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session for reading; what it changes is dropped."""
        with Session(self._reading, autoflush=False) as session:
            yield session  # closed without a commit: what was read stays readable, changes are gone

    def ask(self, question: "Select[Any]", values: Mapping[str, object]) -> "Row[Any] | None":
        """Ask one question, a statement that is built once, outside of any transaction; return its first row."""
        with self._asking.connect() as connection:
            return connection.execute(question, values).first()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that commits at the end; raise InvariantBroken when the database refuses."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except IntegrityError as error:
                session.rollback()
                raise InvariantBroken(f"the database refused: {broken_rule(error)}") from None

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def broken_rule(error: IntegrityError) -> str:
    """Name the rule that the database upheld; the statement and its values are left out, they may hold a ballot."""
    return str(error.orig).splitlines()[0] if error.orig else "a rule"


def open_engine(url: str) -> Engine:
    """Open an engine for a URL of SQLAlchemy, set up for this room."""
    pool: dict[str, Any] = {"pool_size": KEPT_CONNECTIONS, "max_overflow": MORE_CONNECTIONS}
    if url.startswith("sqlite"):
        arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(url, hide_parameters=True, connect_args=arguments, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, isolation_level="READ COMMITTED", **pool)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _without_transactions(engine: Engine) -> Engine:
    """The same engine for single questions, each of which sees one moment: nothing to begin, nothing to end."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(phieukin_asking=True)
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_sqlite
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """An answered ballot survives a power cut; a stricter setting of the database's own stays."""
    with connection.cursor() as cursor:
        cursor.execute(_DURABLE)
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("phieukin_asking", False):
        connection.exec_driver_sql("BEGIN" if options.get("phieukin_reading", False) else "BEGIN IMMEDIATE")
