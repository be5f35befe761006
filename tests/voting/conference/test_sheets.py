"""Printed sheets: they are set, on so many pages, and say what they must."""

import subprocess
from pathlib import Path

import pytest

from tests.voting.rooms import Teller, new_draft
from voting.conference import sheets
from voting.conference.draft.agenda import Draft
from voting.conference.roll import Entry


@pytest.fixture
def draft(tellers: list[Teller]) -> Draft:
    return new_draft(tellers, people=3, candidates=2)


def text_of(pdf: bytes, path: Path) -> tuple[str, int]:
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return text, text.count("\f")


def test_blank_ballots_have_a_page_a_paper_and_both_boxes(draft: Draft, tmp_path: Path) -> None:
    text, pages = text_of(sheets.paper_ballots(draft, fingerprint="abc"), tmp_path / "ballots.pdf")
    assert pages == len(draft.papers) == 1
    for words in ("PHIẾU GIỚI THIỆU QUY HOẠCH", "Trần Thị 1", "Trần Thị 2", "Đồng ý", "Không ký tên", "abc"):
        assert words in text


@pytest.mark.parametrize("words", ["Máy chủ", "Mạng Wi-Fi", "Máy in", "Thành viên Ban", "Mất điện", "Ổ đĩa"])
def test_one_page_says_what_to_do_whatever_fails(draft: Draft, tmp_path: Path, words: str) -> None:
    text, pages = text_of(sheets.what_to_do(draft, threshold=2, present=42), tmp_path / "trouble.pdf")
    assert pages == 1
    assert words in text and "Chuyển sang giấy" in text


def test_the_placing_sheet_is_one_page(draft: Draft, tmp_path: Path) -> None:
    text, pages = text_of(sheets.placing(draft), tmp_path / "placing.pdf")
    assert pages == 1 and "Không có camera" in text


def test_the_pinning_sheet_names_each_kind_of_tablet(draft: Draft, tmp_path: Path) -> None:
    pdf = sheets.pinning(draft, kiosk="https://room.local:8443/kiosk", authority="https://room.local:8443/ca")
    text, pages = text_of(pdf, tmp_path / "pinning.pdf")
    assert pages == 1
    assert all(words in text for words in ("Android", "iPad", "Windows", "room.local"))


def test_the_roll_names_everybody_and_no_card(draft: Draft, tmp_path: Path) -> None:
    entries = [Entry(at, one.name, one.unit, "present", at == 1) for at, one in enumerate(draft.people)]
    text, _ = text_of(sheets.roll(draft, entries), tmp_path / "roll.pdf")
    assert all(one.name in text for one in draft.people)
    people = len(draft.people)
    assert text.count("×") == people + 1
    assert f"Có mặt: {people:02}." in text and "Thẻ phát ra: 01." in text


def test_the_exit_list_names_everybody_beside_an_empty_box(draft: Draft, tmp_path: Path) -> None:
    entries = [Entry(at, one.name, one.unit, "present", True) for at, one in enumerate(draft.people)]
    text, _ = text_of(sheets.exits(draft, entries), tmp_path / "exits.pdf")
    assert all(one.name in text for one in draft.people)
    assert "×" not in text and "không được thẻ dự phòng" in text


def test_the_roll_is_empty_before_the_door_opens(draft: Draft, tmp_path: Path) -> None:
    entries = [Entry(at, one.name, one.unit, "absent", False) for at, one in enumerate(draft.people)]
    text, _ = text_of(sheets.roll(draft, entries), tmp_path / "roll.pdf")
    assert "×" not in text and "Có mặt: ………" in text


def test_trackers_stand_in_their_order(draft: Draft, tmp_path: Path) -> None:
    trackers = ["AAAA" + "b" * 39, "ZZZZ" + "c" * 39]
    text, _ = text_of(sheets.trackers(draft, trackers, end="0" * 64), tmp_path / "trackers.pdf")
    assert text.index("AAAA bbbb bbbb") < text.index("ZZZZ cccc cccc")
