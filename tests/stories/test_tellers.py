"""Terminal stories of the tellers: the key ceremony and the count, with what goes wrong and how it is put right.

Each step is a fresh process on a machine without Flask, SQLAlchemy or a network, which knows its files alone; the same
step taken by others after the first runs in this process.
"""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from keys.files.key_files import write_sealed
from keys.files.recovery import recovery_lines
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import encode_signing_key
from tests.stories.tellers import (
    PASSPHRASES,
    Meeting,
    Table,
    Terminal,
    held_ceremony,
    meeting,
    passphrase,
    phieukin,
    repeat,
    run,
)
from tests.voting.documents.elections import UUID
from voting.documents.conferences.conference import Rule, Selection

pytestmark = pytest.mark.slow

NAMES = ("Lò Thị Ước", "Hà Văn Đạt", "Vì Thu Lễ")
VOTES = ([[1, 0], [0, 1]], [[1, 0], [0, 0]], [[0, 1], [1, 0]])


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path, NAMES, 2)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A ceremony that was held without a fault; its files are copied by those who change them."""
    return held_ceremony(tmp_path_factory.mktemp("ceremony"))[0]


def step(table: Table, index: int) -> AbstractContextManager[Terminal]:
    return phieukin("tally", "ceremony", table.stick, "--me", index, "--home", table.home(index))


def test_three_tellers_hold_the_ceremony_at_their_terminals(table: Table) -> None:
    ballot = table.folder / "on the ballot.txt"
    ballot.write_text("Nguyễn Văn Bình\nVÌ  THU LỄ\n", encoding="utf-8")
    with phieukin("tally", "ceremony", table.stick, "--home", table.home(1), "--on-ballot", ballot) as first:
        first.see("BUỔI TẠO KHÓA KIỂM PHIẾU").answer("Tên hội nghị:", "Hội nghị cán bộ chủ chốt").answer(
            "Số thành viên Ban kiểm phiếu", "3"
        )
        for number, name in enumerate(NAMES, 1):
            first.answer(f"thành viên Ban kiểm phiếu thứ {number}:", name)
        first.answer("để mở kết quả (k, từ 2 đến 3)", "2").answer("con số này có đúng không?", "c")
        first.see("Vì Thu Lễ vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu").answer("Vẫn tiếp tục", "c")
        first.answer("Lý do", "Cả phòng chỉ có ba đảng viên").answer("số mấy (1 đến 3)", "1")
        first.answer("Đồng chí có phải là Lò Thị Ước?", "c")
        first.see("Đặt mật khẩu").answer("Mật khẩu mới", "matkhau123").see("dễ đoán")
        first.answer("Mật khẩu mới", PASSPHRASES[0]).see("Mật khẩu đủ mạnh").answer("Gõ lại", "khác").see("không giống")
        first.answer("Mật khẩu mới", PASSPHRASES[0]).answer("Gõ lại", PASSPHRASES[0])
        assert "còn chờ Hà Văn Đạt, Vì Thu Lễ" in first.ends()

    with step(table, 2) as second:  # the machine dies while the passphrase is asked for: nothing was made yet
        second.answer("Mật khẩu mới", PASSPHRASES[1]).see("Gõ lại")
        second.dies()
    assert not list(table.home(2).iterdir())
    with step(table, 2) as second:
        second.answer("Mật khẩu mới", PASSPHRASES[1]).answer("Gõ lại", PASSPHRASES[1])
        assert "còn chờ Vì Thu Lễ" in second.ends()

    with step(table, 3) as third:
        third.answer("Mật khẩu mới", PASSPHRASES[2]).answer("Gõ lại", PASSPHRASES[2])
        assert "Mã chung của buổi tạo khóa" in (said := third.ends())
        assert "mã được so ở lượt sau" in said and "Đưa USB luân chuyển cho đồng chí Lò Thị Ước" in said
    with step(table, 3) as third:
        third.answer("Mật khẩu", PASSPHRASES[2]).answer("Có giống hệt không?", "c").see("Đã chia phần khóa")
        assert "còn chờ Lò Thị Ước, Hà Văn Đạt" in third.ends()
    with step(table, 1) as first:  # somebody sees another fingerprint: all stop
        first.answer("Mật khẩu của đồng chí Lò Thị Ước", PASSPHRASES[0]).answer("Có giống hệt không?", "k")
        assert "mã chung khác nhau" in first.ends(1)
    with step(table, 1) as first:
        first.answer("Mật khẩu", PASSPHRASES[1])
        assert "mật khẩu này không mở được tệp" in first.ends(1)
    with step(table, 1) as first:
        first.answer("Mật khẩu", PASSPHRASES[0]).answer("Có giống hệt không?", "c").ends()
    (table.stick / "2-dealing-teller-1.json").write_bytes(b'{"half a fi')  # the stick was pulled out
    with step(table, 1) as first:
        first.answer("Mật khẩu", PASSPHRASES[0]).see("đã ghi lại từ tệp khóa").ends()
    with step(table, 2) as second:
        second.answer("Mật khẩu", PASSPHRASES[1]).answer("Có giống hệt không?", "c").see(
            "đã kiểm tra và nhận phần khóa"
        )
        second.ends()
    for index in (3, 1):
        with step(table, index) as one:
            one.answer("Mật khẩu", PASSPHRASES[index - 1]).see("đã kiểm tra và nhận phần khóa").ends()
    for index in (2, 3):
        with step(table, index) as one:
            one.answer("Mật khẩu", PASSPHRASES[index - 1]).see("Phiếu khôi phục").ends()
    for index in (1, 2, 3):
        with step(table, index) as one:
            one.answer("Mật khẩu", PASSPHRASES[index - 1]).see("Mở thử thành công: bất kỳ 2 trong 3").ends()
    tellers = json.loads((table.stick / "tellers.json").read_bytes())
    assert [one["name"] for one in tellers["tellers"]] == list(NAMES)
    assert tellers["clashes"] == [{"name": "Vì Thu Lễ", "reason": "Cả phòng chỉ có ba đảng viên"}]
    assert "2 of 3" not in run("tally", "ceremony", table.stick, "--me", "9", "--home", table.home(1), status=1)


def test_the_guide_speaks_english_where_asked(table: Table) -> None:
    table.turn(1)
    with phieukin("tally", "ceremony", table.stick, "--me", 2, "--home", table.home(2), "--language", "en") as second:
        second.see("KEY CEREMONY").answer("New passphrase", PASSPHRASES[1]).see("strong enough")
        second.answer("The same passphrase again", PASSPHRASES[1])
        assert "waiting for Vì Thu Lễ" in second.ends()


def test_the_key_file_never_lies_on_the_stick(table: Table) -> None:
    words = [word for name in NAMES for word in ("--teller", name)]
    said = run("tally", "ceremony", table.stick, "--me", 1, "--home", table.stick, *words, status=1)
    assert "không được nằm trong nhau: tệp khóa không được ở trên USB luân chuyển" in said
    assert not list(table.stick.glob("*.sealed"))


def test_a_lost_stick_comes_back_from_the_recovery_sheet(held: Table, tmp_path: Path) -> None:
    sealed = held.home(2) / "teller-2.sealed"
    lines = recovery_lines(sealed.read_bytes())
    back = tmp_path / "teller-2.sealed"
    with phieukin("tally", "recover", "--out", back) as one:
        one.answer("Dòng:", lines[0].lower()).answer("Dòng:", lines[1].replace(lines[1][4], "?")).see("Gõ lại dòng đó")
        for line in lines[1:]:
            one.answer("Dòng:", line)
        one.answer("Dòng:", "").see("Đã khôi phục").ends()
    assert back.read_bytes() == sealed.read_bytes()


# --- the count -----------------------------------------------------------------------------------------------------


def confirmed(table: Table, tmp_path: Path, votes: Sequence[list[list[int]]] = VOTES, **changes: Any) -> Meeting:
    """Setup is confirmed by all tellers, people vote, the box is closed."""
    made = meeting(table, tmp_path / "box stick", votes, **changes)
    out = []
    for index in table.numbers:
        path, confirm = tmp_path / f"confirmation {index}", run if index == 1 else repeat
        confirm("tally", "confirm", made.setup, "--teller", table.home(index) / f"teller-{index}.sealed",
                "--out", path, "--passphrase-file", table.passphrase_file(index),
                "--fingerprint", made.lab.election.fingerprint)  # fmt: skip
        out.append(path.read_bytes())
    made.close(out)
    return made


def fresh(held: Table, tmp_path: Path) -> Table:
    """A copy of the tellers' own folders: a share opens one box only."""
    shutil.copytree(held.folder, tmp_path / "tellers")
    return Table(tmp_path / "tellers", NAMES, 2)


