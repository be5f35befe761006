"""`phieukin backup` and `phieukin restore`: the room's database into one file, and back into an empty room."""

from pathlib import Path

import click

from voting.backup import back_up, restore
from voting.errors import VotingError
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
@_FILE
def restore_command(folder: Path, file: Path, annul_open: bool) -> None:
    """Fill an empty room from the backup FILE; put the old room.key into the folder first."""
    storage = _storage(folder)
    try:
        _tell(restore(file, storage, annul_open=annul_open))
    except VotingError as error:
        raise click.ClickException(str(error)) from None
    finally:
        storage.close()


def _storage(folder: Path) -> Storage:
    try:
        return Storage(load_settings(folder).database)
    except VotingError as error:
        raise click.ClickException(str(error)) from None


def _tell(counted: dict[str, int]) -> None:
    """Say how many rows there were in each table."""
    for name, rows in counted.items():
        click.echo(f"{name} {rows}")
