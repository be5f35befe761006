"""Bundles that cannot be judged, or whose parts contradict each other: each is named, none passes."""

import dataclasses
import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tally.audit import Report, Verdict, minutes
from tally.audit.bundles import damage as bundle_damage
from tally.audit.bundles import dossier
from tally.audit.bundles.boxes import Boxes, merge
from tally.audit.bundles.bundle import check_bundle
from tally.audit.facts import check_room
from tally.audit.head import check_heads
from tally.audit.record import check_record, read_named
from tally.audit.report import Findings
from tally.audit.run import audit
from tally.audit.signatures import check_signatures
from tally.cli.verify import check_file
from tally.count.paper import paper_record, read_hand_count
from tally.minutes import renderer_versions
from tally.result.record import facts_of, record_payload
from tests.attacks.lab import Draft, Lab, build_lab, chain, closed, counted, failed
from tests.attacks.records import Papers, conference_of, envelope, papers, room_facts
from tests.sittings import with_result
from tests.tally.count.test_paper import plain
from tests.tally.count.test_paper import write as write_hand_count
from tests.tally.records import EVERYONE, sample_conference, sample_paper, sample_record, team, tied_record
from voting.documents.bundles.bundle import open_bundle, write_bundle
from voting.documents.canonical import canonical, compact
from voting.documents.conferences.conference import ON_PAPER, Ruleset
from voting.documents.envelope import write_envelope
from voting.documents.facts import FACTS_TYPE
from voting.documents.record import unsigned_record

Files = dict[str, bytes]


def files_of(lab: Lab, draft: Draft, made: Papers) -> Files:
    """What a box's folder holds; the minutes are those of a version of typst that nobody has."""
    record, uuid = made.sign(), lab.election.uuid
    room = facts_of(read_named("record.json", record).record).room
    return {
        f"{uuid}.bel": draft.raw(),
        f"{uuid}.facts.json": write_envelope(room),
        f"{uuid}.count.json": canonical(made.count),
        "record.json": record,
        "minutes.pdf": b"%PDF",
    }


@pytest.fixture(scope="module")
def honest(lab: Lab) -> Files:
    draft = counted(lab)
    return files_of(lab, draft, papers(lab, draft))


def checked(lab: Lab, folder: Path, files: Files) -> Report:
    path = folder / "custody.zip"
    path.write_bytes(write_bundle("custody", files, lab.signing["desk"], "phieukin 0"))
    return check_bundle(path)


def test_minutes_of_another_typst_leave_a_bundle_unjudged_never_sound(lab: Lab, honest: Files, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, honest)
    assert failed(report) == {}
    assert report.verdict is Verdict.UNSUPPORTED
    assert report.why.startswith("minutes.pdf: the minutes cannot be compared: the minutes were made by typst 0")


def test_an_archive_that_cannot_be_read_is_named_with_its_reason(lab: Lab, honest: Files, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, honest | {f"{lab.election.uuid}.bel": b"no archive"})
    assert report.verdict is Verdict.NOT_SOUND
    assert f"{lab.election.uuid}.bel: " in failed(report)["archive"]
    assert "record" not in failed(report)  # nothing is said of a record whose archive could not be read


def of_another_kind(lab: Lab) -> bytes:
    """The archive of an election with questions of a kind that this program does not know."""
    draft = closed(lab)
    fields = json.loads(draft.setup[0])
    fields["questions"][0] = {"type": "NonHomomorphic", "value": fields["questions"][0]}
    draft.setup[0] = compact(fields)
    return chain(draft.events()[:1])


def test_an_archive_of_another_kind_leaves_a_bundle_unjudged(lab: Lab, honest: Files, tmp_path: Path) -> None:
    findings = Findings()
    alone = audit_of(of_another_kind(lab), tmp_path)
    merge(findings, alone, "x.bel")
    assert alone.verdict is Verdict.UNSUPPORTED
    assert findings.unsupported == [f"x.bel: {alone.why}"]
    report = checked(lab, tmp_path, {"other/x.bel": of_another_kind(lab)} | honest)
    assert report.verdict is Verdict.UNSUPPORTED
    assert report.ballots == len(lab.ballots)


def audit_of(raw: bytes, folder: Path) -> Report:
    path = folder / "one.bel"
    path.write_bytes(raw)
    return audit(path)


@pytest.mark.parametrize("ending", ["bel", "facts.json", "count.json"])
def test_a_record_whose_box_is_not_whole_is_named(lab: Lab, honest: Files, tmp_path: Path, ending: str) -> None:
    name = f"{lab.election.uuid}.{ending}"
    report = checked(lab, tmp_path, {one: raw for one, raw in honest.items() if one != name})
    assert report.verdict is Verdict.NOT_SOUND
    assert name in failed(report)["archive" if ending == "bel" else "facts_files"]


def test_a_sidecar_in_the_bundle_is_used_and_not_trusted(lab: Lab, honest: Files, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, honest | {f"{lab.election.uuid}.commitments": b"no commitments at all"})
    assert failed(report) == {}
    assert report.ballots == len(lab.ballots)


