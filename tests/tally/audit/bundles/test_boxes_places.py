"""Places of the audit of many records and boxes: one that is wrong hides no other, and each keeps its own name."""

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tally.audit import Report, Verdict
from tally.audit.bundles import boxes
from tally.audit.bundles.boxes import Boxes, merge
from tally.audit.record import check_records
from tally.audit.report import Finding, Findings
from tests.attacks.lab import Lab, build_lab, chain, counted
from tests.attacks.records import conference_of, papers
from tests.tally.audit.reading import audited, said
from tests.tally.records import sample_record
from voting.documents.archives.commitments import sidecar_of
from voting.documents.bundles.bundle import open_bundle, write_bundle
from voting.documents.canonical import canonical
from voting.documents.record import unsigned_record

# --- several records -------------------------------------------------------------------------------------------------


def test_a_record_that_cannot_be_read_hides_none_after_it(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    report, raw = audited(draft.raw(), tmp_path), papers(lab, draft).sign()
    files = {"a.json": b"nothing", "b.json": raw, "c.json": b"nothing", "d.json": raw}
    found = check_records(report, files)
    (finding,) = [one for one in found.checks if one.check == "record"]
    assert [place.split(":")[0] for place in finding.first] == ["a.json", "c.json", "d.json"]
    assert finding.first[2] == "d.json: a second record of the box, after b.json"
    assert found.verdict is Verdict.NOT_SOUND
    assert check_records(report, {"b.json": raw}).verdict is Verdict.SOUND


def test_beside_an_archive_that_was_not_judged_no_record_is(lab: Lab, tmp_path: Path) -> None:
    raw = papers(lab, counted(lab)).sign()
    shuffled = counted(lab).events()
    shuffled[6:6] = [("Shuffle", [b"{}", b"{}"]), ("EndShuffles", [])]
    unread = counted(lab)
    unread.setup[0] = b"{}"
    for archive, verdict in ((chain(shuffled), Verdict.UNSUPPORTED), (unread.raw(), Verdict.NOT_SOUND)):
        alone = audited(archive, tmp_path)
        assert alone.verdict is verdict
        assert check_records(alone, {"record.json": raw}) is alone


# --- boxes of a bundle -----------------------------------------------------------------------------------------------


def opened(lab: Lab, folder: Path, files: dict[str, bytes]) -> Boxes:
    """The boxes of a custody bundle with these files."""
    bundle = open_bundle(io.BytesIO(write_bundle("custody", files, lab.signing["desk"], "phieukin 0")))
    return Boxes(bundle, folder, Findings())


def test_a_count_on_paper_hides_no_record_beside_it(lab: Lab, tmp_path: Path) -> None:
    hand = msgspec.structs.replace(sample_record(3, form="paper"), fingerprint="")
    electronic = papers(lab, counted(lab)).sign()
    found = opened(lab, tmp_path, {"x/record-2.json": unsigned_record(canonical(hand)), "x/record.json": electronic})
    assert found.folders() == ["x"]
    found.check("x")
    assert [one.name for one in found.conferences] == [hand.conference.name, conference_of(lab).name]
    uuid = lab.election.uuid
    assert said(found.findings, "archive") == [f"x/record.json: x/{uuid}.bel is missing"]
    assert [place.split(":")[0] for place in said(found.findings, "facts_files")] == [
        f"x/{uuid}.{ending}.json" for ending in ("facts", "count")
    ]


def test_a_box_has_its_own_sidecar_or_none(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bytes, bytes | None]] = []

    def note(path: Path, **_: Any) -> Report:
        sidecar = sidecar_of(path)
        seen.append((path.read_bytes(), sidecar.read_bytes() if sidecar.exists() else None))
        return Report(Verdict.NOT_SOUND, "setup", (Finding("order", 2, 1, ("event 0: wrong",)),), ballots=len(seen))

    monkeypatch.setattr(boxes, "audit", note)
    files = {"a/1.bel": b"one", "a/1.commitments": b"its own", "b/2.bel": b"two", "c/3.bel": b"3", "c/3.txt": b""}
    found = opened(lab, tmp_path, files)
    for folder in found.folders():
        found.check(folder)
    assert seen == [(b"one", b"its own"), (b"two", None), (b"3", None)]
    assert found.ballots == 1 + 2 + 3
    assert said(found.findings) == [f"{one}: event 0: wrong" for one in ("a/1.bel", "b/2.bel", "c/3.bel")]
    assert {one.check: (one.examined, one.failed) for one in found.findings.findings} == {
        "order": (6, 3), "archive": (3, 0),
    }  # fmt: skip
    assert found.conferences == []


def test_each_archive_brings_its_conference_and_its_name_before_every_place(lab: Lab, tmp_path: Path) -> None:
    found = opened(lab, tmp_path, {"a/1.bel": counted(lab).raw(), "b/2.bel": counted(build_lab()).raw()})
    for folder in found.folders():
        found.check(folder)
    assert (len(found.conferences), found.ballots) == (2, 6)
    assert {place.partition(":")[0].rpartition(".")[0] for place in said(found.findings)} <= {
        "a/1", "b/2", "a/1.facts", "a/1.count", "b/2.facts", "b/2.count",
    }  # fmt: skip
    findings = Findings()
    merge(findings, Report(Verdict.UNREADABLE, "nothing", (Finding("x", 3, 2, ("a", "b")),), why="cut"), "z.bel")
    assert said(findings) == ["z.bel: a", "z.bel: b", "z.bel: cut"]


def test_a_box_without_its_record_is_named(lab: Lab, tmp_path: Path) -> None:
    draft, box = counted(lab), f"{lab.election.uuid}.bel"
    files = {f"a/{box}": draft.raw(), "a/record.json": papers(lab, draft).sign(), f"b/{box}": draft.raw()}
    found = opened(lab, tmp_path, files)
    for folder in found.folders():
        found.check(folder)
    assert [one for one in said(found.findings, "record") if "missing" in one] == [f"b/{box}: its record is missing"]


def test_what_a_record_and_the_facts_beside_a_box_lack_is_said(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    unsigned, uuid = papers(lab, draft), lab.election.uuid
    unsigned.signers = unsigned.signers[:1]
    files = {f"a/{uuid}.bel": draft.raw(), "a/record.json": unsigned.sign(), f"a/{uuid}.facts.json": b"{}"}
    found = opened(lab, tmp_path, files)
    found.check("a")
    first, *others = said(found.findings, "signatures")
    assert first == "a/record.json: awaiting signature of Kiểm phiếu viên 2 (Kiểm phiếu viên)"
    assert len(others) == 3
    facts, count = said(found.findings, "facts_files")
    assert facts == f"a/{uuid}.facts.json: not the file that a/record.json names"
    assert count.startswith(f"a/{uuid}.count.json: ")
