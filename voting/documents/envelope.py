"""DSSE envelopes: read strictly, signed, joined and verified, all of it here (design §5).

Canonical JSON (RFC 8785) outside and inside. `keys.files.signing` signs and verifies bytes; this module says which
bytes of a document those are (the pre-authentication encoding, by securesystemslib) and how signatures stand in it.

1. Shape: exactly payload, payloadType, signatures; of each signature exactly keyid, sig; one payload type per reader.
2. Payload and signatures are base64 in its one spelling.
3. No two signatures by one key id; they are sorted by it when we write, so that their order tells nothing.

`parse_envelope` demands the first, and the second of the payload; who verifies or adds signatures demands all three.
"""

import base64
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from securesystemslib.dsse import Envelope as Dsse

from keys.errors import InvalidSignature
from keys.files.signing import SigningKey, decode_base64, keyid, public_text, sign_bytes, verify_bytes
from voting.documents.canonical import DOCUMENT_LIMIT, canonical, parse_canonical
from voting.documents.errors import NotCanonical

T = TypeVar("T")


class EnvelopeSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature of a DSSE envelope: key id (hex SHA-256 of the DER public key) and base64 signature."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A DSSE envelope as JSON: base64 payload, its type, signatures."""

    payload: str
    payloadType: str
    signatures: tuple[EnvelopeSignature, ...]


def make_envelope(payload: bytes, payload_type: str, signatures: Iterable[EnvelopeSignature] = ()) -> Envelope:
    """Wrap a payload; signatures are sorted by key id, so that their order tells nothing."""
    return Envelope(base64.b64encode(payload).decode(), payload_type, _sorted(signatures))


def write_envelope(envelope: Envelope) -> bytes:
    """Spell an envelope as a file."""
    return canonical(envelope)


def parse_envelope(raw: bytes, payload_type: str, what: str) -> Envelope:
    """Read an envelope file of one payload type; raise NotCanonical or TooLarge."""
    envelope = parse_canonical(raw, Envelope, DOCUMENT_LIMIT, what)
    if envelope.payloadType != payload_type:
        raise NotCanonical(f"{what}: payload type {payload_type} expected, {envelope.payloadType!r:.80} found")
    payload_of(envelope, what)
    return envelope


def payload_of(envelope: Envelope, what: str) -> bytes:
    """Return the payload's bytes; raise NotCanonical for another spelling of base64."""
    return _decoded(envelope.payload, f"{what}: the payload")


def read_payload(envelope: Envelope, kind: type[T], what: str) -> T:
    """Decode the payload of an envelope strictly into `kind`."""
    return parse_canonical(payload_of(envelope, what), kind, DOCUMENT_LIMIT, what)


def pre_authentication(payload: bytes, payload_type: str) -> bytes:
    """The bytes that a DSSE signature covers."""
    return Dsse(payload, payload_type, {}).pae()


def spell_signature(key: str, signature: bytes) -> EnvelopeSignature:
    """Spell a signature over `pre_authentication` by the public key `key`: DER for ECDSA, PKCS #1 v1.5 for RSA."""
    return EnvelopeSignature(keyid(key), base64.b64encode(signature).decode())


def sign_envelope(payload: bytes, payload_type: str, key: SigningKey) -> Envelope:
    """Sign a payload; return an envelope with one signature."""
    signature = sign_bytes(key, pre_authentication(payload, payload_type))
    return make_envelope(payload, payload_type, [spell_signature(public_text(key), signature)])


def add_signatures(envelope: Envelope, fresh: Iterable[EnvelopeSignature]) -> Envelope:
    """Put signatures into an envelope, each in place of one that its key made before; raise NotCanonical."""
    _signatures_of(envelope)
    by_key = {one.keyid: one for one in (*envelope.signatures, *fresh)}
    return msgspec.structs.replace(envelope, signatures=_sorted(by_key.values()))


def verify_envelope(envelope: Envelope, public_texts: Iterable[str]) -> list[str]:
    """Return the key ids among `public_texts` whose signature in the envelope verifies, in the order given.

    A missing or false signature is left out, for the caller knows which ones are required; so is one by a key that is
    not asked for. Raises NotCanonical for a malformed envelope, InvalidKey for a malformed key.
    """
    signatures = _signatures_of(envelope)
    message = pre_authentication(payload_of(envelope, "envelope"), envelope.payloadType)
    found: list[str] = []
    for text in public_texts:
        signature = signatures.get(identifier := keyid(text))
        if signature is not None and identifier not in found and _verifies(text, message, signature):
            found.append(identifier)
    return found


def signed_alone(envelope: Envelope, key: str) -> bool:
    """Tell whether the only signature is one by `key`, and verifies; raise NotCanonical or InvalidKey."""
    return bool(verify_envelope(envelope, [key])) and len(envelope.signatures) == 1


def _signatures_of(envelope: Envelope) -> dict[str, bytes]:
    """Decode the signatures by key id; raise NotCanonical."""
    found: dict[str, bytes] = {}
    for one in envelope.signatures:
        if one.keyid in found:
            raise NotCanonical("envelope: two signatures by one key")
        found[one.keyid] = _decoded(one.sig, "envelope: a signature")
    return found


def _verifies(key: str, message: bytes, signature: bytes) -> bool:
    try:
        verify_bytes(key, message, signature)
    except InvalidSignature:
        return False
    return True


def _decoded(text: str, what: str) -> bytes:
    try:
        return decode_base64(text)
    except ValueError as error:
        raise NotCanonical(f"{what} is {error}") from None


def _sorted(signatures: Iterable[EnvelopeSignature]) -> tuple[EnvelopeSignature, ...]:
    return tuple(sorted(signatures, key=lambda one: (one.keyid, one.sig)))
