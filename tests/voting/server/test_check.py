"""`phieukin room check`: what is looked at, what is found, and a test vote of an enrolled tablet in a practice room."""

import dataclasses
import datetime
import json
import re
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from keys.files.signing import SigningKey, new_signing_key, public_text
from tests.voting.rooms import OPENING
from voting.box import tablets
from voting.cli import room as cli_room
from voting.cli.room import room_group
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.conferences.election import Election, parse_election
from voting.rehearsal.practice import Practice, enrolled, practice_room
from voting.rehearsal.room import new_tablet
from voting.server import check as room_check
from voting.server.check import is_serving
from voting.server.serve import RunningServer, free_port, prepare
from voting.storage.engine import Storage
from voting.storage.tables import BallotRow, SetupRow
from voting.web.settings import Settings, load_settings, write_config

pytestmark = pytest.mark.slow

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
    assert found(settings, name, settings.clock() if name == "certificate" else NOW).right


def test_a_machine_without_a_network_is_told_to_join_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_check, "addresses", list)
    assert not found(settings, "network").right


def test_a_certificate_for_another_address_names_what_to_write(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_check, "addresses", lambda: ["192.168.9.9"])
    assert '["192.168.9.9"]' in found(settings, "certificate", settings.clock()).mend


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
        code = tablets.new_code(session, "Máy 01", 1)
        device = tablets.enrol(session, code, public_text(key), 1)
    storage.close()
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


# The command, end to end: every failure that it names, and a room that is ready.


