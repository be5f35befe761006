"""Who may be the second person of a step: what the table says is what views demand, forms say and the log keeps."""

import re

import pytest
from flask import Flask

from tests.voting.rooms import Room
from tests.voting.web.conftest import Browser, web_room
from tests.voting.web.test_api import Tablet
from tests.voting.web.test_two_person_steps import second
from voting.conference import two_person_steps
from voting.conference.staff_changes import pair_for_account
from voting.conference.steps import ROLES, STEPS, TRANSITIONS, Pair, Step
from voting.errors import SecondPersonNeeded

ON_PAPER = "list_frozen roll_taken sealed open frozen"


def test_every_step_of_the_table_is_an_address_and_every_two_people_are_of_the_table(app: Flask) -> None:
    taken = {getattr(view, "step", None) for view in app.view_functions.values()} - {None}
    assert taken == {name for name, step in STEPS.items() if step.who}
    pairs = [view.pair for view in app.view_functions.values() if getattr(view, "pair", None)]
    assert len(pairs) == 13 and all("chair" in pair.one_of for pair in pairs)


def test_the_steps_are_those_that_the_design_has() -> None:
    """A second opinion, written by hand: state, step, who begins it, beside whom, and whether a reason is asked."""
    table = {
        "change_draft": ("draft", "", "organiser", "", "none"),
        "freeze_list": ("draft", "list_frozen", "organiser", "", "none"),
        "back_to_draft": ("list_frozen roll_taken", "draft", "organiser chair", "one chair", "must"),
        "make_deck": ("draft list_frozen", "", "organiser technician", "one chair", "must"),
        "reserve_deck": ("list_frozen", "", "chair organiser secretary teller", "one chair", "must"),
        "take_roll": ("list_frozen", "roll_taken", "chair organiser secretary teller", "one chair", "may"),
        "mark_roll": ("list_frozen", "", "door", "", "none"),
        "void_leftover": ("list_frozen", "", "door teller", "", "none"),
        "upload_trustees": ("draft list_frozen roll_taken", "", "technician teller organiser", "", "none"),
        "confirm_setup": ("sealed", "", "secretary technician teller", "", "none"),
        "last_call": ("open", "", "chair teller", "", "none"),
        "note": ("open frozen", "", "teller technician secretary", "", "none"),
        "take_records": (
            "closed counted",
            "",
            "secretary technician teller chair organiser",
            "",
            "none",
        ),
        "release": ("signed", "", "chair", "", "none"),
        "seal": ("roll_taken", "sealed", "secretary technician", "", "none"),
        "open_box": ("sealed frozen", "open", "chair teller", "one chair, each chair teller", "none"),
        "freeze": ("open", "frozen", "chair teller technician", "one chair teller", "must"),
        "new_code": ("open", "", "technician", "one chair teller", "may"),
        "activate_spare": ("open", "", "door teller chair", "one chair", "none"),
        "close_box": ("open frozen", "closed", "chair teller", "one chair, each chair teller", "none"),
        "annul": (
            "draft list_frozen roll_taken sealed open frozen closed",
            "annulled",
            "chair organiser",
            "one chair",
            "must",
        ),
        "on_paper": (ON_PAPER, "on_paper", "chair organiser", "one chair", "must"),
        "take_head_decision": ("signed", "", "secretary technician teller chair organiser", "", "none"),
        "count": ("closed", "counted", "", "", "none"),
        "sign": ("counted", "signed", "", "", "none"),
        "signed": ("counted", "", "secretary chair teller organiser", "one chair", "none"),
    }
    assert {name: in_words(step) for name, step in STEPS.items()} == table
    assert len(TRANSITIONS) == 24


def in_words(step: Step) -> tuple[str, str, str, str, str]:
    """Spell a step as the table does."""
    pair = step.pair or Pair()
    beside = f"one {' '.join(pair.one_of)}" if step.pair else ""
    beside += f", each {' '.join(pair.each)}" if pair.each else ""
    return " ".join(step.states), step.to or "", " ".join(step.who), beside, step.words


