"""Hashes of Belenios version 1 (Belenios 3.0, 4.2 and 4.5), and the tagged messages of our own formats.

Version 1 hashes text: a prefix, then the elements in hex joined with commas, SHA-256 read as a big-endian number
modulo q. Where the format is ours, every part carries its length and the whole a tag.
"""

import base64
import hashlib
from collections.abc import Sequence

from keys.group import Point, Q, encode_point


def challenge(prefix: str, points: Sequence[Point]) -> int:
    """H(prefix A0,A1,…) mod q, the challenge of every proof of version 1; `prefix` ends in a vertical bar."""
    text = prefix + ",".join(map(encode_point, points))
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % Q


def tagged(tag: str, *parts: bytes) -> bytes:
    """The tag and each part behind its length (4 bytes, big-endian): no two lists give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in (tag.encode(), *parts))


def sha256_b64(raw: bytes) -> str:
    """SHA-256 in base64 without padding, 43 characters: fingerprints, ballot hashes, trackers."""
    return base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def sha256_hex(raw: bytes) -> str:
    """SHA-256 in lowercase hex: names of records in an archive."""
    return hashlib.sha256(raw).hexdigest()
