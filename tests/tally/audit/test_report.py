"""Findings: counted, merged in order, and never more places than people can read."""

import pytest

from keys.errors import InvalidProof
from tally.audit.report import FIRST, Finding, Findings
from voting.documents.errors import BrokenChain


def test_findings_of_two_parts_add_up_and_keep_the_first_places() -> None:
    early = Finding("x", 10, 3, ("a", "b", "c"))
    late = Finding("x", 5, 4, ("d", "e", "f", "g"))
    assert early + late == Finding("x", 15, 7, ("a", "b", "c", "d", "e"))
    assert len((early + late).first) == FIRST


def test_a_ledger_keeps_the_order_in_which_checks_were_made() -> None:
    findings = Findings()
    findings.passed("b")
    findings.failed("a", "place", "why")
    findings.passed("b", 2)
    assert findings.findings == (Finding("b", 3), Finding("a", 1, 1, ("place: why",)))
    assert not findings.sound


def test_an_error_of_ours_is_noted_and_any_other_goes_through() -> None:
    findings = Findings()

    def ours() -> None:
        raise InvalidProof("wrong")

    def chain() -> None:
        raise BrokenChain("events", "event 3", "wrong")

    def other() -> None:
        raise ZeroDivisionError

    assert not findings.holds("x", "here", ours)
    assert not findings.holds("x", "here", chain)
    with pytest.raises(ZeroDivisionError):
        findings.holds("x", "here", other)
    assert findings.findings == (Finding("x", 2, 2, ("here: wrong", "event 3: wrong")),)


def test_reading_on_the_way_counts_only_where_it_fails() -> None:
    findings = Findings()
    assert findings.read("x", "here", lambda: 7) == 7
    assert findings.findings == ()
    assert findings.get("x", "here", lambda: 7) == 7
    assert findings.findings == (Finding("x", 1),)
