"""Retirement age in normal conditions (Decree 135/2020, art. 4) and the months of service left.

Men: 60 years 3 months in 2021, 3 months more each year, 62 from 2028. Women: 55 years 4 months in 2021, 4 months
more each year, 60 from 2035. Service ends with the last day of the month in which the age is reached; the pension
begins with the month after.
"""

from voting.people.months import Month, later
from voting.people.person import Person, Sex

FIRST_YEAR = 2021
MEN_BEFORE, MEN_STEP, MEN_MOST = 720, 3, 744
WOMEN_BEFORE, WOMEN_STEP, WOMEN_MOST = 660, 4, 720


def required_months(year: int, sex: Sex) -> int:
    """Return the retirement age in months for those who reach it in `year` (2021 or later)."""
    if year < FIRST_YEAR:
        raise ValueError(f"the table begins in {FIRST_YEAR}, not {year}")
    years = year - (FIRST_YEAR - 1)
    if sex == "M":
        return min(MEN_BEFORE + MEN_STEP * years, MEN_MOST)
    return min(WOMEN_BEFORE + WOMEN_STEP * years, WOMEN_MOST)


def retirement_month(birth: Month, sex: Sex) -> Month:
    """Return the month at whose end somebody born in `birth` retires: the first year whose age is reached in it."""
    year = FIRST_YEAR
    while later(birth, required_months(year, sex)) // 12 > year:
        year += 1
    return later(birth, required_months(year, sex))


def retires(person: Person) -> Month:
    """Return a person's month of retirement, with its override where there is one."""
    if person.retirement is not None:
        return person.retirement.month
    return retirement_month(person.birth.index(), person.sex)


def months_left(reference: Month, retirement: Month) -> int:
    """Return the months of service left on the first day of `reference`; negative after retirement."""
    return retirement + 1 - reference
