"""`tellers.json`: what the key ceremony hands to the desk beside trustees.json (kết quả buổi tạo khóa).

Names of the tellers in order, their public signing keys, and who of them stands on a ballot and why that was accepted.
"""

from typing import Literal

import msgspec

from voting.documents.canonical import parse_canonical

LIMIT = 256 * 1024  # bytes


class Clash(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A teller who stands on a ballot, and why that was accepted."""

    name: str
    reason: str


class TellerKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One teller for the draft: name and public signing key."""

    name: str
    key: str


class Tellers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the desk takes: `trustees` is the SHA-256 of trustees.json, `rehearsed` the number of the rehearsal."""

    format: Literal[1]
    conference: str
    threshold: int
    trustees: str
    fingerprint: str
    rehearsed: int
    tellers: tuple[TellerKeys, ...]
    clashes: tuple[Clash, ...]


def read_tellers(raw: bytes) -> Tellers:
    """Read tellers.json; raise NotCanonical or TooLarge."""
    return parse_canonical(raw, Tellers, LIMIT, "tellers.json")
