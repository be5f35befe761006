"""Whole files as offices sent them, through the command and through the pages: the same answer from both."""

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from flask import Flask

from tests.voting.people.border.tables import NAMES, STAFF, UNITS, books, staff, staff_row, summoned
from tests.voting.rooms import Room
from tests.voting.web.conftest import Browser
from tests.voting.web.test_draft import draft_of, shown_people
from tests.voting.web.test_form_errors import asks_for_mending, fault
from tests.voting.web.test_rounds import begin, confirm, kept
from voting.cli.main import main
from voting.people.border.report import Report

FILES = Path(__file__).parents[1] / "people" / "border" / "files"
PEOPLE = list(zip(NAMES, UNITS, strict=True))
SAME = [(name, "Phòng Tổng hợp") for name in NAMES]
MERGED = [(name, "Phòng Tổng hợp" if at < 3 else unit) for at, (name, unit) in enumerate(PEOPLE)]
HEADS = [
    (name, "Phòng Tổng hợp") for name in ("Lò Văn Một", "Quàng Văn Hai", "Cầm Văn Ba", "Hà Văn Bốn", "Tòng Văn Năm")
]

TAKEN: dict[str, tuple[list[tuple[str, str]], list[int]]] = {
    "decomposed-staff.xlsx": (SAME, [1]),
    "eth-for-d-staff.xlsx": ([(name, "Phòng Tổng hợp") for name in ("Đinh Văn Đạt", "Đinh Thị Đào")], [1]),
    "formula-summoned.xlsx": (PEOPLE, [1]),
    "hidden-first-sheet-staff.xlsx": (SAME, [1]),
    "hidden-rows-summoned.xlsx": ([PEOPLE[0], *PEOPLE[3:]], [1, 3, 4]),
    "line-breaks-staff.xlsx": (SAME, [1]),
    "merged-unit-summoned.xlsx": (MERGED, [1]),
    "name-merged-over-two-columns-summoned.xlsx": (PEOPLE, [1]),
    "other-header-summoned.xlsx": (PEOPLE, [1]),
    "portraits-staff.xlsx": (SAME, [1]),
    "reimport-1.xlsx": (HEADS, [1]),
    "sections-total-signature-summoned.xlsx": (PEOPLE, [1, 2, 4, 5, 6, 9, 13, 14, 15, 16]),
    "sep-line-staff.csv": (SAME, [1, 2]),
}
"""Who is taken of a file, and the rows that are left out."""

REFUSED: dict[str, list[str | None]] = {
    "array-formula-staff.xlsx": ["F2"],
    "array-formula-summoned.xlsx": ["B2"],
    "error-cells-summoned.xlsx": ["C2", "B3", "B4"],
    "old-excel-staff.xls": [None],
    "tcvn3-vni-signs-staff.xlsx": ["B2", "F2", "B3", "F3", "B4", "B5"],
}
"""Which cells of a file are refused."""


def kind_of(name: str) -> str:
    return "summoned" if "summoned" in name else "staff"


