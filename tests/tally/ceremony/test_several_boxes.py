"""One ceremony for several boxes: a file and a sheet a box, one fingerprint, and one wrong part ends it for all."""

import itertools
import json
import shutil
import zipfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from keys import wire
from keys.ceremony.messages import AnnouncementText
from keys.errors import DamagedFile
from keys.files.recovery import recovery_lines
from keys.files.sealing import LEAST_COST
from keys.group import base_power
from keys.trustees import parse_trustees, verify_trustees
from tally.ceremony import state
from tally.ceremony.own_file import own_path
from tally.ceremony.plan import new_plan
from tally.ceremony.recovery_sheet import recovery_sheet
from tally.ceremony.state import read_ceremony
from tally.ceremony.usb import STEPS, UsbStick, new_announcement
from tally.cli.main import tally_group
from tally.custody.find import search
from tally.dialogue import Guide
from tally.errors import CeremonyFault
from tally.guide import ceremony as guide
from tally.signing.signers import KeySigner
from tally.signing.teller_file import OfBox, kind_of, of_box, read_teller_file, write_teller_file
from tests.tally.ceremony.test_state import NAMES, Command, Tellers, cheat, choose_late
from tests.tally.terminal import PASSPHRASE, refused, run
from voting.documents.canonical import canonical
from voting.documents.tellers import read_tellers

pytestmark = pytest.mark.slow

BOXES = 3
CHEAP = pytest.mark.usefixtures("cheap_ceremony")


class RoundCommand(Command):
    """`phieukin tally ceremony --boxes 3` for three tellers."""

    def __call__(self, index: int, *more: object, answers: str = "") -> Result:
        return super().__call__(index, "--boxes", BOXES, *more, answers=answers)

    def own(self, index: int) -> list[str]:
        """What lies in a teller's own folder."""
        return sorted(path.name for path in (self.folder / f"own {index}").iterdir())


@pytest.fixture
def tellers(tmp_path: Path) -> Tellers:
    return Tellers(tmp_path, boxes=BOXES)


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Tellers:
    """A ceremony for three boxes up to the end of the rehearsal."""
    made = Tellers(tmp_path_factory.mktemp("over"), boxes=BOXES)
    made.all(made.announce, made.deal, made.accept, made.rehearse)
    return made


def fault(tellers: Tellers, words: str) -> None:
    with pytest.raises(CeremonyFault, match=words):
        read_ceremony(tellers.stick, tellers.plan)


@CHEAP
def test_the_command_makes_a_file_and_a_sheet_of_each_box_and_one_file_for_the_desk(tmp_path: Path) -> None:
    command = RoundCommand(tmp_path)
    for _ in range(4):
        for index in (1, 2, 3):
            assert len(list(command.stick.glob("*-teller-*"))) <= 4 * 3, "a file a step, whatever the number of boxes"
            result = command(index, answers="c\n")
            assert result.exit_code == 0, result.output
    assert command(1).exit_code == 0, "whoever runs it again sees the end again"
    assert sorted(path.name for path in command.stick.iterdir())[-2:] == ["ceremony.json", "tellers.json"]
    brought = read_tellers((command.stick / "tellers.json").read_bytes())
    keys = [parse_trustees(one.trustees.encode()) for one in brought.boxes]
    for one in keys:
        verify_trustees(one)
    assert len({one.raw for one in keys}) == len(keys) == BOXES
    for index in (1, 2, 3):
        parts = [f"teller-{index}-box-{box}.sealed" for box in (1, 2, 3)]
        sheets = [f"recovery-teller-{index}-box-{box}.pdf" for box in (1, 2, 3)]
        assert command.own(index) == [*sheets, *parts], "the file of the ceremony, with all polynomials, is gone"
        for box, name in enumerate(parts, 1):
            path = tmp_path / f"own {index}" / name
            assert of_box(kind_of(path)) == OfBox(box, brought.fingerprint[:16])
            own = read_teller_file(path, PASSPHRASE)
            assert (own.box, own.boxes, own.ceremony) == (box, BOXES, brought.fingerprint)
            assert own.public_signer == brought.tellers[index - 1].key
            assert keys[box - 1].shares()[index - 1].public_share == base_power(own.share.secret)


