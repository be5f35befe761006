"""A summary as a workbook that prints as it must: landscape, Times New Roman, the header on every page.

The same table gives the same bytes: times inside are fixed and the ZIP is written anew with sorted parts. openpyxl
is imported when it is used; text that a spreadsheet would run gets an apostrophe.
"""

import io
import re
from typing import TYPE_CHECKING, Literal

from voting.people.spelling import for_sheet
from voting.rounds.dossier.packed import repack
from voting.rounds.dossier.tables import Column, Table

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Paper = Literal["A4", "A3"]
PAPER_CODES = {"A4": 9, "A3": 8}
FONT = "Times New Roman"
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
LINE = 14
"""Height of a line in points."""
NARROW = 0.8
"""A letter of the text's 10 points is narrower than the digit of 11 that a sheet measures its columns in."""
HEADER_ROW = 6
"""Row of the upper header; the lower one and the numbers of the columns follow."""


def write_workbook(table: Table, paper: Paper = "A3") -> bytes:
    """Write a summary as XLSX."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Biểu tổng hợp"
    _title(sheet, table)
    _header(sheet, table.columns)
    row = _body(sheet, table)
    last = _statistics(sheet, table, row + 2)
    _signatures(sheet, table, last + 2)
    _page(sheet, paper)
    file = io.BytesIO()
    book.save(file)
    return repack(file.getvalue())


def _title(sheet: "Worksheet", table: Table) -> None:
    width = len(table.columns)
    lines = [(1, table.superior, False), (2, table.agency, True), (4, table.title, True), (5, table.subtitle, False)]
    for row, text, bold in lines:
        last = max(4, width // 4) if row < 3 else width
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        _put(sheet, row, 1, text, bold=bold, size=14 if row == 4 else 12, border=False)


def _header(sheet: "Worksheet", columns: tuple[Column, ...]) -> None:
    from openpyxl.utils import get_column_letter

    for at, column in enumerate(columns, 1):
        _put(sheet, HEADER_ROW, at, column.top, bold=True)
        _put(sheet, HEADER_ROW + 1, at, column.sub, bold=True)
        _put(sheet, HEADER_ROW + 2, at, str(at))
        sheet.column_dimensions[get_column_letter(at)].width = column.width * NARROW
    for first, last in _spans(columns):
        below = HEADER_ROW if columns[first - 1].sub else HEADER_ROW + 1
        if (last, below) != (first, HEADER_ROW):
            sheet.merge_cells(start_row=HEADER_ROW, start_column=first, end_row=below, end_column=last)
    sheet.row_dimensions[HEADER_ROW].height = 45
    sheet.row_dimensions[HEADER_ROW + 1].height = 45


def _spans(columns: tuple[Column, ...]) -> list[tuple[int, int]]:
    """Return first and last column (from 1) of each upper header; neighbours that share it are joined."""
    spans: list[tuple[int, int]] = []
    for at, column in enumerate(columns, 1):
        before = columns[at - 2] if at > 1 else None
        if before is not None and column.sub and before.sub and before.top == column.top:
            spans[-1] = (spans[-1][0], at)
        else:
            spans.append((at, at))
    return spans


def _body(sheet: "Worksheet", table: Table) -> int:
    row = HEADER_ROW + 2
    for group in table.groups:
        row += 1
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(table.columns))
        _put(sheet, row, 1, group.heading, bold=True, left=True)
        for cells in group.rows:
            row += 1
            for at, text in enumerate(cells, 1):
                _put(sheet, row, at, text, left=at == 2)
            sheet.row_dimensions[row].height = LINE * max(map(_lines, cells, table.columns))
    return row


def _lines(text: str, column: Column) -> int:
    """Return how many lines a cell takes, words never parted: no program need guess the height of a row."""
    lines, used = 1, 0
    for word in text.split():
        if used and used + 1 + len(word) > column.width:
            lines, used = lines + 1, 0
        used += len(word) + bool(used)
    return lines


def _statistics(sheet: "Worksheet", table: Table, row: int) -> int:
    """Write the statistics under a row; return the last row used."""
    _put(sheet, row, 2, "THỐNG KÊ", bold=True, border=False, left=True)
    for at, (label, *values) in enumerate(table.statistics, row + 1):
        sheet.merge_cells(start_row=at, start_column=2, end_row=at, end_column=4)
        _put(sheet, at, 2, label, bold=at == row + 1, border=False, left=True)
        for number, value in enumerate(values):
            first = 5 + 4 * number
            sheet.merge_cells(start_row=at, start_column=first, end_row=at, end_column=first + 3)
            _put(sheet, at, first, value, bold=at == row + 1, border=False, left=True)
    return row + len(table.statistics)


def _signatures(sheet: "Worksheet", table: Table, row: int) -> None:
    """Write place and date, and the places to sign, side by side."""
    width = len(table.columns)
    half = width // 2
    for number, lines in enumerate(table.signatures):
        first = 1 + number * half
        last = first + half - 1 if number == 0 else width
        said = ("" if number == 0 else table.place_date, *lines)
        for at, text in enumerate(said, row):
            sheet.merge_cells(start_row=at, start_column=first, end_row=at, end_column=last)
            _put(sheet, at, first, text, bold=at == row + 1, size=12, border=False)


def _put(
    sheet: "Worksheet", row: int, column: int, text: str, *, bold: bool = False, size: int = 10, border: bool = True,
    left: bool = False,
) -> None:  # fmt: skip
    from openpyxl.styles import Alignment, Border, Font, Side

    cell = sheet.cell(row, column, int(text) if NUMBER.fullmatch(text) else for_sheet(text))
    cell.font = Font(name=FONT, size=size, bold=bold)
    cell.alignment = Alignment(horizontal="left" if left else "center", vertical="center", wrap_text=border)
    if border:
        thin = Side(style="thin")
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)


def _page(sheet: "Worksheet", paper: Paper) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPER_CODES[paper]
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW + 2}"
    sheet.freeze_panes = f"C{HEADER_ROW + 3}"
    footer = sheet.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "&P/&N"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
