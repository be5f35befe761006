"""A room under fire: a conference whose box is open, ballots made beforehand, a server that is killed and started."""

import base64
import contextlib
import errno
import functools
import hashlib
import http.client
import json
import multiprocessing
import os
import random
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner
from sqlalchemy import select

from keys.files.signing import SigningKey, new_signing_key, public_text, raw_message, sign_raw, verify_raw
from tests.faults import powercut
from tests.tools import belenios_audit
from tests.voting.rooms import Room, Teller, new_teller, open_room
from voting.box.casting import RECEIPT_TAG
from voting.box.tablets import DEVICE_TAG, enrol, new_code
from voting.cli.main import main
from voting.conference.closing import Closed
from voting.documents.ballots.ballot import cast_ballot, tracker
from voting.documents.ballots.request import pack_request
from voting.documents.conferences.election import Election
from voting.server.serve import free_port, prepare
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotRow
from voting.web.settings import Settings, at_address, load_settings, write_config

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, ANSWER_SECONDS, PAUSE = 120.0, 20.0, 0.01
NO_LIMIT = 10_000_000
MANY = 200  # ballots worth a pool of processes
LOST = (OSError, http.client.HTTPException, ssl.SSLError)
"""What a tablet sees when its server is gone: it does not know whether the ballot counts."""


@dataclass(frozen=True, slots=True)
class Request:
    """A ballot ready to be sent: its card's place, its body, its tracker."""

    card: int
    body: bytes
    tracker: str


class ForkServer:
    """The process that forks servers; one for a whole run."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.fork_server"]
        self._groups: list[int] = []
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True, bufsize=1
        )

    def start(self, **order: object) -> int:
        """Start a server; return its process group."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._groups.append(int(self._process.stdout.readline()))
        return self._groups[-1]

    def stop(self) -> None:
        """Let it end, with every server that still runs."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@contextlib.contextmanager
def fork_server() -> Iterator[ForkServer]:
    """A fork_server that ends with the block."""
    made = ForkServer()
    try:
        yield made
    finally:
        made.stop()


class _Handshaken(ssl.SSLSocket):
    """Closed where the server died between connection and handshake: Python's own socket is then left open."""

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        try:
            return super().recv(buflen, flags)
        except OSError as error:
            if error.errno not in (errno.ENOTCONN, errno.EINVAL):
                self.close()
            raise


def trust_in(authority: Path | None) -> ssl.SSLContext:
    """Trust in an authority (None: this machine's), for connections to a server that may die at any instant."""
    trust = ssl.create_default_context(cafile=authority)
    trust.sslsocket_class = _Handshaken
    return trust


@dataclass
class Tablet:
    """One enrolled tablet on one connection."""

    port: int
    trust: ssl.SSLContext
    key: SigningKey
    device: str
    timeout: float = ANSWER_SECONDS
    connection: http.client.HTTPSConnection | None = None

    def connect(self) -> None:
        """Open the connection before it is needed."""
        self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=self.timeout, context=self.trust)
        self.connection.connect()

    def send(self, uuid: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Send a casting request; return status and answer. Raises one of LOST where no whole answer came."""
        message = raw_message(DEVICE_TAG, uuid.encode(), hashlib.sha256(body).digest())
        headers = {
            "Content-Type": "application/octet-stream",
            "Phieukin-Device": self.device,
            "Phieukin-Signature": base64.b64encode(sign_raw(self.key, message)).decode(),
        }
        try:
            if self.connection is None:
                self.connect()
            assert self.connection is not None
            self.connection.request("POST", f"/api/v1/elections/{uuid}/ballots", body, headers)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@dataclass
class FaultRoom:
    """A conference whose server is killed again and again; what tablets were told is remembered here."""

    folder: Path
    settings: Settings
    room: Room
    fork_server: ForkServer
    requests: list[Request]
    rivals: list[Request]
    key: SigningKey
    device: str
    chance: random.Random
    power: bool = False
    group: int = 0
    port: int = 0
    before: dict[str, bytes] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)

    @functools.cached_property
    def room_uuid(self) -> str:
        """The uuid of the election; asked once, so that tablets do not touch the database."""
        return self.room.uuid()

    @functools.cached_property
    def receipt_key(self) -> str:
        """The key of receipts that Setup names."""
        conference = self.room.box.election(self.room_uuid)[1].conference
        assert conference is not None
        return conference.receipt_key

    @property
    def journal(self) -> Path:
        """Where the layer that drops unsynced writes notes what it saw."""
        return self.folder.parent / f"{self.folder.name}.journal"

    @property
    def database(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.settings.database.removeprefix("sqlite:///"))

    def start(self, *, step: str = "", times: int = 1, unsafe: bool = False, limit: int = 0) -> None:
        """Start the server, to be killed at a step if one is named."""
        self.port = free_port()
        order: dict[str, object] = {"folder": str(self.folder), "port": self.port, "step": step, "times": times}
        order["limit"] = limit
        if self.power:
            self.journal.unlink(missing_ok=True)
            self.before = powercut.snapshot(self.database)
            order |= {"journal": str(self.journal), "unsafe": unsafe}
        self.group = self.fork_server.start(**order)
        self.wait()

    def wait(self) -> None:
        """Wait until the server answers."""
        deadline, last = time.monotonic() + START_SECONDS, Exception("not asked")
        while time.monotonic() < deadline:
            try:
                connection = http.client.HTTPSConnection(
                    "127.0.0.1", self.port, timeout=ANSWER_SECONDS, context=self.trust()
                )
                with contextlib.closing(connection):
                    connection.request("GET", "/api/v1/room")
                    if connection.getresponse().status == 200:
                        return
            except LOST as error:
                last = error
                time.sleep(PAUSE)
        log = (self.folder / "server.log").read_text()[-2000:]
        raise AssertionError(f"the server does not answer: {last!r}: {log}")

    def kill(self) -> int:
        """Kill the server at this instant; with `power`, cut the power too. Returns how many writes got lost."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self.gone()
        if not self.power:
            return 0
        return powercut.cut(self.database, self.before, self.journal.read_bytes(), self.chance)

    def gone(self) -> None:
        """Wait until no process of the server is left."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                os.killpg(self.group, 0)
            except ProcessLookupError:
                return
            time.sleep(PAUSE)
        raise AssertionError("the server lives on")

    def trust(self) -> ssl.SSLContext:
        """Trust in the room's authority."""
        return trust_in(self.settings.authority)

    def tablet(self, port: int = 0, timeout: float = ANSWER_SECONDS) -> Tablet:
        """A tablet for the server that runs, or for a proxy's port."""
        return Tablet(port or self.port, self.trust(), self.key, self.device, timeout)

    def take(self, request: Request, status: int, answer: dict[str, Any]) -> bool:
        """Remember an answer; an acknowledgement must carry the right receipt."""
        if status != 200:
            return False
        assert answer["tracker"] == request.tracker
        message = raw_message(RECEIPT_TAG, self.room_uuid.encode(), request.tracker.encode())
        verify_raw(self.receipt_key, message, base64.b64decode(answer["receipt"]))
        self.acknowledged[request.tracker] = request.card
        return True

    def in_the_box(self) -> dict[str, str]:
        """Tracker and credential of every ballot, read from the database."""
        with self.room.storage.read() as session:
            return {row.tracker: row.credential for row in session.scalars(select(BallotRow))}

    def lost(self) -> int:
        """How many acknowledged ballots are not in the box."""
        return len(set(self.acknowledged) - set(self.in_the_box()))

    def let_go(self) -> None:
        """Close this process's connections, so that the files may be exchanged below."""
        self.room.storage.close()

    def close(self) -> Closed:
        """Close the box."""
        return self.room.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.group:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, signal.SIGKILL)
        self.let_go()
        assert_no_crash(self.folder)


