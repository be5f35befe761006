"""The rows of the summaries: one line a name, with person, candidate class, months left, votes and conclusion.

Everything comes from the round, its people and its signed records; the same rows feed workbook, letters and briefing.
"""

import datetime
from collections.abc import Iterable

import msgspec

from voting.plan.eligibility import reference_month
from voting.plan.filing import Filed
from voting.plan.months import Month, month_index
from voting.plan.outcome import Conclusion, NameOutcome, Votes, outcomes
from voting.plan.people import Person
from voting.plan.retirement import months_left, retires
from voting.plan.rounds import Round, Seat, person_of, procedure_of, title_of
from voting.procedures.schema import Step

CONCLUSIONS: dict[Conclusion, str] = {
    "planned": "Đưa vào quy hoạch",
    "awaiting_head": "Chờ người đứng đầu quyết định",
    "not_planned": "Không đưa vào quy hoạch",
    "removal_proposed": "Đề xuất đưa ra khỏi quy hoạch",
    "stays": "Giữ nguyên trong quy hoạch",
}


class Line(msgspec.Struct, frozen=True):
    """One name of one seat; `votes` by step number."""

    person: Person
    seat: Seat
    title: str
    object: int | None
    months_left: int
    votes: dict[int, Votes]
    conclusion: Conclusion


def reference_of(plan: Round, review: datetime.date) -> Month:
    """Return the month at which service left is counted for a round reviewed on a day."""
    return reference_month(procedure_of(plan), month_index(review.year, review.month))


def lines_of(plan: Round, files: Iterable[Filed], review: datetime.date) -> tuple[Line, ...]:
    """Return a line for every name that the round dealt with, by seat."""
    seats = {(seat.unit, title_of(plan, seat).name): seat for seat in plan.seats}
    reference = reference_of(plan, review)
    return tuple(_line(plan, one, seats[one.unit, one.title], reference) for one in outcomes(plan, files))


def _line(plan: Round, outcome: NameOutcome, seat: Seat, reference: Month) -> Line:
    person = person_of(plan, outcome.person)
    return Line(
        person=person,
        seat=seat,
        title=outcome.title,
        object=object_of(plan, person, seat),
        months_left=months_left(reference, retires(person)),
        votes={one.step: one for one in outcome.votes},
        conclusion=outcome.conclusion,
    )


def object_of(plan: Round, person: Person, seat: Seat) -> int | None:
    """Return the candidate class that a person's post belongs to for a seat, None if there is none."""
    classes = title_of(plan, seat).objects
    return next((one.number for one in classes if person.post in one.posts), None)


def voting_steps(plan: Round) -> tuple[Step, ...]:
    """Return the steps that hold a ballot."""
    return tuple(step for step in procedure_of(plan).steps if step.ballots)


def base_word(plan: Round, step: Step) -> str:
    """Return what the shares of a step count from: có mặt or triệu tập."""
    base = plan.ruleset.rules[step.ballots[0].rule].base
    return "có mặt" if base == "present" else "triệu tập"
