"""Bring a database to the newest migration, at every start before the first request."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from voting.storage.engine import Storage

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x7068_6965  # advisory lock of PostgreSQL: "phie"


def migrate(storage: Storage, revision: str = "head") -> None:
    """Upgrade the database in one transaction; servers that start together wait for each other."""
    with storage.engine.begin() as connection:
        if storage.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        command.upgrade(configuration(connection), revision)


def configuration(connection: Connection) -> Config:
    """Make alembic's configuration for an open connection; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
