"""Every form that cannot be taken back asks once, in one component, says what it will do, and is refused unasked."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from flask import Flask

from keys.trustees import encode_trustees
from kiosk_templates.words import catalogue as tablet_words
from tests.access.table import routes_of
from tests.access.test_routes import content
from tests.voting.records import new_record, signed
from tests.voting.rooms import TWO, Room
from tests.voting.rounds import office
from tests.voting.web.conftest import HERE, PASSWORD, Browser
from tests.voting.web.test_api import Tablet
from tests.voting.web.test_results import TWO_TO_ONE, bring, closed_room, keys
from tests.voting.web.test_rounds import (
    begin,
    begin_ballots,
    confirm,
    hold,
    kept,
    meet_on_paper,
    put,
    staff_file,
    with_office,
)
from tests.voting.web.test_rounds_import import FIRST
from voting.conference import setup, transitions
from voting.conference.draft.agenda import write_draft
from voting.conference.draft.stored import draft_of
from voting.web.words import catalogue

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class World:
    """A room, and the browser of somebody in it."""

    app: Flask
    room: Room
    browser: Browser


@dataclass(frozen=True, slots=True)
class Asks:
    """A form that asks: who sees it on which page, once the world was brought there; `at` is the form's own address."""

    role: str
    page: str
    prepare: Callable[[World], object]
    form: dict[str, Any] = field(default_factory=dict)
    at: str = ""
    people: int = 1


def first(pattern: str, world: World, page: str) -> str:
    """What the pattern's group finds on a page."""
    found = re.search(pattern, world.browser.get(page).text)
    assert found
    return found.group(1)


def draft_file(world: World) -> tuple[io.BytesIO, str]:
    with world.room.storage.read() as session:
        return io.BytesIO(write_draft(draft_of(session, world.room.conference)).encode()), "draft.json"


def confirmation(world: World) -> tuple[io.BytesIO, str]:
    return io.BytesIO(world.room.confirmation(1)), "confirmation.json"


def a_deck(world: World) -> None:
    world.room.begin()
    made = world.browser.post("/deck", kind="main", once="first", cards=4, spares=1)
    assert made.status_code == 200


def ended(world: World) -> None:
    world.room.begin()
    with world.room.storage.write() as session:
        transitions.annul(session, world.room.conference, TWO)


def trusted(world: World) -> None:
    world.room.take_roll()
    with world.room.storage.write() as session:
        raw = encode_trustees([teller.trustee for teller in world.room.tellers])
        setup.upload_trustees(session, world.room.conference, raw)


def counted(world: World) -> None:
    closed_room(world.room)
    bring(world.browser, signed(new_record(world.room, TWO_TO_ONE), *keys(world.room)))
    assert world.room.state() == "counted"


def released_soon(world: World) -> None:
    counted(world)
    world.browser.post("/results/signed", second_login="secretary", second_password=PASSWORD)
    assert world.room.state() == "signed"


def a_second_list(world: World) -> None:
    begin(world.browser)
    for rows in (FIRST, FIRST[1:]):
        assert world.browser.post("/rounds/1/people", file=staff_file(*rows)).status_code == 303
        if rows is FIRST:
            assert confirm(world.browser) == 303


def a_title(world: World) -> None:
    with_office(world.app, world.browser)
    assert world.browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="2").status_code == 303


def an_amber_one(world: World) -> None:
    with_office(world.app, world.browser)
    amber = msgspec.structs.replace(office.people()[9], discipline="khiển trách (2019)")
    others = tuple(one for one in office.people() if one.id != amber.id)
    put(world.app, msgspec.structs.replace(kept(world.app).plan, people=(amber, *others)))
    world.browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="2")


def a_first_step(world: World) -> None:
    world.room.begin()
    begin(world.browser)
    put(world.app, office.office_round("CUR-DEPT"))


def a_silent_plan(world: World) -> None:
    begin(world.browser, "CUR-OFFICE")
    put(world.app, office.office_round("CUR-OFFICE"))


def a_written_decision(world: World) -> None:
    begin(world.browser, "NEXT-OFFICE")
    put(world.app, office.office_round("NEXT-OFFICE"))
    form: dict[str, Any] = {"place": "Phòng họp", "adopted_by": "Tập thể lãnh đạo", "name": office.CHAIR.name,
                            "role": "Chủ trì", "key": office.CHAIR.key}  # fmt: skip
    assert world.browser.post("/rounds/1/steps/1/decision", **form).status_code == 303


def a_held_step(world: World) -> None:
    begin_ballots(world.app, world.browser)
    hold(world.app, world.room, 3)


def a_taken_step(world: World) -> None:
    a_held_step(world)
    assert world.browser.post("/rounds/1/steps/3/records").status_code == 303


