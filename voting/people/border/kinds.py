"""Kinds of file (loại tệp): a workbook or CSV becomes sheets; anything else is told by name, with what to do."""

import codecs
import csv
import io
import re
import zipfile
from typing import Final

from keys.message import Sentence
from voting.people.border.cells import Cell, NotATable, Sheet, tidy
from voting.people.border.headings import find_table
from voting.people.border.workbook_parts import read_workbook
from voting.people.workbook_process import FAULTS, TooMuch, cell_name, limited

XLSX_START: Final = b"PK\x03\x04"
SAVE_XLSX: Final = Sentence(
    "mở tệp bằng Excel hoặc LibreOffice, chọn Lưu thành (Save As), loại Excel Workbook (.xlsx), rồi nhập tệp đó",
    "open it in Excel or LibreOffice, choose Save As, type Excel Workbook (.xlsx), and bring that file",
)
_STARTS: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "tệp Excel kiểu cũ (.xls) hoặc có mật khẩu", "an old Excel file (.xls), or "
     "one with a password"),
    (b"\x09\x08", "tệp Excel kiểu cũ (.xls)", "an old Excel file (.xls)"),
    (b"\x09\x04", "tệp Excel kiểu cũ (.xls)", "an old Excel file (.xls)"),
    (b"\x09\x02", "tệp Excel kiểu cũ (.xls)", "an old Excel file (.xls)"),
    (b"\x09\x00\x04", "tệp Excel kiểu cũ (.xls)", "an old Excel file (.xls)"),
    (b"%PDF", "tệp PDF, không phải bảng", "a PDF, no table"),
    (b"{\\rtf", "tệp văn bản (RTF), không phải bảng", "a text document (RTF), no table"),
    (b"\x89PNG", "tệp ảnh, không phải bảng", "a picture, no table"),
    (b"\xff\xd8\xff", "tệp ảnh, không phải bảng", "a picture, no table"),
    (b"\x1f\x8b", "tệp nén, không phải bảng", "a packed file, no table"),
    (b"Rar!", "tệp nén, không phải bảng", "a packed file, no table"),
    (b"7z\xbc\xaf", "tệp nén, không phải bảng", "a packed file, no table"),
)  # fmt: skip
_PARTS: Final = (
    ("xl/workbook.bin", "tệp Excel nhị phân (.xlsb)", "a binary Excel file (.xlsb)"),
    ("word/document.xml", "tệp Word (.docx), không phải bảng tính", "a Word document (.docx), no spreadsheet"),
    ("ppt/presentation.xml", "tệp PowerPoint, không phải bảng tính", "a presentation, no spreadsheet"),
    ("Index/Document.iwa", "tệp Numbers", "a Numbers document"),
)
_PARTINGS: Final = ",;\t|"
_SEP = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


def sheets_here(raw: bytes) -> tuple[Sheet, ...]:
    """Read the sheets of a file in this very process; raise NotATable with what to do, TooMuch, or any other error."""
    if not raw.strip(b"\x00 \t\r\n"):
        raise NotATable(Sentence("tệp trống: chọn lại tệp có danh sách", "an empty file: choose the one with the list"))
    if raw.startswith(XLSX_START):
        _demand_workbook(raw)
        return read_workbook(raw)
    for start, vi, en in _STARTS:
        if raw.startswith(start):
            raise _other(vi, en)
    text = _text(raw)
    if re.match(r"\s*<", text):
        raise _other("trang web hoặc XML mang tên bảng tính", "a web page or XML under a spreadsheet's name")
    return (_parted(text),)


def _other(vi: str, en: str) -> NotATable:
    return NotATable(Sentence(f"{vi}: {SAVE_XLSX.vi}", f"{en}: {SAVE_XLSX.en}"))


def _demand_workbook(raw: bytes) -> None:
    """Raise NotATable for packed files that are no XLSX, by name where they are known."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            names = set(packed.namelist())
            kind = packed.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError):
        words = Sentence("tệp hỏng hoặc tải chưa đủ: chép lại tệp", "a broken or cut file: copy it again")
        raise NotATable(words) from None
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise _other("tệp OpenDocument (.ods)", "an OpenDocument file (.ods)")
    for name, vi, en in _PARTS:
        if name in names:
            raise _other(vi, en)
    if "[Content_Types].xml" not in names:
        raise _other("tệp nén, không phải bảng tính", "a packed file, no spreadsheet")


def _text(raw: bytes) -> str:
    """Decode CSV as Excel writes it: UTF-8, UTF-16, or the code page of Vietnamese Windows; raise NotATable."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], encoding)
    if b"\x00" in raw[:200]:
        return _decoded(raw, "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _decoded(raw, "cp1258")
    if find_table(_parted(text)) is None:  # its header proves the code page, and nothing else does
        raise _unknown_letters()
    return text


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise _unknown_letters() from None


def _unknown_letters() -> NotATable:
    return NotATable(
        Sentence(
            f"không rõ bảng mã của tệp chữ: lưu lại dạng «CSV UTF-8», hoặc {SAVE_XLSX.vi}",
            f"text in an unknown encoding: save it as “CSV UTF-8”, or {SAVE_XLSX.en}",
        )
    )


def _parted(text: str) -> Sheet:
    """Return CSV as a sheet, parted as its `sep=` line says, else so that its header is found; raise NotATable."""
    first, _, _ = text.lstrip("\ufeff").replace("\r", "\n").partition("\n")
    said = _SEP.fullmatch(first)
    if said or first.strip().casefold() == "sep=":
        parting = said[1] if said else "\t"
        sheet = _sheet(_rows(text, parting))
        words = Sentence("dòng «sep=» của Excel", "Excel's line “sep=”")
        return Sheet(sheet.name, {row: cells for row, cells in sheet.cells.items() if row != 1}, notes={1: words})
    best: Sheet | None = None
    width = -1
    refused: list[NotATable] = []
    for parting in sorted(_PARTINGS, key=text.count, reverse=True):
        try:
            sheet = _sheet(_rows(text, parting))
        except NotATable as error:
            refused.append(error)
            if best is None and isinstance(error.__context__, TooMuch):
                break
            continue
        table = find_table(sheet)
        columns = len(table.columns) if table else 0
        if columns > width:
            best, width = sheet, columns
    if best is None:
        raise refused[0]  # by the parting that the text has most of
    return best


def _rows(text: str, parting: str) -> list[list[str]]:
    try:
        return limited(csv.reader(io.StringIO(text, newline=""), delimiter=parting, strict=True))
    except TooMuch as error:
        at, words = cell_name(error.row, error.column), FAULTS[error.kind]
        raise NotATable(Sentence(f"{at}: {words.vi}", f"{at}: {words.en}")) from None
    except csv.Error as error:
        raise NotATable(
            Sentence(f"tệp CSV bị lỗi ({error}): {SAVE_XLSX.vi}", f"not CSV ({error}): {SAVE_XLSX.en}")
        ) from None


def _sheet(rows: list[list[str]]) -> Sheet:
    cells = {
        number: {column: Cell(tidy(text)) for column, text in enumerate(row, 1) if tidy(text)}
        for number, row in enumerate(rows, 1)
    }
    return Sheet("CSV", {number: row for number, row in cells.items() if row})
