"""Changing a round part by part: people, seats, lists, removals, words of the organiser. Pure: no database.

Each function returns a new `Kept` or raises a PlanError. What a step has used already is on file in signed documents;
changing the round afterwards changes later steps alone.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator

import msgspec

from voting.documents.list_decision import ListDecision
from voting.documents.record import Record
from voting.people.collation import sort_names
from voting.people.errors import BoundPerson, InvalidRound, WrongTurn
from voting.people.identity import Difference, compare, key_of
from voting.people.person import Person
from voting.rounds.dossier.rows import reference_of
from voting.rounds.filing import Filed
from voting.rounds.meetings import CompositionWord
from voting.rounds.round import (
    Leaver,
    Letters,
    Nominee,
    Options,
    Removal,
    Round,
    Seat,
    person_of,
    procedure_of,
    round_problems,
    step_of,
    title_of,
)
from voting.rounds.seats.eligibility import CONFIRMED, TWO_TERMS, Assessment, Confirmation, Standing, assess, two_terms
from voting.rounds.seats.leavers import leavers
from voting.rounds.stored import Kept
from voting.rounds.summons import summon

STANDINGS: tuple[Standing, ...] = ("eligible", "to_decide", "not_eligible")
AT_ONCE = "a round needs at least one title to plan for"
"""The one problem that a round may have while it is being prepared."""


def with_people(kept: Kept, people: tuple[Person, ...], files: tuple[Filed, ...] = ()) -> Kept:
    """Take a new staff list, matched by person (`voting.people.identity`); `files` are the round's signed documents.

    Raises UnclearPerson where two people cannot be told apart, and BoundPerson where somebody who was decided or voted
    on would change or vanish.
    """
    difference = compare(kept.plan.people, people)
    check_bound(kept, difference, files)
    there = {one.id for one in difference.people}
    left = tuple(one for one in kept.plan.leavers if one.person in there)
    return _checked(kept, msgspec.structs.replace(kept.plan, people=difference.people, leavers=left))


def check_bound(kept: Kept, difference: Difference, files: tuple[Filed, ...]) -> None:
    """Raise BoundPerson, with every name, where a new list takes away or makes another of who was decided or voted on.

    A new position, unit or post makes nobody another person; another name, birth or sex under the same code does.
    """
    bound = bound_people(kept, files)
    wrong = [one for one in difference.goes if one.id in bound]
    wrong += [before for before, after in difference.changes if before.id in bound and key_of(before) != key_of(after)]
    if wrong:
        names = "; ".join(f"{one.name} ({one.birth.text()})" for one in wrong)
        raise BoundPerson(f"decided or voted on: {names}", key="bound_people", at="file", names=names)


def bound_people(kept: Kept, files: tuple[Filed, ...]) -> set[str]:
    """Return the ids of those who were decided or voted on, or summoned to a step whose conference has begun."""
    plan = kept.plan
    found = {one for filed in files for one in _named_in(filed.document)}
    found |= {one.person for entries in (plan.nominees, plan.eligible, plan.removals) for one in entries}
    found |= {one.person for one in kept.confirmations} | {one.exclusion.person for one in kept.exclusions}
    for step in kept.conferences:
        capacities = step_of(plan, step).composition.capacities
        found |= {one.person for one in summon(plan.people, capacities).people}
    return found


def _named_in(document: Record | ListDecision) -> Iterator[str]:
    """Yield the ids of everybody whose name stands in a signed document."""
    if isinstance(document, ListDecision):
        yield from (one.id for listed in document.lists for one in listed.names)
    else:
        yield from (one.id for paper in document.conference.papers for one in paper.candidates)


def with_seat(kept: Kept, seat: Seat) -> Kept:
    """Add a title of a unit, or change its number of places; the unit is one that there is."""
    place = (seat.unit, seat.title)
    if seat.unit not in units_of(kept.plan):
        raise WrongTurn(f"{seat.unit!r} is no unit of the office", key="no_such_unit", at="unit", unit=seat.unit)
    others = tuple(one for one in kept.plan.seats if (one.unit, one.title) != place)
    if len(others) == len(kept.plan.seats):
        return _checked(kept, msgspec.structs.replace(kept.plan, seats=(*others, seat)))
    changed = tuple(seat if (one.unit, one.title) == place else one for one in kept.plan.seats)
    return _checked(kept, msgspec.structs.replace(kept.plan, seats=changed))


def units_of(plan: Round) -> tuple[str, ...]:
    """Return the units that there are: those of the staff list, the office itself, those with a title already."""
    found = {one.unit for one in plan.people if one.unit} | {seat.unit for seat in plan.seats}
    return tuple(sorted(found | {plan.organiser.agency} - {""}))


def without_seat(kept: Kept, seat: Seat) -> Kept:
    """Take a seat and its lists out, before the first step."""
    if kept.ledger.sittings:
        raise WrongTurn("the first step was held: its titles stay", key="titles_stay")
    plan = kept.plan

    def elsewhere(one: Seat | Nominee | Removal) -> bool:
        return (one.unit, one.title) != (seat.unit, seat.title)

    return _checked(kept, msgspec.structs.replace(
        plan,
        seats=tuple(filter(elsewhere, plan.seats)),
        nominees=tuple(filter(elsewhere, plan.nominees)),
        eligible=tuple(filter(elsewhere, plan.eligible)),
        removals=tuple(filter(elsewhere, plan.removals)),
    ))  # fmt: skip


def assessments(kept: Kept, seat: Seat, review: datetime.date) -> list[tuple[Person, Assessment]]:
    """Assess everybody whose post is open to a seat: those eligible first, each group in the order of names."""
    plan = kept.plan
    title = title_of(plan, seat)
    procedure, reference = procedure_of(plan), reference_of(plan, review)
    needed = two_terms(procedure, reference) if plan.options.calendar_terms else TWO_TERMS
    found = []
    for person in sort_names(plan.people, lambda one: one.name):
        if procedure.kind == "current" and seat.title in person.planned:
            continue
        assessed = assess(person, title, plan.ruleset, reference, kept.confirmations, needed)
        if not title.objects or assessed.object is not None:
            found.append((person, assessed))
    return sorted(found, key=lambda one: STANDINGS.index(one[1].standing))


def with_lists(
    kept: Kept, seat: Seat, listed: Collection[str], eligible: Collection[str], review: datetime.date
) -> Kept:
    """Set the source list of a seat, and who may be put forward; all of them must be eligible."""
    by_id = {person.id: one for person, one in assessments(kept, seat, review)}
    for person in (*listed, *eligible):
        if person not in by_id:
            raise InvalidRound(f"{person!r}: the post is not open to {seat.title}")
        if by_id[person].object is not None and by_id[person].standing != "eligible":
            name = person_of(kept.plan, person).name
            raise WrongTurn(f"{name}: not eligible, or still to be decided", key="not_eligible", name=name)

    def made(ids: Iterable[str], before: tuple[Nominee, ...]) -> tuple[Nominee, ...]:
        others = tuple(one for one in before if (one.unit, one.title) != (seat.unit, seat.title))
        return (*others, *(Nominee(one, seat.unit, seat.title, by_id[one].object) for one in ids))

    plan = kept.plan
    more = [one for one in eligible if one not in listed]
    changed = msgspec.structs.replace(plan, nominees=made(listed, plan.nominees), eligible=made(more, plan.eligible))
    return _checked(kept, changed)


def with_removal(kept: Kept, removal: Removal) -> Kept:
    """Propose somebody for removal from the plan."""
    if removal.title not in person_of(kept.plan, removal.person).planned or not removal.reason.strip():
        raise WrongTurn(
            "who is planned for the title, and the reason for removal, expected", key="removal_needs", at="reason"
        )
    place = (removal.person, removal.title)
    gone = {(one.person, one.title) for one in kept.plan.leavers}
    if place in gone | {(one.person, one.title) for one in kept.plan.removals}:
        name = person_of(kept.plan, removal.person).name
        raise WrongTurn(f"{name} leaves the plan already", key="leaves_already", at="reason", name=name)
    return _checked(kept, msgspec.structs.replace(kept.plan, removals=(*kept.plan.removals, removal)))


def without_removal(kept: Kept, person: str, seat: Seat) -> Kept:
    """Take a proposal for removal back."""
    left = tuple(
        one for one in kept.plan.removals if (one.person, one.unit, one.title) != (person, seat.unit, seat.title)
    )
    return _checked(kept, msgspec.structs.replace(kept.plan, removals=left))


def with_confirmation(kept: Kept, confirmation: Confirmation) -> Kept:
    """Keep a human decision on one check of one person; a later one replaces it."""
    person_of(kept.plan, confirmation.person)
    if not confirmation.reason.strip() or not confirmation.by.strip():
        raise WrongTurn("a confirmation needs who gives it and why", key="reason_needed", at="reason")
    if confirmation.check not in CONFIRMED:
        raise WrongTurn(f"{confirmation.check}: nobody's word changes it", key="hard_check", at="reason")
    key = (confirmation.person, confirmation.check)
    others = tuple(one for one in kept.confirmations if (one.person, one.check) != key)
    return msgspec.structs.replace(kept, confirmations=(*others, confirmation))


def with_composition(kept: Kept, step: int, word: CompositionWord) -> Kept:
    """Keep the organiser's word on who is summoned to a step (A19)."""
    if not word.text.strip():
        raise WrongTurn("who is summoned must be said in words", key="composition_words", at="text")
    return msgspec.structs.replace(kept, compositions={**kept.compositions, step: word})


