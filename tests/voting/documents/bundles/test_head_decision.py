"""A head's decision beside the record that it is of: everything that does not fit is named."""

from typing import Any

import msgspec
import pytest

from keys.files.signing import new_signing_key
from tests.sittings import only
from tests.tally.records import sample_record, team, tied_record
from voting.documents.bundles.head_decision import (
    TiedName,
    counted_on,
    decided,
    decision_problems,
    head_decision,
    record_hash,
    unsigned_head_decision,
    verdict_with,
)
from voting.documents.bundles.signed import read_signed_decision
from voting.documents.canonical import canonical
from voting.documents.envelope import sign_envelope, write_envelope
from voting.documents.errors import InvalidHeadDecision, UnsignedDocument
from voting.documents.record import HEAD_DECISION_TYPE

RECORD = tied_record()
SIGNED_BY_KEY = tied_record(people=team("head"))
DIGITAL = head_decision(SIGNED_BY_KEY, 1, ["c3"], "nhiều năm kinh nghiệm", "2022-04-11")
GOOD = head_decision(RECORD, 1, ["c3"], "nhiều năm kinh nghiệm", "2022-04-11")
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "format": ({"format": 2}, "format 1 expected, 2 found"),
    "record": ({"record": "ab" * 32}, "of another record"),
    "election": ({"uuid": "x"}, "the election"),
    "paper": ({"paper": 2}, "paper 1 to 1 expected, 2 found"),
    "group": ({"tied": (TiedName("c1", "An"),)}, "the tied group and its places"),
    "places": ({"places": 2}, "the tied group and its places"),
    "any number": ({"up_to": True}, "the tied group and its places"),
    "by another": ({"by": "Người Khác"}, "the head that Setup names is"),
    "nobody": ({"chosen": ()}, "chosen must name 1 of the tied group, found 0"),
    "two": ({"chosen": ("c1", "c3")}, "chosen must name 1 of the tied group, found 2"),
    "one twice": ({"chosen": ("c3", "c3")}, "chosen names somebody twice"),
    "an outsider": ({"chosen": ("c2",)}, "'c2' not in the tied group"),
    "no day": ({"on": "11/4/2022"}, "on must be a date"),
    "another spelling of a day": ({"on": "20220411"}, "on must be a date"),
    "before the count": ({"on": "2022-04-09"}, "before the count of 2022-04-10"),
    "no reason": ({"reason": "  "}, "a reason expected"),
    "a reason that breaks lines": ({"reason": "a\u0000b"}, "the reason is"),
}


def test_a_decision_that_fits_has_no_problem_and_ends_the_tie() -> None:
    assert list(decision_problems(GOOD, RECORD)) == []
    assert verdict_with(only(RECORD), None) is only(RECORD).verdict
    verdict = verdict_with(only(RECORD), GOOD)
    assert verdict == decided(only(RECORD).verdict, ["c3"])
    assert (verdict.status, verdict.selected) == ("final", ("c2", "c3"))
    assert verdict.tie == only(RECORD).verdict.tie


@pytest.mark.parametrize(("changes", "words"), CHANGES.values(), ids=CHANGES)
def test_whatever_does_not_fit_is_named(changes: dict[str, Any], words: str) -> None:
    found = list(decision_problems(msgspec.structs.replace(GOOD, **changes), RECORD))
    assert [one for one in found if words in one], found


def test_a_record_without_a_tie_leaves_nothing_to_decide() -> None:
    record = sample_record(3)
    with pytest.raises(ValueError, match="a paper with a tie expected"):
        head_decision(record, 1, ["c1"], "lý do", "2022-04-11")
    found = list(decision_problems(msgspec.structs.replace(GOOD, record=record_hash(record)), record))
    assert found[-1] == "there is no tie for the head on paper 1, so there is nothing to decide"


@pytest.mark.parametrize(
    ("ended", "day"),
    [
        ("2022-04-10T18:30:00+00:00", "2022-04-11"),
        ("9999-12-31T23:00:00+00:00", "9999-12-31"),
        ("soon", "0001-01-01"),
    ],
)
def test_the_day_of_the_count_is_that_of_vietnam(ended: str, day: str) -> None:
    count = msgspec.structs.replace(RECORD.count, ended=ended)
    assert counted_on(msgspec.structs.replace(RECORD, count=count)).isoformat() == day


def test_a_decision_is_read_with_the_record_that_it_is_of_and_with_its_signatures() -> None:
    with pytest.raises(InvalidHeadDecision, match="than those here"):
        read_signed_decision(unsigned_head_decision(GOOD), [sample_record(3)])
    wrong = msgspec.structs.replace(GOOD, paper=2)
    with pytest.raises(InvalidHeadDecision, match="paper 1 to 1 expected, 2 found"):
        read_signed_decision(unsigned_head_decision(wrong), [RECORD])
    with pytest.raises(UnsignedDocument) as awaiting:
        read_signed_decision(unsigned_head_decision(DIGITAL), [sample_record(3), SIGNED_BY_KEY])
    assert awaiting.value.awaited == (SIGNED_BY_KEY.conference.head.name,)


def test_where_nobody_signs_by_key_a_signature_is_a_strangers() -> None:
    assert read_signed_decision(unsigned_head_decision(GOOD), [RECORD]) == (GOOD, RECORD)
    envelope = sign_envelope(canonical(GOOD), HEAD_DECISION_TYPE, new_signing_key())
    with pytest.raises(InvalidHeadDecision, match="a signature by somebody else"):
        read_signed_decision(write_envelope(envelope), [RECORD])
