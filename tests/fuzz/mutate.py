"""Mutations of bytes for the fuzzer: flips, cuts, repeats, splices with other seeds, and words that hurt parsers."""

import random
import re
from collections.abc import Sequence

WORDS = (
    b"null", b"true", b"-1", b"0", b"00", b"1e999", b"NaN", b"Infinity", b"9" * 400, b'""', b"[]", b"{}", b"[" * 200,
    b'{"a":' * 100, b"\\u0000", b"\\ud800", b"\xff", b"\x00", b"\xc0\x80", b"\xef\xbb\xbf", b"\r\n", b"\xe2\x80\xae",
    b"7237005577332262213973186563042994240857116359379907606001950938285454250989", b"=1+1", b"../../x", b"PK\x03\x04",
    b"0100000000000000000000000000000000000000000000000000000000000000", b"ustar\x0000", b"\xff" * 12,
    b"18446744073709551616", b"-0.0", b"1.0", b'"\\"', b"<script>", b"%s%n", b"'", b"\t",
)  # fmt: skip

_DIGIT, _END = re.compile(rb"[0-9]"), re.compile(rb"[,}\]]")


def mutated(seed: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A seed after one to five, half of the time one mutations."""
    content = bytearray(seed)
    for _ in range(1 + max(0, chance.getrandbits(3) - 3)):
        chance.choice(_MUTATIONS)(content, others, chance)
    return bytes(content)


def _flip(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    if content:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _set(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    if content:
        content[chance.randrange(len(content))] = chance.randrange(256)


def _digit(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    """Another digit for a digit: numbers stay numbers."""
    found = _DIGIT.search(content, chance.randrange(len(content) + 1))
    if found:
        content[found.start()] = 48 + chance.randrange(10)


def _insert(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(WORDS)


def _replace(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at : at + chance.randrange(16)] = chance.choice(WORDS)


def _value(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    """Another value after a colon of JSON."""
    at = content.find(b":", chance.randrange(len(content) + 1)) + 1
    if at:
        end = _END.search(content, at)
        content[at : end.start() if end else len(content)] = chance.choice(WORDS)


def _cut(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    del content[at : at + 1 + chance.randrange(64)]


def _end(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    del content[chance.randrange(len(content) + 1) :]


def _repeat(content: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at, size = chance.randrange(len(content) + 1), 1 + chance.randrange(64)
    content[at:at] = content[at : at + size]


def _splice(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(others)
    if other:
        start = chance.randrange(len(other))
        at = chance.randrange(len(content) + 1)
        content[at : at + chance.randrange(64)] = other[start : start + chance.randrange(64)]


_MUTATIONS = (_flip, _set, _digit, _insert, _replace, _value, _cut, _end, _repeat, _splice)