def with_options(kept: Kept, options: Options) -> Kept:
    """Change what the organiser may choose."""
    return _checked(kept, msgspec.structs.replace(kept.plan, options=options))


def with_letters(kept: Kept, letters: Letters) -> Kept:
    """Settle recipients, signers, deadline and authorities of the letters."""
    return msgspec.structs.replace(kept, plan=msgspec.structs.replace(kept.plan, letters=letters))


def leaving(kept: Kept, review: datetime.date) -> tuple[Leaver, ...]:
    """Return whom the ruleset's reasons would let leave without a vote (A12), but those on a removal ballot."""
    plan = kept.plan
    if procedure_of(plan).kind != "current":
        return ()
    asked = {(one.person, one.title) for one in plan.removals}
    found = leavers(plan.people, procedure_of(plan), plan.ruleset, reference_of(plan, review))
    return tuple(one for one in found if (one.person, one.title) not in asked)


def with_leavers(kept: Kept, source: str, review: datetime.date) -> Kept:
    """Let those whom the ruleset's reasons find leave without a vote, by a text that says so; "" takes it back."""
    found = leaving(kept, review) if source else ()
    return _checked(kept, msgspec.structs.replace(kept.plan, leavers=found, leavers_source=source))


def seat_of(plan: Round, number: int) -> Seat:
    """Return the seat of that number, from 1; raise InvalidRound."""
    if not 1 <= number <= len(plan.seats):
        raise InvalidRound(f"seat 1 to {len(plan.seats)} expected, {number} found")
    return plan.seats[number - 1]


def _checked(kept: Kept, plan: Round) -> Kept:
    for problem in round_problems(plan):
        if problem != AT_ONCE:
            raise InvalidRound(problem)
    return msgspec.structs.replace(kept, plan=plan)
