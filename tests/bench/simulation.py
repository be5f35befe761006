"""How long an audit of a million or a hundred million ballots takes on many machines: a model, with its assumptions.

One process reads an archive, hashes it, hands chunks out and merges what comes back; its cost a ballot is measured
here on an audit whose checker does nothing but send each chunk through pickle. The others check; theirs is the slope
that was measured.
"""

import pickle
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tally.audit import audit
from tally.audit.ballots import BallotRules, Chunk, ChunkFindings, NumberedBallot, Voted
from tally.audit.report import Finding
from tally.result.sum import nothing
from tests.bench.boxes import Box

CORES = 16  # of a machine
ARCHIVE_BALLOTS = 100_000  # of a province that has an archive of its own
START = 10.0  # seconds until all workers have loaded their code from a cache
LINK = 1.25e8  # bytes a second that leave the machine of a reader: one gigabit


@dataclass(frozen=True)
class Rates:
    """Seconds a ballot of CPU, for reading and for checking, and its bytes with commitments."""

    reading: float
    checking: float
    size: float


def reading_cost(box: Box) -> float:
    """Seconds a ballot that the reading process spends."""

    def checker(rules: BallotRules, chunks: Iterable[Chunk]) -> Iterator[ChunkFindings]:
        for chunk in chunks:
            pickle.loads(pickle.dumps((rules, chunk, (bytes(64 * 180),) * len(chunk))))
            yield ChunkFindings((Finding("ballot_form", len(chunk)),), nothing(rules.election), _voted(chunk), 0)

    def _voted(chunk: tuple[NumberedBallot, ...] | Chunk) -> tuple[Voted, ...]:
        return tuple(Voted(one.height, one.raw[:32], tuple(range(2 * box.names))) for one in chunk)  # type: ignore[arg-type]

    started = time.process_time()
    audit(box.path, checker=checker)
    return (time.process_time() - started) / box.ballots


def seconds(ballots: int, machines: int, rates: Rates, readers: int) -> float:
    """Time of an audit: whichever is slowest of reading, sending and checking."""
    reading = ballots / readers * max(rates.reading, rates.size / LINK if machines > readers else 0.0)
    checking = ballots * rates.checking / (machines * CORES)
    return START + max(reading, checking)


def _best(ballots: int, machines: int, rates: Rates, readers: int) -> float:
    """Time on all machines, or on the readers alone where sending takes longer than it saves."""
    return min(seconds(ballots, used, rates, readers) for used in (readers, machines))


def table(rates: Rates) -> list[tuple[str, str, str, str]]:
    """Rows: ballots, machines, with one archive, with an archive a province."""
    rows = []
    for ballots in (1_000_000, 100_000_000):
        for machines in (10, 100, 1000):
            many = min(machines, ballots // ARCHIVE_BALLOTS)
            times = (_best(ballots, machines, rates, readers) for readers in (1, many))
            rows.append((f"{ballots:,}", f"{machines:,}", *map(spell, times)))
    return rows  # type: ignore[return-value]


def spell(time: float) -> str:
    """Seconds as people say them."""
    if time < 120:
        return f"{time:.0f} s"
    return f"{time / 60:.0f} min" if time < 7200 else f"{time / 3600:.1f} h"
