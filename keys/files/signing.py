"""Signatures of people, desks and devices: ECDSA on P-256 with SHA-256; RSA from 2048 bits, of tokens, verifies too.

Documents are signed as DSSE envelopes (securesystemslib; an RSA signature is PKCS #1 v1.5 with SHA-256, what every
token can make). Receipts and tablets sign a tagged message as raw 64 bytes r || s, so that traffic has one length.
A public key's text is base64 of its DER SubjectPublicKeyInfo; its key id the SHA-256 of that DER.
"""

import base64
import binascii
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias, TypedDict

from cryptography.exceptions import InvalidSignature as BadSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from securesystemslib.dsse import Envelope as Dsse
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined] # its __init__ re-exports

from keys.errors import InvalidFormat, InvalidKey, InvalidSignature
from keys.transcript import sha256_hex, tagged

SigningKey: TypeAlias = ec.EllipticCurvePrivateKey
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

KIND = "signing-key"
"""Kind of the sealed file of a person's P-256 key."""

RSA_BITS = range(2048, 8193)
"""Sizes of RSA moduli that we accept, in bits."""

_SCHEMES = {"ecdsa": "ecdsa-sha2-nistp256", "rsa": "rsa-pkcs1v15-sha256"}
_TEXT_LIMIT = 2048


class SignatureText(TypedDict):
    """One signature of an envelope: key id in hex, signature in base64."""

    keyid: str
    sig: str


class Envelope(TypedDict):
    """A DSSE envelope as JSON."""

    payload: str
    payloadType: str
    signatures: list[SignatureText]


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


@lru_cache(maxsize=256)  # the same tablets and signers come again and again
def load_public(text: str) -> PublicKey:
    """Parse a public key's text; raise InvalidKey unless P-256, or RSA of 2048 to 8192 bits, in its one spelling."""
    try:
        key = serialization.load_der_public_key(_decode_base64(text, _TEXT_LIMIT))
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


def sign_envelope(payload: bytes, payload_type: str, key: SigningKey) -> Envelope:
    """Sign a payload; return an envelope with one signature."""
    signer = CryptoSigner(key, _sslib_key(public_text(key)))
    envelope = Dsse(payload, payload_type, {})
    signature = envelope.sign(signer)
    return join_envelopes(payload, payload_type, [(signature.keyid, bytes.fromhex(signature.signature))])


def join_envelopes(payload: bytes, payload_type: str, signatures: Iterable[tuple[str, bytes]]) -> Envelope:
    """Write an envelope over pairs of key id and signature (DER for ECDSA), sorted by key id."""
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": one, "sig": base64.b64encode(raw).decode()} for one, raw in sorted(signatures)],
    }


def add_signature(envelope: Envelope, key: SigningKey) -> Envelope:
    """Return the envelope with the signature of `key` put in, replacing an earlier one of the same key."""
    payload = envelope_payload(envelope)
    fresh = sign_envelope(payload, envelope["payloadType"], key)["signatures"][0]
    kept = [one for one in envelope["signatures"] if one["keyid"] != fresh["keyid"]]
    pairs = [(one["keyid"], base64.b64decode(one["sig"])) for one in [*kept, fresh]]
    return join_envelopes(payload, envelope["payloadType"], pairs)


def pre_authentication(payload: bytes, payload_type: str) -> bytes:
    """The bytes that a DSSE signature covers, for a token that signs outside of this program."""
    return Dsse(payload, payload_type, {}).pae()


def envelope_payload(envelope: Envelope) -> bytes:
    """Return the payload of an envelope after checking its shape and spelling; raise InvalidFormat."""
    return _parse_envelope(envelope).payload


def verify_envelope(envelope: Envelope, public_texts: Iterable[str]) -> list[str]:
    """Return the key ids among `public_texts` whose signature in the envelope verifies, in the order given.

    A missing or false signature is left out, for the caller knows which ones are required; so is one by a key that is
    not asked for. Raises InvalidFormat for a malformed envelope, InvalidKey for a malformed key.
    """
    parsed = _parse_envelope(envelope)
    message = parsed.pae()
    found = []
    for text in public_texts:
        key = _sslib_key(text)
        signature = parsed.signatures.get(key.keyid)
        if signature is not None and key.keyid not in found and _verifies(key, signature, message):
            found.append(key.keyid)
    return found


def raw_message(tag: str, *parts: bytes) -> bytes:
    """What raw signatures sign: the tag and each part behind its length (4 bytes, big-endian)."""
    return tagged(tag, *parts)


def sign_raw(key: SigningKey, message: bytes) -> bytes:
    """Sign a tagged message; return r || s, 32 bytes each, big-endian."""
    return raw_of_der(key.sign(message, ec.ECDSA(hashes.SHA256())))


def raw_of_der(signature: bytes) -> bytes:
    """Spell an ECDSA signature in DER as r || s, 32 bytes each, big-endian."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_message(text: str, message: bytes, signature: bytes) -> None:
    """Verify a tagged message by any key of a person: r || s on P-256, PKCS #1 v1.5 with SHA-256 by RSA.

    Raises InvalidSignature or InvalidKey.
    """
    key = load_public(text)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return verify_raw(text, message, signature)
    try:
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except BadSignature:
        raise InvalidSignature("the signature does not verify") from None


def verify_raw(text: str, message: bytes, signature: bytes) -> None:
    """Verify r || s by the P-256 key `text`; raise InvalidSignature, or InvalidKey for another kind of key."""
    key = load_public(text)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidKey("a P-256 key expected")
    if len(signature) != 64:
        raise InvalidSignature(f"a signature of 64 bytes expected, {len(signature)} found")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except BadSignature:
        raise InvalidSignature("the signature does not verify") from None


def _der(key: PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _decode_base64(text: str, limit: int | None = None) -> bytes:
    """Decode base64 in its one spelling; raise ValueError."""
    if limit is not None and len(text) > limit:
        raise ValueError("too long")
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("another spelling")
    return raw


def _sslib_key(text: str) -> SSlibKey:
    key = load_public(text)
    kind = "rsa" if isinstance(key, rsa.RSAPublicKey) else "ecdsa"
    return SSlibKey.from_crypto(key, keyid(text), _SCHEMES[kind])


def _verifies(key: SSlibKey, signature: Signature, message: bytes) -> bool:
    try:
        key.verify_signature(signature, message)
    except UnverifiedSignatureError:
        return False
    return True


def _parse_envelope(envelope: Envelope) -> Dsse:
    try:
        if set(envelope) != {"payload", "payloadType", "signatures"} or not isinstance(envelope["payloadType"], str):
            raise ValueError("fields")
        signatures: dict[str, Signature] = {}
        for one in envelope["signatures"]:
            if set(one) != {"keyid", "sig"} or one["keyid"] in signatures:
                raise ValueError("a key id twice, or unknown fields")
            signatures[one["keyid"]] = Signature(one["keyid"], _decode_base64(one["sig"]).hex())
        return Dsse(_decode_base64(envelope["payload"]), envelope["payloadType"], signatures)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        raise InvalidFormat("a DSSE envelope with payload, payloadType and signatures expected") from None
