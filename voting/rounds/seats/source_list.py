"""The source list (danh sách nguồn) that the rules suggest: who may be planned for which seat, and who needs a word.

It is a suggestion for the personnel unit. Those to decide (amber) are kept apart, with their checks; nobody is put on
a list by the program alone.
"""

from collections.abc import Iterable

import msgspec

from voting.people.collation import sort_names
from voting.people.months import Month
from voting.people.person import Person
from voting.procedures.schema import Procedure, Ruleset
from voting.rounds.round import Nominee, Seat
from voting.rounds.seats.eligibility import Assessment, Confirmation, assess


class Suggestion(msgspec.Struct, frozen=True):
    """For one seat: those eligible, and those whom a person must decide on, both in the order of names."""

    seat: Seat
    eligible: tuple[Nominee, ...]
    to_decide: tuple[Assessment, ...]


def suggest(
    people: Iterable[Person],
    seat: Seat,
    procedure: Procedure,
    ruleset: Ruleset,
    reference: Month,
    confirmations: tuple[Confirmation, ...] = (),
) -> Suggestion:
    """Assess everybody for a seat; those planned for its title already are left out, for they are in the plan."""
    title = next(title for title in procedure.titles if title.id == seat.title)
    eligible: list[Nominee] = []
    to_decide: list[Assessment] = []
    for person in sort_names(people, lambda one: one.name):
        if seat.title in person.planned and procedure.kind == "current":
            continue
        found = assess(person, title, ruleset, reference, confirmations)
        if found.standing == "eligible":
            eligible.append(Nominee(person.id, seat.unit, seat.title, found.object))
        elif found.standing == "to_decide":
            to_decide.append(found)
    return Suggestion(seat, tuple(eligible), tuple(to_decide))
