"""`phieukin tally minutes` and `office-form`: the minutes of a record again, byte for byte."""

from pathlib import Path

import click

from kiosk_templates.words import Language
from tally.errors import InvalidForm, InvalidRecord
from tally.minutes.office_form import FORM_LIMIT, fill_in
from tally.minutes.renderer import render_minutes
from tally.signing.signed_files import put_named
from voting.documents.canonical import read_limited
from voting.documents.envelope import parse_envelope, payload_of
from voting.documents.errors import DocumentError
from voting.documents.record import RECORD_TYPE


def record_payload_of(path: Path) -> bytes:
    """Take the unsigned payload out of a record.json; raise InvalidRecord."""
    try:
        return payload_of(parse_envelope(read_limited(path), RECORD_TYPE, str(path)), str(path))
    except DocumentError as error:
        raise InvalidRecord(str(error)) from None


@click.command("minutes")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True,
              help="en: a companion for readers; the Vietnamese minutes decide.")  # fmt: skip
@click.option("--any-renderer", is_flag=True,
              help="Render with what is installed, even where the bytes will be others than those signed.")  # fmt: skip
def minutes_command(record: Path, out: Path, language: Language, any_renderer: bool) -> None:
    """Render the minutes (biên bản kiểm phiếu) of RECORD, a record.json, as PDF/A.

    The same record gives the same bytes each time.
    """
    put_named(out, render_minutes(record_payload_of(record), language, exact=not any_renderer))


@click.command("office-form")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The office's own form: a DOCX with placeholders.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The DOCX to write.")
def office_form_command(record: Path, form: Path, out: Path) -> None:
    """Fill an office's own form (DOCX) from RECORD, a record.json. What is signed and checked stays the PDF."""
    if form.stat().st_size > FORM_LIMIT:
        raise InvalidForm(f"{form}: at most {FORM_LIMIT} bytes expected")
    put_named(out, fill_in(form.read_bytes(), record_payload_of(record)))
