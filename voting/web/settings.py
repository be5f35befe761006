"""Settings of the room server, kept in one folder (thư mục của máy chủ) that belongs to the server alone.

room.json    address, port, processes, database, names in the certificate
room.key     the server's secret, 32 bytes in base64; backups of the database are useless without it
room.db      the database, unless room.json names another one
tls/         the room's certificate authority and certificate
mirror.*     where a second machine mirrors the box: see voting.mirror
"""

import base64
import datetime
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from keys.errors import UnreadableText
from keys.plain_text import read_text
from keys.structs import read_json
from voting.errors import InvalidSettings
from voting.setup_keys import SECRET_BYTES

Clock = Callable[[], datetime.datetime]
CONFIG_FILE, SECRET_FILE, DATABASE_FILE = "room.json", "room.key", "room.db"


class _Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """room.json."""

    host: str = "0.0.0.0"  # the tablets of the room reach it; the room has no other network
    port: int = 8443
    processes: int = 2
    threads: int = 16
    database: str | None = None
    names: tuple[str, ...] = ()
    casts_per_minute: int = 30
    polls_per_minute: int = 240
    sign_ins_per_minute: int = 20
    mirror: str | None = None


def local_clock() -> datetime.datetime:
    """The server's clock, with the offset of its place."""
    return datetime.datetime.now(datetime.UTC).astimezone()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the application and its server need to know; limits are per device or address and minute."""

    directory: Path
    database: str
    secret: bytes
    host: str = "127.0.0.1"
    port: int = 8443
    processes: int = 1
    threads: int = 16
    names: tuple[str, ...] = ()
    casts_per_minute: int = 30
    polls_per_minute: int = 240
    sign_ins_per_minute: int = 20
    mirror: str | None = None
    clock: Clock = local_clock

    @property
    def authority(self) -> Path:
        """The certificate of the room's own authority, which tablets trust."""
        return self.directory / "tls" / "ca.pem"


def load_settings(directory: Path) -> Settings:
    """Read the settings of a room's folder; make what is missing. Raises InvalidSettings."""
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = _read_config(directory / CONFIG_FILE)
    return Settings(
        directory=directory,
        database=config.database or f"sqlite:///{directory / DATABASE_FILE}",
        secret=_read_secret(directory / SECRET_FILE),
        host=config.host,
        port=config.port,
        processes=config.processes,
        threads=config.threads,
        names=config.names,
        casts_per_minute=config.casts_per_minute,
        polls_per_minute=config.polls_per_minute,
        sign_ins_per_minute=config.sign_ins_per_minute,
        mirror=config.mirror,
    )


def write_config(directory: Path, **fields: object) -> None:
    """Write room.json with the fields given and defaults for the others; raise InvalidSettings."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        config = msgspec.convert(fields, _Config)
    except msgspec.ValidationError as error:
        raise InvalidSettings(f"{CONFIG_FILE}: {error}") from None
    (directory / CONFIG_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(config)) + b"\n")


def at_address(settings: Settings, host: str, port: int) -> Settings:
    """The same settings at another address."""
    return replace(settings, host=host, port=port)


def _read_config(path: Path) -> _Config:
    if not path.exists():
        return _Config()
    try:
        return read_json(read_text(path).encode(), _Config)
    except UnreadableText as error:
        raise InvalidSettings(str(error)) from None
    except msgspec.MsgspecError as error:
        raise InvalidSettings(f"{path.name}: {error}") from None


def _read_secret(path: Path) -> bytes:
    """Read the server's secret; make it at the first start, readable by its owner alone."""
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(SECRET_BYTES)))
        try:
            os.link(fresh, path)  # atomic: of several processes that start at once, one wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    try:
        return base64.b64decode(path.read_bytes(), validate=True)
    except ValueError:
        raise InvalidSettings(f"{path.name}: 32 bytes in base64 expected") from None
