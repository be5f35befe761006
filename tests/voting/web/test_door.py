"""The door: one touch a person, undo, the list on paper, latecomers, and what to do where the numbers differ."""

from flask import Flask

from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import roll, transitions


def entry(room: Room, person: int) -> tuple[str, bool]:
    with room.storage.read() as session:
        found = roll.entry(session, room.conference, person)
    return found.presence, found.drew


def test_a_mark_is_taken_back_to_what_was_there_before(room: Room, browser: Browser) -> None:
    room.freeze_list()
    one = room.people()[0]
    browser.sign_in("door")
    for before, mark in ((("absent", False), "drew"), (("excused", False), "present"), (("present", True), "none")):
        presence, drew = before
        with room.storage.write() as session:
            roll.put_back(session, room.conference, roll.Entry(one, "", "", presence, drew))
        browser.post(f"/door/{one}/{mark}")
        assert entry(room, one) != before
        assert "Hoàn tác" in browser.get("/door").text
        assert browser.post("/door/undo").status_code == 303
        assert entry(room, one) == before
        assert "Hoàn tác" not in browser.get("/door").text


def test_only_the_browser_that_marked_can_take_it_back(room: Room, app: Flask, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("door").post(f"/door/{room.people()[0]}/drew")
    assert Browser(app.test_client()).sign_in("door").post("/door/undo").status_code == 404


def test_people_are_found_without_diacritics_by_name_and_unit(room: Room, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("door")
    page = browser.get("/door?q=NGUYEN+003+tong").text
    assert "Nguyễn Văn 003" in page
    assert "Nguyễn Văn 001" not in page


def test_the_numbers_at_the_door_tell_excused_from_unexcused(room: Room, browser: Browser) -> None:
    room.freeze_list()
    first, second, third, _ = room.people()
    browser.sign_in("door")
    for person, mark in ((first, "drew"), (second, "excused"), (third, "present")):
        browser.post(f"/door/{person}/{mark}")
    page = browser.get("/door").text
    assert "02<small>/04</small>" in page
    assert "Triệu tập 04, có mặt 02, vắng 02 (có lý do 01), đã rút thẻ 01." in page


def test_the_list_is_printed_from_the_door_at_any_time(room: Room, browser: Browser) -> None:
    for step in (room.begin, room.freeze_list, room.draw, room.take_roll):
        step()
        answer = browser.sign_in("door").get("/sheets/roll.pdf")
        assert answer.content_type == "application/pdf" and answer.data.startswith(b"%PDF")
    assert 'href="/sheets/roll.pdf"' in browser.get("/door").text


def test_latecomers_hear_the_chairs_words(room: Room, browser: Browser) -> None:
    room.freeze_list().draw()
    browser.sign_in("chair").post(
        "/desk/take-roll", second_login="teller", second_password=PASSWORD, late="Mời đồng chí dự họp."
    )
    page = browser.sign_in("door").get("/door").text
    assert "Mời đồng chí dự họp." in page
    assert page.count("disabled") == 5 * 4


def test_what_to_do_where_active_and_drawn_differ(room: Room, browser: Browser) -> None:
    room.freeze_list().draw(present=4, drawn=3)
    people = room.people()
    browser.sign_in("door")
    assert "Khớp: thẻ còn hiệu lực và thẻ đã rút đều là 03." in browser.get("/door/leftovers").text
    browser.post(f"/door/{people[3]}/drew")
    assert "Thiếu 01 thẻ" in browser.get("/door/leftovers").text
    browser.post(f"/door/{people[3]}/none")
    browser.post(f"/door/{people[2]}/none")
    page = browser.get("/door/leftovers").text
    assert "Còn 01 thẻ có hiệu lực nhưng chưa ai rút." in page
    assert "bộ thẻ thay thế" in page


def test_what_to_do_with_a_lost_card_depends_on_where_the_conference_stands(room: Room, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("door")
    assert "Không cho rút thẻ khác." in browser.get("/door/spares").text
    room.draw()
    with room.storage.write() as session:
        transitions.take_roll(session, room.conference)
    page = browser.get("/door/spares").text
    assert "Không cho rút thẻ khác." not in page
    assert "phong bì DỰ PHÒNG" in page
