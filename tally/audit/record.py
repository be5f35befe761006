"""Check a record (biên bản kiểm phiếu) against the audited archive (design §5, The record).

1. the record   it can be read, and building it again from archive and facts gives the same bytes   this module
2. the facts    the room's and the tellers', signed, of this box                                     facts
3. the opening  a proof of design §2 by every teller who opened                                      opening_proofs
4. signatures   all that Setup asks for, and no other                                                signatures

What the head decided on a tie is a document of its own: see head.
"""

from dataclasses import dataclass, replace

from tally.audit.facts import check_count, check_room
from tally.audit.opening_proofs import check_openings
from tally.audit.report import Findings, Report, Verdict, verdict_of
from tally.audit.signatures import check_signatures
from tally.minutes.agreement import check_agreement
from tally.result.margin import names_of, spares_of
from tally.result.record import BothFacts, FinishedBox, build_record, facts_of
from voting.documents.conferences.election import Election
from voting.documents.conferences.moments import moment_remarks
from voting.documents.envelope import Envelope
from voting.documents.record import PaperResult, Record, read_record

RECORD, AGREEMENT = "record", "agreement"


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record with the envelope that it came in; `place` is what people know it by."""

    record: Record
    envelope: Envelope
    place: str


def check_records(report: Report, files: dict[str, bytes]) -> Report:
    """Check records, by file name, and return the report with what was found added."""
    if report.election is None or report.verdict in (Verdict.UNREADABLE, Verdict.UNSUPPORTED):
        return report
    findings = Findings()
    first = ""
    for name, raw in files.items():
        read = findings.read(RECORD, name, lambda: read_named(name, raw))  # noqa: B023 - called at once
        if read is None:
            continue
        findings.require(RECORD, not first, name, f"a second record of the box, after {first}")
        first = first or name
        check_record(findings, report, report.election, read)
    checks, notes = (*report.checks, *findings.findings), tuple(dict.fromkeys((*report.notes, *findings.notes)))
    excused = tuple(dict.fromkeys((*report.excused, *findings.excused)))
    return replace(report, verdict=verdict_of(checks), checks=checks, notes=notes, excused=excused)


def read_named(name: str, raw: bytes) -> ReadRecord:
    """Read a record's file strictly, to be known by its name; raise NotCanonical or TooLarge."""
    envelope, record = read_record(raw)
    return ReadRecord(record, envelope, name)


def time_notes(record: Record) -> list[str]:
    """Return what should be known of a record's moments."""
    facts, count = record.facts, record.count
    remarks = moment_remarks(record.conference.date, facts.opened, facts.closed, count.begun)
    return [str(one) for one in remarks]


def check_record(findings: Findings, report: Report, election: Election, read: ReadRecord) -> None:
    """Check one record against the archive's report, and who signed it."""
    check_contents(findings, report, election, read)
    if election.conference is not None:
        check_signatures(findings, election.conference, read.place, read.envelope)


def check_contents(findings: Findings, report: Report, election: Election, read: ReadRecord) -> None:
    """Check what a record says against the archive's report."""
    record, conference = read.record, election.conference
    if conference is None or report.result is None:
        why = "the election has no conference" if conference is None else "the archive has no sound result"
        findings.failed(RECORD, read.place, f"{why}, so there is no record of it")
    else:
        box = FinishedBox(
            election, report.ballots, report.result, report.archive_hash, report.last_event, report.end_ballots
        )
        _check_rebuilt(findings, box, read)
    if conference is None:
        return
    findings.holds(AGREEMENT, read.place, lambda: check_agreement(record))
    findings.notes += time_notes(record)
    check_room(findings, report, conference, read.place, facts_of(record).room, record.facts)
    check_count(findings, report, read.place, record.count)
    check_openings(findings, report, election, read.place, record.count)


def _check_rebuilt(findings: Findings, box: FinishedBox, read: ReadRecord) -> None:
    facts: BothFacts = facts_of(read.record)
    rebuilt = findings.read(
        RECORD, read.place, lambda: build_record(box, facts, read.record.made_by)
    )
    if rebuilt is None:
        return
    for name in Record.__struct_fields__:
        same = getattr(rebuilt, name) == getattr(read.record, name)
        where = name if same or name != "papers" else _other_papers(rebuilt, read.record)
        findings.require(RECORD, same, read.place, f"{where}: not what archive and facts give")
    note_spares(findings, rebuilt, read.place)


def _other_papers(rebuilt: Record, found: Record) -> str:
    """Name the papers in which a record differs, and the fields of them."""
    named = []
    for own, given in zip(rebuilt.papers, found.papers, strict=False):
        fields = [name for name in PaperResult.__struct_fields__ if getattr(own, name) != getattr(given, name)]
        named += [f"paper {own.paper}: {', '.join(fields)}"] if fields else []
    return "; ".join(named) or "papers"


def note_spares(findings: Findings, record: Record, place: str) -> None:
    """Name whoever the ballots of activated spares could have given another outcome: a note, never a failure."""
    spares = spares_of(record)
    for result in record.papers:
        names = ", ".join(names_of(record, result))
        if not names:
            continue
        findings.notes.append(
            f"{place} (paper {result.paper}): spare cards activated: {spares}; without any 1 to {spares} ballots the "
            f"outcome could be another for / thẻ dự phòng đã kích hoạt: {spares}; bớt từ 1 đến {spares} phiếu thì kết "
            f"quả có thể khác đối với: {names}"
        )
