"""Files sealed with a passphrase (niêm phong tệp khóa): Argon2id (RFC 9106) and AES-256-GCM, format version 1.

Compact JSON, fields in order: format, kind, kdf (name, memory in KiB, iterations, lanes, salt), nonce, data, checksum.
Everything before the data is bound to it as associated data. The checksum is a plain SHA-256 of the rest: it tells
damage from a wrong passphrase, and no more, for GCM's tag alone decides whether the file opens. A decoder MUST refuse
cost parameters outside the bounds below before it spends memory on them.
"""

import base64
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from keys import wire
from keys.errors import DamagedFile, InvalidFormat, InvalidKey, WrongPassphrase
from keys.transcript import tagged

FORMAT = "phieukin/sealed/v1"
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
LIMIT = 4 * 2**20
"""Largest sealed file that we read, in bytes."""

MEMORY_KIB, ITERATIONS, LANES = range(8 * 2**10, 2**20 + 1), range(1, 17), range(1, 17)
"""Bounds of the cost parameters of a file: 8 MiB to 1 GiB, 1 to 16 passes, 1 to 16 lanes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs; the default is RFC 9106, section 4, second recommendation."""

    memory: int = 2**16
    iterations: int = 3
    lanes: int = 4


DEFAULT_COST = Cost()
LEAST_COST = Cost(MEMORY_KIB[0], ITERATIONS[0], LANES[0])
"""The least that a file may ask for; rehearsals and tests use it."""


class _Kdf(wire.Text, frozen=True):
    name: str
    memory: int
    iterations: int
    lanes: int
    salt: str


class _Sealed(wire.Text, frozen=True):
    format: str
    kind: str
    kdf: _Kdf
    nonce: str
    data: str
    checksum: str


def seal(payload: bytes, passphrase: str, *, kind: str, cost: Cost = DEFAULT_COST) -> bytes:
    """Seal `payload` as a file of this kind; raise InvalidKey for an empty passphrase."""
    if not passphrase:
        raise InvalidKey("a passphrase that is not empty expected")
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    kdf = _Kdf("argon2id", cost.memory, cost.iterations, cost.lanes, _encode(salt))
    blank = _Sealed(FORMAT, kind, kdf, _encode(nonce), "", "")
    data = AESGCM(_key(passphrase, kdf, salt)).encrypt(nonce, payload, _bound(blank))
    whole = msgspec.structs.replace(blank, data=_encode(data))
    return wire.compact(msgspec.structs.replace(whole, checksum=_checksum(whole)))


def unseal(raw: bytes, passphrase: str, *, kind: str) -> bytes:
    """Open a sealed file.

    Raises DamagedFile if the bytes are not what was written, InvalidFormat for a file of another kind, and
    WrongPassphrase if all is whole but does not open (or somebody changed the file and its checksum).
    """
    sealed = _parse(raw)
    if sealed.kind != kind:
        raise InvalidFormat(f"a sealed file of kind {kind} expected, {sealed.kind} found")
    salt, nonce, data = (_decode(text) for text in (sealed.kdf.salt, sealed.nonce, sealed.data))
    if len(salt) != SALT_BYTES or len(nonce) != NONCE_BYTES:
        raise DamagedFile("salt and nonce of their fixed lengths expected")
    try:
        return AESGCM(_key(passphrase, sealed.kdf, salt)).decrypt(nonce, data, _bound(sealed))
    except InvalidTag:
        raise WrongPassphrase("this passphrase does not open the file; try again") from None


def pack(raw: bytes) -> bytes:
    """Write a sealed file in as few bytes as it needs, for paper; `unpack` gives back the very same file.

    Layout, version 1: length of the kind and kind, memory (4 bytes, big-endian), iterations, lanes, salt, nonce, data.
    Raises DamagedFile.
    """
    sealed = _parse(raw)
    kind, kdf = sealed.kind.encode(), sealed.kdf
    numbers = kdf.memory.to_bytes(4, "big") + bytes((kdf.iterations, kdf.lanes))
    return bytes((len(kind),)) + kind + numbers + b"".join(map(_decode, (kdf.salt, sealed.nonce, sealed.data)))


def unpack(packed: bytes) -> bytes:
    """Write the sealed file that `pack` was given; raise DamagedFile."""
    start = 1 + packed[0] if packed else 0
    kind, rest = packed[1:start], packed[start:]
    numbers, rest = rest[:6], rest[6:]
    salt, nonce, data = rest[:SALT_BYTES], rest[SALT_BYTES : SALT_BYTES + NONCE_BYTES], rest[SALT_BYTES + NONCE_BYTES :]
    if not data or not kind.isascii():
        raise DamagedFile("a packed sealed file expected")
    kdf = _Kdf("argon2id", int.from_bytes(numbers[:4], "big"), numbers[4], numbers[5], _encode(salt))
    whole = _Sealed(FORMAT, kind.decode(), kdf, _encode(nonce), _encode(data), "")
    raw = wire.compact(msgspec.structs.replace(whole, checksum=_checksum(whole)))
    _parse(raw)
    return raw


def _parse(raw: bytes) -> _Sealed:
    try:
        sealed = wire.parse(raw, _Sealed, "sealed file", LIMIT)
    except InvalidFormat as error:
        raise DamagedFile(str(error)) from None
    kdf = sealed.kdf
    if sealed.format != FORMAT or kdf.name != "argon2id":
        raise DamagedFile(f"a file of format {FORMAT} expected")
    if sealed.checksum != _checksum(sealed):
        raise DamagedFile("the file's checksum does not fit its contents; take another copy")
    if kdf.memory not in MEMORY_KIB or kdf.iterations not in ITERATIONS or kdf.lanes not in LANES:
        raise DamagedFile("cost parameters within their bounds expected")
    return sealed


def _key(passphrase: str, kdf: _Kdf, salt: bytes) -> bytes:
    # NFC: one passphrase, whichever Vietnamese keyboard composed its letters.
    text = unicodedata.normalize("NFC", passphrase).encode()
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=kdf.iterations, lanes=kdf.lanes, memory_cost=kdf.memory
    ).derive(text)


def _bound(sealed: _Sealed) -> bytes:
    return tagged(FORMAT, sealed.kind.encode(), wire.compact(sealed.kdf), sealed.nonce.encode())


def _checksum(sealed: _Sealed) -> str:
    return hashlib.sha256(wire.compact(msgspec.structs.replace(sealed, checksum=""))).hexdigest()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise DamagedFile("base64 expected") from None
