"""The list of those summoned (danh sách triệu tập), built from a step's composition (thành phần).

A person who belongs by several capacities stands once, with all of them (A13). Exclusions are made before the box is
open, with reason and author, and stay on file (A4).
"""

from collections.abc import Collection, Iterable

import msgspec

from voting.people.collation import sort_names
from voting.people.errors import AfterOpening, WrongTurn
from voting.people.person import Person

RECUSED = "có tên trên phiếu"


class Summoned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person summoned, with the capacities of the composition that they belong by, in its order."""

    person: str
    name: str
    unit: str
    capacities: tuple[str, ...]


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody taken off the list before opening: why, and by whose decision."""

    person: str
    name: str
    reason: str
    author: str


class Summons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list and the exclusions made from it. `len(summons.people)` is the number summoned."""

    people: tuple[Summoned, ...]
    exclusions: tuple[Exclusion, ...] = ()


def summon(people: Iterable[Person], capacities: tuple[str, ...]) -> Summons:
    """Build the list: everybody with at least one of `capacities`, once, in the order of names."""
    called = (_summoned(person, capacities) for person in people)
    return Summons(tuple(sort_names((one for one in called if one.capacities), lambda one: one.name)))


def _summoned(person: Person, capacities: tuple[str, ...]) -> Summoned:
    held = tuple(capacity for capacity in capacities if capacity in person.capacities)
    return Summoned(person.id, person.name, person.unit, held)


def exclude(summons: Summons, person: str, *, reason: str, author: str, opened: bool) -> Summons:
    """Take somebody off the list; raise AfterOpening once the box is open, WrongTurn without reason or author."""
    if opened:
        raise AfterOpening("nobody leaves the list after the box is open: those absent stay in the base")
    if not reason.strip() or not author.strip():
        raise WrongTurn("an exclusion needs its reason and its author", key="reason_needed", at="reason")
    found = [one for one in summons.people if one.person == person]
    if not found:
        raise WrongTurn(f"{person!r} is not on the list")
    kept = tuple(one for one in summons.people if one.person != person)
    exclusion = Exclusion(person, found[0].name, reason.strip(), author.strip())
    return Summons(kept, (*summons.exclusions, exclusion))


def recuse(summons: Summons, standing: Collection[str], author: str) -> Summons:
    """Leave out everybody who stands on a paper of the step, where the organiser chose so (A14)."""
    for one in summons.people:
        if one.person in standing:
            summons = exclude(summons, one.person, reason=RECUSED, author=author, opened=False)
    return summons