def a_tied_step(world: World) -> None:
    begin_ballots(world.app, world.browser)
    for step in (3, 4, 5):
        hold(world.app, world.room, step, machine=True, tied=step == 5)
        assert world.browser.post(f"/rounds/1/steps/{step}/records").status_code == 303


def a_step_on_paper(world: World) -> None:
    begin_ballots(world.app, world.browser)
    meet_on_paper(world.room, 3, sealed=False)
    two: dict[str, Any] = {"second_login": "chair", "second_password": PASSWORD, "reason": "Mất điện"}
    assert world.browser.post("/desk/on-paper", **two).status_code == 303


ANY_FILE: dict[str, Any] = {"file": lambda world: (io.BytesIO(b"{}"), "x.json")}
RECORDS: dict[str, Any] = {"records": lambda world: (io.BytesIO(b"{}"), "x.json")}
DECISION: dict[str, Any] = {"decision": lambda world: (io.BytesIO(b"{}"), "x.json")}
REASON = {"reason": "Lý do"}
DECK = {"kind": "main", "once": "again", "cards": "4", "spares": "1"}

ASKS: dict[str, Asks] = {
    "POST /deck": Asks("organiser", "/deck", a_deck, DECK),
    "POST /desk/annul": Asks("chair", "/desk", lambda w: w.room.open(), REASON, people=2),
    "POST /desk/back-to-draft": Asks("chair", "/desk", lambda w: w.room.freeze_list(), REASON, people=2),
    "POST /desk/close": Asks("teller", "/desk", lambda w: w.room.open(), people=2),
    "POST /desk/draft": Asks("organiser", "/desk", lambda w: w.room.begin(), {"file": draft_file}),
    "POST /desk/freeze-list": Asks("organiser", "/desk", lambda w: w.room.begin()),
    "POST /desk/new": Asks("organiser", "/desk", ended, {"file": draft_file}),
    "POST /desk/notes": Asks("teller", "/desk", lambda w: w.room.open(), {"what": "power"}),
    "POST /desk/on-paper": Asks("chair", "/desk", lambda w: w.room.open(), REASON, people=2),
    "POST /desk/open": Asks("teller", "/desk", lambda w: w.room.seal().confirm(), people=2),
    "POST /desk/reserve-deck": Asks("chair", "/desk", lambda w: w.room.freeze_list(), REASON, people=2),
    "POST /desk/take-roll": Asks("chair", "/desk", lambda w: w.room.freeze_list().draw(), people=2),
    "POST /door/leftovers": Asks("door", "/door/leftovers", lambda w: w.room.freeze_list()),
    "POST /door/spares": Asks("door", "/door/spares", lambda w: w.room.open(), people=2,
                              form={"reason": "lost", "credentials": lambda w: w.room.public(w.room.spares[0])}),
    "POST /draft/new": Asks("organiser", "/draft/new", lambda w: w.room.begin(),
                            {"step": lambda w: first(r'option value="([^"]+)"', w, "/draft/new")}),
    "POST /draft/papers/<int:number>/remove": Asks("organiser", "/draft/papers/1", lambda w: w.room.begin(),
                                                   at="/draft/papers/1/remove"),
    "POST /draft/replace": Asks("organiser", "/draft", lambda w: w.room.begin(), {"file": draft_file}),
    "POST /results/head-decision": Asks("organiser", "/results", a_tied_step, DECISION),
    "POST /results/records": Asks("teller", "/results", lambda w: closed_room(w.room), RECORDS),
    "POST /results/release": Asks("chair", "/results", released_soon, {"shown": "yes"}),
    "POST /results/signed": Asks("chair", "/results", counted, people=2),
    "POST /rounds/<int:number>/people/changes": Asks("organiser", "/rounds/1/people/changes", a_second_list,
        {"mark": lambda w: first(r'name="mark" value="(\w+)"', w, "/rounds/1/people/changes")},
        at="/rounds/1/people/changes"),
    "POST /rounds/<int:number>/seats/<int:place>/confirm": Asks("organiser", "/rounds/1/seats/1", an_amber_one,
        {"person": office.people()[9].id, "check": "discipline", **REASON}, at="/rounds/1/seats/1/confirm"),
    "POST /rounds/<int:number>/seats/<int:place>/remove": Asks("organiser", "/rounds/1/seats", a_title,
                                                               at="/rounds/1/seats/1/remove"),
    "POST /rounds/<int:number>/steps/<int:step>/annul": Asks("organiser", "/rounds/1/steps/3", a_taken_step,
        {"words": "Niêm phong bị rách", "reason": lambda w: kept(w.app).plan.ruleset.revote_reasons[0].id},
        at="/rounds/1/steps/3/annul", people=2),
    "POST /rounds/<int:number>/steps/<int:step>/composition": Asks("organiser", "/rounds/1/steps/2", a_silent_plan,
        {"text": "Toàn thể"}, at="/rounds/1/steps/2/composition"),
    "POST /rounds/<int:number>/steps/<int:step>/conference": Asks("organiser", "/rounds/1/steps/1", a_first_step,
                                                                  at="/rounds/1/steps/1/conference"),
    "POST /rounds/<int:number>/steps/<int:step>/exclusions": Asks("organiser", "/rounds/1/steps/1", a_first_step,
        {"person": "l0", **REASON}, at="/rounds/1/steps/1/exclusions"),
    "POST /rounds/<int:number>/steps/<int:step>/hand-count": Asks("organiser", "/rounds/1/steps/3", a_step_on_paper,
        RECORDS, at="/rounds/1/steps/3/hand-count"),
    "POST /rounds/<int:number>/steps/<int:step>/head-decision": Asks("organiser", "/rounds/1/steps/5", a_tied_step,
        DECISION, at="/rounds/1/steps/5/head-decision"),
    "POST /rounds/<int:number>/steps/<int:step>/records": Asks("organiser", "/rounds/1/steps/3", a_held_step,
                                                               at="/rounds/1/steps/3/records"),
    "POST /rounds/<int:number>/steps/<int:step>/signed-decision": Asks("organiser", "/rounds/1/steps/1",
        a_written_decision, ANY_FILE, at="/rounds/1/steps/1/signed-decision"),
    "POST /setup/confirmations": Asks("teller", "/setup", lambda w: w.room.seal(), {"file": confirmation}),
    "POST /setup/write": Asks("secretary", "/setup", trusted),
    "POST /staff/<int:number>/password": Asks("chair", "/staff", lambda w: None, {"password": "mật khẩu khác, dài"},
                                              at="/staff/1/password", people=2),
    "POST /staff/<int:number>/remove": Asks("chair", "/staff", lambda w: None, at="/staff/1/remove", people=2),
    "POST /staff/<int:number>/totp": Asks("chair", "/staff", lambda w: None, at="/staff/1/totp", people=2),
    "POST /tablets/<identifier>/revoke": Asks("technician", "/tablets", lambda w: Tablet(w.app, w.room).enrol()),
}  # fmt: skip
"""By route, with the form filled in as far as it must be to be refused for the missing word alone."""

