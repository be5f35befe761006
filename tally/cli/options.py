"""Options that the tellers' commands share: passphrases, files that must exist, files written at once or not at all."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from keys.files.durable import real_folder
from tally.dialogue import Guide, Refused, in_both
from tally.errors import Stopped
from tally.folders import existing
from tally.guide.signers import SignerChoice, TokenChoice, passphrase
from tally.signing.teller_file import TellerFile, read_teller_file

F = TypeVar("F", bound=Callable[..., Any])

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def out_folder(words: str) -> Callable[[F], F]:
    """Add --out, a folder that is there, or is made after a question or with --make-folder; before the command runs."""

    def add(command: F) -> F:
        @wraps(command)
        def with_folder(*args: Any, out: Path, make_folder: bool, **given: Any) -> None:
            command(*args, out=_ready(out, make_folder), **given)

        asked = click.option("--make-folder", is_flag=True, help="Make the folder of --out without asking.")
        return click.option("--out", type=FOLDER, required=True, help=words)(asked(with_folder))  # type: ignore[return-value]

    return add


def _ready(folder: Path, make: bool) -> Path:
    """Return a folder that is there from now on; those that it lies in are made after a question alone."""
    if make:
        return real_folder(folder)
    try:
        return existing(Guide("vi"), folder)
    except (Stopped, click.Abort):  # nobody wants it, or nobody is there to answer
        raise Refused(in_both("folder.or_make", folder=folder)) from None


def teller_options(command: F) -> F:
    """Add --teller and --passphrase-file."""
    option = click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
    teller = click.option("--teller", "path", type=EXISTING, required=True, help="The teller's sealed file.")
    return teller(option(command))


def open_teller(path: Path, passphrase_file: Path | None) -> tuple[TellerFile, str]:
    """Ask for the passphrase and open the teller's file."""
    words = passphrase(passphrase_file)
    return read_teller_file(path, words), words


def signer_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --key, --token, --token-module, --token-key and --passphrase-file; the command gets them as `signer`."""
    key = click.option("--key", type=EXISTING, help="A teller's file, or a sealed signing key.")
    words = click.option(
        "--passphrase-file", type=EXISTING, help="Take the passphrase or PIN from a file's first line."
    )
    return key(_token_options(words(_gathered(command, "signer", SignerChoice))))


def token_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --token, --token-module, --token-key and --pin-file; the command gets them as `token`."""
    words = click.option("--pin-file", type=EXISTING, help="Take the token's PIN from a file's first line.")
    return _token_options(words(_gathered(command, "token", TokenChoice)))


def _gathered(command: Callable[..., None], name: str, kind: type[SignerChoice | TokenChoice]) -> Callable[..., None]:
    """The command, given one choice by name instead of each of its options."""

    @wraps(command)
    def with_choice(**given: Any) -> None:
        choice = kind(**{option: given.pop(option) for option in kind.__dataclass_fields__})
        command(**{name: choice}, **given)

    return with_choice


def _token_options(command: Callable[..., None]) -> Callable[..., None]:
    label = click.option("--token", help="Label of a token, instead of a sealed signing key.")
    module = click.option("--token-module", type=EXISTING, help="The PKCS #11 module (.so, .dll) of the token's maker.")
    return label(module(click.option("--token-key", help="Label of the key on the token.")(command)))
