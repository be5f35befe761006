"""`phieukin keys …`: the tellers' steps on their own machines, files in and files out (khóa của Ban kiểm phiếu).

The steps of the ceremony are those of `keys.ceremony.protocol`; each teller runs `begin`, `deal`, `accept` and
`confirm`, anyone runs `announcements`, `dealings`, `assemble` and `trustees`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from keys import cards, single, teller, wire
from keys.ceremony import protocol
from keys.ceremony.messages import KIND as CEREMONY_KIND
from keys.ceremony.messages import CeremonySecret, decode_ceremony_secret, encode_ceremony_secret
from keys.errors import KeysError
from keys.files import signing
from keys.files.key_files import read_file, read_sealed, replace_sealed, write_owner_only, write_public, write_sealed
from keys.files.passphrases import strength_of, suggested
from keys.files.plain_text import first_line
from keys.group import encode_point
from keys.trustees import encode_trustees, parse_trustees, verify_trustees

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(exists=False, dir_okay=False, path_type=Path)


class _KeysGroup(click.Group):
    """Says in one line what is wrong, and exits 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed; what may go wrong with files and keys ends in one line."""
        try:
            return super().invoke(ctx)
        except FileExistsError as error:
            path = error.filename
            raise click.ClickException(f"{path} đã có, chọn tên khác / exists already; choose another name") from None
        except (KeysError, OSError) as error:
            raise click.ClickException(f"không làm được / {error}") from None


@click.group("keys", cls=_KeysGroup)
def keys_group() -> None:
    """Tellers' keys: the ceremony, mandatory keys, signing keys, cards."""


def _passphrase_option(command: F) -> F:
    option = click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
    return option(command)


def _output(help_text: str, name: str = "--out") -> Callable[[F], F]:
    return click.option(name, type=NEW, required=True, help=help_text)


def _input(name: str, help_text: str) -> Callable[[F], F]:
    return click.option(name, type=EXISTING, required=True, help=help_text)


def _passphrase(file: Path | None, *, new: bool) -> str:
    if file is not None:
        text = first_line(file)
    else:
        text = str(click.prompt("Mật khẩu / Passphrase", hide_input=True, confirmation_prompt=new))
    if new and strength_of(text) == "weak":
        raise click.ClickException(
            f"mật khẩu dễ đoán: dùng ít nhất sáu từ không liên quan, ví dụ «{(example := suggested())}» / "
            f"easy to guess: take six words or more that have nothing to do with each other, as “{example}”"
        )
    return text


def _ceremony_secret(path: Path, passphrase: str) -> CeremonySecret:
    return decode_ceremony_secret(read_sealed(path, passphrase, kind=CEREMONY_KIND))


def _only(parts: tuple[T, ...]) -> T:
    """The part of the one box that these commands make keys for."""
    if len(parts) != 1:
        raise click.ClickException(
            f"buổi tạo khóa này cho {len(parts)} hòm phiếu: dùng «phieukin tally ceremony» / "
            f"this ceremony is for {len(parts)} boxes: use `phieukin tally ceremony`"
        )
    return parts[0]


# --- the ceremony --------------------------------------------------------------------------------------------------


@keys_group.command("begin")
@click.option("--index", type=int, required=True, help="This teller's number, from 1.")
@click.option("--size", type=int, required=True, help="Number of tellers.")
@click.option("--threshold", type=int, required=True, help="How many of them open the sum.")
@_output("Sealed file of this teller's secrets.", "--secret")
@_output("Announcement, for all tellers.")
@_passphrase_option
def begin(index: int, size: int, threshold: int, secret: Path, out: Path, passphrase_file: Path | None) -> None:
    """Step 1: draw this teller's secrets; announce a certificate and a commitment."""
    begun, announcement = protocol.begin(size, threshold, index)
    passphrase = _passphrase(passphrase_file, new=True)
    write_sealed(secret, encode_ceremony_secret(begun), passphrase, kind=CEREMONY_KIND)
    write_public(out, announcement)


@keys_group.command("announcements")
@click.argument("files", nargs=-1, required=True, type=EXISTING)
@_output("The announcements as one file.")
def announcements_command(files: tuple[Path, ...], out: Path) -> None:
    """Join the announcements of all tellers, and show the fingerprint that they compare."""
    joined = protocol.gather_announcements(map(read_file, files))
    write_public(out, joined)
    click.echo(f"mã chung / fingerprint {protocol.fingerprint(joined)}")


@keys_group.command("deal")
@_input("--secret", "Sealed file of step 1.")
@_input("--announcements", "The joined announcements.")
@_output("Dealing, for all tellers.")
@click.option("--fingerprint", help="The fingerprint compared aloud; without it, the program asks.")
@_passphrase_option
def deal(secret: Path, announcements: Path, out: Path, fingerprint: str | None, passphrase_file: Path | None) -> None:
    """Step 2: check all announcements and deal shares to the tellers."""
    raw = read_file(announcements)
    found = protocol.fingerprint(raw)
    if fingerprint is None:
        click.confirm(f"fingerprint {found}\nDo all tellers see this fingerprint?", abort=True)
    elif fingerprint != found:
        raise click.ClickException(f"mã chung khác nhau / fingerprint {fingerprint} expected, {found} found")
    passphrase = _passphrase(passphrase_file, new=False)
    after, dealing = protocol.deal(_ceremony_secret(secret, passphrase), raw)
    replace_sealed(secret, encode_ceremony_secret(after), passphrase, kind=CEREMONY_KIND)
    write_public(out, dealing)


