"""What an import of people would do, without doing it (kiểm tra danh sách): one reader for every table of people."""

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from keys.message import Sentence
from voting.documents.letters import compared, searched
from voting.people.border.cells import Sheet
from voting.people.border.headings import HARMLESS, Table, find_table
from voting.people.border.letters import letters_fault, name_fault, name_warning, text_fault
from voting.people.border.reading import sheets_of
from voting.people.border.report import Ledger, Remark, Report, refusal
from voting.people.border.rows import TOTAL, Line, lines_of
from voting.people.columns import COLUMNS, read_text
from voting.people.spelling import look_alikes
from voting.people.staff_list import MOST_ROWS, people_of_rows
from voting.people.tables import WORDS_SHEET
from voting.people.workbook_process import cell_place
from voting.procedures.schema import Ruleset

Kind = Literal["staff", "summoned"]
Office = tuple[Ruleset, datetime.date]
"""What a staff list is judged by: the ruleset with its posts, and the day on which ages count."""
MOST_SUMMONED = 10_000
_BY_FIELD: Final = {column.field: column for column in COLUMNS}
_WRITTEN: Final = ("position", "unit", "place", "ethnicity", "home")
_NOTED: Final = tuple(column.field for column in COLUMNS if column.read is read_text and column.field not in _WRITTEN)
_REFUSED_KINDS: Final = {
    "error": Sentence("ô báo lỗi của Excel: sửa hoặc gõ lại giá trị", "an error of the spreadsheet: type the value"),
    "formula": Sentence(
        "có công thức mà không có giá trị kèm theo: mở tệp, lưu lại, hoặc gõ giá trị",
        "a formula without its value: open the file and save it again, or type the value",
    ),
    "truth": Sentence("giá trị đúng/sai, không phải chữ", "true or false, no text"),
}


def check_people(raw: bytes, kind: Kind, ruleset: Ruleset, *, today: datetime.date, sheet: str | None = None) -> Report:
    """Say what an import would do with a file; raise NotATable where it holds none, with what to do."""
    return check_sheets(sheets_of(raw), kind, ruleset, today=today, sheet=sheet)


def check_sheets(
    sheets: Sequence[Sheet], kind: Kind, ruleset: Ruleset, *, today: datetime.date, sheet: str | None = None
) -> Report:
    """Say the same of a file whose sheets are read already."""
    office = (ruleset, today) if kind == "staff" else None
    visible = [one for one in sheets if not one.hidden]
    if sheet is not None:
        named = [one for one in sheets if one.name.strip().casefold() == sheet.strip().casefold()]
        if not named or named[0].hidden:
            return refusal(_no_such_sheet(sheet, visible))
        return report_of(named[0], find_table(named[0]), office)
    fitting = [one for one in visible if find_table(one)]
    if len(fitting) > 1:
        names = ", ".join(f"«{one.name}»" for one in fitting)
        return refusal(
            Sentence(
                f"có {len(fitting)} trang tính đều có danh sách người: {names}; chọn một (--sheet), hoặc ẩn trang kia",
                f"{len(fitting)} sheets hold lists of people: {names}; choose one (--sheet), or hide the others",
            ),
            tuple(one.name for one in fitting),
        )
    if not fitting and not any(one.cells for one in visible):
        return refusal(
            Sentence("không có người nào trong các trang nhìn thấy", "nobody is listed in the visible sheets")
        )
    first = (fitting or [one for one in visible if one.cells])[0]
    report = report_of(first, find_table(first), office)
    beside = [one.name for one in visible if one.cells and one is not first and one.name != WORDS_SHEET]
    said = tuple(Remark("A1", _not_read(name)) for name in beside)
    return msgspec.structs.replace(report, warnings=(*report.warnings, *said))


def _not_read(name: str) -> Sentence:
    return Sentence(f"trang tính «{name}» không được đọc", f"the sheet “{name}” is not read")


def _no_such_sheet(name: str, visible: Iterable[Sheet]) -> Sentence:
    names = ", ".join(f"«{one.name}»" for one in visible)
    return Sentence(
        f"không có trang tính nhìn thấy tên «{name}»; có: {names}", f"no visible sheet “{name}”; there are: {names}"
    )


