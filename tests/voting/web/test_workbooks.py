"""Workbooks that are made to hurt, and honest ones that look like it, through both imports of people."""

import codecs
import datetime
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask

from tests.voting.people.border.tables import plain
from tests.voting.rooms import Room
from tests.voting.rounds.staff import HEADERS, row
from tests.voting.web.conftest import Browser
from tests.voting.web.test_form_errors import fault
from tests.voting.web.test_rounds import begin, confirm, kept
from voting.people.border.cells import NotATable
from voting.people.border.check import check_people
from voting.people.border.reading import sheets_of
from voting.procedures import catalogue

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
NAMES = ["Trần Văn An", "Lê Văn Bình"]
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
TYPE = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + KIND + b'"/></Types>'
LINK = (
    b'<Relationship Id="s9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
    b'Target="sharedStrings.xml"/></Relationships>'
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
SVG = b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg/>'


def workbook(**parts: bytes) -> bytes:
    """A right staff list of two people, with further parts or others in the place of its own."""
    book = openpyxl.Workbook()
    for cells in (HEADERS, *(row(number, name=name) for number, name in enumerate(NAMES))):
        book.worksheets[0].append(cells)
    plain, made = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                content = old.read(name)
                if STRINGS in parts:
                    content = content.replace(b"</Types>", TYPE)
                    content = content.replace(b"</Relationships>", LINK) if "workbook" in name else content
                new.writestr(name, content)
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def sheet(rows: str, doctype: str = "") -> str:
    return f'{doctype}<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def entities(times: int = 90) -> str:
    """A declaration that makes text 8,100 times longer, under the limit of the parser's own guard."""
    return f'<!DOCTYPE x [<!ENTITY a "{"a" * 100}"><!ENTITY b "{"&a;" * times}"><!ENTITY c "{"&b;" * times}">]>'


def bomb(encoding: str) -> bytes:
    text = sheet(f'<row r="1">{cell("A1", "&c;")}</row>', entities())
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else b""
    return workbook(**{SHEET: mark + text.encode(encoding)})


def attributes() -> bytes:
    """No entity, but an attribute that every cell has without naming it."""
    return workbook(**{SHEET: sheet("<row/>", '<!DOCTYPE x [<!ATTLIST c z CDATA "aaaa">]>').encode()})


def strings() -> bytes:
    doctype = '<!DOCTYPE sst [<!ENTITY a "a">]>'
    return workbook(**{STRINGS: codecs.BOM_UTF16_BE + f"{doctype}<sst/>".encode("utf-16-be")})


def long_cell(length: int = 40_000) -> bytes:
    return workbook(**{SHEET: sheet(f'<row r="1">{cell("B1", "a" * length)}</row>').encode()})


def long_text() -> bytes:
    """Cells that each are short enough, and too long together, though the file is small: one text, named often."""
    shared = f'<sst xmlns="{NAMESPACE}"><si><t>{"a" * 32_000}</t></si></sst>'.encode()
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 400))
    return workbook(**{STRINGS: shared, SHEET: sheet(cells).encode()})


def many_cells() -> bytes:
    """Cells without their names, so that the file stays small."""
    return workbook(**{SHEET: sheet(f"<row>{'<c><v>1</v></c>' * 64}</row>" * 4000).encode()})


REFUSED = {
    "entities in UTF-16": (lambda: bomb("utf-16-le"), "DOCTYPE"),
    "entities in UTF-8": (lambda: bomb("utf-8"), "DOCTYPE"),
    "attributes of a DTD": (attributes, "DOCTYPE"),
    "shared strings with a DTD in UTF-16": (strings, "DOCTYPE"),
    "a long cell": (long_cell, "B1"),
    "much text": (long_text, "ký tự chữ"),
    "many cells": (many_cells, "ô có nội dung"),
    "a bomb of a part": (lambda: workbook(**{"xl/theme/theme1.xml": bytes(65 * 1024 * 1024)}), "giải nén"),
    "many parts": (lambda: workbook(**{f"xl/x{number}.xml": b"<x/>" for number in range(2500)}), "giải nén"),
}
TAKEN = {
    "300 photos": lambda: workbook(**{f"xl/media/image{number}.png": PNG for number in range(300)}),
    "large photos": lambda: workbook(**{f"xl/media/image{number}.bmp": bytes(2**23) for number in range(9)}),
    "a drawing with a DOCTYPE": lambda: workbook(**{"xl/media/image1.svg": SVG}),
    "300 boxes to tick": lambda: workbook(**{f"xl/ctrlProps/ctrlProp{at}.xml": b"<x/>" for at in range(300)}),
}
Made = Callable[[], bytes]


