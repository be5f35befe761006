"""What `people check` answers to tables as offices hand them in: the right people, or a refusal by cell."""

import csv
import datetime
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from tests.voting.people.border.tables import (
    NAMES,
    STAFF,
    SUMMONED,
    UNITS,
    books,
    csv_text,
    packed,
    plain,
    read_here,
    staff,
    staff_row,
    summoned,
    with_parts,
    xlsx,
)
from voting.cli.main import main
from voting.people.border.cells import NotATable
from voting.people.border.check import check_people
from voting.people.border.report import Report
from voting.people.tables import write_template
from voting.procedures import catalogue

TODAY = datetime.date(2026, 11, 30)
PEOPLE = list(zip(NAMES, UNITS, strict=True))


def table(rows: list[list[Any]]) -> bytes:
    """The rows as CSV, which needs no process of its own."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def names(report: Report) -> list[str]:
    assert report.refused == ()
    return [one.name for one in report.people]


def pairs(report: Report) -> list[tuple[str, str]]:
    assert report.refused == ()
    return [(one.name, one.unit) for one in report.people]


def cells(report: Report) -> list[str | None]:
    return [one.cell for one in report.refused]


def out(report: Report) -> list[int]:
    return sorted(row for one in report.left_out for row in one.rows)


def warned(report: Report) -> list[str | None]:
    return [one.cell for one in report.warnings]


def test_a_right_list_is_taken_in_its_order_with_what_is_printed() -> None:
    found = read_here(xlsx(staff()), "staff")
    assert names(found) == NAMES
    assert {(one.position, one.unit) for one in found.people} == {("Chuyên viên", "Phòng Tổng hợp")}
    assert pairs(read_here(xlsx(summoned()))) == PEOPLE
    assert [one.row for one in found.people] == [2, 3, 4, 5, 6]


# What a cell is


def test_an_array_formula_without_its_value_is_refused_by_cell() -> None:
    array = ArrayFormula("F2:F2", "=TRIM(J2:J6)")
    assert cells(read_here(xlsx(staff(position=array)), "staff")) == ["F2"]
    rows = summoned()
    rows[1][1] = ArrayFormula("B2:B2", "=TRIM(H2:H6)")
    assert cells(read_here(xlsx(rows))) == ["B2"]


def test_formulas_give_the_value_that_was_kept_with_them() -> None:
    rows: list[list[Any]] = [SUMMONED]
    for at, (name, unit) in enumerate(PEOPLE):
        first, _, last = name.rpartition(" ")
        rows.append([at + 1, ('t="str"', f"<f>E{at}&amp;F{at}</f><v>{name}</v>"), unit, "", first, last])
    found = read_here(plain(rows))
    assert pairs(found) == PEOPLE
    assert warned(found) == ["E2", "F2"]


@pytest.mark.parametrize(
    "cell",
    [
        ("", "<f>E2</f>"),
        ("", "<f>E2</f><v></v>"),
        ("", '<f t="array" ref="B2:B2">TRIM(E2:E3)</f>'),
        ('t="e"', "<v>#N/A</v>"),
        ('t="e"', "<f>E2</f><v>#REF!</v>"),
        ('t="b"', "<v>1</v>"),
        ("", "<v>44197</v>"),
        ("", "<f>E2</f><v>0</v>"),
        ('t="str"', "<f>E2</f><v>=E2</v>"),
    ],
)
def test_what_is_no_text_is_refused_by_cell(cell: tuple[str, str]) -> None:
    for column in (1, 2):
        rows = summoned()
        rows[2][column] = cell
        assert cells(read_here(plain(rows))) == [f"{'ABC'[column]}3"]


def test_error_cells_and_struck_names_are_refused_by_cell() -> None:
    rows = summoned()
    rows[1][2], rows[2][1] = "#REF!", "#N/A"

    def strike(sheet: Any) -> None:
        sheet["B4"].font = Font(strike=True)

    assert cells(read_here(xlsx(rows, strike))) == ["C2", "B3", "B4"]


@pytest.mark.parametrize(
    "broken", ["Quàng Thị\nÍn", "Quàng Thị_x000D_\nÍn", "Quàng\u00a0Thị \t Ín", "Qu_x00E0_ng Thị Ín"]
)
def test_line_breaks_and_escapes_are_undone(broken: str) -> None:
    rows = summoned()
    rows[2][1] = broken
    assert pairs(read_here(plain(rows))) == PEOPLE
    assert names(read_here(xlsx(staff(position="Phó Trưởng phòng\nphụ trách")), "staff")) == NAMES


def test_decomposed_letters_are_composed_in_headers_and_cells() -> None:
    rows = [[unicodedata.normalize("NFD", str(text)) for text in row] for row in staff()]
    for raw in (xlsx(rows), csv_text(rows).encode()):
        found = read_here(raw, "staff")
        assert names(found) == NAMES
        assert found.people[0].unit == "Phòng Tổng hợp"


def test_eth_and_african_d_are_written_as_the_vietnamese_letter() -> None:
    rows = [SUMMONED, [1, "Ðinh Văn Ðạt", "Ƌ"[:0] + "Phòng Ðối ngoại"], [2, "Ɖinh Thị ɖào", "ðơn vị"]]
    assert pairs(read_here(xlsx(rows))) == [("Đinh Văn Đạt", "Phòng Đối ngoại"), ("Đinh Thị đào", "đơn vị")]


def test_dates_and_numbers_of_excel_are_read_as_they_are_shown() -> None:
    rows = staff(birth=datetime.date(1980, 4, 5))
    rows[2][2] = 1981
    assert names(read_here(xlsx(rows), "staff")) == NAMES
    rows[3][2] = datetime.time(7, 30)
    assert cells(read_here(xlsx(rows), "staff")) == ["C4"]


def test_rich_text_is_read_whole_without_its_pronunciation() -> None:
    rows: list[list[Any]] = summoned()
    rich = "<is><r><t>Lò </t></r><r><rPr><b/></rPr><t>Văn Ơi</t></r><rPh sb='0' eb='1'><t>x</t></rPh></is>"
    rows[1][1] = ('t="inlineStr"', rich)
    assert pairs(read_here(plain(rows))) == PEOPLE


def test_strict_workbooks_are_read() -> None:
    assert pairs(read_here(plain(summoned(), strict=True))) == PEOPLE


# Where the table lies


@pytest.mark.parametrize(
    "headers",
    [
        ["TT", "Họ, tên đại biểu", "Đơn vị công tác"],
        ["Số TT", "HỌ VÀ TÊN", "CƠ QUAN, ĐƠN VỊ"],
        ["STT", "Họ và\ntên cán bộ", "Phòng, ban"],
        ["STT", "Họ tên:", "Nơi công tác (ghi rõ)"],
        ["", "Họ & tên", "Chức vụ, đơn vị công tác"],
        ["#", "Họ và tên đại biểu được triệu tập", "Bộ phận"],
        ["No.", "Full name", "Department"],
    ],
)
def test_other_spellings_of_headers_are_known(headers: list[str]) -> None:
    if headers[1] == "Họ & tên":
        headers = [headers[0], "Họ tên", headers[2]]
    assert pairs(read_here(table([headers, *summoned()[1:]]))) == PEOPLE


def test_titles_above_the_table_are_left_out_whatever_they_say() -> None:
    above: list[list[Any]] = [["UBND TỈNH SƠN LA"], ["DANH SÁCH họ, tên, đơn vị, ngày 30/11/2026"], []]
    for raw in (xlsx([*above, *summoned()]), csv_text([*above, *summoned()], ",").encode()):
        found = read_here(raw)
        assert [one.name for one in found.people] == NAMES
        assert out(found)[-1] == 4


def test_a_list_without_a_header_is_refused_and_says_what_to_add() -> None:
    found = read_here(xlsx(summoned()[1:]))
    assert cells(found) == ["A1"] and found.people == ()
    assert "Họ và tên" in found.refused[0].words.vi


def test_a_header_under_which_nobody_stands_is_refused() -> None:
    assert cells(read_here(xlsx([SUMMONED]))) == ["B1"]
    assert cells(read_here(xlsx([]))) == [None]


def test_staff_without_required_columns_names_them() -> None:
    found = read_here(xlsx([row[:-1] for row in staff()]), "staff")
    assert cells(found) == ["B1"] and "Nhóm chức vụ" in found.refused[0].words.vi


def split_name(header: str, beside: str | None, merged: bool = False) -> bytes:
    rows: list[list[Any]] = [["STT", header, beside, "Đơn vị"]]
    for at, (name, unit) in enumerate(PEOPLE):
        rows.append([at + 1, *name.rsplit(" ", 1), unit])
    return xlsx(rows, (lambda sheet: sheet.merge_cells("B1:C1")) if merged else None)


def test_a_name_over_two_columns_is_joined() -> None:
    assert pairs(read_here(split_name("Họ và tên", None, merged=True))) == PEOPLE
    for header in ("Họ và tên đệm", "Họ đệm", "Họ", "Họ và chữ đệm", "Họ và tên"):
        assert pairs(read_here(split_name(header, "Tên"))) == PEOPLE
    guessed = read_here(split_name("Họ và tên", None))
    assert pairs(guessed) == PEOPLE and warned(guessed) == ["C1"]


def test_a_name_in_three_columns_and_in_another_order_is_joined() -> None:
    rows = [["Tên", "Họ", "Tên đệm", "Đơn vị"], ["Ơi", "Lò", "Văn", "Phòng A"], ["Páo", "Giàng", "", "Phòng B"]]
    assert names(read_here(xlsx(rows))) == ["Lò Văn Ơi", "Giàng Páo"]


def test_half_a_name_is_refused_by_cell() -> None:
    rows = [["STT", "Họ đệm", "Tên", "Đơn vị"], [1, "Lò Văn", "", "Phòng A"], [2, "", "Ín", "Phòng B"]]
    assert cells(read_here(xlsx(rows))) == ["C2", "B3"]


def test_a_header_of_two_rows_is_read() -> None:
    rows: list[list[Any]] = [["STT", "Họ và tên", None, "Đơn vị"], [None, "Họ đệm", "Tên", None]]
    rows += [[at + 1, *name.rsplit(" ", 1), unit] for at, (name, unit) in enumerate(PEOPLE)]

    def merge(sheet: Any) -> None:
        for place in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(place)

    found = read_here(xlsx(rows, merge))
    assert pairs(found) == PEOPLE and out(found) == [1, 2]


def test_two_tables_side_by_side_are_refused() -> None:
    rows = [[*SUMMONED, *SUMMONED], [1, NAMES[0], UNITS[0], 2, NAMES[1], UNITS[1]]]
    assert {"E1", "F1"} <= set(cells(read_here(xlsx(rows))))


def test_unknown_columns_are_named() -> None:
    rows = [[*row, "x" if at else "Màu sắc"] for at, row in enumerate(staff())]
    assert cells(read_here(xlsx(rows), "staff")) == ["I1"]
    rows[0][-1] = "Ảnh"
    assert warned(read_here(xlsx(rows), "staff")) == ["I1"]
    other = read_here(xlsx([[*row, "x"] for row in summoned()]))
    assert pairs(other) == PEOPLE and warned(other) == ["D1"]


def test_text_between_the_columns_without_a_header_is_refused() -> None:
    rows = [[row[0], row[1], "" if at != 2 else "hai chữ", row[2]] for at, row in enumerate(summoned())]
    assert cells(read_here(xlsx(rows))) == ["C3"]


# Merged and hidden


def test_a_unit_merged_over_rows_is_given_to_each() -> None:
    rows = summoned()
    rows[2][2] = rows[3][2] = None
    found = read_here(xlsx(rows, lambda sheet: sheet.merge_cells("C2:C4")))
    assert [one.unit for one in found.people] == ["Phòng Tổng hợp"] * 3 + UNITS[3:]
    lacking = read_here(xlsx(rows))
    assert pairs(lacking)[1] == (NAMES[1], "") and warned(lacking) == ["C3", "C4"]


def test_a_name_merged_over_rows_is_refused() -> None:
    rows = summoned()
    rows[2][1] = None
    assert cells(read_here(xlsx(rows, lambda sheet: sheet.merge_cells("B2:B3")))) == ["B3"]


def hide_rows(sheet: Any) -> None:
    sheet.auto_filter.ref = "A1:C6"
    for row in (3, 4):
        sheet.row_dimensions[row].hidden = True


def test_hidden_and_filtered_rows_are_left_out_and_named() -> None:
    found = read_here(xlsx(summoned(), hide_rows))
    assert names(found) == [NAMES[0], *NAMES[3:]]
    assert [one.rows for one in found.left_out if "ẩn" in one.words.vi] == [(3, 4)]


def test_a_hidden_column_is_said_and_gives_way_to_one_that_is_seen() -> None:
    def hide(letter: str) -> Any:
        return lambda sheet: setattr(sheet.column_dimensions[letter], "hidden", True)

    assert warned(read_here(xlsx(summoned(), hide("C")))) == ["C1"]
    rows = [[*row[:2], "Cũ" if at else "Họ và tên", row[2]] for at, row in enumerate(summoned())]
    assert pairs(read_here(xlsx(rows, hide("C")))) == PEOPLE


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_read(state: str) -> None:
    old = [STAFF, staff_row(0, name="Cầm Văn Cũ")]
    raw = books(("2021", old, state), ("2026", staff(), "visible"))
    assert names(read_here(raw, "staff")) == NAMES
    assert cells(read_here(raw, "staff", "2021")) == [None]


def test_several_visible_lists_are_refused_unless_one_is_named() -> None:
    raw = books(("A", summoned(), "visible"), ("B", summoned()[:2], "visible"), ("C", [["chú thích"]], "visible"))
    found = read_here(raw)
    assert cells(found) == [None] and "«A», «B»" in found.refused[0].words.vi
    assert names(read_here(raw, sheet="b")) == NAMES[:1]
    assert cells(read_here(raw, sheet="D")) == [None]
    assert cells(read_here(raw, sheet="C")) == ["A1"]


def test_a_sheet_that_holds_no_list_is_passed_over() -> None:
    raw = books(("Chú thích", [["Bảng này do"]], "visible"), ("B", summoned(), "visible"))
    found = read_here(raw)
    assert pairs(found) == PEOPLE
    assert ["Chú thích" in one.words.vi for one in found.warnings] == [True], "and that is said"


def test_the_template_gives_its_example() -> None:
    assert names(read_here(write_template(catalogue()[-1]), "staff")) == ["Nguyễn Văn Ví Dụ"]


# Rows that are nobody


def office(*tail: list[Any]) -> bytes:
    rows: list[list[Any]] = [["UBND TỈNH SƠN LA"], ["VĂN PHÒNG"], [], [None, "DANH SÁCH ĐẠI BIỂU TRIỆU TẬP"], SUMMONED]
    body = summoned()[1:]
    rows += [["I", "LÃNH ĐẠO VĂN PHÒNG"], *body[:2], ["II", "PHÒNG KINH TẾ"], *body[2:], *tail]
    return xlsx(rows)


END: list[list[Any]] = [
    [None, "Tổng cộng: 05 người"],
    [None, None, "Sơn La, ngày 30 tháng 11 năm 2026"],
    [None, "NGƯỜI LẬP BIỂU", "CHÁNH VĂN PHÒNG"],
    [None, "Hà Thị Lập", "Bạc Văn Ký"],
]


def test_headings_totals_and_signatures_are_left_out_and_named() -> None:
    found = read_here(office(*END))
    assert pairs(found) == PEOPLE and found.warnings == ()
    assert out(found) == [1, 2, 4, 5, 6, 9, 13, 14, 15, 16]


@pytest.mark.parametrize(
    "row",
    [
        ["Tổng cộng", "5 người", None], [None, "Cộng: 5", None], [None, "Danh sách này có 05 người./.", None],
        ["Phòng Nội chính", None, None], [None, "Phòng Nội chính", None], [None, "B. Khách mời", None],
        ["A", "KHÁCH MỜI", None], [1, None, None], ["(1)", "(2)", "(3)"], SUMMONED, [None, None, None, "ghi chú"],
        [None, "(Ký, ghi rõ họ tên)", None], [None, None, "Sơn La, ngày … tháng … năm 2026"],
        ["Nơi nhận:", None, None], [None, "TM. ỦY BAN NHÂN DÂN", None],
    ],
)  # fmt: skip
def test_a_row_that_is_nobody_is_left_out(row: list[Any]) -> None:
    found = read_here(table([*summoned(), row]))
    assert pairs(found) == PEOPLE and out(found) == [1, 7]


@pytest.mark.parametrize(
    "row",
    [
        [None, "Hà Thị Lập", None], [None, "BẠC VĂN KÝ", None], [6, None, "Phòng Kinh tế"],
        [None, None, "Phòng Kinh tế"], [6, "Phòng Kinh tế", "Sơn La"],
        [6, "Lò Văn 5", "Phòng A"], [6, "Lò Văn Ba", "12"],
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_told_is_refused_by_cell(row: list[Any]) -> None:
    found = read_here(table([*summoned(), row]))
    assert [one.name for one in found.people] == NAMES
    assert cells(found) == ["C7" if row[2] == "12" else "B7"]


def test_somebody_below_the_signatures_or_the_total_is_refused() -> None:
    assert cells(read_here(office(*END, [6, "Lò Văn Sáu", "Phòng A"]))) == ["B17"]
    assert cells(read_here(office(END[0], [None, "Lò Văn Sáu", "Phòng A"]))) == ["B14"]
    taken = read_here(office([None, "Lò Văn Sáu", "Phòng A"]))
    assert names(taken) == [*NAMES, "Lò Văn Sáu"] and warned(taken) == ["A13"]


def test_a_second_part_with_its_own_header_goes_on() -> None:
    found = read_here(office(*END, SUMMONED, [6, "Lò Văn Sáu", "Phòng A"]))
    assert names(found) == [*NAMES, "Lò Văn Sáu"]


def test_a_total_that_counts_others_is_said() -> None:
    assert warned(read_here(office([None, "Tổng cộng: 06 người"]))) == ["B13"]


def test_a_heading_merged_over_the_columns_is_nobody() -> None:
    rows = [SUMMONED, ["Khách từ nơi khác"], *summoned()[1:]]
    assert pairs(read_here(xlsx(rows, lambda sheet: sheet.merge_cells("A2:C2")))) == PEOPLE


def test_names_that_sound_like_headings_are_people() -> None:
    people = [
        "Tống Văn An",
        "Đoàn Thị Bình",
        "Tô Văn Cường",
        "Ban Văn Dũng",
        "Tòng Văn Cộng",
        "Hà Văn Tổng",
        "Kỳ Văn Sở",
    ]
    rows = [SUMMONED, *([at, name, "Phòng A"] for at, name in enumerate(people, 1))]
    assert names(read_here(table(rows))) == people
    assert names(read_here(table([["Họ và tên"], *([name] for name in people)]))) == people


# Letters


OLD = [
    "NguyÔn V¨n HiÕu", "Nguyeãn Vaên Hieáu", "Trëng Phßng", "Tröôûng Phoøng", "Nguyá»…n VÄƒn SÆ¡n", "Hång", "L« V¨n ¥i",
    "Quµng ThÞ Ýn", "Haø Vaên Yeân", "LÃª VÄƒn An", "Traàn Ñình Thoï", "Ph¹m Văn An", "TuÊn",
]  # fmt: skip


def test_old_fonts_and_wrong_encodings_are_refused_by_cell() -> None:
    found = read_here(table([SUMMONED, *([at, text, text] for at, text in enumerate(OLD, 1))]))
    assert cells(found) == [f"{letter}{at}" for at in range(2, len(OLD) + 2) for letter in "BC"]
    assert all("font" in one.words.en for one in found.refused)


STRANGE = [
    "Lò Văn Ơi 😀", "Lò Văn Bốn; Phòng X", "Lò Văn/Ba", "Lò V\u0430n Ba", "Lò\u200bVăn", "=A1", "12", "---", "Lò Văn 4",
]  # fmt: skip


def test_signs_that_no_name_has_are_refused_by_cell() -> None:
    found = read_here(plain([SUMMONED, *([at, text, "Phòng A"] for at, text in enumerate(STRANGE, 1))]))
    assert cells(found) == [f"B{at}" for at in range(2, len(STRANGE) + 2)]


GOOD = [
    "Y Blếch", "H'Mai Niê", "K’Bình Ƀăm", "Sộng A Chu", "Rơ Chăm H'Yéo", "Nguyễn Thị Thuý", "Hoàng Thị Huỳnh Như",
    "Lê Quý Đôn", "Trương Thị Khuyên", "Đặng Thuỳ Trâm", "Hồ Giáo", "PHẠM NGỌC ĐOÀN", "Kpă Y Ưn", "Ksor Phước",
    "Hoá Văn Toản", "Bùi Đức Quyền", "Giàng Seo Gà", "Lường Văn Oắt", "Lý Thị Khoẻ", "Niê Kđăm", "Điểu K'Ré",
    "Nông Thị Uyển", "Mùa A Sếnh",
]  # fmt: skip


def test_names_of_the_country_are_taken_without_a_word() -> None:
    found = read_here(table([SUMMONED, *([at, name, "Phòng A"] for at, name in enumerate(GOOD, 1))]))
    assert names(found) == GOOD and found.warnings == ()


@pytest.mark.parametrize("name", ["Pó", "Lò Văn Ba (B)", "Lò Văn Ba (1980)", "Nguyễn Văn An [nghỉ]"])
def test_one_word_and_brackets_are_taken_with_a_warning(name: str) -> None:
    rows = staff(name=name)
    found = read_here(xlsx(rows), "staff")
    assert names(found)[0] == name and warned(found) == ["B2"]


def test_somebody_listed_twice_is_said() -> None:
    assert warned(read_here(xlsx([*summoned(), [6, NAMES[0].upper(), UNITS[0]]]))) == ["B7"]
    assert cells(read_here(xlsx([*staff(), staff_row(0)]), "staff")) == ["A7"]


# Kinds of file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("parting", [",", ";", "\t", "|"])
def test_csv_is_read_in_every_encoding_and_parting(encoding: str, parting: str) -> None:
    assert pairs(read_here(csv_text(summoned(), parting).encode(encoding))) == PEOPLE


def test_csv_of_vietnamese_windows_is_read() -> None:
    text = "".join(unicodedata.normalize("NFC", part) for part in _by_tone(csv_text(summoned())))
    assert pairs(read_here(text.encode("cp1258"))) == PEOPLE


def _by_tone(text: str) -> list[str]:
    """Letters and tones apart, as the code page 1258 has them."""
    parts: list[str] = []
    for one in text:
        if one in "\u0300\u0301\u0303\u0309\u0323":
            parts.append(one)
        else:
            spread = unicodedata.normalize("NFD", one)
            tones = [mark for mark in spread if mark in "\u0300\u0301\u0303\u0309\u0323"]
            parts += ["".join(mark for mark in spread if mark not in tones), *tones]
    return parts


def test_the_line_sep_is_left_out_and_obeyed() -> None:
    for parting in ";,|\t":
        found = read_here(f"\ufeffsep={parting}\r\n{csv_text(staff(), parting)}".encode(), "staff")
        assert names(found) == NAMES and out(found) == [1, 2]


def test_blank_lines_and_line_ends_of_any_kind_are_read() -> None:
    for end in ("\n", "\r", "\r\n"):
        found = read_here(("\r\n\r\n" + csv_text(summoned())).replace("\r\n", end).encode())
        assert pairs(found) == PEOPLE and found.people[0].row == 4


FOREIGN = {
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
    "older Excel": (b"\x09\x08\x10\x00" + bytes(600), ".xls"),
    "OpenDocument": (packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), ".ods"),
    "binary Excel": (packed({"[Content_Types].xml": "<x/>", "xl/workbook.bin": "x"}), ".xlsb"),
    "Word": (packed({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "Word"),
    "another archive": (packed({"a.txt": "x"}), "archive|packed"),
    "a PDF": (b"%PDF-1.7\n", "PDF"),
    "a web page": ("<html><table><tr><td>Họ và tên</td></tr></table></html>".encode(), "web page"),
    "XML of 2003": (b'<?xml version="1.0"?><Workbook/>', "XML"),
    "nothing": (b"", "empty"),
    "another code page": ("Hä vµ tªn;§¬n vÞ\n".encode("latin-1"), "encoding"),
    "a cut workbook": (xlsx(summoned())[:-60], "cut"),
    "no parts": (packed({"[Content_Types].xml": "<x/>"}), "readable"),
    "an open quote": (b'"Ho', "CSV"),
    "a DOCTYPE": (with_parts(xlsx(summoned()), {"xl/x.xml": b"<!DOCTYPE x><x/>"}), "DOCTYPE"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "words"), FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_no_table_is_told_with_what_to_do(raw: bytes, words: str) -> None:
    with pytest.raises(NotATable) as caught:
        check_people(raw, "summoned", catalogue()[-1], today=TODAY)
    assert any(word in caught.value.words.en for word in words.split("|"))


def test_pictures_are_passed_over() -> None:
    pictures = {f"xl/media/image{number}.jpeg": bytes(2000) for number in range(300)}
    assert names(read_here(with_parts(xlsx(staff()), pictures), "staff")) == NAMES


# The command


def run(tmp_path: Path, raw: bytes | None, *options: str) -> tuple[int, dict[str, Any]]:
    file = tmp_path / "danh sách.xlsx"
    if raw is not None:
        file.write_bytes(raw)
    done = CliRunner().invoke(main, ["people", "check", str(file), "--json", *options])
    return done.exit_code, json.loads(done.stdout)


def test_the_command_prints_one_object_at_every_exit(tmp_path: Path) -> None:
    status, said = run(tmp_path, xlsx(staff()))
    assert status == 0 and list(said) == ["people", "left_out", "refused", "warnings"]
    assert said["people"][0] == {"row": 2, "name": NAMES[0], "position": "Chuyên viên", "unit": "Phòng Tổng hợp"}
    assert said["left_out"][0]["rows"] == [1] and set(said["left_out"][0]) == {"rows", "why"}
    status, said = run(tmp_path, xlsx([*summoned(), [6, "Lò 4", "A"]]), "--as", "summoned")
    assert (status, said["refused"][0]["cell"]) == (1, "B7")
    status, said = run(tmp_path, b"%PDF")
    assert (status, said["people"], said["refused"][0]["cell"]) == (2, [], None)


def test_the_command_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    status, said = run(tmp_path, None)
    assert status == 2 and said["refused"][0]["cell"] is None


def test_the_command_says_it_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(office(*END))
    done = CliRunner().invoke(main, ["people", "check", str(file), "--as", "summoned"])
    assert done.exit_code == 0
    assert "Lò Văn Ơi, Phòng Tổng hợp" in done.output and "dòng tổng cộng" in done.output


def test_a_sheet_is_named_by_the_option(tmp_path: Path) -> None:
    raw = books(("A", staff(), "visible"), ("B", staff()[:2], "visible"))
    assert run(tmp_path, raw)[0] == 1
    assert len(run(tmp_path, raw, "--sheet", "B")[1]["people"]) == 1
