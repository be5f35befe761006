"""`tellers.json`: what the key ceremony hands to the desk (kết quả buổi tạo khóa).

Names of the tellers in order, their public signing keys, who of them stands on a ballot and why that was accepted, and
the keys of every box that the ceremony was held for.
"""

from typing import Final, Literal

import msgspec

from voting.documents.canonical import parse_canonical

LIMIT = 4 * 1024 * 1024  # bytes
FORMAT: Final = 2
"""Format 1 held no keys of boxes, which stood in a file of their own."""


class Clash(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A teller who stands on a ballot, and why that was accepted."""

    name: str
    reason: str


class TellerKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One teller for the draft: name and public signing key."""

    name: str
    key: str


class BoxKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of one box: trustees.json as text, and the number that the rehearsal opened."""

    trustees: str
    rehearsed: int


class Tellers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the desk takes: `fingerprint` is what all tellers compared, `boxes` are in the order of their numbers."""

    format: Literal[2]
    conference: str
    threshold: int
    fingerprint: str
    tellers: tuple[TellerKeys, ...]
    clashes: tuple[Clash, ...]
    boxes: tuple[BoxKeys, ...]


def read_tellers(raw: bytes) -> Tellers:
    """Read tellers.json; raise NotCanonical or TooLarge."""
    return parse_canonical(raw, Tellers, LIMIT, "tellers.json")
