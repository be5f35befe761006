"""A running room for rehearsals: a real server process on loopback with TLS, a database, and one enrolled tablet."""

import base64
import hashlib
import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keys.files.signing import SigningKey, new_signing_key, public_text, raw_message, sign_raw, verify_raw
from voting.box.casting import RECEIPT_TAG
from voting.box.tablet_interface import API, DEVICE_HEADER, SIGNATURE_HEADER
from voting.box.tablets import DEVICE_TAG, new_code
from voting.documents.ballots.ballot import SealedBallot, tracker
from voting.documents.ballots.request import pack_request
from voting.documents.conferences.election import Election
from voting.server.serve import RunningServer
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.web.settings import load_settings, write_config

TIMEOUT = 60  # seconds
TRIES = 5  # of one casting request
NO_LIMIT = 1_000_000  # one tablet stands for all of them


class CastRefused(Exception):
    """The room refused a rehearsal's ballot, or its receipt is not right."""


@dataclass(slots=True)
class Tablet:
    """A tablet without a screen: its key, its id, and a connection that is kept open."""

    host: str
    port: int
    trust: ssl.SSLContext
    key: SigningKey
    device: str = ""
    connection: http.client.HTTPSConnection | None = None

    def enrol(self, code: str) -> None:
        """Enrol with a one-time code of the desk."""
        content = {"code": code, "public_key": public_text(self.key), "name": "rehearsal"}
        answer = self._post(f"{API}/devices", json.dumps(content).encode(), {"Content-Type": "application/json"})
        self.device = str(answer["device"])

    def cast(self, election: Election, ballot: SealedBallot) -> str:
        """Send one ballot, check the receipt and return the tracker; raise CastRefused. Commitments may be empty."""
        body = pack_request(election, ballot, commitments=bool(ballot.commitments))
        message = raw_message(DEVICE_TAG, election.uuid.encode(), hashlib.sha256(body).digest())
        headers = {
            "Content-Type": "application/octet-stream",
            DEVICE_HEADER: self.device,
            SIGNATURE_HEADER: base64.b64encode(sign_raw(self.key, message)).decode(),
        }
        answer = self._insist(f"{API}/elections/{election.uuid}/ballots", body, headers)
        _check_receipt(election, ballot, answer)
        return str(answer["tracker"])

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _insist(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, object]:
        """Send the same bytes again over a new connection where one breaks: the room answers a repeat alike."""
        for _ in range(TRIES - 1):
            try:
                return self._post(path, body, headers)
            except (OSError, http.client.HTTPException):
                self.close()
        return self._post(path, body, headers)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, object]:
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT, context=self.trust)
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        raw = response.read()
        if response.status != http.HTTPStatus.OK:
            raise CastRefused(f"{response.status}: {raw[:200].decode(errors='replace')}")
        answer: dict[str, object] = json.loads(raw)
        return answer


def new_tablet(host: str, port: int, authority: str) -> Tablet:
    """A tablet that trusts the room's certificate authority (PEM)."""
    return Tablet(host, port, ssl.create_default_context(cadata=authority), new_signing_key())


def _check_receipt(election: Election, ballot: SealedBallot, answer: dict[str, object]) -> None:
    if answer.get("tracker") != tracker(ballot.raw):
        raise CastRefused("the receipt is for another ballot")
    conference = election.conference
    assert conference is not None, "a rehearsal's election has a conference"
    message = raw_message(RECEIPT_TAG, election.uuid.encode(), tracker(ballot.raw).encode())
    verify_raw(conference.receipt_key, message, base64.b64decode(str(answer["receipt"])))


@dataclass(frozen=True, slots=True)
class Desk:
    """What people at the desk work with: the room's folder, its storage, its keyring."""

    folder: Path
    storage: Storage
    keyring: Keyring


@dataclass(frozen=True, slots=True)
class RunningRoom:
    """A room whose server runs: the desk, and a tablet for casting."""

    desk: Desk
    tablet: Tablet


@contextmanager
def running_room(folder: Path) -> Iterator[RunningRoom]:
    """Start a server on a free port of loopback with a fresh database in `folder`, enrol a tablet, stop at the end."""
    write_config(folder, host="127.0.0.1", processes=1, casts_per_minute=NO_LIMIT, polls_per_minute=NO_LIMIT)
    settings = load_settings(folder)
    with RunningServer.start(settings) as server:
        storage = Storage(settings.database)
        tablet = new_tablet("127.0.0.1", server.settings.port, server.authority_pem)
        try:
            with storage.write() as session:
                code = new_code(session, "rehearsal", int(settings.clock().timestamp()))
            tablet.enrol(code)
            yield RunningRoom(Desk(folder, storage, Keyring(settings.secret)), tablet)
        finally:
            tablet.close()
            storage.close()
