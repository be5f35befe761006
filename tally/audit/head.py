"""Check the head's decisions on ties (quyết định của người đứng đầu) against the records that they are of (design §5).

1. the record    a decision names one of the records here by its payload, and is of its paper and election
2. the choice    the case with it gives a final verdict by the rule, and it is not of a day before the count
3. the hand      signed by the head's key alone; by those who vouch for it where Setup says "on paper"
4. once          one a paper

A tie that is still open is no lack: it is said.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import msgspec

from keys.transcript import sha256_hex
from tally.audit.record import ReadRecord, read_named
from tally.audit.report import Findings, Report, Verdict, verdict_of
from tally.dialogue import in_both
from tally.errors import InvalidRecord, OtherRenderer
from tally.minutes.head_page import check_head_page
from tally.result.rule import decide
from voting.documents.bundles.head_decision import (
    WHAT,
    HeadDecision,
    decision_problems,
    page_name,
    read_head_decision,
    verdict_with,
)
from voting.documents.bundles.signers import by_key, decision_awaited, decision_signers
from voting.documents.case import HeadChoice
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.envelope import Envelope, payload_of, signed_alone, verify_envelope
from voting.documents.record import PaperResult, Record

HEAD = "head_decision"


def check_heads(
    findings: Findings, records: Iterable[ReadRecord], heads: Mapping[str, bytes]
) -> dict[str, tuple[ReadRecord, bytes]]:
    """Check decisions, by file name, and say which ties are open; return those that can stand, with their records."""
    by_payload = {sha256_hex(payload_of(one.envelope, WHAT)): one for one in records}
    found: dict[str, tuple[ReadRecord, bytes]] = {}
    decided: dict[tuple[str, int], tuple[str, HeadDecision]] = {}
    for name, raw in heads.items():
        read = findings.read(HEAD, name, lambda: read_head_decision(raw))  # noqa: B023 - called at once
        if read is None:
            continue
        envelope, decision = read
        of = by_payload.get(decision.record)
        if of is None:
            findings.failed(HEAD, name, f"of another record, {decision.record[:16]}…, than those given here")
            continue
        first, own = decided.setdefault((decision.record, decision.paper), (name, decision))
        findings.require(HEAD, own == decision, name, f"a second decision on paper {decision.paper}, after {first}")
        if _holds(findings, name, decision, of.record):
            found[name] = (of, raw)
        _check_signers(findings, name, envelope, of.record)
    for payload, one in by_payload.items():
        for result in one.record.papers:
            if result.verdict.status != "final" and (payload, result.paper) not in decided:
                findings.notes.append(f"{one.place}: {open_tie(one.record, result)}")
    return found


def check_decisions(report: Report, records: Mapping[str, bytes], heads: Mapping[str, bytes]) -> Report:
    """Check decisions with the records given of an archive, by file name, and return the report with it added."""
    if report.verdict in (Verdict.UNREADABLE, Verdict.UNSUPPORTED):
        return report
    findings, read = Findings(), Findings()
    found = [read.read(HEAD, name, lambda: read_named(name, raw)) for name, raw in records.items()]  # noqa: B023
    check_heads(findings, [one for one in found if one is not None], heads)
    checks, notes = (*report.checks, *findings.findings), tuple(dict.fromkeys((*report.notes, *findings.notes)))
    return replace(report, verdict=verdict_of(checks), checks=checks, notes=notes)


def check_pages(
    findings: Findings, found: Mapping[str, tuple[ReadRecord, bytes]], page: Callable[[str], bytes | None]
) -> None:
    """Compare the pages of decisions with them; `page` reads one by name, None where it need not be there."""
    for name, (of, raw) in found.items():
        own = page_name(name)
        pdf = findings.read(HEAD, own, lambda: page(own))  # noqa: B023 - called at once
        if pdf is None:
            continue
        record, payload = payload_of(of.envelope, WHAT), payload_of(read_head_decision(raw)[0], WHAT)
        fault = findings.read(HEAD, own, lambda: _compared(pdf, record, payload))  # noqa: B023
        if isinstance(fault, OtherRenderer):
            findings.unsupported.append(f"{own}: {fault}")
        elif fault is not None:
            findings.passed(HEAD)


def _compared(pdf: bytes, record: bytes, payload: bytes) -> OtherRenderer | bool:
    """Compare a page; return whether it is as rendered, or which other renderer made it."""
    try:
        check_head_page(pdf, record, payload)
    except OtherRenderer as error:
        return error
    return True


def open_tie(record: Record, result: PaperResult) -> str:
    """Say who is tied on a paper, for how many places, and who decides it."""
    tie, head = result.verdict.tie, record.conference.head
    assert tie is not None, "a verdict that is not final has a tie"
    names = {one.id: one.name for one in result.case.candidates}
    tied = ", ".join(names.get(one, one) for one in tie.candidates)
    key = "verify.open_tie" if result.verdict.status == "awaiting_head" else "verify.open_vote"
    return in_both(key, paper=result.paper, head=head.name, role=head.role, names=tied, places=tie.places)


def _holds(findings: Findings, name: str, decision: HeadDecision, record: Record) -> bool:
    """Check what a decision says; by the rule itself, the case with it must give a final verdict."""
    problems = list(decision_problems(decision, record))
    for problem in problems:
        findings.failed(HEAD, name, problem)
    return not problems and findings.holds(HEAD, name, lambda: _check_verdict(decision, record))


def _check_verdict(decision: HeadDecision, record: Record) -> None:
    choice = HeadChoice(decision.chosen, decision.by, decision.reason, decision.on)
    result = record.of(decision.paper)
    verdict = decide(msgspec.structs.replace(result.case, head_decision=choice))
    if verdict.status != "final" or verdict != verdict_with(result, decision):
        raise InvalidRecord("head's decision: the rule gives another verdict with it")


def _check_signers(findings: Findings, name: str, envelope: Envelope, record: Record) -> None:
    head, signers = record.conference.head, decision_signers(record)
    if head.key != ON_PAPER:
        alone = findings.read(HEAD, name, lambda: signed_alone(envelope, head.key))
        findings.require(HEAD, bool(alone), name, f"not signed by {head.name} alone")
        return
    valid = findings.read(HEAD, name, lambda: verify_envelope(envelope, [one.key for one in by_key(signers)]))
    if valid is None:
        return
    strange = [one.keyid for one in envelope.signatures if one.keyid not in valid]
    findings.require(HEAD, not strange, name, "a signature by nobody who vouches for it, or one that does not verify")
    names = decision_awaited(envelope, record)
    findings.signed(HEAD, not names, name, ", ".join(names))
    why = "nobody signed by key: a decision that is on paper alone cannot be checked here"
    findings.require(HEAD, bool(signers), name, why)
