"""The page of decks: which there are, and what a new one asks for before it voids another."""

import re
import subprocess
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import cards, decks, roll, two_person_steps


def make(browser: Browser, once: str, kind: str = "main", **form: object) -> TestResponse:
    return browser.post("/deck", **{"kind": kind, "once": once, "cards": 4, "spares": 1, **form})


def decks_of(room: Room) -> list[tuple[str, str, str]]:
    with room.storage.read() as session:
        return [(one.letter, one.kind, one.status) for one in decks.decks(session, room.conference)]


def drawn(room: Room) -> int:
    with room.storage.read() as session:
        return roll.count(session, room.conference).drawn


@pytest.fixture
def frozen(room: Room, browser: Browser) -> Room:
    """A frozen list, the organiser signed in, deck A made by the page."""
    room.begin()
    browser.sign_in("organiser")
    assert make(browser, "first").status_code == 200
    with room.storage.write() as session:
        from voting.conference import transitions

        transitions.freeze_list(session, room.conference)
    return room


def draw(room: Room, people: int) -> None:
    with room.storage.write() as session:
        for person in room.people()[:people]:
            roll.card_drawn(session, room.conference, person)


def test_the_page_shows_every_deck_with_letter_time_maker_numbers_and_state(frozen: Room, browser: Browser) -> None:
    make(browser, "second", "reserve")
    make(browser, "third", understood="yes")
    page = re.sub(r"<[^>]+>|\s+", " ", browser.get("/deck").text)
    assert re.search(r"A +Bộ thẻ chính +04 \+ 01 dự phòng +08:30, 10/04/2022, organiser +đã hủy", page)
    assert re.search(r"B +Bộ thẻ thay thế.*?chờ dùng khi cần +C +Bộ thẻ chính.*?đang dùng", page)
    assert decks_of(frozen) == [("A", "main", "void"), ("B", "reserve", "ready"), ("C", "main", "in_use")]


def test_the_letter_stands_on_every_card_and_in_the_files_name(room: Room, browser: Browser, tmp_path: Path) -> None:
    room.begin()
    answer = make(browser.sign_in("organiser"), "first")
    assert 'filename="cards-A-main.pdf"' in answer.headers["Content-Disposition"]
    (tmp_path / "cards.pdf").write_bytes(answer.data)
    command = ["pdftotext", "-raw", tmp_path / "cards.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.count("Bộ thẻ A") == 5


def test_a_form_sent_twice_makes_one_deck_and_says_so(frozen: Room, browser: Browser) -> None:
    again = make(browser, "first")
    assert again.status_code == 409 and "bộ thẻ A rồi" in again.text
    assert decks_of(frozen) == [("A", "main", "in_use")]


def test_every_form_has_a_number_of_its_own_and_none_goes_without(frozen: Room, browser: Browser) -> None:
    numbers = re.findall(r'name="once" value="([^"]+)"', browser.get("/deck").text + browser.get("/deck").text)
    assert len(numbers) == len(set(numbers)) == 4
    assert make(browser, "").status_code == 400


@pytest.mark.parametrize("kind", ["main", "reserve"])
def test_before_anybody_draws_a_new_deck_asks_once_and_says_what_it_voids(
    frozen: Room, browser: Browser, kind: str
) -> None:
    if kind == "reserve":
        assert make(browser, "reserve", "reserve").status_code == 200
    before = decks_of(frozen)
    letter = "A" if kind == "main" else "B"
    assert f"Bộ thẻ {letter} bị hủy" in browser.get("/deck").text
    refused = make(browser, "again", kind, understood=None)
    assert refused.status_code == 409 and "không hoàn tác được" in refused.text
    assert decks_of(frozen) == before
    assert make(browser, "again", kind).status_code == 200
    assert (letter, kind, "void") in decks_of(frozen)


def test_over_drawn_cards_one_person_makes_no_deck(frozen: Room, browser: Browser) -> None:
    draw(frozen, 3)
    page = browser.get("/deck").text
    assert "Đã có 03 người rút thẻ của bộ A" in page and 'name="second_login"' in page and 'name="reason"' in page
    refused = make(browser, "again")
    assert refused.status_code == 409 and "cần hai người" in refused.text
    assert (decks_of(frozen), drawn(frozen)) == ([("A", "main", "in_use")], 3)


@pytest.mark.parametrize(
    "form",
    [
        {"second_login": "teller", "reason": "Thẻ in mờ"},
        {"second_login": "chair", "reason": ""},
        {"second_login": "chair", "second_password": "wrong", "reason": "Thẻ in mờ"},
    ],
)
def test_over_drawn_cards_the_chair_and_a_reason_are_needed(
    frozen: Room, browser: Browser, form: dict[str, str]
) -> None:
    draw(frozen, 3)
    assert make(browser, "again", **{"second_password": PASSWORD, **form}).status_code == 409
    assert (decks_of(frozen), drawn(frozen)) == ([("A", "main", "in_use")], 3)


def test_over_drawn_cards_two_people_void_the_deck_everybody_draws_again_and_the_log_keeps_it(
    frozen: Room, browser: Browser
) -> None:
    draw(frozen, 3)
    with frozen.storage.write() as session:
        old = cards._deck(session, frozen.conference).uuid
    done = make(browser, "again", second_login="chair", second_password=PASSWORD, reason="Thẻ in mờ")
    assert done.content_type == "application/pdf"
    assert (decks_of(frozen), drawn(frozen)) == ([("A", "main", "void"), ("B", "main", "in_use")], 0)
    with frozen.storage.read() as session:
        assert cards.count(session, old).active == 0
        assert two_person_steps.taken(session, frozen.conference)[-1] == two_person_steps.Taken(
            "deck", "organiser", "chair", "Thẻ in mờ"
        )
    assert "Thẻ in mờ" in browser.get("/log").text


def test_a_new_reserve_leaves_the_deck_in_use_alone(frozen: Room, browser: Browser) -> None:
    make(browser, "reserve", "reserve")
    with frozen.storage.write() as session:
        cards.use_reserve_deck(session, frozen.conference)
    assert make(browser, "another", "reserve").status_code == 200
    assert decks_of(frozen) == [("A", "main", "void"), ("B", "reserve", "in_use"), ("C", "reserve", "ready")]


@pytest.mark.parametrize("name", ["roll", "exits"])
def test_the_letter_of_the_deck_in_use_stands_on_the_sheets_of_people(
    frozen: Room, browser: Browser, tmp_path: Path, name: str
) -> None:
    for letter, once in (("A", ""), ("B", "again")):
        if once:
            assert make(browser, once).status_code == 200
        (tmp_path / "sheet.pdf").write_bytes(browser.get(f"/sheets/{name}.pdf").data)
        command = ["pdftotext", "-raw", str(tmp_path / "sheet.pdf"), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert re.findall(r"Bộ thẻ ([A-Z]+)", text) == [letter]


def test_whoever_scans_cards_sees_the_letter_of_the_deck_in_use(frozen: Room, browser: Browser) -> None:
    make(browser, "again")
    page = re.sub(r"\s+", " ", browser.sign_in("door").get("/door/leftovers").text)
    assert "Bộ thẻ đang dùng</dt><dd>B</dd>" in page
