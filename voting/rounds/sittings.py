"""Which steps of several rounds share a sitting (hội nghị): those whose summoned people are the same (design §3).

The base of a rule is the number of people summoned or present, so papers share a box only where exactly the same people
are summoned. `fewest_turns` finds the order with the fewest sittings in which every procedure goes on step by step;
`who_differs` says why two steps need a sitting each.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from voting.conference.draft.agenda import Draft
from voting.people.errors import WrongTurn
from voting.rounds.round import Round, ballots_of, procedure_of, step_of
from voting.rounds.summons import summon

People = frozenset[tuple[str, str]]
"""Name and unit of everybody summoned."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A sitting, or the list decision of a step: which step of which round, by its place among the rounds."""

    steps: tuple[tuple[int, int], ...]


def summoned_to(plan: Round, number: int) -> People:
    """Return who is summoned to a step by its composition."""
    summons = summon(plan.people, step_of(plan, number).composition.capacities)
    return frozenset((one.name, one.unit) for one in summons.people)


def who_differs(one: People, other: People) -> tuple[str, ...]:
    """Return the names of those who are summoned to one of two steps only, in order; none where they may share."""
    return tuple(sorted(name for name, _ in one ^ other))


def fewest_turns(plans: Sequence[Round]) -> tuple[Turn, ...]:
    """Return the turns of rounds that are held together: every step once, in order, in as few sittings as can be.

    A step without a ballot is decided by itself, as soon as it is due. Of several shortest orders, the one that begins
    with the first round's steps is taken.
    """
    start = tuple(0 for _ in plans)
    ends = tuple(len(procedure_of(plan).steps) for plan in plans)
    before: dict[tuple[int, ...], tuple[tuple[int, ...], Turn] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        if at == ends:
            return _path(before, at)
        for turn in _next_turns(plans, at):
            moved = tuple(done + any(place == one for one, _ in turn.steps) for place, done in enumerate(at))
            if moved not in before:
                before[moved] = at, turn
                waiting.append(moved)
    raise WrongTurn("these rounds cannot be held together")


def joined(drafts: Sequence[Draft]) -> Draft:
    """Make one sitting of drafts whose summoned people are the same; raise WrongTurn with who differs."""
    first = drafts[0]
    for other in drafts[1:]:
        people = (frozenset((person.name, person.unit) for person in one.people) for one in (first, other))
        if names := who_differs(*people):
            raise WrongTurn(f"{first.name} and {other.name} summon other people: {', '.join(names)}")
        if first.quorum != other.quorum:
            raise WrongTurn(f"{first.name} and {other.name} have another quorum")
    return msgspec.structs.replace(
        first,
        name="; ".join(dict.fromkeys(one.name for one in drafts)),
        basis=tuple(dict.fromkeys(text for one in drafts for text in one.basis)),
        composition=first.composition,
        papers=tuple(paper for one in drafts for paper in one.papers),
        put_forward_max=max(one.put_forward_max for one in drafts),
        notes=tuple(dict.fromkeys(note for one in drafts for note in one.notes)),
        clashes=tuple({clash.name: clash for one in drafts for clash in one.clashes}.values()),
    )


def _next_turns(plans: Sequence[Round], at: tuple[int, ...]) -> list[Turn]:
    """Return what may be held now: a decision that is due, else the steps with a ballot by those whom they summon."""
    due = [(place, done + 1) for place, done in enumerate(at) if done < len(procedure_of(plans[place]).steps)]
    for place, number in due:
        if not ballots_of(plans[place], step_of(plans[place], number)):
            return [Turn(((place, number),))]
    by_people: dict[People, list[tuple[int, int]]] = {}
    for place, number in due:
        by_people.setdefault(summoned_to(plans[place], number), []).append((place, number))
    return [Turn(tuple(steps)) for steps in by_people.values()]


def _path(before: dict[tuple[int, ...], tuple[tuple[int, ...], Turn] | None], at: tuple[int, ...]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    while (came := before[at]) is not None:
        at, turn = came
        turns.append(turn)
    return tuple(reversed(turns))
