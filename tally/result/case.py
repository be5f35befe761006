"""Cases in and verdicts out as JSON text (design §5): one spelling, nothing missing, nothing more.

A decoder here MUST refuse: fields that are duplicated, are missing or unknown; null where a field is optional; numbers
that are not whole (1.0 and 1e2 too), true and false as numbers; text that is not UTF-8; anything after the case.
"""

import json
from typing import Any, NoReturn

import msgspec

from tally.errors import ImpossibleCase
from voting.documents.case import AnyCase, AnyVerdict, Case, LevelsCase, ReportCase

CASE_LIMIT = 64 * 1024 * 1024  # bytes of one case
DIGITS_LIMIT = 1_000  # digits of one number; Python itself stops at 4,300, and products have to stay below that


def parse_case(raw: bytes) -> AnyCase:
    """Read one case. Raises ImpossibleCase with one line that says what is wrong, and where."""
    if len(raw) > CASE_LIMIT:
        raise ImpossibleCase(f"the case has {len(raw)} bytes; at most {CASE_LIMIT} are read")
    tree = _load(raw)
    try:
        return msgspec.convert(tree, _type_of(tree), strict=True)
    except msgspec.ValidationError as error:
        raise ImpossibleCase(_one_line(str(error))) from None


def write_verdict(verdict: AnyVerdict) -> bytes:
    """Write a verdict as compact JSON on one line, without the newline; letters outside ASCII stand as they are."""
    return _compact(msgspec.to_builtins(verdict))


def write_refusal(error: ImpossibleCase) -> bytes:
    """Write what takes a verdict's place where a case is refused: `{"error":"…"}`."""
    return _compact({"error": str(error)})


def _type_of(tree: object) -> type[AnyCase]:
    """Choose the type by the mode; a tree that names none is refused as a case for the rule."""
    selection = tree.get("selection") if isinstance(tree, dict) else None
    mode = selection.get("mode") if isinstance(selection, dict) else None
    if mode == "report":
        return ReportCase
    return LevelsCase if mode == "levels" else Case


def _compact(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def _load(raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
        tree = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_int=_whole_number,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
        json.dumps(tree, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except UnicodeError:
        raise ImpossibleCase("the case is not UTF-8 text") from None
    except RecursionError:
        raise ImpossibleCase("the case is nested too deep") from None
    except ValueError as error:
        raise ImpossibleCase(_one_line(f"the case is not JSON: {error}")) from None
    return tree


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for name, value in pairs:
        if name in seen:
            raise ImpossibleCase(_one_line(f"field {name!r} is duplicated"))
        if value is None:
            raise ImpossibleCase(_one_line(f"field {name!r} is null; leave it out, or write what it is"))
        seen[name] = value
    return seen


def _whole_number(text: str) -> int:
    if text.startswith("-"):
        raise ImpossibleCase(f"a number is negative: {text[:40]}")
    if len(text) > DIGITS_LIMIT:
        raise ImpossibleCase(f"a number has {len(text)} digits; at most {DIGITS_LIMIT} are read")
    return int(text)


def _refuse_number(text: str) -> NoReturn:
    raise ImpossibleCase(f"a number is not a whole one: {text[:40]}")


def _one_line(message: str) -> str:
    """Keep a message to one line that an editor would agree is one line."""
    return " ".join("".join(char if char.isprintable() else " " for char in message).split())
