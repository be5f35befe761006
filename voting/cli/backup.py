"""`phieukin backup` and `phieukin restore`: the room's database into one file, and back into an empty room."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from voting.box.mirror import STORE_FILE, Store
from voting.box.refill import refill
from voting.errors import InvalidSettings, VotingError
from voting.server.alone import hold_folder
from voting.storage.backup import back_up, restore
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.web.settings import demand_folder, keep_private, old_secret, room_database

_FOLDER = click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default="room", show_default=True,
    help="The room's folder.",
)  # fmt: skip
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command("backup")
@_FOLDER
@_FILE
def backup_command(folder: Path, file: Path) -> None:
    """Write every table of the room into the new FILE (SQLite), also while the server runs.

    FILE tells no order of casting. It needs the room's room.key, which is not in it: keep both, apart from each other,
    on encrypted media.
    """
    try:
        demand_folder(folder)
        with contextlib.closing(Storage(_database(folder))) as storage:
            _tell(back_up(storage, file))
    except VotingError as error:
        raise click.ClickException(str(error)) from None


@click.command("restore")
@_FOLDER
@click.option(
    "--annul-open", is_flag=True, help="Take a backup of an open box, too: its conference comes back annulled."
)
@click.option(
    "--mirror", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The mirror's folder: fill the open box of the backup with its ballots; the box comes back frozen.",
)  # fmt: skip
@_FILE
def restore_command(folder: Path, file: Path, annul_open: bool, mirror: Path | None) -> None:
    """Fill an empty room from the backup FILE; put the old room.key into the folder first."""
    if annul_open and mirror:
        raise click.UsageError("--annul-open or --mirror, not both")
    try:
        demand_folder(folder)
        keyring = Keyring(old_secret(folder))
        fill = _filling(keyring, mirror) if mirror else None
        with contextlib.closing(Storage(room_database(folder))) as storage:
            _tell(restore(file, storage, keyring, annul_open=annul_open, fill=fill, held=_held(folder)))
    except VotingError as error:
        raise click.ClickException(str(error)) from None


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder, shut to other accounts: a server that runs on these tables would see them change under it."""
    with hold_folder(folder):
        keep_private(folder)
        yield


def _filling(keyring: Keyring, mirror: Path) -> Callable[[Session], None]:
    """What fills the restored box from its mirror, and says how many ballots it brought."""
    if not (mirror / STORE_FILE).is_file():
        raise InvalidSettings(
            f"{mirror}: không có {STORE_FILE}, đây không phải thư mục của máy giữ bản sao. / no {STORE_FILE} is there, "
            "so this is not the mirror's folder."
        )
    store = Store(mirror / STORE_FILE)
    return lambda session: click.echo(f"ballots from the mirror {refill(session, keyring, store)}")


def _database(folder: Path) -> str:
    """The URL of a room's database; raise InvalidSettings where its file is not there, which would be made empty."""
    url = room_database(folder)
    if url.startswith("sqlite"):
        name = make_url(url).database
        if not name or not Path(name).is_file():
            raise InvalidSettings(
                f"Thư mục {folder} không có cơ sở dữ liệu của phòng nào. / "
                f"The folder {folder} holds no room's database."
            )
    return url


def _tell(counted: dict[str, int]) -> None:
    """Say how many rows there were in each table."""
    for name, rows in counted.items():
        click.echo(f"{name} {rows}")
