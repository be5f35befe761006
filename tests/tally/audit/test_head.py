"""Decisions of the head beside records that were given: what is compared, and what is not."""

from typing import Any

import msgspec

from tally.audit.head import check_heads, check_pages
from tally.audit.record import ReadRecord, read_named
from tally.audit.report import Findings
from tests.sittings import only, with_result
from tests.tally.records import team, tied_record
from voting.documents.bundles.head_decision import head_decision, unsigned_head_decision
from voting.documents.canonical import canonical
from voting.documents.envelope import EnvelopeSignature, make_envelope, write_envelope
from voting.documents.record import HEAD_DECISION_TYPE, Record, unsigned_record

NAME = "head-decision-1.json"


def failed(findings: Findings) -> str:
    return " | ".join(place for one in findings.findings if one.failed for place in one.first)


def read(record: Record) -> ReadRecord:
    return read_named("record.json", unsigned_record(canonical(record)))


def checked(record: Record, raw: bytes) -> tuple[Findings, dict[str, Any]]:
    findings = Findings()
    return findings, check_heads(findings, [read(record)], {NAME: raw})


def decision(record: Record) -> bytes:
    return unsigned_head_decision(head_decision(record, 1, ["c3"], "nhiều năm kinh nghiệm", "2022-04-11"))


def test_a_record_whose_verdict_is_not_the_rules_is_not_made_final_by_a_decision() -> None:
    honest = tied_record()
    made_up = with_result(honest, verdict=msgspec.structs.replace(only(honest).verdict, minimum=1))
    assert "the rule gives another verdict" not in failed(checked(honest, decision(honest))[0])
    findings, found = checked(made_up, decision(made_up))
    assert "the rule gives another verdict with it" in failed(findings) and found == {}


def test_a_signature_that_is_none_vouches_for_nothing() -> None:
    record = tied_record()
    payload = canonical(head_decision(record, 1, ["c3"], "nhiều năm kinh nghiệm", "2022-04-11"))
    spoiled = make_envelope(payload, HEAD_DECISION_TYPE, [EnvelopeSignature("ab" * 32, "not base64")])
    assert "signature" in failed(checked(record, write_envelope(spoiled))[0])


def test_a_page_of_another_renderer_is_said_to_be_uncompared_and_none_is_needed() -> None:
    record = tied_record(people=team("head"))
    record = msgspec.structs.replace(record, made_by=msgspec.structs.replace(record.made_by, renderer="typst 0.0"))
    found = {NAME: (read(record), decision(record))}
    findings = Findings()
    check_pages(findings, found, lambda name: None)
    assert (findings.findings, findings.unsupported) == ((), [])
    check_pages(findings, found, lambda name: b"%PDF-")
    assert failed(findings) == ""
    assert len(findings.unsupported) == 1 and findings.unsupported[0].startswith("head-decision-1.pdf: ")
