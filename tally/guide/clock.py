"""The moments of a count, by a clock that people look at: two machines have two clocks (design §5, Facts).

The count begins after the box was closed, and ends after it began. Where this machine's clock says otherwise, it shows
both times and people type the right one, `30/11/2026 14:24`, in Việt Nam's zone, or keep that of the machine.
"""

import datetime
import re

from tally.dialogue import Guide
from voting.documents.conferences.moments import VIETNAM, moment_text, parse_moment

_TYPED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}),? (\d{1,2}) ?(?::|h|giờ) ?(\d{2})?(?: ?phút)?")


def moment_after(guide: Guide, now: datetime.datetime, earlier: str) -> str:
    """Return the present moment as facts files hold it: `now`, or what people type where it is before `earlier`.

    `earlier` is a moment of a facts file; one that is none is left to the audit.
    """
    least, found = parse_moment(earlier), now
    while least is not None and found < least:
        guide.warn("clock.before", now=moment_text(found), earlier=moment_text(least))
        answer = guide.ask("clock.ask", default="")
        typed = read_moment(answer)
        if typed is None and answer:
            guide.say("clock.wrong")
        elif typed is not None:
            found = typed
        elif guide.confirm("clock.keep"):
            break
    return found.isoformat(timespec="seconds")


def read_moment(text: str) -> datetime.datetime | None:
    """Read a time as people write it: 30/11/2026 14:24, or 14 giờ 24; None for anything else."""
    found = _TYPED.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    day, month, year, hour, minute = (int(one or 0) for one in found.groups())
    try:
        return datetime.datetime(year, month, day, hour, minute, tzinfo=VIETNAM)
    except ValueError:
        return None
