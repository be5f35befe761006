"""Accounts are changed by two people, so that nobody becomes two: who, when, and where it is shown."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.voting.conference.test_closing import facts_of
from tests.voting.rooms import Room
from tests.voting.web.access.test_accounts import number_of
from tests.voting.web.conftest import PASSWORD, Browser, web_room
from tests.voting.web.test_two_person_steps import second
from voting.conference import staff_changes
from voting.conference.staff_changes import GUARDED, Changed
from voting.conference.steps import ROLES
from voting.documents.states import UNDER_WAY
from voting.storage.tables import StaffRow
from voting.web.access import accounts

NEW = "mật khẩu khác hẳn"
STATES = ("freeze_list", "take_roll", "seal", "open")
OTHERS = sorted(set(ROLES) - GUARDED)


def account(role: str, login: str = "new", **more: str) -> dict[str, Any]:
    return {"login": login, "name": "Mới", "password": PASSWORD, "roles": role, **more}


def logins(app: Flask) -> set[str]:
    with web_room(app).storage.read() as session:
        return set(session.scalars(select(StaffRow.login)))


def all_changes(app: Flask) -> list[Changed]:
    with web_room(app).storage.read() as session:
        return staff_changes.all_changes(session)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_creates_an_account_alone(app: Flask, browser: Browser, role: str) -> None:
    """Not even one without a word in the conference: it could be the second person of a later step."""
    for first in ("organiser", "chair"):
        browser.sign_in(first)
        before = logins(app)
        assert browser.post("/staff", **account(role)).status_code == 409
        assert browser.post("/staff", **account(role), **second(first)).status_code == 409
        wrong = {"second_login": "chair" if first == "organiser" else "teller", "second_password": "sai mật khẩu"}
        assert browser.post("/staff", **account(role), **wrong).status_code == 409
        assert logins(app) == before


@pytest.mark.parametrize("role", sorted(GUARDED))
def test_an_account_of_chair_teller_or_door_takes_a_chair(app: Flask, browser: Browser, role: str) -> None:
    browser.sign_in("organiser")
    for other in ("technician", "secretary", "teller", "door"):
        refused = browser.post("/staff", **account(role), **second(other))
        assert refused.status_code == 409
        assert "Người thứ hai phải có vai trò: Chủ trì" in refused.text
    assert browser.post("/staff", **account(role), **second("chair")).status_code == 200
    assert all_changes(app) == [Changed("made", "new", "organiser", "chair")]
    browser.sign_in("chair")
    assert browser.post("/staff", **account(role, "more"), **second("door")).status_code == 200


@pytest.mark.parametrize("role", OTHERS)
def test_an_account_of_the_other_roles_takes_any_two(app: Flask, browser: Browser, role: str) -> None:
    browser.sign_in("organiser")
    assert browser.post("/staff", **account(role), **second("technician")).status_code == 200
    assert "new" in logins(app)
    assert "Tạo tài khoản new" in browser.get("/staff").text


def test_an_account_with_a_guarded_role_among_others_is_guarded(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    form = account("technician") | {"roles": ["technician", "door"]}
    assert browser.post("/staff", **form, **second("secretary")).status_code == 409
    assert browser.post("/staff", **form, **second("chair")).status_code == 200


@pytest.mark.parametrize("what", ["password", "totp", "remove"])
@pytest.mark.parametrize("role", sorted(GUARDED))
def test_nobody_resets_or_removes_such_an_account_alone_or_without_a_chair(
    app: Flask, room: Room, browser: Browser, role: str, what: str
) -> None:
    with web_room(app).storage.write() as session:
        accounts.create_staff(session, "other", "", PASSWORD, (role,))  # type: ignore[arg-type]
    browser.sign_in("organiser")
    path, before = f"/staff/{number_of(room, 'other')}/{what}", row_of(app, "other")
    for form in (
        {},
        second("organiser"),
        second("technician"),
        second("other"),
        second("chair") | {"second_password": ""},
    ):
        assert browser.post(path, password=NEW, **form).status_code == 409
        assert row_of(app, "other") == before
    assert browser.post(path, password=NEW, **second("chair")).status_code in (200, 303)
    assert row_of(app, "other") != before


def row_of(app: Flask, login: str) -> tuple[str, bytes | None] | None:
    with web_room(app).storage.read() as session:
        row = session.scalar(select(StaffRow).where(StaffRow.login == login))
        return (row.password, row.totp) if row is not None else None


@pytest.mark.parametrize("what", ["password", "totp", "remove"])
def test_nobody_vouches_for_a_change_of_their_own_account(room: Room, browser: Browser, what: str) -> None:
    browser.sign_in("chair")
    for about, other in (("chair", "organiser"), ("teller", "teller")):
        path = f"/staff/{number_of(room, about)}/{what}"
        assert browser.post(path, password=NEW, **second(other)).status_code == 409


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", sorted(GUARDED))
def test_while_a_conference_is_under_way_no_guarded_account_comes_or_goes(
    app: Flask, room: Room, browser: Browser, state: str, role: str
) -> None:
    getattr(room, state)()
    before = logins(app)
    for first, other in (("organiser", "chair"), ("chair", "organiser")):
        browser.sign_in(first)
        refused = browser.post("/staff", **account(role), **second(other))
        assert refused.status_code == 409
        assert "Từ khi chốt danh sách" in refused.text
        if role != first:
            path = f"/staff/{number_of(room, role)}/remove"
            assert browser.post(path, **second("secretary" if role == other else other)).status_code == 409
    assert logins(app) == before


def test_a_conference_that_is_begun_meanwhile_hides_none_that_is_under_way(
    app: Flask, room: Room, browser: Browser
) -> None:
    room.open()
    Room(room.storage, room.keyring, room.tellers).begin()
    browser.sign_in("organiser")
    assert browser.post("/staff", **account("chair"), **second("chair")).status_code == 409
    assert "new" not in logins(app)


def test_before_the_list_is_frozen_and_after_closing_accounts_can_be_created(
    app: Flask, room: Room, browser: Browser
) -> None:
    browser.sign_in("organiser")
    room.begin()
    assert browser.post("/staff", **account("teller", "early"), **second("chair")).status_code == 200
    with room.storage.write() as session:
        for state in UNDER_WAY:
            assert state not in ("draft", "closed")
        session.rollback()
    other = Room(room.storage, room.keyring, room.tellers).open()
    other.close()
    assert browser.post("/staff", **account("teller", "late"), **second("chair")).status_code == 200
    assert {"early", "late"} <= logins(app)


def test_a_reset_while_the_box_is_open_stands_on_the_hall_screen_in_the_log_and_in_the_facts(
    app: Flask, room: Room, browser: Browser
) -> None:
    room.begin()
    browser.sign_in("organiser")
    teller = number_of(room, "teller")
    assert browser.post(f"/staff/{teller}/password", password=PASSWORD, **second("chair")).status_code == 303
    assert "Tài khoản được đặt lại" not in browser.get("/hall").text, "before the list was frozen"
    room.open()
    assert browser.post(f"/staff/{teller}/password", password=NEW, **second("chair")).status_code == 303
    assert browser.post(f"/staff/{teller}/totp", **second("chair")).status_code == 200
    assert browser.post(f"/staff/{number_of(room, 'technician')}/totp", **second("chair")).status_code == 200
    hall, log = Browser(app.test_client()).get("/hall").text, browser.get("/log").text
    for words in ("Đặt lại mật khẩu của teller", "Cấp lại mã xác thực của teller", "organiser và chair"):
        assert words in hall and words in log
    closed = room.close()
    assert facts_of(closed).account_resets == 3
    assert browser.post(f"/staff/{teller}/password", password=PASSWORD, **second("chair")).status_code == 303
    with room.storage.read() as session:
        assert len(staff_changes.resets(session, room.conference)) == 3, "after closing the facts are signed"


def test_the_last_chair_stays(room: Room, browser: Browser) -> None:
    browser.sign_in("organiser")
    path = f"/staff/{number_of(room, 'chair')}/remove"
    assert browser.post(path, **second("chair")).status_code == 409
    with pytest.raises(accounts.InvalidSettings, match="one chair must stay"), room.storage.write() as session:
        accounts.remove_staff(session, number_of(room, "chair"), by=number_of(room, "organiser"))


def test_an_account_that_is_not_there_is_not_found(browser: Browser) -> None:
    browser.sign_in("organiser")
    for what in ("password", "totp", "remove"):
        assert browser.post(f"/staff/99/{what}", password=NEW, **second("chair")).status_code == 404


def test_one_person_does_not_take_over_a_conference(app: Flask, room: Room, browser: Browser) -> None:
    """An organiser, also one who is a chair as well, makes nobody else of themselves, and nobody's account theirs."""
    with web_room(app).storage.write() as session:
        accounts.create_staff(session, "boss", "Boss", PASSWORD, ("organiser", "chair"))
    room.open()
    before = {login: row_of(app, login) for login in logins(app)}
    browser.sign_in("boss")
    for role in ROLES:
        browser.post("/staff", **account(role, f"{role}2"))
        browser.post("/staff", **account(role, f"{role}2"), **second("boss"))
    for login in before:
        for what in ("password", "totp", "remove"):
            browser.post(f"/staff/{number_of(room, login)}/{what}", password=NEW)
    assert {login: row_of(app, login) for login in logins(app)} == before
    assert browser.post("/desk/close", **second("boss")).status_code in (403, 409)
    assert room.state() == "open"
