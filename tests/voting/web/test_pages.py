"""Pages: headers, and the words in both languages. Who may see and do what is tried in tests/access/test_routes.py."""

import io
import re
from pathlib import Path

import msgspec
import pytest
from flask import Flask

from kiosk_templates.words import catalogue
from tests.voting.rooms import Room, new_draft
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import transitions
from voting.conference.draft.agenda import Person, write_draft
from voting.documents.counted import COUNTED
from voting.documents.states import STATES
from voting.errors import VotingError
from voting.storage.keyring import Keyring
from voting.web.app import cookie_name
from voting.web.built import FOLDER
from voting.web.protection import HEADERS


def test_every_answer_has_the_headers_of_protection(browser: Browser) -> None:
    for path in ("/hall", "/sign-in", "/api/v1/room", "/nowhere", "/static/room.css"):
        answer = browser.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        answer.close()


def test_the_cookie_stays_with_this_host_and_away_from_scripts(browser: Browser) -> None:
    browser.get("/sign-in")
    cookie = browser.post("/sign-in", login="organiser", password=PASSWORD).headers["Set-Cookie"]
    assert re.match(r"__Host-phieukin-[0-9a-f]{8}=", cookie)
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


def test_the_cookies_of_two_rooms_on_one_host_have_names_of_their_own() -> None:
    names = {cookie_name(Keyring(bytes([number] * 32))) for number in (1, 1, 2)}
    assert len(names) == 2, "one for each room, whatever the port"


def test_going_back_after_a_change_of_language_stays_in_this_room(browser: Browser) -> None:
    assert browser.post("/language/en", back="//elsewhere.test/").headers["Location"] == "/sign-in"
    assert browser.post("/language/en", back="https://elsewhere.test/").headers["Location"] == "/sign-in"
    assert browser.post("/language/en", back="/hall").headers["Location"] == "/hall"
    assert "There is no conference yet." in browser.get("/hall").text


