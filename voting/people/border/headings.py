"""Where the table begins (tiêu đề cột): its header, in the spellings of offices, and what each column holds.

A name may stand in two or three columns: under one merged header, as "Họ và tên đệm" and "Tên", or beside an empty one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from voting.documents.letters import searched
from voting.people.border.cells import Sheet
from voting.people.columns import COLUMNS

MOST_ABOVE = 60  # rows above a header
MOST_HEADER = 300  # characters of a header
NAME, FAMILY, MIDDLE, GIVEN = "name", "family", "middle", "given"
_NAMES: Final = (FAMILY, MIDDLE, NAME, GIVEN)
_WHO = (
    "(?: (?:cac|dong chi|dai bieu|can bo|cong chuc|vien chuc|nguoi lao dong|nhan vien|dang vien|uy vien|thanh vien|hoi "
    "vien|lanh dao|nguoi|duoc|trieu tap|du hop|tham du|du|ong|ba|khai sinh|day du|chu in hoa|in hoa|nhan su))*"
)
_SPELLINGS: Final = {
    "number": "stt|tt|so tt|so thu tu|no|so",
    FAMILY: f"ho|ho dem|ho va dem|ho va ten dem|ho ten dem|ho va chu dem|ho chu dem|ho lot|ho va ten lot|ho va chu lot"
    f"|ho va ten{_WHO} ho dem|last name|surname|family name",
    MIDDLE: "ten dem|dem|chu dem|ten lot|middle name",
    NAME: f"ho va ten{_WHO}|ho ten{_WHO}|ten (?:dai bieu|can bo|nguoi){_WHO}|dai bieu|can bo|name|full name|fullname",
    GIVEN: "ten|ten goi|first name|given name",
    "id": "ma can bo|ma|ma so|ma cb|ma so can bo|ma can bo cong chuc|so hieu can bo|so hieu|ma nhan vien",
    "birth": "ngay sinh|nam sinh|ngay thang nam sinh|sinh ngay|sinh nam|ngay thang sinh|date of birth",
    "sex": "gioi tinh|gioi|nam nu|gioi tinh nam nu|sex|gender",
    "ethnicity": "dan toc",
    "home": "que quan|que",
    "party_joined": "ngay vao dang|ngay thang nam vao dang|vao dang",
    "position": "chuc vu|chuc danh|chuc vu chuc danh|chuc danh chuc vu|chuc vu hien tai|chuc vu hien nay|chuc vu cong "
    "tac|chuc vu dang giu|position",
    "unit": "don vi|don vi cong tac|don vi dang cong tac|phong|phong ban|phong don vi|don vi phong ban|phong ban don vi"
    "|phong ban don vi cong tac|phong cong tac|co quan|co quan don vi|don vi co quan|co quan cong tac|co quan don vi "
    "cong tac|noi cong tac|noi lam viec|don vi lam viec|bo phan|bo phan cong tac|ten don vi|to chuc|unit|office"
    "|department",
    "place": "chuc vu don vi|chuc vu don vi cong tac|chuc vu va don vi|chuc vu va don vi cong tac|chuc vu co quan|chuc "
    "vu noi cong tac|chuc danh don vi|chuc danh don vi cong tac|chuc vu chuc danh don vi cong tac"
    "|don vi chuc vu|don vi va chuc vu|don vi cong tac chuc vu|don vi cong tac va chuc vu|don vi chuc danh|co quan "
    "chuc vu",
}  # fmt: skip
HARMLESS: Final = re.compile(
    "anh|hinh|hinh anh|chan dung|anh chan dung|ky|ky ten|chu ky|ky nhan|ky nop|dien thoai|so dien thoai|sdt|dt|so dt"
    "|dien thoai lien he|email|e mail|thu dien tu|dia chi|cho ngoi|so ghe|ban so"
)
_OFFICIAL: Final = {searched(column.header): column.field for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table lies: first and last row of its header, and columns by what they hold.

    `names` are the columns of the name, in the order in which they are joined; `guessed` the one that is taken to
    belong to it though nothing stands above it; `others` further columns with their headers; `again` a second table
    beside it; `hidden` the columns that were taken although they are hidden.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    names: tuple[int, ...]
    others: Mapping[int, str]
    again: tuple[int, ...] = ()
    guessed: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()

    @property
    def known(self) -> frozenset[int]:
        """Return every column that is read."""
        return frozenset((*self.columns.values(), *self.names))


def field_of(header: str) -> str | None:
    """Return what a column of this header holds, None for an unknown one."""
    if len(header) > MOST_HEADER:
        return None
    plain = " ".join(re.sub(r"[^a-z]+", " ", searched(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", header))).split())
    for name, spellings in _SPELLINGS.items():
        if plain and re.fullmatch(spellings, plain):
            return name
    return _OFFICIAL.get(searched(header)) or _OFFICIAL.get(plain)


def find_table(sheet: Sheet) -> Table | None:
    """Find the header of the table of people; None where there is none."""
    rows = [row for row in sorted(sheet.cells) if row not in sheet.hidden_rows][:MOST_ABOVE]
    best: Table | None = None
    for row in rows:
        table = _table(sheet, row)
        if table is not None and len(table.columns) + len(table.names) > 1 and not _is_prose(sheet, row):
            return table
        if best is None and table is not None and len(sheet.cells[row]) == 1:
            best = table  # a list of names alone, under one word
    return best


def _is_prose(sheet: Sheet, row: int) -> bool:
    """Tell whether a row has two known headers by chance: what follows it is no table."""
    return len(sheet.cells[row]) < 2


def _table(sheet: Sheet, row: int) -> Table | None:
    """Read a row, and those that are merged with it, as a header."""
    last = max([row, *(end for first, _, end, _ in sheet.merged if first == row and end - first < 3)])
    headers = dict(_headers(sheet, row, last))
    fields = {column: field_of(text) for column, text in headers.items()}
    if not any(one in _NAMES for one in fields.values()):
        return None
    columns: dict[str, int] = {}
    again: list[int] = []
    hidden: list[int] = []
    for column in sorted(fields, key=lambda at: (at in sheet.hidden_columns, at)):
        field = fields[column]
        if field in columns and column not in sheet.hidden_columns:
            again.append(column)
        elif field is not None and field not in columns:
            columns[field] = column
            if column in sheet.hidden_columns:
                hidden.append(column)
    if NAME not in columns and FAMILY not in columns and GIVEN not in columns:
        return None
    spans = _names(sheet, row, columns)
    guessed = _guessed(sheet, last, headers, spans)
    used = {*columns.values(), *spans}
    others = {at: text for at, text in headers.items() if at not in used and at not in again}
    kept = {field: at for field, at in columns.items() if field not in _NAMES}
    return Table(row, last, kept, (*spans, *guessed), others, tuple(again), guessed, tuple(hidden))


def _headers(sheet: Sheet, first: int, last: int) -> Iterator[tuple[int, str]]:
    columns = {column for row in range(first, last + 1) for column in sheet.cells.get(row, {})}
    for column in sorted(columns):
        texts = [sheet.text(row, column) for row in range(first, last + 1)]
        lower = [text for text in texts[1:] if text]
        yield column, lower[-1] if lower and field_of(lower[-1]) else next(text for text in texts if text)


def _names(sheet: Sheet, row: int, columns: Mapping[str, int]) -> tuple[int, ...]:
    """Return the columns of a name: those of one merged header, or family, middle and given name."""
    if NAME in columns and not (GIVEN in columns and columns[GIVEN] == columns[NAME] + 1):
        at = columns[NAME]
        for first, left, _, right in sheet.merged:
            if first == row and left == at and right > left:
                return tuple(range(left, right + 1))
        return (at,)
    return tuple(columns[part] for part in _NAMES if part in columns)


def _guessed(sheet: Sheet, last: int, headers: Mapping[int, str], names: tuple[int, ...]) -> tuple[int, ...]:
    """Return the column right of a name's only one, if it has no header and holds one word in most of the rows."""
    if len(names) != 1 or names[0] + 1 in headers or not any(at > names[0] for at in headers):
        return ()
    rows = [row for row in sheet.cells if row > last and sheet.text(row, names[0])]
    words = [sheet.text(row, names[0] + 1) for row in rows]
    alone = [word for word in words if word and " " not in word and word.isalpha()]
    return (
        (names[0] + 1,) if alone and len(alone) * 2 > len(rows) and len(alone) == len(list(filter(None, words))) else ()
    )
