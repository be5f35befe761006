"""Steps that two people take together (hai người cùng thực hiện), kept with their sign-ins and, where asked, a reason.

They are about staff and the conference, never about a voter or a card: so they may have an order, but no time.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voting.conference.steps import WITH_REASON
from voting.conference.transitions import TwoPeople
from voting.documents.canonical import unclean_text
from voting.documents.states import TwoPersonStep
from voting.errors import ReasonMissing
from voting.storage.tables import TwoPersonStepRow

REASON_LENGTH = 500  # characters


@dataclass(frozen=True, slots=True)
class Taken:
    """One step taken by two people."""

    step: str
    first: str
    second: str
    reason: str


def keep(session: Session, conference: int, step: TwoPersonStep, by: TwoPeople, reason: str = "") -> None:
    """Keep a step; raise ReasonMissing where the step needs a reason and has none, or one that cannot be printed."""
    by.check()
    said = " ".join(reason.split())
    if (step in WITH_REASON and not said) or len(said) > REASON_LENGTH or unclean_text(said):
        raise ReasonMissing(f"a reason of 1 to {REASON_LENGTH} characters expected", at="reason")
    last = (
        session.scalar(select(func.max(TwoPersonStepRow.number)).where(TwoPersonStepRow.conference == conference)) or 0
    )
    session.add(
        TwoPersonStepRow(
            conference=conference, number=last + 1, way=step, first=by.first, second=by.second, reason=said
        )
    )
    session.flush()


def taken(session: Session, conference: int) -> list[Taken]:
    """All steps taken by two people, in order."""
    rows = session.scalars(
        select(TwoPersonStepRow).where(TwoPersonStepRow.conference == conference).order_by(TwoPersonStepRow.number)
    )
    return [Taken(row.way, row.first, row.second, row.reason) for row in rows]


def words_for_latecomers(session: Session, conference: int) -> str:
    """What the chair said to those who come after the roll was taken; empty for the usual words."""
    said = [one.reason for one in taken(session, conference) if one.step == "roll"]
    return said[-1] if said else ""
