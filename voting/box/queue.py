"""The line before the box (hàng chờ bỏ phiếu): those who come while others are being served are served together.

One of those who wait serves the whole line, the others sleep until they are told. Nobody waits where nobody is ahead,
and under load the groups grow by themselves: that is all there is to a group commit.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item, Result]):
    """One in the line, and what became of it."""

    item: Item
    done: bool = False
    result: Result | None = None
    error: Exception | None = None


class Line(Generic[Item, Result]):
    """A line of one server process; `serve` takes up to `most` items and says of each its result, or its refusal."""

    def __init__(self, serve: Callable[[Sequence[Item]], Sequence[Result | Exception]], most: int) -> None:
        self._serve_group, self._most = serve, most
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._changed = threading.Condition()
        self._serving = False

    def wait(self, item: Item) -> Result:
        """Stand in line until the item was served; return its result, or raise its refusal or what went wrong."""
        own: _Waiting[Item, Result] = _Waiting(item)
        with self._changed:
            self._waiting.append(own)
        while not own.done:
            group = self._next(own)
            if group:
                self._serve(group)
        if own.error is not None:
            raise own.error
        return own.result  # type: ignore[return-value] # set together with `done`

    def _next(self, own: _Waiting[Item, Result]) -> list[_Waiting[Item, Result]]:
        """Take a group to serve, as soon as nobody else serves; none where `own` was served meanwhile."""
        with self._changed:
            while self._serving and not own.done:
                self._changed.wait()
            if own.done:
                return []
            self._serving = True
            return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]

    def _serve(self, group: Sequence[_Waiting[Item, Result]]) -> None:
        """Serve a group; whatever goes wrong with it as a whole goes wrong for each."""
        results: Sequence[Result | Exception] = [RuntimeError("not served")] * len(group)
        try:
            results = self._serve_group([one.item for one in group])
            if len(results) != len(group):  # checked here, where it leaves nobody waiting
                raise RuntimeError(f"{len(group)} results expected, {len(results)} found")
        except Exception as error:  # noqa: BLE001 - raised again, in the thread of each
            results = [error] * len(group)
        finally:
            with self._changed:
                for one, result in zip(group, results, strict=True):
                    if isinstance(result, Exception):
                        one.error = result
                    else:
                        one.result = result
                    one.done = True
                self._serving = False
                self._changed.notify_all()
