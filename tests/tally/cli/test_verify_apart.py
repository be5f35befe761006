"""The audit in a process of its own: what it says of records, and what is made of a process that ends otherwise."""

import json
import os

import pytest

from tally.cli import verify_apart
from tally.cli.verify_apart import audit_apart
from tests.attacks.lab import Lab, counted
from tests.attacks.records import papers

CHECK = {"check": "case", "examined": 1, "failed": 1, "first": ["record: one", "record: two"]}


@pytest.fixture(scope="module")
def box(lab: Lab) -> tuple[bytes, bytes]:
    """A counted archive and its record."""
    draft = counted(lab)
    return draft.raw(), papers(lab, draft).sign()


def test_a_true_record_has_no_fault(box: tuple[bytes, bytes]) -> None:
    archive, record = box
    assert audit_apart(archive, [record]) == ""


def test_an_audit_that_takes_too_long_or_too_much_memory_finds_nothing_true(
    box: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, record = box
    assert audit_apart(archive, [record], memory=1024) == "the audit came to no end"
    assert audit_apart(archive, [record], seconds=0) == "the audit took too long"
    monkeypatch.delattr(os, "killpg")  # as on Windows
    assert audit_apart(archive, [record], seconds=0) == "the audit took too long"


@pytest.mark.parametrize(
    ("report", "fault"),
    [
        ({"verdict": "sound", "reached": "result", "checks": []}, ""),
        ({"verdict": "incomplete", "reached": "result", "checks": []}, ""),
        ({"verdict": "sound", "reached": "end_ballots", "checks": []}, "sound"),
        ({"verdict": "unsound", "reached": "result", "checks": [CHECK]}, "case: record: one; case: record: two"),
        ({"verdict": "unsupported", "reached": "", "checks": [], "why": "weights"}, "weights"),
        ({"verdict": "sound", "reached": "result"}, "the audit came to no end"),
        (["sound"], "the audit came to no end"),
    ],
)
def test_whatever_is_not_a_report_that_says_true_is_a_fault(report: object, fault: str) -> None:
    assert verify_apart._fault(json.dumps(report).encode()) == fault


@pytest.mark.parametrize("printed", [b"", b"sound", b'{"verdict":"sound"'])
def test_what_is_no_report_is_a_fault(printed: bytes) -> None:
    assert verify_apart._fault(printed) == "the audit came to no end"