@pytest.mark.parametrize(("missing", "notes"), [((), []), (("Hà Thu",), ["m.pdf: awaiting signature of Hà Thu"])])
def test_a_dossier_notes_whose_signature_is_on_paper_and_says_nothing_where_all_signed(
    missing: tuple[str, ...], notes: list[str]
) -> None:
    findings = Findings()
    dossier: Any = SimpleNamespace(manifest=SimpleNamespace(kind="dossier"))
    minutes._note_signatures(findings, dossier, "m.pdf", missing)
    assert (findings.notes, findings.sound) == (notes, True)


def test_a_key_of_setup_that_is_none_has_signed_nothing() -> None:
    record = sample_record(1, people=team(*EVERYONE))
    first, *others = record.conference.tellers
    tellers = (msgspec.structs.replace(first, key="not a key"), *others)
    findings = Findings()
    signed = read_named("record.json", unsigned_record(canonical(record))).envelope
    check_signatures(findings, msgspec.structs.replace(record.conference, tellers=tellers), "record", signed)
    found = [place for one in findings.findings for place in one.first]
    assert found[:2] == [
        "record: a public key as base64 of DER expected",
        f"record: awaiting signature of {first.name} ({first.role})",
    ]


def test_an_electronic_record_without_hashes_is_named(lab: Lab, honest: Files, tmp_path: Path) -> None:
    bare = papers(lab, counted(lab))
    bare.late.append(lambda fields: fields.update(hashes=None))
    report = checked(lab, tmp_path, honest | {"record.json": bare.sign()})
    assert failed(report)["facts_files"] == "record.json: an electronic record without hashes"


def test_a_custody_bundle_without_a_box_is_none(lab: Lab, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, {"conference-log.txt": b"nothing happened"})
    assert failed(report)["archive"] == "at least one box expected"
    assert "bundle_signature" in failed(report)


def test_a_bundle_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    report = check_bundle(tmp_path / "none.zip")
    assert (report.verdict, report.reached) == (Verdict.UNREADABLE, "nothing")
    assert "cannot be read" in report.why


# --- what is wrong with a bundle that does not open ------------------------------------------------------------------


def spoilt(lab: Lab, folder: Path) -> Path:
    """A bundle with a comment at its end, which no bundle has; its files are as the manifest says."""
    raw = write_bundle("custody", {"a.txt": b"a" * 100}, lab.signing["desk"], "phieukin 0")
    path = folder / "spoilt.zip"
    path.write_bytes(raw)
    with zipfile.ZipFile(path, "a") as packed:
        packed.comment = b"a comment"
    return path


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_of_a_bundle_over_the_limits_no_file_is_read(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    path = spoilt(lab, tmp_path)
    monkeypatch.setattr(bundle_damage, limit, 1)
    monkeypatch.setattr(bundle_damage, "_listed", lambda packed: pytest.fail("read all the same"))
    assert bundle_damage.damage(path) == []
    report = check_bundle(path)
    assert report.verdict is Verdict.NOT_SOUND and "bundle" in failed(report)


def test_a_manifest_over_its_limit_is_not_read(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = spoilt(lab, tmp_path)
    assert bundle_damage.damage(path) == []
    monkeypatch.setattr(bundle_damage, "MANIFEST_LIMIT", 10)
    assert bundle_damage.damage(path) == [("manifest.json", "cannot be read")]


def test_a_file_whose_bytes_do_not_fit_its_checksum_is_changed(lab: Lab, tmp_path: Path) -> None:
    path = spoilt(lab, tmp_path)
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"a" * 100)] ^= 1
    path.write_bytes(raw)
    assert bundle_damage.damage(path) == [("a.txt", "changed: not the bytes that the manifest lists")]


def test_a_bundle_without_a_manifest_says_that_it_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.txt", "a")
    assert bundle_damage.damage(path) == [("manifest.json", "missing")]


def test_a_manifest_without_files_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("manifest.json", json.dumps({"payload": "e30="}))
    assert bundle_damage.damage(path) == [("manifest.json", "cannot be read")]
    assert check_bundle(path).verdict is Verdict.NOT_SOUND


# --- records beside an archive that says little ----------------------------------------------------------------------


def test_of_an_archive_that_cannot_be_read_no_record_is_judged(lab: Lab, honest: Files, tmp_path: Path) -> None:
    box, record = tmp_path / "box.bel", tmp_path / "record.json"
    box.write_bytes(b"no archive")
    record.write_bytes(honest["record.json"])
    report = check_file(box, (record,))
    assert report.verdict is Verdict.UNREADABLE
    assert not [one for one in report.checks if one.check == "record"]


