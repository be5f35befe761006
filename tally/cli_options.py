"""Options that the tellers' commands share: passphrases, files that must exist, files written at once or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from keys.durable import read_plain
from keys.keyfiles import read_sealed
from keys.plain_text import first_line
from keys.signing import KIND as SIGNING_KIND
from keys.signing import SigningKey, decode_signing_key
from tally.errors import CannotSign
from tally.teller_file import KIND as TELLER_KIND
from tally.teller_file import TellerFile, read_teller_file

F = TypeVar("F", bound=Callable[..., Any])

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def teller_options(command: F) -> F:
    """Add --teller and --passphrase-file."""
    option = click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
    teller = click.option("--teller", "path", type=EXISTING, required=True, help="The teller's sealed file.")
    return teller(option(command))


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """Take the passphrase from a file's first line, or ask; a new one is asked for twice."""
    if file is not None:
        return first_line(file)
    return str(click.prompt("Mật khẩu / Passphrase", hide_input=True, confirmation_prompt=new))


def pin(file: Path | None) -> str:
    """Take a token's PIN from a file's first line, or ask."""
    if file is not None:
        return passphrase(file)
    return str(click.prompt("Mã PIN của USB ký số / PIN of the token", hide_input=True))


def open_teller(path: Path, passphrase_file: Path | None) -> tuple[TellerFile, str]:
    """Ask for the passphrase and open the teller's file."""
    words = passphrase(passphrase_file)
    return read_teller_file(path, words), words


def open_signing_key(path: Path, passphrase: str) -> SigningKey:
    """Open the signing key in a teller's file or in a sealed file of its own, whichever it is.

    Raises CannotSign for a teller's file whose owner signs by a token.
    """
    if is_teller_file(path):
        teller = read_teller_file(path, passphrase)
        if teller.token:
            why = f"{path.name}: {teller.name} signs by a token: give --token in place of --key"
            raise CannotSign(why, "needs_token", name=teller.name)
        return teller.signer
    return decode_signing_key(read_sealed(path, passphrase, kind=SIGNING_KIND))


def is_teller_file(path: Path) -> bool:
    """Tell whether a sealed file is a teller's, without opening it."""
    return f'"kind":"{TELLER_KIND}"'.encode() in read_plain(path, 200)
