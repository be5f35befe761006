"""The ceremony as people walk it: wrong sticks, folders that are not there, names as offices list them."""

import json
from pathlib import Path

import pytest

from keys.files.sealing import LEAST_COST
from tally.ceremony.names import compare_names
from tally.ceremony.own_file import replace_state
from tally.ceremony.usb import STEPS
from tally.dialogue import Guide
from tally.errors import CeremonyFault
from tests.tally.ceremony.test_state import NAMES, Command, Tellers
from tests.tally.terminal import PASSPHRASE, refused, run
from tests.tally.test_refusals_guides import lines

VI = Guide("vi")
CHEAP = pytest.mark.usefixtures("cheap_ceremony")


def finished(folder: Path, conference: str = "Hội nghị") -> Tellers:
    """A ceremony that is over, with the tellers' files of the count."""
    tellers = Tellers(folder, conference=conference)
    tellers.all(tellers.announce, tellers.deal, tellers.accept, tellers.rehearse)
    for index in tellers.numbers:
        replace_state(tellers.path(index), tellers.files(index)[0], PASSPHRASE, LEAST_COST)
    return tellers


# --- key files of another ceremony -----------------------------------------------------------------------------------


@CHEAP
@pytest.mark.parametrize("conference", ["Hội nghị bước 1", "HN"])
def test_a_finished_key_file_of_another_ceremony_is_told_as_such(tmp_path: Path, conference: str) -> None:
    """Also where the plan of the other ceremony says the very same."""
    old, command = finished(tmp_path / "old", conference), Command(tmp_path)
    target = tmp_path / "own 1" / "teller-1.sealed"
    target.write_bytes(old.path(1).read_bytes())
    refused(command(1), "buổi tạo khóa khác", f"«{conference}»", "--home", "teller-1.sealed")
    assert not list(command.stick.glob("1-announcement*"))
    assert target.read_bytes() == old.path(1).read_bytes()


@CHEAP
def test_a_finished_file_of_another_ceremony_is_told_in_the_middle_as_well(tmp_path: Path) -> None:
    old, command = finished(tmp_path / "old", "HN"), Command(tmp_path)
    for index in (1, 2, 3, 1):
        command(index, answers="c\n")
    (tmp_path / "own 2" / "teller-2.sealed").write_bytes(old.path(2).read_bytes())
    refused(command(2), "buổi tạo khóa khác", "«HN»")


@CHEAP
def test_an_unfinished_key_file_of_another_ceremony_names_its_conference(tmp_path: Path) -> None:
    old, command = Tellers(tmp_path / "old", conference="Hội nghị bước 1"), Command(tmp_path)
    old.announce(1)
    (tmp_path / "own 1" / "teller-1.sealed").write_bytes(old.path(1).read_bytes())
    refused(command(1), "«Hội nghị bước 1»", "«HN»", "--home")


@CHEAP
def test_a_leftover_announcement_is_named_by_its_file_with_what_to_do(tmp_path: Path) -> None:
    old, command = Tellers(tmp_path / "old", conference="Hội nghị bước 1"), Command(tmp_path)
    old.announce(3)
    (command.stick / "1-announcement-teller-3 (2).json").write_bytes(old.stick.path(STEPS[0], 3).read_bytes())
    refused(command(1), "1-announcement-teller-3 (2).json", "Vì Thu Lễ", "Bỏ tệp này ra khỏi USB")


@CHEAP
@pytest.mark.parametrize(
    "option",
    [("--teller", "Cầm Đức Đôi"), ("--threshold", "3"), ("--conference", "Hội nghị khác")],
)
def test_options_for_a_new_ceremony_are_refused_where_another_one_lies(tmp_path: Path, option: tuple[str, str]) -> None:
    command = Command(tmp_path)
    assert command(1).exit_code == 0
    assert command(1).exit_code == 0, "the very command of the first run goes on"
    refused(command(2, *option), "đã có buổi tạo khóa («HN»)", "thư mục trống")
    assert not list((tmp_path / "own 2").iterdir())


# --- folders ---------------------------------------------------------------------------------------------------------


@CHEAP
@pytest.mark.parametrize("name", ["stick", "own 1"])
def test_a_folder_that_is_not_there_is_asked_about_and_not_made(tmp_path: Path, name: str) -> None:
    command = Command(tmp_path)
    (tmp_path / name).rmdir()
    for answers in ("k\n", ""):
        refused(command(1, answers=answers), "USB đã cắm chưa")
        assert not (tmp_path / name).exists()
    assert command(1, answers="c\n").exit_code == 0
    assert (tmp_path / name).is_dir()


def test_a_file_in_the_place_of_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "stick").write_bytes(b"")
    assert run("ceremony", tmp_path / "stick").exit_code == 2


