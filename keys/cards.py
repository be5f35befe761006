"""Cards (thẻ bỏ phiếu) as one-time credentials (Belenios 3.0, 4.8).

A card's secret is 22 base58 characters, about 129 bits. Its QR holds just these; the derivation takes them with dashes,
5-6-5-6. The secret scalar never leaves the tablet; the public credential g^s is what the room server knows.
"""

import hashlib
import re
import secrets
from itertools import accumulate

from keys.errors import InvalidCard
from keys.group import Point, Secret, base_power, reduce_wide

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base58: no 0, O, I or l (Belenios 3.0, 4.2)."""

LENGTH = 22
"""Characters of a card's secret, dashes aside."""

GROUPS = (5, 6, 5, 6)
"""Characters between dashes, in print and in the derivation."""

UUID_PATTERN = re.compile(f"[{ALPHABET}]{{14,64}}", re.ASCII)
"""The uuid of an election (Belenios 3.0, 4.2)."""

_CARD = re.compile(f"[{ALPHABET}]{{{LENGTH}}}", re.ASCII)
_SEPARATORS = str.maketrans("", "", "- \t\r\n")
_TYPED_LIMIT = 64


def new_card() -> str:
    """Draw a card's secret from the operating system: 22 base58 characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise(text: str) -> str:
    """Return the 22 characters of a scanned or typed card, dashes and blanks dropped; raise InvalidCard."""
    card = text.translate(_SEPARATORS) if len(text) <= _TYPED_LIMIT else ""
    if not _CARD.fullmatch(card):
        raise InvalidCard(f"a card of {LENGTH} base58 characters expected")
    return card


def with_dashes(card: str) -> str:
    """Write a card as XXXXX-XXXXXX-XXXXX-XXXXXX; raise InvalidCard."""
    plain = normalise(card)
    ends = tuple(accumulate(GROUPS))
    return "-".join(plain[end - length : end] for length, end in zip(GROUPS, ends, strict=True))


def derive(card: str, uuid: str) -> Secret:
    """Derive a card's secret scalar for the election `uuid`; raise InvalidCard.

    s = H(derive_credential|uuid|0|card) H(derive_credential|uuid|1|card), 512 bits big-endian, modulo q.
    """
    if not UUID_PATTERN.fullmatch(uuid):
        raise InvalidCard("an election's uuid of 14 or more base58 characters expected")
    dashed = with_dashes(card)
    halves = (hashlib.sha256(f"derive_credential|{uuid}|{half}|{dashed}".encode()).digest() for half in (0, 1))
    return reduce_wide(b"".join(halves)[::-1])


def credential(card: str, uuid: str) -> Point:
    """The public credential of a card in the election `uuid`; raise InvalidCard."""
    return base_power(derive(card, uuid))
