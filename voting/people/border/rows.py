"""Rows below a header (các dòng dưới tiêu đề): people, headings, totals, signatures, and what cannot be told.

Whoever has a number or data of their own is somebody. A row that could be a person or a heading is refused, and not
guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from keys.message import Sentence
from voting.people.border.cells import Range, Sheet
from voting.people.border.headings import FAMILY, GIVEN, NAME, Table, field_of
from voting.people.border.report import Ledger

_TOTAL = re.compile(
    r"\(?(?:tổng(?:\s*(?:cộng|số|hợp|toàn))?|cộng|cộng cuối|tong (?:cong|so)|total)\b.*"
    r"|.*\bdanh sách (?:này )?(?:có|gồm)\b.*|ấn định danh sách\b.*",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\bngày\b[\s\d.…_/]{0,40}\btháng\b.{0,80}\bnăm\b"
    r"|^[^\W\d_][^\d,;]*, ngày \d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}\.?$",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:người lập(?: (?:biểu|bảng|danh sách))?|lập biểu|thủ trưởng.*|chánh văn phòng|(?:k/?t|t/?m|t/?l|t/?u\s?q|q)\."
    r"\s?.*|xác nhận.*|\(?ký.*|nơi nhận.*|phê duyệt|người kiểm tra|kế toán.*|(?:phó )?chủ tịch|trưởng ban|giám đốc"
    r"|bí thư|người (?:duyệt|tổng hợp|ký|báo cáo))\s*:?",
    re.IGNORECASE,
)
_SECTION_NUMBER = re.compile(r"(?:[IVXLC]+|[A-ZĐ]|[IVXLC\d]+(?:\.\d+)+)\s*[.)/]?")
_SECTION_START = re.compile(r"(?:[IVX]+|[A-HĐ])\s*[.)/-]\s*\S.*")
_OFFICE = re.compile(
    r"(?:các |khối |nhóm )?(?:phòng|ban (?!văn |thị )|lãnh đạo|tổ (?!văn |thị )|trung tâm|văn phòng|sở|ủy ban|uỷ ban"
    r"|ubnd|hđnd|đảng ủy|đảng uỷ|chi bộ|công đoàn|đoàn thanh niên|đoàn đbqh|thường trực|khối|nhóm|đơn vị|cơ quan"
    r"|bộ phận|thành phần|đại biểu|khách mời|hội|huyện|xã|tỉnh|thành phố|chuyên viên|nhân viên|viên chức"
    r"|công chức)\b.*",
    re.IGNORECASE,
)
_COLUMN_NUMBER = re.compile(r"\(?\s*(?:\d{1,2}|[A-Z])\s*\)?")
_NUMBERED = re.compile(r"\d{1,5}(?:\.0)?\s*[.)/:-]?")

HEADING: Final = Sentence("dòng đề mục", "a heading")
HEADER: Final = Sentence("dòng tiêu đề cột", "the header")
ABOVE: Final = Sentence("dòng phía trên bảng", "above the table")
HIDDEN: Final = Sentence("dòng ẩn hoặc bị lọc", "a hidden or filtered row")
TOTAL: Final = Sentence("dòng tổng cộng", "a total")
SIGNATURE: Final = Sentence("nơi ký, ngày tháng cuối danh sách", "place, date and signatures at the end")
BESIDE: Final = Sentence("chỉ có chữ ngoài các cột của bảng", "text outside of the table's columns only")
NUMBER_ONLY: Final = Sentence("chỉ có số thứ tự", "a number alone")
COLUMN_NUMBERS: Final = Sentence("dòng số thứ tự của cột", "the numbers of the columns")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is somebody: its number in the sheet and its texts by column."""

    row: int
    texts: Mapping[int, str]


def lines_of(sheet: Sheet, table: Table, ledger: Ledger) -> list[Line]:
    """Return the rows that are somebody; leave out or refuse every other one in the ledger."""
    rows = _Rows(sheet, table, ledger)
    for row in sorted(sheet.cells):
        rows.judge(row)
    return rows.lines


