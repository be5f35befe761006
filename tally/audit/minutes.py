"""Check the minutes beside a record, and the record of a hand count, which has no archive to be compared with.

Minutes are what the record gives, byte for byte, with signatures and nothing else after them. Where another version of
typst, template or font made them they cannot be compared here: not supported, never a pass.
"""

from tally.audit.record import RECORD, ReadRecord
from tally.audit.report import Ledger
from tally.audit.signatures import check_head, check_signatures
from tally.errors import OtherRenderer
from tally.minutes.agreement import check_agreement
from tally.pdf_signatures import check_minutes
from tally.rule import notes_on
from voting.documents.bundle import Bundle
from voting.documents.envelope import payload_of

MINUTES, HAND_COUNT = "minutes", "hand_count"
MINUTES_LIMIT = 64 * 1024 * 1024


def check_paper(ledger: Ledger, bundle: Bundle, name: str, read: ReadRecord) -> None:
    """Check the minutes of the record `name` in its folder, and that its name is that of its paper."""
    paper = read.record.paper
    number = "" if paper == 1 else f"-{paper}"
    folder, _, own = name.rpartition("/")
    ledger.require(RECORD, own == f"record{number}.json", name, f"holds the record of paper {paper}")
    minutes = f"{folder}/minutes{number}.pdf".lstrip("/")
    other = ledger.get(MINUTES, minutes, lambda: _other_renderer(bundle, minutes, read))
    if other:
        ledger.unsupported.append(f"{minutes}: {other}")


def check_hand_count(ledger: Ledger, name: str, read: ReadRecord) -> None:
    """Check a record of a count on paper: its numbers agree, the rule gives its verdict, all have signed it."""
    record, conference = read.record, read.record.conference
    if ledger.holds(HAND_COUNT, name, lambda: check_agreement(record)):
        notes = tuple(notes_on(record.case, conference.papers[record.paper - 1].tie_scope))
        ledger.require(HAND_COUNT, notes == record.notes, name, "notes: not what the rule gives")
    ledger.require(HAND_COUNT, record.hashes is None, name, "a count on paper with hashes of an archive")
    check_head(ledger, conference, read.place, record)
    check_signatures(ledger, conference, read.place, read.envelope)


def _other_renderer(bundle: Bundle, minutes: str, read: ReadRecord) -> str:
    """Verify the minutes; return "" where they are right, or which other renderer made them."""
    try:
        check_minutes(bundle.read(minutes, MINUTES_LIMIT), payload_of(read.envelope, RECORD))
    except OtherRenderer as error:
        return str(error)
    return ""
