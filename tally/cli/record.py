"""The commands of the record: head, record, paper, sign, compare, recount."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from keys.files.durable import read_plain
from kiosk_templates.words import Language
from tally.audit import audit
from tally.audit.engines.checking import checker
from tally.cli.ceremony import language_option
from tally.cli.options import EXISTING, TARGET, out_folder, signer_options
from tally.cli.pdf import name_at, place_of
from tally.count.head_decision import check_chosen, check_typed_day, make_decision, tied_paper
from tally.count.paper import paper_records, read_hand_count
from tally.count.record_files import enter_decision, keep_records, write_records
from tally.count.steps import finished_box, setup_of
from tally.count.summary import tell_before_signing
from tally.dates import read_day, today
from tally.dialogue import Guide, Refused, both, in_both
from tally.guide.signers import SignerChoice, open_record_signer, open_signer_if_named
from tally.minutes import renderer_versions
from tally.pdf.signatures import check_minutes, sign_minutes
from tally.result.rule import rule_line
from tally.signing.certificate_warnings import tell_certificate
from tally.signing.signatures import sign_list_with, sign_record_with
from tally.signing.signed_files import put_named
from tally.signing.signers import DocumentSigner
from voting.documents.canonical import parse_canonical, read_limited
from voting.documents.envelope import payload_of
from voting.documents.facts import CountFacts
from voting.documents.record import LIST_DECISION_TYPE, Record, read_record


@click.command("head")
@click.argument("count", type=EXISTING)
@click.option("--archive", type=EXISTING, help="The finished archive; UUID.bel beside COUNT, if this is left out.")
@click.option("--paper", type=int, default=1, show_default=True, help="Number of the paper with the tie.")
@click.option("--chosen", multiple=True, required=True, help="Id of a chosen name; may be repeated.")
@click.option("--by", required=True, help="Who decided: the head that Setup names.")
@click.option("--reason", required=True, help="Why.")
@click.option("--on", help="Day, as 30/11/2026 or 2026-11-30; today, if it is left out.")
@signer_options
def head_command(
    count: Path,
    archive: Path | None,
    paper: int,
    chosen: tuple[str, ...],
    by: str,
    reason: str,
    on: str | None,
    signer: SignerChoice,
) -> None:
    """Enter the head's decision on a tie across the last place into the count facts.

    Signed by the head's sealed key or token; "on paper" only where Setup says so. All is checked before it is written.
    """
    facts = parse_canonical(read_plain(count), CountFacts, what="count facts")
    day = read_day(on) if on else today()
    path = archive or count.with_name(f"{facts.uuid}.bel")
    if not path.is_file():
        raise Refused(in_both("said.head_archive", path=path))
    tied = tied_paper(finished_box(audit(path, checker=checker(path))), facts, paper)
    check_chosen(tied, chosen)
    check_typed_day(tied, day)
    with open_signer_if_named(signer) as opened:
        word = make_decision(tied, chosen=chosen, by=by, reason=reason, on=day, signer=opened)
    enter_decision(count, facts, word)


@click.command("record")
@click.argument("archive", type=EXISTING)
@click.argument("facts", type=EXISTING)
@click.argument("count", type=EXISTING)
@out_folder("Folder for record.json, minutes.pdf, record-2.json, …")
def record_command(archive: Path, facts: Path, count: Path, out: Path) -> None:
    """Make one record and one set of minutes per paper from the finished archive and both facts files."""
    tell_records(write_records(archive, facts, count, out))


def tell_records(written: Iterable[tuple[Path, Record]]) -> None:
    """Say what was written and how each name stands."""
    for path, record in written:
        both(f"said.{record.verdict.status}", path=path)
        for judged in record.verdict.candidates:
            name = next(one.name for one in record.case.candidates if one.id == judged.id)
            click.echo(f"  {name}: {rule_line(judged, record.verdict, record.case.rule)}")


@click.command("paper")
@click.argument("count", type=EXISTING)
@click.option("--setup", type=EXISTING, help="Archive with the Setup of the conference that was moved to paper.")
@out_folder("Folder for record.json, minutes.pdf, record-2.json, …")
def paper_command(count: Path, setup: Path | None, out: Path) -> None:
    """Make records and minutes of a count by hand on paper; COUNT is JSON or TOML (see docs/tellers.md)."""
    election = setup_of(setup)[0] if setup else None
    given = read_hand_count(count, election.conference, election.uuid) if election else read_hand_count(count)
    tell_records(keep_records(paper_records(given, renderer_versions()), out))


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

    A record is record.json, or the list-decision.json of a step without a ballot; of a folder, all records and their
    minutes are signed. A teller's file notes which record of a box it signed, and signs no other. What a record says is
    shown before: names, numbers, outcome, who has signed and who is awaited.
    """
    work = [one for path in records for one in _to_sign(path, pdf)]
    if len(work) != 1 and (pdf is not None or out is not None):
        raise Refused(in_both("said.one_record"))
    for one in work:
        tell_before_signing(Guide(language), one.raw)
    read = [read_record(one.raw)[1] for one in work if not one.is_list]
    with open_record_signer(signer, read) as opened:
        for one in work:
            one.sign(opened, out)


@dataclass(frozen=True, slots=True)
class _ToSign:
    """A record or list decision with its minutes, if they are to be signed as well."""

    path: Path
    raw: bytes
    pdf: Path | None

    @property
    def is_list(self) -> bool:
        """Whether this is a list decision."""
        return f'"{LIST_DECISION_TYPE}"'.encode() in self.raw

    def sign(self, signer: DocumentSigner, out: Path | None) -> None:
        """Sign the minutes first and the record last, each in its place or as `out`."""
        if self.is_list:
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
        return [_ToSign(path, read_plain(path), pdf)]
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
@out_folder("Folder for the records and minutes of this count.")
@click.option("--with", "others", multiple=True, type=EXISTING, help="A record of another count; may be repeated.")
def recount_command(archive: Path, facts: Path, count: Path, out: Path, others: tuple[Path, ...]) -> None:
    """Count again from the finished archive and both facts files, and compare; nothing is opened again."""
    written = [path for path, _ in write_records(archive, facts, count, out)]
    for path in written:
        both("said.written", path=path)
    for other in others:
        paper = read_record(read_limited(other))[1].paper
        if not 1 <= paper <= len(written):
            raise Refused(in_both("said.no_paper", path=other, paper=paper, papers=len(written)))
        compare_records([other, written[paper - 1]])
