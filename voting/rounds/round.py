"""A round (đợt quy hoạch): one procedure, the titles it fills, its people, and the lists that its first step takes.

Everything the steps need is in this one value, so a whole round can be driven without a room: see `papers` for the
papers of a step, `meetings` for its conference, `decisions` for steps without a ballot, `ledger` for what was held.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Literal

import msgspec

from voting.documents.canonical import unclean_text
from voting.documents.conferences.conference import Course, Organiser
from voting.documents.kinds import kind_of
from voting.people.errors import InvalidRound
from voting.people.person import Person
from voting.procedures import find_procedure, find_step
from voting.procedures.schema import Ballot, Procedure, Ruleset, Step, Title

MOST_PUT_FORWARD = 20
"""Names that one ballot may put forward a paper, at most."""


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A title of a unit to be planned for, with its number of places (A16), needed before the final ballot only."""

    unit: str
    title: str
    quota: int | None = None


class Nominee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody on the source list (danh sách nguồn) or the list of eligible staff, for one seat."""

    person: str
    unit: str
    title: str
    object: int | None = None


class Removal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody proposed for removal from the plan: from which seat, by which decision planned, and why."""

    person: str
    unit: str
    title: str
    reason: str


class Leaver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who leaves the plan for a title without a vote; `borderline` asks for a human look at the months."""

    person: str
    title: str
    reason: str
    detail: str
    borderline: bool = False


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose.

    `adopt`: step 1 by ballot or by show of hands (A10). `put_forward_max`: names that one ballot may put forward (A9).
    `recusal`: those who stand on a paper of a step are not summoned to it (A14). `calendar_terms`: two full terms are
    counted to the end of the second one that begins after the reference month, not as 120 months.
    """

    adopt: Literal["ballot", "hand"] = "ballot"
    put_forward_max: int = 3
    recusal: bool = False
    calendar_terms: bool = False


class Letters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the organiser settles about letters (văn bản): recipients, signer, deadline, who approves which title.

    `agency` is the office as it stands in a sentence, `issuer` the line above the basis of a decision, `proposer` on
    whose proposal it decides. `copies` and `decision_copies` follow "Như trên" and "Như Điều 3". `authorities` names
    who approves a title, by its id; the office itself where there is none and the catalogue lets it.
    """

    to: str = ""
    signer: str = ""
    signer_name: str = ""
    agency: str = ""
    issuer: str = ""
    proposer: str = ""
    basis: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    decision_copies: tuple[str, ...] = ()
    authorities: dict[str, str] = {}
    deadline: datetime.date | None = None


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One run of a procedure. `eligible` are the staff whose names may be put forward, besides the source list.

    `leavers` leave the plan without a vote by `leavers_source`, the text that says so; "" where everybody is voted on.
    """

    id: str
    ruleset: Ruleset
    procedure: str
    organiser: Organiser
    address: str
    people: tuple[Person, ...]
    seats: tuple[Seat, ...]
    nominees: tuple[Nominee, ...]
    removals: tuple[Removal, ...] = ()
    eligible: tuple[Nominee, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    leavers_source: str = ""
    options: Options = Options()
    letters: Letters = Letters()


def procedure_of(plan: Round) -> Procedure:
    """Return the round's procedure."""
    return find_procedure(plan.procedure, plan.ruleset)


def course_of(plan: Round) -> Course:
    """Return the round's procedure as papers and list decisions name it."""
    return plan.ruleset.id, plan.ruleset.version, plan.procedure


def step_of(plan: Round, number: int) -> Step:
    """Return a step of the round's procedure."""
    return find_step(procedure_of(plan), number)


def title_of(plan: Round, seat: Seat | Nominee | Removal) -> Title:
    """Return the title of a seat; raise InvalidRound if the procedure does not fill it."""
    for title in procedure_of(plan).titles:
        if title.id == seat.title:
            return title
    raise InvalidRound(f"{plan.procedure} does not fill {seat.title!r}")


def deadline_of(plan: Round) -> datetime.date | None:
    """Return the day before which the round must be through: the organiser's, or the plan's."""
    return plan.letters.deadline or procedure_of(plan).before


def plans(plan: Round) -> bool:
    """Tell whether the catalogue plans people (quy hoạch): else no paper says so."""
    return procedure_of(plan).kind != "other"


def person_of(plan: Round, identity: str) -> Person:
    """Return a person of the round; raise InvalidRound if there is none of that id."""
    for person in plan.people:
        if person.id == identity:
            return person
    raise InvalidRound(f"nobody of the id {identity!r} is in the round")


def ballots_of(plan: Round, step: Step) -> tuple[Ballot, ...]:
    """Return the ballots that a step holds: without the adoption where it is by show of hands (A10)."""
    by_ballot = plan.options.adopt == "ballot"
    return tuple(ballot for ballot in step.ballots if by_ballot or not kind_of(ballot.kind).by_hand)


def takes_list_decision(plan: Round, step: Step) -> bool:
    """Tell whether a step ends in a list decision: no ballot adopts or chooses in it."""
    return all(kind_of(ballot.kind).removes for ballot in ballots_of(plan, step))


def check_round(plan: Round) -> None:
    """Raise InvalidRound with the first problem of a round, if there is one."""
    for problem in round_problems(plan):
        raise InvalidRound(problem)


def round_problems(plan: Round) -> Iterator[str]:
    """Yield every problem of a round: unknown people, titles and seats, names twice, impossible numbers."""
    people = Counter(person.id for person in plan.people)
    titles = {title.id for title in procedure_of(plan).titles}
    seats = Counter((seat.unit, seat.title) for seat in plan.seats)
    yield from (f"the id {one!r} stands {count} times" for one, count in people.items() if count > 1)
    yield from (f"the seat {one} stands {count} times" for one, count in seats.items() if count > 1)
    if not plan.seats:
        yield "a round needs at least one title to plan for"
    if not 0 <= plan.options.put_forward_max <= MOST_PUT_FORWARD:
        yield f"0 to {MOST_PUT_FORWARD} names put forward a ballot expected, {plan.options.put_forward_max} found"
    for seat in plan.seats:
        if seat.title not in titles:
            yield f"{plan.procedure} does not fill {seat.title!r}"
        if seat.quota is not None and seat.quota < 1:
            yield f"{seat.title} of {seat.unit}: at least one place expected, {seat.quota} found"
        if problem := unclean_text(seat.unit):
            yield f"the unit {seat.unit!r} is {problem}"
    for what, entries in (("source list", plan.nominees), ("removals", plan.removals), ("eligible", plan.eligible)):
        yield from _entry_problems(what, entries, set(people), set(seats))


def _entry_problems(
    what: str, entries: tuple[Nominee, ...] | tuple[Removal, ...], people: set[str], seats: set[tuple[str, str]]
) -> Iterator[str]:
    for (person, *seat), count in Counter((one.person, one.unit, one.title) for one in entries).items():
        if count > 1:
            yield f"{what}: {person!r} stands {count} times for {seat}"
        if person not in people:
            yield f"{what}: nobody of the id {person!r} is in the round"
        if tuple(seat) not in seats:
            yield f"{what}: no seat {seat} in the round"
