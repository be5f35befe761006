"""The group: Ed25519's subgroup of prime order q (Belenios 3.0, 5.2.1; RFC 8032, 5.1), through libsodium.

A `Point` is the 32 bytes of RFC 8032; its text is the same 32 bytes reversed, as 64 lowercase hex digits. Invariant:
whoever holds a `Point` holds a canonical encoding of a member of the group, because `check_member` and `decode_point`
are the only ways in from outside. Addition itself does not check that, multiplication by a scalar does once more.

A `Secret` is a scalar 0 < s < q as 32 bytes, little-endian. Secrets stay in libsodium's constant-time functions; Python
integers carry public scalars only. libsodium refuses the scalar 0 and the identity, so both are handled here.
"""

import re
import secrets
from collections.abc import Iterable
from typing import NewType

from nacl import bindings as sodium

from keys.errors import InvalidPoint, InvalidScalar

Point = NewType("Point", bytes)
Secret = NewType("Secret", bytes)

NAME = "Ed25519"
"""Name of the group in election.json and in the hash of proofs of possession (Belenios 3.0, 5.2.1)."""

Q = 2**252 + 27742317777372353535851937790883648493
"""Order of the group."""

IDENTITY = Point(bytes([1]) + bytes(31))
BASE = Point(bytes([0x58]) + bytes([0x66]) * 31)

_OUTSIDE = bytes([0x95]) + bytes([0x99]) * 31
"""g times the point of order 2: on the curve, and not a member of the group."""

POINT_BYTES = 32
"""Bytes of a point; its text has two hex digits for each."""

SCALAR_DIGITS = 76
"""Digits in base 10 of the largest scalar, Q - 1."""

_ZERO = bytes(32)
_POINT_TEXT = re.compile(f"[0-9a-f]{{{2 * POINT_BYTES}}}", re.ASCII)
_SCALAR_TEXT = re.compile(f"0|[1-9][0-9]{{0,{SCALAR_DIGITS - 1}}}", re.ASCII)


def check_library() -> None:
    """Raise ImportError where libsodium takes points outside for members (CVE-2025-69277), as older ones do.

    PyNaCl's own wheels from 1.6.2 on are right; one built against the system's libsodium may not be.
    """
    if sodium.crypto_core_ed25519_is_valid_point(_OUTSIDE):
        raise ImportError(
            "this libsodium accepts points outside the group (CVE-2025-69277): install PyNaCl's own wheel"
        )


check_library()


def check_member(raw: bytes, *, identity: bool) -> Point:
    """Return `raw` as a Point.

    Raises InvalidPoint unless it is 32 bytes, canonical (y < 2^255 - 19, no sign on x = 0) and in the subgroup of order
    q; the identity passes only where `identity` allows it.
    """
    if len(raw) != POINT_BYTES:
        raise InvalidPoint(f"{POINT_BYTES} bytes expected, {len(raw)} found")
    if raw == IDENTITY:
        if identity:
            return IDENTITY
        raise InvalidPoint("the identity of the group is refused here")
    if not sodium.crypto_core_ed25519_is_valid_point(raw):
        raise InvalidPoint("not the canonical encoding of a point in the group of prime order")
    return Point(raw)


def decode_point(text: str, *, identity: bool = False) -> Point:
    """Parse 64 lowercase hex digits as `check_member` does; raise InvalidPoint."""
    if not _POINT_TEXT.fullmatch(text):
        raise InvalidPoint("64 lowercase hex digits expected")
    return check_member(bytes.fromhex(text)[::-1], identity=identity)


def encode_point(point: Point) -> str:
    """Spell a point as Belenios does: RFC 8032's bytes reversed, in lowercase hex."""
    return point[::-1].hex()


def decode_scalar(text: str) -> int:
    """Parse a public scalar in base 10; raise InvalidScalar unless canonical and below q."""
    if not _SCALAR_TEXT.fullmatch(text):
        raise InvalidScalar(f"a number in base 10 without leading zeros, of at most {SCALAR_DIGITS} digits, expected")
    number = int(text)
    if number >= Q:
        raise InvalidScalar("a number below the group's order expected")
    return number


def encode_scalar(number: int) -> str:
    """Spell a public scalar in base 10; raise InvalidScalar outside 0 <= number < q."""
    if not 0 <= number < Q:
        raise InvalidScalar("a number from 0 to below the group's order expected")
    return str(number)


def random_secret() -> Secret:
    """Draw a scalar from the operating system: 64 bytes reduced modulo q, never 0."""
    while True:
        secret = sodium.crypto_core_ed25519_scalar_reduce(secrets.token_bytes(64))
        if not secrets.compare_digest(secret, _ZERO):
            return Secret(secret)


def reduce_wide(raw: bytes) -> Secret:
    """Reduce a 64-byte little-endian number modulo q; raise InvalidScalar if that is 0."""
    secret = sodium.crypto_core_ed25519_scalar_reduce(raw)
    if secrets.compare_digest(secret, _ZERO):
        raise InvalidScalar("a secret that is a multiple of the group's order")
    return Secret(secret)


def secret_to_int(secret: Secret) -> int:
    """Turn a Secret into a number, for the formats that spell it in decimal, and for scalars about to be published."""
    return int.from_bytes(secret, "little")


def secret_add(a: Secret, b: Secret) -> Secret:
    """a + b mod q, in constant time."""
    return Secret(sodium.crypto_core_ed25519_scalar_add(a, b))


def secret_sub(a: Secret, b: Secret) -> Secret:
    """a - b mod q, in constant time."""
    return Secret(sodium.crypto_core_ed25519_scalar_sub(a, b))


def secret_mul(a: Secret, b: Secret) -> Secret:
    """a * b mod q, in constant time."""
    return Secret(sodium.crypto_core_ed25519_scalar_mul(a, b))


def base_power(secret: Secret) -> Point:
    """g^secret, in constant time."""
    if secrets.compare_digest(secret, _ZERO):
        return IDENTITY
    return Point(sodium.crypto_scalarmult_ed25519_base_noclamp(secret))


def power(point: Point, secret: Secret) -> Point:
    """point^secret, in constant time for a public point; raise InvalidPoint for a point outside the group."""
    if point == IDENTITY or secrets.compare_digest(secret, _ZERO):
        return IDENTITY
    try:
        return Point(sodium.crypto_scalarmult_ed25519_noclamp(secret, point))
    except RuntimeError:
        raise InvalidPoint("not a point in the group of prime order") from None


def public_power(point: Point, number: int) -> Point:
    """point^number for public data: any integer, 0 and the identity included."""
    scalar = (number % Q).to_bytes(32, "little")
    return base_power(Secret(scalar)) if point == BASE else power(point, Secret(scalar))


def add(p: Point, q: Point) -> Point:
    """Product of two elements (the specification writes the group multiplicatively)."""
    try:
        return Point(sodium.crypto_core_ed25519_add(p, q))
    except RuntimeError:
        raise InvalidPoint("not a point on the curve") from None


def subtract(p: Point, q: Point) -> Point:
    """p divided by q."""
    try:
        return Point(sodium.crypto_core_ed25519_sub(p, q))
    except RuntimeError:
        raise InvalidPoint("not a point on the curve") from None


def total(points: Iterable[Point]) -> Point:
    """Product of any number of elements; the identity for none."""
    result = IDENTITY
    for point in points:
        result = add(result, point)
    return result