def test_a_mistake_tells_nothing_of_the_server(app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> str:
        raise RuntimeError("secret words")

    monkeypatch.setitem(app.view_functions, "hall.screen", broken)
    answer = browser.get("/hall")
    assert answer.status_code == 500
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text


def test_the_log_names_the_kind_of_an_error_and_never_its_message(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> str:
        raise RuntimeError("secret words")

    monkeypatch.setitem(app.view_functions, "hall.screen", broken)
    browser.get("/hall")
    assert "fault kind=RuntimeError place=" in caplog.text
    assert "secret words" not in caplog.text


def test_the_words_that_pages_ask_for_are_there() -> None:
    words = catalogue("staff", "vi")
    asked = set()
    for page in (FOLDER / "pages" / "room").glob("*.html"):
        asked |= set(re.findall(r"""say\(["']([a-z_.]+?)["'][,)]""", page.read_text()))
    assert asked - words.keys() == set()
    for state in STATES:
        assert {f"state.{state}", f"hall.{state}", f"next.{state}"} <= words.keys()
    shown = {error.__name__ for error in VotingError.__subclasses__()}
    assert {f"note.{one.name}" for one in COUNTED} <= words.keys()
    api_only = {"BadBallot", "WrongSize", "CardAlreadyUsed", "SpareNotActive"}
    assert {f"error.{name}" for name in shown - api_only} <= words.keys()


def test_a_name_with_markup_is_shown_as_it_is_written(room: Room, browser: Browser) -> None:
    draft = msgspec.structs.replace(new_draft(room.tellers), people=(Person("<b>An</b>", "=1+1"),))
    with room.storage.write() as session:
        transitions.freeze_list(session, transitions.new_conference(session, draft))
    page = browser.sign_in("door").get("/door").text
    assert "&lt;b&gt;An&lt;/b&gt;" in page
    assert "<b>An" not in page


def test_a_conference_is_made_from_a_draft_and_its_list_frozen(room: Room, browser: Browser) -> None:
    browser.sign_in("organiser")
    file = (io.BytesIO(write_draft(new_draft(room.tellers)).encode()), "draft.json")
    assert browser.post("/desk/new", file=file).status_code == 303
    assert browser.post("/desk/freeze-list").status_code == 303
    room.conference = 1
    assert room.state() == "list_frozen"


def test_a_draft_that_is_none_is_refused_with_words(browser: Browser) -> None:
    browser.sign_in("organiser")
    answer = browser.post("/desk/new", file=(io.BytesIO(b"{}"), "draft.json"))
    assert answer.status_code == 409
    assert "Dự thảo còn thiếu" in answer.text


def test_making_a_deck_answers_with_the_sheets(room: Room, browser: Browser) -> None:
    room.begin()
    answer = browser.sign_in("organiser").post("/deck", kind="main", cards=4, spares=1, once="form")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_door_marks_people(room: Room, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("door")
    assert browser.post(f"/door/{room.people()[0]}/drew", q="văn").headers["Location"] == "/door?q=v%C4%83n"
    assert "đã rút thẻ 01" in browser.get("/door").text


@pytest.mark.parametrize("path", ["/door/leftovers", "/door/spares"])
def test_scanning_pages_take_credentials_and_never_a_card(room: Room, browser: Browser, path: str) -> None:
    room.freeze_list()
    browser.sign_in("door")
    headers = {"X-CSRFToken": browser.token(), "Referer": "https://localhost/"}
    for body in ({"credentials": ["1" * 22]}, {"card": "1" * 22}, {"credentials": ["a" * 64], "card": "1" * 22}):
        answer = browser.client.post(path, json=body, base_url="https://localhost", headers=headers)
        assert answer.status_code == 400


def test_a_leftover_is_voided_by_its_credential(room: Room, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("door")
    headers = {"X-CSRFToken": browser.token(), "Referer": "https://localhost/"}
    card = next(card.text for card in room.secrets if not card.spare)
    body = {"credentials": ["b" * 64, room.public(card)], "understood": True}
    answer = browser.client.post("/door/leftovers", json=body, base_url="https://localhost", headers=headers)
    assert answer.json == {"active": 5, "void": 1, "drawn": 0}


def test_the_box_is_opened_by_two_people_one_of_them_the_chair(room: Room, browser: Browser) -> None:
    room.seal().confirm()
    browser.sign_in("teller")
    assert browser.post("/desk/open", second_login="chair", second_password="wrong").status_code == 409
    wrong = browser.post("/desk/open", second_login="door", second_password=PASSWORD)
    assert wrong.status_code == 409 and "phải có vai trò: Chủ trì" in wrong.text
    assert browser.post("/desk/open", second_login="chair", second_password=PASSWORD).status_code == 303
    assert room.state() == "open"


def test_the_hall_shows_ballots_in_steps(room: Room, browser: Browser) -> None:
    room.open(people=12, made=12, present=12, drawn=11)
    for card in room.drawn[:6]:
        room.box.cast(room.uuid(), room.body(card))
    page = browser.get("/hall").text
    assert "Phiếu trong hòm, từ</dt><dd>05" in page
    assert room.setup().fingerprint[:4] in page


def test_trackers_are_shown_after_closing_alone(room: Room, browser: Browser) -> None:
    room.open()
    receipt = room.box.cast(room.uuid(), room.body(room.drawn[0]))
    assert browser.get("/trackers").status_code == 404
    room.close()
    assert receipt.tracker in browser.get("/trackers").text


def test_archive_and_facts_are_downloaded_after_closing(room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("secretary")
    uuid = room.uuid()
    assert browser.get(f"/results/{uuid}.bel").status_code == 409
    closed = room.close()
    assert browser.get(f"/results/{uuid}.bel").data == closed.archive
    assert browser.get(f"/results/{uuid}.facts.json").data == closed.facts
    assert browser.get("/results/other.bel").status_code == 404


def test_the_sheet_of_cards_holds_no_file_outside_of_the_answer(room: Room, browser: Browser, tmp_path: Path) -> None:
    room.begin()
    before = {path.name for path in tmp_path.iterdir()}
    browser.sign_in("organiser").post("/deck", kind="main", cards=4, spares=0, once="form")
    assert {path.name for path in tmp_path.iterdir()} == before
