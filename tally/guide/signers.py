"""What people sign with, as they name it: a sealed file and its passphrase, or a token and its PIN (PKCS #11)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import click

from keys.files.durable import read_plain
from keys.files.key_files import read_sealed
from keys.files.plain_text import first_line
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import SigningKey, decode_signing_key
from tally.dialogue import Guide, unquoted
from tally.errors import CannotSign
from tally.guide.usage import Misused
from tally.signing.signatures import check_signer
from tally.signing.signers import DocumentSigner, KeySigner, token_signer
from tally.signing.teller_file import KIND as TELLER_KIND
from tally.signing.teller_file import note_records, of_box, read_teller_file
from voting.documents.record import Record

_KIND = re.compile(rb'"kind":"([^"]{1,64})"')


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """What the options of a command say about a token; all of them, or none."""

    token: str | None
    token_module: Path | None
    token_key: str | None
    pin_file: Path | None

    def open(self) -> AbstractContextManager[DocumentSigner]:
        """Ask for the PIN and open the token; raise Misused unless module and key are named as well."""
        if self.token is None or self.token_module is None or self.token_key is None:
            raise Misused("token_whole")
        return token_signer(self.token_module, self.token, pin(self.pin_file), self.token_key)

    @property
    def named(self) -> bool:
        """Whether any option of a token was given."""
        return any(one is not None for one in (self.token, self.token_module, self.token_key))


NO_TOKEN = TokenChoice(None, None, None, None)


@dataclass(frozen=True, slots=True)
class SignerChoice:
    """What the options of a command say about the signer."""

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


@contextmanager
def open_signer(choice: SignerChoice) -> Iterator[DocumentSigner]:
    """Take the signer from a sealed file, or from a token; one of them, not both."""
    if choice.key is not None and not choice.as_token.named:
        yield KeySigner(open_signing_key(choice.key, passphrase(choice.passphrase_file)))
    elif choice.key is None and None not in (choice.token, choice.token_module, choice.token_key):
        with choice.as_token.open() as key_signer:
            yield key_signer
    else:
        raise Misused("one_signer")


@contextmanager
def open_record_signer(choice: SignerChoice, records: Sequence[Record]) -> Iterator[DocumentSigner]:
    """Take the signer for signing records; a teller's file first notes which they are.

    Raises CannotSign for a key that Setup does not name, OtherRecord where the teller signed another record of a box.
    """
    if choice.key is None or choice.as_token.named:
        with open_signer(choice) as key_signer:
            yield key_signer
        return
    words = passphrase(choice.passphrase_file)
    own = KeySigner(open_signing_key(choice.key, words))
    for record in records:
        check_signer(own, record)
    if is_teller_file(choice.key):
        note_records(choice.key, read_teller_file(choice.key, words), words, records)
    yield own


def open_signer_if_named(choice: SignerChoice | TokenChoice) -> AbstractContextManager[DocumentSigner | None]:
    """Take the signer that the options name, or None where they name none."""
    if not choice.named:
        return nullcontext()
    return open_signer(choice) if isinstance(choice, SignerChoice) else choice.open()


@contextmanager
def signer_by_asking(guide: Guide, answer: str, name: str) -> Iterator[DocumentSigner | None]:
    """Take the signer from what somebody answers: nothing (on paper), `usb` (a token), or the path of a sealed file."""
    if not answer:
        yield None
    elif answer.casefold() == "usb":
        module = unquoted(guide.ask("token.module"))
        label, key = guide.ask("token.label"), guide.ask("token.key")
        with token_signer(module, label, guide.pin(name=name), key) as key_signer:
            yield key_signer
    else:
        yield KeySigner(open_signing_key(unquoted(answer), guide.passphrase(None, name=name)))


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
    found = _KIND.search(read_plain(path, 200))
    return found is not None and (found[1] == TELLER_KIND.encode() or of_box(found[1].decode()) is not None)
