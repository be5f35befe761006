"""The log for people: the catalogue of events, filled in, in the reader's language."""

from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from voting.conference import events, transitions
from voting.conference.draft.stored import draft_of


def test_steps_and_counts_are_told_in_the_words_of_the_catalogue(room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("chair")
    browser.post("/desk/freeze", reason="Mất điện", second_login="teller", second_password=PASSWORD)
    with room.storage.write() as session:
        transitions.note_by_hand(session, room.conference, "power")
        transitions.note_by_hand(session, room.conference, "power")
    steps, counts = ({one.name: one for one in events.at(place)} for place in ("steps", "counts"))
    vietnamese = browser.get("/log").text
    assert steps["freeze"].vietnamese in vietnamese and "chair và teller" in vietnamese and "Mất điện" in vietnamese
    assert f"<b>02</b> <span>{counts['power'].vietnamese}</span>" in vietnamese
    browser.post("/language/en", back="/log")
    english = browser.get("/log").text
    assert f"<b>{steps['freeze'].meaning}</b>" in english
    assert f"<b>02</b> <span>{counts['power'].meaning}</span>" in english
    assert steps["freeze"].vietnamese not in english


def test_all_that_is_ever_written_down_is_named(room: Room, browser: Browser) -> None:
    room.begin()
    page = browser.sign_in("technician").get("/log").text
    assert [one.name for one in events.CATALOGUE if one.vietnamese not in page] == []


def test_the_log_has_no_card_no_tracker_and_no_name_of_a_voter(room: Room, browser: Browser) -> None:
    room.open()
    receipt = room.box.cast(room.uuid(), room.body(room.drawn[0]))
    page = browser.sign_in("secretary").get("/log").text
    with room.storage.read() as session:
        names = [person.name for person in draft_of(session, room.conference).people]
    assert names and not [name for name in names if name in page]
    assert receipt.tracker not in page and room.public(room.drawn[0]) not in page
