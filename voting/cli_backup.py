"""`phieukin backup` and `phieukin restore`: the room's database into one file, and back into an empty room."""

from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.orm import Session

from voting.backup import back_up, restore
from voting.errors import VotingError
from voting.mirror import STORE_FILE, Store
from voting.mirror_restore import refill
from voting.serve_alone import hold_folder
from voting.setup_keys import Keyring
from voting.storage.engine import Storage
from voting.web.settings import load_settings

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
    storage = _storage(folder)
    try:
        _tell(back_up(storage, file))
    except VotingError as error:
        raise click.ClickException(str(error)) from None
    finally:
        storage.close()


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
    storage = _storage(folder)
    try:
        with hold_folder(folder):  # a server that runs on these tables would see them change under it
            _tell(restore(file, storage, annul_open=annul_open, fill=_filling(folder, mirror) if mirror else None))
    except VotingError as error:
        raise click.ClickException(str(error)) from None
    finally:
        storage.close()


def _filling(folder: Path, mirror: Path) -> Callable[[Session], None]:
    """What fills the restored box from its mirror, and says how many ballots it brought."""
    keyring, store = Keyring(load_settings(folder).secret), Store(mirror / STORE_FILE)
    return lambda session: click.echo(f"ballots from the mirror {refill(session, keyring, store)}")


def _storage(folder: Path) -> Storage:
    try:
        return Storage(load_settings(folder).database)
    except VotingError as error:
        raise click.ClickException(str(error)) from None


def _tell(counted: dict[str, int]) -> None:
    """Say how many rows there were in each table."""
    for name, rows in counted.items():
        click.echo(f"{name} {rows}")
