"""Sheets as an office sees them (trang tính): cells with what they are, hidden rows and columns, merged cells."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.message import Sentence, UserError
from voting.documents.letters import written
from voting.people.spelling import from_sheet

MOST_KEPT = 2000  # characters of a cell
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 1."""


class NotATable(UserError):
    """A file is none that can be read as a table; `words` say what to do."""

    def __init__(self, words: Sentence) -> None:
        """Keep the words for staff."""
        super().__init__(words.en)
        self.words = words


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that holds something: its text and its kind (text, number, date, truth, error, formula without value).

    `struck` tells that its letters are struck through.
    """

    text: str
    kind: str = "text"
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its cells by row and column (from 1), and what of it is hidden or merged."""

    name: str
    cells: Mapping[int, Mapping[int, Cell]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()
    hidden: bool = False
    notes: Mapping[int, Sentence] = field(default_factory=dict)
    """Rows that belong to the kind of file, and to no table: why they are left out."""

    def at(self, row: int, column: int) -> Cell:
        """Return a cell; one without text where nothing is."""
        return self.cells.get(row, {}).get(column, _EMPTY)

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell, "" where there is none."""
        return self.at(row, column).text


_EMPTY = Cell("")


def tidy(text: str) -> str:
    """Return text as it is taken: escapes of Excel undone, composed, Đ for Ð, single spaces, no line breaks.

    Text beyond MOST_KEPT is cut off: nothing as long is taken anywhere, and composing marks without end takes minutes.
    """
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text[:MOST_KEPT])
    return from_sheet(" ".join(written(plain).split()))