def report_of(sheet: Sheet, table: Table | None, office: Office | None) -> Report:
    """Say what an import would do with one sheet, whose table was found: as staff of an office, else as summoned."""
    ledger = Ledger()
    for row, words in sheet.notes.items():
        ledger.leave(row, words)
    if table is None:
        return _no_header(sheet, ledger)
    lines = lines_of(sheet, table, ledger)
    _columns(sheet, table, lines, ledger, strict=office is not None)
    for line in lines:
        _cells(sheet, table, line, ledger)
    if office is not None:
        _staff(table, lines, *office, ledger)
    else:
        _summoned(table, lines, ledger)
    _totals(sheet, ledger)
    if not ledger.people and not ledger.refused:
        ledger.refuse(
            table.first, table.names[0], Sentence("không có người nào dưới tiêu đề này", "nobody below this header")
        )
    return ledger.report()


def _no_header(sheet: Sheet, ledger: Ledger) -> Report:
    if not sheet.cells:
        return refusal(Sentence("không có người nào", "nobody is listed"))
    first = min(sheet.cells)
    words = Sentence(
        "không thấy dòng tiêu đề có cột «Họ và tên»: thêm dòng tiêu đề (Họ và tên, Đơn vị) ngay trên danh sách",
        "no header with a column “Họ và tên”: put one (Họ và tên, Đơn vị) right above the list",
    )
    ledger.refuse(first, min(sheet.cells[first]), words)
    for row in sheet.cells:
        ledger.leave(row, Sentence("chưa đọc, vì không thấy tiêu đề cột", "not read, since no header was found"))
    return ledger.report()


# Columns and cells


def _columns(sheet: Sheet, table: Table, lines: list[Line], ledger: Ledger, *, strict: bool) -> None:
    """Judge the columns: a second table, headers that nobody knows, text without a header, hidden ones."""
    for at in table.again:
        words = Sentence(
            "cột lặp lại, hoặc hai bảng đặt cạnh nhau: để mỗi bảng một trang tính",
            "a column twice, or two tables side by side: give each its sheet",
        )
        ledger.refuse(table.first, at, words)
    for at in table.hidden:
        ledger.warn(table.first, at, Sentence("cột này đang ẩn mà vẫn được đọc", "this column is hidden, and is read"))
    for at in table.guessed:
        words = Sentence("cột không có tiêu đề, được ghép vào họ tên", "a column without header, joined to the name")
        ledger.warn(table.first, at, words)
    for at, header in table.others.items():
        if strict and not HARMLESS.fullmatch(searched(header)) and at not in sheet.hidden_columns:
            words = Sentence(f"không rõ cột: {header[:60]}", f"unknown header: {header[:60]}")
            ledger.refuse(table.first, at, words)
        else:
            ledger.warn(table.first, at, Sentence(f"cột không được đọc: {header[:60]}", f"not read: {header[:60]}"))
    _beside(table, lines, ledger)


def _beside(table: Table, lines: list[Line], ledger: Ledger) -> None:
    """Refuse text between the columns that has no header; warn of text right of the table."""
    heads = table.known | table.others.keys() | set(table.again)
    warned: set[int] = set()
    for line in lines:
        for at in line.texts:
            if at in heads:
                continue
            if min(heads) < at < max(heads):
                ledger.refuse(line.row, at, Sentence("cột không có tiêu đề", "this column has no header"))
            elif at not in warned:
                warned.add(at)
                words = Sentence(
                    "cột ngoài bảng, không có tiêu đề: không được đọc", "a column beside the table is not read"
                )
                ledger.warn(line.row, at, words)


def _cells(sheet: Sheet, table: Table, line: Line, ledger: Ledger) -> None:
    """Judge the cells of somebody that are read: errors, formulas, letters of name, position, unit."""
    for at in table.known:
        cell = sheet.at(line.row, at)
        if cell.kind in _REFUSED_KINDS:
            ledger.refuse(line.row, at, _REFUSED_KINDS[cell.kind])
        elif cell.struck and at in table.names:
            words = Sentence(
                "họ tên bị gạch ngang: bỏ gạch, hoặc xóa dòng", "a name struck through: clear that, or delete the row"
            )
            ledger.refuse(line.row, at, words)
    at = _at_fault(sheet, table, line)
    if not any((line.row, column) in ledger.refused for column in table.names):
        name = name_of(table, line)
        if fault := name_fault(name):
            ledger.refuse(line.row, at, fault)
        elif warning := name_warning(name):
            ledger.warn(line.row, at, warning)
    for field in _WRITTEN:
        column = table.columns.get(field)
        if column is not None and (fault := text_fault(line.texts.get(column, ""))):
            ledger.refuse(line.row, column, fault)
    for field in _NOTED:
        column = table.columns.get(field)
        if column is not None and (fault := letters_fault(line.texts.get(column, ""))):
            ledger.refuse(line.row, column, fault)


