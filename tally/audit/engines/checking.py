"""The audit's checker on the fast engine: chunks in, findings out, in this process, on all cores or on many machines.

``check_chunk`` is a pure function of a chunk, its hints and the audit's rules; findings and sums merge. So it does not
matter who computes it, or how often: the result of an audit is the same everywhere, and a worker that dies loses
nothing. Chunks are handed out and taken back in the order of the archive, a bounded number of them at a time.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from pathlib import Path

from keys.elgamal import Ciphertext
from keys.group import Point
from tally import fast
from tally.audit.ballots import (
    ELECTION,
    FORM,
    PROOFS,
    SIGNATURE,
    BallotRules,
    Checker,
    Chunk,
    ChunkFindings,
    NumberedBallot,
    Voted,
    check_ballots,
)
from tally.audit.copies import mark
from tally.audit.report import Findings
from tally.result.sum import add_tallies
from voting.documents.archives.commitments import POINT, hints, sidecar_of
from voting.documents.archives.file_ranges import FileRange, read_ranges
from voting.documents.ballots.request import commitments_size

Hints = tuple[bytes | FileRange | None, ...]
"""For each ballot of a chunk its commitments, or where a sidecar has them, or None."""
Work = tuple[BallotRules, Chunk, Hints]
Runner = Callable[[Iterable[Work]], Iterator[ChunkFindings]]

_AHEAD = 2  # chunks for each worker that are read before the first is back
_FEWEST = 2  # chunks below which starting processes costs more than it saves
_FEW_BRANCHES = 4000  # of proofs: so many are checked one by one sooner (a second or two) than numba is loaded
_BALLOTS, _BYTES = 512, 5 * 1024 * 1024  # of a joined chunk: about as much as a batch takes
_PARTS = 4  # of what is left to read, towards the end: nobody waits long for whoever has the last chunk
_LAST_BYTES = 1024 * 1024  # but not less than this: half of it costs a sixth more a ballot than a full batch


def checker(archive: str | Path, *, workers: int | None = None, runner: Runner | None = None) -> Checker:
    """Return the quickest checker of this machine for an archive; with the same findings as ``one_by_one``.

    Args:
        archive: its path; a sidecar beside it is used, and never trusted.
        workers: processes, by default one for each core that this process may use.
        runner: who computes chunks instead, such as ``tally.audit.engines.cluster``.
    """

    def check(rules: BallotRules, chunks: Iterable[Chunk]) -> Iterator[ChunkFindings]:
        found = hints(sidecar_of(archive), commitments_size(rules.election))
        run = runner or (lambda works: on_all_cores(works, workers or cores()))
        yield from run((rules, chunk, _fitting(chunk, found)) for chunk in _joined(chunks, _size(archive)))

    return check


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fitting(chunk: Chunk, found: Iterator[FileRange | None]) -> Hints:
    """Take the hints of a chunk, but none that is longer than its ballot: an honest one is less than half as long."""
    pairs = zip(chunk, islice(found, len(chunk)), strict=True)
    return tuple(hint if hint is not None and hint.size <= len(ballot.raw) else None for ballot, hint in pairs)


def _size(archive: str | Path) -> int:
    """Return how many bytes there are to read, about; 0, which makes all chunks small, where that is not known."""
    try:
        return os.stat(archive).st_size
    except OSError:
        return 0


def _joined(chunks: Iterable[Chunk], size: int) -> Iterator[Chunk]:
    """Cut chunks anew: large ones, for batches pay from some ten thousand points; smaller ones near the end."""
    joined: list[NumberedBallot] = []
    left, held = size, 0
    for ballot in chain.from_iterable(chunks):
        joined.append(ballot)
        held += len(ballot.raw)
        if len(joined) >= _BALLOTS or held >= min(_BYTES, max(_LAST_BYTES, left // _PARTS)):
            yield tuple(joined)
            joined, left, held = [], left - held, 0
    if joined:
        yield tuple(joined)


def check_chunk(work: Work) -> ChunkFindings:
    """Check a chunk: in batches where the fast engine works, and what that leaves open by the reference."""
    rules, chunk, given = work
    try:
        return _in_batches(rules, chunk, given) if fast.available() else check_ballots(rules, chunk)
    except Exception:  # noqa: BLE001 - a fault of the engine may cost time, never a verdict
        return check_ballots(rules, chunk)


def _in_batches(rules: BallotRules, chunk: Chunk, given: Hints) -> ChunkFindings:
    """Check a chunk on the fast engine."""
    from tally.fast.batch import accept, sum_accepted
    from tally.fast.layout import layout_of

    accepted = accept(rules.election, [ballot.raw for ballot in chunk], read_hints(given))
    pairs = list(zip(chunk, accepted, strict=True))
    valid = [(ballot, one) for ballot, one in pairs if one is not None]
    left = check_ballots(rules, [ballot for ballot, one in pairs if one is None])
    if not valid:
        return left
    tally = sum_accepted(layout_of(rules.election), [one for _, one in valid])
    findings = Findings()
    for check in (FORM, ELECTION, SIGNATURE, PROOFS):
        findings.passed(check, len(valid) * (len(rules.election.questions) if check == PROOFS else 1))
    for finding in left.findings:
        findings.add(finding)
    voted = [_voted(rules, ballot.height, one.parsed.points) for ballot, one in valid] + list(left.voted)
    voted.sort(key=lambda one: one.height)  # a second ballot of a card is the later one
    tally = add_tallies(tally, left.tally) if left.voted else tally  # a sum is as wide as the election asks
    return ChunkFindings(findings.findings, tally, tuple(voted), len(chunk))


def read_hints(given: Hints) -> list[bytes | None]:
    """Read the hints that lie in a sidecar; None for those that are not there."""
    read = read_ranges(hint for hint in given if isinstance(hint, FileRange))
    return [next(read) if isinstance(hint, FileRange) else hint for hint in given]


def _voted(rules: BallotRules, height: int, points: bytes) -> Voted:
    """Collect what the box needs of an accepted ballot: ``points`` as in ``ParsedBallot``."""
    parts = [Point(points[at : at + POINT]) for at in range(0, len(points), POINT)]
    pairs = zip(parts[0:-1:2], parts[1:-1:2], strict=True)
    return Voted(height, parts[-1], tuple(mark(rules.mark_key, Ciphertext(alpha, beta)) for alpha, beta in pairs))


def in_this_process(works: Iterable[Work]) -> Iterator[ChunkFindings]:
    """Compute chunk after chunk here."""
    return map(check_chunk, works)


def on_all_cores(works: Iterable[Work], workers: int) -> Iterator[ChunkFindings]:
    """Compute chunks in processes that share nothing; here, where there is little to do."""
    waiting = iter(works)
    first = list(islice(waiting, _FEWEST))
    if len(first) < _FEWEST and sum(map(_branches, first)) < _FEW_BRANCHES:
        yield from (check_ballots(rules, chunk) for rules, chunk, _ in first)
        return
    if workers < 2 or len(first) < _FEWEST:
        yield from in_this_process(chain(first, waiting))
        return
    fast.available()  # compiles and fills the cache once, before there are several processes
    with ProcessPoolExecutor(workers, mp_context=_context()) as pool:
        yield from _in_order(chain(first, waiting), lambda work: pool.submit(check_chunk, work), _AHEAD * workers)


def _branches(work: Work) -> int:
    """Return how many branches the proofs of a chunk have."""
    rules, chunk, _ = work
    return len(chunk) * sum(2 * question.width + question.branches for question in rules.election.questions)


def _context() -> multiprocessing.context.BaseContext:
    """Fork where that is safe, which saves loading everything again; else start afresh."""
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _in_order(
    works: Iterable[Work], submit: Callable[[Work], Future[ChunkFindings]], ahead: int
) -> Iterator[ChunkFindings]:
    """Keep ``ahead`` chunks under way; yield their findings in the order in which they were handed out."""
    under_way: deque[tuple[Work, Future[ChunkFindings] | None]] = deque()
    for work in works:
        under_way.append((work, _submitted(work, submit)))
        if len(under_way) >= ahead:
            yield _result(*under_way.popleft())
    while under_way:
        yield _result(*under_way.popleft())


def _submitted(work: Work, submit: Callable[[Work], Future[ChunkFindings]]) -> Future[ChunkFindings] | None:
    """Hand a chunk to a process; None where the processes are gone."""
    try:
        return submit(work)
    except BrokenProcessPool:
        return None


def _result(work: Work, future: Future[ChunkFindings] | None) -> ChunkFindings:
    """Wait for a chunk; compute it here if the process that had it died."""
    try:
        return check_chunk(work) if future is None else future.result()
    except BrokenProcessPool:
        return check_chunk(work)
