"""A wicked network between tablet and server: a proxy on loopback that drops, doubles, delays and cuts, and kills.

It has the room's own certificate, so the tablet notices nothing but what goes wrong. Only casting requests suffer.
"""

import contextlib
import http.client
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from tests.faults.room import LOST, FaultRoom
from voting.server.certificates import prepare_certificate

ANSWER_SECONDS = 20.0
KEPT = ("Content-Type", "Phieukin-Device", "Phieukin-Signature")
Answer = tuple[int, str, bytes]


Fault = Callable[["Network", Callable[[], Answer]], Answer | None]


class Network:
    """What befalls casting requests: `calm`, a `storm` without any answer, or in between; and what befell them."""

    def __init__(self, field: FaultRoom, seed: int) -> None:
        self.field = field
        self.chance = random.Random(seed)
        self.calm, self.storm = True, False
        self.faults: Counter[str] = Counter()
        self._trust = field.trust()
        self._up = threading.Lock()  # held while the server is killed and started
        self._late: list[threading.Thread] = []

    def fault(self) -> Fault | None:
        """What befalls the next request, counted; None for nothing."""
        if not self.storm and self.chance.random() >= FAULT_SHARE:
            return None
        faults = MUTE if self.storm else KILLS if self.chance.random() < KILL_SHARE else FAULTS
        chosen = self.chance.choice(faults)
        self.faults[chosen.__name__] += 1
        return chosen

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Hand a request to the server as it is; wait for a server that is just being started again."""
        try:
            return self._once(method, path, headers, body)
        except ConnectionRefusedError:
            with self._up:
                return self._once(method, path, headers, body)

    def _once(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.field.port, timeout=ANSWER_SECONDS, context=self._trust
        )
        try:
            connection.request(method, path, body or None, headers)
            found = connection.getresponse()
            return found.status, found.getheader("Content-Type") or "", found.read()
        finally:
            connection.close()

    def later(self, request: Callable[[], object]) -> None:
        """A request that arrives after its sender gave it up."""

        def act() -> None:
            time.sleep(self.chance.uniform(0.05, 0.6))
            with contextlib.suppress(*LOST):
                request()

        thread = threading.Thread(target=act)
        thread.start()
        self._late.append(thread)

    def settle(self) -> None:
        """Wait for requests that are still on their way."""
        while self._late:
            self._late.pop().join()

    def kill(self) -> None:
        """Kill the server with all its processes, and start it again."""
        with self._up:
            self.field.kill()
            self.field.start()


def dropped_request(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The request never reaches the server."""
    return None


def dropped_answer(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The server does it; its answer never reaches the tablet."""
    request()
    return None


def cut_answer(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """Half of the answer arrives."""
    status, kind, body = request()
    return status, kind, body[: len(body) // 2] + b"\0"


def doubled(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The request arrives twice."""
    network.later(request)
    return request()


def late(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """No answer, and the request arrives later."""
    network.later(request)
    return None


def delayed(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The request waits up to a second on its way."""
    time.sleep(network.chance.uniform(0.1, 1.0))
    return request()


def gateway(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """Somebody between answers in the server's place."""
    return 502, "text/html", b"<h1>Bad gateway</h1>"


def killed_before(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The server is killed before the request arrives."""
    network.kill()
    return None


def killed_after(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The server is killed after its answer, which is lost."""
    request()
    network.kill()
    return None


def killed_during(network: Network, request: Callable[[], Answer]) -> Answer | None:
    """The server is killed while it works on the request."""
    network.later(request)
    time.sleep(network.chance.uniform(0.05, 0.65))
    network.kill()
    return None


FAULTS: tuple[Fault, ...] = (dropped_request, dropped_answer, cut_answer, doubled, late, delayed, gateway)
KILLS: tuple[Fault, ...] = (killed_before, killed_after, killed_during)
MUTE: tuple[Fault, ...] = (dropped_request, dropped_answer, cut_answer, late, gateway)
KILL_SHARE, FAULT_SHARE = 0.12, 0.8


class _Handler(BaseHTTPRequestHandler):
    """One connection of the tablet."""

    protocol_version = "HTTP/1.1"
    network: ClassVar[Network]

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

    def _pass_on(self, body: bytes) -> None:
        network = self.network
        headers = {name: self.headers[name] for name in KEPT if self.headers[name]}

        def request() -> Answer:
            return network.forward(self.command, self.path, headers, body)

        fault = network.fault() if self.path.endswith("/ballots") and not network.calm else None
        try:
            answer = fault(network, request) if fault else request()
        except LOST:
            answer = None
        self._answer(answer)

    def _answer(self, answer: Answer | None) -> None:
        self.close_connection = answer is None or answer[2].endswith(b"\0")
        if answer is None:
            return
        status, kind, body = answer
        cut = body.endswith(b"\0")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(2 * len(body) if cut else len(body)))
        self.end_headers()
        self.wfile.write(body.rstrip(b"\0") if cut else body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is no error here."""


@contextlib.contextmanager
def between(field: FaultRoom, seed: int) -> Iterator[tuple[Network, int]]:
    """Stand between tablet and server; yields the network and the port for the tablet."""
    network = Network(field, seed)
    handler = type("Handler", (_Handler,), {"network": network})
    server = _Server(("127.0.0.1", 0), handler)
    pem, key = prepare_certificate(field.settings.directory / "tls", field.settings.names, field.settings.clock())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield network, server.server_port
    finally:
        network.settle()
        server.shutdown()
        server.server_close()
        thread.join()
