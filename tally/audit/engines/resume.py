"""An audit that was interrupted goes on where it was: chunks found sound are noted in a journal (nhật ký kiểm tra).

The first line says that the file is a journal: whatever else lies at the path is refused and left as it is. Then one
line a chunk, in the order of the archive: SHA-256 of its ballots and rules, and its encrypted sum. The journal is
trusted as the program is, so it must be a file of the user that nobody else can write to, and what another version of
the program noted does not count. At the first chunk that is not all sound it ends: failures are always found anew. What
concerns the whole box (cards, copies, the sum) is checked anew from every ballot, too.
"""

import hashlib
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from keys.errors import KeysError
from tally.audit.ballots import ELECTION, FORM, PROOFS, SIGNATURE, ChunkFindings, parse_form, voted_by
from tally.audit.engines.checking import Runner, Work
from tally.audit.report import Findings
from tally.errors import NotReady
from voting.documents.archives.outcome import Tally, encode_tally, parse_tally
from voting.documents.errors import DocumentError, InvalidOutcome

_ROOT = Path(__file__).resolve().parents[3]
_SOURCES = ("keys", "voting/documents", "tally")
_TAG = b"phieukin/audit-journal/v2"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def resuming(path: Path, runner: Runner) -> Runner:
    """Return a runner that takes from the journal at `path` what was found sound, and notes what `runner` finds."""

    def run(works: Iterable[Work]) -> Iterator[ChunkFindings]:
        waiting = iter(works)
        with _open(path) as file:
            program = _program()
            lines = _lines(file)
            for work in waiting:
                name, start = _name(program, work), file.tell()
                known = _known(work, name, next(lines, b""))
                if known is None:
                    file.seek(start)
                    file.truncate()
                    yield from _noted(file, program, runner, chain((work,), waiting))
                else:
                    yield known

    return run


def check_own(path: Path) -> None:
    """Raise NotReady unless the journal is, or can be, a file of the user that nobody else can write to; or OSError."""
    _open(path).close()


def _noted(file: BinaryIO, program: bytes, runner: Runner, works: Iterable[Work]) -> Iterator[ChunkFindings]:
    """Let the runner check, and note each sound chunk as it comes back, up to the first one that is not."""
    names: deque[str] = deque()

    def named() -> Iterator[Work]:
        for work in works:
            names.append(_name(program, work))
            yield work

    sound = True
    for found in runner(named()):
        name = names.popleft()
        sound = sound and not any(one.failed for one in found.findings)
        if sound:
            file.write(name.encode() + b" " + encode_tally(found.tally) + b"\n")
            file.flush()
        yield found


def _open(path: Path) -> BinaryIO:
    """Open the journal behind its first line, or begin one; raise NotReady if it is another file, or not one's own."""
    try:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600), "r+b")
    except FileExistsError:
        file = os.fdopen(os.open(path, os.O_RDWR | _NO_LINK | getattr(os, "O_NONBLOCK", 0)), "r+b")
    try:
        _check_journal(path, file)
    except BaseException:
        file.close()
        raise
    return file


def _check_journal(path: Path, file: BinaryIO) -> None:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise NotReady(f"{path}: not a file; choose another name for the journal")
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        raise NotReady(f"{path}: a journal of your own that nobody else can write to expected; choose another file")
    if not status.st_size:
        file.write(_TAG + b"\n")
        file.flush()
    elif file.readline(len(_TAG) + 1) != _TAG + b"\n":
        raise NotReady(f"{path}: this file is no journal and was left as it is; choose another name")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield complete lines; ignore a last line that a crash cut off."""
    while (line := file.readline()).endswith(b"\n"):
        yield line[:-1]


def _known(work: Work, name: str, line: bytes) -> ChunkFindings | None:
    """What the journal's line says of a chunk; None if it is of another one."""
    noted, _, tally = line.partition(b" ")
    if noted != name.encode():
        return None
    try:
        return _again(work, parse_tally(tally))
    except (DocumentError, KeysError):
        return None


def _again(work: Work, tally: Tally) -> ChunkFindings:
    """The findings of a chunk that is all sound, without its proofs being checked."""
    rules, chunk, _ = work
    if [len(row) for row in tally] != [question.width for question in rules.election.questions]:
        raise InvalidOutcome("journal", "a sum of this election's questions expected")
    findings = Findings()
    for check in (FORM, ELECTION, SIGNATURE, PROOFS):
        findings.passed(check, len(chunk) * (len(rules.election.questions) if check == PROOFS else 1))
    voted = tuple(voted_by(rules, ballot.height, parse_form(rules, ballot.raw)) for ballot in chunk)
    return ChunkFindings(findings.findings, tally, voted, len(chunk))


def _name(program: bytes, work: Work) -> str:
    """SHA-256 of program, election, limit, and each ballot with its height."""
    rules, chunk, _ = work
    digest = hashlib.sha256(_TAG + program)
    digest.update(rules.election.fingerprint.encode() + rules.limit.to_bytes(8, "big"))
    for ballot in chunk:
        digest.update(ballot.height.to_bytes(8, "big") + len(ballot.raw).to_bytes(8, "big") + ballot.raw)
    return digest.hexdigest()


def _program() -> bytes:
    """SHA-256 of all sources that decide about a ballot."""
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for source in sorted((_ROOT / folder).rglob("*.py")):
            text = source.read_bytes()
            digest.update(str(source.relative_to(_ROOT)).encode() + b"\0" + len(text).to_bytes(8, "big") + text)
    return digest.digest()
