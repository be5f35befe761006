"""Rows of any kind in any order: no error, each row in exactly one part, and nobody who is not in the list."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.people.border.tables import NAMES, SUMMONED, UNITS, csv_text, read_here
from voting.people.border.cells import NotATable
from voting.people.border.pasted import check_pasted

WORDS = [
    *NAMES, *UNITS, "", "", "1", "2.", "(3)", "I", "A", "Tổng cộng", "Tổng số: 5 người", "05 người", "NGƯỜI LẬP BIỂU",
    "KT. CHÁNH VĂN PHÒNG", "Sơn La, ngày 30 tháng 11 năm 2026", "LÃNH ĐẠO VĂN PHÒNG", "II. Phòng Kinh tế", "Pó",
    "Ghi chú", "Họ và tên", "Đơn vị", "STT", "Họ đệm", "Tên", "#REF!", "=A1", "NguyÔn V¨n HiÕu", "Lò Văn 4", "✓",
    "K’Bình Ƀăm", "Ông Lò Văn Ơi (chủ trì)", "Nơi nhận:", "./.", "\u0301", "\u200b", "_x000D_", "'=1",
]  # fmt: skip
ROWS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), max_size=12)


@settings(max_examples=300, deadline=None)
@given(ROWS, st.booleans(), st.sampled_from(["summoned", "staff"]))
def test_each_row_is_in_one_part_whatever_it_says(rows: list[list[str]], headed: bool, kind: str) -> None:
    text = csv_text([*([SUMMONED] if headed else []), *rows])
    try:
        found = read_here(text.encode(), "staff" if kind == "staff" else "summoned")
    except NotATable:
        return
    assert found.refused or found.people
    for one in found.people:
        assert one.name and not any(letter.isdigit() for letter in one.name)
        assert one.row <= len(rows) + headed


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from(";\t|"))
def test_each_pasted_line_is_in_one_part(rows: list[list[str]], parting: str) -> None:
    lines = [parting.join(row) for row in rows]
    found = check_pasted("\n".join(lines))
    refused = {int("".join(filter(str.isdigit, one.cell))) for one in found.refused if one.cell}
    parts = [one.row for one in found.people] + [row for one in found.left_out for row in one.rows] + [*refused]
    assert len(parts) == len(set(parts)) and (found.refused or found.people)