def count(made: Meeting, table: Table, *more: object) -> AbstractContextManager[Terminal]:
    homes = [word for index in table.numbers for word in ("--home", table.home(index))]
    return phieukin("tally", "count", made.stick, *homes, *more)


def test_the_count_goes_on_after_every_fault_and_the_record_verifies(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path)
    with count(made, table) as one:  # another hash on the hall screen: nothing is opened
        one.see("Hòm phiếu đúng: 3 phiếu").see("Mã xác nhận đóng hòm phiếu").answer("Có giống hệt không?", "k")
        assert "Không mở" in one.ends(1)
    with count(made, table) as one:
        one.answer("Có giống hệt không?", "c").see("Chưa ai mở. Cần 2 người")
        one.answer("số mấy mở tiếp", "1").answer("Mật khẩu của đồng chí Lò Thị Ước", "sai rồi")
        one.see("không được nhận: mật khẩu này không mở được tệp")
        one.answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(1)).see("đã mở phần của mình")
        one.see("Đã mở phần của: Lò Thị Ước").see("số mấy mở tiếp")
        one.dies()  # the laptop dies; what was opened is on the stick
    opening = made.stick / "count" / f"{UUID}.opening-1.json"
    opening.write_bytes(opening.read_bytes()[:-40])  # and the stick was pulled out
    with count(made, table, "--me", 3) as one:
        one.answer("Có giống hệt không?", "c").see("đã để riêng").answer(
            "Mật khẩu của đồng chí Vì Thu Lễ", passphrase(3)
        )
        one.answer("số mấy mở tiếp", "0")
        assert "Dừng ở đây" in one.ends()
    with count(made, table, "--me", 1) as one:
        one.answer("Có giống hệt không?", "c").answer("Mật khẩu", passphrase(1)).see("Lò Thị Ước, Vì Thu Lễ")
        one.answer("số mấy mở thêm", "").answer("Lời của chủ trì", "Đồng chí Đạt bị ốm")
        one.answer("Người chứng kiến", "Lường Văn Giỏi – Chủ tịch Công đoàn").answer("Người chứng kiến", "")
        one.answer("Khiếu nại", "").answer("dòng cần sửa", "").see("KẾT QUẢ").see("2/4 = 50,00%")
        assert "Cần chữ ký của" in one.ends()
    result = made.stick / f"result-{UUID}"
    sign_all(made, table, result)
    said = run("verify", result / f"{UUID}.bel", "--record", result / "record.json")
    assert ": ĐÚNG / sound" in said
    recounts(result, tmp_path)
    into_custody(made, table, result, tmp_path)
    before = (result / "record.json").read_bytes(), (result / "minutes.pdf").read_bytes()
    with count(made, table) as one:  # once more: nothing signed is touched, nothing opened
        one.see("KẾT QUẢ").ends()
    assert before == ((result / "record.json").read_bytes(), (result / "minutes.pdf").read_bytes())


