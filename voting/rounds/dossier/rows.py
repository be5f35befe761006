"""The rows of the summaries: one line a name, with person, candidate class, months left, votes and conclusion.

Everything comes from the round, its people and its signed records; the same rows feed workbook, letters and briefing.
"""

import datetime
from collections.abc import Iterable

import msgspec

from voting.documents.letters import compared
from voting.people.months import Month, month_index
from voting.people.person import Person
from voting.people.retirement import months_left, retires
from voting.procedures.schema import Step
from voting.rounds.filing import Filed, step_of_document
from voting.rounds.outcome import Conclusion, NameOutcome, Votes, outcomes
from voting.rounds.round import Round, Seat, plans, procedure_of, title_of
from voting.rounds.seats.eligibility import reference_month

CONCLUSIONS: dict[Conclusion, str] = {
    "planned": "Đưa vào quy hoạch",
    "awaiting_head": "Chờ người đứng đầu quyết định",
    "not_planned": "Không đưa vào quy hoạch",
    "removal_proposed": "Đề xuất đưa ra khỏi quy hoạch",
    "stays": "Giữ nguyên trong quy hoạch",
    "undecided": "Chưa kết luận",
}


ELSEWHERE: dict[Conclusion, str] = {"planned": "Được lựa chọn", "not_planned": "Không được lựa chọn"}
"""The conclusions where the catalogue plans nobody, as far as they differ."""


class Line(msgspec.Struct, frozen=True):
    """One name of one seat; name, position and birth as signed, `votes` by step number.

    `person` is the one of the staff list who was voted on, None where nobody there is: what only the list says (sex,
    ethnicity, education, service left) is then not known, and never taken from somebody else.
    """

    name: str
    position: str
    born: str
    person: Person | None
    seat: Seat
    title: str
    object: int | None
    months_left: int | None
    votes: dict[int, Votes]
    conclusion: Conclusion
    turn: int = 0
    plans: bool = True

    def concluded(self) -> str:
        """Spell the conclusion; while the round runs, with the step whose turn it is."""
        words = conclusion_words(self.conclusion, plans=self.plans)
        return f"{words} (đến lượt bước {self.turn})" if self.conclusion == "undecided" else words


def conclusion_words(conclusion: Conclusion, *, plans: bool) -> str:
    """Spell a conclusion in the catalogue's own words."""
    return CONCLUSIONS[conclusion] if plans else ELSEWHERE.get(conclusion, CONCLUSIONS[conclusion])


def reference_of(plan: Round, review: datetime.date) -> Month:
    """Return the month at which service left is counted for a round reviewed on a day."""
    return reference_month(procedure_of(plan), month_index(review.year, review.month))


def lines_of(plan: Round, files: Iterable[Filed], review: datetime.date) -> tuple[Line, ...]:
    """Return a line for every name that the round dealt with, by seat."""
    files = tuple(files)
    seats = {(seat.unit, title_of(plan, seat).name): seat for seat in plan.seats}
    reference = reference_of(plan, review)
    turn = 1 + max((step_of_document(plan, one.document) for one in files), default=0)
    return tuple(_line(plan, one, seats[one.unit, one.title], reference, turn) for one in outcomes(plan, files))


def _line(plan: Round, outcome: NameOutcome, seat: Seat, reference: Month, turn: int) -> Line:
    person = _voted_on(plan, outcome)
    return Line(
        name=outcome.name,
        position=outcome.position,
        born=outcome.born,
        person=person,
        seat=seat,
        title=outcome.title,
        object=object_of(plan, person, seat) if person else None,
        months_left=months_left(reference, retires(person)) if person else None,
        votes={one.step: one for one in outcome.votes},
        conclusion=outcome.conclusion,
        turn=turn,
        plans=plans(plan),
    )


def _voted_on(plan: Round, outcome: NameOutcome) -> Person | None:
    """Return the person of the staff list whom a signed name means: of the same id, name and birth."""
    for one in plan.people:
        if one.id == outcome.person:
            same = compared(one.name) == compared(outcome.name) and outcome.born in ("", one.birth.text())
            return one if same else None
    return None


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
