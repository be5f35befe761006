"""The commands of the record: head, record, paper, sign, compare, recount."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from keys.files.durable import read_plain
from kiosk_templates.words import Language
from tally.cli.ceremony import explained, language_option
from tally.cli.options import EXISTING, TARGET, out_folder, signer_options
from tally.cli.pdf import name_at, place_of
from tally.count.head_decision import (
    check_by,
    check_chosen,
    check_free,
    check_typed_day,
    lacks_page,
    make_decision,
    record_of,
    tied_record,
    write_decision,
    write_page,
)
from tally.count.paper import paper_record, read_hand_count
from tally.count.record_files import keep_record, write_record
from tally.count.steps import setup_of
from tally.count.summary import tell_before_signing
from tally.dates import read_day, today
from tally.dialogue import Guide, Refused, both, in_both
from tally.guide.head import HeadDialogue, tell_written
from tally.guide.signers import SignerChoice, open_record_signer, open_signer_if_named
from tally.minutes import renderer_versions
from tally.pdf.signatures import check_minutes, sign_minutes
from tally.result.rule import rule_line
from tally.signing.certificate_warnings import tell_certificate
from tally.signing.signatures import sign_decision_with, sign_list_with, sign_record_with
from tally.signing.signed_files import put_named
from tally.signing.signers import DocumentSigner
from voting.documents.bundles.head_decision import is_head_decision
from voting.documents.canonical import read_limited
from voting.documents.envelope import payload_of
from voting.documents.record import LIST_DECISION_TYPE, Record, read_record
from voting.documents.rule_words import place_words


@click.command("head")
@click.argument("record", type=EXISTING)
@click.option("--paper", type=click.IntRange(1), help="Number of the paper with the tie, where several have one.")
@click.option("--chosen", multiple=True, help="Id of a chosen name; may be repeated. Without it, the program asks.")
@click.option("--none", "nobody", is_flag=True, help="Choose nobody, where the tied group stands on the line.")
@click.option("--by", help="Who decided: the head that Setup names, and nobody else.")
@click.option("--reason", help="Why.")
@click.option("--on", help="Day, as 30/11/2026 or 2026-11-30; today, if it is left out.")
@signer_options
@language_option
def head_command(
    record: Path,
    paper: int | None,
    chosen: tuple[str, ...],
    nobody: bool,
    by: str | None,
    reason: str | None,
    on: str | None,
    signer: SignerChoice,
    language: Language,
) -> None:
    """Write the head's decision on the tie of a signed RECORD (record.json), and the page of it, beside the record.

    Signed by the head's sealed key or token; "on paper" only where Setup says so, and then secretary and chair vouch
    for it with `phieukin tally sign`. The record stays as it is. One decision a paper: nothing is written over.
    """
    guide, tied = Guide(language), tied_record(record, paper)
    if lacks_page(tied):
        write_page(tied)
        tell_written(guide, tied)
        return
    check_free(tied)
    if by is not None:
        check_by(tied, by)
    if not chosen and not nobody:
        with explained(guide):
            HeadDialogue(guide, tied).run()
        return
    day = read_day(on) if on else today()
    if chosen and nobody:
        raise Refused(in_both("said.head_nobody"))
    check_chosen(tied, chosen)
    check_typed_day(tied, day)
    with open_signer_if_named(signer) as opened:
        raw = make_decision(tied, chosen=chosen, reason=reason or "", on=day, signer=opened)
    write_decision(tied, raw)
    tell_written(guide, tied)


@click.command("record")
@click.argument("archive", type=EXISTING)
@click.argument("facts", type=EXISTING)
@click.argument("count", type=EXISTING)
@out_folder("Folder for record.json and minutes.pdf.")
def record_command(archive: Path, facts: Path, count: Path, out: Path) -> None:
    """Make the record and the minutes of all papers from the finished archive and both facts files."""
    tell_record(*write_record(archive, facts, count, out))


def tell_record(path: Path, record: Record) -> None:
    """Say what was written and how each name stands."""
    both("said.written", path=path)
    for paper, result in record.results():
        both(f"said.{result.verdict.status}", paper=result.paper, title=place_words(paper))
        names = {one.id: one.name for one in result.case.candidates}
        for judged in result.verdict.candidates:
            click.echo(f"  {names[judged.id]}: {rule_line(judged, result.verdict, result.case.rule)}")


@click.command("paper")
@click.argument("count", type=EXISTING)
@click.option("--setup", type=EXISTING, help="Archive with the Setup of the conference that was moved to paper.")
@out_folder("Folder for record.json and minutes.pdf.")
def paper_command(count: Path, setup: Path | None, out: Path) -> None:
    """Make record and minutes of a count by hand on paper; COUNT is JSON or TOML (see docs/tellers.md)."""
    election = setup_of(setup)[0] if setup else None
    given = read_hand_count(count, election.conference, election.uuid) if election else read_hand_count(count)
    tell_record(*keep_record(paper_record(given, renderer_versions()), out))


@click.command("sign")
@click.argument("records", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--pdf", type=EXISTING, help="The minutes of the record, to be signed by the same key in their place.")
@click.option("--out", type=TARGET, help="The signed record; in its own place, if this is left out.")
@signer_options
@language_option
def sign_command(
    records: tuple[Path, ...], pdf: Path | None, out: Path | None, signer: SignerChoice, language: Language
) -> None:
    """Put a signature on RECORDS by a sealed key or a token, and on the minutes of one record with --pdf.

    A record is record.json, the list-decision.json of a step without a ballot, or a head-decision-1.json whose record
    lies beside it, by those who vouch for it; of a folder, all records and their minutes are signed. A teller's file
    notes which record of a box it signed, and signs no other. What a record says is shown before: names, numbers,
    outcome, who has signed and who is awaited.
    """
    work = [one for path in records for one in _to_sign(path, pdf)]
    if len(work) != 1 and (pdf is not None or out is not None):
        raise Refused(in_both("said.one_record"))
    for one in work:
        tell_before_signing(Guide(language), one.raw, one.of)
    read = [read_record(one.raw)[1] for one in work if one.is_record]
    with open_record_signer(signer, read) as opened:
        for one in work:
            one.sign(opened, out)


@dataclass(frozen=True, slots=True)
class _ToSign:
    """A record, list decision or head's decision `of` a record; minutes, if they are to be signed as well."""

    path: Path
    raw: bytes
    pdf: Path | None
    of: Record | None = None

    @property
    def is_list(self) -> bool:
        """Whether this is a list decision."""
        return f'"{LIST_DECISION_TYPE}"'.encode() in self.raw

    @property
    def is_record(self) -> bool:
        """Whether this is a record."""
        return not self.is_list and self.of is None

    def sign(self, signer: DocumentSigner, out: Path | None) -> None:
        """Sign the minutes first and the record last, each in its place or as `out`."""
        if self.of is not None:
            signed = sign_decision_with(self.raw, [signer], self.of)
        elif self.is_list:
            signed = sign_list_with(self.raw, [signer])
        else:
            signed = sign_record_with(self.raw, [signer])
            if self.pdf is not None:
                _sign_pdf(self.pdf, payload_of(read_record(signed)[0], "record"), signer)
        put_named(out or self.path, signed)
        both("said.signed", path=f"{out or self.path}{f', {self.pdf}' if self.pdf else ''}")