def damaged(settings: Settings, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break one thing of a room that is right."""
    if what == "folder":
        (settings.directory / "room.key").chmod(0o644)
    elif what == "network":
        monkeypatch.setattr(room_check, "addresses", lambda: ["127.0.0.1"])
    elif what == "address":
        monkeypatch.setattr(room_check, "addresses", lambda: ["192.168.9.9"])
    elif what == "certificate":
        other = settings.directory.with_name("another-room")
        write_config(other, host="127.0.0.1", names=["192.168.7.2"])
        prepare(load_settings(other))
        server = settings.authority.with_name("server.pem")
        server.write_bytes((other / "tls" / "server.pem").read_bytes())
    elif what == "expired":
        monkeypatch.setattr(room_check, "DAYS_LEFT", 10_000)
    elif what == "clock":
        monkeypatch.setattr(room_check, "EARLIEST", datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
    elif what == "zone":
        monkeypatch.setattr(room_check, "ZONE", datetime.timedelta(hours=-3, minutes=-17))
    elif what == "disk":
        monkeypatch.setattr(room_check, "FREE_BYTES", 10**18)
    elif what == "slow disk":
        monkeypatch.setattr(room_check, "SLOW_SECONDS", 0.0)
    elif what == "pages":
        monkeypatch.setattr(room_check, "files", lambda _: settings.directory)


FAILURES = {
    "folder": ("thư mục / folder", "chmod 600"),
    "network": ("mạng / network", "Nối máy chủ"),
    "address": ("chứng thư / certificate", "192.168.9.9"),
    "certificate": ("chứng thư / certificate", "Làm theo dòng trên"),
    "expired": ("chứng thư / certificate", "phieukin room renew-certificate"),
    "clock": ("đồng hồ / clock", "timedatectl"),
    "zone": ("đồng hồ / clock", "Asia/Ho_Chi_Minh"),
    "disk": ("ổ đĩa / disk", "2 GiB"),
    "slow disk": ("ổ đĩa / disk", "SSD"),
    "pages": ("trang và phông chữ", "build_front"),
}


def test_something_else_in_the_place_of_the_certificate_is_named_and_left_alone(right: Settings) -> None:
    server = right.authority.with_name("server.pem")
    server.write_bytes(right.authority.read_bytes())
    done = check(right, "--no-tablets")
    assert done.exit_code == 1 and "server.key" in done.output
    assert server.read_bytes() == right.authority.read_bytes()


def test_an_authority_that_begins_later_is_found(right: Settings) -> None:
    early = right.clock() - datetime.timedelta(days=30)
    assert "clock is probably wrong" in found(right, "certificate", early).seen


def told(output: str) -> dict[str, tuple[str, str]]:
    """What the command said to be mended: name, then what was seen and what to do."""
    found = re.findall(r"^SỬA   ([^:]+): (.*)\n(?: +→ (.*)\n)?", output, re.MULTILINE)
    return {name: (seen, mend) for name, seen, mend in found}


@pytest.fixture
def right(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A room with nothing to mend, whatever this machine is like."""
    offset = settings.clock().utcoffset()
    assert offset is not None
    monkeypatch.setattr(room_check, "ZONE", offset)
    monkeypatch.setattr(room_check, "SLOW_SECONDS", 60.0)
    monkeypatch.setattr(room_check, "FREE_BYTES", 1)
    built = settings.directory / "static" / "built"
    (built / "fonts").mkdir(parents=True)
    (built / "manifest.json").write_text("{}")
    (built / "fonts" / "one.ttf").write_bytes(b"")
    monkeypatch.setattr(room_check, "files", lambda _: settings.directory)
    return settings


def check(settings: Settings, *more: str) -> Result:
    return CliRunner().invoke(room_group, ["check", "--folder", str(settings.directory), *more])


def test_a_room_with_nothing_to_mend_is_ready(right: Settings) -> None:
    done = check(right, "--no-tablets")
    assert done.exit_code == 0 and "Phòng họp sẵn sàng. / The room is ready." in done.output
    assert told(done.output) == {} and done.output.count("được ") == 6


@pytest.mark.parametrize("what", FAILURES)
def test_each_failure_is_named_with_what_to_do(right: Settings, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if what == "pages":
        (right.directory / "static" / "built" / "manifest.json").unlink()
    else:
        damaged(right, what, monkeypatch)
    done = check(right, "--no-tablets")
    name, mend = FAILURES[what]
    found = told(done.output)
    both = 2 if what == "network" else 1  # without an address, no certificate can be for one
    assert done.exit_code == 1 and f"{both} việc cần sửa / to mend" in done.output
    assert len(found) == both, done.output
    assert [one for one, (_, mended) in found.items() if name in one and mend in mended], done.output


def test_without_tablets_and_beside_a_running_server_the_command_says_so(right: Settings) -> None:
    assert told(check(right).output)["máy bỏ phiếu / tablets"] == ("chưa có máy nào / none enrolled",
                                                                   "Trang Máy bỏ phiếu")  # fmt: skip
    enrol(right)
    with RunningServer.start(right) as server:
        served = dataclasses.replace(right, port=server.settings.port)
        assert is_serving(served) and not is_serving(right)
        write_config(right.directory, host="127.0.0.1", port=served.port, names=["192.168.7.2"], processes=1)
        seen, mend = told(check(right).output)["máy bỏ phiếu / tablets"]
    assert "máy chủ đang chạy" in seen and mend == "Dừng máy chủ"


def enrol(settings: Settings, label: str = "Máy 01") -> tuple[str, SigningKey]:
    key, storage = new_signing_key(), Storage(settings.database)
    with storage.write() as session:
        code = tablets.new_code(session, label, 1)
        device = tablets.enrol(session, code, public_text(key), 1)
    storage.close()
    return device, key


def test_the_command_takes_a_test_vote_of_each_tablet_and_names_the_one_that_is_silent(
    right: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, key = enrol(right, "Máy 01")
    enrol(right, "Máy 02")
    pauses: list[float] = []

    def vote_in_the_pause(seconds: float) -> None:
        """The first pause is used to vote at the first tablet; afterwards time is over."""
        pauses.append(seconds)
        if len(pauses) == 1:
            vote(right, device, key)
        else:
            clock.monotonic = lambda: float("inf")

    cards: list[str] = []
    honest = cli_room.practice_room

    @contextmanager
    def watched(settings: Settings, folder: Path) -> Iterator[Practice]:
        with honest(settings, folder) as practice:
            RunningServer(settings, practice.process).wait()
            cards.extend(card.text for card in practice.cards if card.tablet.id == device)
            yield practice

    def vote(settings: Settings, device: str, key: SigningKey) -> None:
        tablet = new_tablet("127.0.0.1", settings.port, settings.authority.read_text())
        tablet.key, tablet.device = key, device
        election = tablet_election(settings)
        tablet.cast(election, cast_ballot(election, cards[0], [[1, 0] for _ in election.questions]))
        tablet.close()

    monkeypatch.setattr(cli_room, "practice_room", watched)
    clock = SimpleNamespace(sleep=vote_in_the_pause, monotonic=lambda: 0.0)
    monkeypatch.setattr(cli_room, "time", clock)
    done = check(right, "--minutes", "1")
    assert "được  Máy 01: đã bỏ phiếu thử / test vote received" in done.output
    assert told(done.output) == {"Máy 02": ("chưa có phiếu thử / no test vote",
                                            "Xem Wi-Fi, chứng thư, trang /kiosk trên máy này")}  # fmt: skip
    assert (right.directory / "test-cards.pdf").read_bytes().startswith(b"%PDF")


def tablet_election(settings: Settings) -> Election:
    """The practice's election, as the server of this port gives it to anybody."""
    trust = ssl.create_default_context(cadata=settings.authority.read_text())
    url = f"https://127.0.0.1:{settings.port}/api/v1"
    with urllib.request.urlopen(f"{url}/room", context=trust) as answer:
        uuid = json.loads(answer.read())["uuid"]
    with urllib.request.urlopen(f"{url}/elections/{uuid}/election.json", context=trust) as answer:
        return parse_election(answer.read())
