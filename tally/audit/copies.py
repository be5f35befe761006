"""Find ciphertexts that stand in two ballots: a copy of somebody else's vote (Cortier and Smyth 2011).

Proofs bind a ciphertext to its card already; this finds copies whose proofs were made anew. For each ciphertext 12
bytes are kept: a keyed 64-bit mark (the key is drawn for each audit, so that nobody can aim at equal marks) and the
height of its ballot. Chance makes two marks of n ciphertexts equal with probability below n² / 2^65.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator

from keys.elgamal import Ciphertext

_BUCKETS = 256
_MARK_BYTES = 8


def mark(key: bytes, ciphertext: Ciphertext) -> int:
    """Mark of a ciphertext under this audit's key."""
    hashed = hashlib.blake2b(ciphertext.alpha + ciphertext.beta, key=key, digest_size=_MARK_BYTES)
    return int.from_bytes(hashed.digest(), "little")


class Copies:
    """Marks of all ciphertexts, in buckets, so that looking for equal ones needs the memory of one bucket."""

    def __init__(self) -> None:
        self._marks = [array("Q") for _ in range(_BUCKETS)]
        self._heights = [array("L") for _ in range(_BUCKETS)]

    def add(self, height: int, marks: Iterable[int]) -> None:
        """Take in the ciphertexts of one ballot."""
        for one in marks:
            self._marks[one % _BUCKETS].append(one)
            self._heights[one % _BUCKETS].append(height)

    def found(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of heights, earlier first, of ballots that share a ciphertext."""
        for marks, heights in zip(self._marks, self._heights, strict=True):
            first: dict[int, int] = {}
            for one, height in zip(marks, heights, strict=True):
                if first.setdefault(one, height) != height:
                    yield first[one], height
