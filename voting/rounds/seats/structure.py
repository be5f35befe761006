"""The structure panel (cơ cấu): women, ethnic minorities, young, age bands of a list. It reports and never blocks."""

import datetime
from collections.abc import Sequence

import msgspec

from voting.people.person import Person
from voting.procedures.schema import Structure


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A count within a total, and whether it meets its target (None where there is none)."""

    count: int
    total: int
    meets: bool | None
    target: tuple[int, int] | None = None

    def percent(self) -> str:
        """Spell the share: two decimals, rounded half up, decimal comma."""
        return percent_text(self.count, self.total)


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An age band: `low` <= age < `high`, either end open where None."""

    low: int | None
    high: int | None
    count: int


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The structure of one list of people."""

    total: int
    women: Share
    minorities: Share
    young: Share
    bands: tuple[Band, ...]


def percent_text(count: int, total: int) -> str:
    """Spell count of total in percent: two decimals, rounded half up, decimal comma; 0,00 of nobody."""
    hundredths = 0 if total == 0 else (count * 20_000 + total) // (2 * total)
    return f"{hundredths // 100},{hundredths % 100:02d}"


def panel(people: Sequence[Person], structure: Structure, *, on: datetime.date) -> Panel:
    """Return the structure of a list on a day."""
    ages = [person.birth.age_on(on) for person in people]
    majority = structure.majority_ethnicity.casefold()
    women = sum(person.sex == "F" for person in people)
    minorities = sum(person.ethnicity.casefold() != majority for person in people)
    young = sum(age < structure.young_under for age in ages)
    return Panel(
        total=len(people),
        women=_share(women, len(people), structure.women_share),
        minorities=_share(minorities, len(people), None),
        young=_share(young, len(people), structure.young_share),
        bands=_bands(ages, structure.age_bands),
    )


def _share(count: int, total: int, target: tuple[int, int] | None) -> Share:
    meets = None if target is None or total == 0 else count * target[1] >= target[0] * total
    return Share(count, total, meets, target)


def _bands(ages: Sequence[int], edges: Sequence[int]) -> tuple[Band, ...]:
    """Bands as the summary has them: under 40, 40 to 50, over 50 for the edges 40 and 50."""
    if not edges:
        return ()
    lows = [None, edges[0], *(edge + 1 for edge in edges[1:])]
    highs = [edges[0], *(edge + 1 for edge in edges[1:]), None]
    return tuple(
        Band(low, high, sum((low is None or age >= low) and (high is None or age < high) for age in ages))
        for low, high in zip(lows, highs, strict=True)
    )