def test_two_of_two_go_from_their_names_to_a_record_that_verifies_at_their_terminals(tmp_path: Path) -> None:
    table = Table(tmp_path, NAMES[:2], 2)
    words = [word for name in table.names for word in ("--teller", name)]
    with phieukin("tally", "ceremony", table.stick, "--home", table.home(1), "--conference", "HN", *words) as one:
        one.see("2 thành viên Ban kiểm phiếu, cần 2 người").answer("số mấy", "1").answer("Đồng chí có phải là", "c")
        one.answer("Mật khẩu mới", passphrase(1)).answer("Gõ lại", passphrase(1)).see("còn chờ Hà Văn Đạt").ends()
    with step(table, 2) as two:
        two.answer("Mật khẩu mới", passphrase(2)).answer("Gõ lại", passphrase(2)).see("so ở lượt sau").ends()
    with step(table, 1) as one:
        one.answer("Mật khẩu", passphrase(1)).answer("Có giống hệt không?", "c").see("còn chờ Hà Văn Đạt").ends()
    with step(table, 2) as two:
        two.answer("Mật khẩu", passphrase(2)).answer("Có giống hệt không?", "c").see("đã kiểm tra và nhận").ends()
    with step(table, 1) as one:
        one.answer("Mật khẩu", passphrase(1)).see("đã mở thử").ends()
    with step(table, 2) as two:
        two.answer("Mật khẩu", passphrase(2)).see("Mở thử thành công: bất kỳ 2 trong 2")
        assert "cần đủ cả 2 người: một người mất hẳn phần của mình" in two.ends()
    with step(table, 1) as one:
        one.answer("Mật khẩu", passphrase(1)).see("Mở thử thành công: bất kỳ 2 trong 2").ends()
    made = confirmed(table, tmp_path)
    with count(made, table) as one:
        one.answer("Có giống hệt không?", "c").see("Cần 2 người").answer("số mấy mở tiếp", "2")
        one.answer("Mật khẩu", passphrase(2)).answer("số mấy mở tiếp", "0")
        assert "Dừng ở đây" in one.ends()
    assert not (made.stick / f"result-{UUID}").exists()
    with count(made, table) as two:
        two.answer("Có giống hệt không?", "c").answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(1))
        two.answer("chứng kiến", "").answer("Khiếu nại", "").see("KẾT QUẢ").ends()
    result = made.stick / f"result-{UUID}"
    sign_all(made, table, result)
    assert ": ĐÚNG / sound" in run("verify", result / f"{UUID}.bel", "--record", result / "record.json")


