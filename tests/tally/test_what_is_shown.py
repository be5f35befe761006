"""What stands on the screen before people say yes: Setup in full, a record before it is signed, result and time."""

import dataclasses
import datetime
from pathlib import Path

import msgspec
import pytest

from keys.files.sealing import LEAST_COST
from tally.count.summary import tell_before_signing, tell_result
from tally.dialogue import Guide, groups
from tally.guide.clock import moment_after, read_moment
from tally.guide.setup import owner_name, same_fingerprint, tell_setup
from tally.signing.teller_file import new_teller_file, write_teller_file
from tests.attacks.lab import Lab, build_lab, chain, closed, counted
from tests.attacks.records import papers
from tests.sittings import changed, only, with_result
from tests.tally.records import payload, sample_record, tied_record
from tests.tally.terminal import PASSPHRASE, run
from voting.documents.conferences.conference import Note, Override, Previous, Quorum, Rule, Selection
from voting.documents.conferences.election import spoken_fingerprint
from voting.documents.record import unsigned_record
from voting.procedures.comparison import handed_on, ruleset_of

VI, EN = Guide("vi"), Guide("en")
NOON = datetime.datetime(2022, 4, 10, 12, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))


def shown(lab: Lab, capsys: pytest.CaptureFixture[str], guide: Guide = VI) -> str:
    """What tell_setup says."""
    tell_setup(guide, lab.election, lab.trustees)
    return capsys.readouterr().out


