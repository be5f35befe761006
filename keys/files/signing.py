"""Signatures of people, desks and devices: ECDSA on P-256 with SHA-256; RSA from 2048 bits, of tokens, verifies too.

This module signs bytes and nothing else. Documents carry ECDSA in DER, or PKCS #1 v1.5 with SHA-256, what every token
can make: `voting.documents.envelope` says which bytes of a document are signed. Receipts and tablets sign a tagged
message as raw 64 bytes r || s, so that traffic has one length.
A public key's text is base64 of its DER SubjectPublicKeyInfo; its key id the SHA-256 of that DER.
"""

import base64
from functools import lru_cache
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from keys.errors import InvalidKey, InvalidSignature
from keys.transcript import sha256_hex, tagged

SigningKey: TypeAlias = ec.EllipticCurvePrivateKey
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

KIND = "signing-key"
"""Kind of the sealed file of a person's P-256 key."""

RSA_BITS = range(2048, 8193)
"""Sizes of RSA moduli that we accept, in bits."""

_TEXT_LIMIT = 2048


def new_signing_key() -> SigningKey:
    """Make a P-256 key from the operating system's randomness."""
    return ec.generate_private_key(ec.SECP256R1())


def encode_signing_key(key: SigningKey) -> bytes:
    """Write a private key as DER PKCS #8, to be sealed at once."""
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def decode_signing_key(raw: bytes) -> SigningKey:
    """Read what `encode_signing_key` wrote; raise InvalidKey."""
    try:
        key = serialization.load_der_private_key(raw, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidKey("a private key in DER expected") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidKey("a private key on P-256 expected")
    return key


def public_text(key: SigningKey | PublicKey) -> str:
    """Spell the public key: base64 of the DER SubjectPublicKeyInfo."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return base64.b64encode(_der(public)).decode()


def decode_base64(text: str) -> bytes:
    """Decode base64 in its one spelling; raise ValueError, which says whether it is base64 at all."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not in base64's one spelling")
    return raw


@lru_cache(maxsize=256)  # the same tablets and signers come again and again
def load_public(text: str) -> PublicKey:
    """Parse a public key's text; raise InvalidKey unless P-256, or RSA of 2048 to 8192 bits, in its one spelling."""
    try:
        if len(text) > _TEXT_LIMIT:
            raise ValueError("too long")
        key = serialization.load_der_public_key(decode_base64(text))
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidKey("a public key as base64 of DER expected") from None
    if isinstance(key, ec.EllipticCurvePublicKey):
        fits = isinstance(key.curve, ec.SECP256R1)
    elif isinstance(key, rsa.RSAPublicKey):
        fits = key.key_size in RSA_BITS and key.public_numbers().e >= 65537
    else:
        raise InvalidKey("a P-256 or RSA public key expected")
    if not fits or public_text(key) != text:
        raise InvalidKey("a P-256 key, or an RSA key of at least 2048 bits, in canonical DER expected")
    return key


def keyid(text: str) -> str:
    """Key id of a public key's text: SHA-256 of the DER, in hex; raise InvalidKey."""
    return sha256_hex(_der(load_public(text)))


def sign_bytes(key: SigningKey, message: bytes) -> bytes:
    """Sign SHA-256 of a message; return ECDSA in DER."""
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def verify_bytes(text: str, message: bytes, signature: bytes) -> None:
    """Verify SHA-256 of a message by the key `text`: ECDSA in DER on P-256, PKCS #1 v1.5 by RSA.

    Raises InvalidSignature, or InvalidKey for a malformed key.
    """
    key = load_public(text)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except BadSignature:
        raise InvalidSignature("the signature does not verify") from None


def raw_message(tag: str, *parts: bytes) -> bytes:
    """What raw signatures sign: the tag and each part behind its length (4 bytes, big-endian)."""
    return tagged(tag, *parts)


def sign_raw(key: SigningKey, message: bytes) -> bytes:
    """Sign a tagged message; return r || s, 32 bytes each, big-endian."""
    return raw_of_der(sign_bytes(key, message))


def raw_of_der(signature: bytes) -> bytes:
    """Spell an ECDSA signature in DER as r || s, 32 bytes each, big-endian."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_message(text: str, message: bytes, signature: bytes) -> None:
    """Verify a tagged message by any key of a person: r || s on P-256, PKCS #1 v1.5 with SHA-256 by RSA.

    Raises InvalidSignature or InvalidKey.
    """
    verify = verify_raw if isinstance(load_public(text), ec.EllipticCurvePublicKey) else verify_bytes
    verify(text, message, signature)


def verify_raw(text: str, message: bytes, signature: bytes) -> None:
    """Verify r || s by the P-256 key `text`; raise InvalidSignature, or InvalidKey for another kind of key."""
    if not isinstance(load_public(text), ec.EllipticCurvePublicKey):
        raise InvalidKey("a P-256 key expected")
    if len(signature) != 64:
        raise InvalidSignature(f"a signature of 64 bytes expected, {len(signature)} found")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    verify_bytes(text, message, encode_dss_signature(r, s))


def _der(key: PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
