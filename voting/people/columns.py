"""The columns of the staff list (danh sách cán bộ): headers, what each cell must hold, what it becomes.

A reader takes the cell's text and the ruleset, and returns a value or raises `BadCell` with the words for staff.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keys.message import Sentence
from voting.documents.canonical import unclean_text
from voting.documents.letters import compared
from voting.people.months import month_index
from voting.people.person import Birth
from voting.procedures.schema import Ruleset

MOST_LETTERS = 300
AGES = range(16, 101)
"""Full years that somebody on a staff list may have."""

Value = object
Reader = Callable[[str, Ruleset], Value]


class BadCell(Exception):
    """A cell does not hold what its column needs; caught where the sheet is read."""

    def __init__(self, vi: str, en: str) -> None:
        """Keep the words for staff."""
        super().__init__(en)
        self.words = Sentence(vi, en)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills, its header, whether every row needs it, an example, and its reader."""

    field: str
    header: str
    required: bool
    example: str
    read: Reader


def clean(text: str) -> str:
    """Return text with single spaces; raise BadCell for invisible characters, other Unicode forms, or length."""
    problem = unclean_text(text.strip())
    if problem:
        raise BadCell("có ký tự ẩn hoặc không chuẩn: gõ lại ô này", f"the text is {problem}: type this cell again")
    if len(text) > MOST_LETTERS:
        raise BadCell(f"dài quá {MOST_LETTERS} ký tự", f"longer than {MOST_LETTERS} characters")
    return " ".join(text.split())


def read_text(text: str, _: Ruleset) -> str:
    """Read any clean text."""
    return clean(text)


def read_id(text: str, _: Ruleset) -> str:
    """Read the code of a person: letters, digits, dash, underscore."""
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text):
        raise BadCell("mã chỉ gồm chữ không dấu, số, gạch nối", "a code has Latin letters, digits and dashes only")
    return text


def read_birth(text: str, _: Ruleset) -> Birth:
    """Read dd/mm/yyyy, mm/yyyy or yyyy; a real date."""
    found = re.fullmatch(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})", text)
    try:
        if found is None:
            raise ValueError
        day, month, year = (None if part is None else int(part) for part in found.groups())
        birth = Birth(year or 0, month, day)
        datetime.date(birth.year, birth.month or 1, birth.day or 1)
    except ValueError:
        raise BadCell("ngày sinh phải là dd/mm/yyyy, mm/yyyy hoặc yyyy", "dd/mm/yyyy, mm/yyyy or yyyy") from None
    return birth


def read_month(text: str, _: Ruleset) -> int | None:
    """Read mm/yyyy, or nothing."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})/(\d{4})", text)
    try:
        if found is None:
            raise ValueError
        return month_index(int(found.group(2)), int(found.group(1)))
    except ValueError:
        raise BadCell("tháng phải là mm/yyyy", "a month as mm/yyyy expected") from None


def one_of(words: Mapping[str, Value], vi: str, en: str) -> Reader:
    """Make a reader that takes one of a few words, whatever their case."""

    spelled = {compared(word): value for word, value in words.items()}

    def read(text: str, _: Ruleset) -> Value:
        if compared(text) not in spelled:
            raise BadCell(vi, en)
        return spelled[compared(text)]

    return read


def read_post(text: str, ruleset: Ruleset) -> str:
    """Read a post by name or id."""
    return _term(text, {term.id: term.name for term in ruleset.posts}, "nhóm chức vụ", "post")


def read_posts(text: str, ruleset: Ruleset) -> tuple[str, ...]:
    """Read posts, parted by semicolons."""
    known = {term.id: term.name for term in ruleset.posts}
    return tuple(dict.fromkeys(_term(part, known, "chức danh", "title") for part in _parts(text)))


def read_capacities(text: str, ruleset: Ruleset) -> tuple[str, ...]:
    """Read capacities, parted by semicolons."""
    known = {term.id: term.name for term in ruleset.capacities}
    return tuple(dict.fromkeys(_term(part, known, "tư cách dự họp", "capacity") for part in _parts(text)))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _term(text: str, known: Mapping[str, str], vi: str, en: str) -> str:
    for identity, name in known.items():
        if text.casefold() == identity or compared(text) == compared(name):
            return identity
    raise BadCell(f"không có {vi} này: {text[:60]}", f"no such {en}: {text[:60]}")


YES_NO = {"": False, "không": False, "có": True, "x": True}
COLUMNS = (
    Column("id", "Mã cán bộ", False, "CB001", read_id),
    Column("name", "Họ và tên", True, "Nguyễn Văn Ví Dụ", read_text),
    Column("birth", "Ngày sinh", True, "05/04/1980", read_birth),
    Column("sex", "Giới tính", True, "Nam", one_of({"nam": "M", "nữ": "F"}, "ghi Nam hoặc Nữ", "Nam or Nữ expected")),
    Column("ethnicity", "Dân tộc", True, "Thái", read_text),
    Column("home", "Quê quán", False, "Sơn La", read_text),
    Column("party_joined", "Ngày vào Đảng", False, "03/02/2005", read_text),
    Column("position", "Chức vụ", True, "Phó Trưởng phòng", read_text),
    Column("unit", "Đơn vị", True, "Phòng Tổng hợp", read_text),
    Column("post", "Nhóm chức vụ", True, "Phó Trưởng phòng và tương đương", read_post),
    Column("capacities", "Tư cách dự họp", False, "Phó trưởng phòng và tương đương", read_capacities),
    Column("planned", "Chức danh đã quy hoạch", False, "Trưởng phòng và tương đương", read_posts),
    Column("planned_decision", "Quyết định quy hoạch", False, "Số 12-QĐ/VPUB ngày 01/6/2021", read_text),
    Column("education", "Trình độ chuyên môn", False, "Thạc sĩ Luật", read_text),
    Column("theory", "Lý luận chính trị", False, "Cao cấp", read_text),
    Column("administration", "Quản lý nhà nước", False, "Chuyên viên chính", read_text),
    Column("ratings", "Đánh giá 3 năm", False, "HTTNV, HTXSNV, HTTNV", read_text),
    Column("retirement_month", "Tháng nghỉ hưu riêng", False, "", read_month),
    Column("retirement_basis", "Căn cứ nghỉ hưu riêng", False, "", read_text),
    Column("discipline", "Kỷ luật từ khiển trách trở lên", False, "", read_text),
    Column("politically_unqualified", "Kết luận không đủ tiêu chuẩn chính trị", False, "", read_text),
    Column("outside", "Nguồn nơi khác", False, "Không", one_of(YES_NO, "ghi Có hoặc Không", "Có or Không expected")),
    Column("note", "Ghi chú", False, "", read_text),
)
