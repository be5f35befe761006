"""Commands typed in a wrong way: Vietnamese first, click's own sentence beside it, and exit code 2."""

import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tally.guide.signers import SignerChoice, open_signer
from tally.guide.usage import Misused, in_words
from voting.cli.main import main

USAGE, HELP = "Cách dùng / Usage: phieukin {}", "Trợ giúp / Help: phieukin {} --help"
TYPED: dict[str, tuple[str, str, str, str]] = {
    "an argument is missing": ("tally confirm", "còn thiếu ARCHIVE", "ARCHIVE is missing", ""),
    "an option is missing": ("tally minutes {file}", "còn thiếu --out", "--out is missing", ""),
    "no such file": (
        "tally confirm {file}.bel",
        "ARCHIVE: không có tệp hoặc thư mục này, hoặc không dùng được; xem lại tên, và USB đã cắm chưa",
        "ARCHIVE: there is no such file or folder, or it cannot be used; look at the name, and whether the stick is in",
        "File '{file}.bel' does not exist.",
    ),
    "a folder for a file": (
        "tally minutes {folder}",
        "RECORD: không có tệp hoặc thư mục này, hoặc không dùng được; xem lại tên, và USB đã cắm chưa",
        "RECORD: there is no such file or folder, or it cannot be used; look at the name, and whether the stick is in",
        "File '{folder}' is a directory.",
    ),
    "no number": (
        "keys begin --index x",
        "--index: cần một số nguyên trong khoảng cho phép",
        "--index: a whole number expected, within its limits",
        "'x' is not a valid integer.",
    ),
    "no such choice": (
        "tally minutes {file} --language fr",
        "--language: chọn một trong vi, en",
        "--language: one of vi, en expected",
        "",
    ),
    "an option misspelled": (
        "tally minutes --languge x",
        "không có tùy chọn --languge; có phải là --language?",
        "there is no option --languge; do you mean --language?",
        "",
    ),
    "a command misspelled": (
        "tally confrim",
        "không có lệnh confrim; có phải là confirm?",
        "there is no command confrim; do you mean confirm?",
        "",
    ),
    "an option alone": (
        "tally open --teller",
        "tùy chọn --teller gõ chưa đúng",
        "the option --teller is not typed rightly",
        "Option '--teller' requires an argument.",
    ),
    "one thing too many": (
        "tally sum {file} more",
        "lệnh gõ thiếu, thừa hoặc sai chỗ",
        "something in the command is missing, too much, or in the wrong place",
        "Got unexpected extra argument (more)",
    ),
    "verify without a file": ("verify", "còn thiếu FILE", "FILE is missing", ""),
    "before the command": ("--nothing tally", "không có tùy chọn --nothing", "there is no option --nothing", ""),
}


@pytest.mark.parametrize(("typed", "vietnamese", "english", "detail"), TYPED.values(), ids=TYPED.keys())
def test_what_was_typed_wrong_is_said_in_both_languages(
    typed: str, vietnamese: str, english: str, detail: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    places = {"file": str(tmp_path / "file"), "folder": str(tmp_path)}
    done = CliRunner().invoke(main, typed.format_map(places).split(), prog_name="phieukin")
    assert (done.exit_code, done.stdout) == (2, "")
    usage, help_line, empty, *said = done.stderr.splitlines()
    assert usage.startswith(USAGE.format("")) and help_line.startswith(HELP.partition(" {}")[0]) and empty == ""
    details = [f"Chi tiết / Detail: {detail.format_map(places)}"] if detail else []
    assert said == [f"Lỗi / Error: {vietnamese} / {english}", *details]


def test_the_usage_is_that_of_the_command_that_was_typed() -> None:
    done = CliRunner().invoke(main, ["tally", "confirm"], prog_name="phieukin")
    assert done.stderr.splitlines()[:2] == [
        USAGE.format("tally confirm [OPTIONS] ARCHIVE"),
        HELP.format("tally confirm"),
    ]


@pytest.mark.parametrize(("typed", "meant"), [(["verifi"], "verify"), (["tally", "confrim"], "confirm")])
def test_a_command_misspelled_is_guessed_at_in_every_group(typed: list[str], meant: str) -> None:
    done = CliRunner().invoke(main, typed, prog_name="phieukin")
    assert f"có phải là {meant}?" in done.stderr and f"do you mean {meant}?" in done.stderr


def test_a_group_without_a_command_shows_its_help_as_before() -> None:
    done = CliRunner().invoke(main, ["tally"], prog_name="phieukin")
    assert "Lỗi" not in done.output
    assert re.search(r"^  confirm ", done.output, re.M)


MADE: dict[str, Callable[[], click.UsageError]] = {
    "UsageError": lambda: click.UsageError("why"),
    "BadParameter": lambda: click.BadParameter("why"),
    "MissingParameter": lambda: click.MissingParameter(param_hint="--x", param_type="option"),
    "NoSuchOption": lambda: click.NoSuchOption("--x"),
    "NoSuchCommand": lambda: click.exceptions.NoSuchCommand("x"),
    "BadOptionUsage": lambda: click.BadOptionUsage("--x", "why"),
    "BadArgumentUsage": lambda: click.BadArgumentUsage("why"),
    "NoArgsIsHelpError": lambda: click.exceptions.NoArgsIsHelpError(click.Context(main)),
}


KINDS = [one for one in vars(click.exceptions).values() if isinstance(one, type) and issubclass(one, click.UsageError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.__name__)
def test_no_kind_of_error_of_click_is_left_without_words(kind: type[click.UsageError]) -> None:
    error = MADE[kind.__name__]()
    assert type(error) is kind
    found = in_words(error)
    if kind is click.exceptions.NoArgsIsHelpError:  # no error: it shows the help
        assert found is error
    else:
        vietnamese, _, english = str(found).partition(" / ")
        assert vietnamese and english and vietnamese != english


def test_words_are_said_once() -> None:
    none = SignerChoice(key=None, token=None, token_module=None, token_key=None, passphrase_file=None)
    with pytest.raises(Misused) as caught, open_signer(none):
        pass
    assert in_words(caught.value) is caught.value
    assert str(caught.value) == (
        "chọn một: --key, hoặc đủ --token, --token-module và --token-key"
        " / give either --key, or all of --token, --token-module and --token-key"
    )


def test_an_error_of_no_command_and_of_another_kind_of_value_has_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    error = click.BadParameter("no number", param=click.Option(["--share"], type=click.FLOAT), param_hint="--share")
    found = in_words(error)
    found.show()
    said = capsys.readouterr().err
    assert said.startswith("Lỗi / Error: --share") and said.endswith("Chi tiết / Detail: no number\n")
