"""`phieukin room check`: what is looked at, what is found, and a test vote of an enrolled tablet in a practice room."""

import dataclasses
import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from keys.signing import new_signing_key, public_text
from tests.voting.rooms import OPENING
from voting import box_devices, room_check
from voting.cli_room import room_group
from voting.documents.ballot import cast_ballot
from voting.documents.election import parse_election
from voting.rehearsal.practice import enrolled, practice_room
from voting.rehearsal.room import new_tablet
from voting.serve import RunningServer, free_port, prepare
from voting.storage.engine import Storage
from voting.storage.tables import BallotRow, SetupRow
from voting.web.settings import Settings, load_settings, write_config

NOW = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=OPENING.tzinfo)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(room_check, "addresses", lambda: ["192.168.7.2"])
    write_config(tmp_path / "room", host="127.0.0.1", port=free_port(), names=["192.168.7.2"], processes=1)
    made = load_settings(tmp_path / "room")
    prepare(made)
    return made


def found(settings: Settings, name: str, now: datetime.datetime = NOW) -> room_check.Finding:
    return next(one for one in room_check.check_room(settings, now) if name in one.name)


@pytest.mark.parametrize("name", ["folder", "network", "certificate", "clock"])
def test_a_room_that_is_right_is_found_right(settings: Settings, name: str) -> None:
    assert found(settings, name).right


def test_a_machine_without_a_network_is_told_to_join_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_check, "addresses", list)
    assert not found(settings, "network").right


def test_a_certificate_for_another_address_names_what_to_write(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_check, "addresses", lambda: ["192.168.9.9"])
    assert '["192.168.9.9"]' in found(settings, "certificate").mend


def test_a_certificate_that_runs_out_is_found(settings: Settings) -> None:
    late = datetime.datetime.now(NOW.tzinfo) + datetime.timedelta(days=392)
    assert not found(settings, "certificate", late).right


@pytest.mark.parametrize("now", [NOW.replace(year=2001), NOW.astimezone(datetime.UTC)])
def test_a_clock_that_was_never_set_or_is_elsewhere_is_found(settings: Settings, now: datetime.datetime) -> None:
    assert not found(settings, "clock", now).right


def test_a_full_disk_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_check, "FREE_BYTES", 10**18)
    assert not found(settings, "disk").right


def test_a_secret_that_others_can_read_is_found(settings: Settings) -> None:
    (settings.directory / "room.key").chmod(0o644)
    assert "chmod 600" in found(settings, "folder").mend


def test_the_command_ends_with_the_number_of_things_to_mend(settings: Settings) -> None:
    (settings.directory / "room.key").chmod(0o644)
    done = CliRunner().invoke(room_group, ["check", "--folder", str(settings.directory), "--no-tablets"])
    assert done.exit_code == 1 and "SỬA" in done.output and "to mend" in done.output


def test_a_tablet_votes_in_a_practice_room_that_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    key = new_signing_key()
    storage = Storage(settings.database)
    with storage.write() as session:
        code = box_devices.new_code(session, "Máy 01", 1)
        device = box_devices.enrol(session, code, public_text(key), 1)
    assert [one.label for one in enrolled(settings)] == ["Máy 01"]
    with practice_room(settings, tmp_path / "check") as practice:
        server = RunningServer(dataclasses.replace(settings), practice.process)
        server.wait()
        assert practice.passed() == set() and practice.sheet.startswith(b"%PDF")
        with practice.storage.read() as session:
            row = session.query(SetupRow).one()
            election = parse_election(row.election)
        tablet = new_tablet("127.0.0.1", settings.port, server.authority_pem)
        tablet.key, tablet.device = key, device
        marks = [[1, 0] for _ in election.questions]
        tablet.cast(election, cast_ballot(election, practice.cards[0].text, marks))
        tablet.close()
        assert practice.passed() == {device}
    with storage.read() as session:
        assert session.query(BallotRow).count() == 0
    storage.close()
