"""The moments of a record: opened, closed, count begun and ended, in order; the day of Setup (design §5, Facts).

Moments are ISO 8601 with seconds and offset, in that one spelling. Room and tally are two machines with two clocks, so
a count that begins before the box was closed is a remark; times of one machine that run backwards are a problem.
"""

import datetime
from collections.abc import Iterator

from keys.message import Sentence
from voting.documents.conferences.sentences import sentence

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
"""Indochina Time, without summer time since 1975."""


def parse_moment(text: str) -> datetime.datetime | None:
    """Read a moment; None for any other spelling."""
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.isoformat(timespec="seconds") == text else None


def in_vietnam(moment: datetime.datetime) -> datetime.datetime:
    """Return a moment in Việt Nam's zone; the first and last day that there are stay in their own."""
    try:
        return moment.astimezone(VIETNAM)
    except OverflowError:
        return moment


def moment_text(moment: datetime.datetime) -> str:
    """Spell a moment for people, in Việt Nam's zone: 14 giờ 24 phút, 30/11/2026."""
    local = in_vietnam(moment)
    return f"{local:%H} giờ {local:%M} phút, {local:%d/%m/%Y}"


def day_text(day: str) -> str:
    """Spell an ISO day for people: 30/11/2026; any other text as it is."""
    try:
        return f"{datetime.date.fromisoformat(day):%d/%m/%Y}"
    except ValueError:
        return day


def order_problems(first: str, last: str) -> Iterator[str]:
    """Yield what is wrong with two moments of one machine."""
    begin, end = parse_moment(first), parse_moment(last)
    if begin is None or end is None:
        yield "times with seconds and offset expected"
    elif begin > end:
        yield "ends before it begins"


def moment_remarks(date: str, opened: str, closed: str, begun: str) -> Iterator[Sentence]:
    """Yield what should be known: a count that began before the closing, a day that is not that of the opening."""
    shut, start, open_ = parse_moment(closed), parse_moment(begun), parse_moment(opened)
    if shut is not None and start is not None and start < shut:
        yield sentence("moments.count_too_early", begun=begun, closed=closed)
    if open_ is not None and (day := in_vietnam(open_).date().isoformat()) != date:
        yield sentence("moments.other_day", date=date, day=day)
