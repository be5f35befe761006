"""Check a record (biên bản kiểm phiếu) against the audited archive (design §5, The record).

1. the record   it can be read, and building it again from archive and facts gives the same bytes   this module
2. the facts    the room's and the tellers', signed, of this box                                     facts
3. the opening  a proof of design §2 by every teller who opened                                      opening_proofs
4. the head     a decision on a tie is signed by the head's key, where it is not on paper            signatures
5. signatures   all that Setup asks for, and no other                                                signatures
"""

from dataclasses import dataclass, replace

from tally.audit.facts import check_count, check_room
from tally.audit.opening_proofs import check_openings
from tally.audit.report import Ledger, Report, Verdict, verdict_of
from tally.audit.signatures import check_head, check_signatures
from tally.minutes.agreement import check_agreement
from tally.result.margin import names_of, spares_of
from tally.result.record import BothFacts, FinishedBox, build_record, facts_of
from voting.documents.canonical import parse_canonical
from voting.documents.conferences.election import Election
from voting.documents.conferences.moments import moment_remarks
from voting.documents.envelope import parse_envelope, payload_of
from voting.documents.facts import Envelope
from voting.documents.record import RECORD_TYPE, Record

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
    ledger = Ledger()
    seen: set[int] = set()
    for name, raw in files.items():
        read = ledger.read(RECORD, name, lambda: read_record(name, raw))  # noqa: B023 - called at once
        if read is None:
            continue
        ledger.require(RECORD, read.record.paper not in seen, name, f"a second record of paper {read.record.paper}")
        seen.add(read.record.paper)
        check_record(ledger, report, report.election, read)
    checks, notes = (*report.checks, *ledger.findings), tuple(dict.fromkeys((*report.notes, *ledger.notes)))
    excused = tuple(dict.fromkeys((*report.excused, *ledger.excused)))
    return replace(report, verdict=verdict_of(checks), checks=checks, notes=notes, excused=excused)


def read_record(name: str, raw: bytes) -> ReadRecord:
    """Read a record's file strictly; raise NotCanonical or TooLarge."""
    envelope = parse_envelope(raw, RECORD_TYPE, RECORD)
    record = parse_canonical(payload_of(envelope, RECORD), Record, what=RECORD)
    return ReadRecord(record, envelope, f"{name} (paper {record.paper})")


def time_notes(record: Record) -> list[str]:
    """Return what should be known of a record's moments."""
    facts, count = record.facts, record.count
    remarks = moment_remarks(record.conference.date, facts.opened, facts.closed, count.begun)
    return [str(one) for one in remarks]


def check_record(ledger: Ledger, report: Report, election: Election, read: ReadRecord) -> None:
    """Check one record against the archive's report, and who signed it."""
    check_contents(ledger, report, election, read)
    if election.conference is not None:
        check_signatures(ledger, election.conference, read.place, read.envelope)


def check_contents(ledger: Ledger, report: Report, election: Election, read: ReadRecord) -> None:
    """Check what a record says against the archive's report."""
    record, conference = read.record, election.conference
    if conference is None or report.result is None:
        why = "the election has no conference" if conference is None else "the archive has no sound result"
        ledger.failed(RECORD, read.place, f"{why}, so there is no record of it")
    else:
        box = FinishedBox(
            election, report.ballots, report.result, report.archive_hash, report.last_event, report.end_ballots
        )
        _check_rebuilt(ledger, box, read)
    if conference is None:
        return
    ledger.holds(AGREEMENT, read.place, lambda: check_agreement(record))
    ledger.notes += time_notes(record)
    check_room(ledger, report, conference, read.place, facts_of(record).room, record.facts)
    check_count(ledger, report, read.place, record.count)
    check_openings(ledger, report, election, read.place, record.count)
    check_head(ledger, conference, read.place, record)


def _check_rebuilt(ledger: Ledger, box: FinishedBox, read: ReadRecord) -> None:
    facts: BothFacts = facts_of(read.record)
    rebuilt = ledger.read(RECORD, read.place, lambda: build_record(box, facts, read.record.paper, read.record.made_by))
    if rebuilt is None:
        return
    for name in Record.__struct_fields__:
        same = getattr(rebuilt, name) == getattr(read.record, name)
        ledger.require(RECORD, same, read.place, f"{name}: not what archive and facts give")
    note_spares(ledger, rebuilt, read.place)


def note_spares(ledger: Ledger, record: Record, place: str) -> None:
    """Name whoever the ballots of activated spares could have given another outcome: a note, never a failure."""
    spares, names = spares_of(record), ", ".join(names_of(record))
    if names:
        ledger.notes.append(
            f"{place}: spare cards activated: {spares}; without any 1 to {spares} ballots the outcome could be another "
            f"for / thẻ dự phòng đã kích hoạt: {spares}; bớt từ 1 đến {spares} phiếu thì kết quả có thể khác đối với: "
            f"{names}"
        )
