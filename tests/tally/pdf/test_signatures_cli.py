"""`sign-minutes` and `check-minutes` at the command line, with sealed keys and with a token."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND, encode_signing_key
from tally.cli.pdf import check_minutes_command, sign_minutes_command
from tally.errors import CannotSign, InvalidMinutes
from tally.minutes import render_minutes
from tally.pdf.signatures import check_minutes
from tests.tally.records import EVERYONE, envelope, payload, sample_record, team
from voting.documents.envelope import signed_alone
from voting.documents.record import read_record

PEOPLE = team(*EVERYONE)
RECORD = sample_record(2, people=PEOPLE)
PAYLOAD = payload(RECORD)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with record.json, minutes.pdf, the sealed keys of chair and secretary, and the passphrase."""
    (tmp_path / "record.json").write_bytes(envelope(RECORD))
    (tmp_path / "minutes.pdf").write_bytes(render_minutes(PAYLOAD))
    (tmp_path / "words").write_text("mật khẩu dùng để thử\n")
    for name in ("chair", "secretary"):
        raw = encode_signing_key(PEOPLE.keys[name])
        write_sealed(tmp_path / name, raw, "mật khẩu dùng để thử", kind=KIND, cost=LEAST_COST)
    return tmp_path


def run(command: click.Command, desk: Path, *options: str) -> Any:
    arguments = [str(desk / "record.json"), str(desk / "minutes.pdf"), *options]
    return CliRunner().invoke(command, arguments, catch_exceptions=True)


def sign(desk: Path, name: str, *options: str) -> Any:
    return run(
        sign_minutes_command, desk, "--key", str(desk / name), "--passphrase-file", str(desk / "words"), *options
    )


def test_signers_find_their_own_places_and_the_missing_are_named(desk: Path) -> None:
    assert sign(desk, "chair").exit_code == 0
    result = sign(desk, "secretary")
    assert result.exit_code == 0, result.output
    assert "(chair)" in result.output and "(secretary)" in result.output
    assert f"awaiting signature of {RECORD.conference.tellers[0].name}" in result.output
    found = check_minutes((desk / "minutes.pdf").read_bytes(), PAYLOAD)
    assert [one.field for one in found] == ["chair", "secretary"]
    assert run(check_minutes_command, desk).output == result.output


def test_the_record_is_signed_by_the_same_key_where_asked(desk: Path) -> None:
    assert sign(desk, "chair", "--with-record").exit_code == 0
    signed, _ = read_record((desk / "record.json").read_bytes())
    assert signed_alone(signed, PEOPLE.public("chair"))


def test_nobody_signs_twice_and_no_stranger_at_all(desk: Path) -> None:
    assert sign(desk, "chair").exit_code == 0
    assert isinstance(sign(desk, "chair").exception, CannotSign)
    stranger = encode_signing_key(team("x").keys["x"])
    write_sealed(desk / "stranger", stranger, "mật khẩu dùng để thử", kind=KIND, cost=LEAST_COST)
    assert isinstance(sign(desk, "stranger").exception, CannotSign)


def test_minutes_of_another_record_are_refused(desk: Path) -> None:
    (desk / "minutes.pdf").write_bytes(render_minutes(payload(sample_record(3))))
    assert isinstance(run(check_minutes_command, desk).exception, InvalidMinutes)


@pytest.mark.parametrize("options", [(), ("--token", "t"), ("--token", "t", "--token-key", "k")])
def test_half_a_signer_is_none(options: tuple[str, ...], desk: Path) -> None:
    assert run(sign_minutes_command, desk, *options).exit_code == 2
