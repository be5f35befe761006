"""Steps that take two people: kept with both sign-ins and the reason, shown in the log, refused without one."""

from typing import Any

import pytest

from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import two_person_steps

STEPS_ASIDE = [
    ("freeze_list", "/desk/reserve-deck", "chair", "teller", "list_frozen", "Dùng bộ thẻ thay thế"),
    ("freeze_list", "/desk/back-to-draft", "organiser", "chair", "draft", "Quay lại bước chuẩn bị"),
    ("take_roll", "/desk/on-paper", "organiser", "chair", "on_paper", "Hội nghị tiếp tục bằng phiếu giấy"),
    ("open", "/desk/freeze", "technician", "teller", "frozen", "Tạm khóa hòm phiếu"),
    ("open", "/desk/annul", "chair", "organiser", "annulled", "Hủy hội nghị"),
]


def second(login: str, **more: str) -> dict[str, Any]:
    return {"second_login": login, "second_password": PASSWORD, **more}


@pytest.mark.parametrize(("start", "path", "first", "other", "state", "words"), STEPS_ASIDE)
def test_a_way_aside_takes_two_people_and_a_reason_and_stands_in_the_log(
    room: Room, browser: Browser, start: str, path: str, first: str, other: str, state: str, words: str
) -> None:
    getattr(room, start)()
    before = room.state()
    browser.sign_in(first)
    assert browser.post(path, **second(other)).status_code == 409
    assert browser.post(path, **second(first, reason="Mất điện")).status_code in (403, 409)
    assert browser.post(path, reason="Mất điện").status_code == 409
    assert room.state() == before
    assert browser.post(path, **second(other, reason="  Mất   điện ")).status_code == 303
    assert room.state() == state
    with room.storage.read() as session:
        assert two_person_steps.taken(session, room.conference)[-1].reason == "Mất điện"
    page = browser.get("/log").text
    assert words in page
    assert f"{first} và {other}" in page


def test_the_roll_is_frozen_by_two_people_with_words_for_latecomers(room: Room, browser: Browser) -> None:
    room.freeze_list().draw()
    browser.sign_in("chair")
    assert browser.post("/desk/take-roll").status_code == 409
    assert browser.post("/desk/take-roll", **second("door", late="Mời ngồi hàng ghế sau.")).status_code == 303
    assert room.state() == "roll_taken"
    with room.storage.read() as session:
        assert two_person_steps.words_for_latecomers(session, room.conference) == "Mời ngồi hàng ghế sau."


def test_opening_again_after_a_freeze_is_a_step_of_its_own(room: Room, browser: Browser) -> None:
    room.seal().confirm()
    browser.sign_in("chair")
    browser.post("/desk/open", **second("teller"))
    browser.post("/desk/freeze", **second("teller", reason="Đứt mạng"))
    browser.post("/desk/open", **second("teller"))
    browser.post("/desk/close", **second("teller"))
    with room.storage.read() as session:
        assert [one.step for one in two_person_steps.taken(session, room.conference)] == [
            "open",
            "freeze",
            "reopen",
            "close",
        ]


@pytest.mark.parametrize("reason", ["x" * 501, "a\u202eb"])
def test_a_reason_that_cannot_be_printed_is_refused(room: Room, browser: Browser, reason: str) -> None:
    room.open()
    assert browser.sign_in("chair").post("/desk/annul", **second("teller", reason=reason)).status_code == 409
    assert room.state() == "open"
