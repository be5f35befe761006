"""A sealed file as lines to print, scan or type again (phiếu khôi phục): base32 in groups, a check on every line.

Crockford's letters leave out I, L, O and U, and reading forgives lower case, O for 0, I and L for 1. A line is

    07 6YQ2J 8WMX4 … K3D5A 9T        number, eight groups of five characters (25 bytes), check

The check is 10 bits of the SHA-256 of the line's number and bytes, so that a wrong line is named while it is typed.
The last line holds SHA-256 of the whole, and the last line but one what is left of it. Nothing here is an open secret:
the lines hold the sealed file, which the passphrase alone opens.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator

from keys.errors import DamagedFile
from keys.files.sealing import pack, unpack

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINE_BYTES, GROUP = 25, 5
MOST_LINES, MOST_CHARACTERS = 99, 200  # lines of a sheet; characters of one line, spaces included
SEPARATOR = "/"
"""Between the lines of one QR code: a character of its alphanumeric mode."""

_RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_OURS, _STANDARD = str.maketrans(_RFC_4648, LETTERS), str.maketrans(LETTERS, _RFC_4648)
_MEANT = str.maketrans("OIL", "011")


def recovery_lines(sealed: bytes) -> list[str]:
    """Write a sealed file as lines; raise DamagedFile if it is not one."""
    packed = pack(sealed)
    parts = [packed[at : at + LINE_BYTES] for at in range(0, len(packed), LINE_BYTES)]
    parts.append(hashlib.sha256(packed).digest()[:LINE_BYTES])
    return [_line(number, part) for number, part in enumerate(parts, 1)]


def read_recovery(text: str) -> bytes:
    """Read the lines in any order, typed or scanned, and write the sealed file again.

    Raises DamagedFile and names the first line that is wrong or missing.
    """
    found = dict(_read_lines(text))
    if not found:
        raise DamagedFile("the lines of a recovery sheet expected")
    for number in range(1, max(found) + 1):
        if number not in found:
            raise DamagedFile(f"line {number} is missing")
    *parts, digest = (found[number] for number in sorted(found))
    packed = b"".join(parts)
    if hashlib.sha256(packed).digest()[:LINE_BYTES] != digest:
        raise DamagedFile("the last line is missing, or a line is of another sheet")
    return unpack(packed)


def check_lines(text: str) -> tuple[int, ...]:
    """Check what was typed or scanned at once, one line or several; return their numbers, or raise DamagedFile."""
    return tuple(number for number, _ in _read_lines(text))


def _line(number: int, part: bytes) -> str:
    body = _encode(part)
    groups = [body[at : at + GROUP] for at in range(0, len(body), GROUP)]
    return " ".join([f"{number:02d}", *groups, _check(number, part)])


def _read_lines(text: str) -> Iterator[tuple[int, bytes]]:
    seen: dict[int, bytes] = {}
    for line in text.replace(SEPARATOR, "\n").splitlines():
        if line.strip():
            number, part = _read_line(line)
            if seen.setdefault(number, part) != part:
                raise DamagedFile(f"line {number} is duplicated, with different contents")
            yield number, part


def _read_line(text: str) -> tuple[int, bytes]:
    number_text, *rest = text.upper().translate(_MEANT).split()
    if not (number_text.isascii() and number_text.isdecimal()) or len(rest) < 2 or len(text) > MOST_CHARACTERS:
        raise DamagedFile(f"a line with its number, groups and check expected, {text.strip()[:20]!r} found")
    number = int(number_text)
    if not 1 <= number <= MOST_LINES:
        raise DamagedFile(f"line {number_text[:20]}: a sheet has lines 1 to {MOST_LINES}")
    try:
        part = _decode(rest[:-1])
    except ValueError:
        raise DamagedFile(f"line {number}: a character that is not of this alphabet") from None
    if _check(number, part) != rest[-1]:
        raise DamagedFile(f"line {number}: something is mistyped in it")
    return number, part


def _check(number: int, part: bytes) -> str:
    bits = int.from_bytes(hashlib.sha256(bytes((number,)) + part).digest()[:2], "big") >> 6
    return LETTERS[bits >> 5] + LETTERS[bits & 31]


def _encode(part: bytes) -> str:
    return base64.b32encode(part).decode("ascii", "strict").rstrip("=").translate(_OURS)


def _decode(groups: Iterable[str]) -> bytes:
    text = "".join(groups)
    part = base64.b32decode(text.translate(_STANDARD) + "=" * (-len(text) % 8))
    if _encode(part) != text:
        raise ValueError("a letter that is not ours, or bits left over")
    return part
