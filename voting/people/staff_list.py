"""The staff list (danh sách cán bộ) from a grid of cells: all faults at once, nothing taken unless all is right.

Faults are named by cell as a spreadsheet names it: the third column of the seventh row is C7.
"""

import datetime
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from keys.message import Sentence
from voting.people.columns import AGES, COLUMNS, BadCell, Column
from voting.people.errors import ImportRefused
from voting.people.faults import Fault
from voting.people.identity import folded, given_id
from voting.people.months import Month
from voting.people.person import Birth, Person, RetirementOverride
from voting.people.spelling import LookAlike, from_sheet, look_alikes, one_line
from voting.people.workbook_process import Cell, cell_name
from voting.procedures.schema import Ruleset

MOST_ROWS = 5000

Grid = Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class StaffList:
    """People taken from a sheet, and pairs of names that look alike, for the organiser to see."""

    people: tuple[Person, ...]
    look_alikes: tuple[LookAlike, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that has something in it: its number in the sheet, values by field, and faults."""

    number: int
    values: Mapping[str, object]
    faults: tuple[Fault, ...]


def read_staff(grid: Grid, ruleset: Ruleset, *, today: datetime.date) -> StaffList:
    """Read a grid whose first row holds the headers; raise ImportRefused with every fault."""
    places = _headers(grid)
    rows = [_row(number, cells, places, ruleset) for number, cells in enumerate(grid[1:], 2) if any(map(_text, cells))]
    if not rows:
        raise ImportRefused((Fault("A2", Sentence("không có người nào", "nobody is listed")),))
    found, faults = _judged(rows, places, today)
    if faults:
        raise ImportRefused(tuple(sorted(faults, key=_sheet_order)))
    people = tuple(person for _, person in found)
    return StaffList(people, look_alikes((person.id, person.name) for person in people))


def people_of_rows(
    lines: Iterable[tuple[int, Sequence[Cell]]], places: Mapping[int, Column], ruleset: Ruleset, today: datetime.date
) -> tuple[list[tuple[int, Person]], list[Fault]]:
    """Read rows by their numbers, the columns at their places (from 1): whoever is right, and every fault."""
    return _judged([_row(number, cells, places, ruleset) for number, cells in lines], places, today)


def _judged(
    rows: Sequence[_Row], places: Mapping[int, Column], today: datetime.date
) -> tuple[list[tuple[int, Person]], list[Fault]]:
    letters = {column.field: at for at, column in places.items()}
    faults = [fault for row in rows for fault in row.faults]
    faults += [fault for row in rows if not row.faults for fault in _contradictions(row, letters, today)]
    faults += _repeated(rows, letters)
    bad = {_sheet_order(fault)[0] for fault in faults}
    return [(row.number, _person(row)) for row in rows if row.number not in bad], faults


def _sheet_order(fault: Fault) -> tuple[int, int, str]:
    letters = fault.cell.rstrip("0123456789")
    return int(fault.cell[len(letters) :]), len(letters), letters


def _text(cell: Cell) -> str:
    """Return a cell as text: letters composed (NFC), dates as dd/mm/yyyy, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return from_sheet(one_line(unicodedata.normalize("NFC", str(cell))))


def _headers(grid: Grid) -> dict[int, Column]:
    """Return the columns by their places (from 1); raise ImportRefused for unknown, repeated or missing headers."""
    if len(grid) > MOST_ROWS + 1:
        words = Sentence(f"quá {MOST_ROWS} dòng", f"more than {MOST_ROWS} rows")
        raise ImportRefused((Fault(cell_name(MOST_ROWS + 2, 1), words),))
    known = {column.header.casefold(): column for column in COLUMNS}
    found: dict[int, Column] = {}
    faults: list[Fault] = []
    for at, cell in enumerate(grid[0] if grid else (), 1):
        header = " ".join(_text(cell).split())
        column = known.get(header.casefold())
        if column is not None and column not in found.values():
            found[at] = column
        elif header:
            words = Sentence(f"không rõ hoặc lặp lại cột: {header[:60]}", f"unknown or repeated header: {header[:60]}")
            faults.append(Fault(cell_name(1, at), words))
    missing = [column.header for column in COLUMNS if column.required and column not in found.values()]
    if missing:
        faults.append(
            Fault("A1", Sentence(f"thiếu cột: {', '.join(missing)}", f"headers missing: {', '.join(missing)}"))
        )
    if faults:
        raise ImportRefused(tuple(faults))
    return found


def _row(number: int, cells: Sequence[Cell], places: Mapping[int, Column], ruleset: Ruleset) -> _Row:
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for at, cell in enumerate(cells, 1):
        if at not in places and _text(cell):
            faults.append(Fault(cell_name(number, at), Sentence("cột không có tiêu đề", "this column has no header")))
    for at, column in places.items():
        text = _text(cells[at - 1]) if at <= len(cells) else ""
        try:
            value = _value(text, column, ruleset)
        except BadCell as error:
            faults.append(Fault(cell_name(number, at), error.words))
        else:
            if text or column.field != "id":
                values[column.field] = value
    return _Row(number, values, tuple(faults))


def _value(text: str, column: Column, ruleset: Ruleset) -> object:
    if text.startswith("="):
        raise BadCell("có công thức; chỉ nhận giá trị", "a formula; values only")
    if column.required and not text:
        raise BadCell(f"thiếu {column.header.lower()}", f"empty, but {column.header} is required")
    return column.read(text, ruleset)


def _contradictions(row: _Row, letters: Mapping[str, int], today: datetime.date) -> Iterator[Fault]:
    values = row.values
    birth = values["birth"]
    if isinstance(birth, Birth) and birth.age_on(today) not in AGES:
        words = Sentence("tuổi không hợp lý", f"an age of {AGES.start} to {AGES.stop - 1} expected")
        yield Fault(cell_name(row.number, letters["birth"]), words)
    if bool(values.get("retirement_month")) != bool(values.get("retirement_basis")):
        at = letters.get("retirement_month") or letters["retirement_basis"]
        words = Sentence(
            "tháng nghỉ hưu riêng phải kèm căn cứ", "a month of retirement and its legal basis go together"
        )
        yield Fault(cell_name(row.number, at), words)
    if values.get("planned") and not values.get("planned_decision"):
        words = Sentence("đã quy hoạch thì phải có số, ngày quyết định", "a title planned for needs its decision")
        yield Fault(cell_name(row.number, letters["planned"]), words)


def _repeated(rows: Sequence[_Row], letters: Mapping[str, int]) -> Iterator[Fault]:
    """Name people who are there twice: by code, or by name, birth and sex unless two codes say that they are two."""
    first: dict[tuple[str, object], _Row] = {}
    for row in rows:
        code = str(row.values.get("id", "")).casefold()
        if code and (before := first.setdefault(("id", code), row)) is not row:
            words = Sentence(f"trùng mã với dòng {before.number}", f"the same code as row {before.number}")
            yield Fault(cell_name(row.number, letters["id"]), words)
            continue
        if not {"name", "birth", "sex"} <= row.values.keys():
            continue
        key = ("person", (folded(str(row.values["name"])), row.values["birth"], row.values["sex"]))
        before = first.setdefault(key, row)
        if before is not row and not (code and before.values.get("id")):
            words = Sentence(
                f"trùng với dòng {before.number}: cùng họ tên, ngày sinh, giới tính; nếu là hai người thì ghi mã cán "
                "bộ của mỗi người",
                f"the same as row {before.number} by name, birth and sex; if they are two people, give each their code",
            )
            yield Fault(cell_name(row.number, letters["name"]), words)


def _person(row: _Row) -> Person:
    values = dict(row.values)
    month, basis = values.pop("retirement_month", None), values.pop("retirement_basis", "")
    override = RetirementOverride(Month(month), str(basis)) if isinstance(month, int) else None
    code = str(values.pop("id", ""))
    found = Person(id=code, code=code, **values, retirement=override)  # type: ignore[arg-type] # by the columns' readers
    return found if code else msgspec.structs.replace(found, id=given_id(found))
