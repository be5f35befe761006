"""The staff list: all faults at once, by cell; nothing is taken unless all is right."""

import csv
import io
import unicodedata
from typing import Any

import pytest

from tests.voting.rounds.staff import HEADERS, TODAY, at, row, ruleset
from voting.people.border.check import check_sheets
from voting.people.border.kinds import sheets_here
from voting.people.border.report import Report
from voting.people.person import Birth, Person
from voting.people.tables import template_rows, write_csv
from voting.people.workbook_process import cell_name, cell_place


def report(*rows: list[Any]) -> Report:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    return read_file(text.getvalue().encode())


def read_file(raw: bytes) -> Report:
    return check_sheets(sheets_here(raw), "staff", ruleset(), today=TODAY)


def read(*rows: list[Any]) -> tuple[Person, ...]:
    found = report(HEADERS, *rows)
    assert found.refused == ()
    return found.staff


def faults(*rows: list[Any]) -> list[str | None]:
    return [fault.cell for fault in report(HEADERS, *rows).refused]


def test_a_right_list_is_taken_with_posts_and_capacities_as_ids() -> None:
    capacities = "Phó trưởng phòng và tương đương; Ban Chấp hành Đảng bộ (cấp ủy) Văn phòng"
    found = read(row(1, capacities=capacities, planned="Phó Chánh Văn phòng và tương đương", planned_decision="Số 1"))
    person = found[0]
    assert (person.post, person.planned) == ("officer", ("deputy_chief",))
    assert person.capacities == ("dept_deputies", "party_committee")
    assert person.birth == Birth(1980, 4, 5)


def test_decomposed_letters_are_composed_in_headers_and_cells() -> None:
    """As Numbers on a Mac writes them, and some keyboards; they look the same."""
    spread = [[unicodedata.normalize("NFD", text) for text in cells] for cells in (HEADERS, row(1, sex="Nữ"))]
    assert spread[0] != HEADERS
    composed = row(1, sex="Nữ")
    assert report(*spread).staff == read(composed)


def test_five_hundred_people_with_twenty_faults_name_all_twenty() -> None:
    rows = [row(number) for number in range(500)]
    bad = {"birth": "31/02/1980", "sex": "M", "post": "Trưởng ban", "name": "An 4", "id": "có dấu"}
    wanted = []
    for place in range(20):
        field = list(bad)[place % 5]
        number = place * 25
        rows[number] = row(number, **{field: bad[field]})
        wanted.append(at(field, number + 2))
    assert sorted(faults(*rows)) == sorted(wanted)
    assert len(wanted) == 20


BAD = {
    "no name": ("name", ""),
    "digits in a name": ("name", "Nguyễn Văn 4n"),
    "a Cyrillic letter": ("name", "Nguyễn V\u0430n An"),
    "a mark that turns text": ("name", "Nguyễn Văn\u202e An"),
    "a zero-width space": ("unit", "Phòng\u200b Tổng hợp"),
    "a control character": ("position", "Chuyên\u0007 viên"),
    "a formula": ("position", '=HYPERLINK("x")'),
    "too long": ("note", "a" * 301),
    "no such day": ("birth", "30/02/1980"),
    "no such month": ("birth", "13/1980"),
    "a two-digit year": ("birth", "01/02/80"),
    "too young": ("birth", "2010"),
    "too old": ("birth", "1910"),
    "no sex": ("sex", "?"),
    "unknown post": ("post", "Vụ trưởng"),
    "unknown capacity": ("capacities", "Khách mời"),
    "planned without a decision": ("planned", "Phó Chánh Văn phòng và tương đương"),
    "retirement without a basis": ("retirement_month", "05/2030"),
    "not a month": ("retirement_month", "2030"),
    "neither yes nor no": ("outside", "có lẽ"),
}


@pytest.mark.parametrize(("field", "text"), BAD.values(), ids=BAD.keys())
def test_a_bad_cell_is_named(field: str, text: str) -> None:
    assert faults(row(1), row(2, **{field: text}), row(3)) == [at(field, 3)]


def test_the_same_person_or_code_twice_is_named() -> None:
    assert faults(row(1), row(2, id="CB001")) == ["A3"]
    same = row(1)[1]
    for first, second in (("", ""), ("CB1", ""), ("", "CB2")):
        assert faults(row(1, id=first), row(2, id=second, name=same, unit="Phòng Khác")) == ["B3"]
    assert faults(row(1, id="", name="Lò Văn Hòa"), row(2, id="", name="LÒ VĂN HOÀ")) == ["B3"]


def test_two_people_alike_with_codes_of_their_own_are_two_and_shown_as_look_alikes() -> None:
    found = report(HEADERS, row(1), row(2, name=row(1)[1]))
    assert [one.id for one in found.staff] == ["CB001", "CB002"]
    assert [one.cell for one in found.warnings] == ["B3"]


@pytest.mark.parametrize(
    ("headers", "cell"),
    [([*HEADERS, "Màu sắc"], "X1"), ([*HEADERS[:-1], "Họ và tên"], "W1"), (HEADERS[2:], "A1"), ([], "A1")],
)
def test_unknown_repeated_and_missing_headers_are_named(headers: list[str], cell: str) -> None:
    found = report(headers or row(3), row(1))
    assert cell in [fault.cell for fault in found.refused]


def test_empty_rows_are_passed_over_and_an_empty_list_is_refused() -> None:
    assert len(read(row(1), [""] * len(HEADERS), row(2))) == 2
    assert faults() == ["B1"]


def test_look_alike_names_are_shown_and_not_refused() -> None:
    found = report(HEADERS, row(1, name="Nguyễn Văn Ân"), row(2, name="Nguyễn Văn An"), row(3))
    assert len(found.staff) == 3 and [one.cell for one in found.warnings] == ["B3"]


def test_csv_is_written_so_that_no_cell_runs() -> None:
    text = write_csv([["=1+1", "+x", "-x", "@x", "an"]]).decode("utf-8-sig")
    assert text == "'=1+1,'+x,'-x,'@x,an\r\n"


def test_the_template_and_what_it_guards_is_read_back() -> None:
    raw = write_csv([*template_rows(), row(2, note="-5 ngày")])
    found = read_file(raw)
    assert [one.name for one in found.people] == ["Nguyễn Văn Ví Dụ", row(2)[1]]
    assert found.staff[1].note == "-5 ngày"


def test_old_letters_are_refused_in_every_text() -> None:
    assert faults(row(1, note="Kh«ng", education="Th¹c sÜ")) == [at("education", 2), at("note", 2)]


@pytest.mark.parametrize(("place", "name"), [((7, 3), "C7"), ((1, 26), "Z1"), ((2, 27), "AA2"), ((9, 703), "AAA9")])
def test_cells_are_named_as_a_spreadsheet_does(place: tuple[int, int], name: str) -> None:
    assert cell_name(*place) == name
    assert cell_place(name) == place


@pytest.mark.parametrize("broken", ["Chuyên\nviên", "Chuyên\r\nviên", "Chuyên_x000D_\nviên", "Chuyên \n viên_x000D_"])
def test_line_breaks_in_a_cell_are_spaces(broken: str) -> None:
    assert read(row(1, position=broken)) == read(row(1, position="Chuyên viên"))
