"""Chunks of an audit on many machines, through dask.distributed (extra ``[cluster]``).

Every worker needs this package and access to nothing else: a chunk brings its ballots along. The scheduler gives the
chunks of a worker that dies to another one, and because ``check_chunk`` is a pure function the result is that of one
machine. Workers are trusted with the verdict, as the machine of the verifier is, and see public data alone.

    with connect("tcp://10.0.0.5:8786") as runner:
        report = audit(path, checker=checker(path, runner=runner))
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pickle import PickleBuffer
from typing import Any

from tally.audit.ballots import BallotRules, ChunkFindings, NumberedBallot
from tally.fast.checking import Runner, Work, check_chunk

_AHEAD = 3  # chunks for each thread of the cluster that are read before the first is back
_RETRIES = 5  # times that a chunk goes to another worker


def connect(address: str) -> AbstractContextManager[Runner]:
    """Connect to the scheduler at ``address``; entering the context gives the runner of its chunks.

    Raises ImportError where dask is not installed, OSError or ValueError where no scheduler answers.
    """
    from distributed import Client

    return _connected(Client(address, set_as_default=False))


@contextmanager
def _connected(client: Any) -> Iterator[Runner]:
    """Run chunks through a client, and close it in the end."""
    with client:
        yield lambda works: _run(client, works)


def _run(client: Any, works: Iterable[Work]) -> Iterator[ChunkFindings]:
    """Hand out chunks, some ahead, and yield their findings in order."""
    under_way: deque[Any] = deque()
    for work in works:
        # Not pure in dask's sense: the same bytes must not be looked up under a hash of them, which costs as much.
        under_way.append(client.submit(_check, _Parcel.of(work), pure=False, retries=_RETRIES))
        if len(under_way) >= max(_AHEAD * _threads(client), _AHEAD):
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _threads(client: Any) -> int:
    """Return how many chunks the cluster can compute at once, now."""
    return sum(client.nthreads().values())


class _Bulk:
    """Bytes that travel beside a pickle instead of inside it, so that the scheduler passes them on without copying."""

    def __init__(self, data: bytes | memoryview) -> None:
        self.data = data

    def __reduce__(self) -> tuple[type[_Bulk], tuple[PickleBuffer]]:
        return _Bulk, (PickleBuffer(self.data),)


@dataclass(frozen=True)
class _Parcel:
    """A chunk as it travels: ballots and hints end to end, with their lengths; a hint that is missing has none."""

    rules: BallotRules
    heights: tuple[int, ...]
    lengths: tuple[int, ...]
    hinted: tuple[int | None, ...]
    bulk: _Bulk

    @classmethod
    def of(cls, work: Work) -> _Parcel:
        """Pack a chunk."""
        rules, chunk, hints = work
        raw = [ballot.raw for ballot in chunk]
        return cls(
            rules,
            tuple(ballot.height for ballot in chunk),
            tuple(map(len, raw)),
            tuple(None if hint is None else len(hint) for hint in hints),
            _Bulk(b"".join((*raw, *(hint for hint in hints if hint is not None)))),
        )

    def work(self) -> Work:
        """Unpack it."""
        data = memoryview(self.bulk.data)
        ends = accumulate((*self.lengths, *(length or 0 for length in self.hinted)), initial=0)
        parts = [bytes(data[start:end]) for start, end in pairwise(ends)]
        ballots, hints = parts[: len(self.lengths)], parts[len(self.lengths) :]
        chunk = tuple(NumberedBallot(*one) for one in zip(self.heights, ballots, strict=True))
        given = zip(self.hinted, hints, strict=True)
        return self.rules, chunk, tuple(None if length is None else hint for length, hint in given)


def _check(parcel: _Parcel) -> ChunkFindings:
    """Check a chunk on a worker."""
    return check_chunk(parcel.work())
