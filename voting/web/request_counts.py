"""How often somebody asked within the minute, counted in the memory of one server process.

The counters that come with the library start a thread for almost every request, to forget what is old. These forget it
when something new comes.
"""

import threading
import time
from typing import NamedTuple

from limits.storage import Storage

SCHEME = "room"
_MANY = 1024  # counters, beyond which those that ran out are dropped when another one begins


class _Count(NamedTuple):
    times: int
    until: float  # of the monotonic clock, which nobody sets


class RoomCounts(Storage):
    """Counters that begin anew when their time has run out; registered with the library under `room://`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - declared so by the library

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong: nothing."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more; a counter that begins now runs for `expiry` seconds."""
        with self._lock:
            now = time.monotonic()
            known = self._counts.get(key)
            if known is None or known.until <= now:
                self._forget(now)
                known = _Count(0, now + expiry)
            self._counts[key] = known._replace(times=known.times + amount)
            return known.times + amount

    def get(self, key: str) -> int:
        """The count, 0 where nothing was counted or its time has run out."""
        known = self._counts.get(key)
        return known.times if known is not None and known.until > time.monotonic() else 0

    def get_expiry(self, key: str) -> float:
        """When the counter runs out, by the clock on the wall."""
        known = self._counts.get(key)
        return time.time() + (max(0.0, known.until - time.monotonic()) if known is not None else 0.0)

    def check(self) -> bool:
        """Tell whether counting works."""
        return True

    def reset(self) -> int:
        """Forget all counters; return how many there were."""
        with self._lock:
            forgotten = len(self._counts)
            self._counts.clear()
            return forgotten

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._lock:
            self._counts.pop(key, None)

    def _forget(self, now: float) -> None:
        """Drop what has run out, once there is much of it: whoever makes up names must not fill the memory."""
        if len(self._counts) >= _MANY:
            self._counts = {key: one for key, one in self._counts.items() if one.until > now}
