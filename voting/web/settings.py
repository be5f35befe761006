"""Settings of the room server, kept in one folder (thư mục của máy chủ) that belongs to the server alone.

room.json    address, port, processes, database, names in the certificate; written with its defaults at the first start
room.lock    held by the one server of this folder: see voting.server.alone
room.key     the server's secret, 32 bytes in base64; backups of the database are useless without it
room.db      the database, unless room.json names another one
tls/         the room's certificate authority and certificate
mirror.*     where a second machine mirrors the box: see voting.box.mirror
"""

import base64
import contextlib
import datetime
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec

from keys.errors import UnreadableText, UnsafeFile
from keys.files.durable import OWNER_ONLY, read_plain, write_new, write_whole
from keys.files.plain_text import read_text
from keys.structs import read_json
from voting.errors import InvalidSettings, linked
from voting.storage.keyring import SECRET_BYTES
from voting.web.host_names import check_names, is_permitted
from voting.web.trust import is_foreign

Clock = Callable[[], datetime.datetime]
CONFIG_FILE, SECRET_FILE, DATABASE_FILE = "room.json", "room.key", "room.db"


class _Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """room.json."""

    host: str = "0.0.0.0"  # the tablets of the room reach it; the room has no other network
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8443
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


def room_database(directory: Path) -> str:
    """The URL of the database of a room's folder; nothing is made. Raises InvalidSettings."""
    directory = directory.resolve()
    return _read_config(directory / CONFIG_FILE).database or f"sqlite:///{directory / DATABASE_FILE}"


def load_settings(directory: Path) -> Settings:
    """Read the settings of a room's folder; make what is missing. Raises InvalidSettings."""
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = _read_config(directory / CONFIG_FILE)
    if not all(map(is_permitted, config.names)) and not is_foreign(directory / "tls"):
        check_names(config.names)
    return Settings(
        directory=directory,
        database=room_database(directory),
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
    write_whole(directory / CONFIG_FILE, msgspec.json.format(msgspec.json.encode(config)) + b"\n", mode=0o600)


def has_config(directory: Path) -> bool:
    """Tell whether the room has a room.json; without one it has the defaults."""
    return (directory / CONFIG_FILE).exists()


def keep_private(directory: Path) -> None:
    """Shut a room's folder, and what lies in it, to other accounts: also one that was there before the room.

    The database's log tells the order of casting while the box is open. A secret that others could read stays as it is:
    `room check` says so. Raises InvalidSettings where this account may
    not do that.
    """
    if os.name != "posix":
        return
    inside = [directory, directory / "tls", *directory.glob("*.db*"), directory / CONFIG_FILE]
    try:
        for path in inside:
            if path.exists() and not path.is_symlink() and path.stat().st_mode & 0o077:
                path.chmod(path.stat().st_mode & 0o700)
    except OSError as error:
        raise InvalidSettings(
            f"{directory}: thư mục và các tệp trong đó phải thuộc tài khoản chạy máy chủ: đổi chủ (chown) hoặc chọn "
            f"thư mục khác. / the folder and what is in it must belong to the server's account: change the owner "
            f"(chown) or name another folder. ({error})"
        ) from None


def at_address(settings: Settings, host: str, port: int) -> Settings:
    """The same settings at another address."""
    return replace(settings, host=host, port=port)


def _read_config(path: Path) -> _Config:
    if not path.exists():
        return _Config()
    try:
        return read_json(read_text(path).encode(), _Config)
    except UnsafeFile:
        raise linked(path) from None
    except UnreadableText as error:
        raise InvalidSettings(str(error)) from None
    except msgspec.MsgspecError as error:
        raise InvalidSettings(f"{path.name}: {error}") from None


def _read_secret(path: Path) -> bytes:
    """Read the server's secret; make it at the first start, readable by its owner alone."""
    with contextlib.suppress(FileExistsError):  # of several processes that start at once, one wins
        if not path.exists():
            write_new(path, base64.b64encode(secrets.token_bytes(SECRET_BYTES)), mode=OWNER_ONLY)
    return old_secret(path.parent)


def old_secret(directory: Path) -> bytes:
    """Read the secret of a room that was there before; raise InvalidSettings where there is none."""
    path = directory / SECRET_FILE
    try:
        return base64.b64decode(read_plain(path), validate=True)
    except UnsafeFile:
        raise linked(path) from None
    except FileNotFoundError:
        raise InvalidSettings(
            f"Thư mục {directory} không có {SECRET_FILE}: chép tệp {SECRET_FILE} cũ của phòng vào đó trước. / The "
            f"folder {directory} has no {SECRET_FILE}: put the room's old {SECRET_FILE} there first."
        ) from None
    except ValueError:
        raise InvalidSettings(f"{path.name}: 32 bytes in base64 expected") from None


def demand_folder(directory: Path) -> None:
    """Raise InvalidSettings where a room's folder is not there: a name that is mistyped makes no room."""
    if not directory.is_dir():
        raise InvalidSettings(
            f"Không có thư mục {directory}: xem lại --folder; lệnh này không tạo phòng mới. / There is no folder "
            f"{directory}: see --folder; this command makes no room."
        )
