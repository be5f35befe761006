"""Sheets that are written (bảng mẫu): the template of the staff list that the organiser fills in, as XLSX and CSV.

XLSX needs openpyxl, which the room has and the tellers' machine has not: it is imported when it is used.
"""

import csv
import io
from collections.abc import Sequence

from voting.people.columns import COLUMNS
from voting.people.spelling import for_sheet
from voting.people.workbook_process import cell_name
from voting.procedures.schema import Ruleset

WORDS_SHEET = "Danh mục"
"""The sheet of the template that lists the words of posts and capacities, and no people."""


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
    words = book.create_sheet(WORDS_SHEET)
    words.append(["Nhóm chức vụ; chức danh đã quy hoạch", "Tư cách dự họp"])
    for at in range(max(len(ruleset.posts), len(ruleset.capacities))):
        words.append([terms[at].name if at < len(terms) else None for terms in (ruleset.posts, ruleset.capacities)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