def finished_by(command: Command, index: int) -> None:
    """All steps of three tellers, and the end for one of them."""
    for _ in range(4):
        for each in (1, 2, 3):
            assert command(each, answers="c\n").exit_code == 0
    assert command(index).exit_code == 0


@CHEAP
def test_the_dealings_are_gone_from_the_stick_at_the_end_and_each_teller_sees_the_end_all_the_same(
    tmp_path: Path,
) -> None:
    """A copy of a file of before the end finds nothing on the stick that it could open."""
    command = RoundCommand(tmp_path)
    for index in (1, 2, 3, 1, 2, 3):
        command(index, answers="c\n")
    dealings = sorted(command.stick.glob("2-dealing*"))
    shutil.copy(dealings[0], dealings[0].with_name("2-dealing-teller-1 - Copy.json"))
    assert len(dealings) == 3
    for index in (1, 2, 3, 1, 2, 3, 1):
        assert command(index).exit_code == 0
    raw = (command.stick / "tellers.json").read_bytes()
    assert not list(command.stick.glob("2-dealing*"))
    for index in (2, 3, 1, 2):
        result = command(index)
        assert "Mở thử thành công: bất kỳ 2 trong 3 người đều mở được" in result.output, result.output
        assert (command.stick / "tellers.json").read_bytes() == raw


@CHEAP
def test_whoever_comes_after_the_end_compares_the_keys_with_their_own_files(tmp_path: Path, over: Tellers) -> None:
    command = RoundCommand(tmp_path)
    finished_by(command, 1)
    path = command.stick / "tellers.json"
    own, foreign = read_tellers(path.read_bytes()), state.tellers_of(read_ceremony(over.stick, over.plan))
    for boxes, words in (
        (foreign.boxes, "other keys of box 1"),
        (own.boxes[:2], "other keys of box 3"),
        ((own.boxes[1], own.boxes[0], own.boxes[2]), "other keys of box 1"),
    ):
        path.write_bytes(canonical(msgspec.structs.replace(own, boxes=boxes)))
        refused(command(2), words)
    path.write_bytes(canonical(msgspec.structs.replace(own, tellers=own.tellers[::-1], threshold=3)))
    assert command(2).exit_code == 0
    assert read_tellers(path.read_bytes()) == own, "names, keys and threshold come from plan and announcements"


@CHEAP
def test_a_machine_that_dies_while_the_dealings_go_leaves_a_ceremony_that_is_over(tmp_path: Path) -> None:
    command = RoundCommand(tmp_path)
    for index in (1, 2, 3) * 3:
        command(index, answers="c\n")
    kept = (command.stick / "2-dealing-teller-2.json").read_bytes()
    assert command(1).exit_code == 0
    (command.stick / "2-dealing-teller-2.json").write_bytes(kept)
    assert command(3).exit_code == 0
    assert not list(command.stick.glob("2-dealing*"))


@pytest.mark.parametrize("boxes", ["0", "-1", "100", "100000"])
def test_more_boxes_than_one_ceremony_makes_are_refused_with_the_limit(tmp_path: Path, boxes: str) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    names = [word for name in NAMES[:3] for word in ("--teller", name)]
    home = tmp_path / "home"
    home.mkdir()
    words = ["ceremony", stick, "--me", 1, "--home", home, "--boxes", boxes, *names]
    result = CliRunner().invoke(tally_group, [str(word) for word in words])
    refused(result, "từ 1 đến 99 hòm phiếu", boxes)
    assert not list(stick.iterdir()) and not list(home.iterdir())


@CHEAP
def test_another_number_of_boxes_than_that_of_the_plan_is_refused(tmp_path: Path) -> None:
    command = RoundCommand(tmp_path)
    assert "3 hòm phiếu" in command(1).output
    refused(Command.__call__(command, 2, "--boxes", "4"), "đã có buổi tạo khóa")
    assert command.own(2) == []


