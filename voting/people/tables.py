"""Sheets as files: staff lists from XLSX and CSV, and the template that the organiser fills in.

XLSX needs openpyxl, which the room has and the tellers' machine has not: it is imported when it is used. A file is
limited (bytes, cells, text) and a workbook read in a process of its own; only values are read, never formulas.
"""

import csv
import datetime
import io
from collections.abc import Sequence

from keys.message import Sentence
from voting.people.columns import COLUMNS
from voting.people.errors import ImportRefused
from voting.people.faults import Fault
from voting.people.spelling import for_sheet
from voting.people.staff_list import MOST_ROWS, StaffList, read_staff
from voting.people.workbook_process import Rows, TooMuch, cell_name, limited, refused, workbook_rows
from voting.procedures.schema import Ruleset

MOST_BYTES = 8 * 1024 * 1024
MOST_COLUMNS = 64
XLSX_START = b"PK\x03\x04"


def import_staff(raw: bytes, ruleset: Ruleset, *, today: datetime.date) -> StaffList:
    """Read a staff list from the bytes of an XLSX or CSV file; raise ImportRefused with every fault."""
    if len(raw) > MOST_BYTES:
        raise _refused("A1", f"tệp lớn quá {MOST_BYTES} byte", f"the file is larger than {MOST_BYTES} bytes")
    rows = read_xlsx(raw) if raw.startswith(XLSX_START) else read_csv(raw)
    return read_staff(rows, ruleset, today=today)


def read_csv(raw: bytes) -> Rows:
    """Read CSV in UTF-8, parted by commas, semicolons or tabs, whichever the first line has most of."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("A1", "tệp CSV phải là UTF-8", "a CSV file must be UTF-8") from None
    first = text.split("\n", 1)[0]
    parting = max(",;\t", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=parting, strict=True)
        rows = limited([*row] for row in lines)
    except TooMuch as error:
        raise refused(error.kind, error.row, error.column) from None
    except csv.Error as error:
        raise _refused("A1", "tệp CSV bị lỗi", f"not CSV: {error}") from None
    return _within_limits(rows)


def read_xlsx(raw: bytes) -> Rows:
    """Read the first sheet of a workbook, in a process of its own."""
    return _within_limits(workbook_rows(raw, MOST_ROWS + 2, MOST_COLUMNS + 1))


def _within_limits(rows: Rows) -> Rows:
    while rows and not any(cell not in (None, "") for cell in rows[-1]):
        rows.pop()
    if any(cell not in (None, "") for row in rows for cell in row[MOST_COLUMNS:]):
        raise _refused("A1", f"quá {MOST_COLUMNS} cột", f"more than {MOST_COLUMNS} columns")
    return rows


def _refused(cell: str, vi: str, en: str) -> ImportRefused:
    return ImportRefused((Fault(cell, Sentence(vi, en)),))


def template_rows() -> list[list[str]]:
    """Return the template's rows: the headers, and an example to be overwritten."""
    return [[column.header for column in COLUMNS], [column.example for column in COLUMNS]]


def write_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Write rows as CSV that a spreadsheet opens as UTF-8 and runs nothing of."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[for_sheet(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def write_template(ruleset: Ruleset) -> bytes:
    """Write the XLSX template: a sheet to fill in, and one with the words that posts and capacities may have."""
    import openpyxl
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Danh sách cán bộ"
    for row in template_rows():
        sheet.append([for_sheet(cell) for cell in row])
    for at, column in enumerate(COLUMNS, 1):
        header = sheet.cell(1, at)
        header.font = Font(name="Times New Roman", bold=column.required)
        header.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[cell_name(1, at)[:-1]].width = 18
    sheet.freeze_panes = "C2"
    words = book.create_sheet("Danh mục")
    words.append(["Nhóm chức vụ; chức danh đã quy hoạch", "Tư cách dự họp"])
    for at in range(max(len(ruleset.posts), len(ruleset.capacities))):
        words.append([terms[at].name if at < len(terms) else None for terms in (ruleset.posts, ruleset.capacities)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
