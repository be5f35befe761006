"""Structs and msgspec: JSON that strangers wrote, and what programs with several threads do before the second starts.

msgspec learns the fields of a struct when it is first used, and lets other threads run meanwhile. A thread that uses
the same struct then finds it half learned, which ends the whole process (a segmentation fault; msgspec 0.22).
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec

T = TypeVar("T")
OURS = ("keys", "tally", "voting")


def read_json(raw: bytes, kind: type[T]) -> T:
    """Decode JSON into a struct; raise msgspec.DecodeError for invalid JSON, its ValidationError for another shape.

    msgspec raises two other errors: for a string that is not UTF-8, and for lists in lists without end.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None


def compact(value: object) -> bytes:
    """Write structs or plain values as Belenios does (Belenios 3.0, 4.1): no spaces, raw UTF-8, fields in order."""
    return msgspec.json.encode(value)


def read_written(raw: bytes, kind: type[T], write: Callable[[object], bytes] = compact) -> T:
    """Decode JSON as `read_json` does; raise DecodeError, too, unless writing the value again gives the same bytes.

    This rules out every other spelling: spaces, duplicate keys, another order of fields, another spelling of a number.
    """
    value = read_json(raw, kind)
    if write(value) != raw:
        raise msgspec.DecodeError("not in canonical form (spaces, duplicate keys, order or spelling)")
    return value


def learn_structs() -> None:
    """Let msgspec learn every struct of ours that is loaded; one that it cannot decode is never decoded either."""
    for kind in structs():
        with suppress(TypeError):
            msgspec.json.Decoder(kind)


def structs() -> Iterator[type[msgspec.Struct]]:
    """Yield the structs of our modules that are loaded."""
    waiting = list(msgspec.Struct.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.partition(".")[0] in OURS:
            yield kind
