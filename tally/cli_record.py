"""The commands of the record: head, record, paper, sign, compare, recount."""

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import msgspec

from keys.durable import write_whole
from tally.audit import audit
from tally.cli_options import EXISTING, FOLDER, TARGET
from tally.cli_pens import PenChoice, open_pen, open_pen_if_named, pen_options
from tally.count import finished_box, setup_of
from tally.fast.checking import checker
from tally.guide import Refused, both, in_both
from tally.minutes import render_minutes, renderer_versions
from tally.paper import paper_records, read_hand_count
from tally.pdf_cli import place_of
from tally.pdf_signatures import check_minutes, sign_minutes
from tally.pens import Pen
from tally.record import BothFacts, build_record, record_payload
from tally.rule import rule_line
from tally.signatures import head_word_with, read_record, sign_list_with, sign_record_with, unsigned_record
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.envelope import parse_envelope, payload_of
from voting.documents.facts import FACTS_TYPE, CountFacts
from voting.documents.record import LIST_DECISION_TYPE, Record


@click.command("head")
@click.argument("count", type=EXISTING)
@click.option("--paper", type=int, default=1, show_default=True, help="Number of the paper with the tie.")
@click.option("--chosen", multiple=True, required=True, help="Id of a chosen name; may be repeated.")
@click.option("--by", required=True, help="Who decided.")
@click.option("--reason", required=True, help="Why.")
@click.option("--on", required=True, help="Date, as 2022-04-10.")
@pen_options
def head_command(
    count: Path, paper: int, chosen: tuple[str, ...], by: str, reason: str, on: str, pen: PenChoice
) -> None:
    """Enter the head's decision on a tie across the last place into the count facts.

    Signed by the head's sealed key or token; with neither, the decision is "on paper".
    """
    facts = parse_canonical(count.read_bytes(), CountFacts, what="count facts")
    with open_pen_if_named(pen) as opened:
        word = head_word_with(facts.uuid, paper, chosen, by, reason, on, opened)
    kept = tuple(one for one in facts.head_words if one.paper != paper)
    write_whole(count, canonical(msgspec.structs.replace(facts, head_words=(*kept, word))))


@click.command("record")
@click.argument("archive", type=EXISTING)
@click.argument("facts", type=EXISTING)
@click.argument("count", type=EXISTING)
@click.option("--out", type=FOLDER, required=True, help="Folder for record.json, minutes.pdf, record-2.json, …")
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
@click.option("--out", type=FOLDER, required=True, help="Folder for record.json, minutes.pdf, record-2.json, …")
def paper_command(count: Path, setup: Path | None, out: Path) -> None:
    """Make records and minutes of a count by hand on paper; COUNT is JSON or TOML (see docs/tellers.md)."""
    election = setup_of(setup)[0] if setup else None
    given = read_hand_count(count, election.conference, election.uuid) if election else read_hand_count(count)
    tell_records(keep_records(paper_records(given, renderer_versions()), out))


def write_records(archive: Path, facts: Path, count: Path, out: Path) -> list[tuple[Path, Record]]:
    """Write the records and minutes of all papers into `out`; return each record with its path.

    What is there already of the same record is left, for it may be signed.
    """
    box = finished_box(audit(archive, checker=checker(archive)))
    room = parse_envelope(facts.read_bytes(), FACTS_TYPE, "facts")
    both = BothFacts(room, parse_canonical(count.read_bytes(), CountFacts, what="count facts"))
    papers = len(box.election.conference.papers) if box.election.conference else 1
    return keep_records([build_record(box, both, paper, renderer_versions()) for paper in range(1, papers + 1)], out)


def keep_records(records: Sequence[Record], out: Path) -> list[tuple[Path, Record]]:
    """Write records and their minutes, unless they are there already, signed or not; return each with its path."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for record in records:
        payload, suffix = record_payload(record), "" if record.paper == 1 else f"-{record.paper}"
        path = out / f"record{suffix}.json"
        if not path.exists() or payload_of(read_record(path.read_bytes())[0], "record") != payload:
            write_whole(path, unsigned_record(payload))
        minutes, pdf = out / f"minutes{suffix}.pdf", render_minutes(payload)
        if not minutes.exists() or not minutes.read_bytes().startswith(pdf):
            write_whole(minutes, pdf)
        written.append((path, record))
    return written


@click.command("sign")
@click.argument("record", type=EXISTING)
@click.option("--pdf", type=EXISTING, help="The minutes of the record, to be signed by the same key in their place.")
@click.option("--out", type=TARGET, help="The signed record; in its own place, if this is left out.")
@pen_options
def sign_command(record: Path, pdf: Path | None, out: Path | None, pen: PenChoice) -> None:
    """Put a signature on RECORD by a sealed key or a token, and on its minutes with --pdf.

    RECORD is record.json, or the list-decision.json of a step without a ballot.
    """
    with open_pen(pen) as opened:
        if f'"{LIST_DECISION_TYPE}"'.encode() in record.read_bytes():
            write_whole(out or record, sign_list_with(record.read_bytes(), [opened]))
            both("said.signed", path=out or record)
            return
        signed = sign_record_with(record.read_bytes(), [opened])
        if pdf is not None:
            _sign_pdf(pdf, payload_of(read_record(signed)[0], "record"), opened)
    write_whole(out or record, signed)
    both("said.signed", path=f"{out or record}{f', {pdf}' if pdf else ''}")


@click.command("compare")
@click.argument("records", nargs=-1, required=True, type=EXISTING)
def compare_command(records: tuple[Path, ...]) -> None:
    """Tell whether the records of several counts hold the same payload byte for byte."""
    compare_records(records)


def compare_records(records: Sequence[Path]) -> None:
    """Say that records agree, or raise Refused with those that do not."""
    payloads = {}
    for path in records:
        envelope, _ = read_record(path.read_bytes())
        payloads[path] = payload_of(envelope, "record")
    first = payloads[records[0]]
    different = [str(path) for path, payload in payloads.items() if payload != first]
    if different:
        raise Refused(in_both("said.not_same", first=records[0], others=", ".join(different)))
    both("said.same", number=len(records))


def _sign_pdf(path: Path, payload: bytes, pen: Pen) -> None:
    """Sign the minutes, unless this key has: then the machine died before the record was written."""
    minutes = path.read_bytes()
    place = place_of(pen, payload, minutes)
    if place in {one.field for one in check_minutes(minutes, payload)}:
        both("said.signed_already", path=path)
        return
    now = datetime.datetime.now().astimezone()
    write_whole(path, sign_minutes(minutes, payload, place, pen, now))


@click.command("recount")
@click.argument("archive", type=EXISTING)
@click.argument("facts", type=EXISTING)
@click.argument("count", type=EXISTING)
@click.option("--out", type=FOLDER, required=True, help="Folder for the records and minutes of this count.")
@click.option("--with", "others", multiple=True, type=EXISTING, help="A record of another count; may be repeated.")
def recount_command(archive: Path, facts: Path, count: Path, out: Path, others: tuple[Path, ...]) -> None:
    """Count again from the finished archive and both facts files, and compare; nothing is opened again."""
    written = [path for path, _ in write_records(archive, facts, count, out)]
    for path in written:
        both("said.written", path=path)
    for other in others:
        paper = read_record(other.read_bytes())[1].paper
        if not 1 <= paper <= len(written):
            raise Refused(in_both("said.no_paper", path=other, paper=paper, papers=len(written)))
        compare_records([other, written[paper - 1]])
