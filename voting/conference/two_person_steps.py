"""Steps that two people take together (hai người cùng thực hiện), kept with their sign-ins and, where asked, a reason.

They are about staff and the conference, never about a voter or a card: so they may have an order, but no time.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voting.conference.steps import WITH_REASON, Way
from voting.conference.transitions import TwoPeople
from voting.documents.canonical import unclean_text
from voting.errors import ReasonMissing
from voting.storage.tables import WayRow

REASON_LENGTH = 500  # characters


@dataclass(frozen=True, slots=True)
class Taken:
    """One step taken by two people."""

    way: str
    first: str
    second: str
    reason: str


def note_way(session: Session, conference: int, way: Way, by: TwoPeople, reason: str = "") -> None:
    """Keep a step; raise ReasonMissing where the step needs a reason and has none, or one that cannot be printed."""
    by.check()
    told = " ".join(reason.split())
    if (way in WITH_REASON and not told) or len(told) > REASON_LENGTH or unclean_text(told):
        raise ReasonMissing(f"a reason of 1 to {REASON_LENGTH} characters expected", at="reason")
    last = session.scalar(select(func.max(WayRow.number)).where(WayRow.conference == conference)) or 0
    session.add(WayRow(conference=conference, number=last + 1, way=way, first=by.first, second=by.second, reason=told))
    session.flush()


def ways(session: Session, conference: int) -> list[Taken]:
    """All steps taken by two people, in order."""
    rows = session.scalars(select(WayRow).where(WayRow.conference == conference).order_by(WayRow.number))
    return [Taken(row.way, row.first, row.second, row.reason) for row in rows]


def words_for_latecomers(session: Session, conference: int) -> str:
    """What the chair said to those who come after the roll was taken; empty for the usual words."""
    told = [one.reason for one in ways(session, conference) if one.way == "roll"]
    return told[-1] if told else ""
