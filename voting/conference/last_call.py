"""The last call (báo sắp đóng): before closing, the chair tells all tablets and the hall that the box will close soon.

Who is at a tablet can finish, and who waits can still begin: the box stays open until the chair and a second person
close it. Counts only grow (a guard of the database), so each call and each taking back adds one: odd means called.
"""

from sqlalchemy.orm import Session

from voting.conference.steps import STEPS
from voting.storage import conference_row
from voting.storage.tables import CountRow

LAST_CALL = "last_call"


def call(session: Session, conference: int) -> None:
    """Tell the room that the box will close soon; raise WrongState unless it is open."""
    _set(session, conference, wanted=True)


def take_back(session: Session, conference: int) -> None:
    """Take the last call back; raise WrongState unless the box is open."""
    _set(session, conference, wanted=False)


def called(session: Session, conference: int) -> bool:
    """Whether the room was told that the box will close soon."""
    row = session.get(CountRow, (conference, LAST_CALL))
    return row is not None and row.times % 2 == 1


def _set(session: Session, conference: int, *, wanted: bool) -> None:
    conference_row.demand(conference_row.hold(session, conference), *STEPS["last_call"].states)
    if called(session, conference) is not wanted:
        conference_row.note(session, conference, LAST_CALL)
    session.flush()
