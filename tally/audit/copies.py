"""Find ciphertexts that stand in two ballots: a copy of somebody else's vote (Cortier and Smyth 2011).

Proofs bind a ciphertext to its card already; this finds copies whose proofs were made anew. For each ciphertext a keyed
64-bit mark (the key is drawn for each audit, so that nobody can aim at equal marks) and the height of its ballot are
kept: 16 bytes, sorted into buckets, of which all but the last few kilobytes of each go to a temporary file. So memory
does not grow with the ballots but for the one bucket that is looked at in the end, a thousandth of all. Chance makes
two marks of n ciphertexts equal with probability below n² / 2^65.
"""

import hashlib
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from keys.elgamal import Ciphertext

_BUCKETS = 1024
_MARK_BYTES = 8
_WORD = 8  # bytes of an entry of a bucket: mark, height, mark, height, …
_KEPT = 512  # words of a bucket in memory, at most: 4 MB in all


def mark(key: bytes, ciphertext: Ciphertext) -> int:
    """Mark of a ciphertext under this audit's key."""
    hashed = hashlib.blake2b(ciphertext.alpha + ciphertext.beta, key=key, digest_size=_MARK_BYTES)
    return int.from_bytes(hashed.digest(), "little")


class Copies:
    """Marks of all ciphertexts, in buckets; the temporary file has no name and goes when it is closed."""

    def __init__(self) -> None:
        self._buckets = [array("Q") for _ in range(_BUCKETS)]
        self._blocks = [array("Q") for _ in range(_BUCKETS)]  # where in the file each full part of a bucket begins
        self._file: BinaryIO | None = None

    def add(self, height: int, marks: Iterable[int]) -> None:
        """Take in the ciphertexts of one ballot."""
        for one in marks:
            bucket = self._buckets[one % _BUCKETS]
            bucket.append(one)
            bucket.append(height)
            if len(bucket) == _KEPT:
                self._put_away(one % _BUCKETS)

    def found(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of heights, earlier first, of ballots that share a ciphertext."""
        for number in range(_BUCKETS):
            words = self._whole(number)
            marks, heights = words[0::2], words[1::2]
            if len(set(marks)) == len(marks):
                continue
            first: dict[int, int] = {}
            for one, height in zip(marks, heights, strict=True):
                if first.setdefault(one, height) != height:
                    yield first[one], height

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()

    def _put_away(self, number: int) -> None:
        """Write a full bucket to the file."""
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._blocks[number].append(self._file.tell())
        self._file.write(self._buckets[number].tobytes())
        self._buckets[number] = array("Q")

    def _whole(self, number: int) -> "array[int]":
        """Read a bucket, the oldest entries first."""
        words = array("Q")
        for start in self._blocks[number]:
            assert self._file is not None
            self._file.seek(start)
            words.frombytes(self._file.read(_KEPT * _WORD))
        return words + self._buckets[number]
