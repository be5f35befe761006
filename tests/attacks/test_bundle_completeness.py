"""Bundles that leave out what would show a lie: none is sound, and what was not checked is said (design §5)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tally.audit.bundles.bundle import check_bundle
from tally.audit.report import Report, Verdict
from tests.attacks.lab import Draft, Lab, build_lab, closed, counted, failed
from tests.attacks.records import papers
from tests.attacks.test_decryption_proofs import commit, known_randomness
from tests.tally.audit.test_refusals_bundles import files_of
from voting.documents.bundles.bundle import write_bundle
from voting.documents.conferences.conference import CeremonyBox

__all__ = ["known_randomness"]
Files = dict[str, bytes]


def checked(lab: Lab, folder: Path, files: Files, signer: str = "1") -> Report:
    """A custody bundle of these files, made by one of those who sign."""
    path = folder / "custody.zip"
    path.write_bytes(write_bundle("custody", files, lab.signing[signer], "phieukin 0"))
    return check_bundle(path)


def box(lab: Lab, draft: Draft) -> Files:
    """The archive alone."""
    return {f"{lab.election.uuid}.bel": draft.raw()}


def whole(lab: Lab) -> Files:
    """All that belongs to a counted box."""
    draft = counted(lab)
    return files_of(lab, draft, papers(lab, draft))


def test_a_forged_result_in_custody_without_its_record_is_not_sound(
    lab: Lab, tmp_path: Path, known_randomness: list[int]
) -> None:
    crime = commit(lab, known_randomness)
    report = checked(lab, tmp_path, box(lab, crime.draft) | {"minutes.pdf": b"%PDF all agreed"})
    assert report.verdict is Verdict.NOT_SOUND
    assert {"record", "facts_files", "places"} <= failed(report).keys()
    assert "minutes.pdf: has no place" in failed(report)["places"]
    assert {"record", "opening_proofs", "pdf_signatures", "root"} <= {*report.unchecked}


def setup_alone(lab: Lab) -> Draft:
    """An archive that ends with Setup."""
    draft = closed(lab)
    draft.ballots = []
    return draft


STAGES: dict[str, tuple[Callable[[Lab], Draft], str]] = {
    "before a ballot": (setup_alone, "ends with end_ballots"),
    "closed": (closed, "ends with end_ballots"),
}


@pytest.mark.parametrize(("make", "words"), STAGES.values(), ids=STAGES.keys())
def test_an_archive_that_ends_before_its_result_is_not_sound_in_a_bundle(
    lab: Lab, tmp_path: Path, make: Callable[[Lab], Draft], words: str
) -> None:
    report = checked(lab, tmp_path, box(lab, make(lab)))
    assert report.verdict is Verdict.NOT_SOUND
    assert words in failed(report)["archive"]
    assert "its record is missing" in failed(report)["record"]


def test_beside_a_whole_box_no_archive_comes_without_its_record(lab: Lab, tmp_path: Path) -> None:
    other = build_lab()
    for draft in (counted(other), closed(other)):
        report = checked(lab, tmp_path, whole(lab) | {f"z/{one}": raw for one, raw in box(other, draft).items()})
        assert report.verdict is Verdict.NOT_SOUND
        assert f"z/{other.election.uuid}.bel: its record is missing" in failed(report)["record"]
        assert "record" in report.unchecked


@pytest.mark.parametrize("cut", [False, True])
def test_an_archive_lies_in_a_bundle_once(lab: Lab, tmp_path: Path, cut: bool) -> None:
    files = whole(lab)
    again = box(lab, closed(lab)) if cut else {name: files[name] for name in files if name.endswith(".bel")}
    report = checked(lab, tmp_path, files | {f"a/{name}": raw for name, raw in again.items()})
    assert report.verdict is Verdict.NOT_SOUND
    assert "an archive of the same election as" in failed(report)["archive"]


def test_no_two_boxes_of_a_bundle_are_opened_by_the_same_keys(tmp_path: Path) -> None:
    """Two Setups with one key, and two with one box of a ceremony; another box of that ceremony is no reuse."""

    def of_box(box: int) -> Lab:
        return build_lab(meeting={"ceremony": CeremonyBox("ab" * 32, box)})

    first = of_box(1)
    for other, again in ((of_box(1), True), (build_lab(keys_of=first), True), (of_box(2), False)):
        report = checked(first, tmp_path, whole(first) | under("z", other))
        archive = next(one for one in report.checks if one.check == "archive")
        reused = [place for place in archive.first if "the tellers' keys of" in place]
        assert bool(reused) is again
        assert all(f"{first.election.uuid}.bel, used twice" in place for place in reused)


def under(folder: str, lab: Lab) -> Files:
    """A whole box in a folder of its own."""
    return {f"{folder}/{name}": raw for name, raw in whole(lab).items()}


def test_an_archive_bears_the_name_of_its_election(lab: Lab, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, {"x.bel": counted(lab).raw()})
    assert f"x.bel: the archive of the election {lab.election.uuid}" in failed(report)["archive"]


@pytest.mark.parametrize("name", ["minutes-2.pdf", "a/minutes.pdf", "note.txt", "bien-ban.pdf", "x.facts.json"])
def test_nothing_has_a_place_in_custody_that_belongs_to_no_box(lab: Lab, tmp_path: Path, name: str) -> None:
    report = checked(lab, tmp_path, whole(lab) | {name: b"%PDF"})
    assert report.verdict is Verdict.NOT_SOUND
    assert failed(report) == {"places": f"{name}: has no place in this bundle"}


def test_minutes_that_cannot_be_compared_are_not_called_checked(lab: Lab, tmp_path: Path) -> None:
    report = checked(lab, tmp_path, whole(lab))
    assert (report.verdict, failed(report)) == (Verdict.UNSUPPORTED, {})
    assert "pdf_signatures" in report.unchecked
    assert {"record", "opening_proofs"}.isdisjoint(report.unchecked)
