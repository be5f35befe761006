"""What lies beside an archive: records and minutes that bring nothing else along."""

import dataclasses
from pathlib import Path

import pytest

from tally.audit.bundles import loose
from tally.audit.bundles.loose import Loose, check_loose
from tally.audit.record import read_named
from tally.audit.report import Report, Verdict
from tally.audit.run import audit
from tally.count.paper import paper_record, read_hand_count
from tally.minutes import render_minutes, renderer_versions
from tally.result.record import record_payload
from tests.attacks.lab import Draft, Lab, counted
from tests.attacks.records import papers
from tests.tally.count.test_paper import plain, write
from tests.tally.records import sample_conference, sample_paper
from voting.documents.envelope import payload_of

HAND = Report(Verdict.SOUND, loose.HAND, ())


def carried(payload: bytes) -> bytes:
    """Minutes that nobody's renderer made, and that carry a record."""
    return b"%PDF-1.7\n1 0 obj\n<</Type /EmbeddedFile>>\nstream\n" + payload + b"\nendstream"


@pytest.fixture(scope="module")
def draft(lab: Lab) -> Draft:
    return counted(lab)


@pytest.fixture(scope="module")
def signed(lab: Lab, draft: Draft) -> bytes:
    return papers(lab, draft).sign()


@pytest.fixture
def audited(draft: Draft, tmp_path: Path) -> Report:
    path = tmp_path / "box.bel"
    path.write_bytes(draft.raw())
    return audit(path)


@pytest.mark.parametrize("verdict", [Verdict.UNREADABLE, Verdict.UNSUPPORTED])
def test_beside_an_archive_that_cannot_be_judged_nothing_is(signed: bytes, verdict: Verdict) -> None:
    report = Report(verdict, "nothing", (), why="why")
    assert check_loose(report, Loose(None, {"record.json": signed}, {"minutes.pdf": b""})) is report


def test_a_record_is_checked_without_the_place_of_its_archive(audited: Report, signed: bytes) -> None:
    report = check_loose(audited, Loose(None, {"record.json": signed}, {}))
    assert (report.verdict, report.reached) == (Verdict.SOUND, "result")


def test_minutes_of_another_renderer_are_not_judged(audited: Report, signed: bytes) -> None:
    minutes = {"minutes.pdf": carried(payload_of(read_named("record.json", signed).envelope, "record"))}
    report = check_loose(audited, Loose(None, {}, minutes))
    assert report.verdict is Verdict.UNSUPPORTED
    assert "the minutes were made by typst 0" in report.why
    alone = check_loose(dataclasses.replace(audited, election=None), Loose(None, {}, minutes))
    assert alone.verdict is Verdict.UNSUPPORTED


def test_minutes_that_are_on_paper_alone_cannot_be_checked(tmp_path: Path) -> None:
    given = write(tmp_path, plain(sample_conference(sample_paper(3))))
    record = paper_record(read_hand_count(given), renderer_versions())
    report = check_loose(HAND, Loose(None, {}, {"minutes.pdf": render_minutes(record_payload(record))}))
    assert report.verdict is Verdict.NOT_SOUND
    [said] = [place for one in report.checks for place in one.first if one.check == "minutes_signatures"]
    assert "nobody signed by key" in said
