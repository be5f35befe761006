"""`phieukin tally sign-minutes` and `check-minutes`: the signatures on the PDF, by key or by token (PKCS #11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from keys.keyfiles import read_sealed
from keys.signing import KIND as SIGNING_KIND
from keys.signing import decode_signing_key
from tally.cli_options import EXISTING, TARGET, passphrase, write_whole
from tally.errors import CannotSign
from tally.minutes.annex import signers
from tally.minutes.cli import record_payload_of
from tally.minutes.view import View, parse_record
from tally.pdf_signatures import awaiting, check_minutes, sign_minutes
from tally.pens import KeyPen, Pen, envelope_signature, token_pen
from tally.teller_file import KIND as TELLER_KIND
from tally.teller_file import read_teller_file
from voting.documents.envelope import make_envelope, parse_envelope, payload_of, write_envelope
from voting.documents.record import RECORD_TYPE


@click.command("sign-minutes")
@click.argument("record", type=EXISTING)
@click.argument("minutes", type=EXISTING)
@click.option("--key", type=EXISTING, help="A teller's file, or a sealed signing key.")
@click.option("--token", help="Label of a token, instead of --key.")
@click.option("--token-module", type=EXISTING, help="The PKCS #11 module (.so, .dll) of the token's maker.")
@click.option("--token-key", help="Label of the key on the token.")
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase or PIN from a file's first line.")
@click.option("--field", help="Where to sign, if the key signs in several places: teller-1, secretary, chair, head.")
@click.option("--with-record", is_flag=True, help="Sign RECORD, too, by the same key.")
@click.option("--out", type=TARGET, help="The signed PDF; in its own place, if this is left out.")
def sign_minutes_command(
    record: Path,
    minutes: Path,
    key: Path | None,
    token: str | None,
    token_module: Path | None,
    token_key: str | None,
    passphrase_file: Path | None,
    field: str | None,
    with_record: bool,
    out: Path | None,
) -> None:
    """Sign MINUTES, the PDF of RECORD (record.json), at the place left for the owner of the key (ký số biên bản)."""
    payload = record_payload_of(record)
    with _pen(key, token, token_module, token_key, passphrase_file) as pen:
        pdf = minutes.read_bytes()
        place = field or _place_of(pen, payload, pdf)
        signed = sign_minutes(pdf, payload, place, pen, datetime.now().astimezone())
        if with_record:
            write_whole(record, _signed_record(record.read_bytes(), pen))
    write_whole(out or minutes, signed)
    _tell(signed, payload)


@click.command("check-minutes")
@click.argument("record", type=EXISTING)
@click.argument("minutes", type=EXISTING)
def check_minutes_command(record: Path, minutes: Path) -> None:
    """Say who signed MINUTES, after checking that they are those of RECORD and nothing more."""
    _tell(minutes.read_bytes(), record_payload_of(record))


@contextmanager
def _pen(
    key: Path | None, token: str | None, module: Path | None, label: str | None, passphrase_file: Path | None
) -> Iterator[Pen]:
    """Take the pen from a sealed file, or from a token; one of them, not both."""
    if key is not None and token is None:
        words = passphrase(passphrase_file)
        if f'"kind":"{TELLER_KIND}"'.encode() in key.read_bytes()[:200]:
            yield KeyPen(read_teller_file(key, words).signer)
        else:
            yield KeyPen(decode_signing_key(read_sealed(key, words, kind=SIGNING_KIND)))
    elif key is None and token is not None and module is not None and label is not None:
        with token_pen(module, token, passphrase(passphrase_file), label) as pen:
            yield pen
    else:
        raise click.UsageError("give either --key, or all of --token, --token-module and --token-key")


def _place_of(pen: Pen, payload: bytes, pdf: bytes) -> str:
    """Find the first place of the key's owner that is not signed yet."""
    done = {one.field for one in check_minutes(pdf, payload)}
    people = signers(View.of(parse_record(payload), "vi"))
    mine = [field for field, one in people if one.key == pen.public_text]
    if not mine:
        raise CannotSign("this key is not one that the record names for its minutes")
    return next((field for field in mine if field not in done), mine[0])


def _signed_record(raw: bytes, pen: Pen) -> bytes:
    envelope = parse_envelope(raw, RECORD_TYPE, "record")
    fresh = envelope_signature(pen, payload_of(envelope, "record"), RECORD_TYPE)
    kept = tuple(one for one in envelope.signatures if one.keyid != fresh.keyid)
    return write_envelope(make_envelope(payload_of(envelope, "record"), RECORD_TYPE, (*kept, fresh)))


def _tell(pdf: bytes, payload: bytes) -> None:
    found = check_minutes(pdf, payload)
    for one in found:
        click.echo(f"{one.claimed.isoformat(timespec='seconds')}  {one.name} – {one.role} ({one.field})")
    missing = awaiting(payload, found)
    click.echo(f"awaiting signature of {', '.join(missing)}" if missing else "all signatures are there")
