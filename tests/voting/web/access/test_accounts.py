"""Accounts of staff: passwords, codes, lock-out, sessions."""

import re

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import select

from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser, Clock, web_room
from tests.voting.web.test_two_person_steps import second
from voting.errors import InvalidSettings
from voting.storage.tables import StaffRow
from voting.web.access import accounts
from voting.web.access.accounts import hash_of_nothing


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0), (3, 0), (4, 15), (5, 30), (8, 240), (12, 3600), (99, 3600)])
def test_the_lock_out_grows(failures: int, seconds: int) -> None:
    assert accounts.lock_seconds(failures) == seconds


def test_an_account_is_locked_after_wrong_tries_and_opens_again_later(browser: Browser, clock: Clock) -> None:
    for _ in range(4):
        assert browser.post("/sign-in", login="door", password="wrong").status_code == 401
    assert browser.post("/sign-in", login="door", password=PASSWORD).status_code == 401
    clock.forward(seconds=16)
    browser.sign_in("door")


def test_an_unknown_name_is_refused_like_a_wrong_password(browser: Browser) -> None:
    unknown = browser.post("/sign-in", login="nobody", password=PASSWORD)
    wrong = browser.post("/sign-in", login="door", password="wrong")
    # The token of the form has a time in it, and the name that was typed is kept.
    pages = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (unknown, wrong)]
    assert (unknown.status_code, pages[0]) == (wrong.status_code, pages[1])


def test_a_name_that_nobody_has_costs_what_every_other_costs() -> None:
    hasher = PasswordHasher()
    nobody, other = hash_of_nothing(hasher), hash_of_nothing(hasher)
    assert nobody != other
    assert extract_parameters(nobody) == extract_parameters(hasher.hash(PASSWORD))
    for password in ("", "nobody", PASSWORD):
        with pytest.raises(VerifyMismatchError):  # it was worked out, and not refused for its form
            hasher.verify(nobody, password)


def test_a_code_is_asked_for_and_good_once(app: Flask, browser: Browser, clock: Clock) -> None:
    room = web_room(app)
    sealed, address = accounts.new_totp(room.keyring, "careful")
    with room.storage.write() as session:
        accounts.create_staff(session, "careful", "Careful", PASSWORD, ("door",), totp=sealed)
    totp = pyotp.parse_uri(address)
    assert isinstance(totp, pyotp.TOTP)
    code = totp.at(clock.now)
    assert browser.post("/sign-in", login="careful", password=PASSWORD).status_code == 401
    browser.sign_in("careful", code=code)
    browser.post("/sign-out")
    assert browser.post("/sign-in", login="careful", password=PASSWORD, code=code).status_code == 401
    clock.forward(seconds=60)
    browser.sign_in("careful", code=totp.at(clock.now))


def test_a_session_ends_after_thirty_idle_minutes(browser: Browser, clock: Clock) -> None:
    browser.sign_in("door")
    for _ in range(3):
        clock.forward(minutes=29)
        assert browser.get("/desk").status_code == 200
    clock.forward(minutes=31)
    assert browser.get("/desk").status_code == 302


def test_signing_in_makes_a_new_session(app: Flask, browser: Browser) -> None:
    browser.sign_in("door")
    with browser.client.session_transaction(base_url="https://localhost") as cookie:
        first = dict(cookie)
    browser.sign_in("door")
    with browser.client.session_transaction(base_url="https://localhost") as cookie:
        second = dict(cookie)
    assert first["staff"] != second["staff"]
    assert "csrf_token" not in second, "the token of before is not carried over"


def test_a_stolen_cookie_is_worthless_after_signing_out(app: Flask, browser: Browser) -> None:
    browser.sign_in("door")
    name = app.config["SESSION_COOKIE_NAME"]
    stolen = browser.client.get_cookie(name, domain="localhost")
    assert stolen is not None
    browser.post("/sign-out")
    thief = Browser(app.test_client())
    thief.client.set_cookie(name, stolen.value, domain="localhost")
    assert thief.get("/desk").status_code == 302


