"""What commands sign with: a sealed file and its passphrase, or a token and its PIN (PKCS #11)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tally.cli_options import EXISTING, is_teller_file, open_signing_key, passphrase, pin
from tally.guide import Guide, unquoted
from tally.guide_usage import Misused
from tally.pens import KeyPen, Pen, token_pen
from tally.signatures import check_signer
from tally.teller_file import note_records, read_teller_file
from voting.documents.record import Record


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """What the options of a command say about a token; all of them, or none."""

    token: str | None
    token_module: Path | None
    token_key: str | None
    pin_file: Path | None

    def open(self) -> AbstractContextManager[Pen]:
        """Ask for the PIN and open the token; raise Misused unless module and key are named as well."""
        if self.token is None or self.token_module is None or self.token_key is None:
            raise Misused("token_whole")
        return token_pen(self.token_module, self.token, pin(self.pin_file), self.token_key)

    @property
    def named(self) -> bool:
        """Whether any option of a token was given."""
        return any(one is not None for one in (self.token, self.token_module, self.token_key))


NO_TOKEN = TokenChoice(None, None, None, None)


@dataclass(frozen=True, slots=True)
class PenChoice:
    """What the options of a command say about the pen."""

    key: Path | None
    token: str | None
    token_module: Path | None
    token_key: str | None
    passphrase_file: Path | None

    @property
    def as_token(self) -> TokenChoice:
        """The options of the token; its PIN stands where a passphrase would."""
        return TokenChoice(self.token, self.token_module, self.token_key, self.passphrase_file)

    @property
    def named(self) -> bool:
        """Whether a key or a token was given."""
        return self.key is not None or self.as_token.named


def pen_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --key, --token, --token-module, --token-key and --passphrase-file; the command gets them as `pen`."""
    key = click.option("--key", type=EXISTING, help="A teller's file, or a sealed signing key.")
    words = click.option(
        "--passphrase-file", type=EXISTING, help="Take the passphrase or PIN from a file's first line."
    )
    return key(_token_options(words(_gathered(command, "pen", PenChoice))))


def token_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --token, --token-module, --token-key and --pin-file; the command gets them as `token`."""
    words = click.option("--pin-file", type=EXISTING, help="Take the token's PIN from a file's first line.")
    return _token_options(words(_gathered(command, "token", TokenChoice)))


def _gathered(command: Callable[..., None], name: str, kind: type[PenChoice | TokenChoice]) -> Callable[..., None]:
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


@contextmanager
def open_pen(choice: PenChoice) -> Iterator[Pen]:
    """Take the pen from a sealed file, or from a token; one of them, not both."""
    if choice.key is not None and not choice.as_token.named:
        yield KeyPen(open_signing_key(choice.key, passphrase(choice.passphrase_file)))
    elif choice.key is None and None not in (choice.token, choice.token_module, choice.token_key):
        with choice.as_token.open() as pen:
            yield pen
    else:
        raise Misused("one_pen")


@contextmanager
def open_record_pen(choice: PenChoice, records: Sequence[Record]) -> Iterator[Pen]:
    """Take the pen for signing records; a teller's file first notes which they are.

    Raises CannotSign for a key that Setup does not name, OtherRecord where the teller signed another record of a box.
    """
    if choice.key is None or choice.as_token.named:
        with open_pen(choice) as pen:
            yield pen
        return
    words = passphrase(choice.passphrase_file)
    own = KeyPen(open_signing_key(choice.key, words))
    for record in records:
        check_signer(own, record)
    if is_teller_file(choice.key):
        note_records(choice.key, read_teller_file(choice.key, words), words, records)
    yield own


def open_pen_if_named(choice: PenChoice | TokenChoice) -> AbstractContextManager[Pen | None]:
    """Take the pen that the options name, or None where they name none."""
    if not choice.named:
        return nullcontext()
    return open_pen(choice) if isinstance(choice, PenChoice) else choice.open()


@contextmanager
def pen_by_asking(guide: Guide, answer: str, name: str) -> Iterator[Pen | None]:
    """Take the pen from what somebody answers: nothing (on paper), `usb` (a token), or the path of a sealed file."""
    if not answer:
        yield None
    elif answer.casefold() == "usb":
        module = unquoted(guide.ask("token.module"))
        label, key = guide.ask("token.label"), guide.ask("token.key")
        with token_pen(module, label, guide.pin(name=name), key) as pen:
            yield pen
    else:
        yield KeyPen(open_signing_key(unquoted(answer), guide.passphrase(None, name=name)))
