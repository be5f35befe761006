"""Spares at the door: two people with the chair, words first, the hall screen at once; and a box that holds enough."""

import json

import pytest
from werkzeug.test import TestResponse

from tests.voting.conference.test_closing import facts_of
from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import closing, two_person_steps
from voting.errors import BoxFrozen


def ask(browser: Browser, room: Room, spare: int = 0, *, second: str = "chair", **form: object) -> TestResponse:
    fields = {
        "credentials": room.public(room.spares[spare]), "reason": "lost",
        "second_login": second, "second_password": PASSWORD,
    }  # fmt: skip
    return browser.post("/door/spares", **{**fields, **form})


def test_two_people_with_the_chair_activate_a_spare_and_the_hall_shows_it_at_once(room: Room, browser: Browser) -> None:
    room.open()
    assert "Thẻ dự phòng đã kích hoạt" not in browser.get("/hall").text
    done = ask(browser.sign_in("door"), room)
    assert (done.status_code, json.loads(done.data)) == (200, {"spares": 1, "activated": 1})
    hall = browser.get("/hall").text
    assert "Thẻ dự phòng đã kích hoạt</dt><dd>01" in hall
    with room.storage.read() as session:
        assert [
            (one.step, one.first, one.second, one.reason) for one in two_person_steps.taken(session, room.conference)
        ] == [("spare", "door", "chair", "")]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"second": "teller"}, "Chủ trì"),
        ({"second": "door"}, "khác"),
        ({"second_password": "wrong"}, ""),
        ({"understood": None}, "không hoàn tác được"),
        ({"reason": "damaged"}, "Quét thẻ hỏng"),
    ],
)
def test_one_person_no_chair_or_no_word_activates_nothing(
    room: Room, browser: Browser, form: dict[str, object], words: str
) -> None:
    room.open()
    refused = ask(browser.sign_in("door"), room, **form)  # type: ignore[arg-type]
    assert refused.status_code == 409
    assert words.casefold() in json.loads(refused.data)["error"].casefold()
    assert "Thẻ dự phòng đã kích hoạt" not in browser.get("/hall").text


def test_the_page_says_what_it_will_do_before_it_does_it(room: Room, browser: Browser) -> None:
    room.open()
    page = browser.sign_in("chair").get("/door/spares").text
    assert 'class="confirm"' in page and "Không còn ai chờ bỏ phiếu" in page
    assert 'data-card="returned"' in page and "nộp lại" in page
    assert 'name="reason"' in page and "<textarea" not in page, "reasons of the list, no text"


def test_a_box_with_a_ballot_too_many_is_closed_with_those_it_holds_or_annulled_at_the_desk(
    room: Room, browser: Browser
) -> None:
    room.open()
    assert ask(browser.sign_in("chair"), room, second="teller").status_code == 200
    for card in room.drawn:  # the card that was called lost votes as well
        room.box.cast(room.uuid(), room.body(card))
    with pytest.raises(BoxFrozen):
        room.box.cast(room.uuid(), room.body(room.spares[0]))
    desk = browser.get("/desk").text
    assert 'action="/desk/close"' in desk and 'action="/desk/annul"' in desk and 'action="/desk/open"' not in desk
    assert browser.post("/desk/close", second_login="teller", second_password=PASSWORD).status_code == 303
    with room.storage.read() as session:
        facts = facts_of(closing.closed_of(session, room.conference))
    assert (facts.ballots, facts.refused) == (3, 1)


def test_a_box_with_a_ballot_too_many_can_be_annulled(room: Room, browser: Browser) -> None:
    room.open()
    assert ask(browser.sign_in("chair"), room, second="teller").status_code == 200
    for card in room.drawn:
        room.box.cast(room.uuid(), room.body(card))
    with pytest.raises(BoxFrozen):
        room.box.cast(room.uuid(), room.body(room.spares[0]))
    annulled = browser.post("/desk/annul", second_login="teller", second_password=PASSWORD, reason="Có thẻ bỏ hai lần")
    assert (annulled.status_code, room.state()) == (303, "annulled")
