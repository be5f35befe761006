"""Names that look alike, letters of other scripts, and text that a spreadsheet would run as a formula.

Two names look alike when the same skeleton is left of them: letters of other scripts replaced by the Latin ones they
resemble, without tones and marks, i for y, in small letters. They are shown to the organiser; nobody is refused.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import msgspec

from voting.documents.conferences.look_alikes import LATIN_FOR, foreign_letters
from voting.documents.letters import bare, without_apostrophes

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LATIN_FOR = str.maketrans(LATIN_FOR | {"0": "o", "1": "l", "|": "l"})


class LookAlike(msgspec.Struct, frozen=True):
    """Two entries whose names could be taken for each other: the same, differing in marks only, or in script."""

    first: str
    second: str
    kind: Literal["same", "marks", "script"]


def skeleton(name: str) -> str:
    """Return what is left of a name when everything that is easily overlooked is taken away."""
    latin = without_apostrophes(unicodedata.normalize("NFKC", without_apostrophes(name)).translate(_LATIN_FOR))
    return re.sub(r"[\s.\-]+", " ", bare(latin).casefold().replace("y", "i")).strip()


def look_alikes(names: Iterable[tuple[str, str]]) -> tuple[LookAlike, ...]:
    """Return every pair of look-alike names among pairs of id and name."""
    alike: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for identity, name in names:
        alike[skeleton(name)].append((identity, name))
    return tuple(
        LookAlike(first, second, _kind(one, other))
        for group in alike.values()
        for at, (first, one) in enumerate(group)
        for second, other in group[at + 1 :]
    )


def _kind(one: str, other: str) -> Literal["same", "marks", "script"]:
    if " ".join(one.split()).casefold() == " ".join(other.split()).casefold():
        return "same"
    return "script" if foreign_letters(one) or foreign_letters(other) else "marks"


def for_sheet(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def from_sheet(text: str) -> str:
    """Take away the apostrophe that `for_sheet` put there."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
