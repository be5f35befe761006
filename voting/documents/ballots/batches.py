"""Requests that come together are served together: a queue of leaders and followers (gộp các yêu cầu đến cùng lúc).

Each thread waits with one item. The first that finds nobody serving becomes the leader: it takes a batch off the front,
serves it, and tells the others; the others sleep meanwhile. Nobody waits where nobody is ahead, and under load the
batches grow by themselves. The box writes ballots so (a group commit), and casting verifies them so.

Why every item is served once, its thread hears of it, and nobody waits for ever:

1. Under the lock an item is in one of three places: waiting, in the batch of the one leader, done. `wait` puts it into
   the first, `_next` moves it to the second, the end of `_serve` to the third; nothing moves it back or twice.
2. There is one leader at a time: `_next` sets `_serving` in the same turn of the lock in which it saw it unset, and the
   end of `_serve` alone unsets it. A cut that fails makes no leader, and its thread takes its own item back.
3. Each item gets the result at its own place. A list of another length is an error of the whole batch, and so is what
   `serve` raises; both become the error of each item. Where the thread itself is ended (KeyboardInterrupt), `finally`
   still gives every item an error: none passes unserved, and none stays in the batch.
4. A thread sleeps only while it sees `_serving` under the lock, and who unsets it, under the lock, wakes all. So none
   misses its wake-up, and where items wait there is a leader, or a thread awake that becomes it.
5. A batch takes at least one item, from the front, so an item that has n before it is done after at most n + 1 batches.
   A leader whose own item was not in its batch goes on as anybody else.
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
    """One item in the queue, and what became of it."""

    item: Item
    done: bool = False
    result: Result | None = None
    error: Exception | None = None


class BatchQueue(Generic[Item, Result]):
    """A queue of one process; see the module.

    `serve` says of each item of a batch its result, or the error that its thread raises. `cut` is told all that wait,
    the front first, and says how many of them make the next batch; one is always taken.
    """

    def __init__(
        self, serve: Callable[[Sequence[Item]], Sequence[Result | Exception]], cut: Callable[[Sequence[Item]], int]
    ) -> None:
        self._serve_batch, self._cut = serve, cut
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._changed = threading.Condition()
        self._serving = False

    def wait(self, item: Item) -> Result:
        """Wait until the item was served; return its result, or raise its error or what went wrong with its batch."""
        own: _Waiting[Item, Result] = _Waiting(item)
        with self._changed:
            self._waiting.append(own)
        while not own.done:
            batch = self._next(own)
            if batch:
                self._serve(batch)
        if own.error is not None:
            raise own.error
        return own.result  # type: ignore[return-value] # set together with `done`

    def _next(self, own: _Waiting[Item, Result]) -> list[_Waiting[Item, Result]]:
        """Take a batch to serve, as soon as nobody else serves; none where `own` was served meanwhile."""
        with self._changed:
            while self._serving and not own.done:
                self._changed.wait()
            if own.done:
                return []
            try:
                number = self._cut([one.item for one in self._waiting])
            except BaseException:
                self._waiting.remove(own)
                raise
            self._serving = True
            return [self._waiting.popleft() for _ in range(min(max(1, number), len(self._waiting)))]

    def _serve(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        """Serve a batch; whatever goes wrong with it as a whole goes wrong for each."""
        results: Sequence[Result | Exception] = [RuntimeError("not served")] * len(batch)
        try:
            results = self._results(batch)
        except Exception as error:  # noqa: BLE001 - raised again, in the thread of each
            results = [error] * len(batch)
        finally:
            with self._changed:
                for one, result in zip(batch, results, strict=True):
                    if isinstance(result, Exception):
                        one.error = result
                    else:
                        one.result = result
                    one.done = True
                self._serving = False
                self._changed.notify_all()

    def _results(self, batch: Sequence[_Waiting[Item, Result]]) -> Sequence[Result | Exception]:
        """Ask for as many results as there are items; raise RuntimeError for another number."""
        results = self._serve_batch([one.item for one in batch])
        if len(results) != len(batch):
            raise RuntimeError(f"{len(batch)} results expected, {len(results)} found")
        return results


def at_most(number: int) -> Callable[[Sequence[object]], int]:
    """Cut batches at a number of items."""
    return lambda _: number
