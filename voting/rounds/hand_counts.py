"""A step moved to paper (chuyển sang phiếu giấy): the form for its hand count, and the signed record taken back.

The room fills in what it knows: conference, papers, names, absences. People add times and votes; the tally machine
makes record and minutes of it (`phieukin tally paper`), and those who sign, sign. What comes back must be of exactly
this conference. Its numbers are the signers' word; its verdict is judged anew from them by the tally's own rule, which
the room is handed.
"""

from collections.abc import Callable

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from voting.conference import roll
from voting.conference.draft.agenda import Draft
from voting.conference.draft.stored import draft_of
from voting.conference.draft.tellers import with_clash_notes
from voting.conference.setup import quorum_of
from voting.documents.bundles.signed import read_signed
from voting.documents.conferences.conference import ON_PAPER, Attendance, Conference, conference_of
from voting.documents.conferences.election import parse_election
from voting.documents.conferences.questions import number_papers
from voting.documents.record import Record
from voting.people.errors import WrongDocument
from voting.storage import conference_row
from voting.storage.tables import ConferenceRow, ServerKeyRow, SetupRow

Recount = Callable[[bytes], str]
"""Judges a signed record of a hand count anew by its numbers; returns what is false in it, "" where nothing is."""
COUNT_FORMAT = 1  # of the form, as `tally.count.paper` reads it
MOMENT = "{date}T{hour}:00+07:00"
HOURS = {"opened": "08:30", "closed": "09:00", "begun": "09:10", "ended": "09:40"}  # to be replaced by hand


def conference_on_paper(session: Session, conference: int) -> tuple[Conference, str]:
    """The conference that a hand count is of, and its uuid ("" where Setup was never written).

    Raises WrongState unless it was moved to paper. Before the roll was taken, those marked present are counted.
    """
    row = conference_row.find(session, conference)
    conference_row.demand(row, "on_paper")
    written = session.scalar(select(SetupRow).where(SetupRow.conference == conference))
    if written is None:
        return _without_setup(session, row, draft_of(session, conference)), ""
    found = parse_election(written.election).conference
    assert found is not None, "the room writes a conference into every election"
    return found, written.uuid


def count_form(session: Session, conference: int) -> bytes:
    """The form of a hand count as JSON, with zeros to be replaced, as `phieukin tally paper` reads it."""
    about, uuid = conference_on_paper(session, conference)
    absent = roll.count(session, conference)
    content = {
        "format": COUNT_FORMAT,
        **{name: MOMENT.format(date=about.date, hour=hour) for name, hour in HOURS.items()},
        "absent_excused": absent.excused,
        "absent_unexcused": absent.unexcused,
        "papers": [
            {
                "paper": number,
                "ballots": {"issued": 0, "collected": 0, "valid": 0, "invalid": 0, "invalid_reason": ""},
                "votes": [{"id": one.id, "agree": 0, "disagree": 0} for one in paper.candidates],
            }
            for number, paper in enumerate(about.papers, 1)
        ],
        "uuid": uuid,
        "conference": msgspec.to_builtins(about),
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def no_recount(raw: bytes) -> str:
    """Refuse every hand count: this program was put together without the rule."""
    return "this server cannot judge hand counts: start it with phieukin serve"


def check_record(session: Session, conference: int, raw: bytes, recount: Recount) -> Record:
    """Read the signed record of a hand count.

    Raises a DocumentError, or WrongDocument for another conference's or one whose numbers deny what it says.
    """
    about, uuid = conference_on_paper(session, conference)
    record = read_signed(raw)
    if not isinstance(record, Record) or record.form != "paper":
        raise WrongDocument("a record of a count on paper expected", key="not_hand_count", at="record")
    if record.conference != about or record.uuid != uuid:
        message = "the record is of another conference than the one that was moved to paper"
        raise WrongDocument(message, key="other_hand_count", at="record")
    if fault := recount(raw):
        raise WrongDocument(fault, key="hand_count_false", at="record", why=fault[:400])
    return record


def _without_setup(session: Session, row: ConferenceRow, draft: Draft) -> Conference:
    counted = roll.count(session, row.id)
    present = row.present if row.present is not None else counted.present
    desk = session.get(ServerKeyRow, (row.id, "desk"))
    attendance = Attendance(present, present, 0, ON_PAPER, desk.public if desk is not None else ON_PAPER)
    papers, _ = number_papers(draft.papers, draft.put_forward_max)
    return conference_of(with_clash_notes(draft), papers, quorum_of(row, draft), row.summoned, attendance)
