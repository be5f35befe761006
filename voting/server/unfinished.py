"""Requests whose bodies are still on their way (yêu cầu chưa gửi xong), counted by address and in total.

Where a cap is passed, the oldest unfinished request goes: of the address itself, or of the address that has most. So
somebody who keeps many open pushes out their own, and a request that is whole is never pushed out. Used by the event
loop of one server process alone, so nothing is locked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

PER_ADDRESS = 100  # unfinished requests; a tablet has one, a browser six
IN_TOTAL = 400
BYTES = 64 * 1024 * 1024  # of bodies in memory, whole ones too until they are answered


@dataclass(slots=True, eq=False)
class Unfinished:
    """One request: what came of its body so far, and how to end it."""

    address: str
    end: Callable[[], None]
    body: bytearray = field(default_factory=bytearray)


class Counter:
    """The unfinished requests of one server process."""

    def __init__(self, per_address: int = PER_ADDRESS, in_total: int = IN_TOTAL, most_bytes: int = BYTES) -> None:
        self._per_address, self._in_total, self._most_bytes = per_address, in_total, most_bytes
        self._waiting: dict[str, dict[Unfinished, None]] = {}  # by address, the oldest first
        self._count, self._bytes = 0, 0

    def begin(self, address: str, end: Callable[[], None]) -> Unfinished:
        """Count a request that begins; end the oldest one where it is one too many."""
        fresh = Unfinished(address, end)
        own = self._waiting.setdefault(address, {})
        own[fresh] = None
        self._count += 1
        if len(own) > self._per_address:
            self._end(next(iter(own)))
        elif self._count > self._in_total:
            most = max(self._waiting.values(), key=_times)
            self._end(next(iter(most)))
        return fresh

    def add(self, one: Unfinished, chunk: bytes) -> None:
        """Keep bytes that came in; where there are too many, end the longest of the address that holds most."""
        if one not in self._waiting.get(one.address, {}):
            return  # ended meanwhile
        one.body += chunk
        self._bytes += len(chunk)
        while self._bytes > self._most_bytes and self._waiting:
            most = max(self._waiting.values(), key=_held)
            self._end(max(most, key=_length))

    def whole(self, one: Unfinished) -> bool:
        """Note that a request is whole, and counts until `free`; False where it was ended before, and has no body."""
        return self._leave(one)

    def free(self, one: Unfinished) -> None:
        """Forget a request and its bytes."""
        self._leave(one)
        self._bytes -= len(one.body)
        one.body = bytearray()

    def _end(self, one: Unfinished) -> None:
        self.free(one)
        one.end()

    def _leave(self, one: Unfinished) -> bool:
        own = self._waiting.get(one.address, {})
        if one not in own:
            return False
        del own[one]
        self._count -= 1
        if not own:
            del self._waiting[one.address]
        return True


def _length(one: Unfinished) -> int:
    return len(one.body)


def _times(requests: dict[Unfinished, None]) -> int:
    return len(requests)


def _held(requests: dict[Unfinished, None]) -> int:
    return sum(map(_length, requests))
