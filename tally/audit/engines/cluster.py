"""Chunks of an audit on many machines, through dask.distributed (extra ``[cluster]``).

Every worker needs this package. Where workers see the archive under the same path (they are processes of one machine,
or share its disk; each is asked for the first ballot), a chunk travels by name: worker and reader then hold the same
ballots, for their hashes say so. Where one does not see it, then or later, chunks bring their ballots along. The
scheduler gives the chunks of a worker that dies to another one, and because ``check_chunk`` is a pure function the
result is that of one machine. Workers are trusted with the verdict, as the machine of the verifier is, and see public
data alone.

    with connect("tcp://10.0.0.5:8786") as runner:
        report = audit(path, checker=checker(path, runner=runner))
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from pickle import PickleBuffer
from time import monotonic
from typing import Any

from tally.audit.ballots import BallotRules, ChunkFindings, NumberedBallot
from tally.audit.engines.checking import Runner, Work, check_chunk, read_hints
from voting.documents.archives.file_ranges import FileRange, read_ranges

_AHEAD = 3  # chunks for each thread of the cluster that are read before the first is back
_RETRIES = 5  # times that a chunk goes to another worker
_COUNT_AFTER = 1.0  # s until workers are counted anew


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
        yield lambda works: _Post(client).run(works)


class _Post:
    """Hands out chunks, and takes back what was found."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._by_name: bool | None = None  # not known before the first chunk
        self._threads, self._counted = 1, -_COUNT_AFTER  # s

    def run(self, works: Iterable[Work]) -> Iterator[ChunkFindings]:
        """Hand out chunks, some ahead, and yield their findings in order."""
        under_way: deque[tuple[Work, Any]] = deque()
        for work in works:
            under_way.append((work, self._send(work)))
            if len(under_way) >= _AHEAD * self._threads_now():
                yield self._found(*under_way.popleft())
        while under_way:
            yield self._found(*under_way.popleft())

    def _send(self, work: Work) -> Any:
        """Send a chunk by name if the workers see the files, with its bytes if not."""
        named = None if self._by_name is False else _Named.of(work)
        if self._by_name is None:
            self._by_name = named is not None and self._seen(named)
        return self._submit(named if named is not None and self._by_name else _Parcel.of(work))

    def _found(self, work: Work, future: Any) -> ChunkFindings:
        """Wait for a chunk's findings; send its bytes after all if its worker does not see the files (any more)."""
        found: ChunkFindings | None = future.result()
        if found is None:
            self._by_name = False
            found = self._submit(_Parcel.of(work)).result()
            assert found is not None, "a parcel needs no files"
        return found

    def _seen(self, named: _Named) -> bool:
        """Ask all workers of now whether they see a chunk's files; one that does not answer does not."""
        return all(said is True for said in self._client.run(named.seen, on_error="return").values())

    def _submit(self, parcel: _Named | _Parcel) -> Any:
        # Not pure in dask's sense: the same bytes must not be looked up under a hash of them, which costs as much.
        return self._client.submit(_check, parcel, pure=False, retries=_RETRIES)

    def _threads_now(self) -> int:
        """Return how many chunks the cluster can compute at once; workers come and go."""
        if monotonic() - self._counted >= _COUNT_AFTER:
            self._threads, self._counted = max(1, sum(self._client.nthreads().values())), monotonic()
        return self._threads


@dataclass(frozen=True)
class _Named:
    """A chunk by name: where the archive has its ballots, and the sidecar its hints; as columns, which pack quickly."""

    rules: BallotRules
    heights: tuple[int, ...]
    ballots: _Places
    hints: _Places

    @classmethod
    def of(cls, work: Work) -> _Named | None:
        """Name a chunk; None where a part of it lies in no file."""
        rules, chunk, hints = work
        kept = [ballot.kept for ballot in chunk if ballot.kept is not None and ballot.kept.sha256 is not None]
        if not chunk or len(kept) < len(chunk) or any(isinstance(hint, bytes) for hint in hints):
            return None
        places = (hint if isinstance(hint, FileRange) else None for hint in hints)
        return cls(rules, tuple(ballot.height for ballot in chunk), _columns(kept), _columns(places))

    def work(self) -> Work | None:
        """Read it here; None where the files are not seen, or hold something else."""
        most = self.rules.limit + 1  # bytes of a ballot that is too long, as the reader keeps them
        raw = [one[:most] for one in read_ranges(_named(self.ballots)) if one is not None]
        places = _ranges(self.hints)
        hints = read_hints(places)
        if len(raw) < len(self.heights) or hints.count(None) > places.count(None):
            return None
        return self.rules, tuple(map(NumberedBallot, self.heights, raw)), tuple(hints)

    def seen(self) -> bool:
        """Tell whether its first ballot is seen here."""
        return None not in read_ranges(islice(_named(self.ballots), 1))


_Places = tuple[tuple[str | None, ...], tuple[int, ...], tuple[int, ...], tuple[str | None, ...]]
"""Paths, None for no range at all; offsets, sizes, and hashes of ranges."""


def _columns(ranges: Iterable[FileRange | None]) -> _Places:
    """Turn ranges into columns."""
    rows = [(None, 0, 0, None) if one is None else (one.path, one.offset, one.size, one.sha256) for one in ranges]
    paths, offsets, sizes, digests = zip(*rows, strict=True)
    return paths, offsets, sizes, digests


def _ranges(places: _Places) -> tuple[FileRange | None, ...]:
    """Turn columns into ranges."""
    return tuple(None if row[0] is None else FileRange(row[0], *row[1:]) for row in zip(*places, strict=True))


def _named(places: _Places) -> Iterator[FileRange]:
    """Turn columns into those ranges that there are."""
    return (one for one in _ranges(places) if one is not None)


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
        rules, chunk, given = work
        raw, hints = [ballot.raw for ballot in chunk], read_hints(given)
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


def _check(parcel: _Named | _Parcel) -> ChunkFindings | None:
    """Check a chunk on a worker; None where it does not see the files."""
    work = parcel.work()
    return None if work is None else check_chunk(work)
