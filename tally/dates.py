"""Days as people write them: 30/11/2026, 30-11-2026, 30.11.2026, 2026-11-30, ngày 30 tháng 11 năm 2026.

Documents hold the one spelling YYYY-MM-DD. The day of today is Việt Nam's, whatever zone a machine was set up in.
"""

import re
import unicodedata
from datetime import date, datetime

from tally.errors import InvalidDay
from voting.documents.conferences.moments import VIETNAM, in_vietnam

_DAY_FIRST = re.compile(r"(?:ngày )?(\d{1,2}) ?(?:[-/.]|tháng) ?(\d{1,2}) ?(?:[-/.]|năm) ?(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4}) ?[-/.] ?(\d{1,2}) ?[-/.] ?(\d{1,2})")


def today() -> date:
    """Return the day that it is in Việt Nam."""
    return datetime.now(VIETNAM).date()


def day_of(moment: datetime) -> date:
    """Return the day of a moment in Việt Nam."""
    return in_vietnam(moment).date()


def read_day(text: str) -> date:
    """Read a day as people write it; raise InvalidDay."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    if found := _DAY_FIRST.fullmatch(plain):
        day, month, year = map(int, found.groups())
    elif found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = map(int, found.groups())
    else:
        raise InvalidDay(f"a day as 30/11/2026 expected, {text!r:.40} found", "day", found=text)
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidDay(f"there is no day {text!r:.40}", "day", found=text) from None


def written(day: date) -> str:
    """Write a day as people read it: 30/11/2026."""
    return f"{day:%d/%m/%Y}"
