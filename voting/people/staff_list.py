"""The people of a staff list (danh sách cán bộ) from the texts of its rows: whoever is right, and all faults at once.

Faults are named by cell as a spreadsheet names it: the third column of the seventh row is C7.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from keys.message import Sentence
from voting.documents.letters import compared
from voting.people.columns import AGES, BadCell, Column
from voting.people.faults import Fault
from voting.people.identity import given_id
from voting.people.months import Month
from voting.people.person import Birth, Person, RetirementOverride
from voting.people.workbook_process import cell_name, cell_place
from voting.procedures.schema import Ruleset

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class _Row:
    """One row that has something in it: its number in the sheet, values by field, and faults."""

    number: int
    values: Mapping[str, object]
    faults: tuple[Fault, ...]


def people_of_rows(
    lines: Iterable[tuple[int, Mapping[int, str]]], places: Mapping[int, Column], ruleset: Ruleset, today: datetime.date
) -> tuple[list[tuple[int, Person]], list[Fault]]:
    """Read texts of rows, by row and column from 1, in the columns at their places: whoever is right, every fault."""
    rows = [_row(number, texts, places, ruleset) for number, texts in lines]
    letters = {column.field: at for at, column in places.items()}
    faults = [fault for row in rows for fault in row.faults]
    faults += [fault for row in rows if not row.faults for fault in _contradictions(row, letters, today)]
    faults += _repeated(rows, letters)
    bad = {cell_place(fault.cell)[0] for fault in faults}
    return [(row.number, _person(row)) for row in rows if row.number not in bad], faults


def _row(number: int, texts: Mapping[int, str], places: Mapping[int, Column], ruleset: Ruleset) -> _Row:
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for at, column in places.items():
        text = texts.get(at, "")
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
        key = ("person", (compared(str(row.values["name"])), row.values["birth"], row.values["sex"]))
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
