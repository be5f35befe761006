"""Lists as offices really hand them in, one line a kind: the right people, or a refusal by cell; each row in one part.

Every case is read in this process, but for those of `test_files`; none needs a process of its own.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.voting.people.border.tables import NAMES, SUMMONED, UNITS, csv_text, plain, read_here, summoned, xlsx
from voting.people.border.pasted import check_pasted
from voting.people.border.report import Report

PEOPLE = list(zip(NAMES, UNITS, strict=True))
BODY = summoned()[1:]
Rows = list[list[Any]]


def five(*, after: Rows | None = None, above: Rows | None = None, head: list[Any] | None = None) -> Rows:
    """Five right people, with rows above and below."""
    return [*(above or []), head or SUMMONED, *BODY, *(after or [])]


def with_column(at: int, values: list[Any]) -> Rows:
    """The five with one more column."""
    return [[*row[:at], value, *row[at:]] for row, value in zip(summoned(), values, strict=True)]


def merging(*ranges: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for one in ranges:
            sheet.merge_cells(one)

    return change


def hiding(rows: tuple[int, ...] = (), columns: str = "") -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for row in rows:
            sheet.row_dimensions[row].hidden = True
        for column in columns:
            sheet.column_dimensions[column].hidden = True

    return change


RIGHT: dict[str, bytes] = {
    "sections by Roman numbers in one cell": xlsx(
        [SUMMONED, ["I. LÃNH ĐẠO"], *BODY[:2], ["II. CÁC PHÒNG"], *BODY[2:]]
    ),
    "sections with their counts": xlsx(
        [SUMMONED, ["I", "Lãnh đạo Văn phòng (2 người)"], *BODY[:2], ["II", "Phòng Kinh tế: 03 người"], *BODY[2:]]
    ),
    "sections within sections": xlsx(
        [SUMMONED, ["A", "CẤP TỈNH"], ["I", "LÃNH ĐẠO"], *BODY[:2], ["I.1", "Khối tổng hợp"], *BODY[2:]]
    ),
    "a section merged over all columns": xlsx(
        [SUMMONED, *BODY[:3], ["KHÁCH MỜI"], *BODY[3:]], merging("A5:C5")
    ),
    "numbers of the columns below the header": xlsx([SUMMONED, [1, 2, 3], *BODY]),
    "numbers of the columns in brackets": xlsx([SUMMONED, ["(1)", "(2)", "(3)"], *BODY]),
    "letters of the columns": xlsx([SUMMONED, ["A", "B", "C"], *BODY]),
    "numbers with points, zeros and brackets": xlsx(
        [SUMMONED, *([said, *row[1:]] for said, row in zip(("1.", "02", "3)", "4/", "05."), BODY, strict=True))]
    ),
    "numbers that begin again in each section": xlsx(
        [SUMMONED, ["I", "LÃNH ĐẠO"], *BODY[:2], ["II", "PHÒNG BAN"], *([1, *row[1:]] for row in BODY[2:])]
    ),
    "a total in another column": xlsx(five(after=[[None, "Tổng số", "05 người"]])),
    "a total in the first column": xlsx(five(after=[["Tổng cộng: 05 đồng chí"]])),
    "a total merged over columns": xlsx(five(after=[["Cộng", None, 5]]), merging("A7:B7")),
    "a sentence that counts": xlsx(five(after=[[None, "(Danh sách có 05 người)"]])),
    "a list that is fixed in words": xlsx(five(after=[["Ấn định danh sách: 05 (năm) người./."]])),
    "a date in digits above the signer": xlsx(
        five(after=[[None, None, one] for one in ("Sơn La, ngày 30/11/2026", "CHÁNH VĂN PHÒNG", "Bạc Văn Ký")])
    ),
    "two signers side by side": xlsx(
        five(after=[[], [None, "Người lập biểu", "Thủ trưởng đơn vị"], [], [None, "Hà Thị Lập", "Bạc Văn Ký"]])
    ),
    "a deputy signs for the chief": xlsx(
        five(after=[[None, None, one] for one in ("KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG", "Bạc Văn Ký")])
    ),
    "recipients": xlsx(five(after=[["Nơi nhận:"], ["- Như trên;"], ["- Lưu: VT."]])),
    "a page's header again in the middle": xlsx([SUMMONED, *BODY[:3], SUMMONED, *BODY[3:]]),
    "the whole head again after the signatures of a page": xlsx(
        [SUMMONED, *BODY[:3], [None, None, "Sơn La, ngày 30 tháng 11 năm 2026"], [None, None, "Bạc Văn Ký"], SUMMONED,
         *BODY[3:]]
    ),
    "letterhead and title above": xlsx(
        five(above=[["UBND TỈNH SƠN LA", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
                    ["VĂN PHÒNG", None, "Độc lập - Tự do - Hạnh phúc"], [], ["DANH SÁCH HỌ VÀ TÊN"]])
    ),
    "a table that begins far right and below": xlsx([[], [], *([None] * 6 + row for row in summoned())]),
    "other headers": xlsx(five(head=["TT", "HỌ TÊN ĐẠI BIỂU", "Phòng, ban, đơn vị công tác"])),
    "headers with brackets and line breaks": xlsx(five(head=["Số\nTT", "Họ và tên\n(chữ in hoa)", "Đơn vị\ncông tác"])),
    "headers in capitals with points": xlsx(five(head=["S.T.T", "HỌ VÀ TÊN:", "ĐƠN VỊ:"])),
    "a header of unit and post": xlsx(five(head=["TT", "Họ và tên", "Đơn vị, chức vụ"])),
    "a header over two rows, merged": xlsx(
        [SUMMONED, [None, None, None], *BODY], merging("A1:A2", "B1:B2", "C1:C2")
    ),
    "columns of the list of calls": xlsx(with_column(3, ["Ký nhận", *[None] * 5])),
    "a column of telephones": xlsx(with_column(3, ["Số điện thoại", *["0912 345 678"] * 5])),
    "unit before name": xlsx([[row[0], row[2], row[1]] for row in summoned()]),
    "names merged with the empty cell beside them": xlsx(
        with_column(2, [None] * 6), merging(*(f"B{row}:C{row}" for row in range(1, 7)))
    ),
    "a hidden column of last year": xlsx(with_column(2, ["Họ và tên", *["Cầm Văn Cũ"] * 5]), hiding(columns="C")),
    "a hidden row of nobody": xlsx([SUMMONED, [9, "Cầm Văn Cũ", "Phòng A"], *BODY], hiding((2,))),
    "text in the old way of line breaks": plain(
        [SUMMONED, *([row[0], row[1].replace(" ", "_x000D_\n", 1), row[2]] for row in BODY)]
    ),
    "spaces of every kind": plain(
        [SUMMONED, *([row[0], f"\u00a0 {row[1].replace(' ', chr(0x2003))}\t", row[2]] for row in BODY)]
    ),
    "decomposed letters": xlsx([[unicodedata.normalize("NFD", str(one)) for one in row] for row in summoned()]),
    "numbers as text": xlsx([SUMMONED, *([str(row[0]), *row[1:]] for row in BODY)]),
    "shared formulas with their values": plain(
        [SUMMONED, *([row[0], ('t="str"', f'<f t="shared" si="0"/><v>{row[1]}</v>'), row[2]] for row in BODY)]
    ),
    "array formulas with their values": plain(
        [SUMMONED, *([row[0], ('t="str"', f'<f t="array" ref="B{row[0] + 1}">TRIM(E1)</f><v>{row[1]}</v>'), row[2]]
                     for row in BODY)]
    ),
    "rich text": plain(
        [SUMMONED, *([row[0], ('t="inlineStr"', "<is>" + "".join(
            f'<r><rPr><b/></rPr><t xml:space="preserve">{word} </t></r>' for word in row[1].split()) + "</is>"), row[2]]
            for row in BODY)]
    ),
    "a strict workbook with titles": plain(five(above=[["DANH SÁCH"]]), strict=True),
    "semicolons": csv_text(summoned()).encode(),
    "commas with a mark": csv_text(summoned(), ",").encode("utf-8-sig"),
    "tabs in UTF-16, as Excel's Unicode text": csv_text(summoned(), "\t").encode("utf-16"),
    "UTF-16 without a mark": csv_text(summoned(), "\t").encode("utf-16-le"),
    "quotes and commas inside": ("STT,\"Họ, tên\",Đơn vị\r\n" + "".join(
        f'{row[0]},"{row[1]}","{row[2]}"\r\n' for row in BODY)).encode(),
    "line breaks inside quotes": ("STT;\"Họ và\ntên\";Đơn vị\r\n" + "".join(
        f'{row[0]};"{row[1].replace(" ", chr(10), 1)}";{row[2]}\r\n' for row in BODY)).encode(),
    "separators at the end of lines": csv_text([[*row, "", ""] for row in summoned()]).encode(),
    "blank lines between": csv_text(summoned()).replace("\r\n", "\r\n;;\r\n\r\n").encode(),
    "the line sep": ("sep=,\r\n" + csv_text(summoned(), ",")).encode("utf-8-sig"),
    "a title with commas above": ("DANH SÁCH, đại biểu, triệu tập, năm, 2026\r\n" + csv_text(summoned())).encode(),
    "a total in CSV": (csv_text(summoned()) + ";Tổng cộng: 5 người;\r\n").encode(),
}  # fmt: skip


@pytest.mark.parametrize("raw", RIGHT.values(), ids=RIGHT.keys())
def test_the_right_people_are_taken(raw: bytes) -> None:
    found = read_here(raw)
    assert [one.words.vi for one in found.refused] == []
    assert [(one.name, one.unit) for one in found.people] == PEOPLE


REFUSED: dict[str, tuple[bytes, list[str]]] = {
    "a date in the name": (xlsx([SUMMONED, [1, "30/11/2026", "Phòng A"], *BODY[1:]]), ["B2"]),
    "a number in the unit": (xlsx([SUMMONED, [1, NAMES[0], 12], *BODY[1:]]), ["C2"]),
    "a comma in the name": (xlsx([SUMMONED, [1, "Lò Văn Ơi, Phó phòng", "Phòng A"], *BODY[1:]]), ["B2"]),
    "two people in one cell": (xlsx([SUMMONED, [1, "Lò Văn Ơi; Hà Văn Hai", "Phòng A"], *BODY[1:]]), ["B2"]),
    "the number in the name": (xlsx([["Họ và tên", "Đơn vị"], ["1. Lò Văn Ơi", "Phòng A"]]), ["A2"]),
    "a page number": (xlsx(five(after=[[None, "Trang 2/3"]])), ["B7"]),
    "a remark below the list": (xlsx(five(after=[[None, "Ghi chú: đồng chí Ơi vắng"]])), ["B7"]),
    "a unit without a name": (xlsx(five(after=[[6, None, "Phòng A"]])), ["B7"]),
    "a name after the total": (xlsx(five(after=[[None, "Tổng cộng: 5"], [None, "Hà Văn Sáu", "Phòng A"]])), ["B8"]),
    "an office with a number": (xlsx(five(after=[[6, "Văn phòng UBND tỉnh", "Sơn La"]])), ["B7"]),
    "a header in another order below": (
        xlsx(five(after=[["STT", "Đơn vị", "Họ và tên"], [6, "Phòng A", "Hà Văn Sáu"]])), ["B7", "B8"],
    ),
    "Windows-1252 for UTF-8": (
        xlsx([SUMMONED, [1, "Lò Văn Ơi".encode().decode("latin-1"), "Phòng A"], *BODY[1:]]), ["B2"],
    ),
    "letters of .VnTime": (xlsx([SUMMONED, [1, "NguyÔn ThÞ Hång", "Phßng A"], *BODY[1:]]), ["B2", "C2"]),
    "letters of VNI": (xlsx([SUMMONED, [1, "Nguyeãn Thò Hoàng", "Phoøng A"], *BODY[1:]]), ["B2", "C2"]),
    "Greek and Cyrillic letters": (xlsx([SUMMONED, [1, "Lò Vαn Ơi", "Phòng А"], *BODY[1:]]), ["B2", "C2"]),
    "letters of full width": (xlsx([SUMMONED, [1, "Ｌò Văn Ơi", "Phòng A"], *BODY[1:]]), ["B2"]),
    "marks that turn text": (xlsx([SUMMONED, [1, "Lò Văn\u202e Ơi", "Phòng A"], *BODY[1:]]), ["B2"]),
    "a picture in the name": (xlsx([SUMMONED, [1, "Lò Văn Ơi ★", "Phòng A"], *BODY[1:]]), ["B2"]),
    "formulas that nobody computed": (xlsx([SUMMONED, [1, "=E2", "=F2"], *BODY[1:]]), ["B2", "C2"]),
    "a formula that came to nothing": (
        plain([SUMMONED, [1, ('t="str"', "<f>E2</f><v></v>"), "Phòng A"], *BODY[1:]]), ["B2"],
    ),
    "errors": (plain([SUMMONED, [1, ('t="e"', "<v>#NAME?</v>"), ('t="e"', "<v>#N/A</v>")], *BODY[1:]]), ["B2", "C2"]),
    "no header": (xlsx(BODY), ["A1"]),
    "a header alone": (xlsx([SUMMONED]), ["B1"]),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "cells"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_told_is_refused_by_cell(raw: bytes, cells: list[str]) -> None:
    assert [one.cell for one in read_here(raw).refused] == cells


LOOKED_AT: dict[str, tuple[bytes, list[str]]] = {
    "one word": (xlsx([SUMMONED, [1, "Pó", "Phòng A"], *BODY[1:]]), ["B2"]),
    "brackets": (xlsx([SUMMONED, [1, "Lò Văn Ơi (chủ trì)", "Phòng A"], *BODY[1:]]), ["B2"]),
    "forms of address": (
        xlsx([SUMMONED, [1, "Ông Lò Văn Ơi", "Phòng A"], [2, "Đồng chí Quàng Thị Ín", "Phòng A"], *BODY[2:]]),
        ["B2", "B3"],
    ),
    "nobody's number": (xlsx([SUMMONED, [None, NAMES[0], "Phòng A"], *BODY[1:]]), ["A2"]),
    "nobody's unit": (xlsx([SUMMONED, [1, NAMES[0], None], *BODY[1:]]), ["C2"]),
    "somebody twice": (xlsx(five(after=[[6, "LÒ VĂN ƠI", "Phòng  Tổng hợp"]])), ["B7"]),
    "a total of another number": (xlsx(five(after=[[None, "Tổng cộng: 07 người"]])), ["B7"]),
    "text beside the table": (xlsx([[*row, None, "vắng" if at == 3 else None] for at, row in enumerate(summoned())]),
                              ["E4"]),
    "a column that is not read": (xlsx(with_column(3, ["Màu áo", *["x"] * 5])), ["D1"]),
    "a column without width": (
        xlsx(summoned(), lambda sheet: setattr(sheet.column_dimensions["C"], "hidden", True)), ["C1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "cells"), LOOKED_AT.values(), ids=LOOKED_AT.keys())
def test_what_is_doubtful_is_taken_with_a_warning_by_cell(raw: bytes, cells: list[str]) -> None:
    found = read_here(raw)
    assert found.refused == () and [one.cell for one in found.warnings] == cells


# Pasted lines


def pasted(text: str) -> Report:
    found = check_pasted(text)
    refused = {int("".join(filter(str.isdigit, one.cell or ""))) for one in found.refused}
    parts = [one.row for one in found.people] + [row for one in found.left_out for row in one.rows] + [*refused]
    assert sorted(parts) == [at for at, line in enumerate(text.splitlines(), 1) if line.strip(" ;|\t")]
    return found


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{name}; {unit}" for name, unit in PEOPLE),
        "\n".join(f"{at}. {name}\t{unit}" for at, (name, unit) in enumerate(PEOPLE, 1)),
        "\n\n".join(f"{at}\t{name}\t{unit}" for at, (name, unit) in enumerate(PEOPLE, 1)),
        "\n".join(f"{at};{name};{unit}" for at, (name, unit) in enumerate(PEOPLE, 1)),
        "STT\tHọ và tên\tĐơn vị\n" + "\n".join(f"{at}\t{name}\t{unit}" for at, (name, unit) in enumerate(PEOPLE, 1)),
        "Đơn vị;Họ tên\n" + "\n".join(f"{unit};{name}" for name, unit in PEOPLE),
        "\n".join(f"{at}) {name} | {unit}" for at, (name, unit) in enumerate(PEOPLE, 1)) + "\nTổng cộng: 5 người",
        "I. LÃNH ĐẠO\n" + "\n".join(f"{at}. {name}; {unit}" for at, (name, unit) in enumerate(PEOPLE, 1)),
    ],
)
def test_pasted_lines_are_read_by_the_same_law(text: str) -> None:
    found = pasted(text)
    assert [one.words.vi for one in found.refused] == []
    assert [(one.name, one.unit) for one in found.people] == PEOPLE


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("1 Lò Văn Ơi; Phòng A", ["B1"]),
        ("Lò Văn Ơi, Phòng A", ["B1"]),
        ("Lò Văn Ơi; Phòng A\nHà Thị Lập", ["B2"]),
        ("Lò Văn Ơi; Phòng A\n; Phòng B", ["B2"]),
        ("L« V¨n ¥i; Phßng A", ["B1", "C1"]),
        ("Lò Văn Ơi; 12", ["C1"]),
    ],
)
def test_pasted_lines_that_cannot_be_told_are_refused(text: str, cells: list[str]) -> None:
    assert [one.cell for one in pasted(text).refused] == cells


def test_pasted_names_alone_are_people() -> None:
    assert [one.name for one in pasted("\n".join(NAMES)).people] == NAMES
    assert [one.name for one in pasted("\n".join(f"{at}. {name}" for at, name in enumerate(NAMES, 1))).people] == NAMES
