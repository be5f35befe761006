"""Devices where an account signed in before (thiết bị đã từng đăng nhập): there the right factors pass any lock.

A sealed cookie of its own (Fernet), `__Host-`, HttpOnly, for half a year: a random number of the device, and for each
account that signed in there a keyed hash of that number, the account and its password's hash. So it names nobody, two
devices of one account have nothing in common, and another password makes the device unknown. It lets nobody in by
itself.
"""

import base64
import hashlib
import secrets

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from keys.structs import read_json
from voting.storage.keyring import Keyring
from voting.storage.tables import StaffRow
from voting.web.access.locks import ELSEWHERE

KEPT_SECONDS = 180 * 24 * 60 * 60
MOST = 16  # accounts of one device; the one that signed in longest ago falls away
_MARK_BYTES = 16
_COOKIE_PURPOSE, _MARK_PURPOSE = "phieukin/room/known-devices/v1", "phieukin/room/known-accounts/v1"


class KnownDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a browser's cookie says: its random number, and the marks of the accounts that signed in there."""

    number: str
    marks: tuple[str, ...]

    def place(self, keyring: Keyring, row: StaffRow) -> str:
        """The place of this device's tries where the account signed in here before, else `ELSEWHERE`."""
        if _mark(keyring, self.number, row) not in self.marks:
            return ELSEWHERE
        return "device " + hashlib.sha256(self.number.encode()).hexdigest()[:32]


def cookie_name(app: Flask) -> str:
    """The name of the cookie, beside that of the room's sessions: two rooms on one host have one each."""
    return f"{app.config['SESSION_COOKIE_NAME']}-known"


def this_device(keyring: Keyring) -> KnownDevice:
    """What the request's cookie says; a new device where there is none, or one that this room did not seal."""
    try:
        return read_json(
            _seal(keyring).decrypt(request.cookies.get(cookie_name(current_app), "").encode()), KnownDevice
        )
    except (InvalidToken, msgspec.MsgspecError):
        return KnownDevice(secrets.token_hex(_MARK_BYTES), ())


def remember(keyring: Keyring, row: StaffRow) -> None:
    """Note on the browser that an account signed in; its cookie goes with the answer."""
    device = this_device(keyring)
    mark = _mark(keyring, device.number, row)
    marks = (mark, *(one for one in device.marks if one != mark))[:MOST]
    g.known_device = _seal(keyring).encrypt(msgspec.json.encode(KnownDevice(device.number, marks))).decode()


class Cookies(SecureCookieSessionInterface):
    """The session's cookie, and behind it that of a device which became known: who looks for one finds the session."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set both cookies."""
        super().save_session(app, session, response)
        value = g.pop("known_device", None)
        if value is not None:
            response.set_cookie(
                cookie_name(app), value, max_age=KEPT_SECONDS, secure=True, httponly=True, samesite="Strict"
            )


def _mark(keyring: Keyring, number: str, row: StaffRow) -> str:
    text = f"{number} {row.id} {row.password}".encode()
    return hashlib.blake2b(text, key=keyring.derive(_MARK_PURPOSE), digest_size=_MARK_BYTES).hexdigest()


def _seal(keyring: Keyring) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keyring.derive(_COOKIE_PURPOSE)))