@pytest.mark.parametrize(
    ("login", "password", "roles"), [("", PASSWORD, ("door",)), ("x", "short", ("door",)), ("x", PASSWORD, ())]
)
def test_an_account_without_login_password_or_role_is_refused(
    app: Flask, login: str, password: str, roles: tuple[accounts.Role, ...]
) -> None:
    with pytest.raises(InvalidSettings), web_room(app).storage.write() as session:
        accounts.create_staff(session, login, "X", password, roles)


def number_of(room: Room, login: str) -> int:
    with room.storage.read() as session:
        return session.scalars(select(StaffRow.id).where(StaffRow.login == login)).one()


def test_an_account_that_is_removed_is_out_at_once(room: Room, app: Flask, browser: Browser) -> None:
    other = Browser(app.test_client()).sign_in("door")
    browser.sign_in("organiser").post(f"/staff/{number_of(room, 'door')}/remove", **second("chair"))
    assert other.get("/desk").headers["Location"] == "/sign-in"
    assert other.post("/sign-in", login="door", password=PASSWORD).status_code == 401


def test_nobody_removes_their_own_account_so_an_organiser_stays(room: Room, browser: Browser) -> None:
    browser.sign_in("organiser")
    assert browser.post(f"/staff/{number_of(room, 'organiser')}/remove", **second("chair")).status_code == 409
    assert browser.get("/staff").status_code == 200


def test_the_last_organiser_stays(room: Room) -> None:
    with pytest.raises(InvalidSettings, match="one organiser must stay"), room.storage.write() as session:
        accounts.remove_staff(session, number_of(room, "organiser"), by=number_of(room, "chair"))


def test_one_changes_ones_password_by_the_present_one(browser: Browser) -> None:
    browser.sign_in("chair")
    new = "mật khẩu khác hẳn"
    assert browser.post("/account/password", present="wrong", password=new, again=new).status_code == 409
    assert browser.post("/account/password", present=PASSWORD, password=new, again="khác").status_code == 409
    assert browser.post("/account/password", present=PASSWORD, password="ngắn", again="ngắn").status_code == 409
    assert browser.post("/account/password", present=PASSWORD, password=new, again=new).status_code == 303
    assert browser.get("/desk").headers["Location"] == "/sign-in"
    browser.sign_in("chair", new)


def test_organiser_and_chair_set_a_password_for_somebody_who_is_locked_out(room: Room, browser: Browser) -> None:
    for _ in range(6):
        browser.post("/sign-in", login="door", password="wrong")
    assert browser.post("/sign-in", login="door", password=PASSWORD).status_code == 401
    form = {"password": "mật khẩu mới", **second("chair")}
    browser.sign_in("organiser").post(f"/staff/{number_of(room, 'door')}/password", **form)
    browser.post("/sign-out")
    browser.sign_in("door", "mật khẩu mới")


def test_an_authenticator_counts_once_a_code_of_it_was_typed(
    app: Flask, browser: Browser, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    monkeypatch.setattr(pyotp, "random_base32", lambda: secret)
    browser.sign_in("chair")
    assert browser.get("/account/totp").status_code == 404
    assert browser.post("/account/totp").headers["Location"] == "/account/totp"
    shown = browser.get("/account/totp").text
    assert "data:image/svg+xml" in shown and 'name="back" value="/account/totp"' in shown  # for the other language
    assert browser.post("/account/totp/confirm", code="000000").status_code == 409
    Browser(app.test_client()).sign_in("chair")
    code = pyotp.TOTP(secret).at(int(clock().timestamp()))
    assert browser.post("/account/totp/confirm", code=code).status_code == 303
    late = Browser(app.test_client())
    assert late.post("/sign-in", login="chair", password=PASSWORD).status_code == 401
    late.sign_in("chair", code=code)


def test_a_new_authenticator_by_the_organiser_replaces_the_old_one(room: Room, app: Flask, browser: Browser) -> None:
    path = f"/staff/{number_of(room, 'door')}/totp"
    assert "data:image/svg+xml" in browser.sign_in("organiser").post(path, **second("chair")).text
    assert Browser(app.test_client()).post("/sign-in", login="door", password=PASSWORD).status_code == 401