def test_one_fingerprint_covers_the_number_of_boxes() -> None:
    assert new_plan("HN", NAMES[:3], 2, boxes=2).hash != new_plan("HN", NAMES[:3], 2, boxes=3).hash


def test_an_announcement_with_fewer_boxes_or_of_somebody_else_is_named(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    own, third = tellers.own(2), read_ceremony(tellers.stick, tellers.plan).announcement(3).parts
    parts = wire.parse(read_ceremony(tellers.stick, tellers.plan).announcement(2).announcement.encode(),
                       AnnouncementText, "announcement")  # fmt: skip
    foreign = (third.boxes[0], *parts.boxes[1:])
    for boxes, words in ((parts.boxes[:2], "3 boxes expected, 2 found"), (foreign, "certificates of this teller")):
        raw = wire.compact(msgspec.structs.replace(parts, boxes=boxes))
        tellers.stick.write(STEPS[0], 2, new_announcement(tellers.plan, 2, raw, KeySigner(own.signer)))
        fault(tellers, rf"teller 2 \(Hà Văn Đạt\): {words}")


def test_parts_of_two_boxes_exchanged_in_an_announcement_end_at_the_dealing(tellers: Tellers) -> None:
    tellers.announce(1)
    tellers.announce(3)
    own = state.begin(tellers.plan, 2)
    parts = wire.parse(json.loads(own.announcement)["announcement"].encode(), AnnouncementText, "announcement")
    moved = wire.compact(msgspec.structs.replace(parts, boxes=(parts.boxes[1], parts.boxes[0], parts.boxes[2])))
    tellers.stick.write(STEPS[0], 2, new_announcement(tellers.plan, 2, moved, KeySigner(own.signer)))
    with pytest.raises(CeremonyFault, match="another file of step 1 in your place"):
        state.check_unchanged(read_ceremony(tellers.stick, tellers.plan), own)
    with pytest.raises(CeremonyFault, match="own announcement is not the one in its place"):
        state.deal(read_ceremony(tellers.stick, tellers.plan), own)


def test_a_rushing_teller_in_one_box_ends_the_ceremony_by_name(tellers: Tellers) -> None:
    choose_late(tellers, box=2)
    fault(tellers, r"teller 3 \(Vì Thu Lễ\): box 2: the coefficients are not the ones committed to")


def test_one_boxs_wrong_share_ends_the_ceremony_for_all_boxes(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    cheat(tellers, dealer=2, victim=3, box=2)
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    with pytest.raises(CeremonyFault, match=r"teller 2 \(Hà Văn Đạt\): box 2: the share does not fit") as raised:
        state.accept(ceremony, tellers.own(3))
    assert state.blamed(raised.value) == (2, 2)
    complaint = state.complaint_of(ceremony, tellers.own(3), 2, 2)
    assert state.judged(ceremony, complaint) == 2
    shown = json.loads(complaint)
    assert (shown["box"], shown["dealer"], shown["index"]) == (2, 2, 3)
    with pytest.raises(CeremonyFault, match="complains without reason"):
        state.judged(ceremony, state.complaint_of(ceremony, tellers.own(3), 2, 1))


@CHEAP
def test_the_command_complains_of_the_box_alone_and_nobody_gets_keys_of_the_others(tmp_path: Path) -> None:
    command = RoundCommand(tmp_path)
    for index in (1, 2, 3, 3, 1, 2):
        command(index, answers="c\n")

    stick = UsbStick(command.stick)
    plan = stick.plan()
    assert plan is not None

    class Cheater(Tellers):
        def __init__(self) -> None:
            self.folder, self.stick, self.plan = tmp_path, stick, plan

    cheat(Cheater(), dealer=2, victim=3, box=3)
    refused(command(3), "gửi cho đồng chí một phần khóa sai")
    [complaint] = command.stick.glob("complaint-*")
    assert json.loads(complaint.read_bytes())["box"] == 3
    for index in (1, 2, 3):
        refused(command(index), "Buổi này không dùng được")
        assert command.own(index) == [f"teller-{index}.sealed"]
    assert not (command.stick / "tellers.json").exists()


@CHEAP
def test_files_of_an_earlier_round_are_not_written_over(tmp_path: Path, over: Tellers) -> None:
    command = RoundCommand(tmp_path)
    old = tmp_path / "own 1" / "teller-1-box-1.sealed"
    write_teller_file(old, over.files(1)[0], PASSPHRASE, LEAST_COST)
    before = old.read_bytes()
    refused(command(1), "buổi tạo khóa khác", "teller-1-box-1.sealed")
    old.rename(tmp_path / "kept")
    for index in (1, 2, 3, 1, 2, 3, 1, 2, 3):
        assert command(index, answers="c\n").exit_code == 0
    (tmp_path / "kept").rename(old)
    refused(command(1), "buổi tạo khóa khác", "teller-1-box-1.sealed")
    assert old.read_bytes() == before and (tmp_path / "own 1" / "teller-1.sealed").exists()


@CHEAP
def test_after_a_crash_between_the_files_of_the_boxes_the_next_run_makes_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = RoundCommand(tmp_path)
    for index in (1, 2, 3, 1, 2, 3, 1, 2):
        command(index, answers="c\n")

    def crash(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(guide, "erase", crash)
        command(3)
    assert {"teller-3.sealed", "teller-3-box-3.sealed"} <= {*command.own(3)}
    assert command(3).exit_code == 0
    assert "teller-3.sealed" not in command.own(3) and (command.stick / "4-rehearsal-teller-3.json").exists()


# --- what the files say on their outside -----------------------------------------------------------------------------


def test_a_file_that_says_another_box_on_its_outside_does_not_open(tmp_path: Path, over: Tellers) -> None:
    path = own_path(tmp_path, 1, 1)
    write_teller_file(path, over.files(1)[0], PASSPHRASE, LEAST_COST)
    raw = path.read_bytes()
    assert b"/box-1/" in raw
    path.write_bytes(raw.replace(b"/box-1/", b"/box-2/"))
    with pytest.raises(DamagedFile):
        read_teller_file(path, PASSPHRASE)


def test_no_file_of_a_box_holds_anything_of_another_boxs_share(tmp_path: Path, over: Tellers) -> None:
    files = over.files(1)
    for one, other in itertools.permutations(files, 2):
        assert one.key != other.key and other.key not in msgspec.json.encode(one).decode()
        assert other.share.secret not in one.share.secret


def test_files_sheets_and_lines_of_a_box_are_known_as_such_whatever_they_are_called(
    tmp_path: Path, over: Tellers
) -> None:
    one, code = over.files(1)[1], over.files(1)[1].ceremony[:16]
    path = own_path(tmp_path, 1, 2)
    write_teller_file(path, one, PASSPHRASE, LEAST_COST)
    shutil.copy(path, tmp_path / "ảnh.jpg")
    raw = path.read_bytes()
    sheet = recovery_sheet(Guide("vi"), raw, index=1, name="Lò Thị Ước", conference="HN")
    (tmp_path / "x.pdf").write_bytes(sheet)
    (tmp_path / "lines.txt").write_text("\n".join(recovery_lines(raw)), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        packed.write(path, "x")
    found = {each.path.name: each.box for each in search([path], []).found}
    assert found.pop("packed.zip") is None, "an archive may hold anything: people are asked about it"
    assert found == dict.fromkeys((path.name, "ảnh.jpg", "x.pdf", "lines.txt"), OfBox(2, code))


def test_the_sheet_of_one_box_brings_back_that_box_alone(tmp_path: Path, over: Tellers) -> None:
    path, back = own_path(tmp_path, 1, 3), tmp_path / "back.sealed"
    write_teller_file(path, over.files(1)[2], PASSPHRASE, LEAST_COST)
    (tmp_path / "lines").write_text("\n".join(recovery_lines(path.read_bytes())), encoding="utf-8")
    assert run("recover", "--out", back, "--lines", tmp_path / "lines").exit_code == 0
    assert back.read_bytes() == path.read_bytes()
    assert read_teller_file(back, PASSPHRASE).box == 3
