"""Small tables as offices hand them in: workbooks of openpyxl, and of plain XML where openpyxl writes too little."""

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from voting.people.border.check import Kind, check_sheets
from voting.people.border.kinds import sheets_here
from voting.people.border.report import Report
from voting.people.workbook_process import cell_place
from voting.procedures import catalogue

STAFF = ["Mã cán bộ", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Chức vụ", "Đơn vị", "Nhóm chức vụ"]
SUMMONED = ["STT", "Họ và tên", "Đơn vị"]
NAMES = ["Lò Văn Ơi", "Quàng Thị Ín", "Sộng A Chu", "Vừ A Dơ", "Giàng A Páo"]
UNITS = ["Phòng Tổng hợp", "Phòng Nội chính", "Phòng Kinh tế", "Ban Tiếp dân", "Phòng Kinh tế"]
STRICT = "http://purl.oclc.org/ooxml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Row = list[Any]


def staff_row(at: int, **changes: Any) -> Row:
    """One right row of a staff list; changes by header."""
    values = [f"CB00{at + 1}", NAMES[at], "05/04/1980", "Nữ" if at == 1 else "Nam", "Thái" if at < 2 else "Mông",
              "Chuyên viên", "Phòng Tổng hợp", "Chuyên viên và tương đương"]  # fmt: skip
    return [changes.get(field, value) for field, value in zip(FIELDS, values, strict=True)]


FIELDS = ["id", "name", "birth", "sex", "ethnicity", "position", "unit", "post"]


def staff(**changes: Any) -> list[Row]:
    """A right staff list of five; changes of the first row by field."""
    return [STAFF, staff_row(0, **changes), *(staff_row(at) for at in range(1, 5))]


def summoned() -> list[Row]:
    """A right list of five people summoned."""
    return [SUMMONED, *([at + 1, NAMES[at], UNITS[at]] for at in range(5))]


def xlsx(rows: Iterable[Row], change: Callable[[Worksheet], object] | None = None) -> bytes:
    """A workbook of one sheet, changed before it is written."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plain(rows: Iterable[Iterable[Any]], *, strict: bool = False, tail: str = "") -> bytes:
    """A workbook of plain XML: a cell is a text, a number, or a tuple of attributes and content."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, value in enumerate(row):
            at = f"{chr(ord('A') + column)}{number}"
            if isinstance(value, tuple):
                cells.append(f'<c r="{at}" {value[0]}>{value[1]}</c>')
            elif isinstance(value, int):
                cells.append(f'<c r="{at}"><v>{value}</v></c>')
            elif value:
                cells.append(f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = f"{STRICT}/spreadsheetml/main" if strict else _MAIN
    links = f"{STRICT}/officeDocument/relationships" if strict else _LINKS
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet name="Trang 1" sheetId="1" '
        'r:id="s1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="s1" '
        f'Type="{links}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData>{tail}'
        "</worksheet>",
    }
    return packed(parts)


def packed(parts: dict[str, str]) -> bytes:
    """Parts as a ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return file.getvalue()


def with_parts(raw: bytes, parts: dict[str, bytes]) -> bytes:
    """A workbook with further parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def csv_text(rows: Iterable[Row], parting: str = ";") -> str:
    """Rows as CSV without quotes."""
    return "".join(parting.join(map(str, row)) + "\r\n" for row in rows)


def read_here(raw: bytes, kind: Kind = "summoned", sheet: str | None = None) -> Report:
    """The report of a file read in this very process, each row of it in exactly one part."""
    sheets = sheets_here(raw)
    report = check_sheets(sheets, kind, catalogue()[-1], today=datetime.date(2026, 11, 30), sheet=sheet)
    refused = {cell_place(one.cell)[0] for one in report.refused if one.cell}
    parts = [one.row for one in report.people] + [row for one in report.left_out for row in one.rows] + [*refused]
    assert len(parts) == len(set(parts))
    if all(one.cell for one in report.refused):
        assert set(parts) in [set(one.cells) | set(one.notes) for one in sheets if not one.hidden]
    return report


def books(*sheets: tuple[str, list[list[Any]], str]) -> bytes:
    """A workbook of sheets, each by name, rows and state."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows, state in sheets:
        made = book.create_sheet(name)
        made.sheet_state = state
        for row in rows:
            made.append(row)
    book.active = next(at for at, one in enumerate(sheets) if one[2] == "visible")
    return saved(book)