ASKED_ON_THE_TABLET = {
    "POST /api/v1/elections/<uuid>/audits": "test.ask.text",
    "POST /api/v1/elections/<uuid>/ballots": "review.cast",
}
"""What the voter's own screen asks before, by the key of its words."""

CAN_BE_TAKEN_BACK = {
    "POST /account/password": "it is changed again",
    "POST /account/totp": "nothing counts before a code of it was typed",
    "POST /account/totp/confirm": "another one is made",
    "POST /api/v1/devices": "the tablet is revoked",
    "POST /api/v1/elections/<uuid>/cards": "it asks, and changes nothing",
    "POST /api/v1/elections/<uuid>/receipts": "it compares; what is missing is looked for",
    "POST /card": "it asks, and changes nothing",
    "POST /deck/tests": "test cards are in no deck",
    "POST /desk/freeze": "the box is opened again",
    "POST /door/<int:person>/<mark>": "another mark, or undo",
    "POST /door/undo": "the mark is set again",
    "POST /draft/basics": "they are typed again",
    "POST /draft/papers/<int:number>": "it is typed again",
    "POST /draft/people": "it reads a list, and changes nothing",
    "POST /draft/people/confirm": "another list is taken",
    "POST /draft/signers": "they are typed again",
    "POST /draft/tellers": "another file is taken, or they are typed",
    "POST /language/<chosen>": "the other language is chosen",
    "POST /last-call": "it is taken back",
    "POST /last-call/take-back": "it is called again",
    "POST /results/stick": "the folder is removed from the stick",
    "POST /rounds/<int:number>/dossier": "it is made again; nothing is kept here",
    "POST /rounds/<int:number>/leavers": "they are taken back",
    "POST /rounds/<int:number>/letters": "they are settled again",
    "POST /rounds/<int:number>/options": "they are chosen again",
    "POST /rounds/<int:number>/people": "a second list waits until it is confirmed",
    "POST /rounds/<int:number>/seats": "its number is changed, or it is taken out",
    "POST /rounds/<int:number>/seats/<int:place>/lists": "other names are ticked",
    "POST /rounds/<int:number>/seats/<int:place>/removals": "the proposal is taken back",
    "POST /rounds/<int:number>/steps/<int:step>/decision": "it is written again until it is signed",
    "POST /rounds/<int:number>/steps/<int:step>/files": "the right file is brought again",
    "POST /rounds/new": "another round is begun; this one binds nobody before its first step",
    "POST /setup/trustees": "another file is taken until Setup is written",
    "POST /sign-in": "one signs out",
    "POST /sign-out": "one signs in",
    "POST /staff": "the account is removed",
    "POST /tablets/codes": "it runs out by itself; the tablet is revoked",
}
"""Every other route: how, or why nothing is lost by it."""