def _to_sign(path: Path, pdf: Path | None) -> list[_ToSign]:
    """Find what is to be signed: the file, or in a folder every record with its minutes."""
    if not path.is_dir():
        raw = read_plain(path)
        return [_ToSign(path, raw, pdf, record_of(path, raw) if is_head_decision(raw) else None)]
    found = [_ToSign(one, read_plain(one), one.with_name(_minutes_of(one.name))) for one in path.glob("record*.json")]
    if not found:
        raise Refused(in_both("said.no_records", path=path))
    return sorted(found, key=lambda one: one.path.name)


def _minutes_of(record: str) -> str:
    return record.replace("record", "minutes").replace(".json", ".pdf")


@click.command("compare")
@click.argument("records", nargs=-1, required=True, type=EXISTING)
def compare_command(records: tuple[Path, ...]) -> None:
    """Tell whether the records of several counts hold the same payload byte for byte."""
    compare_records(records)


def compare_records(records: Sequence[Path]) -> None:
    """Say that records agree, or raise Refused with those that do not."""
    payloads = {}
    for path in records:
        envelope, _ = read_record(read_limited(path))
        payloads[path] = payload_of(envelope, "record")
    first = payloads[records[0]]
    different = [str(path) for path, payload in payloads.items() if payload != first]
    if different:
        raise Refused(in_both("said.not_same", first=records[0], others=", ".join(different)))
    both("said.same", number=len(records))


def _sign_pdf(path: Path, payload: bytes, signer: DocumentSigner) -> None:
    """Sign the minutes, unless this key has: then the machine died before the record was written."""
    minutes = read_plain(path)
    place = place_of(signer, payload, minutes)
    if place in {one.field for one in check_minutes(minutes, payload)}:
        both("said.signed_already", path=path)
        return
    now = datetime.datetime.now().astimezone()
    tell_certificate(signer, name_at(payload, place), now)
    put_named(path, sign_minutes(minutes, payload, place, signer, now))


@click.command("recount")
@click.argument("archive", type=EXISTING)
@click.argument("facts", type=EXISTING)
@click.argument("count", type=EXISTING)
@out_folder("Folder for record and minutes of this count.")
@click.option("--with", "others", multiple=True, type=EXISTING, help="A record of another count; may be repeated.")
def recount_command(archive: Path, facts: Path, count: Path, out: Path, others: tuple[Path, ...]) -> None:
    """Count again from the finished archive and both facts files, and compare; nothing is opened again."""
    path, _ = write_record(archive, facts, count, out)
    both("said.written", path=path)
    for other in others:
        compare_records([other, path])
