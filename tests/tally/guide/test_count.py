"""What the guided count refuses, in plain words, before anybody opens; and what it says of what it found."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tally.audit import audit
from tally.cli.main import tally_group
from tests.attacks.lab import Draft, Lab, chain, closed, counted
from tests.attacks.records import envelope, room_facts
from tests.tally.terminal import refused
from voting.documents.canonical import canonical
from voting.documents.envelope import write_envelope
from voting.documents.facts import FACTS_TYPE


def stick(lab: Lab, folder: Path, draft: Draft, raw: bytes | None = None) -> Path:
    """What the room hands over: the archive (or `raw` in its place) and the facts of the honest one."""
    path = folder / f"{lab.election.uuid}.bel"
    path.write_bytes(draft.raw())
    report = audit(path)
    room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    facts = envelope(canonical(room), FACTS_TYPE, lab, "desk")
    path.with_suffix(".facts.json").write_bytes(write_envelope(facts))
    path.write_bytes(raw if raw is not None else draft.raw())
    return folder


def count(folder: Path, answers: str = "", *more: str) -> Result:
    return CliRunner().invoke(tally_group, ["count", str(folder), *more], input=answers)


def test_what_was_found_is_said_in_plain_words(lab: Lab, tmp_path: Path) -> None:
    result = count(stick(lab, tmp_path, closed(lab)), "k\n")
    assert "[OK] Hòm phiếu đúng: 3 phiếu hợp lệ" in result.output
    assert "có mặt 4" in result.output
    assert "Ít người có mặt" in result.output
    refused(result, "đây không phải hòm phiếu đó. Không mở")


def test_in_english_too(lab: Lab, tmp_path: Path) -> None:
    result = count(stick(lab, tmp_path, closed(lab)), "n\n", "--language", "en")
    refused(result, "STOP: the closing code of the box differs")


def test_a_forged_ballot_is_named_and_nothing_opened(lab: Lab, tmp_path: Path) -> None:
    forged = closed(lab, lab.ballots[0], lab.ballots[0])
    refused(count(stick(lab, tmp_path, forged)), "KHÔNG mở: hồ sơ hòm phiếu không đúng: có thẻ bỏ hai phiếu")


def test_a_cut_box_is_not_opened(lab: Lab, tmp_path: Path) -> None:
    whole = closed(lab)
    refused(count(stick(lab, tmp_path, whole, whole.raw()[:-700])), "DỪNG LẠI")


def test_a_box_that_is_still_open_is_not_opened(lab: Lab, tmp_path: Path) -> None:
    whole = closed(lab)
    refused(count(stick(lab, tmp_path, whole, chain(whole.events()[:-1]))), "mới đến bước ballots")


def test_one_ballot_taken_out_of_the_box_is_not_opened(lab: Lab, tmp_path: Path) -> None:
    part = closed(lab, lab.ballots[0]).raw()
    refused(count(stick(lab, tmp_path, closed(lab), part)), "không phải của hòm phiếu này")


def test_a_box_that_somebody_counted_already_is_not_counted_again(lab: Lab, tmp_path: Path) -> None:
    refused(count(stick(lab, tmp_path, counted(lab))), "mới đến bước result")


def test_without_the_rooms_facts_nothing_begins(lab: Lab, tmp_path: Path) -> None:
    folder = stick(lab, tmp_path, closed(lab))
    next(folder.glob("*.facts.json")).unlink()
    refused(count(folder), "Thiếu tệp")


def test_without_an_archive_the_stick_is_refused_and_where_one_lies_is_said(tmp_path: Path) -> None:
    refused(count(tmp_path), "không có tệp .bel nào")
    refused(count(tmp_path / "not plugged in"), "USB đã cắm chưa")
    assert not (tmp_path / "not plugged in").exists()
    (tmp_path / "phieukin-x").mkdir()
    (tmp_path / "phieukin-x" / "x.bel").write_bytes(b"1")
    refused(count(tmp_path), "trong thư mục con: phieukin-x")


def test_several_archives_are_named(tmp_path: Path) -> None:
    for name in ("box.bel", "setup.bel"):
        (tmp_path / name).write_bytes(name.encode())
    refused(count(tmp_path), "nhiều tệp .bel khác nhau: box.bel; setup.bel")


@pytest.mark.parametrize("copy", ["{} - Copy.bel", "._{}.bel", "{} (1).bel", ".{}.bel"])
def test_copies_and_what_a_mac_leaves_are_no_second_archive(lab: Lab, tmp_path: Path, copy: str) -> None:
    folder = stick(lab, tmp_path, closed(lab))
    path = folder / f"{lab.election.uuid}.bel"
    whole = path.read_bytes()
    (folder / copy.format(lab.election.uuid)).write_bytes(b"\0\5\x16\7" if copy.startswith(".") else whole)
    result = count(folder, "k\n")
    assert "[OK] Hòm phiếu đúng: 3 phiếu hợp lệ" in result.output
    assert (folder / "count" / f"{lab.election.uuid}.begun.txt").exists()


def test_another_box_in_the_working_folder_is_noticed(lab: Lab, tmp_path: Path) -> None:
    folder = stick(lab, tmp_path, closed(lab))
    other = closed(lab, *lab.ballots[:2])
    (folder / "count").mkdir()
    path = folder / "count" / f"{lab.election.uuid}.bel"
    path.write_bytes(other.raw())
    from tally.count.steps import add_sum

    add_sum(path)
    refused(count(folder, "c\n"), "không phải của hòm phiếu này")
