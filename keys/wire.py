"""JSON as Belenios and our own key files spell it (Belenios 3.0, 4.1): compact, fields in order, one spelling.

Strings stand here as in the file; the modules that use them decode points and numbers.
"""

from typing import TypeVar

import msgspec

from keys.errors import InvalidFormat, InvalidPoint, InvalidScalar
from keys.group import Point, decode_point, decode_scalar, encode_scalar
from keys.proofs.schnorr import Proof
from keys.structs import compact as compact  # part of this module, too
from keys.structs import read_written

T = TypeVar("T")

FILE_LIMIT = 16 * 2**20
"""Largest file of public key material that we read, in bytes."""


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An object of a file; absent optional fields are left out."""


class ProofText(Text, frozen=True):
    """Challenge and response in base 10."""

    challenge: str
    response: str


class SignedText(Text, frozen=True):
    """signed_msg: a message, itself serialised JSON, and its signature (Belenios 3.0, 4.6.1)."""

    message: str
    signature: ProofText


class TrusteeKeyText(Text, frozen=True):
    """trustee_public_key (Belenios 3.0, 4.5); `name` exists in the tools, not in the specification."""

    pok: ProofText
    public_key: str
    signature: ProofText | None = None
    name: str | None = None


class ContextText(Text, frozen=True):
    """Where in a ceremony a certificate stands (Belenios 3.0, 4.6.2)."""

    group: str
    size: int
    threshold: int
    index: int


class CertificateText(Text, frozen=True):
    """cert_keys, the message of a certificate."""

    context: ContextText
    verification: str
    encryption: str


class CoefficientsText(Text, frozen=True):
    """raw_coefexps, the message with the public coefficients of a teller's polynomial (Belenios 3.0, 4.6.4)."""

    coefexps: tuple[str, ...]


class CertificatesText(Text, frozen=True):
    """certs: what `certs_sig|` signs (Belenios 3.0, 4.6.4)."""

    certs: tuple[SignedText, ...]
    coefexps: tuple[str, ...]


class ThresholdText(Text, frozen=True):
    """threshold_parameters (Belenios 3.0, 4.6.7)."""

    threshold: int
    certs: tuple[SignedText, ...]
    coefexps: tuple[SignedText, ...]
    signatures: tuple[ProofText, ...]
    verification_keys: tuple[TrusteeKeyText, ...]


class SingleText(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="Single"):
    """["Single", trustee_public_key] (Belenios 3.0, 4.7)."""

    key: TrusteeKeyText


class PedersenText(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="Pedersen"):
    """["Pedersen", threshold_parameters] (Belenios 3.0, 4.7)."""

    parameters: ThresholdText


def parse(raw: bytes, kind: type[T], what: str, limit: int = FILE_LIMIT) -> T:
    """Parse JSON in canonical form: no spaces, no duplicate or unknown keys, fields in order; raise InvalidFormat."""
    if len(raw) > limit:
        raise InvalidFormat(f"{what}: at most {limit} bytes expected, {len(raw)} found")
    try:
        return read_written(raw, kind)
    except msgspec.MsgspecError as error:
        raise InvalidFormat(f"{what}: {error}") from None


def point(text: str, place: str) -> Point:
    """Parse a point that must not be the identity; raise InvalidPoint with its place."""
    try:
        return decode_point(text)
    except InvalidPoint as error:
        raise InvalidPoint(f"{place}: {error}") from None


def proof(text: ProofText, place: str) -> Proof:
    """Parse a proof; raise InvalidScalar with its place."""
    try:
        return Proof(decode_scalar(text.challenge), decode_scalar(text.response))
    except InvalidScalar as error:
        raise InvalidScalar(f"{place}: {error}") from None


def proof_text(value: Proof) -> ProofText:
    """Spell a proof."""
    return ProofText(encode_scalar(value.challenge), encode_scalar(value.response))
