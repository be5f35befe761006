"""What the guided commands ask again, refuse, or leave undone, after wrong answers and wrong files."""

from pathlib import Path

import msgspec
import pytest

from keys.files.key_files import write_sealed
from keys.files.recovery import recovery_lines
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import encode_signing_key, load_public, new_signing_key, public_text
from tally.dialogue import Guide, Refused
from tally.errors import CannotSign
from tally.guide import signers as cli_signers
from tally.guide.faults import explain
from tally.guide.setup import tell_setup
from tally.guide.signers import passphrase, pin, signer_by_asking
from tally.signing.teller_file import new_teller_file, write_teller_file
from tests.attacks.lab import Lab
from tests.attacks.lab import counted as made_counted
from tests.attacks.records import papers
from tests.tally.fast.ballots import AGREE, make_election
from tests.tally.terminal import PASSPHRASE, refused, run
from tests.tally.tokens import LABEL, PIN
from voting.documents.record import read_record

VI = Guide("vi")

pytestmark = pytest.mark.usefixtures("cheap_binding")


# --- questions -------------------------------------------------------------------------------------------------------


def test_a_number_out_of_its_bounds_is_asked_for_again(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    asked += ["0", "4", "hai", "-1", "²", "2"]
    assert VI.number("ceremony.who", 1, 3, size=3) == 2
    assert capsys.readouterr().out.count(VI.words("general.number", least=1, most=3)) == 5


def test_a_question_takes_its_default_or_asks_again(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    asked += ["", "maybe", "co"]
    assert VI.confirm("destroy.signed_ask", default=False) is False
    assert VI.confirm("destroy.signed_ask") is True
    assert capsys.readouterr().out.count("c/k") == 1


def test_a_new_passphrase_is_strong_and_typed_twice_alike(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    asked += ["matkhau", PASSPHRASE, "another", PASSPHRASE, PASSPHRASE]
    assert VI.new_passphrase(None, ("Lò Thị Ước",)) == PASSPHRASE
    said = capsys.readouterr().out
    assert VI.words("passphrase.differ") in said
    assert said.index(VI.words("passphrase.weak", words=6)) < said.index(VI.words("passphrase.differ"))


def test_a_weak_passphrase_from_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("matkhau123\n", encoding="utf-8")
    with pytest.raises(Refused):
        VI.new_passphrase(tmp_path / "words", ())


def test_passphrase_and_pin_come_from_a_file_or_are_asked_for(asked: list[str], tmp_path: Path) -> None:
    (tmp_path / "words").write_text("first\r\nsecond\n", encoding="utf-8")
    asked += ["typed", "1234"]
    assert (passphrase(tmp_path / "words"), pin(tmp_path / "words")) == ("first", "first")
    assert (passphrase(None), pin(None)) == ("typed", "1234")


def test_an_error_without_words_of_its_own_is_said_as_it_is() -> None:
    class Unknown(Exception):
        pass

    assert explain(VI, Unknown("something new")) == "something new"


def test_an_election_without_a_conference_is_shown_by_its_fingerprint(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    election = make_election(AGREE)
    tell_setup(VI, election, lab.trustees)
    said = capsys.readouterr().out
    assert election.fingerprint in said
    assert "Triệu tập" not in said


# --- signers ---------------------------------------------------------------------------------------------------------


def test_the_head_signs_on_paper_by_a_sealed_key_or_by_a_token(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, path = new_signing_key(), tmp_path / "head.sealed"
    write_sealed(path, encode_signing_key(key), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    with signer_by_asking(VI, "", "Cầm Minh Sơn") as signer:
        assert signer is None
    asked.append(PASSPHRASE)
    with signer_by_asking(VI, str(path), "Cầm Minh Sơn") as signer:
        assert signer is not None and signer.public_text == public_text(key)
    asked += [str(tmp_path / "none.so"), "nhãn", "khóa", "1234"]
    with pytest.raises(CannotSign, match="nhãn"), signer_by_asking(VI, "USB", "Cầm Minh Sơn"):
        pass
    assert asked == []


@pytest.mark.token
def test_the_head_signs_by_a_token_that_is_plugged_in(asked: list[str], token: Path) -> None:
    asked += [str(token), LABEL, "head", PIN]
    with signer_by_asking(VI, "usb", "Cầm Minh Sơn") as signer:
        assert signer is not None and signer.kind == "ecdsa"
        assert load_public(signer.public_text)


def test_a_tellers_file_is_a_signer_as_well(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "teller.sealed"
    write_teller_file(path, new_teller_file("x", lab.tellers[0], lab.signing["1"]), PASSPHRASE, LEAST_COST)
    assert public_text(cli_signers.open_signing_key(path, PASSPHRASE)) == public_text(lab.signing["1"])


def test_a_record_is_signed_without_its_minutes(lab: Lab, tmp_path: Path) -> None:
    path, key = tmp_path / "record.json", tmp_path / "chair.sealed"
    honest = papers(lab, made_counted(lab))
    honest.signers = ("1",)
    path.write_bytes(honest.sign())
    write_sealed(key, encode_signing_key(lab.signing["chair"]), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    result = run("sign", path, "--key", key, answers=lines(PASSPHRASE))
    assert result.exit_code == 0, result.output
    assert len(read_record(path.read_bytes())[0].signatures) == 2


def test_a_teller_who_signs_by_a_token_has_no_other_signer(lab: Lab, tmp_path: Path) -> None:
    made = new_teller_file("Lò Thị Ước", lab.tellers[0], lab.signing["1"])
    path = tmp_path / "teller.sealed"
    noted = msgspec.structs.replace(made, token=public_text(new_signing_key()))
    write_teller_file(path, noted, PASSPHRASE, LEAST_COST)
    with pytest.raises(CannotSign, match="Lò Thị Ước signs by a token"):
        cli_signers.open_signing_key(path, PASSPHRASE)


# --- the ceremony ----------------------------------------------------------------------------------------------------

PLAN = ("Hội nghị", "3", "Lò Thị Ước", "Hà Văn Đạt", "Vì Thu Lễ", "2")


def lines(*answers: str) -> str:
    return "".join(f"{one}\n" for one in answers)


def test_a_plan_is_asked_for_until_it_is_right(tmp_path: Path) -> None:
    wrong = ("Hội nghị", "2", "Lò Thị Ước", "Hà Văn Đạt", "2", "k")
    (tmp_path / "words").write_text(PASSPHRASE, encoding="utf-8")
    for name in ("stick", "own"):
        (tmp_path / name).mkdir()
    answers = lines(*wrong, *PLAN, "c", "7", "2", "c", str(tmp_path / "own"))
    result = run("ceremony", tmp_path / "stick", "--passphrase-file", tmp_path / "words", answers=answers)
    assert result.exit_code == 0, result.output
    assert "Chào Hà Văn Đạt" in result.output or "Hà Văn Đạt" in result.output
    assert (tmp_path / "stick" / "1-announcement-teller-2.json").exists()
    assert VI.words("general.number", least=1, most=3) in result.output


def test_a_teller_on_a_ballot_goes_on_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "ballot").write_text("hà văn đạt\n", encoding="utf-8")
    (tmp_path / "stick").mkdir()
    words = ["ceremony", tmp_path / "stick", "--on-ballot", tmp_path / "ballot", "--me", "9"]
    refused(run(*words, answers=lines(*PLAN, "c", "c", "không còn ai khác")), "1 đến 3")
    plan = msgspec.json.decode((tmp_path / "stick" / "ceremony.json").read_bytes())
    assert plan["clashes"] == [{"name": "Hà Văn Đạt", "reason": "không còn ai khác"}]


def test_no_key_is_made_on_the_stick_that_goes_around(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    command = ("ceremony", stick, "--me", "1", "--home", stick, "--teller", "A B", "--teller", "C D")
    refused(run(*command), VI.words("ceremony.same_folder", stick=stick, home=stick)[:40])
    assert not stick.exists()


# --- recovery --------------------------------------------------------------------------------------------------------


def test_a_mistyped_line_is_asked_for_again_and_the_file_comes_back(lab: Lab, tmp_path: Path) -> None:
    sealed, out = tmp_path / "teller.sealed", tmp_path / "again.sealed"
    write_teller_file(sealed, new_teller_file("x", lab.tellers[0], lab.signing["1"]), PASSPHRASE, LEAST_COST)
    raw = sealed.read_bytes().removesuffix(b"\n")
    first, *rest = recovery_lines(raw)
    wrong = first[:-1] + ("0" if first[-1] != "0" else "1")
    result = run("recover", "--out", out, answers=lines(wrong, first, "/".join(rest[:2]), *rest[2:], ""))
    assert result.exit_code == 0, result.output
    assert "line 1" in result.output
    assert out.read_bytes().removesuffix(b"\n") == raw
    (tmp_path / "lines").write_text("\n".join((first, *rest)), encoding="utf-8")
    assert run("recover", "--out", tmp_path / "third", "--lines", tmp_path / "lines").exit_code == 0
    refused(run("recover", "--out", tmp_path / "none", answers="\n"), "Lỗi / Error")


def test_whatever_is_typed_for_a_line_the_recovery_goes_on(lab: Lab, tmp_path: Path) -> None:
    sealed, out = tmp_path / "teller.sealed", tmp_path / "again.sealed"
    write_teller_file(sealed, new_teller_file("x", lab.tellers[0], lab.signing["1"]), PASSPHRASE, LEAST_COST)
    raw = sealed.read_bytes().removesuffix(b"\n")
    first, second, *rest = recovery_lines(raw)
    odd = ("/", f"{first}/", f"/{second}", "9" * 5000, f"{first}/{second}", "٠١ 00000 00", "02 00000 00", "x" * 9000)
    answers = lines(*odd, *rest[:-1], "", "c", f"{rest[-1]}/", "")
    result = run("recover", "--out", out, answers=answers)
    assert result.exit_code == 0, result.output
    assert out.read_bytes().removesuffix(b"\n") == raw
    refused(run("recover", "--out", tmp_path / "none", answers=lines(first, "", "k")), "DỪNG LẠI")


def test_a_recovered_file_that_exists_is_told_before_anybody_types(tmp_path: Path) -> None:
    (tmp_path / "again.sealed").write_bytes(b"kept")
    refused(run("recover", "--out", tmp_path / "again.sealed"), "again.sealed đã có")
    assert (tmp_path / "again.sealed").read_bytes() == b"kept"


def test_lines_of_a_sheet_are_read_from_the_file_of_any_editor(lab: Lab, tmp_path: Path) -> None:
    sealed = tmp_path / "teller.sealed"
    write_teller_file(sealed, new_teller_file("x", lab.tellers[0], lab.signing["1"]), PASSPHRASE, LEAST_COST)
    text = "\r\n".join(recovery_lines(sealed.read_bytes().removesuffix(b"\n")))
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16")):
        (tmp_path / "lines").write_bytes(text.encode(encoding))
        out = tmp_path / f"{number}.sealed"
        assert run("recover", "--out", out, "--lines", tmp_path / "lines").exit_code == 0
        assert out.read_bytes() == sealed.read_bytes()
