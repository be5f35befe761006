"""The two spellings of JSON: Belenios' compact one, and RFC 8785 for documents of our own.

Belenios 3.0, 4.1: compact JSON, raw UTF-8, fields in the order of the specification. A reader refuses everything
that does not come out byte for byte when written again: spaces, duplicate keys, other spellings of a number.
"""

import json
import unicodedata
from typing import Any, NoReturn, TypeVar

import msgspec
import rfc8785

from keys.structs import read_json
from voting.documents.errors import NotCanonical, TooLarge

T = TypeVar("T")

SAFE_INTEGER = 2**53 - 1
DOCUMENT_LIMIT = 16 * 1024 * 1024  # bytes; records and facts stay far below


def compact(value: object) -> bytes:
    """Encode structs or plain values as Belenios does: no spaces, raw UTF-8, fields in order."""
    return msgspec.json.encode(value)


def canonical(value: object) -> bytes:
    """Encode structs or plain values by RFC 8785; integers must be below 2^53."""
    return rfc8785.dumps(msgspec.to_builtins(value))


def check_size(raw: bytes, limit: int, what: str) -> None:
    """Raise TooLarge when `raw` is over `limit` bytes, before anything is parsed."""
    if len(raw) > limit:
        raise TooLarge(f"{what}: at most {limit} bytes expected, {len(raw)} found")


def parse_compact(raw: bytes, kind: type[T], limit: int, what: str) -> T:
    """Decode Belenios' compact JSON strictly into `kind`; raise NotCanonical unless it is written again the same."""
    return _parse(raw, kind, limit, what, compact)


def parse_canonical(raw: bytes, kind: type[T], limit: int = DOCUMENT_LIMIT, what: str = "document") -> T:
    """Decode canonical JSON (RFC 8785) strictly into `kind`; raise NotCanonical unless it is written again the same."""
    return _parse(raw, kind, limit, what, canonical)


def _parse(raw: bytes, kind: type[T], limit: int, what: str, write: Any) -> T:
    check_size(raw, limit, what)
    try:
        value = read_json(raw, kind)
        again = write(value)
    except (msgspec.MsgspecError, RecursionError, UnicodeError, rfc8785.CanonicalizationError) as error:
        raise NotCanonical(f"{what}: {error}") from None
    if again != raw:
        raise NotCanonical(f"{what}: not in canonical form (spaces, duplicate keys, order or spelling)")
    return value


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
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def unclean_text(text: str) -> str | None:
    """Say what is wrong with a name or title: not NFC, control or direction characters, blank ends; None if clean."""
    if not unicodedata.is_normalized("NFC", text):
        return "not in Unicode form NFC"
    if text != text.strip():
        return "begins or ends with a space"
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return f"contains the invisible character U+{ord(character):04X}"
    return None
