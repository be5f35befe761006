"""DSSE envelopes as files: canonical JSON (RFC 8785) outside and inside, read strictly (design §5).

Signing and verifying are in keys.files.signing; this module spells the envelope and unpacks a typed payload.
"""

import base64
import binascii
from typing import TypeVar

from voting.documents.canonical import DOCUMENT_LIMIT, canonical, parse_canonical
from voting.documents.errors import NotCanonical
from voting.documents.facts import Envelope, EnvelopeSignature

T = TypeVar("T")


def make_envelope(payload: bytes, payload_type: str, signatures: tuple[EnvelopeSignature, ...] = ()) -> Envelope:
    """Wrap a payload; signatures are sorted by key id, so that their order tells nothing."""
    ordered = tuple(sorted(signatures, key=lambda one: (one.keyid, one.sig)))
    return Envelope(base64.b64encode(payload).decode(), payload_type, ordered)


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
    try:
        payload = base64.b64decode(envelope.payload, validate=True)
    except (binascii.Error, ValueError):
        raise NotCanonical(f"{what}: the payload is not base64") from None
    if base64.b64encode(payload).decode() != envelope.payload:
        raise NotCanonical(f"{what}: the payload's base64 is not in its one spelling")
    return payload


def read_payload(envelope: Envelope, kind: type[T], what: str) -> T:
    """Decode the payload of an envelope strictly into `kind`."""
    return parse_canonical(payload_of(envelope, what), kind, DOCUMENT_LIMIT, what)
