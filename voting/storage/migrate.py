"""Bring a database to the newest migration, at every start before the first request; or back to an older one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from voting.errors import WrongState
from voting.storage.engine import Storage

_FOLDER = Path(__file__).parent / "migrations"
_UNDER_WAY = "SELECT COUNT(*) FROM conferences WHERE state IN ('open', 'frozen')"
_LOCK = 0x7068_6965  # advisory lock of PostgreSQL: "phie"


def migrate(storage: Storage, revision: str = "head") -> None:
    """Upgrade the database in one transaction; servers that start together wait for each other."""
    with storage.engine.begin() as connection:
        if storage.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        command.upgrade(configuration(connection), revision)


def roll_back(storage: Storage, revision: str) -> None:
    """Downgrade the database in one transaction, for an older version of the server; make a backup first.

    What the older version does not know is dropped. Raises WrongState while a box is open: its guards would fall.
    """
    with storage.engine.begin() as connection:
        if connection.exec_driver_sql(_UNDER_WAY).scalar_one():
            raise WrongState("a box is open: the database is changed between conferences alone")
        command.downgrade(configuration(connection), revision)


def configuration(connection: Connection) -> Config:
    """Make alembic's configuration for an open connection; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
