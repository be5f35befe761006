"""How many tablets, and how many minutes: people x seconds / tablets (anchors: capacity).

People come in turn, so the last tablet decides: whole people on each tablet, whole minutes, rounded up.
"""

from dataclasses import dataclass

BASE_SECONDS = 30  # card, review, cast and receipt, for somebody who takes their time
SECONDS_A_NAME = 3  # reading a name and touching an answer
LEAST_SECONDS = 45


@dataclass(frozen=True, slots=True)
class Plan:
    """So many people at so many tablets take so many minutes."""

    tablets: int
    minutes: int


def seconds_for(names: int) -> int:
    """Guess how long one person stays at a tablet with so many names on all papers."""
    return max(LEAST_SECONDS, BASE_SECONDS + SECONDS_A_NAME * names)


def minutes_for(people: int, seconds: int, tablets: int) -> int:
    """Whole minutes until everybody has voted."""
    turns = -(-people // tablets)
    return -(-turns * seconds // 60)


def tablets_for(people: int, seconds: int, minutes: int) -> int:
    """Least tablets with which everybody has voted within so many minutes; at most one a person."""
    turns = max(1, minutes * 60 // seconds)
    return max(1, -(-people // turns))


def plans(people: int, seconds: int, around: int) -> list[Plan]:
    """A short table of numbers of tablets around one of them."""
    tried = sorted({max(1, around + more) for more in (-2, -1, 0, 1, 2, 4)})
    return [Plan(tablets, minutes_for(people, seconds, tablets)) for tablets in tried if tablets <= max(people, 1)]
