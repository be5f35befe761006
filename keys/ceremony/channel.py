"""Shares on their way from one teller to another: ElGamal key encapsulation on Ed25519 and AES-256-GCM, version 1.

key = SHA-512(tagged("phieukin/channel/v1", alpha, K, recipient, context…)) cut to 32 bytes, with alpha = g^r and
K = recipient^r. A key seals one message, so the nonce is fixed. The context (ceremony, dealer, recipient) is bound by
the key. Nothing here tells who sealed: the dealing that carries it is signed, and a share is checked against its
dealer's public coefficients.

The sealed bytes begin with a proof that the sender knows r, bound to the context (64 bytes: challenge and response,
big-endian). Without it a dealer could take alpha from somebody else's dealing: the K that its victim shows to complain
would open the honest share as well.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import InvalidProof, InvalidShare
from keys.group import Point, Q, Secret, base_power, power, random_secret
from keys.proofs.schnorr import Proof, sign_message, verify_message
from keys.transcript import sha256_hex, tagged

_TAG = "phieukin/channel/v1"
_NONCE = bytes(12)
_NUMBER, _PROOF = 32, 64


def seal_for(recipient: Point, message: bytes, *context: bytes) -> tuple[Point, bytes]:
    """Seal a message for the owner of `recipient`; return alpha and the sealed bytes."""
    ephemeral = random_secret()
    alpha = base_power(ephemeral)
    key = _key(alpha, power(recipient, ephemeral), recipient, context)
    proof = sign_message(ephemeral, _claim(alpha, recipient, context))
    numbers = (number.to_bytes(_NUMBER, "big") for number in (proof.challenge, proof.response))
    return alpha, b"".join(numbers) + AESGCM(key).encrypt(_NONCE, message, None)


def check_sender(recipient: Point, alpha: Point, data: bytes, *context: bytes) -> bytes:
    """Check the proof that the sender made alpha for this very message; return what follows it.

    Raises InvalidShare. Nobody may show K for an alpha that does not pass.
    """
    challenge, response = (int.from_bytes(data[at : at + _NUMBER], "big") for at in (0, _NUMBER))
    try:
        if len(data) < _PROOF or response >= Q:
            raise InvalidProof("a proof of the sender expected")
        verify_message(alpha, _claim(alpha, recipient, context), Proof(challenge, response))
    except InvalidProof:
        raise InvalidShare("the sealed share does not open: its sender does not prove to have made it") from None
    return data[_PROOF:]


def open_sealed(secret: Secret, alpha: Point, data: bytes, *context: bytes) -> bytes:
    """Open a message sealed for g^secret under this context; raise InvalidShare."""
    return open_with_shared(shared_point(secret, alpha), base_power(secret), alpha, data, *context)


def shared_point(secret: Secret, alpha: Point) -> Point:
    """K, which recipient and sender share. Once shown, everybody can open this one message, and no other."""
    return power(alpha, secret)


def open_with_shared(shared: Point, recipient: Point, alpha: Point, data: bytes, *context: bytes) -> bytes:
    """Open a message with K, as a judge does; raise InvalidShare."""
    sealed, key = check_sender(recipient, alpha, data, *context), _key(alpha, shared, recipient, context)
    try:
        return AESGCM(key).decrypt(_NONCE, sealed, None)
    except (InvalidTag, ValueError):
        raise InvalidShare("the sealed share does not open") from None


def _claim(alpha: Point, recipient: Point, context: tuple[bytes, ...]) -> str:
    return sha256_hex(tagged(_TAG + "/sender", alpha, recipient, *context))


def _key(alpha: Point, shared: Point, recipient: Point, context: tuple[bytes, ...]) -> bytes:
    return hashlib.sha512(tagged(_TAG, alpha, shared, recipient, *context)).digest()[:32]
