"""The guide's words: both languages say the same things, and nothing from a file steers the terminal."""

import ast
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from keys.files.recovery import recovery_lines
from keys.files.sealing import LEAST_COST
from kiosk_templates.words import Language, catalogue
from tally.audit import audit
from tally.ceremony.recovery_sheet import recovery_sheet
from tally.cli.main import tally_group
from tally.dialogue import Guide, groups, quoted
from tally.errors import Stopped, TallyError
from tally.folders import existing
from tally.guide.faults import FAULTS, words_of
from tally.signing.teller_file import new_teller_file, write_teller_file
from tests.attacks.lab import Lab, build_lab, chain, closed, counted
from tests.attacks.lab import lab as made
from tests.attacks.records import conference_of
from tests.tally.terminal import PASSPHRASE

FIELD = re.compile(r"\{(\w+)\}")
ROOT = Path(__file__).resolve().parents[2]
ERRORS_WITH_KINDS = {one.__name__ for one in TallyError.__subclasses__()}


def words(language: Language) -> Mapping[str, str]:
    return catalogue("tellers", language)


def test_the_program_says_every_word_of_the_file() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tally").rglob("*.py"))
    composed = (
        "fault.", "passphrase.", "check.", "usage.", "verify.", "said.final", "said.awaiting_",
        "result.", "said.disk_", "said.certificate_", "said.file", "count.words_", "destroy.what_",
        "destroy.why_",
    )  # fmt: skip
    assert [key for key in words("vi") if key not in sources and not key.startswith(composed)] == []


def test_a_name_from_a_file_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Guide("vi").say("ceremony.clash", name="Lò\x1b[2J\x07 Thị")
    shown = capsys.readouterr().out
    assert "\x1b[2J" not in shown and "\x07" not in shown
    assert "Lò\\x1b[2J" in shown


def test_hashes_come_in_groups_of_four_eight_a_line() -> None:
    assert groups("0123456789ab" * 4) == "    0123 4567 89ab 0123 4567 89ab 0123 4567\n    89ab 0123 4567 89ab"


def leaves(root: type[Exception]) -> Iterator[type[Exception]]:
    for kind in root.__subclasses__():
        yield kind
        yield from leaves(kind)


OF_TELLERS = [
    one for root in FAULTS for one in leaves(root) if one.__module__.startswith(("tally.", "keys.", "voting."))
]


@pytest.mark.parametrize("kind", OF_TELLERS, ids=lambda kind: kind.__name__)
def test_every_error_has_words_in_vietnamese(kind: type[Exception]) -> None:
    if kind is not Stopped:
        assert f"fault.{words_of(kind)}" in words("vi")


