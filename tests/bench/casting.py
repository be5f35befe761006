"""Casting as in a room, as fast as it goes: the real server with TLS on two processes, tablets on the same cores.

Ballots are made and signed beforehand, so tablets only send; each keeps its connection, as a browser does. Every
ballot is verified in full, and is on the disk before its answer is sent: SQLite with synchronous=FULL, PostgreSQL with
fsync. The first ballots, during which the server loads its engine, are not counted.
"""

import base64
import hashlib
import socket
import ssl
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from keys.files.signing import SigningKey, new_signing_key, public_text, raw_message, sign_raw
from tests.bench.clock import cpu_of_group
from tests.voting.rooms import Room, new_teller
from voting.box import tablets as box_devices
from voting.box.casting import count_ballots
from voting.box.tablets import DEVICE_TAG
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.ballots.request import pack_request
from voting.documents.conferences.election import parse_election
from voting.server.serve import RunningServer, prepare
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import PersonRow
from voting.web.settings import load_settings, write_config

PROCESSES = 2
THREADS = 16  # of each server process
WARM_UP = 300  # ballots that are not counted
MINUTELY = 10**7  # requests a minute: no limit here
SECONDS = 60  # that a tablet waits for its receipt


class LargeRoom(Room):
    """A room with more people than the door's search shows at once."""

    def people(self) -> list[int]:
        """The ids of those summoned."""
        with self.storage.read() as session:
            return list(session.scalars(select(PersonRow.id)))


@dataclass(frozen=True)
class Request:
    """A casting request as a tablet sends it."""

    body: bytes
    headers: dict[str, str]

    def wire(self, host: str, uuid: str) -> bytes:
        """All of its bytes, made beforehand like the ballot: what is measured is the server, not its tablets."""
        lines = [f"POST /api/v1/elections/{uuid}/ballots HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


@dataclass(frozen=True)
class Throughput:
    """What was counted: ballots a second, latencies in seconds, and server CPU seconds a ballot."""

    database: str
    names: int
    tablets: int
    ballots: int
    wall: float
    latencies: tuple[float, ...]
    server_cpu: float

    @property
    def rate(self) -> float:
        """Ballots a second."""
        return self.ballots / self.wall

    def percentile(self, percent: int) -> float:
        """Seconds within which so many of a hundred ballots were answered."""
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def measure(database: str | None, *, names: int = 11, ballots: int = 2000, tablets: int = 32) -> Throughput:
    """Cast `ballots` after the warm-up, from so many tablets at once; `database` is a URL, or None for SQLite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_config(folder, host="127.0.0.1", processes=PROCESSES, threads=THREADS, database=database,
                     casts_per_minute=MINUTELY, polls_per_minute=MINUTELY)  # fmt: skip
        settings = load_settings(folder)
        prepare(settings)
        storage = Storage(settings.database)
        room = LargeRoom(storage, Keyring(settings.secret), [new_teller(), new_teller()])
        uuid, requests = make_requests(room, names, WARM_UP + ballots)
        with RunningServer.start(settings) as server:
            place = urlsplit(server.url)
            send = partial(_send, str(place.hostname), int(place.port or 0), server.authority_pem, uuid, tablets // 2)
            with ProcessPoolExecutor(PROCESSES) as clients:
                _all(clients, send, requests[:WARM_UP])
                before, started = cpu_of_group(server.process.pid), time.perf_counter()
                latencies = _all(clients, send, requests[WARM_UP:])
                wall = time.perf_counter() - started
                cpu = (cpu_of_group(server.process.pid) - before) / ballots
        with storage.read() as session:
            assert count_ballots(session, room.conference) == len(requests)
        storage.close()
        return Throughput(storage.dialect, names, tablets, ballots, wall, tuple(latencies), cpu)


def make_requests(room: LargeRoom, names: int, voters: int) -> tuple[str, list[Request]]:
    """Open a box for so many voters, enrol a tablet, and make everybody's request."""
    room.open(made=voters, spares=0, people=voters, candidates=names, present=voters, drawn=voters)
    key = new_signing_key()
    with room.storage.write() as session:
        device = box_devices.enrol(session, box_devices.new_code(session, "Máy 01", 0), public_text(key), 0)
    election = room.setup().election
    with ProcessPoolExecutor(PROCESSES) as makers:
        bodies = list(makers.map(partial(_ballot, election), room.drawn, chunksize=32))
    return room.uuid(), [_signed(key, device, room.uuid(), body) for body in bodies]


def _ballot(raw_election: bytes, card: str) -> bytes:
    election = parse_election(raw_election)
    return pack_request(election, cast_ballot(election, card, [[1, 0] for _ in election.questions]))


def _signed(key: SigningKey, device: str, uuid: str, body: bytes) -> Request:
    message = raw_message(DEVICE_TAG, uuid.encode(), hashlib.sha256(body).digest())
    signature = base64.b64encode(sign_raw(key, message)).decode()
    return Request(body, {"Phieukin-Device": device, "Phieukin-Signature": signature})


def _all(clients: ProcessPoolExecutor, send: "partial[list[float]]", requests: Sequence[Request]) -> list[float]:
    """Send everything from all client processes; return the latencies."""
    parts = [requests[at::PROCESSES] for at in range(PROCESSES)]
    return [one for found in clients.map(send, parts) for one in found]


def _send(host: str, port: int, authority: str, uuid: str, tablets: int, requests: Sequence[Request]) -> list[float]:
    """Send these requests from so many tablets, each on a connection that it keeps."""
    waiting, latencies = [request.wire(host, uuid) for request in reversed(requests)], []
    trust = ssl.create_default_context(cadata=authority)

    def tablet() -> None:
        with (
            socket.create_connection((host, port), SECONDS) as plain,
            trust.wrap_socket(plain, server_hostname=host) as connection,
        ):
            while waiting:
                try:
                    request = waiting.pop()
                except IndexError:
                    break
                started = time.perf_counter()
                connection.sendall(request)
                answer = _answer(connection)
                latencies.append(time.perf_counter() - started)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    raise RuntimeError(answer.decode())

    threads = [threading.Thread(target=tablet) for _ in range(tablets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(latencies) != len(requests):
        raise RuntimeError("a tablet got no receipt")
    return latencies


def _answer(connection: ssl.SSLSocket) -> bytes:
    """Read one whole answer: its head, and as many bytes as that says."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: ssl.SSLSocket) -> bytes:
    found = connection.recv(1 << 16)
    if not found:
        raise RuntimeError("the server closed the connection")
    return found
