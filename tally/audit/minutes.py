"""Check the minutes beside a record, and the record of a hand count, which has no archive to be compared with.

Minutes are what the record gives, byte for byte, with signatures and nothing else after them. Where another version of
typst, template or font made them they cannot be compared here: not supported, never a pass.
"""

from collections.abc import Callable, Sequence

from tally.audit.record import RECORD, ReadRecord, time_notes
from tally.audit.report import Findings
from tally.audit.setup.catalogue import check_catalogue
from tally.audit.signatures import check_signatures
from tally.errors import OtherRenderer
from tally.minutes.agreement import check_agreement
from tally.pdf.signatures import SignedBy, awaiting, check_minutes
from tally.result.rule import notes_on
from voting.documents.bundles.bundle import Bundle
from voting.documents.conferences.check import setting_problems
from voting.documents.conferences.moments import order_problems
from voting.documents.conferences.people import people_remarks
from voting.documents.envelope import payload_of
from voting.procedures.schema import Ruleset

MINUTES, SIGNATURES, HAND_COUNT = "minutes", "minutes_signatures", "hand_count"
MINUTES_LIMIT = 64 * 1024 * 1024


def check_beside(findings: Findings, bundle: Bundle, name: str, read: ReadRecord) -> bool:
    """Check the minutes beside the record `name` in its folder, and that this is the name of a record.

    Returns whether the minutes could be compared with the record.
    """
    own = name.rpartition("/")[2]
    findings.require(RECORD, own == "record.json", name, "one record, record.json, expected in a folder")
    minutes = minutes_beside(name)
    signed = compare_minutes(findings, minutes, lambda: bundle.read(minutes, MINUTES_LIMIT), read)
    if signed is not None:
        _note_signatures(findings, bundle, minutes, awaiting(payload_of(read.envelope, RECORD), signed))
    return signed is not None


def compare_minutes(
    findings: Findings, name: str, pdf: Callable[[], bytes], read: ReadRecord
) -> tuple[SignedBy, ...] | None:
    """Compare minutes with their record and note it; return who signed them, None where they are not its minutes."""
    signed = findings.read(MINUTES, name, lambda: _signed(pdf(), read))
    if isinstance(signed, OtherRenderer):
        findings.unsupported.append(f"{name}: {signed}")
        return None
    if signed is not None:
        findings.passed(MINUTES)
    return signed


def minutes_beside(record: str) -> str:
    """Return the name of the minutes that belong to a record of this name."""
    return f"{record.rpartition('/')[0]}/minutes.pdf".lstrip("/")


def _note_signatures(findings: Findings, bundle: Bundle, minutes: str, missing: tuple[str, ...]) -> None:
    """Demand all signatures on minutes in custody; elsewhere say whose are not there, for prints may be signed."""
    awaited = ", ".join(missing)
    if bundle.manifest.kind == "custody":
        findings.signed(SIGNATURES, not missing, minutes, awaited)
    elif missing:
        findings.notes.append(f"{minutes}: awaiting signature of {awaited}")


def check_hand_count(
    findings: Findings, name: str, read: ReadRecord, rulesets: Sequence[Ruleset] = (), *, by_key: bool = True
) -> None:
    """Check a record of a count on paper: its numbers agree, the rule gives its verdict, all have signed it.

    Without `by_key` its signatures are for somebody else to check.
    """
    record, conference = read.record, read.record.conference
    if findings.holds(HAND_COUNT, name, lambda: check_agreement(record)):
        for paper, result in record.results():
            notes = tuple(notes_on(result.case, paper.tie_scope))
            why = f"paper {result.paper}: notes: not what the rule gives"
            findings.require(HAND_COUNT, notes == result.notes, name, why)
    for problem in setting_problems(conference):
        findings.failed(HAND_COUNT, name, problem)
    for first, last in ((record.facts.opened, record.facts.closed), (record.count.begun, record.count.ended)):
        for problem in order_problems(first, last):
            findings.failed(HAND_COUNT, name, f"{first} to {last}: {problem}")
    findings.notes += (f"{name}: {one}" for one in (*people_remarks(conference), *time_notes(record)))
    check_catalogue(findings, conference, name, rulesets)
    findings.require(HAND_COUNT, record.hashes is None, name, "a count on paper with hashes of an archive")
    if by_key:
        check_signatures(findings, conference, read.place, read.envelope)


def _signed(pdf: bytes, read: ReadRecord) -> tuple[SignedBy, ...] | OtherRenderer:
    """Verify the minutes; return who signed them, or which other renderer made them."""
    try:
        return check_minutes(pdf, payload_of(read.envelope, RECORD))
    except OtherRenderer as error:
        return error
