"""The audit, in the order of the archive. It reads the file once and holds one chunk of ballots in memory.

1. structure   every member, name, event, parent, order, record                                   walk
2. Setup       election, tellers' keys, election key, public credentials, conference              setup, conference
3. ballots     form, election, signature, proofs of each; cards, copies                           ballots, box, copies
4. outcome     encrypted tally, partial decryptions, result, each computed again                  outcome

No failure ends it, so that the report names everything that is wrong; only an election that we cannot judge does.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tally.audit.ballots import BallotRules, Checker, NumberedBallot, one_by_one
from tally.audit.box import Box, check_box
from tally.audit.outcome import Decryptions, check_result, check_shares, check_tally
from tally.audit.report import Findings, Report, Verdict
from tally.audit.setup.conference import check_turnout
from tally.audit.setup.election import Setup, check_setup
from tally.audit.walk import ORDER, walk
from voting.documents.archives.archive import ArchiveReader, open_archive
from voting.documents.archives.events import Entry, EventKind
from voting.documents.archives.file_ranges import FileRange
from voting.documents.archives.members import BLOCK, Member
from voting.documents.archives.outcome import Counts
from voting.documents.errors import DocumentError
from voting.procedures.schema import Ruleset

MARK_KEY_BYTES = 32
MOST_OTHERS = 1000  # events that are not ballots: tellers, and a few more
MOST_OTHER_BYTES = 256 * 1024 * 1024
MOST_ANSWERS = 20_000_000
"""Answers of all ballots: 20,000 cards, as many as a deck has, with 1,000 answers each."""

STAGES: dict[EventKind | None, str] = {
    None: "nothing",
    "Setup": "setup",
    "Ballot": "ballots",
    "EndBallots": "end_ballots",
    "EncryptedTally": "encrypted_tally",
    "Shuffle": "shuffles",
    "EndShuffles": "shuffles",
    "PartialDecryption": "partial_decryptions",
    "Result": "result",
}
Progress = Callable[[int], None]


def audit(
    path: str | Path,
    *,
    progress: Progress | None = None,
    checker: Checker = one_by_one,
    rulesets: Sequence[Ruleset] = (),
) -> Report:
    """Audit the archive at `path`; `progress` is told the bytes read so far. Never raises for what the file holds.

    `rulesets` are catalogues to compare its conference with, besides those that are shipped.
    """
    findings = Findings()
    try:
        with open_archive(path) as archive:
            return _Run(str(Path(path).absolute()), archive, findings, progress, checker, rulesets).report()
    except _TooMuch as error:
        verdict = Verdict.UNSUPPORTED if findings.sound else Verdict.NOT_SOUND
        return Report(verdict, STAGES["Ballot"], findings.findings, why=str(error))
    except (OSError, DocumentError) as error:
        return Report(Verdict.UNREADABLE, STAGES[None], findings.findings, why=f"cannot be read: {error}")


class _TooMuch(Exception):
    """An archive asks for more work than any sitting of ours."""


class _Run:
    """One audit under way: the events that are not ballots are kept while the ballots stream past."""

    def __init__(
        self,
        path: str,
        archive: ArchiveReader,
        findings: Findings,
        progress: Progress | None,
        checker: Checker,
        rulesets: Sequence[Ruleset],
    ) -> None:
        self._path, self._archive = path, archive
        self._ledger, self._progress, self._checker, self._rulesets = findings, progress, checker, rulesets
        self._entries = walk(archive, findings)
        self._others: dict[EventKind, list[Entry]] = {}
        self._kept = self._kept_bytes = 0
        self._width = self._answers = 0
        self._setup_event = ""

    def report(self) -> Report:
        """Check everything in the order of the archive, and say what was found."""
        setup = self._setup()
        box = self._box(setup)
        for _ in self._ballots():  # what could not be judged: its structure is checked at least
            pass
        return self._judge(setup, box, *self._outcome(setup, box))

    def _setup(self) -> Setup:
        first = next(self._entries, None)
        if first is not None and first.event.type == "Setup":
            self._setup_event = first.digest
            return check_setup(self._ledger, first, self._rulesets)
        self._ledger.failed(ORDER, "event 0", "a whole Setup expected first")
        return Setup()

    def _box(self, setup: Setup) -> Box | None:
        if setup.election is None:
            return None
        self._width = sum(question.width for question in setup.election.questions)
        rules = BallotRules.of(setup.election, secrets.token_bytes(MARK_KEY_BYTES))
        box = check_box(self._ledger, rules, setup.credentials, self._ballots(), self._checker)
        if self._answers > MOST_ANSWERS:
            raise _TooMuch(
                f"at most {MOST_ANSWERS} answers in all ballots together expected, more found from the ballot"
                f" {box.ballots + 1} on, with {self._width} answers each; no sitting is so large: ask whoever handed"
                " this file over what it is, and if it is genuine, check it by another program (belenios-tool)"
            )
        check_turnout(self._ledger, setup.election, box.ballots)
        return box

    def _ballots(self) -> Iterator[NumberedBallot]:
        for entry in self._entries:
            if self._progress is not None:
                self._progress(self._archive.offset)
            if entry.event.type == "Ballot" and entry.payload is not None:
                self._answers += self._width
                if self._answers > MOST_ANSWERS:
                    return
                yield self._numbered(entry, entry.payload)
            elif self._kept < MOST_OTHERS and self._kept_bytes < MOST_OTHER_BYTES:
                self._kept += 1
                self._kept_bytes += sum(map(len, entry.records))
                self._others.setdefault(entry.event.type, []).append(entry)
            else:
                self._ledger.failed(ORDER, entry.place, "more events than tellers")

    def _numbered(self, entry: Entry, ballot: Member) -> NumberedBallot:
        """Number a ballot, and note where it lies in the file."""
        kept = FileRange(self._path, ballot.offset + BLOCK, len(ballot.body), ballot.sha256)
        return NumberedBallot(entry.height, ballot.body, kept)

    def _outcome(self, setup: Setup, box: Box | None) -> tuple[Decryptions, Counts | None]:
        if setup.election is None or setup.trustees is None or box is None:
            return {}, None
        for entry in self._others.get("EncryptedTally", ()):
            check_tally(self._ledger, entry, box)
        shares = self._others.get("PartialDecryption", ())
        decryptions = check_shares(self._ledger, shares, setup.election, setup.trustees, box)
        result: Counts | None = None
        if setup.election.conference is not None and "Result" in self._others:  # Belenios itself lets it be left out
            why = "the box was never closed: an EndBallots event expected before the result of a conference"
            self._ledger.require(ORDER, self._archive.chain.end_ballots is not None, "Result", why)
        for entry in self._others.get("Result", ()):
            result = check_result(self._ledger, entry, setup.trustees, box, decryptions)
        return decryptions, result

    def _judge(self, setup: Setup, box: Box | None, decryptions: Decryptions, result: Counts | None) -> Report:
        findings, chain = self._ledger, self._archive.chain
        verdict = Verdict.SOUND if findings.sound else Verdict.NOT_SOUND
        if findings.sound and findings.unsupported:
            verdict = Verdict.UNSUPPORTED
        return Report(
            verdict=verdict,
            reached=STAGES[chain.kind],
            checks=findings.findings,
            why="; ".join(findings.unsupported[:1]),
            election=setup.election,
            trustees=setup.trustees,
            ballots=chain.ballots,
            tally=box.tally if box is not None else (),
            decryptions=decryptions,
            result=result if findings.sound else None,
            archive_hash=self._archive.sha256(),
            setup_event=self._setup_event,
            last_event=chain.digest or "",
            end_ballots=chain.end_ballots or "",
            timestamp=self._archive.timestamp,
            notes=tuple(findings.notes),
        )