def file(raw: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(raw), "can-bo.xlsx"


@pytest.mark.parametrize(("made", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_workbook_is_refused_in_words_by_both_imports(
    made: Made, words: str, app: Flask, room: Room, browser: Browser
) -> None:
    room.begin()
    browser.sign_in("organiser")
    begin(browser)
    raw = made()
    staff = browser.post("/rounds/1/people", file=file(raw))
    assert staff.status_code == 409 and words in staff.text
    assert kept(app).plan.people == ()
    summoned = browser.post("/draft/people", file=file(raw))
    assert summoned.status_code == 409 and words in fault(summoned.text)


def test_the_words_are_english_where_english_is_read(room: Room, browser: Browser) -> None:
    room.begin()
    browser.sign_in("organiser")
    browser.post("/language/en", back="/draft/people")
    assert "declares a DOCTYPE" in fault(browser.post("/draft/people", file=file(bomb("utf-16-le"))).text)


@pytest.mark.parametrize("made", TAKEN.values(), ids=TAKEN.keys())
def test_a_workbook_is_taken_whatever_pictures_it_has(made: Made, app: Flask, room: Room, browser: Browser) -> None:
    room.begin()
    browser.sign_in("organiser")
    begin(browser)
    raw = made()
    assert browser.post("/rounds/1/people", file=file(raw)).status_code == 303
    assert confirm(browser) == 303
    assert [one.name for one in kept(app).plan.people] == NAMES
    shown = browser.post("/draft/people", file=file(raw))
    assert shown.status_code == 200 and all(name in shown.text for name in NAMES)


def test_a_list_in_csv_has_the_same_limits(room: Room, browser: Browser) -> None:
    room.begin()
    browser.sign_in("organiser")
    for text, words in (("An;" + "a" * 40_000, "B1"), (("a;" * 60 + "\n") * 4000, "ô có nội dung")):
        answer = browser.post("/draft/people", file=(io.BytesIO(text.encode()), "x.csv"))
        assert words in fault(answer.text)


def refusal(raw: bytes, **limits: int) -> str:
    with pytest.raises(NotATable) as caught:
        sheets_of(raw, **limits)
    return caught.value.words.en


def test_a_workbook_that_takes_too_much_memory_ends_its_own_process_alone() -> None:
    pytest.importorskip("resource")
    raw = long_cell(40_000_000)
    assert "characters" in refusal(raw)
    assert refusal(raw, memory=100 * 1024 * 1024).startswith("reading takes too much time or memory")


def test_a_workbook_that_takes_too_long_is_given_up() -> None:
    assert refusal(workbook(), seconds=0).startswith("reading takes too much time or memory")


def test_a_workbook_is_read_on_a_system_without_limits() -> None:
    reader = "from voting.people.border.reading import _main; _main(1, 1)"
    program = f"import sys; sys.modules['resource'] = None; {reader}"
    done = subprocess.run([sys.executable, "-c", program], input=workbook(), capture_output=True, check=True)
    (found,) = json.loads(done.stdout)["sheets"]
    assert [text for _, column, _, text, _ in found["cells"] if column == 2] == ["Họ và tên", *NAMES]


def test_the_process_that_takes_ballots_never_loads_the_parser() -> None:
    program = (
        "import sys; from voting.people.border.reading import sheets_of\n"
        "assert len(sheets_of(sys.stdin.buffer.read())[0].cells) == 3 and 'openpyxl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], input=workbook(), check=True)


def test_a_sheet_among_the_pictures_whose_parts_are_not_checked_is_not_read() -> None:
    links = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        said, content = book.read(links), book.read(SHEET)
    moved = said.replace(b"worksheets/sheet1.xml", b"media/sheet1.xml")
    assert moved != said
    raw = workbook(**{links: moved, "xl/media/sheet1.xml": b"<!DOCTYPE worksheet>" + content})
    assert "not a readable workbook" in refusal(raw)


MERGED = '<mergeCell ref="B1:B1048576"/>' * 30_000
SLOW = {
    "merged cells": plain([["Họ và tên"], *[["An An"]] * 3000], tail=f"<mergeCells>{MERGED}</mergeCells>"),
    "marks": ("Họ và tên;Đơn vị\n" + ("a" + "\u0301\u0323" * 15_000 + ";A\n") * 5).encode(),
    "brackets": ("Họ và tên;Đơn vị\n" + ("(" * 30_000 + ";A\n") * 100).encode(),
    "dates": ("Họ và tên;Đơn vị\n" + ("ngày tháng " * 2500 + ";A\n") * 100).encode(),
}
"""Files that cost a careless reader minutes: each row looked up in each merged cell, each letter compared with each."""


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW.keys())
def test_what_could_take_minutes_is_refused(raw: bytes) -> None:
    try:
        found = check_people(raw, "summoned", catalogue()[-1], today=datetime.date(2026, 11, 30))
    except NotATable:
        return
    assert found.people == () and found.refused


def test_a_file_beyond_the_limit_is_not_read_at_all() -> None:
    assert "larger than 8 MB" in refusal(b"x" * (8 * 1024 * 1024 + 1))
