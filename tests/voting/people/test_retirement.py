"""Retirement (Decree 135/2020, art. 4): its table, the bands of its annex, and the vectors of the plan's two dates."""

import random

import pytest

from tests.voting.rounds.staff import person
from voting.people.months import Month, month_index, parse_month
from voting.people.person import Birth, RetirementOverride, Sex
from voting.people.retirement import months_left, required_months, retirement_month, retires

CURRENT, NEXT = parse_month("2022-04"), parse_month("2026-05")
# Year by year as the decree prints it: years and months for men, for women.
TABLE = [
    (2021, (60, 3), (55, 4)), (2022, (60, 6), (55, 8)), (2023, (60, 9), (56, 0)), (2024, (61, 0), (56, 4)),
    (2025, (61, 3), (56, 8)), (2026, (61, 6), (57, 0)), (2027, (61, 9), (57, 4)), (2028, (62, 0), (57, 8)),
    (2029, (62, 0), (58, 0)), (2030, (62, 0), (58, 4)), (2031, (62, 0), (58, 8)), (2032, (62, 0), (59, 0)),
    (2033, (62, 0), (59, 4)), (2034, (62, 0), (59, 8)), (2035, (62, 0), (60, 0)), (2050, (62, 0), (60, 0)),
]  # fmt: skip
# Birth, sex, retires at the end of, months left at both dates.
VECTORS = [
    ("04/1966", "M", "04/2028", 73, 24), ("03/1966", "M", "12/2027", 69, 20), ("04/1969", "M", "04/2031", 109, 60),
    ("03/1969", "M", "03/2031", 108, 59), ("04/1974", "M", "04/2036", 169, 120), ("04/1976", "F", "04/2036", 169, 120),
    ("08/1971", "F", "08/2029", 89, 40),
]  # fmt: skip
# The annex, band by band: first and last month of birth, and the age. The second implementation looks up here.
MEN = [
    ("01/1961", "09/1961", 60, 3), ("10/1961", "06/1962", 60, 6), ("07/1962", "03/1963", 60, 9),
    ("04/1963", "12/1963", 61, 0), ("01/1964", "09/1964", 61, 3), ("10/1964", "06/1965", 61, 6),
    ("07/1965", "03/1966", 61, 9), ("04/1966", "12/2100", 62, 0),
]  # fmt: skip
WOMEN = [
    ("01/1966", "08/1966", 55, 4), ("09/1966", "04/1967", 55, 8), ("05/1967", "12/1967", 56, 0),
    ("01/1968", "08/1968", 56, 4), ("09/1968", "04/1969", 56, 8), ("05/1969", "12/1969", 57, 0),
    ("01/1970", "08/1970", 57, 4), ("09/1970", "04/1971", 57, 8), ("05/1971", "12/1971", 58, 0),
    ("01/1972", "08/1972", 58, 4), ("09/1972", "04/1973", 58, 8), ("05/1973", "12/1973", 59, 0),
    ("01/1974", "08/1974", 59, 4), ("09/1974", "04/1975", 59, 8), ("05/1975", "12/2100", 60, 0),
]  # fmt: skip


def month(text: str) -> Month:
    return month_index(int(text[3:]), int(text[:2]))


def looked_up(year: int, number: int, sex: Sex) -> tuple[int, int]:
    """Year and month of retirement by the annex, with the calendar's own arithmetic."""
    for first, last, years, months in MEN if sex == "M" else WOMEN:
        if (int(first[3:]), int(first[:2])) <= (year, number) <= (int(last[3:]), int(last[:2])):
            over, rest = divmod(number - 1 + months, 12)
            return year + years + over, rest + 1
    raise AssertionError("outside the annex")


@pytest.mark.parametrize(("year", "men", "women"), TABLE)
def test_the_table_of_the_decree(year: int, men: tuple[int, int], women: tuple[int, int]) -> None:
    assert divmod(required_months(year, "M"), 12) == men
    assert divmod(required_months(year, "F"), 12) == women


@pytest.mark.parametrize(("born", "sex", "end", "current", "following"), VECTORS)
def test_the_vectors_of_both_dates(born: str, sex: Sex, end: str, current: int, following: int) -> None:
    found = retirement_month(month(born), sex)
    assert (found, months_left(CURRENT, found), months_left(NEXT, found)) == (month(end), current, following)


def test_ten_thousand_births_agree_with_the_annex() -> None:
    source = random.Random(135)
    for _ in range(10_000):
        sex: Sex = source.choice(["M", "F"])
        year, number = source.randint(1961 if sex == "M" else 1966, 2010), source.randint(1, 12)
        found = retirement_month(month_index(year, number), sex)
        assert (found // 12, found % 12 + 1) == looked_up(year, number, sex), (year, number, sex)


def test_nobody_retires_before_somebody_older_of_the_same_sex() -> None:
    for sex in ("M", "F"):
        ends = [retirement_month(Month(birth), sex) for birth in range(1950 * 12, 2000 * 12)]
        assert ends == sorted(ends)


def test_a_birth_year_alone_counts_as_the_first_of_january() -> None:
    assert retires(person(birth=Birth(1970))) == retires(person(birth=Birth(1970, 1, 1)))


def test_an_override_with_its_basis_takes_the_place_of_the_table() -> None:
    override = RetirementOverride(parse_month("2033-06"), "Nghị định 135/2020/NĐ-CP, Điều 6")
    assert retires(person(retirement=override)) == parse_month("2033-06")


def test_months_left_are_none_once_the_pension_has_begun() -> None:
    assert months_left(parse_month("2028-05"), parse_month("2028-04")) == 0


def test_years_before_the_table_are_refused() -> None:
    with pytest.raises(ValueError, match="begins in 2021"):
        required_months(2020, "M")


@pytest.mark.parametrize("text", ["2022", "2022-13", "22-01", "2022-00", "2022/01"])
def test_months_have_one_spelling(text: str) -> None:
    with pytest.raises(ValueError):
        parse_month(text)