@pytest.mark.parametrize(
    ("pair", "first", "second", "allowed"),
    [
        (Pair(("chair",)), "chair", "door", True),
        (Pair(("chair",)), "organiser", "chair", True),
        (Pair(("chair",)), "organiser", "teller", False),
        (Pair(("chair",), ("chair", "teller")), "chair", "teller", True),
        (Pair(("chair",), ("chair", "teller")), "chair", "chair", True),
        (Pair(("chair",), ("chair", "teller")), "chair", "door", False),
        (Pair(("chair",), ("chair", "teller")), "teller", "teller", False),
        (Pair(("chair",), ("chair", "teller")), "teller", "chair", True),
        (pair_for_account(frozenset({"door"})), "organiser", "technician", False),
        (pair_for_account(frozenset({"secretary"})), "organiser", "technician", True),
    ],
)
def test_a_pair_says_who_may_be_the_second(pair: Pair, first: str, second: str, allowed: bool) -> None:
    wanted = pair.seconds(frozenset({first}))
    assert (wanted is None or second in wanted) == allowed
    if allowed:
        pair.check(frozenset({first}), frozenset({second}))
    else:
        with pytest.raises(SecondPersonNeeded):
            pair.check(frozenset({first}), frozenset({second}))


@pytest.mark.parametrize("other", ["door", "organiser", "secretary", "technician"])
def test_the_box_is_opened_and_closed_by_chair_and_teller_alone(room: Room, browser: Browser, other: str) -> None:
    room.seal().confirm()
    browser.sign_in("chair")
    refused = browser.post("/desk/open", **second(other))
    assert refused.status_code == 409
    assert "Người thứ hai phải có vai trò" in refused.text
    assert browser.post("/desk/open", **second("teller")).status_code == 303
    assert browser.post("/desk/close", **second(other)).status_code == 409
    assert room.state() == "open"
    assert browser.post("/desk/close", **second("teller")).status_code == 303


def test_the_form_says_who_may_be_the_second(room: Room, browser: Browser) -> None:
    room.seal().confirm()
    said = re.search(r"Người thứ hai phải là: ([^<]+)\.", browser.sign_in("teller").get("/desk").text)
    assert said and said.group(1) == "Chủ trì"
    said = re.search(r"Người thứ hai phải là: ([^<]+)\.", browser.sign_in("chair").get("/desk").text)
    assert said and "Kiểm phiếu" in said.group(1) and "Chủ trì" in said.group(1)
    assert "bất kỳ ai khác" in browser.get("/desk").text, "annulling"


@pytest.mark.parametrize("state", ["open", "frozen"])
def test_a_tablet_is_enrolled_by_two_people_while_the_box_is_open(
    app: Flask, room: Room, browser: Browser, state: str
) -> None:
    room.open()
    if state == "frozen":
        browser.sign_in("chair").post("/desk/freeze", **second("teller", reason="Mất điện"))
    browser.sign_in("technician")
    assert "Người thứ hai phải là" in browser.get("/tablets").text
    alone = browser.post("/tablets/codes", label="Máy 09")
    assert alone.status_code == 409 and 'class="card code"' not in alone.text
    for other in ("technician", "organiser", "secretary", "door"):
        assert browser.post("/tablets/codes", label="Máy 09", **second(other)).status_code == 409
    answer = browser.post("/tablets/codes", label="Máy 09", **second("teller"))
    code = re.search(r"<code>(\w{5}) (\w{5})</code>", answer.text)
    assert code
    with room.storage.read() as session:
        taken = two_person_steps.taken(session, room.conference)[-1]
    assert (taken.step, taken.first, taken.second, taken.reason) == ("tablet", "technician", "teller", "Máy 09")
    assert "technician và teller" in browser.sign_in("chair").get("/log").text
    assert Tablet(app, room).enrol("".join(code.groups())).status_code == 200


def test_a_code_that_one_person_made_before_opening_is_good_no_more(app: Flask, room: Room, browser: Browser) -> None:
    room.seal().confirm()
    code = re.search(r"<code>(\w{5}) (\w{5})</code>", browser.sign_in("technician").post("/tablets/codes").text)
    assert code
    browser.sign_in("chair").post("/desk/open", **second("teller"))
    assert room.state() == "open"
    assert Tablet(app, room).enrol("".join(code.groups())).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_pages_say_nothing_of_a_second_person_where_none_is_needed(app: Flask, browser: Browser, role: str) -> None:
    browser.sign_in(role)
    assert web_room(app)
    assert "Người thứ hai" not in browser.get("/account").text
