"""`phieukin serve --add-staff` and `--reset-staff`: the first accounts, and the way back for whoever lost theirs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from tests.voting.rooms import Room, Teller
from voting.cli.serve import serve_command
from voting.conference import staff_changes
from voting.conference.staff_changes import Changed
from voting.server.serve import prepare
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import StaffRow
from voting.web.access import accounts
from voting.web.access.locks import ELSEWHERE
from voting.web.settings import load_settings

PASSWORD = "một mật khẩu dài"


def run(folder: Path, *arguments: str, password: str = PASSWORD) -> Result:
    answers = f"{password}\n{password}\n"
    return CliRunner().invoke(serve_command, ["--folder", str(folder), *arguments], input=answers)


@pytest.fixture
def room(tmp_path: Path, tellers: list[Teller]) -> Iterator[Room]:
    settings = load_settings(tmp_path)
    prepare(settings)
    found = Room(Storage(settings.database), Keyring(settings.secret), tellers)
    yield found
    found.storage.close()


def logins(room: Room) -> list[str]:
    with room.storage.read() as session:
        return sorted(session.scalars(select(StaffRow.login)))


def changes(room: Room) -> list[Changed]:
    with room.storage.read() as session:
        return staff_changes.all_changes(session)


def test_the_first_accounts_are_made_at_the_server_and_it_is_kept(room: Room, tmp_path: Path) -> None:
    made = run(tmp_path, "--add-staff", "lan", "organiser")
    assert made.exit_code == 0 and "created: lan" in made.output and "otpauth://" in made.output
    assert run(tmp_path, "--add-staff", "minh", "chair,teller", "--no-totp").exit_code == 0
    assert logins(room) == ["lan", "minh"]
    assert changes(room) == [Changed("made", "lan", "", ""), Changed("made", "minh", "", "")]


@pytest.mark.parametrize(
    ("arguments", "password"),
    [(("--add-staff", "x", "king"), PASSWORD), (("--add-staff", "x", "door"), "ngắn"),
     (("--reset-staff", "nobody"), PASSWORD), (("--add-staff", "", "door"), PASSWORD)],
)  # fmt: skip
def test_what_cannot_be_done_ends_with_one_sentence(
    room: Room, tmp_path: Path, arguments: tuple[str, ...], password: str
) -> None:
    result = run(tmp_path, *arguments, password=password)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: ")
    assert logins(room) == [] and changes(room) == []


@pytest.mark.parametrize("role", ["chair", "teller", "door"])
def test_no_guarded_account_is_made_at_the_server_while_a_conference_is_under_way(
    room: Room, tmp_path: Path, role: str
) -> None:
    room.open()
    result = run(tmp_path, "--add-staff", "x", role)
    assert result.exit_code == 1 and "stay as they are" in result.output
    assert logins(room) == []
    assert run(tmp_path, "--add-staff", "tech", "technician").exit_code == 0


def test_a_chair_who_lost_everything_is_reset_at_the_server_for_all_to_see(room: Room, tmp_path: Path) -> None:
    assert run(tmp_path, "--add-staff", "minh", "chair").exit_code == 0
    room.open()
    new = "mật khẩu khác hẳn"
    result = run(tmp_path, "--reset-staff", "minh", password=new)
    address = re.search(r"otpauth://\S+", result.output)
    assert result.exit_code == 0 and address
    totp = pyotp.parse_uri(address.group(0))
    assert isinstance(totp, pyotp.TOTP)
    row = accounts.sign_in(room.storage, room.keyring, "minh", new, totp.at(1000), 1000, lambda _: ELSEWHERE)
    assert row.login == "minh"
    with room.storage.read() as session:
        kept = staff_changes.resets(session, room.conference)
    assert kept == [Changed("password", "minh", "", ""), Changed("authenticator", "minh", "", "")]
