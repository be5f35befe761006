"""People of the round (cán bộ): who they are, their post, the capacities in which they are summoned, what they hold.

Dates of birth may lack the day, or day and month: then 1 January counts (Decree 135/2020).
"""

import datetime
from typing import Literal

import msgspec

from voting.people.months import Month, month_index

Sex = Literal["M", "F"]


class Birth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date of birth, as far as it is known."""

    year: int
    month: int | None = None
    day: int | None = None

    def index(self) -> Month:
        """Return the month of birth; January where only the year is known."""
        return month_index(self.year, self.month or 1)

    def text(self) -> str:
        """Spell it dd/mm/yyyy, as far as it is known."""
        parts = [f"{part:02d}" for part in (self.day, self.month) if part is not None]
        return "/".join([*parts, f"{self.year:04d}"])

    def age_on(self, day: datetime.date) -> int:
        """Return the full years on a day."""
        birthday_passed = (day.month, day.day) >= (self.month or 1, self.day or 1)
        return day.year - self.year - (not birthday_passed)


class RetirementOverride(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A month of retirement other than the table's, with its legal basis."""

    month: Month
    basis: str


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One person. `code` is the office's own, "" where it has none; the id stays once it is given.

    `post`, `capacities` and `planned` are ids of the ruleset.
    """

    id: str
    code: str = ""
    name: str
    birth: Birth
    sex: Sex
    ethnicity: str
    position: str
    unit: str
    post: str
    capacities: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    planned_decision: str = ""
    home: str = ""
    party_joined: str = ""
    education: str = ""
    theory: str = ""
    administration: str = ""
    ratings: str = ""
    retirement: RetirementOverride | None = None
    discipline: str = ""
    politically_unqualified: str = ""
    outside: bool = False
    note: str = ""

    def position_and_unit(self) -> str:
        """Return position and unit as a ballot shows them."""
        if not self.unit or self.unit.casefold() in self.position.casefold():
            return self.position
        return f"{self.position}, {self.unit}"