def _at_fault(sheet: Sheet, table: Table, line: Line) -> int:
    """Return the column of a name's part that is at fault, else the first."""
    return next((at for at in table.names if line.texts.get(at) and name_fault(line.texts[at])), table.names[0])


def name_of(table: Table, line: Line) -> str:
    """Return the name of somebody, from all its columns."""
    return " ".join(line.texts[at] for at in table.names if line.texts.get(at))


# Both kinds of list


def _summoned(table: Table, lines: list[Line], ledger: Ledger) -> None:
    unit_at = table.columns.get("unit", table.columns.get("place"))
    seen: dict[tuple[str, str], int] = {}
    if "position" in table.columns:
        words = Sentence(
            "chức vụ: bảng triệu tập chỉ giữ họ tên và đơn vị", "the list summoned keeps name and unit only"
        )
        ledger.warn(table.first, table.columns["position"], words)
    for line in lines:
        name, unit = name_of(table, line), line.texts.get(unit_at, "") if unit_at else ""
        ledger.take(line.row, name, line.texts.get(table.columns.get("position", 0), ""), unit)
        if unit_at and not unit:
            ledger.warn(line.row, unit_at, Sentence("chưa ghi đơn vị", "no unit is given"))
        before = seen.setdefault((compared(name), compared(unit)), line.row)
        if before != line.row:
            words = Sentence(f"cùng họ tên, đơn vị với dòng {before}", f"the same name and unit as row {before}")
            ledger.warn(line.row, table.names[0], words)
    _demand_few(table, lines, MOST_SUMMONED, ledger)


def _staff(table: Table, lines: list[Line], ruleset: Ruleset, today: datetime.date, ledger: Ledger) -> None:
    missing = [column.header for column in COLUMNS if column.required and column.field not in {*table.columns, "name"}]
    if missing:
        words = Sentence(f"thiếu cột: {', '.join(missing)}", f"headers missing: {', '.join(missing)}")
        ledger.refuse(table.first, table.names[0], words)
        for line in lines:
            ledger.leave(line.row, Sentence("chưa đọc, vì thiếu cột", "not read, since columns are missing"))
        return
    places = {at: _BY_FIELD[field] for field, at in table.columns.items() if field in _BY_FIELD}
    places[table.names[0]] = _BY_FIELD["name"]
    texts = ((one.row, {**one.texts, table.names[0]: name_of(table, one)}) for one in lines)
    found, faults = people_of_rows(texts, places, ruleset, today)
    for fault in faults:
        ledger.refuse(*cell_place(fault.cell), fault.words)
    for row, person in found:
        ledger.take(row, person.name, person.position, person.unit, person)
    rows = {str(row): row for row, _ in found}
    for pair in look_alikes((str(row), person.name) for row, person in found):
        words = Sentence(f"họ tên dễ nhầm với dòng {pair.first}", f"a name that looks like the one in row {pair.first}")
        ledger.warn(rows[pair.second], table.names[0], words)
    _demand_few(table, lines, MOST_ROWS, ledger)


def _demand_few(table: Table, lines: list[Line], most: int, ledger: Ledger) -> None:
    if len(lines) > most:
        ledger.refuse(table.first, table.names[0], Sentence(f"quá {most} người", f"more than {most} people"))


def _totals(sheet: Sheet, ledger: Ledger) -> None:
    """Warn where a total of the list is another number than that of the people taken."""
    totals = [row for row, words in ledger.out.items() if words == TOTAL]
    if len(totals) != 1:
        return
    for column, cell in sheet.cells[totals[0]].items():
        found = re.findall(r"\d+", cell.text)
        if len(found) == 1 and int(found[0]) != len(ledger.people):
            words = Sentence(f"danh sách ghi {int(found[0])} người, đọc được {len(ledger.people)}",
                          f"the list says {int(found[0])} people, {len(ledger.people)} were read")  # fmt: skip
            ledger.warn(totals[0], column, words)
