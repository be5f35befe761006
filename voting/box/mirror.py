"""A mirror of the box (bản sao hòm phiếu) on a second machine, optional: sealed ballots keyed by tracker.

With a mirror nobody gets a receipt before a second disk holds the ballot too, so that the loss of the server's disk
loses no acknowledged ballot (`voting.box.refill`). The server sends each ballot that is in its box, over TLS to
the one certificate it knows, signed (HMAC-SHA256) with a secret that both machines hold; the mirror keeps the bytes,
no time and no order but what its own disk cannot hide. It learns what the archive will show, and holds no other secret.

room.json     "mirror": "https://192.168.1.3:8444"
mirror.pem    the certificate authority of the mirror, from its folder tls/ca.pem
mirror.key    the shared secret, the same file on both machines
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import secrets
import sqlite3
import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import msgspec

from keys.errors import UnsafeFile
from keys.files.durable import OWNER_ONLY, read_plain, write_new
from keys.files.signing import raw_message
from keys.structs import read_json
from voting.documents.ballots.ballot import tracker
from voting.errors import InvalidSettings, linked

TAG = "phieukin/mirror/v1"
PATH = "/mirror/v1/ballots"
HEADER = "Phieukin-Mirror"
SECRET_FILE, AUTHORITY_FILE, STORE_FILE = "mirror.key", "mirror.pem", "mirror.db"
SECRET_BYTES = 32
SECONDS = 5.0  # how long a cast waits for the mirror; the tablet asks again afterwards
BODY_LIMIT = 16 * 1024 * 1024  # bytes of one ballot with its commitments, in base64
LOST = (OSError, http.client.HTTPException, ssl.SSLError)
_TABLE = (
    "CREATE TABLE IF NOT EXISTS sealed (tracker TEXT PRIMARY KEY, uuid TEXT NOT NULL, ballot BLOB NOT NULL, "
    "commitments BLOB, receipt BLOB NOT NULL) WITHOUT ROWID"
)
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")


class SealedBallot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ballot as it lies in the box, with the receipt that its voter's tablet gets."""

    uuid: str
    ballot: bytes
    commitments: bytes | None
    receipt: bytes

    @property
    def tracker(self) -> str:
        """The ballot's tracker."""
        return tracker(self.ballot)


def seal_of(secret: bytes, body: bytes) -> str:
    """The signature of a request: hex HMAC over tag and body."""
    return hmac.new(secret, raw_message(TAG, body), hashlib.sha256).hexdigest()


def read_secret(path: Path, *, make: bool = False) -> bytes:
    """Read the shared secret; make it where it is missing and `make` says so. Raises InvalidSettings."""
    if make and not path.exists():
        with contextlib.suppress(FileExistsError):  # of two that make it at once, one wins
            write_new(path, base64.b64encode(secrets.token_bytes(SECRET_BYTES)), mode=OWNER_ONLY)
    try:
        secret = base64.b64decode(read_plain(path), validate=True)
    except UnsafeFile:
        raise linked(path) from None
    except (OSError, ValueError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise InvalidSettings(f"{path.name}: {SECRET_BYTES} bytes in base64 expected, the same on both machines")
    return secret


class Mirror:
    """The server's side: keeps a connection for each thread, and remembers what this process saw mirrored."""

    def __init__(self, url: str, authority: Path, secret: bytes) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise InvalidSettings(f"mirror: an address https://… expected, {url[:80]!r} found")
        try:
            self._trust = ssl.create_default_context(cafile=authority)
        except OSError as error:
            raise InvalidSettings(f"{authority.name}: the mirror's certificate authority expected: {error}") from None
        self._host, self._port, self._secret = parts.hostname, parts.port or 8444, secret
        self._own = threading.local()
        self._known: set[str] = set()

    def keep(self, sealed: SealedBallot) -> bool:
        """Send a ballot of the box to the mirror; tell whether a second disk holds it now."""
        if sealed.tracker in self._known:
            return True
        body = msgspec.json.encode(sealed)
        for _ in range(2):  # the second time over a new connection: the mirror may have closed the old one
            with contextlib.suppress(*LOST):
                if self._send(body) != http.client.OK:
                    return False
                self._known.add(sealed.tracker)
                return True
            self.close()
        return False

    def close(self) -> None:
        """Let go of this thread's connection; the next ballot opens another."""
        connection: http.client.HTTPSConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
        self._own.connection = None

    def _send(self, body: bytes) -> int:
        connection: http.client.HTTPSConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=self._trust)
            self._own.connection = connection
        headers = {"Content-Type": "application/json", HEADER: seal_of(self._secret, body)}
        connection.request("POST", PATH, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def open_mirror(folder: Path, url: str | None) -> Mirror | None:
    """The mirror that a room's settings name, None without one; raise InvalidSettings."""
    return Mirror(url, folder / AUTHORITY_FILE, read_secret(folder / SECRET_FILE)) if url else None


class Store:
    """The mirror's own side: what it keeps on its disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connected() as connection:
            connection.execute(_TABLE)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=SECONDS)
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            with connection:
                yield connection
        finally:
            connection.close()

    def add(self, sealed: SealedBallot) -> None:
        """Keep a ballot; one that is there already stays as it is."""
        row = (sealed.tracker, sealed.uuid, sealed.ballot, sealed.commitments, sealed.receipt)
        with self._connected() as connection:
            connection.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)

    def ballots(self, uuid: str) -> list[SealedBallot]:
        """All ballots of an election, by tracker."""
        query = "SELECT uuid, ballot, commitments, receipt FROM sealed WHERE uuid = ? ORDER BY tracker"
        with self._connected() as connection:
            return [SealedBallot(*row) for row in connection.execute(query, (uuid,))]

    def finish(self) -> None:
        """After closing: write the file anew, so that it tells no order of casting."""
        with self._connected() as connection:
            connection.commit()
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def take(store: Store, secret: bytes, body: bytes, seal: str) -> int:
    """Take a request of the room server; return the HTTP status, 200 once the ballot is on this disk."""
    if not hmac.compare_digest(seal_of(secret, body).encode(), seal.encode()):
        return http.client.FORBIDDEN
    try:
        store.add(read_json(body, SealedBallot))
    except msgspec.MsgspecError:
        return http.client.BAD_REQUEST
    except sqlite3.Error:
        return http.client.SERVICE_UNAVAILABLE
    return http.client.OK