def into_custody(made: Meeting, table: Table, result: Path, tmp_path: Path) -> None:
    """Shares are destroyed before witnesses, everything goes into one bundle, which verifies in ten years."""
    files = [table.home(index) / f"teller-{index}.sealed" for index in (1, 2, 3)]
    (tmp_path / "end").mkdir()
    with phieukin("tally", "destroy", *files, "--record", result / "record.json", "--out", tmp_path / "end") as one:
        one.answer("đã được sao lưu chưa?", "c").answer("Người chứng kiến", "Lường Văn Giỏi – Chủ tịch Công đoàn")
        one.answer("Người chứng kiến", "").answer("Cắm USB luân chuyển", str(made.stick)).answer("Còn USB, thư mục", "")
        for index in (1, 2):
            one.answer(f"teller-{index}.sealed (tệp khóa)? (c/k)", "c").see("Đã ghi đè và xóa")
        one.answer("teller-3.sealed (tệp khóa)? (c/k)", "k").see("Giữ lại")
        for index in (1, 2):
            one.answer(f"teller-{index}.sealed: đã in mấy trang", "1").answer("trang in thứ 1 đã được xé", "c")
        one.see("Biên bản xóa phần khóa").ends()
    assert [path.exists() for path in files] == [False, False, True]
    bundle, log = tmp_path / "custody.zip", tmp_path / "log.txt"
    log.write_text("08:30 mở hòm phiếu\n", encoding="utf-8")
    words = ["--key", table.folder / "chair.sealed", "--passphrase-file", table.passphrase_file(2), "--log", log,
             "--destruction", tmp_path / "end" / "destruction.json"]  # fmt: skip
    assert "Đã lập hồ sơ lưu trữ" in run("tally", "custody", result, *words, "--out", bundle)
    assert ": ĐÚNG / sound" in run("verify", bundle)
    by_hand(bundle, tmp_path)
    changed = bytearray(bundle.read_bytes())
    changed[changed.index(b"08:30")] ^= 1
    bundle.with_name("changed.zip").write_bytes(changed)
    run("verify", bundle.with_name("changed.zip"), status=1)


def by_hand(bundle: Path, folder: Path) -> None:
    """Run the commands of the custody sheet, which do without our program."""
    with zipfile.ZipFile(bundle) as files:
        sheet = files.read("custody-sheet.txt").decode()
    lines = [line[4:] for line in sheet.splitlines() if line.startswith("    ")]
    first = next(number for number, line in enumerate(lines) if line.startswith("unzip"))
    last = next(number for number, line in enumerate(lines) if line.startswith("openssl dgst"))
    commands = [f"python3 -m zipfile -e {bundle} custody && cd custody", *lines[first + 1 : last + 1]]
    tools = str(Path(__file__).resolve().parents[1] / "tools")
    script = "set -e\n" + "\n".join(commands).replace(
        "belenios-tool election verify", f"{tools}/belenios-tool election verify"
    )
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Verified OK" in done.stdout


def sign_all(made: Meeting, table: Table, result: Path) -> None:
    """Tellers, secretary and chair sign record and PDF."""
    keys = [(index, table.home(index) / f"teller-{index}.sealed") for index in table.numbers]
    for index, name in ((1, "secretary"), (2, "chair")):
        keys.append((index, table.folder / f"{name}.sealed"))
        own = encode_signing_key(made.signing[name])
        write_sealed(keys[-1][1], own, passphrase(index), kind=SIGNING_KIND, cost=LEAST_COST)
    for at, (index, key) in enumerate(keys):
        sign = repeat if at else run
        sign("tally", "sign", result / "record.json", "--key", key, "--pdf", result / "minutes.pdf",
             "--passphrase-file", table.passphrase_file(index))  # fmt: skip


