"""Moments as documents spell them, as people read them, and what does not fit together."""

import datetime

import pytest

from voting.documents.conferences.moments import day_text, moment_remarks, moment_text, order_problems, parse_moment

MORNING, NOON = "2022-04-10T08:30:00+07:00", "2022-04-10T12:00:00+07:00"


@pytest.mark.parametrize(
    "text",
    ["", "2022-04-10", "2022-04-10T08:30:00", "2022-04-10 08:30:00+07:00", "2022-04-10T08:30+07:00",
     "2022-04-10T08:30:00.5+07:00", "2022-04-10T08:30:00Z", "2022-04-31T08:30:00+07:00"],
)  # fmt: skip
def test_a_moment_has_one_spelling(text: str) -> None:
    assert parse_moment(text) is None
    assert list(order_problems(MORNING, text)) == ["times with seconds and offset expected"]


def test_times_of_one_machine_do_not_run_backwards() -> None:
    assert list(order_problems(MORNING, NOON)) == list(order_problems(NOON, NOON)) == []
    assert list(order_problems(NOON, MORNING)) == ["ends before it begins"]


def test_people_read_moments_in_the_zone_of_viet_nam() -> None:
    moment = datetime.datetime(2026, 11, 30, 17, 24, tzinfo=datetime.UTC)
    assert moment_text(moment) == "00 giờ 24 phút, 01/12/2026"
    last = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    assert moment_text(last) == "23 giờ 59 phút, 31/12/9999"


def test_a_day_is_spelt_as_people_do_and_any_other_text_stays() -> None:
    assert [day_text(text) for text in ("2026-11-30", "2026-11-31", "")] == ["30/11/2026", "2026-11-31", ""]


@pytest.mark.parametrize(
    ("date", "opened", "begun", "remarks"),
    [
        ("2022-04-10", MORNING, NOON, []),
        ("2022-04-10", "not a moment", "nor is this", []),
        ("2022-04-10", "2022-04-09T17:00:00+00:00", NOON, []),
        ("2022-04-09", MORNING, NOON, ["voting was opened on 2022-04-10"]),
        ("2022-04-10", MORNING, MORNING, ["the count began"]),
        ("2022-04-10", "9999-12-31T23:59:59+00:00", NOON, ["voting was opened on 9999-12-31"]),
    ],
)
def test_another_day_and_a_count_that_began_before_the_closing_are_remarked(
    date: str, opened: str, begun: str, remarks: list[str]
) -> None:
    found = [one.en for one in moment_remarks(date, opened, NOON, begun)]
    assert len(found) == len(remarks) and all(words in one for words, one in zip(remarks, found, strict=True))