@CHEAP
@pytest.mark.parametrize(
    ("stick", "home"),
    [
        ("a", "a"), ("a", "a/own"), ("a/stick", "a"), ("a", "a/../a/own"), ("link", "a/own"), ("a", "link"),
        ("link/stick", "a"),
    ],
)  # fmt: skip
def test_neither_folder_lies_in_the_other_whatever_leads_there(tmp_path: Path, stick: str, home: str) -> None:
    for name in ("a", "a/own", "a/stick"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    command = ("ceremony", tmp_path / stick, "--me", 1, "--home", tmp_path / home, "--teller", "A B", "--teller", "C D")
    refused(run(*command), "không được nằm trong nhau")
    assert not list(tmp_path.rglob("*.json")) and not list(tmp_path.rglob("*.sealed"))


@CHEAP
def test_a_path_in_quotes_is_read_as_people_paste_it(tmp_path: Path) -> None:
    command = Command(tmp_path)
    words = ["ceremony", command.stick, "--me", 1, "--conference", "HN", "--passphrase-file", tmp_path / "passphrase"]
    words += [word for name in NAMES[:3] for word in ("--teller", name)]
    result = run(*words, answers=lines(f'"{tmp_path / "own 1"}"'))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "own 1" / "teller-1.sealed").exists()


# --- the comparison --------------------------------------------------------------------------------------------------


@CHEAP
def test_who_announces_last_compares_in_the_next_run_and_deals_nothing_before(tmp_path: Path) -> None:
    command = Command(tmp_path)
    for index in (1, 2):
        command(index)
    result = command(3)
    assert result.exit_code == 0, result.output
    assert "Có giống hệt không?" not in result.output
    assert "mã được so ở lượt sau" in result.output and "Đưa USB luân chuyển cho đồng chí Lò Thị Ước" in result.output
    assert not list(command.stick.glob("2-dealing*"))
    for index in (1, 2, 3):
        assert "Có giống hệt không?" in command(index, answers="c\n").output
    assert len(list(command.stick.glob("2-dealing*"))) == 3


@CHEAP
def test_an_empty_answer_leaves_the_comparison_for_later_and_deals_nothing(tmp_path: Path) -> None:
    command = Command(tmp_path)
    for index in (1, 2, 3):
        command(index)
    later = command(1, answers="\n")
    assert later.exit_code == 0 and "mã được so ở lượt sau" in later.output
    refused(command(1, answers="k\n"), "mã chung khác nhau")
    refused(command(1, "--fingerprint", "ab" * 32), "mã chung khác nhau")
    assert not list(command.stick.glob("2-dealing*"))


@CHEAP
def test_the_next_person_is_called_by_name(tmp_path: Path) -> None:
    command = Command(tmp_path)
    assert "Đưa USB luân chuyển cho đồng chí Vì Thu Lễ" in command(2).output
    assert "Đưa USB luân chuyển cho đồng chí Lò Thị Ước" in command(3).output


# --- names -----------------------------------------------------------------------------------------------------------


@CHEAP
def test_after_one_faulty_answer_all_others_are_kept(tmp_path: Path) -> None:
    command = Command(tmp_path)
    decomposed = "Ha\u0300 Va\u0306n \u0110a\u0323t"
    answers = lines("Hội nghị", "3", "Lò  Thị Ước", "Ông lò thị ước", "xấu\u202e", decomposed, "Vì Thu Lễ", "2", "c")
    words = ("ceremony", command.stick, "--me", 1, "--home", tmp_path / "own 1")
    result = run(*words, "--passphrase-file", tmp_path / "passphrase", answers=answers)
    assert result.exit_code == 0, result.output
    assert "thêm năm sinh hoặc đơn vị" in result.output and result.output.count("Chỉ gõ lại tên này") == 2
    assert json.loads((command.stick / "ceremony.json").read_bytes())["tellers"] == list(NAMES[:3])


@CHEAP
def test_a_plan_that_is_not_right_offers_what_was_typed(tmp_path: Path) -> None:
    command = Command(tmp_path)
    first = ("HN", "3", "Lò Thị Ước", "Hà Văn Đạt", "Vì Thu Lê", "3", "k")
    answers = lines(*first, "", "", "", "", "Vì Thu Lễ", "2", "c")
    words = ("ceremony", command.stick, "--me", 1, "--home", tmp_path / "own 1")
    result = run(*words, "--passphrase-file", tmp_path / "passphrase", answers=answers)
    assert result.exit_code == 0, result.output
    plan = json.loads((command.stick / "ceremony.json").read_bytes())
    assert (plan["conference"], plan["tellers"], plan["threshold"]) == ("HN", list(NAMES[:3]), 2)


