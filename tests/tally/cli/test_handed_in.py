"""What the room is handed: a hand count judged anew, and the record that minutes carry."""

import zlib
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tally.cli.handed_in import attached_record, hand_count_fault
from tally.count.paper import paper_record, read_hand_count
from tally.minutes import renderer_versions
from tally.result.record import record_payload
from tests.sittings import only, with_result
from tests.tally.count.test_paper import plain, write
from tests.tally.records import sample_conference, sample_paper
from voting.documents.conferences.conference import Note
from voting.documents.record import Record, unsigned_record


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    given = write(tmp_path_factory.mktemp("hand"), plain(sample_conference(sample_paper(3))))
    made = paper_record(read_hand_count(given), renderer_versions())
    return made


def test_a_hand_count_that_agrees_with_itself_has_no_fault(record: Record) -> None:
    assert hand_count_fault(unsigned_record(record_payload(record))) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda of: with_result(of, verdict=replace(only(of).verdict, minimum=0)),
            "not the one that the rule gives: minimum",
        ),
        (lambda of: with_result(of, ballots=replace(only(of).ballots, valid=40)), "valid + invalid = collected"),
        (lambda of: with_result(of, notes=(Note("A6", "x"),)), "its notes are not those"),
    ],
)
def test_a_hand_count_that_denies_itself_is_named(
    record: Record, change: Callable[[Record], Record], words: str
) -> None:
    fault = hand_count_fault(unsigned_record(record_payload(change(record))))
    assert fault.startswith("record: ") and words in fault


def test_what_is_no_record_is_a_fault() -> None:
    assert "record" in hand_count_fault(b"{}")


def test_minutes_give_the_record_that_they_carry_or_nothing() -> None:
    raw = zlib.compress(b"{}")
    pdf = b"%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile/Filter/FlateDecode>>\nstream\n" + raw + b"\nendstream"
    assert attached_record(pdf) == b"{}"
    assert attached_record(b"%PDF-1.7") == b""
