"""Tablets (thiết bị bỏ phiếu): enrolled with a one-time code, known by a key of their own, revocable.

A tablet's key lies in the tablet and signs every casting request; no cookie stands for it. Codes are kept as hashes.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from keys.cards import ALPHABET
from keys.errors import KeysError
from keys.files.signing import keyid, load_public, public_text, raw_message, verify_raw
from voting.documents.canonical import unclean_text
from voting.errors import InvalidCode, UnknownDevice
from voting.storage.engine import Storage
from voting.storage.tables import DeviceRow, EnrolmentRow

DEVICE_TAG = "phieukin/device/v1"
CODE_LENGTH = 10  # base58 characters, 58 bits, and good once within the minutes below
CODE_SECONDS = 15 * 60
LABEL_LIMIT = 40  # characters
_POINT_BYTES = 65  # an uncompressed point of P-256
_DEVICES = DeviceRow.__table__.c
_KNOWN = select(_DEVICES.key, _DEVICES.status).where(_DEVICES.id == bindparam("identifier"))


@dataclass(frozen=True, slots=True)
class Device:
    """A tablet as the desk lists it."""

    id: str
    label: str
    enrolled: bool


def new_code(session: Session, label: str, now: int) -> str:
    """Make a one-time enrolment code for a tablet; `now` in seconds since 1970."""
    session.execute(delete(EnrolmentRow).where(EnrolmentRow.until < now))
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    session.add(EnrolmentRow(code=_hash(code), label=label, until=now + CODE_SECONDS))
    session.flush()
    return code


def forget_codes(session: Session) -> None:
    """Let no code of before be good any more: the box opens, and from now on a tablet takes two people."""
    session.execute(delete(EnrolmentRow))


def enrol(session: Session, code: str, public_key: str, now: int, *, name: str = "") -> str:
    """Enrol a tablet by its code and public key; return the device's id. The code is used up.

    `public_key` is base64 of the DER, or of the 65 bytes of the point as browsers export it. `name` is what was typed
    at the tablet, and takes the place of the desk's label. Raises InvalidCode.
    """
    row = session.get(EnrolmentRow, _hash("".join(code.split()))) if len(code) <= 2 * CODE_LENGTH else None
    if row is None or row.until < now:
        raise InvalidCode("this code is wrong, used, or too old: ask the desk for a new one")
    public_key = _as_der(public_key)
    identifier = keyid(public_key)
    label = row.label if unclean_text(name) or not 0 < len(name) <= LABEL_LIMIT else name
    session.delete(row)
    known = session.get(DeviceRow, identifier)
    if known is None:
        session.add(DeviceRow(id=identifier, label=label, key=public_key, status="enrolled"))
    elif known.status == "revoked":
        raise InvalidCode("this tablet's key was revoked: clear the tablet's data, and enrol again")
    session.flush()
    return identifier


def revoke(session: Session, identifier: str) -> None:
    """Revoke a tablet: it cannot cast any more. Raises UnknownDevice."""
    row = session.get(DeviceRow, identifier)
    if row is None:
        raise UnknownDevice("no such tablet")
    row.status = "revoked"
    session.flush()


def devices(session: Session) -> list[Device]:
    """All tablets, by label."""
    rows = session.scalars(select(DeviceRow).order_by(DeviceRow.label, DeviceRow.id))
    return [Device(row.id, row.label, row.status == "enrolled") for row in rows]


def check_device(storage: Storage, identifier: str, signature: bytes, uuid: str, body: bytes) -> None:
    """Check that an enrolled tablet signed this casting request; raise UnknownDevice."""
    row = storage.ask(_KNOWN, {"identifier": identifier})
    if row is None or row.status != "enrolled":
        raise UnknownDevice("this tablet is not enrolled, or was revoked")
    _check_signature(row.key, signature, uuid, body)


def was_ours(session: Session, identifier: str, signature: bytes, uuid: str, body: bytes) -> bool:
    """Tell whether a tablet signed this request that is enrolled, or was until it was revoked."""
    row = session.get(DeviceRow, identifier)
    if row is None:
        return False
    try:
        _check_signature(row.key, signature, uuid, body)
    except UnknownDevice:
        return False
    return True


def _check_signature(key: str, signature: bytes, uuid: str, body: bytes) -> None:
    message = raw_message(DEVICE_TAG, uuid.encode(), hashlib.sha256(body).digest())
    try:
        verify_raw(key, message, signature)
    except KeysError as error:
        raise UnknownDevice(f"the tablet's signature: {error}") from None


def _as_der(text: str) -> str:
    """The public key's text as keys.files.signing spells it; raise InvalidCode."""
    try:
        raw = base64.b64decode(text, validate=True)
        if len(raw) == _POINT_BYTES:
            return public_text(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw))
        load_public(text)
    except (ValueError, KeysError):
        raise InvalidCode("a P-256 public key expected, in base64") from None
    return text


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
