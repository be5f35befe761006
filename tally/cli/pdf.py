"""`phieukin tally sign-minutes` and `check-minutes`: the signatures on the PDF, by key or by token (PKCS #11)."""

from datetime import datetime
from pathlib import Path

import click

from tally.cli.minutes import record_payload_of
from tally.cli.options import EXISTING, TARGET, signer_options
from tally.dialogue import both
from tally.errors import CannotSign
from tally.guide.signers import SignerChoice, open_record_signer
from tally.minutes.annex import signers
from tally.minutes.view import View, parse_record
from tally.pdf.signatures import awaiting, check_minutes, sign_minutes
from tally.signing.certificate_warnings import certificate_warnings, tell_certificate
from tally.signing.signatures import sign_record_with
from tally.signing.signed_files import put_named
from tally.signing.signers import DocumentSigner
from voting.documents.canonical import read_limited


@click.command("sign-minutes")
@click.argument("record", type=EXISTING)
@click.argument("minutes", type=EXISTING)
@click.option("--field", help="Where to sign, if the key signs in several places: teller-1, secretary, chair, head.")
@click.option("--with-record", is_flag=True, help="Sign RECORD, too, by the same key.")
@click.option("--out", type=TARGET, help="The signed PDF; in its own place, if this is left out.")
@signer_options
def sign_minutes_command(
    record: Path, minutes: Path, field: str | None, with_record: bool, out: Path | None, signer: SignerChoice
) -> None:
    """Sign MINUTES, the PDF of RECORD (record.json), at the place left for the owner of the key (ký số biên bản)."""
    payload = record_payload_of(record)
    with open_record_signer(signer, [parse_record(payload)]) as opened:
        pdf = minutes.read_bytes()
        place = field or place_of(opened, payload, pdf)
        tell_certificate(opened, name_at(payload, place), datetime.now().astimezone())
        signed = sign_minutes(pdf, payload, place, opened, datetime.now().astimezone())
        if with_record:
            put_named(record, sign_record_with(read_limited(record), [opened]))
    put_named(out or minutes, signed)
    _tell(signed, payload)


@click.command("check-minutes")
@click.argument("record", type=EXISTING)
@click.argument("minutes", type=EXISTING)
def check_minutes_command(record: Path, minutes: Path) -> None:
    """Say who signed MINUTES, after checking that they are those of RECORD and nothing more."""
    _tell(minutes.read_bytes(), record_payload_of(record))


def place_of(signer: DocumentSigner, payload: bytes, pdf: bytes) -> str:
    """Find the first place of the key's owner that is not signed yet."""
    done = {one.field for one in check_minutes(pdf, payload)}
    people = signers(View.looking_at(parse_record(payload), "vi"))
    mine = [field for field, one in people if one.key == signer.public_text]
    if not mine:
        raise CannotSign("this key is not one that the record names for its minutes", "not_a_signer")
    return next((field for field in mine if field not in done), mine[0])


def name_at(payload: bytes, place: str) -> str:
    """Return the name of who signs at a place; empty for a place that does not exist."""
    people = dict(signers(View.looking_at(parse_record(payload), "vi")))
    return people[place].name if place in people else ""


def _tell(pdf: bytes, payload: bytes) -> None:
    found = check_minutes(pdf, payload)
    for one in found:
        click.echo(f"{one.claimed.isoformat(timespec='seconds')}  {one.name} – {one.role} ({one.field})")
        for key, values in certificate_warnings(one.certificate or None, one.name, one.claimed):
            both(f"said.{key}", **values)
    missing = awaiting(payload, found)
    both("said.awaiting" if missing else "said.all_signed", names=", ".join(missing))
