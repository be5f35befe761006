"""A room without a database, for looking at the tablet: `python -m tests.kiosk_templates.devserver [PORT]`.

Serves the kiosk page and the interface of the tablets from a vector election, keeps ballots in memory, and can be told
to misbehave: `lose` answers that many ballots' answers with silence, `refuse` with a code. Loopback only.
"""

import base64
import hashlib
import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jinja2

from keys.files.signing import load_public, raw_message, sign_raw, verify_raw
from tests.kiosk_templates.meeting import Meeting, new_meeting
from voting.box.tablets import _as_der
from voting.documents.ballots.ballot import parse_ballot, tracker, verify_ballot
from voting.documents.ballots.request import ballot_limit, ballot_size, unpack_request
from voting.web.protection import HEADERS

KIOSK = Path(__file__).resolve().parents[2] / "kiosk_templates"
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}


@dataclass
class DevRoom:
    """What the tablets see of a room; tests change the fields while a tablet runs."""

    meeting: Meeting = field(default_factory=new_meeting)
    state: str = "open"
    practice: bool = False
    code: str = "CODE"
    lose: int = 0
    refuse: tuple[int, str, bool | None] | None = None
    forged: bool = False
    ballots: dict[str, bytes] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    audits: list[bytes] = field(default_factory=list)
    devices: dict[str, str] = field(default_factory=dict)

    def look(self) -> dict[str, object]:
        """The state of the room."""
        election = self.meeting.election
        conference = election.conference
        assert conference is not None
        return {
            "state": self.state,
            "uuid": election.uuid,
            "fingerprint": election.fingerprint,
            "practice": self.practice,
            "name": conference.name,
            "address": conference.address,
        }

    def cast(self, body: bytes, device: str, signature: str) -> tuple[int, dict[str, object]] | None:
        """Take a ballot; None: say nothing at all."""
        election = self.meeting.election
        self.bodies.append(body)
        assert len(body) == ballot_size(election)
        message = raw_message("phieukin/device/v1", election.uuid.encode(), hashlib.sha256(body).digest())
        verify_raw(self.devices[device], message, base64.b64decode(signature))
        if self.refuse is not None:
            status, code, recorded = self.refuse
            return status, {"code": code, "recorded": recorded}
        raw, _ = unpack_request(election, body)
        ballot = parse_ballot(raw, ballot_limit(election))
        verify_ballot(election, ballot)
        credential = ballot.credential.hex()
        if self.ballots.setdefault(credential, raw) != raw:
            return 409, {"code": "card_used", "recorded": False}
        if self.lose > 0:
            self.lose -= 1
            return None
        message = raw_message("phieukin/receipt/v1", election.uuid.encode(), tracker(raw).encode())
        receipt = b"\0" * 64 if self.forged else sign_raw(self.meeting.receipt_key, message)
        return 200, {"tracker": tracker(raw), "receipt": base64.b64encode(receipt).decode()}

    def enrol(self, asked: dict[str, str]) -> tuple[int, dict[str, object]]:
        """Enrol a tablet by the code."""
        if asked["code"] != self.code:
            return 403, {"code": "bad_code", "recorded": None}
        key = _as_der(asked["public_key"])
        load_public(key)
        self.devices[f"tablet{len(self.devices)}"] = key
        return 201, {"device": f"tablet{len(self.devices) - 1}"}


def page() -> bytes:
    """The kiosk page, rendered as the room server renders it."""
    loader = jinja2.FileSystemLoader(KIOSK / "pages")
    manifest = json.loads((KIOSK / "static" / "built" / "manifest.json").read_bytes())
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("kiosk.html")
    return template.render(manifest=manifest, built="/static/built").encode()


class Handler(BaseHTTPRequestHandler):
    """Requests of tablets; `room` is set by `start`."""

    room: DevRoom
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve the page, its files, the room and its documents."""
        name = self.path.rsplit("/", 1)[-1]
        if self.path == "/kiosk":
            self.reply(200, page(), "text/html; charset=utf-8")
        elif self.path.startswith("/static/built/") and (KIOSK / "static" / "built" / name).is_file():
            file = KIOSK / "static" / "built" / name
            self.reply(200, file.read_bytes(), KINDS[file.suffix])
        elif self.path == "/api/v1/room":
            self.json(200, self.room.look())
        elif name == "election.json":
            self.reply(200, self.room.meeting.election.raw, "application/json")
        elif name == "credentials.json":
            self.reply(200, self.room.meeting.credentials, "application/json")
        else:
            self.reply(404, b"", "text/plain")

    def do_POST(self) -> None:
        """Take ballots, receipts, tests and enrolments."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/ballots"):
            answer = self.room.cast(body, self.headers["Phieukin-Device"], self.headers["Phieukin-Signature"])
            if answer is None:
                self.close_connection = True
                return
            self.json(*answer)
        elif self.path.endswith("/receipts"):
            self.room.receipts.append(body)
            self.json(200, {})
        elif self.path.endswith("/audits"):
            self.room.audits.append(body)
            self.json(200, {"counted": True})
        else:
            self.json(*self.room.enrol(json.loads(body)))

    def json(self, status: int, value: object) -> None:
        """Answer with JSON."""
        self.reply(status, json.dumps(value).encode(), "application/json")

    def reply(self, status: int, body: bytes, kind: str) -> None:
        """Answer with the headers that the room server sends."""
        self.send_response(status)
        for name, value in HEADERS.items():
            if name != "Strict-Transport-Security":
                self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """A server that does not report the connections that browsers break off."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent about broken connections, and report everything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def start(room: DevRoom, port: int = 0) -> QuietServer:
    """Serve a room on loopback in a thread; `server.server_port` tells where. Call `shutdown` and `server_close`."""
    server = QuietServer(("127.0.0.1", port), type("RoomHandler", (Handler,), {"room": room}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    own = DevRoom()
    running = start(own, int(sys.argv[1]) if len(sys.argv) > 1 else 8765)
    sys.stdout.write(
        f"http://localhost:{running.server_port}/kiosk  code CODE, cards:\n" + "\n".join(own.meeting.cards) + "\n"
    )
    threading.Event().wait()
