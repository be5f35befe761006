"""Shares on their way from one teller to another: ElGamal key encapsulation on Ed25519 and AES-256-GCM, version 1.

key = SHA-512(tagged("phieukin/channel/v1", alpha, K, recipient, context…)) cut to 32 bytes, with alpha = g^r and
K = recipient^r. A key seals one message, so the nonce is fixed. The context (ceremony, dealer, recipient) is bound by
the key. Nothing here tells who sealed: the dealing that carries it is signed, and a share is checked against its
dealer's public coefficients.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import InvalidShare
from keys.group import Point, Secret, base_power, power, random_secret
from keys.transcript import tagged

_TAG = "phieukin/channel/v1"
_NONCE = bytes(12)


def seal_for(recipient: Point, message: bytes, *context: bytes) -> tuple[Point, bytes]:
    """Seal a message for the owner of `recipient`; return alpha and the sealed bytes."""
    ephemeral = random_secret()
    alpha = base_power(ephemeral)
    key = _key(alpha, power(recipient, ephemeral), recipient, context)
    return alpha, AESGCM(key).encrypt(_NONCE, message, None)


def open_sealed(secret: Secret, alpha: Point, data: bytes, *context: bytes) -> bytes:
    """Open a message sealed for g^secret under this context; raise InvalidShare."""
    return open_with_shared(shared_point(secret, alpha), base_power(secret), alpha, data, *context)


def shared_point(secret: Secret, alpha: Point) -> Point:
    """K, which recipient and sender share. Once shown, everybody can open this one message, and no other."""
    return power(alpha, secret)


def open_with_shared(shared: Point, recipient: Point, alpha: Point, data: bytes, *context: bytes) -> bytes:
    """Open a message with K, as a judge does; raise InvalidShare."""
    key = _key(alpha, shared, recipient, context)
    try:
        return AESGCM(key).decrypt(_NONCE, data, None)
    except (InvalidTag, ValueError):
        raise InvalidShare("the sealed share does not open") from None


def _key(alpha: Point, shared: Point, recipient: Point, context: tuple[bytes, ...]) -> bytes:
    return hashlib.sha512(tagged(_TAG, alpha, shared, recipient, *context)).digest()[:32]