def test_setup_is_shown_in_full(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    said, conference = shown(lab, capsys), lab.election.conference
    assert conference is not None
    for candidate in conference.papers[0].candidates:
        assert f"{candidate.name}; {candidate.position}; {candidate.born}" in said
    for signer in (*conference.tellers, conference.chair, conference.secretary, conference.head):
        assert f"{signer.name} ({signer.role}), ký số, khóa" in said
    for words in (
        "ngày 10/04/2022",
        "phiếu giới thiệu, Trưởng phòng và tương đương, 2 người",
        "Điều kiện: đồng ý từ 30% trở lên so với tổng số người có mặt",
        "Lựa chọn: lấy tất cả những người đạt",
        "Triệu tập 5, có mặt 4, phát 4 thẻ, 1 thẻ dự phòng",
        "Số người tối thiểu: có mặt ít nhất 2/3 số người được triệu tập",
        "phải ký biên bản",
        "không bắt buộc ký biên bản",
        "Danh mục SONLA-VPUB-2022-03 phiên bản 1, quy trình CUR-DEPT, bước 2",
        "Cần 2 trong 3 người",
        groups(spoken_fingerprint(lab.election.fingerprint)),
    ):
        assert words in said
    assert "[!]" not in said


def test_setup_is_shown_in_english_too(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lab, capsys, EN)
    assert "Rule: agree: 30% or more of all people present" in said
    assert "must sign the record" in said


def test_a_quota_a_missed_quorum_and_a_rule_of_their_own_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    word = Override("Chủ trì chair", "đường bị sạt lở")
    lab = build_lab(
        meeting={"summoned": 7, "quorum": Quorum(2, 3, word)},
        kind="final", rule=Rule(">", 1, 5, "summoned"), selection=Selection("top", 1), tie_scope="head_any",
    )  # fmt: skip
    said = shown(lab, capsys)
    assert "trên 20% so với tổng số người được triệu tập" in said
    assert "cho đủ số lượng 01 người" in said
    assert "Bằng phiếu: bằng phiếu thì giao người đứng đầu quyết định" in said
    assert "[!] Thiếu số người tối thiểu; Chủ trì chair quyết định tiếp tục, lý do: đường bị sạt lở" in said
    assert "[!] Lưu ý: Phiếu 1: đồng ý trên 20%" in said
    assert "(KHAC-1)" in said


def test_what_becomes_of_those_chosen_is_shown_before_it_is_signed(capsys: pytest.CaptureFixture[str]) -> None:
    plain = build_lab(kind="final", rule=Rule(">", 1, 2, "summoned"), selection=Selection("top", 1))
    assert "biên bản sẽ ghi" not in shown(plain, capsys)
    words = handed_on(plain.election.conference.papers[0])  # type: ignore[union-attr]
    assert "phê duyệt" in words
    lab = build_lab(kind="final", rule=Rule(">", 1, 2, "summoned"), selection=Selection("top", 1), hands_on=words)
    assert f"Người được chọn, biên bản sẽ ghi: được {words}" in " ".join(shown(lab, capsys).split())
    assert words in " ".join(shown(lab, capsys, EN).split())


def test_one_key_in_two_offices_and_a_closed_catalogue_are_warned_of(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    named = lab.election.conference.papers[0].ruleset  # type: ignore[union-attr]
    both = build_lab(meeting={"ruleset": msgspec.structs.replace(named, id="OTHER")})
    assert "[!] Chương trình này không có danh mục OTHER phiên bản 1" in shown(both, capsys)
    chair = lab.election.conference.chair  # type: ignore[union-attr]
    one = build_lab(meeting={"head": chair, "chair": chair})
    assert "[!] Lưu ý: chủ trì và người đứng đầu ký bằng cùng một khóa" in shown(one, capsys)


def test_the_code_is_taken_in_either_spelling(lab: Lab) -> None:
    code = lab.election.fingerprint
    for typed in (code, f" {code[:4]} {code[4:]}", spoken_fingerprint(code).upper(), groups(spoken_fingerprint(code))):
        assert same_fingerprint(typed, lab.election)
    for typed in ("", code.lower(), spoken_fingerprint(code)[1:]):
        assert not same_fingerprint(typed, lab.election)


def test_the_prompt_names_a_person_and_not_a_file(lab: Lab) -> None:
    conference = lab.election.conference
    assert owner_name(VI, Path("teller-2.sealed"), conference) == "Kiểm phiếu viên 2"
    for name in ("teller-9.sealed", "mine.key", "teller-2.sealed.bak"):
        assert owner_name(VI, Path(name), conference) == "thành viên Ban kiểm phiếu giữ tệp này"


def test_a_setup_with_exchanged_texts_is_not_confirmed(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    draft.setup[0] = draft.setup[0].replace('["Đồng ý","Không đồng ý"]'.encode(), '["Không đồng ý","Đồng ý"]'.encode())
    (tmp_path / "setup.bel").write_bytes(chain(draft.events()[:1]))
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    teller = tmp_path / "teller-2.sealed"
    write_teller_file(teller, new_teller_file("x", lab.tellers[1], lab.signing["2"]), PASSPHRASE, LEAST_COST)
    result = run("confirm", tmp_path / "setup.bel", "--teller", teller, "--out", tmp_path / "out",
                 "--passphrase-file", tmp_path / "words", answers="c\n")  # fmt: skip
    assert result.exit_code == 1
    assert "question 1: the answers are not" in result.output
    assert not (tmp_path / "out").exists()


# --- a record --------------------------------------------------------------------------------------------------------


def test_a_record_is_shown_before_it_is_signed(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    made = papers(lab, counted(lab))
    made.signers = ("1", "chair")
    tell_before_signing(VI, made.sign())
    said, conference = capsys.readouterr().out, made.lab.election.conference
    assert conference is not None
    first, second = conference.papers[0].candidates
    assert f"1. {first.name}: 2/4 = 50,00%" in said
    assert f"2. {second.name}: 1/4 = 25,00%" in said
    assert "→ ĐẠT → ĐƯỢC CHỌN" in said and "→ KHÔNG ĐẠT → không chọn" in said
    assert "phát ra 4 phiếu, thu về 3 phiếu" in said
    assert "Đã ký: Kiểm phiếu viên 1 (Kiểm phiếu viên), Chủ trì chair (Chủ trì)" in said
    assert "Còn chờ chữ ký của: Kiểm phiếu viên 2 (Kiểm phiếu viên), Kiểm phiếu viên 3" in said


def test_a_record_that_contradicts_itself_is_not_signed(tmp_path: Path) -> None:
    record = sample_record(2)
    wrong = with_result(record, verdict=msgspec.structs.replace(only(record).verdict, selected=("c9",)))
    path = tmp_path / "record.json"
    path.write_bytes(unsigned_record(payload(wrong)))
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    before = path.read_bytes()
    result = run("sign", path, "--key", path, "--passphrase-file", tmp_path / "words")
    assert result.exit_code == 1
    assert "contradicts itself" in result.output
    assert path.read_bytes() == before


def test_a_result_says_who_is_chosen_and_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    record = tied_record()
    tell_result(VI, record.conference.papers[0], only(record))
    lines = capsys.readouterr().out.splitlines()
    assert "cho đủ số lượng 02 người" in lines[0]
    third = next(one for one in record.papers[0].case.candidates if one.id == "c3")
    assert "BẰNG PHIẾU, chờ người đứng đầu" in next(line for line in lines if f"{third.name}:" in line)
    first = next(one for one in record.papers[0].case.candidates if one.id == "c2")
    assert "ĐƯỢC CHỌN" in next(line for line in lines if f"{first.name}:" in line)


# --- the clock -------------------------------------------------------------------------------------------------------


def test_a_clock_after_the_closing_is_asked_nothing() -> None:
    assert moment_after(VI, NOON, "2022-04-10T11:59:59+07:00") == NOON.isoformat()
    assert moment_after(VI, NOON, "soon") == NOON.isoformat()


def answered(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    waiting = iter(answers)
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(waiting))


def test_a_clock_before_the_closing_is_set_by_typing_the_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(monkeypatch, "soon", "10/4/2022 13:00", "10/04/2022 14:24")
    found = moment_after(VI, NOON, "2022-04-10T14:00:00+07:00")
    assert found == "2022-04-10T14:24:00+07:00"
    said = capsys.readouterr().out
    assert "chỉ 12 giờ 00 phút, 10/04/2022, trước thời điểm đã ghi: 14 giờ 00 phút, 10/04/2022" in said
    assert "Cần ngày và giờ" in said


def test_a_clock_may_be_kept_where_the_rooms_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, "", "k", "", "c")
    assert moment_after(VI, NOON, "9999-12-31T23:59:59-12:00") == NOON.isoformat()


@pytest.mark.parametrize(
    "text", ["30/11/2026 14:24", "30-11-2026  14:24", "30.11.2026, 14h24", "30/11/2026 14 giờ 24 phút"]
)
def test_a_time_is_read_as_people_write_it(text: str) -> None:
    found = read_moment(text)
    assert found is not None and found.isoformat() == "2026-11-30T14:24:00+07:00"


@pytest.mark.parametrize("text", ["", "31/02/2026 10:00", "30/11/2026", "30/11/2026 25:00", "14:24", "2026-11-30"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_moment(text) is None


def test_what_differs_from_the_catalogue_or_the_election_is_warned_of(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    conference = lab.election.conference
    assert conference is not None
    ruleset = ruleset_of(conference.papers[0])
    assert ruleset is not None
    known, own = ruleset.notes[0], Note("X", "một ghi chú riêng")
    other = changed(
        conference, procedure="NO-SUCH", notes=(Note(known.code, known.text), own),
        previous=(Previous(1, "record", "ab" * 32),),
    )  # fmt: skip
    tell_setup(VI, dataclasses.replace(lab.election, name="Tên khác", conference=other), lab.trustees)
    said = capsys.readouterr().out
    for words in (
        VI.words("setup.refused", text="Phiếu 1: danh mục SONLA-VPUB-2022-03 không có quy trình 'NO-SUCH', bước 2"),
        VI.words("setup.remark", text=f"cuộc bỏ phiếu mang tên Tên khác, hội nghị mang tên {conference.name}"),
        VI.words("setup.note", text=own.text, code=own.code),
        VI.words("setup.previous", paper=1, sha256="abab abab abab abab"),
    ):
        assert words in said
    assert known.text not in said


def test_an_election_of_another_program_is_shown_by_its_code(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    tell_setup(VI, dataclasses.replace(lab.election, conference=None), lab.trustees)
    assert VI.words("setup.short", code=lab.election.fingerprint) in capsys.readouterr().out


def test_a_record_of_a_step_that_the_catalogue_has_not_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    record = sample_record(2)
    wrong = msgspec.structs.replace(record, conference=changed(record.conference, step=99))
    tell_before_signing(VI, unsigned_record(payload(wrong)))
    text = "Phiếu 1: danh mục SONLA-VPUB-2022-03 không có quy trình 'NEXT-DEPT', bước 99"
    assert VI.words("setup.refused", text=text) in capsys.readouterr().out
