"""Numbers, dates and times as Vietnamese offices write them, and values that are never read as templates."""

import pytest

from tally.errors import InvalidRecord
from tally.minutes.wording import (
    Language,
    capitalised,
    clock,
    day,
    in_groups,
    in_prose,
    in_table,
    moment,
    words_of,
)


@pytest.mark.parametrize(
    ("number", "prose", "table", "english"),
    [(0, "0", "0", "0"), (2, "02", "2", "2"), (9, "09", "9", "9"), (10, "10", "10", "10"), (999, "999", "999", "999"),
     (1000, "1.000", "1.000", "1,000"), (1234567, "1.234.567", "1.234.567", "1,234,567")],
)  # fmt: skip
def test_counts(number: int, prose: str, table: str, english: str) -> None:
    assert (in_prose(number, "vi"), in_table(number, "vi"), in_prose(number, "en")) == (prose, table, english)


@pytest.mark.parametrize(
    ("text", "vietnamese", "english", "time"),
    [
        ("2022-04-10T08:05:59+07:00", "ngày 10 tháng 4 năm 2022", "10 April 2022", "08 giờ 05 phút"),
        ("2026-01-05T00:00:00+07:00", "ngày 05 tháng 01 năm 2026", "5 January 2026", "00 giờ 00 phút"),
        ("2026-02-28T23:59:00+07:00", "ngày 28 tháng 02 năm 2026", "28 February 2026", "23 giờ 59 phút"),
        ("2026-12-01T12:00:00+00:00", "ngày 01 tháng 12 năm 2026", "1 December 2026", "12 giờ 00 phút"),
    ],
)
def test_dates_and_times(text: str, vietnamese: str, english: str, time: str) -> None:
    at = moment(text)
    assert [plain(day(at, "vi")), plain(day(at, "en")), plain(clock(at, "vi"))] == [vietnamese, english, time]


@pytest.mark.parametrize("text", ["", "2022-04-10", "2022-04-10T08:05:59", "10/04/2022", "2022-13-01T00:00:00+07:00"])
def test_a_time_without_offset_or_sense_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecord):
        moment(text)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_value_with_braces_or_tildes_stays_as_it_is(language: Language) -> None:
    assert "{name} ~" in words_of(language)("general.place", place="{name} ~")


def test_hashes_stand_in_groups_of_four_eight_to_a_line() -> None:
    assert in_groups("ab" * 32) == "\n".join([" ".join(["abab"] * 8)] * 2)
    assert in_groups("abcdef") == "abcd ef"


def test_only_the_first_letter_is_raised() -> None:
    assert (capitalised("đồng chí"), capitalised("ông/bà"), capitalised("")) == ("Đồng chí", "Ông/bà", "")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")
