"""Named steps of casting, opening and closing at which the fault tests kill the server.

The product has no such points: a server of these tests wraps the functions below after import. `arm` makes the wrapper
of one step kill the whole process group when it is reached for the n-th time.
"""

import importlib
import itertools
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

When = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Point:
    """A step: just before or just after a call of `owner`'s `name` (`owner` is module or module:class)."""

    owner: str
    name: str
    when: When


CASTING = {
    "cast: request read": Point("voting.web.api", "_exact_body", "after"),
    "cast: tablet known": Point("voting.web.api", "check_device", "after"),
    "cast: card looked up": Point("voting.box.casting", "check_status", "after"),
    "cast: ballot verified": Point("voting.box.casting:Box", "_verify", "after"),
    "cast: row shared": Point("voting.box.casting:Box", "_enter", "after"),
    "cast: counted": Point("voting.box.casting", "_ballots", "after"),
    "cast: taken out of the line": Point("voting.box.casting:Box", "_put_in", "before"),
    "cast: group looked up": Point("voting.box.casting:_Inside", "of", "after"),
    "cast: receipt signed": Point("voting.box.casting", "sign_raw", "after"),
    "cast: rows sent": Point("voting.box.queries", "insert_ballots", "after"),
    "cast: marks added": Point("voting.box.casting", "add_marks", "after"),
    "cast: before commit": Point("voting.box.casting:Session", "commit", "before"),
    "cast: after commit": Point("voting.box.casting:Session", "commit", "after"),
    "cast: group served, nobody told": Point("voting.box.casting:Box", "_put_in", "after"),
    "cast: before the answer": Point("voting.box.casting:Box", "take", "after"),
}
OPENING = {
    "open: held": Point("voting.storage.conference_row", "hold", "after"),
    "open: confirmations counted": Point("voting.conference.transitions", "missing_confirmations", "after"),
    "open: written": Point("voting.conference.transitions", "_go", "after"),
    "open: returned": Point("voting.conference.transitions", "open_box", "after"),
}
CLOSING = {
    "close: held": Point("voting.storage.conference_row", "hold", "after"),
    "close: rows written anew": Point("voting.conference.closing", "rewrite_rows", "after"),
    "close: archive made": Point("voting.conference.closing", "_archive", "after"),
    "close: facts made": Point("voting.conference.closing", "_facts", "after"),
    "close: facts signed": Point("voting.conference.closing", "sign_envelope", "after"),
    "close: spares forgotten": Point("voting.conference.cards", "forget_spares", "after"),
    "close: marks forgotten": Point("voting.conference.closing", "forget_marks", "after"),
    "close: written": Point("voting.conference.closing", "close_box", "after"),
    "close: committed": Point("voting.conference.closing", "rewrite_closed", "before"),
    "close: file written anew": Point("voting.conference.closing", "rewrite_file", "after"),
    "close: done": Point("voting.conference.closing", "rewrite_closed", "after"),
}
POINTS = {**CASTING, **OPENING, **CLOSING}


def arm(name: str, times: int = 1) -> None:
    """Kill this process group with SIGKILL when the step is reached for the `times`-th time."""
    point = POINTS[name]
    module, _, attribute = point.owner.partition(":")
    owner = importlib.import_module(module)
    if attribute == "Session":  # box.py's own view of SQLAlchemy's class, so that nobody else's commits count
        owner.Session = type("Session", (owner.Session,), {})  # type: ignore[attr-defined]
    target = getattr(owner, attribute) if attribute else owner
    setattr(target, point.name, _killing(getattr(target, point.name), point.when, times))


def _killing(original: Callable[..., Any], when: When, times: int) -> Callable[..., Any]:
    reached, lock = itertools.count(1), threading.Lock()

    def step(*args: Any, **kwargs: Any) -> Any:
        result = None if when == "before" else original(*args, **kwargs)
        with lock:
            now = next(reached)
        if now == times:
            os.killpg(os.getpgid(0), signal.SIGKILL)
        return original(*args, **kwargs) if when == "before" else result

    return step
