"""Lines that somebody pastes (dán danh sách): the same law as for tables, with or without a header among them.

Without one, a line is a number (which may be missing), a name, and a unit, parted by a tab, a semicolon or "|".
"""

import re
from typing import Final

from keys.message import Sentence
from voting.people.border.cells import Cell, NotATable, Sheet, tidy
from voting.people.border.check import report_of
from voting.people.border.headings import Table, find_table
from voting.people.border.reading import MOST_BYTES
from voting.people.border.report import Report
from voting.people.workbook_process import FAULTS, MOST_CELLS

MOST_LINE = 1000  # characters of a line
NUMBER, NAME, UNIT = 1, 2, 3
"""The columns of lines without a header."""
_NUMBERED = re.compile(r"\s*(\d{1,5})\s*[.)\-:/\t;|]\s*(?=\D)")
_PARTING = re.compile(r"[\t;|]")
_WITH_UNITS: Final = Table(0, 0, {"number": NUMBER, "unit": UNIT}, (NAME,), {})
_NAMES: Final = Table(0, 0, {"number": NUMBER}, (NAME,), {})


def check_pasted(text: str) -> Report:
    """Say what would become of pasted lines as a list of people summoned; raise NotATable beyond the limits."""
    lines = text.splitlines()
    if len(text) > MOST_BYTES:
        raise NotATable(FAULTS["text"])
    for number, line in enumerate(lines, 1):
        if len(line) > MOST_LINE:
            words = Sentence(f"dòng {number} dài quá {MOST_LINE} ký tự", f"line {number} is longer than {MOST_LINE}")
            raise NotATable(words)
    if sum(len(_PARTING.findall(line)) + 1 for line in lines if line.strip()) > MOST_CELLS:
        raise NotATable(FAULTS["cells"])
    headed = _sheet([_PARTING.split(line) for line in lines])
    table = find_table(headed)
    if table is not None or not headed.cells:
        return report_of(headed, table, None)
    bare = _sheet([_parts(line) for line in lines])
    units = any(UNIT in cells for cells in bare.cells.values())
    return report_of(bare, _WITH_UNITS if units else _NAMES, None)


def line_of(cell: str) -> int:
    """Return the line that a cell of pasted text stands for."""
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _parts(line: str) -> list[str]:
    found = _NUMBERED.match(line)
    rest = line[found.end() :] if found else line
    return [found[1] if found else "", *_PARTING.split(rest)]


def _sheet(rows: list[list[str]]) -> Sheet:
    cells = {
        number: {column: Cell(tidy(text)) for column, text in enumerate(row, 1) if tidy(text)}
        for number, row in enumerate(rows, 1)
    }
    return Sheet("", {number: row for number, row in cells.items() if row})
