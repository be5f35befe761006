"""What commands sign with: a sealed file and its passphrase, or a token and its PIN (PKCS #11)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tally.cli_options import EXISTING, open_signing_key, passphrase
from tally.pens import KeyPen, Pen, token_pen


@dataclass(frozen=True, slots=True)
class PenChoice:
    """What the options of a command say about the pen."""

    key: Path | None
    token: str | None
    token_module: Path | None
    token_key: str | None
    passphrase_file: Path | None


def pen_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --key, --token, --token-module, --token-key and --passphrase-file; the command gets them as `pen`."""

    @click.option("--key", type=EXISTING, help="A teller's file, or a sealed signing key.")
    @click.option("--token", help="Label of a token, instead of --key.")
    @click.option("--token-module", type=EXISTING, help="The PKCS #11 module (.so, .dll) of the token's maker.")
    @click.option("--token-key", help="Label of the key on the token.")
    @click.option("--passphrase-file", type=EXISTING, help="Take the passphrase or PIN from a file's first line.")
    @wraps(command)
    def with_pen(**given: Any) -> None:
        names = PenChoice.__dataclass_fields__
        choice = PenChoice(**{name: given.pop(name) for name in names})
        command(pen=choice, **given)

    return with_pen


@contextmanager
def open_pen(choice: PenChoice) -> Iterator[Pen]:
    """Take the pen from a sealed file, or from a token; one of them, not both."""
    whole = None not in (choice.token_module, choice.token_key)
    if choice.key is not None and choice.token is None:
        yield KeyPen(open_signing_key(choice.key, passphrase(choice.passphrase_file)))
    elif choice.key is None and choice.token is not None and whole:
        assert choice.token_module is not None and choice.token_key is not None
        pin = passphrase(choice.passphrase_file)
        with token_pen(choice.token_module, choice.token, pin, choice.token_key) as pen:
            yield pen
    else:
        raise click.UsageError("give either --key, or all of --token, --token-module and --token-key")