def command(name: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(main, ["people", "check", str(FILES / name), "--as", kind_of(name), "--json"])
    return done.exit_code, json.loads(done.stdout)


def upload(browser: Browser, name: str, raw: bytes, **form: str) -> Any:
    path = "/draft/people" if kind_of(name) == "summoned" else "/rounds/1/people"
    return browser.post(path, file=(io.BytesIO(raw), name), **form)


@pytest.fixture
def desk(room: Room, browser: Browser) -> Browser:
    room.begin()
    browser.sign_in("organiser")
    begin(browser)
    return browser


def test_every_file_is_tried() -> None:
    assert {one.name for one in FILES.iterdir()} == TAKEN.keys() | REFUSED.keys() | {"reimport-2.xlsx"}


@pytest.mark.parametrize("name", TAKEN)
def test_the_right_people_are_taken_by_command_and_page(name: str, app: Flask, room: Room, desk: Browser) -> None:
    people, left = TAKEN[name]
    status, said = command(name)
    assert status == 0 and said["refused"] == []
    assert [(one["name"], one["unit"]) for one in said["people"]] == people
    assert sorted(row for one in said["left_out"] for row in one["rows"]) == left
    answer = upload(desk, name, (FILES / name).read_bytes())
    count = f"{len(people):02} người từ {len(people) + len(left):02} dòng"
    if kind_of(name) == "staff":
        assert answer.status_code == 303 and kept(app).plan.people == (), "nothing takes effect unseen"
        shown = desk.get("/rounds/1/people/changes").text
        assert count in shown and confirm(desk) == 303
        assert [(one.name, one.unit) for one in kept(app).plan.people] == people
    else:
        before = draft_of(room).people
        assert answer.status_code == 200 and count in answer.text and draft_of(room).people == before
        assert desk.post("/draft/people/confirm", **shown_people(answer.text)).status_code == 303
        assert [(one.name, one.unit) for one in draft_of(room).people] == people


@pytest.mark.parametrize("name", REFUSED)
def test_the_same_cells_are_refused_by_command_and_page(name: str, app: Flask, room: Room, desk: Browser) -> None:
    status, said = command(name)
    assert status == (2 if REFUSED[name] == [None] else 1)
    assert [one["cell"] for one in said["refused"]] == REFUSED[name]
    before = draft_of(room).people
    answer = upload(desk, name, (FILES / name).read_bytes())
    assert answer.status_code == 409 and kept(app).plan.people == () and draft_of(room).people == before
    asks_for_mending(answer.text, "file")
    if REFUSED[name] != [None]:
        refused = answer.text.split("<h2>")[1]
        assert re.findall(r"<code>([A-Z]+\d+)</code>", refused) == REFUSED[name]
    for one in said["refused"]:
        vietnamese = one["why"].partition(" / ")[0]
        assert vietnamese in html.unescape(answer.text)


def test_a_second_file_shows_who_comes_and_goes_before_it_takes_effect(app: Flask, desk: Browser) -> None:
    for name in ("reimport-1.xlsx", "reimport-2.xlsx"):
        assert upload(desk, name, (FILES / name).read_bytes()).status_code == 303
        if name == "reimport-1.xlsx":
            assert confirm(desk) == 303
            before = {one.name: one.id for one in kept(app).plan.people}
    shown = desk.get("/rounds/1/people/changes").text
    assert "Thêm vào: 01 người" in shown and "Bạc Văn Mới" in shown
    assert "Không còn trong danh sách: 01 người" in shown and "Lò Văn Một" in shown
    assert confirm(desk) == 303
    after = {one.name: one.id for one in kept(app).plan.people}
    assert all(after[name] == identity for name, identity in before.items() if name != "Lò Văn Một")


def test_of_several_sheets_one_is_chosen(app: Flask, room: Room, desk: Browser) -> None:
    old = [STAFF, staff_row(0, name="Cầm Văn Cũ")]
    raw = books(("2021", old, "visible"), ("Năm 2026", staff(), "visible"), ("Ẩn", old, "hidden"))
    answer = upload(desk, "a-staff.xlsx", raw)
    assert answer.status_code == 409 and "02 trang tính" not in answer.text
    assert "Có 2 trang tính đều có danh sách người" in fault(answer.text)
    asks_for_mending(answer.text, "sheet")
    assert re.findall(r"<option>([^<]+)</option>", answer.text) == ["2021", "Năm 2026"]
    assert upload(desk, "a-staff.xlsx", raw, sheet="Năm 2026").status_code == 303 and confirm(desk) == 303
    assert [one.name for one in kept(app).plan.people] == NAMES
    raw = books(("A", summoned(), "visible"), ("B", summoned()[:3], "visible"))
    answer = upload(desk, "a-summoned.xlsx", raw)
    assert re.findall(r"<option>([^<]+)</option>", answer.text) == ["A", "B"]
    answer = upload(desk, "a-summoned.xlsx", raw, sheet="B")
    assert "02 người từ 03 dòng" in answer.text


def test_what_the_page_says_is_english_where_english_is_read(desk: Browser) -> None:
    desk.post("/language/en", back="/draft/people")
    name = "sections-total-signature-summoned.xlsx"
    shown = upload(desk, name, (FILES / name).read_bytes()).text
    assert "05 people from 15 rows" in shown and "a total" in shown and "dòng tổng cộng" not in shown
    refused = upload(desk, "x-summoned.csv", "Họ và tên;Đơn vị\nLò Văn 4;Phòng A\n".encode()).text
    assert "a name has no digits" in refused and "Not taken: there are 1 faults" in fault(refused)


def test_pasted_lines_are_confirmed_and_refused_by_line(room: Room, desk: Browser) -> None:
    before = draft_of(room).people
    shown = desk.post("/draft/people", people="I. LÃNH ĐẠO\n1. Lò Văn Ơi; Phòng A\n2. Pó; Phòng B\nTổng cộng: 02 người")
    assert "02 người từ 04 dòng" in shown.text and "họ tên chỉ có một chữ" in shown.text
    assert draft_of(room).people == before
    assert desk.post("/draft/people/confirm", **shown_people(shown.text)).status_code == 303
    assert [(one.name, one.unit) for one in draft_of(room).people] == [("Lò Văn Ơi", "Phòng A"), ("Pó", "Phòng B")]
    refused = desk.post("/draft/people", people="Lò Văn Ơi; Phòng A\nLò 4; Phòng B")
    assert refused.status_code == 409 and '<th scope="row">2</th><td>họ tên không có chữ số' in refused.text
    assert "Lò 4; Phòng B</textarea>" in refused.text
    again = desk.get("/draft/people").text
    text = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", again)[0]
    assert "00 người" not in desk.post("/draft/people", people=html.unescape(text)).text


def test_a_list_that_was_not_seen_does_not_take_effect(room: Room, desk: Browser) -> None:
    first = shown_people(desk.post("/draft/people", people="Lò Văn Ơi; Phòng A").text)
    second = shown_people(desk.post("/draft/people", people="Hà Văn Hai; Phòng B").text)
    assert desk.post("/draft/people/confirm", **first).status_code == 303
    answer = desk.post("/draft/people/confirm", **second)
    assert answer.status_code == 409 and "đã thay đổi sau khi hiển thị" in answer.text
    assert [one.name for one in draft_of(room).people] == ["Lò Văn Ơi"]
    for taken in ("", "[", '[{"name":"","unit":""}]', '[{"name":"\\u202e","unit":""}]', '[{"name":"A"}]'):
        fields = {**second, "mark": shown_people(desk.post("/draft/people", people="Pó Pó").text)["mark"]}
        assert desk.post("/draft/people/confirm", **{**fields, "taken": taken}).status_code == 409


def test_a_report_is_kept_as_it_was_shown() -> None:
    report = Report()
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report
