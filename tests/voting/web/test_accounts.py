"""Accounts of staff: passwords, codes, lock-out, sessions."""

import re

import pyotp
import pytest
from flask import Flask

from tests.voting.web.conftest import PASSWORD, Browser, Clock, web_room
from voting.errors import InvalidSettings
from voting.web import accounts


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
    # The token of the form has a time in it.
    pages = [re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text) for answer in (unknown, wrong)]
    assert (unknown.status_code, pages[0]) == (wrong.status_code, pages[1])


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
    stolen = browser.client.get_cookie("__Host-phieukin", domain="localhost")
    assert stolen is not None
    browser.post("/sign-out")
    thief = Browser(app.test_client())
    thief.client.set_cookie("__Host-phieukin", stolen.value, domain="localhost")
    assert thief.get("/desk").status_code == 302


@pytest.mark.parametrize(
    ("login", "password", "roles"), [("", PASSWORD, ("door",)), ("x", "short", ("door",)), ("x", PASSWORD, ())]
)
def test_an_account_without_login_password_or_role_is_refused(
    app: Flask, login: str, password: str, roles: tuple[accounts.Role, ...]
) -> None:
    with pytest.raises(InvalidSettings), web_room(app).storage.write() as session:
        accounts.create_staff(session, login, "X", password, roles)
