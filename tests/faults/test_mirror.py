"""A mirror in a process of its own, over TLS: killed and back, a stranger's, and a room filled from it afterwards."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.faults.room import LOST, PAUSE, START_SECONDS, FaultRoom, ForkServer, fork_server, make_fault_room, trust_in
from tests.faults.test_machine import cast_all
from voting.box.mirror import AUTHORITY_FILE, PATH, SECRET_FILE, STORE_FILE, Mirror, SealedBallot, Store, read_secret
from voting.cli.main import main
from voting.documents.ballots.ballot import tracker
from voting.server.certificates import prepare_certificate
from voting.server.serve import free_port
from voting.storage.backup import back_up
from voting.web.settings import local_clock

pytestmark = pytest.mark.slow
CARDS = 6


@dataclass
class SecondMachine:
    """`phieukin mirror serve`, started and killed."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Where the room server reaches it."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> Path:
        """The certificate authority that it made."""
        return self.folder / "tls" / "ca.pem"

    @property
    def store(self) -> Store:
        """What it keeps on its disk."""
        return Store(self.folder / STORE_FILE)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [Path(sys.executable).with_name("phieukin"), "mirror", "serve", "--folder", self.folder]
        log = (self.folder.parent / "mirror.log").open("ab")
        self.process = subprocess.Popen(
            [*map(str, command), "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while self.asked() != http.client.METHOD_NOT_ALLOWED:
            assert time.monotonic() < deadline, (self.folder.parent / "mirror.log").read_text()
            time.sleep(PAUSE)

    def asked(self) -> int:
        """The status of its answer to somebody who wants to read."""
        with contextlib.suppress(*LOST, FileNotFoundError):
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=30, context=trust_in(self.authority)
            )
            with contextlib.closing(connection):
                connection.request("GET", PATH)
                return connection.getresponse().status
        return 0

    def kill(self) -> None:
        """Kill it at this instant, its worker too."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def second(tmp_path: Path) -> Iterator[SecondMachine]:
    """A second machine, killed at the end."""
    machine = SecondMachine(tmp_path / "mirror")
    yield machine
    machine.kill()


@pytest.fixture(scope="module")
def starter() -> Iterator[ForkServer]:
    """What starts the room's servers."""
    with fork_server() as made:
        yield made


def join(room: FaultRoom, second: SecondMachine) -> None:
    """Carry the mirror's secret and authority to the room, and name its address."""
    shutil.copy(second.folder / SECRET_FILE, room.folder / SECRET_FILE)
    shutil.copy(second.authority, room.folder / AUTHORITY_FILE)
    config = room.folder / "room.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "mirror": second.address}))


def test_no_receipt_without_the_second_machine_and_with_it_the_loss_of_the_first_loses_no_ballot(
    tmp_path: Path, starter: ForkServer, second: SecondMachine
) -> None:
    with make_fault_room(tmp_path / "room", starter, cards=CARDS, seed=7) as room:
        second.start()
        join(room, second)
        back_up(room.room.storage, tmp_path / "backup.db")
        room.let_go()
        room.start()
        assert cast_all(room, room.requests[:2]) == {200}
        second.kill()
        assert cast_all(room, room.requests[2:4]) == {503}
        second.start()
        assert cast_all(room, room.requests[2:5]) == {200}
        room.kill()
        assert len(room.acknowledged) == 5

        new = tmp_path / "new"
        new.mkdir()
        shutil.copy(room.folder / "room.key", new / "room.key")
        call = ["restore", "--folder", str(new), "--mirror", str(second.folder), str(tmp_path / "backup.db")]
        done = CliRunner().invoke(main, call)
        assert done.exit_code == 0, done.output
        assert "ballots from the mirror 5" in done.output
        room.database.unlink()
        shutil.copy(new / "room.db", room.database)
        assert set(room.in_the_box()) == set(room.acknowledged)


def test_a_mirror_of_somebody_else_gets_no_ballot(tmp_path: Path, second: SecondMachine) -> None:
    second.start()
    secret = read_secret(second.folder / SECRET_FILE)
    ballot = SealedBallot("u", b"{}", None, bytes(64))
    other = SecondMachine(tmp_path / "other")
    other.folder.mkdir()
    prepare_certificate(other.folder / "tls", (), local_clock())
    stranger = Mirror(second.address, other.authority, secret)
    assert not stranger.keep(ballot), "another authority signed the certificate"
    guesser = Mirror(second.address, second.authority, bytes(32))
    assert not guesser.keep(ballot), "it knows another secret"
    assert second.store.ballots("u") == []
    own = Mirror(second.address, second.authority, secret)
    assert own.keep(ballot)
    assert [one.tracker for one in second.store.ballots("u")] == [tracker(b"{}")]
    for one in (stranger, guesser, own):
        one.close()
