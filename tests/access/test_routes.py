"""The table of routes and roles, tried: every route with every method, every role, and every kind of forged request."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from keys.files.signing import new_signing_key
from tests.access.table import EVERYBODY, KEYS, STAFF, TABLE, TABLET, Route, routes, routes_of
from tests.tools.access_page import audience, document
from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, PASSWORD, Browser, web_room
from tests.voting.web.test_api import Tablet
from voting.box import tablets
from voting.conference.steps import ROLES
from voting.server.certificates import prepare_certificate
from voting.storage.tables import Base
from voting.web.access import accounts
from voting.web.app import create_app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
REFERER = {"Referer": f"{HERE}/"}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "TRACE")
OF_STAFF = [route for route in routes() if route.of_staff]
FORMS = [route for route in routes() if route.method == "POST" and route.who not in KEYS]


def path_of(route: Route, uuid: str = "1") -> str:
    """An address that the route takes."""
    return re.sub(r"<[^>]+>", "1", route.rule.replace("<uuid>", uuid))


def ask(browser: Browser, route: Route, method: str = "", *, token: str = "", **headers: str) -> TestResponse:
    """Send a bare request to a route."""
    data = {"csrf_token": token} if token else None
    answer = browser.client.open(
        path_of(route), method=method or route.method, data=data, base_url=HERE, headers=headers or REFERER
    )
    answer.close()
    return answer


def content(room: Room) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but who is signed in."""
    with room.storage.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
            if table.name != "staff_sessions"
        }


def test_the_table_names_every_route_of_the_application_and_no_other(app: Flask) -> None:
    assert set(routes_of(app)) == set(TABLE)


def test_a_route_that_the_table_does_not_name_is_found(app: Flask) -> None:
    app.add_url_rule("/secret", view_func=lambda: "", methods=["GET", "PUT"])
    assert set(routes_of(app)) - set(TABLE) == {"GET /secret", "PUT /secret"}


def test_the_table_knows_no_role_that_does_not_exist() -> None:
    for route in routes():
        assert route.who in {EVERYBODY, STAFF} | KEYS or set(route.who.split()) <= set(ROLES), route


