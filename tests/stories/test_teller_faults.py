"""Faults of the key ceremony and of the count at the terminal, each with its reason on the screen and the way out.

The tellers' files come from processes before; what is on the screen comes from a fresh process that knows them alone.
"""

import json
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from keys.files.sealing import LEAST_COST
from keys.files.signing import new_signing_key
from keys.trustees import parse_trustees
from tally.ceremony.state import begin
from tally.ceremony.usb import STEPS
from tally.signing.teller_file import bind_to_box, new_teller_file, read_teller_file, write_teller_file
from tests.attacks.lab import chain, closed
from tests.stories.tellers import Meeting, Table, Terminal, held_ceremony, meeting, passphrase, phieukin, run
from tests.stories.test_tellers import NAMES, VOTES, confirmed, count, fresh
from tests.tally.ceremony.test_state import PASSPHRASE, Tellers, cheat, choose_late, prove_wrongly
from tests.voting.documents.elections import UUID

pytestmark = pytest.mark.slow

BEGINNING = "Có giống hệt không?"


@pytest.fixture
def tellers(tmp_path: Path) -> Tellers:
    return Tellers(tmp_path)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return held_ceremony(tmp_path_factory.mktemp("ceremony"))[0]


def turn(tellers: Tellers, index: int) -> AbstractContextManager[Terminal]:
    home = tellers.path(index).parent
    return phieukin("tally", "ceremony", tellers.stick.folder, "--me", index, "--home", home)


def goes_on(tellers: Tellers, index: int, words: str, *, compares: bool = False) -> None:
    """One teller's next turn succeeds."""
    with turn(tellers, index) as one:
        one.answer("Mật khẩu", PASSPHRASE)
        if compares:
            one.answer(BEGINNING, "c")
        one.see(words).ends()


def stops(tellers: Tellers, index: int, words: str, *, asks: bool = True) -> None:
    """One teller's turn ends with this reason, before or after the passphrase is asked for."""
    with turn(tellers, index) as one:
        if asks:
            one.answer("Mật khẩu", PASSPHRASE)
        said = one.ends(1)
    assert "DỪNG LẠI: " in said
    assert words in said


def begins_anew(tellers: Tellers, without: str = "") -> None:
    """A new ceremony in an empty folder begins with the others."""
    names = [word for name in (*NAMES, "Cầm Đức Đôi") if name != without for word in ("--teller", name)]
    for name in ("new stick", "new own"):
        (tellers.folder / name).mkdir()
    with phieukin("tally", "ceremony", tellers.folder / "new stick", "--me", 1, "--home", tellers.folder / "new own",
                  *names, "--conference", "HN") as one:  # fmt: skip
        one.answer("Mật khẩu mới", PASSPHRASE).answer("Gõ lại", PASSPHRASE).see("Đã ghi thông báo").ends()


# --- the ceremony --------------------------------------------------------------------------------------------------


