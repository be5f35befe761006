"""Months as numbers: year * 12 + month - 1, since the plan counts in months (tính theo tháng)."""

import re
from typing import NewType

Month = NewType("Month", int)


def month_index(year: int, month: int) -> Month:
    """Return the index of a month, 1 to 12; raise ValueError otherwise."""
    if not 1 <= month <= 12:
        raise ValueError(f"a month is 1 to 12, not {month}")
    return Month(year * 12 + month - 1)


def parse_month(text: str) -> Month:
    """Parse YYYY-MM; raise ValueError."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise ValueError(f"YYYY-MM expected, not {text!r}")
    return month_index(int(text[:4]), int(text[5:]))


def later(month: Month, months: int) -> Month:
    """Return the month that many months later."""
    return Month(month + months)
