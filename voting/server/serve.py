"""The room server: granian with TLS 1.3, several processes, no access log, no core dumps (design §5).

with RunningServer.start(settings) as server:     # a real server in a process of its own, for rehearsals and tests
    server.url, server.authority_pem
"""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from keys.process_limits import no_core_dumps
from voting.box.casting import Verify, verify_alone
from voting.box.tablet_interface import API
from voting.conference import closing, events
from voting.conference.results import Audit, no_audit
from voting.documents.states import PROPERTIES
from voting.errors import InvalidSettings
from voting.rounds.hand_counts import Recount, no_recount
from voting.rounds.steps import Attached, nothing_attached
from voting.server.admission import room_admits
from voting.server.alone import end_with_the_server, hold_folder, hold_port
from voting.server.certificates import prepare_certificate
from voting.server.front import Front
from voting.server.listener import STOP_SECONDS, listen
from voting.storage import conference_row
from voting.storage.engine import Storage
from voting.storage.migrate import migrate
from voting.web.app import create_app
from voting.web.host_names import own_names
from voting.web.presence import shared_presence
from voting.web.protection import HEADERS
from voting.web.room import Room
from voting.web.settings import Settings, at_address, keep_private, load_settings

FOLDER_VARIABLE = "PHIEUKIN_ROOM"
APPLICATION = "voting.cli.serve:front"  # where everything is joined: the server with the tally's fast verifier
START_SECONDS = 120  # on a machine that does other things, too
LOOK_SECONDS = 30  # for one answer of a server that starts
_PAUSE = 0.05  # seconds between two looks at a server that starts


def prepare(settings: Settings) -> tuple[Path, Path]:
    """Bring the database up to date, finish what a crash left, make certificates; return the server's two paths."""
    keep_private(settings.directory)
    storage = Storage(settings.database)
    try:
        migrate(storage)
        keep_private(settings.directory)  # the database may have been made just now
        closing.rewrite_closed(storage)
    finally:
        storage.close()
    return prepare_certificate(settings.directory / "tls", settings.names, settings.clock(), own_names())


def serve(settings: Settings, told: Callable[[Settings], None] | None = None) -> None:
    """Serve the room until the process is told to stop (SIGINT or SIGTERM); requests under way are finished.

    `told` is called before the server listens, when folder and port are its own and everything is there.
    Raises FolderInUse or AddressUnusable before anything is touched where another server is there.
    """
    events.keep_to_catalogue()
    with hold_folder(settings.directory), hold_port(settings.host, settings.port):
        certificate, key = prepare(settings)
        _note_restart(settings)
        if told is not None:
            told(settings)
        _serve(settings, certificate, key)


def _note_restart(settings: Settings) -> None:
    """Count that the server starts while a box is open."""
    storage = Storage(settings.database)
    try:
        with storage.write() as session:
            row = conference_row.current(session)
            if row is not None and PROPERTIES[row.state].is_open:
                conference_row.note(session, row.id, "server_restarted")
    finally:
        storage.close()


def _serve(settings: Settings, certificate: Path, key: Path) -> None:
    """Run the server's processes; folder and port are this server's own."""
    if os.name == "posix":
        os.umask(0o077)
    no_core_dumps()
    os.environ[FOLDER_VARIABLE] = str(settings.directory)
    with shared_presence():
        listen(APPLICATION, settings.host, settings.port, settings.processes, certificate, key)


def awaits_ballots(app: Flask) -> bool:
    """Whether the room's box is sealed or open, so that ballots are to come."""
    with _room(app).storage.read() as session:
        row = conference_row.current(session)
        return row is not None and PROPERTIES[row.state].has_box


def _room(app: Flask) -> Room:
    room: Room = app.extensions["phieukin"]
    return room


def front(app: Flask) -> Front:
    """What one server process runs: the application, and before it what reads requests."""
    room = _room(app)
    return Front(app, room_admits, room.settings.threads, headers=HEADERS)


def application(
    verify: Verify = verify_alone,
    audit: Audit = no_audit,
    recount: Recount = no_recount,
    attached: Attached = nothing_attached,
) -> Flask:
    """The application of one server process, for the folder that the environment names."""
    end_with_the_server()
    events.keep_to_catalogue()
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        raise InvalidSettings(f"{FOLDER_VARIABLE} must name the room's folder")
    return create_app(load_settings(Path(folder)), verify, audit, recount, attached)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server in a process of its own."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://{self.settings.host}:{self.settings.port}"

    @property
    def authority_pem(self) -> str:
        """The certificate of the room's authority, for clients to trust."""
        return self.settings.authority.read_text()

    @classmethod
    @contextmanager
    def start(cls, settings: Settings) -> "Iterator[RunningServer]":
        """Start a server on a free port of this machine, wait until it answers, stop it at the end."""
        settings = at_address(settings, "127.0.0.1", free_port())
        command = [sys.executable, "-m", "voting.server.serve", str(settings.directory), str(settings.port)]
        with open(settings.directory / "server.log", "ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            server = cls(settings, process)
            server.wait()
            yield server
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait(self) -> None:
        """Wait until the server answers; raise InvalidSettings if it ends or stays silent."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(_PAUSE)
        raise InvalidSettings(f"the room server does not answer; see {self.settings.directory / 'server.log'}")

    def _answers(self) -> bool:
        if not self.settings.authority.exists():
            return False
        trust = ssl.create_default_context(cadata=self.authority_pem)
        try:
            with urllib.request.urlopen(f"{self.url}{API}/room", timeout=LOOK_SECONDS, context=trust) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    _folder, _port = sys.argv[1:]
    serve(at_address(load_settings(Path(_folder)), "127.0.0.1", int(_port)))
