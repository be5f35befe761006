"""What the room is handed besides the audit: a hand count judged anew, and the record that minutes carry.

The room does not import this package: who puts the program together hands these functions to it.
"""

from io import BytesIO

from tally.audit.record import RECORD, read_record
from tally.audit.report import Errors
from tally.minutes.agreement import check_agreement
from tally.result.rule import notes_on

ATTACHED = "record.json"


def hand_count_fault(raw: bytes) -> str:
    """Judge a signed record of a hand count anew by its numbers; return what is false in it, "" where nothing is."""
    try:
        record = read_record(RECORD, raw).record
        check_agreement(record)
    except Errors as error:
        return str(error)
    notes = tuple(notes_on(record.case, record.conference.papers[record.paper - 1].tie_scope))
    return "" if notes == record.notes else "record: its notes are not those that the rule gives"


def attached_record(pdf: bytes) -> bytes:
    """Return the payload of the record that minutes carry as an attachment; nothing where they carry none."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    from tally.pdf.revisions import UNREADABLE

    try:
        names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        for at in range(0, len(names) - 1, 2):
            if names[at] == ATTACHED:
                return bytes(names[at + 1]["/EF"]["/F"].data)
    except UNREADABLE:
        return b""
    return b""