class _Rows:
    """Goes down the sheet; knows whether the signatures have begun."""

    def __init__(self, sheet: Sheet, table: Table, ledger: Ledger) -> None:
        self.sheet, self.table, self.ledger = sheet, table, ledger
        self.lines: list[Line] = []
        self.signing = self.summed = False
        self.number = table.columns.get("number")
        self.data = [at for field, at in table.columns.items() if field != "number"]
        self.filled = _filled(sheet, table)
        self.merged = _merged_at(sheet)
        self.unused = {
            at for at in table.names if not any(at in sheet.cells[row] for row in sheet.cells if row > table.last)
        }
        self.counted = self.number is not None and any(
            _NUMBERED.fullmatch(sheet.text(row, self.number)) for row in sheet.cells if row > table.last
        )

    def judge(self, row: int) -> None:
        """Say what a row is."""
        raw = {at: cell.text for at, cell in self.sheet.cells[row].items()}
        if row in self.sheet.hidden_rows:
            self.ledger.leave(row, HIDDEN)
        elif row < self.table.first:
            self.ledger.leave(row, ABOVE)
        elif row <= self.table.last:
            self.ledger.leave(row, HEADER)
        elif self._is_header(raw):
            self.signing = False
            self.ledger.leave(row, HEADER)
        elif self.signing:
            self._signed(row, raw)
        elif not self._left_out(row, raw):
            self._somebody(row, raw)

    def _name(self, raw: Mapping[int, str]) -> str:
        return " ".join(raw[at] for at in self.table.names if at in raw)

    def _numbered(self, raw: Mapping[int, str]) -> bool:
        return self.number is not None and bool(_NUMBERED.fullmatch(raw.get(self.number, "")))

    def _is_header(self, raw: Mapping[int, str]) -> bool:
        fields = {at: field_of(text) for at, text in raw.items()}
        return fields.get(self.table.names[0]) in (NAME, FAMILY, GIVEN) and all(
            fields.get(at) for at in self.data if at in raw
        )

    def _signed(self, row: int, raw: Mapping[int, str]) -> None:
        """Leave out what stands under the date or the signers' titles, unless it looks like somebody."""
        data = [at for at in self.data if at in raw]
        if self._name(raw) and (self._numbered(raw) or len(data) > 2):
            words = Sentence(
                "sau phần ký tên mà giống một người: chuyển dòng này lên trong bảng, hoặc xóa",
                "somebody below the signatures: move the row up into the table, or delete it",
            )
            self.ledger.refuse(row, self.table.names[0], words)
        else:
            self.ledger.leave(row, SIGNATURE)

    def _left_out(self, row: int, raw: Mapping[int, str]) -> bool:
        """Leave out what is plainly nobody; tell whether that was done."""
        own = {at: text for at, text in raw.items() if at in self.table.known}
        name, data = self._name(raw), [at for at in self.data if at in raw]
        texts = [text for at, text in raw.items() if at != self.number]
        words: Sentence | None = None
        if all(_COLUMN_NUMBER.fullmatch(text) for text in raw.values()) and name and len(raw) > 1:
            words = COLUMN_NUMBERS
        elif not self._numbered(raw) and self._begins_signing(raw):
            self.signing, words = True, SIGNATURE
        elif self._is_total(raw):
            self.summed, words = True, TOTAL
        elif not own:
            words = BESIDE
        elif set(own) == {self.number}:
            words = NUMBER_ONLY if self._numbered(raw) else HEADING
        elif self._spans(row) or (not (data or self._numbered(raw)) and self._is_heading(raw, name or texts[0])):
            words = HEADING
        if words is not None:
            self.ledger.leave(row, words)
        return words is not None

    def _begins_signing(self, raw: Mapping[int, str]) -> bool:
        texts = list(raw.values())
        if any(_DATED.search(text) for text in texts):
            return len(texts) <= 2
        own = (self._name(raw), raw.get(self.number or 0, ""))
        signs = any(_SIGNED.fullmatch(text) for text in own) or all(_SIGNED.fullmatch(text) for text in texts)
        return bool(self.lines) and signs

    def _is_total(self, raw: Mapping[int, str]) -> bool:
        first = raw[min(raw)]
        name = self._name(raw)
        if self._numbered(raw) or not (_TOTAL.fullmatch(first) or _TOTAL.fullmatch(name)):
            return False
        return (
            all(any(one.isdigit() for one in text) or _TOTAL.fullmatch(text) for text in raw.values()) or len(raw) == 1
        )

    def _is_heading(self, raw: Mapping[int, str], text: str) -> bool:
        number = raw.get(self.number, "") if self.number is not None else ""
        if _SECTION_NUMBER.fullmatch(number) or _SECTION_START.fullmatch(text):
            return True
        return bool(_OFFICE.fullmatch(text))

    def _spans(self, row: int) -> bool:
        """Tell whether a text stands in one cell merged over the name and other columns."""
        names = self.table.names
        for _, left, _, right in self.merged.get(row, ()):
            if left <= names[0] <= right and {left, right} - set(names):
                return all(left <= at <= right or at == self.number for at in self.sheet.cells[row])
        return False

    def _doubtful(self, name: str, *, numbered: bool, alone: bool) -> bool:
        """Tell whether a name could be that of an office, or a row one of the end: nobody is made of such."""
        if _OFFICE.fullmatch(name) or (_SIGNED.fullmatch(name) and not numbered):
            return True
        return not numbered and (alone or (self.summed and self.counted))

    def _may_lack(self, row: int, part: int) -> bool:
        """Tell whether a name may lack a part: a middle one, a column that nobody fills, one merged with the first."""
        names = self.table.names
        if (len(names) > 2 and part == names[1]) or part in self.unused:
            return True
        return any(left == names[0] and part <= right for _, left, _, right in self.merged.get(row, ()))

    def _somebody(self, row: int, raw: Mapping[int, str]) -> None:
        """Take a row as somebody, or refuse it."""
        name, at = self._name(raw), self.table.names[0]
        data = [column for column in self.data if column in raw]
        if not name:
            self.ledger.refuse(row, at, Sentence("thiếu họ và tên", "the name is missing"))
            return
        numbered = self._numbered(raw)
        if self._doubtful(name, numbered=numbered, alone=bool(self.data) and not data):
            words = Sentence(
                "không rõ là một người hay một đề mục, nơi ký: ghi số thứ tự và đơn vị, hoặc xóa dòng này",
                "somebody, or a heading or signature: give number and unit, or delete the row",
            )
            self.ledger.refuse(row, at, words)
            return
        if self.number is not None and not numbered and self.counted:
            self.ledger.warn(row, self.number, Sentence("không có số thứ tự", "no number is given"))
        for part in self.table.names:
            if part not in raw and part not in self.table.guessed and len(self.table.names) > 1:
                if self._may_lack(row, part):
                    continue
                words = Sentence(
                    "họ tên ghi ở nhiều cột, cột này trống", "the name stands in several columns; this is empty"
                )
                self.ledger.refuse(row, part, words)
        texts = {**self.filled.get(row, {}), **raw}
        self.lines.append(Line(row, texts))


def _filled(sheet: Sheet, table: Table) -> dict[int, dict[int, str]]:
    """Return the texts of cells merged over several rows, by row and column, for each row that has none of its own."""
    found: dict[int, dict[int, str]] = {}
    alone = {table.columns[one] for one in ("number", "id", "birth", "sex") if one in table.columns} | set(table.names)
    for first, left, last, right in sheet.merged:
        text = sheet.text(first, left)
        if left == right and left not in alone and first > table.last and text:
            span = range(first + 1, last + 1)
            for row in span if len(span) < len(sheet.cells) else sheet.cells:
                if row in sheet.cells and first < row <= last:
                    found.setdefault(row, {})[left] = text
    return found


def _merged_at(sheet: Sheet) -> dict[int, list[Range]]:
    """Return the merged cells that a row lies in, by row."""
    found: dict[int, list[Range]] = {}
    for one in sheet.merged:
        first, _, last, _ = one
        span = range(first, last + 1)
        for row in span if len(span) < len(sheet.cells) else sheet.cells:
            if row in sheet.cells and first <= row <= last:
                found.setdefault(row, []).append(one)
    return found
