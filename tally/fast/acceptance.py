"""Verify ballots as they are cast: those that arrive together are verified together (design, section 6).

Many threads call ``verify``, each with one ballot; those that come together become a batch
(`voting.documents.ballots.batches`). One batch at a time keeps the wait below that of two batches. A batch is cut at
``MOST_POINTS``, some 40 ms of work, and holds the ballots of one election.

Loading the engine takes a second of work, and much longer where nothing is cached yet; people who cast meanwhile wait
behind it. ``load`` does it ahead, before a process answers or when tablets make ready. Where nobody asked for it,
ballots are verified one by one until ``LOAD_AFTER`` of them show that it is worth it; then it is loaded beside them.

The server does not import this package: who puts the program together hands ``Acceptance().verify`` to the box.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from keys.errors import KeysError
from tally import fast
from voting.documents.ballots.ballot import parse_ballot, verify_ballot
from voting.documents.ballots.batches import BatchQueue
from voting.documents.ballots.request import ballot_limit, commitments_size
from voting.documents.conferences.election import Election
from voting.documents.errors import DocumentError

MOST_POINTS = 8000
"""Points of a batch, about: what one core verifies in less than 50 ms."""
_POINT = 32

LOAD_AFTER = 20
"""Ballots that are verified one by one before the engine is loaded."""

Errors = Sequence[DocumentError | KeysError | None]
Check = Callable[[Election, Sequence[bytes], Sequence[bytes | None]], Errors]


def check_together(election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
    """Verify a batch on the engine that this machine has."""
    return fast.verify_chunk(election, raws, commitments).errors


@dataclass(frozen=True, slots=True, eq=False)
class _Sent:
    """A ballot whose sender waits for the verdict."""

    election: Election
    raw: bytes
    commitments: bytes | None


class Acceptance:
    """Collects the ballots of many threads into batches."""

    def __init__(self, check: Check = check_together, *, load_after: int = LOAD_AFTER) -> None:
        """Begin with nothing waiting; ``check`` verifies a batch, once ``load_after`` ballots have been seen."""
        self._check, self._left = check, load_after
        self._queue = BatchQueue[_Sent, None](self._verdicts, _of_one_election)
        self._counting, self._ready = threading.Lock(), threading.Event()
        if not load_after:
            self._ready.set()

    def verify(self, election: Election, raw: bytes, commitments: bytes | None) -> None:
        """Verify one ballot as ``verify_ballot`` does, parsing included; raise what it raises."""
        own = _Sent(election, raw, commitments)
        if self._ready.is_set():
            self._queue.wait(own)
            return
        error = _by_reference(own)
        self._count_down()
        if error is not None:
            raise error

    def load(self, wait: float = 0.0) -> None:
        """Load the engine in a thread of its own, once, and wait for it so many seconds; asked again, do nothing."""
        with self._counting:
            if self._left <= 0:
                return
            self._left = 0
        thread = threading.Thread(target=self._load, name="load the fast engine", daemon=True)
        thread.start()
        thread.join(wait)

    def _count_down(self) -> None:
        """Load the engine when enough ballots have been seen."""
        with self._counting:
            if self._left != 1:
                self._left = max(0, self._left - 1)
                return
        self.load()

    def _load(self) -> None:
        """Load the engine; where it does not work here, ballots go on one by one."""
        if fast.available():
            self._ready.set()

    def _verdicts(self, batch: Sequence[_Sent]) -> Sequence[Exception | None]:
        """Ask the engine for as many verdicts as there are ballots; go one by one if it should fail."""
        try:
            errors = self._check(batch[0].election, [one.raw for one in batch], [one.commitments for one in batch])
            if len(errors) == len(batch):
                return errors
        except Exception:  # noqa: BLE001 - a fault of the engine must neither refuse a ballot nor accept one
            pass
        return [_by_reference(one) for one in batch]


def _of_one_election(waiting: Sequence[_Sent]) -> int:
    """Cut a batch: ballots of the election of the first one, up to the points of a batch."""
    election = waiting[0].election
    most = max(1, MOST_POINTS * _POINT // commitments_size(election))
    return min(most, sum(1 for _ in takewhile(lambda one: one.election is election, waiting)))


def _by_reference(one: _Sent) -> Exception | None:
    """Verify a ballot on PyNaCl alone; what goes wrong is for its own sender to hear, not for a whole batch."""
    try:
        verify_ballot(one.election, parse_ballot(one.raw, ballot_limit(one.election)))
    except Exception as error:  # noqa: BLE001 - raised again, in the thread of the sender
        return error
    return None