def test_a_record_of_an_election_without_a_conference_is_refused(lab: Lab, honest: Files, tmp_path: Path) -> None:
    report = audit_of(counted(lab).raw(), tmp_path)
    assert report.election is not None
    findings = Findings()

    election = dataclasses.replace(report.election, conference=None)
    check_record(findings, report, election, read_named("record.json", honest["record.json"]))
    assert [one.first for one in findings.findings if one.failed] == [
        ("record.json: the election has no conference, so there is no record of it",)
    ]


def test_who_signs_on_paper_confirms_on_paper(tmp_path: Path) -> None:
    lab = build_lab(publics={"3": ON_PAPER})
    report = audit_of(closed(lab).raw(), tmp_path)
    room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    two = msgspec.structs.replace(room, confirmations=room.confirmations[:2])
    for facts, missing in ((two, ()), (msgspec.structs.replace(room, confirmations=two.confirmations[:1]), ("2",))):
        findings = Findings()
        signed = envelope(canonical(facts), FACTS_TYPE, lab, "desk")
        check_room(findings, report, conference_of(lab), "record", signed, facts)
        found = [place for one in findings.findings for place in one.first]
        assert [place.startswith(f"record: teller {one} ") for place, one in zip(found, missing, strict=True)] == [
            True for _ in missing
        ]


def test_a_tie_that_is_still_open_is_no_lack_and_said() -> None:
    record = tied_record()
    findings = Findings()
    read = read_named("record.json", unsigned_record(canonical(record)))
    assert check_heads(findings, [read], {}) == {}
    assert findings.sound
    [note] = findings.notes
    assert "awaiting the decision of Hoàng Quốc Khánh" in note and note.endswith("places: 1")


# --- hand counts -----------------------------------------------------------------------------------------------------


def hand_count(**changes: Any) -> bytes:
    record = msgspec.structs.replace(sample_record(3, form="paper"), fingerprint="", **changes)
    return unsigned_record(canonical(record))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"papers": with_result(sample_record(3, form="paper"), notes=sample_record(3).conference.notes).papers},
         "paper 1: notes: not what the rule gives"),
        ({"hashes": sample_record(3).hashes}, "a count on paper with hashes of an archive"),
    ],
)
def test_a_hand_count_that_says_more_than_people_counted_is_named(
    lab: Lab, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    report = checked(lab, tmp_path, {"record.json": hand_count(**changes), "minutes.pdf": b"%PDF"})
    assert words in failed(report)["hand_count"]


def test_a_record_under_another_name_is_named(lab: Lab, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, {"record-2.json": hand_count(), "minutes-2.pdf": b"%PDF"})
    assert "record-2.json: one record, record.json, expected in a folder" in failed(report)["record"]


def boxes_of(lab: Lab, folder: Path, files: Files, annulled: frozenset[str] = frozenset()) -> Boxes:
    """The boxes of a bundle, before they are checked."""
    made = write_bundle("custody", files, lab.signing["desk"], "phieukin 0")
    return Boxes(open_bundle(io.BytesIO(made)), folder, Findings(), annulled=annulled)


def test_a_box_of_an_annulled_sitting_needs_no_record(lab: Lab, honest: Files, tmp_path: Path) -> None:
    name = f"{lab.election.uuid}.bel"
    annulled = boxes_of(lab, tmp_path, {name: honest[name]}, frozenset([name]))
    annulled.check("")
    assert annulled.findings.sound and f"{name}: of an annulled sitting, without a record" in annulled.findings.notes
    live = boxes_of(lab, tmp_path, {name: honest[name]})
    live.check("")
    assert not live.findings.sound


def test_a_box_without_a_conference_has_no_record(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    fields = json.loads(draft.setup[0])
    del fields["conference"]
    draft.setup[0] = compact(fields)
    report = checked(lab, tmp_path, {f"{lab.election.uuid}.bel": draft.raw()})
    words = f"{lab.election.uuid}.bel: an election without a conference, of which there is no record"
    assert failed(report)["record"] == words


def test_a_count_by_hand_by_a_catalogue_that_is_not_shipped_is_not_compared(lab: Lab, tmp_path: Path) -> None:
    conference = sample_conference(sample_paper(3), ruleset=Ruleset("OTHER", 1))
    record = paper_record(read_hand_count(write_hand_count(tmp_path, plain(conference))), renderer_versions())
    raw = unsigned_record(record_payload(record))
    boxes = boxes_of(lab, tmp_path, {"record.json": raw, "minutes.pdf": b"%PDF"})
    boxes.check("")
    assert "catalogue" in boxes.unchecked


def test_a_list_decision_that_cannot_be_read_is_named(lab: Lab, tmp_path: Path) -> None:
    boxes = boxes_of(lab, tmp_path, {"step-2/list-decision.json": b"{}"})
    assert dossier._list_decisions(boxes) == {}
    assert [one.check for one in boxes.findings.findings if one.failed] == [dossier.DECISIONS]


def test_what_is_signed_and_no_record_excuses_nobody(lab: Lab) -> None:
    findings = Findings()
    check_signatures(findings, conference_of(lab), "record.json", envelope(b"[]", "x", lab, "chair"))
    assert findings.excused == [] and not findings.sound
