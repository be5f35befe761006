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
    "cast: card looked up": Point("voting.box", "check_status", "after"),
    "cast: ballot verified": Point("voting.box:Box", "_verify", "after"),
    "cast: row shared": Point("voting.box:Box", "_enter", "after"),
    "cast: counted": Point("voting.box", "_ballots", "after"),
    "cast: taken out of the line": Point("voting.box_line:Line", "_next", "after"),
    "cast: group looked up": Point("voting.box:_Inside", "of", "after"),
    "cast: receipt signed": Point("voting.box", "sign_raw", "after"),
    "cast: rows sent": Point("voting.box_queries", "insert_ballots", "after"),
    "cast: marks added": Point("voting.box", "add_marks", "after"),
    "cast: before commit": Point("voting.box:Session", "commit", "before"),
    "cast: after commit": Point("voting.box:Session", "commit", "after"),
    "cast: group served, nobody told": Point("voting.box:Box", "_put_in", "after"),
    "cast: before the answer": Point("voting.box:Box", "cast", "after"),
}
OPENING = {
    "open: held": Point("voting.life_row", "hold", "after"),
    "open: confirmations counted": Point("voting.life", "missing_confirmations", "after"),
    "open: written": Point("voting.life", "_go", "after"),
    "open: returned": Point("voting.life", "open_box", "after"),
}
CLOSING = {
    "close: held": Point("voting.life_row", "hold", "after"),
    "close: rows written anew": Point("voting.closing", "rewrite_rows", "after"),
    "close: archive made": Point("voting.closing", "_archive", "after"),
    "close: facts made": Point("voting.closing", "_facts", "after"),
    "close: facts signed": Point("voting.closing", "sign_envelope", "after"),
    "close: spares forgotten": Point("voting.cards", "forget_spares", "after"),
    "close: marks forgotten": Point("voting.closing", "forget_marks", "after"),
    "close: written": Point("voting.closing", "close_box", "after"),
    "close: committed": Point("voting.closing", "rewrite_closed", "before"),
    "close: file written anew": Point("voting.closing", "rewrite_file", "after"),
    "close: done": Point("voting.closing", "rewrite_closed", "after"),
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