def test_who_rushed_is_named_and_all_go_on_once_the_missing_file_is_back(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    tellers.deal(2)
    tellers.stick.path(STEPS[0], 3).unlink()
    stops(tellers, 1, "đã ghi tệp bước 2 (2-dealing-teller-2.json) khi bước 1 chưa đủ (thiếu: Vì Thu Lễ)")
    with turn(tellers, 3) as third:  # its owner's sealed file holds what was handed out
        third.answer("Mật khẩu", PASSPHRASE).see("Tệp bước 1 của đồng chí không còn trên USB luân chuyển; đã ghi lại")
        third.answer(BEGINNING, "c").see("Đã chia phần khóa").ends()
    goes_on(tellers, 1, "đã kiểm tra và nhận phần khóa", compares=True)


def test_who_chose_after_seeing_the_others_is_named_by_everybody(tellers: Tellers) -> None:
    choose_late(tellers)
    for index in (1, 2):
        stops(tellers, index, "teller 3 (Vì Thu Lễ): box 1: the coefficients are not the ones committed to")
    begins_anew(tellers, without="Vì Thu Lễ")


def test_two_files_of_one_teller_are_named_and_all_go_on_when_one_is_gone(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    double = tellers.stick.folder / "1-announcement-teller-2 (1).json"
    double.write_bytes(begin(tellers.plan, 2).announcement.encode())
    stops(tellers, 1, "Hà Văn Đạt có hai tệp khác nhau ở cùng một bước")
    double.unlink()
    goes_on(tellers, 1, "Đã chia phần khóa", compares=True)


def test_a_late_file_is_named_by_those_who_confirmed_another_and_by_its_owner(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    tellers.deal(1)
    first = tellers.stick.path(STEPS[0], 2)
    tellers.stick.write(STEPS[0], 2, begin(tellers.plan, 2).announcement.encode())
    stops(tellers, 3, "Lò Thị Ước đã chia phần khóa theo những thông báo khác với các tệp trên USB luân chuyển")
    stops(tellers, 1, "Hà Văn Đạt: tệp bước 1 đến muộn")
    stops(tellers, 2, "Hà Văn Đạt: có người đặt một tệp bước 1 khác vào chỗ của đồng chí")
    first.unlink()
    with turn(tellers, 2) as second:
        second.answer("Mật khẩu", PASSPHRASE).see("đã ghi lại từ tệp khóa").answer(BEGINNING, "c")
        second.see("Đã chia phần khóa").ends()
    goes_on(tellers, 1, "còn chờ Vì Thu Lễ")


def test_a_wrong_share_is_proved_to_everybody_and_a_new_ceremony_begins(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal)
    cheat(tellers, dealer=2, victim=3)
    stops(tellers, 3, "Hà Văn Đạt gửi cho đồng chí một phần khóa sai. Đã ghi bằng chứng")
    for index in (1, 3):
        stops(tellers, index, "Vì Thu Lễ chứng minh được: Hà Văn Đạt đã gửi phần khóa sai", asks=False)
    next(tellers.stick.folder.glob("complaint-*")).unlink()  # whoever takes the proof away revives nothing
    stops(tellers, 3, "đồng chí đã chứng minh Hà Văn Đạt gửi phần khóa sai: buổi này không dùng được nữa")
    begins_anew(tellers, without="Hà Văn Đạt")


def test_a_wrong_proof_of_possession_is_named_and_its_owner_hands_out_the_right_one(tellers: Tellers) -> None:
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    prove_wrongly(tellers)
    stops(tellers, 1, "teller 2 (Hà Văn Đạt): box 1: the proof of possession does not verify")
    tellers.stick.path(STEPS[2], 2).unlink()
    goes_on(tellers, 2, "đã ghi lại từ tệp khóa")
    goes_on(tellers, 1, "đã mở thử phần của đồng chí")


def test_a_stick_lost_in_the_middle_means_a_new_ceremony(tellers: Tellers) -> None:
    tellers.all(tellers.announce)
    tellers.path(2).unlink()
    with turn(tellers, 2) as second:
        assert "nhưng tệp khóa" in (said := second.ends(1))
    assert "Nếu mất thật: cả ban làm lại buổi mới" in said
    begins_anew(tellers)


def test_the_stick_of_another_ceremony_is_noticed(tellers: Tellers, tmp_path: Path) -> None:
    tellers.all(tellers.announce)
    other = Tellers(tmp_path / "other", 3, 3)
    with phieukin("tally", "ceremony", other.stick.folder, "--me", 1, "--home", tellers.path(1).parent) as one:
        one.answer("Mật khẩu", PASSPHRASE)
        assert "tệp khóa này được tạo trong buổi tạo khóa «Hội nghị», không phải buổi trên USB" in one.ends(1)
    assert [path.name for path in other.stick.folder.iterdir()] == ["ceremony.json"]
    goes_on(tellers, 1, "Đã chia phần khóa", compares=True)


def test_the_last_of_five_tellers_rehearses_and_ends_at_a_terminal(tmp_path: Path) -> None:
    size, threshold = 5, 3  # two of two hold theirs at terminals from the first turn: test_tellers
    tellers = Tellers(tmp_path, size, threshold)
    tellers.all(tellers.announce, tellers.deal, tellers.accept)
    for index in tellers.numbers[:-1]:
        tellers.rehearse(index)
    with turn(tellers, size) as last:
        last.answer("Mật khẩu", PASSPHRASE).see("Phiếu khôi phục")
        last.see(f"Mở thử thành công: bất kỳ {threshold} trong {size} người đều mở được")
        assert f"còn {threshold} người khác là mở được" in last.see("Mất hẳn:").ends()
    said = json.loads((tellers.stick.folder / "tellers.json").read_bytes())
    assert (said["threshold"], len(said["tellers"])) == (threshold, size)
    [box] = said["boxes"]
    assert parse_trustees(box["trustees"].encode()).threshold() == threshold
    assert not list(tellers.stick.folder.glob("2-dealing*")), "what was dealt is of no more use"


# --- Setup ---------------------------------------------------------------------------------------------------------


def confirm(table: Table, setup: Path, out: Path, index: int = 2) -> AbstractContextManager[Terminal]:
    return phieukin("tally", "confirm", setup, "--teller", table.home(index) / f"teller-{index}.sealed", "--out", out)


def test_a_setup_with_a_foreign_key_is_refused_and_the_right_one_confirmed(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    made = meeting(table, tmp_path / "stick", VOTES)
    path, out = table.home(2) / "teller-2.sealed", tmp_path / "confirmation"
    honest = path.read_bytes()
    own = read_teller_file(path, passphrase(2))
    path.unlink()
    write_teller_file(path, new_teller_file(own.name, own.share, new_signing_key()), passphrase(2), LEAST_COST)
    with confirm(table, made.setup, out) as one:  # the key that Setup names is not this teller's
        one.answer("đúng không?", "c").answer("Mật khẩu", passphrase(2))
        assert "khóa ký trong tệp này không phải khóa của thành viên Ban kiểm phiếu số 2" in one.ends(1)
    path.write_bytes(honest)
    other, _ = held_ceremony(tmp_path / "others")
    (tmp_path / "foreign").mkdir()
    foreign = meeting(other, tmp_path / "foreign" / "stick", VOTES)
    with confirm(table, foreign.setup, out) as one:  # a Setup with the shares of other tellers
        one.answer("đúng không?", "c").answer("Mật khẩu", passphrase(2))
        assert "tệp khóa này là của hòm phiếu số 1 (buổi tạo khóa" in one.ends(1)
    with confirm(table, made.setup, out) as one:
        one.answer("đúng không?", "k")
        assert "Mã cuộc bỏ phiếu khác với hội trường: không xác nhận" in one.ends(1)
    assert not out.exists()
    with confirm(table, made.setup, out) as one:
        one.answer("đúng không?", "c").answer("Mật khẩu", passphrase(2)).see("ký xác nhận").ends()
    assert out.exists()


# --- the count -----------------------------------------------------------------------------------------------------


def opens(one: Terminal, *owners: int) -> Terminal:
    for owner in owners:
        one.answer("số mấy mở tiếp", str(owner)).answer("Mật khẩu", passphrase(owner)).see("đã mở phần của mình")
    return one


def ends_with_result(one: Terminal) -> None:
    one.answer("Lời của chủ trì", "").answer("Người chứng kiến", "").answer("Khiếu nại", "").see("KẾT QUẢ").ends()


def test_a_cut_box_and_a_box_with_a_ballot_taken_out_are_refused_until_the_whole_one_comes(
    held: Table, tmp_path: Path
) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path)
    whole = made.box.read_bytes()
    spoilt = {
        whole[:-700]: "tệp hòm phiếu bị hỏng hoặc bị cắt",
        chain(closed(made.lab).events()[:-1]): "hòm phiếu chưa đóng hoặc hồ sơ bị cắt",
        closed(made.lab, made.lab.ballots[0]).raw(): "không phải của hòm phiếu này",
        closed(made.lab, *made.lab.ballots[:2], made.lab.ballots[0]).raw(): "có thẻ bỏ hai phiếu",
    }
    for raw, words in spoilt.items():
        made.box.write_bytes(raw)
        with count(made, table) as one:
            assert words in one.ends(1)
    assert not list((made.stick / "count").glob("*.opening-*"))
    assert all(not read_teller_file(table.home(index) / f"teller-{index}.sealed", passphrase(index)).opened
               for index in (1, 2, 3))  # fmt: skip
    made.box.write_bytes(whole)
    with count(made, table) as one:
        opens(one.answer(BEGINNING, "c"), 1, 2).answer("số mấy mở thêm", "")
        ends_with_result(one)


def test_a_part_that_fails_is_set_aside_by_name_and_opened_again(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path)
    with count(made, table) as one:
        opens(one.answer(BEGINNING, "c"), 1).answer("số mấy mở tiếp", "0").see("Dừng ở đây").ends()
    path = made.stick / "count" / f"{UUID}.opening-1.json"
    said = json.loads(path.read_bytes())
    wrong = json.loads(said["partial_decryption"])
    wrong["decryption_factors"][0][0], wrong["decryption_factors"][0][1] = wrong["decryption_factors"][0][1::-1]
    said["partial_decryption"] = json.dumps(wrong, separators=(",", ":"))
    path.write_text(json.dumps(said, separators=(",", ":"), sort_keys=True), encoding="utf-8")
    with count(made, table) as one:
        one.answer(BEGINNING, "c").see(
            f"Tệp {path.name} không đúng (phần mở hoặc kết quả không khớp. Chi tiết: teller 1"
        )
        one.see("Chưa ai mở. Cần 2 người")
        opens(one, 3, 1).answer("số mấy mở thêm", "")
        ends_with_result(one)
    assert path.with_suffix(".refused").exists()


def test_the_file_of_another_teller_or_conference_opens_nothing(held: Table, tmp_path: Path) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path)
    mine = table.home(1) / "teller-1.sealed"
    honest = mine.read_bytes()
    shutil.copy(table.home(2) / "teller-2.sealed", mine)
    foreign, _ = held_ceremony(tmp_path / "others")
    with count(made, table) as one:
        one.answer(BEGINNING, "c").answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(2))
        one.see("Phần của Lò Thị Ước không được nhận: tệp này là của Hà Văn Đạt")
        shutil.copy(foreign.home(1) / "teller-1.sealed", mine)
        one.answer("số mấy mở tiếp", "1").answer("Mật khẩu", passphrase(1))
        one.see("Phần của Lò Thị Ước không được nhận: tệp khóa này là của hòm phiếu số 1 (buổi tạo khóa")
        mine.write_bytes(honest)
        opens(one, 1, 2).answer("số mấy mở thêm", "")
        ends_with_result(one)


def test_two_of_three_of_five_get_no_result_and_the_third_brings_it(tmp_path: Path) -> None:
    table, _ = held_ceremony(tmp_path / "tellers", 5, 3)
    made = meeting(table, tmp_path / "stick", VOTES)
    made.close()
    homes = [word for index in range(1, 6) for word in ("--home", table.home(index))]
    with phieukin("tally", "count", made.stick, *homes) as one:
        opens(one.answer(BEGINNING, "c").see("Cần 3 người"), 4, 2)
        one.answer("số mấy mở tiếp", "0").see("Dừng ở đây").ends()
    assert not (made.stick / f"result-{UUID}").exists()
    sums, openings = made.stick / "count" / f"{UUID}.bel", sorted((made.stick / "count").glob("*.opening-*.json"))
    said = run("tally", "finish", sums, *openings, "--begun", "2022-04-10T09:30:00+07:00", "--out", tmp_path / "x.bel",
               "--count", tmp_path / "x.json", status=1)  # fmt: skip
    assert "phần khóa này không khớp" in said or "3 tellers expected" in said
    with phieukin("tally", "count", made.stick, *homes) as one:
        opens(one.answer(BEGINNING, "c").see("Đã mở phần của"), 5).answer("số mấy mở thêm", "")
        ends_with_result(one.answer("Lời của chủ trì", ""))


def test_a_machine_that_died_after_the_share_was_bound_or_before_the_record_goes_on(
    held: Table, tmp_path: Path
) -> None:
    table = fresh(held, tmp_path)
    made = confirmed(table, tmp_path)
    bind(made, table, 1)  # the box is in the share file; nothing was computed yet
    with count(made, table) as one:
        opens(one.answer(BEGINNING, "c"), 1, 2).answer("số mấy mở thêm", "")
        one.answer("Lời của chủ trì", "").answer("Người chứng kiến", "A – B").answer("Người chứng kiến", "")
        one.answer("Khiếu nại", "").see("1. Người chứng kiến: A – B").answer("dòng cần sửa", "").see("KẾT QUẢ").ends()
    result = made.stick / f"result-{UUID}"
    for name in (f"{UUID}.count.json", "record.json", "minutes.pdf"):
        (result / name).unlink()
    (result / f"{UUID}.bel.new").write_bytes(b"half a fi")
    (made.stick / "count" / f"{UUID}.bel").unlink()  # the sum is made again
    with count(made, table) as one:
        one.answer(BEGINNING, "c").see("Đã mở phần của: Lò Thị Ước, Hà Văn Đạt").answer("số mấy mở thêm", "")
        one.see("KẾT QUẢ").ends()  # witnesses were said already
    assert json.loads((result / f"{UUID}.count.json").read_bytes())["witnesses"] == ["A – B"]
    assert (result / "record.json").exists() and (result / "minutes.pdf").exists()


def bind(made: Meeting, table: Table, index: int) -> None:
    from tally.audit import audit

    path = table.home(index) / f"teller-{index}.sealed"
    teller = read_teller_file(path, passphrase(index))
    bind_to_box(path, teller, passphrase(index), audit(made.box).end_ballots, LEAST_COST)
