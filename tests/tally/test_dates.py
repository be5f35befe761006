"""Days as people write them, and what is no day."""

from datetime import UTC, date, datetime

import pytest

from tally.dates import day_of, read_day, today, written
from tally.errors import InvalidDay

WRITTEN = [
    "30/11/2026", "30-11-2026", "30.11.2026", "2026-11-30", "2026/11/30", " 30 / 11 / 2026 ", "30 tháng 11 năm 2026",
    "ngày 30 tháng 11 năm 2026", "Ngày 30/11/2026", "\uff13\uff10/\uff11\uff11/\uff12\uff10\uff12\uff16",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text) == date(2026, 11, 30)


@pytest.mark.parametrize("text", ["5/1/2026", "05/01/2026", "2026-1-5", "ngày 05 tháng 01 năm 2026"])
def test_the_day_stands_before_the_month(text: str) -> None:
    assert read_day(text) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text", ["", "hôm nay", "30/11/26", "30/11", "31/11/2026", "29/02/2026", "11/30/2026", "0/1/2026", "2026-13-01",
             "30/11/2026 09:00", "30/11/20261", "30112026"],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidDay):
        read_day(text)


def test_a_day_is_that_of_viet_nam_whatever_the_machines_zone() -> None:
    assert day_of(datetime(2026, 11, 30, 17, 30, tzinfo=UTC)) == date(2026, 12, 1)
    assert read_day(written(today())) == today()
