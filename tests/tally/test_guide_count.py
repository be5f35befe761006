"""What the guided count refuses, in plain words, before anybody opens; and what it says of what it found."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tally.audit import audit
from tally.cli import tally_group
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
    refused(result, "STOP: the hash of the closing differs")


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


@pytest.mark.parametrize("archives", [0, 2])
def test_there_is_one_archive_on_the_stick(lab: Lab, tmp_path: Path, archives: int) -> None:
    for number in range(archives):
        (tmp_path / f"{number}.bel").write_bytes(b"")
    refused(count(tmp_path), "không thấy đúng một tệp .bel")


def test_another_box_in_the_working_folder_is_noticed(lab: Lab, tmp_path: Path) -> None:
    folder = stick(lab, tmp_path, closed(lab))
    other = closed(lab, *lab.ballots[:2])
    (folder / "count").mkdir()
    path = folder / "count" / f"{lab.election.uuid}.bel"
    path.write_bytes(other.raw())
    from tally.count import add_sum

    add_sum(path)
    refused(count(folder, "c\n"), "không phải của hòm phiếu này")
