"""Check the files of one box that lie loose in a folder, as a count or a rehearsal writes them (design §5).

1. the records   against the archive, those of a count by hand by their own numbers        record, minutes
2. the facts     `UUID.facts.json`, `UUID.count.json`, where they are there: those that the records name
3. the minutes   against the record beside them; without it, as the record that they carry
4. the head      decisions on ties and their pages, against the records                    head

What is not there fails nothing, unlike in a bundle; it is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from keys.cards import UUID_PATTERN
from keys.transcript import sha256_hex
from tally.audit.bundles.boxes import FACTS_FILES
from tally.audit.head import check_heads, check_pages
from tally.audit.minutes import MINUTES, SIGNATURES, check_hand_count, compare_minutes
from tally.audit.record import RECORD, ReadRecord, check_contents, check_records, read_named
from tally.audit.report import Findings, Report, Verdict, verdict_of
from tally.pdf.attached import record_in
from tally.pdf.signatures import SignedBy, awaiting
from voting.documents.bundles.signers import excused_tellers, required_signers
from voting.documents.canonical import DOCUMENT_LIMIT
from voting.documents.envelope import make_envelope, payload_of, write_envelope
from voting.documents.record import RECORD_TYPE
from voting.procedures.schema import Ruleset

HAND = "hand_count"
"""How far a count by hand reaches, which has no archive."""


@dataclass(frozen=True, slots=True)
class Loose:
    """Files of one box: the archive, None for a count by hand; records and minutes by name."""

    archive: Path | None
    records: Mapping[str, bytes]
    minutes: Mapping[str, bytes]
    heads: Mapping[str, bytes] = field(default_factory=dict)
    """Decisions of the head on ties, by name."""
    pages: Mapping[str, bytes] = field(default_factory=dict)
    """The pages of decisions, by name."""


def carried_record(name: str, pdf: bytes) -> ReadRecord:
    """Read the record that minutes carry, which has no signatures of its own; raise NotCanonical or TooLarge."""
    return read_named(name, write_envelope(make_envelope(record_in(pdf, DOCUMENT_LIMIT), RECORD_TYPE)))


def check_loose(report: Report, files: Loose, rulesets: Sequence[Ruleset] = ()) -> Report:
    """Check what lies beside an audited archive, or without one, and return the report with what was found added."""
    if report.verdict in (Verdict.UNREADABLE, Verdict.UNSUPPORTED):
        return report
    findings = Findings()
    read = {name: findings.read(RECORD, name, lambda: read_named(name, raw))  # noqa: B023 - called at once
            for name, raw in files.records.items()}  # fmt: skip
    records = {name: one for name, one in read.items() if one is not None}
    electronic = {name: files.records[name] for name, one in records.items() if one.record.form == "electronic"}
    report = check_records(report, electronic) if electronic else report
    for name, one in records.items():
        if name not in electronic:
            _check_alone(findings, files, name)
            check_hand_count(findings, name, one, rulesets)
        elif files.archive is not None:
            _check_facts(findings, files.archive, name, one)
    carried = [_check_minutes(findings, report, files, one, records, rulesets) for one in files.minutes.items()]
    of = [*records.values(), *(one for one in carried if one is not None)]
    check_pages(findings, check_heads(findings, of, files.heads), files.pages.get)
    if report.reached == HAND:
        counted = (result.ballots.collected for one in records.values() for result in one.record.papers)
        report = replace(report, ballots=max(counted, default=0))
    return _with(report, findings)


def _check_alone(findings: Findings, files: Loose, name: str) -> None:
    """Check that no archive lies beside a count by hand, which says nothing of a box: it would vouch for its result."""
    findings.require(
        RECORD, files.archive is None, name, "a count by hand, which is no record of the archive beside it"
    )


def _check_facts(findings: Findings, archive: Path, name: str, read: ReadRecord) -> None:
    """Check that facts files which lie beside the archive are those that the record names."""
    hashes = read.record.hashes if UUID_PATTERN.fullmatch(read.record.uuid) else None  # no way out of the folder
    wanted = {"facts": hashes.facts, "count": hashes.count} if hashes is not None else {}
    for kind, expected in wanted.items():
        path = archive.with_name(f"{read.record.uuid}.{kind}.json")
        if path.is_file():
            with path.open("rb") as opened:
                found = sha256_hex(opened.read(DOCUMENT_LIMIT + 1))
            findings.require(FACTS_FILES, found == expected, path.name, f"not the file that {name} names")


def _check_minutes(
    findings: Findings,
    report: Report,
    files: Loose,
    minutes: tuple[str, bytes],
    records: Mapping[str, ReadRecord],
    rulesets: Sequence[Ruleset],
) -> ReadRecord | None:
    """Check minutes against the record beside them, or as the bearer of their own, which is returned."""
    name, pdf = minutes
    carried = findings.read(MINUTES, name, lambda: carried_record(name, pdf))
    if carried is None:
        return None
    beside = next(iter(records.values()), None)
    if carried.record.form == "paper":
        _check_alone(findings, files, name)
    signed = compare_minutes(findings, name, lambda: pdf, beside or carried)
    if beside is None:
        _check_carried(findings, report, carried, signed, rulesets)
        return carried
    if signed is not None:
        awaited = awaiting(payload_of(beside.envelope, RECORD), signed)
        findings.notes += [f"{name}: awaiting signature of {', '.join(awaited)}"] if awaited else []
    return None


def _check_carried(
    findings: Findings,
    report: Report,
    read: ReadRecord,
    signed: tuple[SignedBy, ...] | None,
    rulesets: Sequence[Ruleset],
) -> None:
    """Check a record that minutes alone bear: what it says, and that all who must have signed the minutes."""
    if read.record.form == "paper":
        check_hand_count(findings, read.place, read, rulesets, by_key=False)
    elif report.election is not None:
        check_contents(findings, report, report.election, read)
    findings.notes.append(f"{read.place}: the minutes and their signatures were checked, not those of record.json")
    if signed is None:
        return
    conference = read.record.conference
    findings.excused += [conference.tellers[owner - 1].name for owner in excused_tellers(conference, read.record)]
    for name in awaiting(payload_of(read.envelope, RECORD), signed):
        findings.signed(SIGNATURES, False, read.place, name)
    findings.passed(SIGNATURES, len(signed))
    if not required_signers(conference, read.record):
        why = "nobody signed by key: minutes that are signed on paper alone cannot be checked here"
        findings.require(SIGNATURES, bool(signed), read.place, why)


def _with(report: Report, findings: Findings) -> Report:
    """Add findings to a report."""
    whole = Findings()
    for one in (*report.checks, *findings.findings):
        whole.add(one)
    verdict, why = verdict_of(whole.findings), report.why
    if verdict is Verdict.SOUND and findings.unsupported:
        verdict, why = Verdict.UNSUPPORTED, findings.unsupported[0]
    return replace(
        report,
        verdict=verdict,
        why=why,
        checks=whole.findings,
        notes=tuple(dict.fromkeys((*report.notes, *findings.notes))),
        excused=tuple(dict.fromkeys((*report.excused, *findings.excused))),
    )