def recounts(result: Path, tmp_path: Path) -> None:
    """Three counts from the finished files agree byte for byte; one from changed facts does not."""
    files = [result / f"{UUID}.{end}" for end in ("bel", "facts.json", "count.json")]
    for number in (1, 2, 3):
        recount = run if number == 1 else repeat
        said = recount("tally", "recount", *files, "--out", tmp_path / f"recount {number}", "--make-folder",
                       "--with", result / "record.json")  # fmt: skip
        assert "agree byte for byte" in said
    changed = tmp_path / "changed.json"
    changed.write_bytes(files[2].read_bytes().replace("Công đoàn".encode(), "công đoàn".encode()))
    said = run("tally", "recount", files[0], files[1], changed, "--out", tmp_path / "other", "--make-folder",
               "--with", result / "record.json", status=1)  # fmt: skip
    assert "not the same" in said


def test_a_share_opens_one_box_only_and_two_tellers_are_not_enough_alone(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path)
    with count(made, table) as one:
        one.answer("Có giống hệt không?", "c").answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(1))
        one.see("đã mở").answer("số mấy mở tiếp", "0").see("Dừng ở đây").ends()
    (tmp_path / "second").mkdir()
    other = meeting(table, tmp_path / "second" / "stick", VOTES[:2])
    other.close()
    with count(other, table) as one:
        one.answer("Có giống hệt không?", "c").answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(1))
        one.see("mỗi phần khóa chỉ mở một hòm phiếu").answer("số mấy mở tiếp", "0").ends()


def test_a_box_of_one_ballot_waits_for_the_chairs_word(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path, VOTES[:1])
    with count(made, table) as one:
        one.answer("Có giống hệt không?", "c").see("chỉ có MỘT phiếu").answer("cho phép mở không?", "k")
        assert "không mở" in one.ends(1)
    with count(made, table) as one:
        one.answer("Có giống hệt không?", "c").answer("cho phép mở không?", "c").answer(
            "Lý do:", "Chỉ một người bỏ phiếu"
        )
        for index in (1, 2):
            one.answer("số mấy mở tiếp", str(index)).answer("Mật khẩu", passphrase(index)).see("đã mở")
        one.answer("mở thêm", "").answer("Lời của chủ trì", "").answer("chứng kiến", "").answer("Khiếu nại", "")
        one.answer("dòng cần sửa", "").see("cho biết mọi người bỏ phiếu thế nào").ends()
    facts = json.loads((made.stick / f"result-{UUID}" / f"{UUID}.count.json").read_bytes())
    assert [word["kind"] for word in facts["chair_words"]] == ["single_ballot"]


def test_the_head_decides_a_tie_later_in_another_process(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    level = ([[1, 0], [1, 0]], [[1, 0], [1, 0]])
    rule, selection = Rule(">=", 3, 10, "present"), Selection("top", 1)
    made = confirmed(table, tmp_path, level, rule=rule, selection=selection, tie_scope="cutline")
    with count(made, table) as one:
        one.answer("Có giống hệt không?", "c")
        for index in (2, 3):
            one.answer("số mấy mở tiếp", str(index)).answer("Mật khẩu", passphrase(index)).see("đã mở")
        one.answer("mở thêm", "").answer("Lời của chủ trì", "").answer("chứng kiến", "").answer("Khiếu nại", "")
        one.see("bằng phiếu nhau (2), còn 1 chỗ").see("biên bản ghi chờ người đứng đầu quyết định").ends()
    result = made.stick / f"result-{UUID}"
    record = result / "record.json"
    sign_all(made, table, result)
    said = run("verify", result / f"{UUID}.bel", "--record", record)
    assert ": ĐÚNG / sound" in said and "awaiting the decision of" in said
    key = table.folder / "head.sealed"
    write_sealed(key, encode_signing_key(made.signing["head"]), "chu ky cua nguoi dung dau", kind=SIGNING_KIND)
    with phieukin("tally", "head", record) as one:
        one.answer("Số thứ tự", "1,2").see("Cần chọn đúng 1 số").answer("Số thứ tự", "2")
        one.answer("Lý do của quyết định:", "Đúng cơ cấu").answer("Ngày quyết định", "").answer("Tệp khóa ký", str(key))
        one.answer("Mật khẩu", "chu ky cua nguoi dung dau").see("Quyết định: ").ends()
    said = run("verify", result / f"{UUID}.bel", "--record", record, "--head", result / "head-decision-1.json")
    assert ": ĐÚNG / sound" in said and "awaiting the decision of" not in said


def test_the_room_is_not_on_the_tellers_machine() -> None:
    assert "pip install 'phieukin[room]'" in run("serve", status=1)
