"""What the room is handed besides the audit: a hand count judged anew, and the record that minutes carry.

The room does not import this package: who puts the program together hands these functions to it.
"""

from tally.audit.record import RECORD, read_named
from tally.audit.report import Errors
from tally.minutes.agreement import check_agreement
from tally.pdf.attached import record_in
from tally.result.rule import notes_on
from voting.documents.canonical import DOCUMENT_LIMIT


def hand_count_fault(raw: bytes) -> str:
    """Judge a signed record of a hand count anew by its numbers; return what is false in it, "" where nothing is."""
    try:
        record = read_named(RECORD, raw).record
        check_agreement(record)
    except Errors as error:
        return str(error)
    for paper, result in record.results():
        if tuple(notes_on(result.case, paper.tie_scope)) != result.notes:
            return f"record: paper {result.paper}: its notes are not those that the rule gives"
    return ""


def attached_record(pdf: bytes) -> bytes:
    """Return the payload of the record that minutes carry as an attachment; nothing where they carry none."""
    return record_in(pdf, DOCUMENT_LIMIT)
