"""People summoned from what an office has: lines pasted from a sheet or a letter, a CSV file, a workbook.

One person a line: name, then unit, parted by a tab, a semicolon or "|"; a number at the front of the line is dropped.
In a file, the columns are found by their headers ("Họ và tên", "Đơn vị"), else they are the first two.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from voting.conference.draft.agenda import PEOPLE_LIMIT, Person
from voting.documents.canonical import unclean_text
from voting.errors import InvalidPeople
from voting.people.errors import ImportRefused
from voting.people.folding import fold
from voting.people.spelling import from_sheet, one_line
from voting.people.tables import MOST_BYTES, XLSX_START, read_csv, read_xlsx

_NUMBER = re.compile(r"^\s*\d{1,5}\s*[.)\-:/\t]\s*")
_PARTS = re.compile(r"\s*[\t;|]\s*")
_NAME_HEADERS = ("ho va ten", "ho ten", "ten", "name", "full name")
_UNIT_HEADERS = ("don vi", "don vi cong tac", "phong", "co quan", "unit", "office")
_HEADER_ROWS = 20  # rows above the people in which headers are looked for


def pasted_people(text: str) -> tuple[Person, ...]:
    """Read people from pasted lines; raise InvalidPeople."""
    return _checked(tuple(_line(line) for line in text.splitlines() if line.strip()))


def people_of_file(raw: bytes) -> tuple[Person, ...]:
    """Read people from a CSV file (UTF-8) or a workbook (XLSX); raise InvalidPeople."""
    if len(raw) > MOST_BYTES:
        message = f"at most {MOST_BYTES} bytes expected, {len(raw)} found"
        raise InvalidPeople(message, key="file_large", at="file", most=MOST_BYTES // 1024)
    try:
        rows = read_xlsx(raw) if raw.startswith(XLSX_START) else read_csv(raw)
    except ImportRefused as error:
        cell, words = error.faults[0].cell, error.faults[0].words
        raise InvalidPeople(str(error), key="people_file", at="file", cell=cell, vi=words.vi, en=words.en) from None
    grid = [["" if cell is None else from_sheet(one_line(str(cell))) for cell in row] for row in rows]
    start, name, unit = _columns(grid)
    found = _checked(tuple(_people(grid[start:], name, unit)))
    if not found:
        raise InvalidPeople("nobody is listed in the file", key="people_file_empty", at="file")
    return found


def people_text(people: Sequence[Person]) -> str:
    """Spell people as lines that `pasted_people` reads again."""
    return "\n".join(f"{person.name}; {person.unit}" if person.unit else person.name for person in people)


def _line(line: str) -> Person:
    parts = _PARTS.split(_NUMBER.sub("", line).strip(), maxsplit=2)
    return Person(_clean(parts[0]), _clean(parts[1]) if len(parts) > 1 else "")


def _columns(grid: list[list[str]]) -> tuple[int, int, int | None]:
    """Where the people begin, and the columns of name and unit."""
    for at, row in enumerate(grid[:_HEADER_ROWS]):
        folded = [fold(cell) for cell in row]
        name = next((number for number, cell in enumerate(folded) if cell in _NAME_HEADERS), None)
        if name is not None:
            return at + 1, name, next((number for number, cell in enumerate(folded) if cell in _UNIT_HEADERS), None)
    numbered = bool(grid) and all(row[0].rstrip(".").isdigit() for row in grid if row and row[0])
    return (0, 1, 2) if numbered else (0, 0, 1)


def _people(grid: list[list[str]], name: int, unit: int | None) -> Iterator[Person]:
    for row in grid:
        if name < len(row) and row[name]:
            yield Person(_clean(row[name]), _clean(row[unit]) if unit is not None and unit < len(row) else "")


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _checked(people: tuple[Person, ...]) -> tuple[Person, ...]:
    if len(people) > PEOPLE_LIMIT:
        message = f"at most {PEOPLE_LIMIT} people expected, {len(people)} found"
        raise InvalidPeople(message, key="people_limit", at="people", most=PEOPLE_LIMIT, found=len(people))
    for number, person in enumerate(people, 1):
        if not person.name:
            raise InvalidPeople(f"line {number}: a name expected", key="people_name", at="people", line=number)
        if problem := unclean_text(person.name) or unclean_text(person.unit):
            message = f"line {number}: the text is {problem}"
            raise InvalidPeople(message, key="people_unclean", at="people", line=number)
    return people