@pytest.fixture
def world(app: Flask, room: Room, browser: Browser) -> World:
    return World(app, room, browser)


def address(world: World, route: str) -> str:
    """The address of a form: its own, or the route's where it has no parts."""
    if route == "POST /tablets/<identifier>/revoke":
        return first(r'action="(/tablets/[^/"]+/revoke)"', world, "/tablets")
    return ASKS[route].at or route.removeprefix("POST ")


def form_of(world: World, route: str) -> str:
    """The form of a route as its page shows it; of the deck's two forms the one of the main deck."""
    at = re.escape(address(world, route))
    page = world.browser.get(ASKS[route].page)
    assert page.status_code == 200
    found = re.search(rf'<form[^>]* (?:action|data-to)="{at}".*?</form>', page.text, re.DOTALL)
    assert found, page.text
    return found.group(0)


def prepared(world: World, route: str) -> Asks:
    one = ASKS[route]
    world.browser.sign_in(one.role)
    one.prepare(world)
    return one


def test_every_route_that_changes_something_asks_or_can_be_taken_back(app: Flask) -> None:
    sets = (set(ASKS), set(ASKED_ON_THE_TABLET), set(CAN_BE_TAKEN_BACK))
    named = [route for one in sets for route in one]
    assert len(named) == len(set(named)), "in one set alone"
    assert set(named) == {route for route in routes_of(app) if route.startswith("POST ")}


def test_the_code_asks_where_the_list_says_so_and_nowhere_else(app: Flask) -> None:
    asking = {f"POST {rule.rule}" for rule in app.url_map.iter_rules()
              if hasattr(app.view_functions[rule.endpoint], "asks_first")}  # fmt: skip
    somewhere = {"POST /deck", "POST /desk/new", "POST /draft/new", "POST /door/leftovers",
                 "POST /rounds/<int:number>/steps/<int:step>/conference"}  # fmt: skip
    assert asking | somewhere == {route for route, one in ASKS.items() if one.people == 1}


@pytest.mark.parametrize("route", ASKS)
def test_its_form_says_what_it_will_do_and_takes_a_tick_or_a_second_person(world: World, route: str) -> None:
    one = prepared(world, route)
    form = form_of(world, route)
    said = re.search(r'<p class="confirm">([^<]+)</p>', form)
    assert said and "hoàn tác" in said.group(1), form
    if one.people == 1:
        assert re.search(r'<input type="checkbox" name="understood" value="yes" required', form)
    else:
        assert re.search(r'<input name="second_password" type="password" required', form)
    world.browser.post("/language/en", back=one.page)
    assert re.search(r'<p class="confirm">[^<]*taken back[^<]*</p>', form_of(world, route))


@pytest.mark.parametrize("route", ASKS)
def test_without_the_word_the_server_refuses_and_changes_nothing(world: World, route: str) -> None:
    one = prepared(world, route)
    path = address(world, route)
    filled = {name: value(world) if callable(value) else value for name, value in one.form.items()}
    before = content(world.room)
    if route == "POST /door/leftovers":
        headers = {"X-CSRFToken": world.browser.token(), "Referer": f"{HERE}/"}
        card = {"credentials": [world.room.public(world.room.secrets[0].text)]}
        answer = world.browser.client.post(path, json=card, base_url=HERE, headers=headers)
        said = answer.json["error"] if answer.json else ""
    else:
        answer = world.browser.post(path, **({"understood": None} | filled))
        said = answer.text if "json" not in answer.content_type else (answer.json or {})["error"]
    assert answer.status_code == 409
    asked = "Việc này không hoàn tác được: đọc kỹ" in said
    assert asked or one.people == 2
    assert content(world.room) == before


def test_the_first_conference_of_a_room_takes_the_place_of_none_and_asks_nothing(world: World) -> None:
    world.browser.sign_in("organiser")
    assert 'name="understood"' not in world.browser.get("/draft/new").text + world.browser.get("/desk").text


def test_all_words_of_the_component_say_that_it_cannot_be_taken_back() -> None:
    for language, words in (("vi", "hoàn tác"), ("en", "taken back")):
        for key, text in catalogue(language).items():
            if key.startswith("will.") and key != "will.understood":
                assert words in text, (language, key)


@pytest.mark.parametrize("key", ASKED_ON_THE_TABLET.values())
def test_the_tablet_has_words_that_ask(key: str) -> None:
    assert all(tablet_words("tablet", language)[key] for language in ("vi", "en"))
