"""The boxes (hòm phiếu) of a bundle: each archive audited with its records, both facts files and the minutes.

A folder of a bundle holds one box: `UUID.bel`, `UUID.facts.json`, `UUID.count.json`, `record.json` and `minutes.pdf`,
where the head decided on a tie `head-decision-1.json` and its page, and perhaps `UUID.commitments`, which needs no
trust. A hand count has record and minutes alone: its verdicts are computed again from its own cases.

Each archive lies in a bundle once, reaches its result, and comes with both facts files and the record: nothing else
shows that its result is that of the ballots (design §2). Boxes of annulled sittings alone may lack them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from msgspec import UNSET

from keys.group import encode_point
from keys.transcript import sha256_hex
from tally.audit.engines.checking import Runner, checker
from tally.audit.head import HEAD, check_heads, check_pages
from tally.audit.minutes import MINUTES_LIMIT, check_beside, check_hand_count
from tally.audit.record import RECORD, ReadRecord, check_records, read_named
from tally.audit.report import Finding, Findings, Report, Verdict
from tally.audit.run import STAGES, audit
from tally.audit.unchecked import CATALOGUE, PDF_SIGNATURES, ROOT, unchecked_in
from voting.documents.archives.commitments import sidecar_of
from voting.documents.bundles.bundle import Bundle
from voting.documents.bundles.head_decision import HEAD_DECISIONS, decision_name, read_head_decision
from voting.documents.canonical import DOCUMENT_LIMIT
from voting.documents.conferences.conference import Conference
from voting.procedures.comparison import unknown_rulesets
from voting.procedures.schema import Ruleset

ARCHIVE, FACTS_FILES = "archive", "facts_files"


@dataclass
class Boxes:
    """A bundle under audit: what was found goes into `findings`, archives are unpacked into `scratch`."""

    bundle: Bundle
    scratch: Path
    findings: Findings
    runner: Runner | None = None
    rulesets: Sequence[Ruleset] = ()
    ballots: int = 0
    makers: set[str] = field(default_factory=set)
    """Whose signature under the manifest is asked for: any one of these keys, as the kind of the bundle says."""
    unnamed: str = ""
    """What is said where there is no maker at all; empty where that is nothing special."""
    conferences: list[Conference] = field(default_factory=list)
    """Those of all records and archives that were read."""
    annulled: frozenset[str] = frozenset()
    """Names of archives of sittings that the findings calls annulled."""
    unchecked: set[str] = field(default_factory=lambda: {ROOT})
    """What was not checked of some box."""
    seen: dict[str, str] = field(default_factory=dict)
    """Names of the archives audited so far, by hash, by uuid, by their keys and by box of a ceremony."""

    @cached_property
    def records(self) -> dict[str, ReadRecord]:
        """All records that can be read, by name; those that cannot are noted."""
        found: dict[str, ReadRecord] = {}
        for name in self.bundle.names():
            if PurePosixPath(name).match("record*.json"):
                read = self.findings.read(RECORD, name, lambda: read_named(name, self.raw(name)))  # noqa: B023
                if read is not None:
                    found[name] = read
                    self.conferences.append(read.record.conference)
        return found

    def raw(self, name: str, limit: int = DOCUMENT_LIMIT) -> bytes:
        """Read a file; raise InvalidBundle if it is not there or too large."""
        return self.bundle.read(name, limit)

    def folders(self) -> list[str]:
        """Return the folders with a box or a record in them, "" for the top."""
        names = [*self.records, *(name for name in self.bundle.names() if name.endswith(".bel"))]
        return sorted({name.rpartition("/")[0] for name in names})

    def check(self, folder: str) -> None:
        """Audit the box of one folder, its records and minutes."""
        records = {name: one for name, one in self.records.items() if name.rpartition("/")[0] == folder}
        archives = [name for name in self.bundle.names() if _is_in(name, folder, ".bel")]
        by_box: dict[str, dict[str, bytes]] = {name: {} for name in archives}
        for name, read in records.items():
            if not check_beside(self.findings, self.bundle, name, read):
                self.unchecked.add(PDF_SIGNATURES)
            if read.record.form == "paper":
                check_hand_count(self.findings, name, read, self.rulesets)
                if unknown_rulesets(read.record.conference, self.rulesets):
                    self.unchecked.add(CATALOGUE)
                continue
            box = _joined(folder, f"{read.record.uuid}.bel")
            self._check_facts(name, read, box)
            if self.findings.require(ARCHIVE, box in by_box, name, f"{box} is missing"):
                by_box[box][name] = self.raw(name)
        for box, texts in by_box.items():
            self._check_box(box, texts)
        self._check_heads(folder, records.values())

    def heads(self, folder: str) -> list[str]:
        """Return the names of the head's decisions in a folder."""
        names = (name for name in self.bundle.names() if _is_in(name, folder, ".json"))
        return [name for name in names if PurePosixPath(name).match(HEAD_DECISIONS)]

    def _check_heads(self, folder: str, records: Iterable[ReadRecord]) -> None:
        """Check the head's decisions of a folder, that their names are those of their papers, and their pages."""
        raws = {name: self.findings.read(HEAD, name, lambda: self.raw(name)) for name in self.heads(folder)}  # noqa: B023
        found = check_heads(self.findings, records, {name: raw for name, raw in raws.items() if raw is not None})
        for name, (_, raw) in found.items():
            paper = read_head_decision(raw)[1].paper
            own = PurePosixPath(name).name == decision_name(paper)
            self.findings.require(HEAD, own, name, f"holds the decision on paper {paper}")
        check_pages(self.findings, found, lambda name: self.raw(name, MINUTES_LIMIT))

    def _check_box(self, box: str, texts: dict[str, bytes]) -> None:
        report = self._audited(box)
        merge(self.findings, report, box)
        if report.verdict in (Verdict.UNREADABLE, Verdict.UNSUPPORTED):
            self.unchecked |= {*unchecked_in(report)}
            return
        self._check_once(box, report)
        self._check_keys(box, report)
        self.ballots += report.ballots
        known = len(report.checks)
        whole = check_records(report, texts)
        for finding in whole.checks[known:]:
            self.findings.add(finding)
        self.findings.notes += whole.notes[len(report.notes) :]
        self.findings.excused += whole.excused
        self.unchecked |= {*unchecked_in(whole)} - {PDF_SIGNATURES}
        conference = report.election.conference if report.election else None
        self.conferences += [conference] if conference is not None else []
        if box in self.annulled and not texts:
            self.findings.notes.append(f"{box}: of an annulled sitting, without a record")
        elif report.election is not None:
            self._check_whole(box, report, recorded=bool(texts))

    def _check_once(self, box: str, report: Report) -> None:
        """Check that an archive bears the name of its election, and lies here once only, cut or whole."""
        uuid = report.election.uuid if report.election is not None else ""
        if uuid:
            own = PurePosixPath(box).name == f"{uuid}.bel"
            self.findings.require(ARCHIVE, own, box, f"the archive of the election {uuid}, under another name")
        for known in {report.archive_hash, uuid} - {""}:
            first = self.seen.setdefault(known, box)
            self.findings.require(ARCHIVE, first == box, box, f"an archive of the same election as {first}")

    def _check_keys(self, box: str, report: Report) -> None:
        """Check that no other box was opened by the same keys: a share opens one box, and its ceremony numbers them."""
        election = report.election
        if election is None:
            return
        named = election.conference.ceremony if election.conference is not None else UNSET
        keys = [f"key {encode_point(election.public_key)}"]
        keys += [] if named is UNSET else [f"box {named.box} of {named.fingerprint}"]
        for known in keys:
            first = self.seen.setdefault(known, box)
            self.findings.require(ARCHIVE, first == box, box, f"the tellers' keys of {first}, used twice")

    def _check_whole(self, box: str, report: Report, *, recorded: bool) -> None:
        """Check that a box reached its result, and that record and facts of it are there."""
        far = report.reached == STAGES["Result"]
        self.findings.require(ARCHIVE, far, box, f"ends with {report.reached}: its result expected")
        stem = box.removesuffix(".bel")
        for file in () if recorded else (f"{stem}.facts.json", f"{stem}.count.json"):  # with a record they are compared
            self.findings.require(FACTS_FILES, file in self.bundle.entries, file, "missing")
        conference = report.election.conference if report.election is not None else None
        if conference is None:
            self.findings.failed(RECORD, box, "an election without a conference, of which there is no record")
        else:
            self.findings.require(RECORD, recorded, box, "its record is missing")

    def _audited(self, box: str) -> Report:
        path = self.scratch / "box.bel"
        sidecar = box.removesuffix(".bel") + ".commitments"
        self._unpack(box, path)
        sidecar_of(path).unlink(missing_ok=True)
        if sidecar in self.bundle.entries:
            self._unpack(sidecar, sidecar_of(path))
        return audit(path, checker=checker(path, runner=self.runner), rulesets=self.rulesets)

    def _unpack(self, name: str, path: Path) -> None:
        with path.open("wb") as out:
            for piece in self.bundle.chunks(name):
                out.write(piece)

    def _check_facts(self, name: str, read: ReadRecord, box: str) -> None:
        """Check that both facts files lie beside the box as the record has them."""
        hashes = read.record.hashes
        if not self.findings.require(FACTS_FILES, hashes is not None, name, "an electronic record without hashes"):
            return
        assert hashes is not None
        stem = box.removesuffix(".bel")
        for file, wanted in ((f"{stem}.facts.json", hashes.facts), (f"{stem}.count.json", hashes.count)):
            raw = self.findings.read(FACTS_FILES, file, lambda: self.raw(file))  # noqa: B023 - called at once
            if raw is not None:
                self.findings.require(FACTS_FILES, sha256_hex(raw) == wanted, file, f"not the file that {name} names")


def merge(findings: Findings, report: Report, box: str) -> None:
    """Add what the audit of one archive found, each place behind the archive's name."""
    for one in report.checks:
        first = tuple(f"{box}: {place}" for place in one.first)
        findings.add(Finding(one.check, one.examined, one.failed, first, one.awaited))
    findings.notes += [f"{box}: {note}" for note in report.notes]
    if report.verdict is Verdict.UNREADABLE:
        findings.failed(ARCHIVE, box, report.why)
    elif report.verdict is Verdict.UNSUPPORTED:
        findings.unsupported.append(f"{box}: {report.why}")
    else:
        findings.passed(ARCHIVE)


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_in(name: str, folder: str, ending: str) -> bool:
    return name.rpartition("/")[0] == folder and name.endswith(ending)