def assert_no_crash(folder: Path, words: str = "Fatal Python error") -> None:
    """Assert that no process of a server ended by itself: one that is replaced is not missed by anybody."""
    log = folder / "server.log"
    text = log.read_text() if log.exists() else ""
    assert words not in text, text[-4000:]


def make_fault_room(
    folder: Path,
    fork_server: ForkServer,
    *,
    cards: int,
    seed: int,
    url: str | None = None,
    power: bool = False,
    rivals: int = 0,
    names: int = 1,
    processes: int = 1,
    same_card: int = 0,
) -> FaultRoom:
    """A conference with `cards` cards drawn, its box open, a ballot of each card, a second one of `rivals`."""
    fields: dict[str, object] = {"database": url} if url else {}
    write_config(
        folder, host="127.0.0.1", processes=processes, threads=8, casts_per_minute=NO_LIMIT, polls_per_minute=NO_LIMIT,
        sign_ins_per_minute=NO_LIMIT, **fields,
    )  # fmt: skip
    settings = at_address(load_settings(folder), "127.0.0.1", 0)
    prepare(settings)
    tellers: list[Teller] = [new_teller(), new_teller()]
    room = open_room(settings.database, tellers)
    room.keyring = Keyring(settings.secret)
    room.__post_init__()
    room.open(people=cards, present=cards, drawn=cards, made=cards, spares=2, candidates=names)
    key = new_signing_key()
    with room.storage.write() as session:
        device = enrol(session, new_code(session, "máy", 1), public_text(key), 1)
    made = _requests(room, cards)
    others = [_request(room, number, [0, 0]) for number in range(rivals)]
    others += [_request(room, 0, [1, 0]) for _ in range(same_card)]
    chance = random.Random(seed)
    field = FaultRoom(folder, settings, room, fork_server, made, others, key, device, chance, power)
    assert field.room_uuid and field.receipt_key, "kept before the first kill"
    return field


def _requests(room: Room, cards: int) -> list[Request]:
    """A ballot of each card, made on all cores where there are many."""
    numbers = range(cards)
    if cards < MANY:
        return [_request(room, number, [number % 2, 1 - number % 2]) for number in numbers]
    election, texts = room.box.election(room.uuid())[1], room.drawn[:cards]
    room.storage.close()  # a connection belongs to one process
    with multiprocessing.get_context("fork").Pool() as pool:
        bodies = pool.starmap(_body, [(election, card) for card in texts], chunksize=8)
    return [Request(number, body, _tracker(body)) for number, body in zip(numbers, bodies, strict=True)]


def _body(election: Election, card: str) -> bytes:
    marks = [[1, 0] if secrets.randbits(1) else [0, 1] for _ in election.questions]
    return pack_request(election, cast_ballot(election, card, marks))


def _tracker(body: bytes) -> str:
    return tracker(body.rstrip(b" ").partition(b"\n")[0])


def _request(room: Room, card: int, marks: list[int]) -> Request:
    body = room.body(room.drawn[card], marks)
    return Request(card, body, _tracker(body))


def check_archive(closed: Closed, folder: Path, ballots: int) -> None:
    """The archive is sound by `phieukin verify`, and by belenios-tool where it is here."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{closed.uuid}.bel"
    path.write_bytes(closed.archive)
    done = CliRunner().invoke(main, ["verify", str(path), "--json"])
    assert done.exit_code == 0, done.output
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks, "verify names what it examined"
    if shutil.which("belenios-tool") or Path(belenios_audit.TOOL).exists():
        assert belenios_audit.audit(path) == ballots