@CHEAP
def test_a_number_is_confirmed_by_the_name_until_the_key_file_lies_there(tmp_path: Path) -> None:
    command = Command(tmp_path)
    command(3)
    words = ["ceremony", command.stick, "--home", tmp_path / "own 2", "--passphrase-file", tmp_path / "passphrase"]
    result = run(*words, answers=lines("1", "k", "2", "c"))
    assert result.exit_code == 0, result.output
    assert "Đồng chí có phải là Lò Thị Ước?" in result.output and "Chào đồng chí Hà Văn Đạt" in result.output
    assert "Đồng chí có phải là" not in run(*words, answers=lines("2")).output


@CHEAP
@pytest.mark.parametrize(
    "line",
    ["Hà Văn Đạt", "1. Hà Văn Đạt", "2)Hà Văn Đạt", "03 - Hà Văn Đạt", "(4) Hà Văn Đạt", "- Hà Văn Đạt", "• HÀ VĂN ĐẠT",
     "Ông Hà Văn Đạt", "Đ/c Hà Văn Đạt", "đồng chí  Hà Văn Đạt", "1. Đ/c Hà Văn Đạt.", "TS. Hà Văn Đạt",
     "Hà Văn Đạt – Phó Trưởng phòng", "7;Hà Văn Đạt;1980", "1,Hà Văn Đạt,Phó phòng", "1\tHà Văn Đạt\tSở",
     "Ha\u0300 Va\u0306n \u0110a\u0323t", "Hà\u00a0Văn\u200b Đạt", "Hà Văn Ðạt"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_teller_on_the_list_is_found_whatever_the_editor_and_the_form(
    tmp_path: Path, line: str, encoding: str
) -> None:
    command = Command(tmp_path)
    (tmp_path / "list.txt").write_bytes(f"{line}\r\nNguyễn Văn A\r\n".encode(encoding))
    result = command(1, "--on-ballot", tmp_path / "list.txt", answers="k\n")
    refused(result, "Hà Văn Đạt vừa là", "chọn người khác thay đồng chí Hà Văn Đạt", "Đã đọc 2 dòng")


@pytest.mark.parametrize(
    "line",
    [
        "Ha Van Dat",
        "12 Hà Văn Đạt Sở Nội vụ",
        "Hà Văn Dạt",
        "Ông Hà Văn Đạt sinh năm 1980",
        "Hà Văn Đ\u0430t",
        "H\u0430\u0300 Văn Đạt",
    ],
)
def test_what_looks_alike_is_asked_about(tmp_path: Path, line: str) -> None:
    command = Command(tmp_path)
    (tmp_path / "list.txt").write_text(line, encoding="utf-8")
    refused(command(1, "--on-ballot", tmp_path / "list.txt", answers="c\nk\n"), "gần giống", "vừa là", line)
    assert compare_names(NAMES[:3], [line]).alike[0][0] == "Hà Văn Đạt"


@CHEAP
def test_another_person_of_a_name_without_marks_goes_on_after_the_question(tmp_path: Path) -> None:
    command = Command(tmp_path)
    (tmp_path / "list.txt").write_text("Hạ Vân Đạt\n", encoding="utf-8")
    assert command(1, "--on-ballot", tmp_path / "list.txt", answers="k\n").exit_code == 0
    assert json.loads((command.stick / "ceremony.json").read_bytes())["clashes"] == []
    (tmp_path / "list.txt").write_text("3. Bà Vì Thu Lễ\n", encoding="utf-8")
    assert "Vì Thu Lễ vừa có tên trong Ban kiểm phiếu" in command(2, "--on-ballot", tmp_path / "list.txt").output


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("Lô Văn Đạt".encode("cp1258", "replace"), "Mã hóa (Encoding) là UTF-8"),
        ("Hà Văn Đạt".encode("utf-16-le"), "Mã hóa (Encoding) là UTF-8"),
        ("Hµ V¨n §¹t".encode(), "phông chữ cũ"),
        ("Nguyá»…n VÄƒn Sơn".encode(), "phông chữ cũ"),
    ],
)
def test_a_list_that_would_be_read_as_other_letters_is_named(tmp_path: Path, raw: bytes, words: str) -> None:
    command = Command(tmp_path)
    (tmp_path / "list.txt").write_bytes(raw)
    refused(command(1, "--on-ballot", tmp_path / "list.txt"), words)


@pytest.mark.parametrize("names", [NAMES[:3], ("Nguyễn Ánh", "H'Mai Niê", "K’Bình Ƀăm", "Ra Lan Č")])
def test_names_of_others_are_no_match(names: tuple[str, ...]) -> None:
    found = compare_names(names, ["1. Nguyễn Văn Bình", "Đ/c Trần Thị Lan – Phó phòng", "", "----"])
    assert (found.lines, found.same, found.alike) == (2, (), ())
    with pytest.raises(CeremonyFault, match="old font"):
        compare_names(names, ["TrÇn ThÞ Lan®"])
