"""Peers that never finish: half-open requests to every kind of route, idle connections, to the room and its mirror.

Each answer is awaited for a shorter time than the server gives a slow body, so that none is owed to that deadline.
"""

import contextlib
import http.client
import re
import resource
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.faults.room import LOST, FaultRoom, ForkServer, Tablet, fork_server, make_fault_room
from tests.faults.test_mirror import SecondMachine, join
from voting.box.mirror import HEADER, PATH
from voting.server.front import READ_SECONDS
from voting.web.app import create_app
from voting.web.protection import COOKIE

pytestmark = pytest.mark.slow
HALF_OPEN, IDLE, SILENT = 200, 2000, 200
PATIENCE = READ_SECONDS / 2
HANDSHAKE_SECONDS = 60


@pytest.fixture(scope="module")
def starter() -> Iterator[ForkServer]:
    with fork_server() as made:
        yield made


@pytest.fixture(scope="module")
def field(starter: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultRoom]:
    """A room that two processes serve, with a ballot for each kind of route."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * IDLE)), hard))
    folder = tmp_path_factory.mktemp("slow") / "room"
    with make_fault_room(folder, starter, cards=40, seed=1, processes=2) as made:
        made.let_go()
        made.start()
        yield made


class Crowd:
    """Connections that one stranger holds open."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.port, self.trust = port, trust
        self.connections: list[socket.socket] = []

    def silent(self) -> None:
        """Connect, and say nothing at all."""
        self.connections.append(socket.create_connection(("127.0.0.1", self.port), HANDSHAKE_SECONDS))

    def idle(self) -> socket.socket:
        """Connect, and shake hands alone."""
        plain = socket.create_connection(("127.0.0.1", self.port), HANDSHAKE_SECONDS)
        self.connections.append(self.trust.wrap_socket(plain, server_hostname="localhost"))
        return self.connections[-1]

    def half_open(self, path: str, length: str, headers: str) -> None:
        """Send a head, and one byte of the body that it announces."""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{length}\r\n\r\n"
        self.idle().sendall(head.encode() + (b"5\r\n{" if "chunked" in length else b"{"))

    def leave(self) -> None:
        for one in self.connections:
            one.close()
        self.connections.clear()


@pytest.fixture
def crowd(field: FaultRoom) -> Iterator[Crowd]:
    made = Crowd(field.port, field.trust())
    yield made
    made.leave()


def kinds(app: Flask, uuid: str) -> dict[str, list[str]]:
    """The addresses that take a POST, by the part of the application that they belong to."""
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            path = re.sub(r"<[^>]+>", "1", rule.rule.replace("<uuid>", uuid))
            found.setdefault(rule.endpoint.partition(".")[0], []).append(path)
    return found


def assert_answered(field: FaultRoom) -> None:
    """The state of the room is told, and a stranger's whole request is answered."""
    with contextlib.closing(
        http.client.HTTPSConnection("127.0.0.1", field.port, timeout=PATIENCE, context=field.trust())
    ) as connection:
        connection.request("GET", "/api/v1/room")
        assert connection.getresponse().read().startswith(b'{"state":"open"')
        connection.request("POST", "/api/v1/devices", b"{}")
        assert connection.getresponse().status == 403, "a whole request of the same address is answered"


def assert_the_room_goes_on(field: FaultRoom, tablet: Tablet, card: int) -> None:
    """Questions are answered, and a ballot is taken."""
    assert_answered(field)
    status, answer = tablet.send(field.room_uuid, field.requests[card].body)
    assert field.take(field.requests[card], status, answer), answer


def test_two_hundred_half_open_requests_to_every_kind_of_route_stop_nothing(field: FaultRoom, crowd: Crowd) -> None:
    app = create_app(field.settings)
    size = len(field.requests[0].body)
    lengths = (f"Content-Length: {size}", "Transfer-Encoding: chunked")
    known = f"Phieukin-Device: {field.device}\r\nPhieukin-Signature: AAAA\r\nCookie: {COOKIE}-x=x"
    tablet = field.tablet(timeout=PATIENCE)
    routes = kinds(app, field.room_uuid)
    assert len(routes) > 10
    for card, paths in enumerate(routes.values()):
        for number in range(HALF_OPEN):
            crowd.half_open(paths[number % len(paths)], lengths[number % 2], known)
        assert_the_room_goes_on(field, tablet, card)
    tablet.close()
    app.extensions["phieukin"].storage.close()


def test_two_thousand_idle_connections_stop_nothing(field: FaultRoom, crowd: Crowd) -> None:
    for _ in range(SILENT):
        crowd.silent()
    for _ in range(IDLE):
        crowd.idle()
    tablet = field.tablet(timeout=PATIENCE)
    assert_the_room_goes_on(field, tablet, len(field.requests) - 1)
    tablet.close()


def test_http_2_is_not_offered(field: FaultRoom) -> None:
    trust = field.trust()
    trust.set_alpn_protocols(["h2", "http/1.1"])
    with contextlib.closing(Crowd(field.port, trust).idle()) as connection:
        assert isinstance(connection, ssl.SSLSocket)
        assert connection.selected_alpn_protocol() != "h2"


def test_a_tablet_is_told_to_send_again_where_its_body_does_not_come(field: FaultRoom, crowd: Crowd) -> None:
    path = f"/api/v1/elections/{field.room_uuid}/ballots"
    crowd.half_open(path, "Content-Length: 100", f"Phieukin-Device: {field.device}")
    answer = http.client.HTTPResponse(crowd.connections[-1], method="POST")
    answer.begin()
    assert (answer.status, answer.read()) == (408, b'{"code":"busy","recorded":null}')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.will_close


def test_nothing_that_strangers_do_with_connections_is_logged(field: FaultRoom, crowd: Crowd) -> None:
    log = field.folder / "server.log"
    before = log.read_bytes()
    plain = socket.create_connection(("127.0.0.1", field.port), HANDSHAKE_SECONDS)
    plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
    plain.close()
    crowd.half_open("/sign-in", "Content-Length: 10", "X: 1")
    crowd.leave()
    crowd.idle().sendall(b"GET /static/room.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
    crowd.leave()
    for host in ("a" * 5000, "a..b", "é", ".", ""):
        with contextlib.closing(crowd.idle()) as connection:
            connection.sendall(f"GET /desk HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
            with contextlib.suppress(*LOST):
                connection.recv(1)
    assert_answered(field)
    assert log.read_bytes() == before


def test_half_open_requests_to_the_mirror_keep_no_receipt_back(starter: ForkServer, tmp_path: Path) -> None:
    second = SecondMachine(tmp_path / "mirror")
    with contextlib.ExitStack() as stack:
        stack.callback(second.kill)
        field = stack.enter_context(make_fault_room(tmp_path / "room", starter, cards=2, seed=3))
        second.start()
        join(field, second)
        field.let_go()
        field.start()
        tablet = field.tablet()
        stack.callback(tablet.close)
        assert tablet.send(field.room_uuid, field.requests[0].body)[0] == 200
        crowd = Crowd(second.port, field.trust())
        crowd.trust.load_verify_locations(second.authority)
        stack.callback(crowd.leave)
        for number in range(HALF_OPEN):
            length = ("Content-Length: 9000", "Transfer-Encoding: chunked")[number % 2]
            crowd.half_open(PATH, length, f"{HEADER}: {'0' * 64}")
        assert tablet.send(field.room_uuid, field.requests[1].body)[0] == 200