def test_every_kind_that_an_error_names_has_words() -> None:
    sources = [path for folder in ("tally", "keys") for path in (ROOT / folder).rglob("*.py")]
    calls = (node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    kinds = {
        one.args[1].value: {part.arg for part in one.keywords}
        for one in calls
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in ERRORS_WITH_KINDS
        and len(one.args) > 1 and isinstance(one.args[1], ast.Constant)
    }  # fmt: skip
    assert len(kinds) > 20
    assert {kind: FIELD.findall(words("vi")[f"fault.{kind}"]) for kind in kinds} == {
        kind: [name for name in FIELD.findall(words("vi")[f"fault.{kind}"]) if name in given]
        for kind, given in kinds.items()
    }


def test_an_error_without_a_guide_is_said_in_vietnamese_with_english_beside(tmp_path: Path) -> None:
    empty = tmp_path / "record.json"
    empty.write_bytes(b"{}")
    result = CliRunner().invoke(tally_group, ["minutes", str(empty), "--out", str(tmp_path / "minutes.pdf")])
    assert result.exit_code == 1
    assert "Lỗi / Error: tệp này không phải biên bản đúng của chương trình. Chi tiết: " in result.output


def test_every_check_of_the_box_is_named_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(counted(made()).raw())
    assert {f"check.{one.check}" for one in audit(path).checks} <= words("vi").keys()


# --- the recovery sheet --------------------------------------------------------------------------------------------


def test_the_sheet_holds_the_lines_of_the_sealed_file_and_nothing_that_opens_it(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    lab, path = made(), tmp_path / "teller-1.sealed"
    teller = new_teller_file("Lò Thị Ước", lab.tellers[0], lab.signing["1"])
    write_teller_file(path, teller, PASSPHRASE, LEAST_COST)
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(recovery_sheet(Guide("vi"), path.read_bytes(), index=1, name="Lò Thị Ước", conference="HN"))
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(sheet).pages)
    shown = " ".join(text.split())
    for line in recovery_lines(path.read_bytes()):
        assert line in shown
    for secret in (teller.signing_key, lab.tellers[0].secret.hex(), PASSPHRASE):
        assert secret not in shown


# --- Setup ---------------------------------------------------------------------------------------------------------


def confirm(lab: Lab, folder: Path, *more: str, answers: str = "") -> Result:
    setup, teller = folder / "setup.bel", folder / "teller-2.sealed"
    setup.write_bytes(chain(closed(lab).events()[:1]))
    write_teller_file(teller, new_teller_file("x", lab.tellers[1], lab.signing["2"]), PASSPHRASE, LEAST_COST)
    (folder / "words").write_text(PASSPHRASE, encoding="utf-8")
    arguments = ["confirm", setup, "--teller", teller, "--out", folder / "confirmation.json",
                 "--passphrase-file", folder / "words", *more]  # fmt: skip
    return CliRunner().invoke(tally_group, [str(one) for one in arguments], input=answers)


def test_a_teller_sees_what_setup_says_before_confirming_it(tmp_path: Path) -> None:
    lab = made()
    result = confirm(lab, tmp_path, answers="c\n")
    assert result.exit_code == 0, result.output
    assert lab.election.fingerprint in result.output
    assert "Cần 2 trong 3 người" in result.output
    assert "(thành viên Ban kiểm phiếu 2)" in result.output
    assert (tmp_path / "confirmation.json").exists()


@pytest.mark.parametrize(("more", "answers"), [((), "k\n"), (("--fingerprint", "x" * 43), "")])
def test_another_fingerprint_than_the_halls_is_not_confirmed(
    tmp_path: Path, more: tuple[str, ...], answers: str
) -> None:
    result = confirm(made(), tmp_path, *more, answers=answers)
    assert result.exit_code == 1
    assert "không xác nhận" in result.output
    assert not (tmp_path / "confirmation.json").exists()


def test_a_teller_on_a_ballot_is_named_before_confirming(tmp_path: Path) -> None:
    paper = conference_of(made()).papers[0]
    names = (msgspec.structs.replace(paper.candidates[0], name="Kiểm phiếu viên 3"), *paper.candidates[1:])
    result = confirm(build_lab(candidates=names), tmp_path, answers="c\n")
    assert "Kiểm phiếu viên 3 vừa là thành viên Ban kiểm phiếu, vừa có tên trên phiếu" in result.output


def test_a_key_that_setup_does_not_name_confirms_nothing(tmp_path: Path) -> None:
    lab = made()
    lab = Lab(lab.election, lab.trustees, lab.credentials, lab.cards, lab.tellers,
              {**lab.signing, "2": lab.signing["desk"]}, lab.ballots)  # fmt: skip
    result = confirm(lab, tmp_path, answers="c\n")
    assert result.exit_code == 1
    assert "không phải khóa của thành viên Ban kiểm phiếu" in result.output


def test_a_question_that_can_wait_takes_yes_no_or_nothing(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    asked += ["?", "có", "N", ""]
    assert [Guide("en").confirm_or_later("ceremony.compare_ask") for _ in range(3)] == [True, False, None]
    assert Guide("en").words("general.yes_or_no", letters="y/n") in capsys.readouterr().out


def test_a_path_is_written_as_the_systems_shell_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, spaced = Path("a/b"), Path("a b")
    assert (quoted(plain), quoted(spaced)) == ("a/b", "'a b'")
    monkeypatch.setattr(os, "name", "nt")
    assert (quoted(plain), quoted(spaced)) == ("a/b", '"a b"')


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Stopped, match=re.escape(Guide("vi").words("folder.not_one", folder=tmp_path / "file"))):
        existing(Guide("vi"), tmp_path / "file")
