"""What an audit says: a finding per check, with how many were examined, how many failed, and the first places."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from keys.errors import KeysError
from keys.trustees import Trustees
from tally.errors import TallyError
from voting.documents.archives.outcome import Counts, PartialDecryption, Tally
from voting.documents.conferences.election import Election
from voting.documents.errors import BrokenChain, DocumentError

T = TypeVar("T")

FIRST = 5  # places that a finding names
Errors = (DocumentError, KeysError, TallyError)


class Verdict(StrEnum):
    """The outcome of an audit; only SOUND is a pass. INCOMPLETE: required signatures are awaited, all else holds."""

    SOUND = "sound"
    NOT_SOUND = "unsound"
    INCOMPLETE = "incomplete"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: how often it was made, how often it failed, and the first places with the reason.

    `awaited` of those that failed lack a signature that is still to come, and nothing else.
    """

    check: str
    examined: int = 0
    failed: int = 0
    first: tuple[str, ...] = ()
    awaited: int = 0

    def __add__(self, later: "Finding") -> "Finding":
        """Join with the same check made on later things."""
        first = (*self.first, *later.first)[:FIRST]
        examined, failed = self.examined + later.examined, self.failed + later.failed
        return Finding(self.check, examined, failed, first, self.awaited + later.awaited)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return what findings come to: SOUND, NOT_SOUND, or INCOMPLETE where signatures alone are awaited."""
    failed = [one for one in findings if one.failed]
    if any(one.failed > one.awaited for one in failed):
        return Verdict.NOT_SOUND
    return Verdict.INCOMPLETE if failed else Verdict.SOUND


class Findings:
    """Findings in the making, in the order in which the checks were first made."""

    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}
        self.unsupported: list[str] = []
        self.notes: list[str] = []
        self.excused: list[str] = []

    def add(self, finding: Finding) -> None:
        """Add what was found elsewhere."""
        before = self._findings.get(finding.check)
        self._findings[finding.check] = finding if before is None else before + finding

    def passed(self, check: str, examined: int = 1) -> None:
        """Note things in order."""
        self.add(Finding(check, examined))

    def failed(self, check: str, place: str, why: str) -> None:
        """Note one thing that is not in order, and where."""
        self.add(Finding(check, 1, 1, (f"{place}: {why}" if place else why,)))

    def require(self, check: str, holds: bool, place: str, why: str) -> bool:
        """Note one thing, in order or not."""
        if holds:
            self.passed(check)
        else:
            self.failed(check, place, why)
        return holds

    def signed(self, check: str, holds: bool, place: str, name: str) -> None:
        """Note a required signature: there, or awaited of `name`."""
        if holds:
            self.passed(check)
        else:
            self.add(Finding(check, 1, 1, (f"{place}: awaiting signature of {name}",), 1))

    def get(self, check: str, place: str, make: Callable[[], T]) -> T | None:
        """Return what `make` returns and note it; note its error, and return None, where it raises one of ours."""
        made = self.read(check, place, make)
        if made is not None:
            self.passed(check)
        return made

    def read(self, check: str, place: str, make: Callable[[], T]) -> T | None:
        """Do as `get`, but note an error alone: for what is only the way to the thing examined."""
        try:
            return make()
        except BrokenChain as error:
            self.failed(check, error.place, error.why)
        except Errors as error:
            self.failed(check, place, str(error))
        return None

    def holds(self, check: str, place: str, verify: Callable[[], None]) -> bool:
        """Note whether `verify` raises one of our errors."""

        def verified() -> bool:
            verify()
            return True

        return self.get(check, place, verified) is not None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far."""
        return tuple(self._findings.values())

    @property
    def sound(self) -> bool:
        """True while no check has failed."""
        return not any(finding.failed for finding in self._findings.values())


@dataclass(frozen=True, slots=True)
class Report:
    """An audit's outcome. `reached` is the stage of the last event; hashes are hex SHA-256.

    `why` says in one sentence what kept us from judging (UNREADABLE, UNSUPPORTED). `tally` is the sum of the ballots
    that we computed ourselves, `decryptions` holds the tellers' partial decryptions that verify, by owner; `result` is
    the archive's, there only if it was computed again and equal. `timestamp` is
    the archive's, in seconds since 1970. `signed_by` is the id of the key that signed a bundle; `notes` say what is
    worth knowing and changes no verdict. `unchecked` names what nobody checked (see `unchecked`), and `excused` the
    tellers whose signatures the chair's word excuses.
    """

    verdict: Verdict
    reached: str
    checks: tuple[Finding, ...]
    why: str = ""
    election: Election | None = None
    trustees: Trustees | None = None
    ballots: int = 0
    tally: Tally = ()
    decryptions: Mapping[int, PartialDecryption] = field(default_factory=dict)
    result: Counts | None = None
    archive_hash: str = ""
    setup_event: str = ""
    last_event: str = ""
    end_ballots: str = ""
    timestamp: int | None = None
    signed_by: str = ""
    notes: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
