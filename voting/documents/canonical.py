"""The two spellings of JSON: Belenios' compact one, and RFC 8785 for documents of our own.

Belenios 3.0, 4.1: compact JSON, raw UTF-8, fields in the order of the specification. A reader refuses everything
that does not come out byte for byte when written again: spaces, duplicate keys, other spellings of a number.
"""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
import rfc8785

from keys.structs import compact as compact  # part of this module, too
from keys.structs import read_written
from voting.documents.errors import NotCanonical, TooLarge

T = TypeVar("T")

DOCUMENT_LIMIT = 16 * 1024 * 1024  # bytes; records and facts stay far below
MOST_MARKS = 2  # combining marks on one letter, those that its precomposed form holds among them
# Default_Ignorable_Code_Point of Unicode 15 of other categories than Cf and Cn, and characters that print nothing:
# Hangul fillers, Khmer inherent vowels, variation selectors, Braille blank, musical null, blank hieroglyphs.
_BLANK = (
    range(0x034F, 0x0350), range(0x115F, 0x1161), range(0x17B4, 0x17B6), range(0x180B, 0x1810), range(0x2065, 0x2066),
    range(0x2800, 0x2801), range(0x3164, 0x3165), range(0xFE00, 0xFE10), range(0xFFA0, 0xFFA1), range(0xFFFC, 0xFFFD),
    range(0x13441, 0x13443), range(0x16FE4, 0x16FE5), range(0x1D159, 0x1D15A), range(0xE0000, 0xE1000),
)  # fmt: skip


def canonical(value: object) -> bytes:
    """Encode structs or plain values by RFC 8785; integers must be below 2^53."""
    return rfc8785.dumps(msgspec.to_builtins(value))


def check_size(raw: bytes, limit: int, what: str) -> None:
    """Raise TooLarge when `raw` is over `limit` bytes, before anything is parsed."""
    if len(raw) > limit:
        raise TooLarge(f"{what}: at most {limit} bytes expected, {len(raw)} found")


def read_limited(path: Path, limit: int = DOCUMENT_LIMIT) -> bytes:
    """Read a file up to one byte over the limit, where its parser refuses it; raise OSError."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: not a file")
    with path.open("rb") as opened:
        return opened.read(limit + 1)


def parse_compact(raw: bytes, kind: type[T], limit: int, what: str) -> T:
    """Decode Belenios' compact JSON strictly into `kind`; raise NotCanonical unless it is written again the same."""
    return _parse(raw, kind, limit, what, compact)


def parse_canonical(raw: bytes, kind: type[T], limit: int = DOCUMENT_LIMIT, what: str = "document") -> T:
    """Decode canonical JSON (RFC 8785) strictly into `kind`; raise NotCanonical unless it is written again the same."""
    return _parse(raw, kind, limit, what, canonical)


def _parse(raw: bytes, kind: type[T], limit: int, what: str, write: Callable[[object], bytes]) -> T:
    check_size(raw, limit, what)
    try:
        return read_written(raw, kind, write)
    except (msgspec.MsgspecError, RecursionError, UnicodeError, rfc8785.CanonicalizationError) as error:
        raise NotCanonical(f"{what}: {error}") from None


def parse_unique(raw: bytes, limit: int, what: str) -> Any:
    """Decode JSON of which parts are unknown to us; refuse duplicate keys, NaN, and bytes that are not UTF-8."""
    check_size(raw, limit, what)
    try:
        text = raw.decode("utf-8")
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"{what}: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is duplicated in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def unclean_text(text: str) -> str | None:
    """Say what is wrong with a name or title: not NFC, invisible or blank characters, stacked marks; None if clean."""
    if not unicodedata.is_normalized("NFC", text):
        return "not in Unicode form NFC"
    if text != text.strip():
        return "begins or ends with a space"
    for character in text:
        category, code = unicodedata.category(character), ord(character)
        if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or any(code in blank for blank in _BLANK):
            return f"contains the invisible character U+{code:04X}"
    return None if text.isascii() else _stacked(text)


def unclean_name(name: str) -> str | None:
    """Say what is wrong with the name of a person: what `unclean_text` says, or no letter to read; None if clean."""
    if problem := unclean_text(name):
        return f"is {problem}"
    return None if any(map(str.isalnum, name)) else "has no letter: a name expected"


def same_text(one: str, other: str) -> bool:
    """Tell whether two texts read the same: without regard to capitals, spaces and Unicode form."""
    first, second = (" ".join(unicodedata.normalize("NFC", text).casefold().split()) for text in (one, other))
    return first == second


def _stacked(text: str) -> str | None:
    """Say where more marks stand on a letter than any Vietnamese letter has (ễ has two), or a mark on none."""
    marks, letter = 0, False
    for character in unicodedata.normalize("NFD", text):
        if not unicodedata.category(character).startswith("M"):
            marks, letter = 0, not character.isspace()
        elif not letter:
            return f"marked by U+{ord(character):04X} without a letter before it"
        elif (marks := marks + 1) > MOST_MARKS:
            return f"stacked: more than {MOST_MARKS} marks on one letter"
    return None