def test_the_code_says_the_same_roles_as_the_table(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert " ".join(audience(view)) == TABLE[f"{method} {rule.rule}"], rule


@pytest.mark.parametrize("state", ["nothing", "open"])
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says_and_a_refusal_changes_nothing(
    room: Room, browser: Browser, role: accounts.Role, state: str
) -> None:
    if state == "open":
        room.open()
    browser.sign_in(role)
    token, before = browser.token(), content(room)
    for route in OF_STAFF:
        if role not in route.roles:
            form = token if route.method == "POST" else ""
            assert ask(browser, route, token=form).status_code == 403, route
            if route.method == "GET":
                assert ask(browser, route, "HEAD").status_code == 403, route
    assert content(room) == before
    if state == "nothing":  # in an open box the forms of this role would do what they are for
        for route in OF_STAFF:
            if role in route.roles:
                form = token if route.method == "POST" else ""
                assert ask(browser, route, token=form).status_code not in (401, 403, 405, 500), route


def test_without_signing_in_pages_of_staff_lead_to_the_form_and_nothing_can_be_done(
    room: Room, browser: Browser
) -> None:
    room.open()
    token, before = browser.token(), content(room)
    for route in OF_STAFF:
        if route.method == "GET":
            answer = ask(browser, route)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in"), route
            assert ask(browser, route, "HEAD").status_code == 403, route
        else:
            assert ask(browser, route, token=token).status_code == 403, route
    assert content(room) == before


def test_what_is_for_everybody_is_open_to_everybody(app: Flask, room: Room, browser: Browser) -> None:
    room.open()
    settings = web_room(app).settings
    prepare_certificate(settings.directory / "tls", settings.names, settings.clock())
    for route in routes():
        if route.who == EVERYBODY and route.method == "GET":
            assert ask(browser, route).status_code in (200, 404), route


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_route_takes_another_method(app: Flask, browser: Browser, signed_in: bool) -> None:
    if signed_in:
        everything(app, browser)
    token = browser.token()
    for route in routes():
        for method in OTHER_METHODS:
            # Forms of another method are refused for their token or for their method, whichever is looked at first.
            assert ask(browser, route, method, token=token).status_code in (400, 405), (method, route)


def everything(app: Flask, browser: Browser) -> Browser:
    """Sign in somebody with every role."""
    with web_room(app).storage.write() as session:
        accounts.create_staff(session, "all", "All", PASSWORD, ROLES)
    return browser.sign_in("all")


FORGED: dict[str, Callable[[str, str], tuple[str, dict[str, str]]]] = {
    "no token": lambda own, other: ("", REFERER),
    "a token that is none": lambda own, other: ("x" * 91, REFERER),
    "the token of another session": lambda own, other: (other, REFERER),
    "no Referer": lambda own, other: (own, {"X-Nothing": "1"}),
    "another site's Referer": lambda own, other: (own, {"Referer": "https://elsewhere.test/"}),
    "another port's Referer": lambda own, other: (own, {"Referer": "https://localhost:8444/"}),
    "a Referer without TLS": lambda own, other: (own, {"Referer": "http://localhost/"}),
    "another session's token in the header": lambda own, other: ("", {**REFERER, "X-CSRFToken": other}),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_form_is_refused_everywhere_and_changes_nothing(
    app: Flask, room: Room, browser: Browser, how: str
) -> None:
    room.open()
    everything(app, browser)
    other = Browser(app.test_client()).token()
    token, headers = FORGED[how](browser.token(), other)
    before = content(room)
    for route in FORMS:
        assert ask(browser, route, token=token, **headers).status_code == 400, route
    assert content(room) == before


@pytest.fixture
def tablet(app: Flask, room: Room) -> Tablet:
    made = Tablet(app, room)
    made.enrol()
    return made


def lies(app: Flask, room: Room, tablet: Tablet) -> dict[str, Callable[[str, bytes], TestResponse]]:
    """Ways of sending what no enrolled tablet signed; each is called with the end of the address, and a body."""
    stranger, revoked = Tablet(app, room), Tablet(app, room)
    revoked.enrol()
    with room.storage.write() as session:
        tablets.revoke(session, revoked.id)
    uuid = room.uuid()
    staff = everything(app, Browser(app.test_client())).client

    def send(what: str, body: bytes, by: Tablet, **how: object) -> TestResponse:
        return by._post(f"/api/v1/elections/{uuid}/{what}", body, **({"uuid": uuid, "signer": None} | how))  # type: ignore[arg-type]

    return {
        "staff who signed in": lambda what, body: staff.post(
            f"/api/v1/elections/{uuid}/{what}", data=body, base_url=HERE, headers=REFERER
        ),
        "a tablet that nobody enrolled": lambda what, body: send(what, body, stranger),
        "a foreign key with a tablet's id": lambda what, body: send(what, body, tablet, signer=new_signing_key()),
        "a revoked tablet": lambda what, body: send(what, body, revoked),
        "a tablet that signed for another election": lambda what, body: send(what, body, tablet, uuid="1" * 14),
    }


@pytest.mark.parametrize(
    "how",
    ["staff who signed in", "a tablet that nobody enrolled", "a foreign key with a tablet's id", "a revoked tablet",
     "a tablet that signed for another election"],
)  # fmt: skip
def test_what_is_for_tablets_takes_nothing_from_others(app: Flask, room: Room, tablet: Tablet, how: str) -> None:
    room.open()
    bodies = {"ballots": room.body(room.drawn[0]), "receipts": b'{"receipts":[]}',
              "audits": f'{{"credential":"{room.public(room.drawn[0])}","hash":"x"}}'.encode()}  # fmt: skip
    assert {route.rule.rpartition("/")[2] for route in routes() if route.who == TABLET} == set(bodies)
    send, before = lies(app, room, tablet)[how], content(room)
    for what, body in bodies.items():
        answer = send(what, body)
        assert (answer.status_code, answer.json) == (401, {"code": "device_unknown", "recorded": False}) or (
            what != "ballots" and answer.status_code == 401
        ), what
    assert content(room) == before


def test_a_signed_request_is_good_for_its_own_bytes_alone(room: Room, tablet: Tablet) -> None:
    room.open()
    first, second = (room.body(card) for card in room.drawn[:2])
    signed = tablet.cast(first).request.headers
    headers = {name: signed[name] for name in ("Phieukin-Device", "Phieukin-Signature")}
    path = f"/api/v1/elections/{room.uuid()}/ballots"
    assert tablet.client.post(path, data=second, headers=headers, base_url=HERE).status_code == 401
    assert tablet.client.post(path, data=first, headers=headers, base_url=HERE).status_code == 200


def test_no_stranger_learns_that_a_ballot_is_in_the_box(app: Flask, room: Room, tablet: Tablet) -> None:
    """Whoever got hold of the bytes of a ballot, not of a tablet's key, hears the same as for any other bytes."""
    room.open()
    inside, outside = (room.body(card) for card in room.drawn[:2])
    assert tablet.cast(inside).status_code == 200
    strangers = lies(app, room, tablet)
    del strangers["a revoked tablet"]  # was the room's own: it may have a voter before it to tell
    for send in strangers.values():
        answers = [send("ballots", body) for body in (inside, outside)]
        assert answers[0].data == answers[1].data
        assert answers[0].json == {"code": "device_unknown", "recorded": False}


@pytest.mark.parametrize("code", ["", "1", "1" * 10, "1" * 1000, "0OIl" * 3])
def test_a_tablet_without_the_desks_code_is_not_enrolled(app: Flask, room: Room, code: str) -> None:
    before = content(room)
    assert Tablet(app, room).enrol(code).status_code == 403
    assert content(room) == before


def test_the_page_of_routes_is_up_to_date(app: Flask) -> None:
    assert (ROOT / "docs" / "access.md").read_text(encoding="utf-8") == document(app), "stale: run make docs"


def test_tablets_that_prove_no_name_share_the_limit_of_their_address(app: Flask, room: Room) -> None:
    room.open()
    limited = create_app(dataclasses.replace(web_room(app).settings, polls_per_minute=2))
    path, body = f"/api/v1/elections/{room.uuid()}/ballots", room.body(room.drawn[0])
    answers = [limited.test_client().post(path, data=body, base_url=HERE).status_code for _ in range(3)]
    assert answers == [401, 401, 429]
    web_room(limited).storage.close()
