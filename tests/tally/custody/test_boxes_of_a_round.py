"""After a conference the files of its box alone are removed; those of later boxes stay, as the statement says."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from keys.files.recovery import recovery_lines
from kiosk_templates.words import Language
from tally.ceremony.recovery_sheet import recovery_sheet
from tally.custody.destroy import Destruction, read_share_file
from tally.custody.sheet import destruction_sheet
from tally.dialogue import Guide
from tally.errors import NotReady
from tally.signing.teller_file import OfBox, box_named
from tests.tally.rounds import Round
from tests.tally.terminal import refused, run
from voting.documents.record import read_record

pytestmark = pytest.mark.slow


def lines(*answers: str) -> str:
    return "".join(f"{one}\n" for one in answers)


@pytest.fixture
def two(tmp_path: Path) -> Round:
    return Round(tmp_path)


def spread(two: Round, index: int, hand_over: Path) -> dict[int, list[Path]]:
    """Copies, sheets and lines of both boxes of a teller, in the own folder and on the stick, under any name."""
    made: dict[int, list[Path]] = {}
    for box in (1, 2):
        path = two.path(index, box)
        sheet = recovery_sheet(Guide("vi"), path.read_bytes(), index=index, name="Lò Thị Ước", conference="HN")
        there = [path.with_name(f"recovery-teller-{index}-box-{box}.pdf"), path.with_name(f"x{box}.pdf")]
        for one in there:
            one.write_bytes(sheet)
        there.append(path.with_name(f"typed {box}.txt"))
        there[-1].write_text("\n".join(recovery_lines(path.read_bytes())), encoding="utf-8")
        there.append(hand_over / f"ảnh {index} {box}.jpg")
        shutil.copy(path, there[-1])
        made[box] = [path, *there]
    return made


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_of_the_used_box_goes_and_what_is_of_later_boxes_stays(
    two: Round, tmp_path: Path, language: Language
) -> None:
    made = two.hold(1)
    _, record = two.counted(made, 1)
    stick, end = tmp_path / "hand-over", tmp_path / "end"
    stick.mkdir()
    end.mkdir()
    there = spread(two, 1, stick)
    yes = "c" if language == "vi" else "y"
    answers = [yes, "Lường Văn Giỏi", "", str(stick), "", *[yes] * len(there[1]), "1", yes]
    words = ("destroy", two.path(1, 1), "--record", record, "--out", end, "--language", language)
    done = run(*words, answers=lines(*answers))
    assert done.exit_code == 0, done.output
    assert not any(path.exists() for path in there[1])
    assert all(path.exists() for path in there[2])
    said = json.loads((end / "destruction.json").read_bytes())
    fingerprint = two.own(1, 2).ceremony
    assert (said["format"], said["ceremony"], said["box"]) == (3, fingerprint, 1)
    assert {one["file"] for one in said["removed"]} == {str(path) for path in there[1]}
    assert {one["file"] for one in said["kept"]} == {str(path) for path in there[2]}
    assert Guide(language).words("destroy.why_other_box", box=2, code=fingerprint[:16]) in done.output
    assert (end / "destruction.pdf").read_bytes().startswith(b"%PDF")
    told = msgspec.json.decode((end / "destruction.json").read_bytes(), type=Destruction)
    text = destruction_sheet(Guide(language), told, read_record(record.read_bytes())[1].conference, ("Lan",)).text()
    assert Guide(language).words("destroy.about_box", box=1, code=fingerprint[:16]) in text.decode()
    later = two.hold(2)
    archive, _ = two.counted(later, 2)
    assert archive.exists(), "the later box is confirmed, opened and counted as ever"


def test_the_recovery_page_of_a_used_box_brings_back_that_box_alone_and_it_opens_no_other(
    two: Round, tmp_path: Path
) -> None:
    """A page that nobody destroyed: with the passphrase it is the share of the used box, and of no other."""
    typed = tmp_path / "typed"
    typed.write_text("\n".join(recovery_lines(two.path(1, 1).read_bytes())), encoding="utf-8")
    back = tmp_path / "teller-1-box-1.sealed"
    assert run("recover", "--out", back, "--lines", typed).exit_code == 0
    two.path(1, 1).unlink()
    made = two.hold(2)
    refused(
        run("confirm", made.setup, "--teller", back, "--out", tmp_path / "x", "--passphrase-file",
            two.table.passphrase_file(1), "--fingerprint", made.lab.election.fingerprint),
        "của hòm phiếu số 1",
    )  # fmt: skip


def test_the_file_of_a_later_box_is_refused_before_anything_is_gone(two: Round, tmp_path: Path) -> None:
    made = two.hold(1)
    _, record = two.counted(made, 1)
    used = box_named(read_record(record.read_bytes())[1].conference)
    assert used == OfBox(1, two.own(1, 1).ceremony[:16])
    end = tmp_path / "end"
    end.mkdir()
    words = ("destroy", two.path(1, 1), two.path(1, 2), "--record", record, "--out", end)
    refused(run(*words, answers=lines("c", "x")), "là tệp khóa của hòm phiếu số 2")
    assert two.path(1, 1).exists() and two.path(1, 2).exists() and not list(end.iterdir())
    with pytest.raises(NotReady, match="the file of box 2"):
        read_share_file(two.path(1, 2), used)
    with pytest.raises(NotReady, match="the file of box 1"):
        read_share_file(two.path(1, 1))