@keys_group.command("dealings")
@click.argument("files", nargs=-1, required=True, type=EXISTING)
@_output("The dealings as one file.")
def dealings_command(files: tuple[Path, ...], out: Path) -> None:
    """Join the dealings of all tellers."""
    write_public(out, protocol.gather_dealings(map(read_file, files)))


@keys_group.command("accept")
@_input("--secret", "Sealed file of steps 1 and 2.")
@_input("--announcements", "The joined announcements.")
@_input("--dealings", "The joined dealings.")
@_output("Sealed file of this teller's key.", "--key")
@_output("Public share, for all tellers.")
@_passphrase_option
def accept(
    secret: Path, announcements: Path, dealings: Path, key: Path, out: Path, passphrase_file: Path | None
) -> None:
    """Step 3: check every dealing and keep this teller's share, sealed with the same passphrase."""
    passphrase = _passphrase(passphrase_file, new=False)
    begun = _ceremony_secret(secret, passphrase)
    owned, share = protocol.accept(begun, read_file(announcements), read_file(dealings))
    write_sealed(key, teller.encode_teller_key(_only(owned)), passphrase, kind=teller.KIND)
    write_public(out, share)


@keys_group.command("assemble")
@_input("--announcements", "The joined announcements.")
@_input("--dealings", "The joined dealings.")
@click.argument("shares", nargs=-1, required=True, type=EXISTING)
@_output("The tellers' item of trustees.json.")
def assemble(announcements: Path, dealings: Path, shares: tuple[Path, ...], out: Path) -> None:
    """Step 4: join the public files, checked whole, to one item of trustees.json."""
    items = protocol.assemble(read_file(announcements), read_file(dealings), map(read_file, shares))
    write_public(out, single.encode_item(_only(items)))


@keys_group.command("single")
@click.option("--name", help="Name to stand in trustees.json.")
@_output("Sealed file of this teller's key.", "--key")
@_output("The teller's item of trustees.json.")
@_passphrase_option
def single_command(name: str | None, key: Path, out: Path, passphrase_file: Path | None) -> None:
    """Make the key of a teller whose presence is required."""
    owned, item = single.new_single(name)
    passphrase = _passphrase(passphrase_file, new=True)
    write_sealed(key, teller.encode_teller_key(owned), passphrase, kind=teller.KIND)
    write_public(out, single.encode_item(item))


@keys_group.command("trustees")
@click.argument("items", nargs=-1, required=True, type=EXISTING)
@_output("trustees.json of the election.")
def trustees_command(items: tuple[Path, ...], out: Path) -> None:
    """Join items to trustees.json, check it, and show the election key."""
    trustees = parse_trustees(encode_trustees([single.decode_item(read_file(path)) for path in items]))
    verify_trustees(trustees)
    write_public(out, trustees.raw)
    click.echo(f"khóa chung / election key {encode_point(trustees.election_key())}")


@keys_group.command("confirm")
@_input("--key", "Sealed file of this teller's key.")
@_input("--trustees", "trustees.json of the election.")
@_passphrase_option
def confirm(key: Path, trustees: Path, passphrase_file: Path | None) -> None:
    """Find this teller's own certificate, share and threshold in trustees.json."""
    parsed = parse_trustees(read_file(trustees))
    verify_trustees(parsed)
    passphrase = _passphrase(passphrase_file, new=False)
    owned = teller.decode_teller_key(read_sealed(key, passphrase, kind=teller.KIND))
    owner = teller.find_owner(owned, parsed)
    place, joint = f"{owned.threshold}/{owned.size}", encode_point(parsed.election_key())
    click.echo(f"thành viên Ban kiểm phiếu / teller {owner}: {place}; {joint}")


# --- signing keys and cards ----------------------------------------------------------------------------------------


@keys_group.command("signing-key")
@_output("Sealed file of the private key.", "--key")
@_output("Public key, for Setup.")
@_passphrase_option
def signing_key(key: Path, out: Path, passphrase_file: Path | None) -> None:
    """Make a person's P-256 key for signing the record."""
    made = signing.new_signing_key()
    passphrase = _passphrase(passphrase_file, new=True)
    write_sealed(key, signing.encode_signing_key(made), passphrase, kind=signing.KIND)
    text = signing.public_text(made)
    write_public(out, text.encode())
    click.echo(f"mã khóa / key id {signing.keyid(text)}")


@keys_group.command("cards")
@click.option("--uuid", required=True, help="The election's uuid.")
@click.option("--count", type=click.IntRange(1, 100_000), required=True, help="Number of cards.")
@click.option(
    "--cards", "cards_file", type=NEW, required=True, help="The cards' secrets, one a line: to print, then destroy."
)
@_output("Sorted public credentials, as JSON.", "--credentials")
def cards_command(uuid: str, count: int, cards_file: Path, credentials: Path) -> None:
    """Draw cards and their public credentials."""
    drawn = [cards.new_card() for _ in range(count)]
    public = sorted(encode_point(cards.credential(card, uuid)) for card in drawn)
    write_owner_only(cards_file, "".join(f"{cards.with_dashes(card)}\n" for card in drawn).encode())
    write_public(credentials, wire.compact(public))
