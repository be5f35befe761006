"""The last call (báo sắp đóng): before closing, the chair tells all tablets and the hall that the box will close soon.

Who is at a tablet can finish, and who waits can still begin: the box stays open until the chair and a second person
close it. `ConferenceRow.last_call` says whether the room was told; how often it was told is counted.
"""

from sqlalchemy.orm import Session

from voting.conference.steps import STEPS
from voting.storage import conference_row

LAST_CALL = "last_call"


def call(session: Session, conference: int) -> None:
    """Tell the room that the box will close soon; raise WrongState unless it is open."""
    _set(session, conference, wanted=True)


def take_back(session: Session, conference: int) -> None:
    """Take the last call back; raise WrongState unless the box is open."""
    _set(session, conference, wanted=False)


def _set(session: Session, conference: int, *, wanted: bool) -> None:
    row = conference_row.hold(session, conference)
    conference_row.demand(row, *STEPS["last_call"].states)
    if wanted and not row.last_call:
        conference_row.note(session, conference, LAST_CALL)
    row.last_call = wanted
    session.flush()
