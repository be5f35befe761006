"""Signing in where somebody keeps others out, or guesses: locks by place, codes, and where one comes back to."""

import base64
import re
import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, PASSWORD, Browser, Clock, web_room
from tests.voting.web.test_two_person_steps import second
from voting.errors import InvalidSettings, SignInRefused
from voting.storage.tables import StaffRow, StaffTriesRow
from voting.web.access import accounts, known_devices, locks
from voting.web.access.known_devices import cookie_name

WRONG = "sai mật khẩu"
ODD_DIGITS = ("١٢٣٤٥٦", "１２３４５６", "12345²", "é", "😀" * 6, "12345\u0000", "1234567", "-12345", "+12345", " ", "")


def staff_row(app: Flask, login: str) -> StaffRow:
    with web_room(app).storage.read() as session:
        return session.scalars(select(StaffRow).where(StaffRow.login == login)).one()


def lock(app: Flask, login: str, times: int = 4) -> None:
    """Let strangers lock an account, each from a browser of their own."""
    for _ in range(times):
        assert Browser(app.test_client()).post("/sign-in", login=login, password=WRONG).status_code == 401


def careful(app: Flask, login: str = "careful", *roles: accounts.Role) -> pyotp.TOTP:
    """Create an account with an authenticator."""
    room = web_room(app)
    sealed, address = accounts.new_totp(room.keyring, login)
    with room.storage.write() as session:
        accounts.create_staff(session, login, login.title(), PASSWORD, roles or ("chair",), totp=sealed)
    found = pyotp.parse_uri(address)
    assert isinstance(found, pyotp.TOTP)
    return found


def test_a_locked_account_signs_in_where_it_did_before_and_nowhere_else(app: Flask, browser: Browser) -> None:
    browser.sign_in("chair").post("/sign-out")
    lock(app, "chair")
    assert Browser(app.test_client()).post("/sign-in", login="chair", password=PASSWORD).status_code == 401
    browser.sign_in("chair")


def test_a_device_is_known_for_the_accounts_that_signed_in_there_alone(app: Flask, browser: Browser) -> None:
    browser.sign_in("door").post("/sign-out")
    lock(app, "chair")
    assert browser.post("/sign-in", login="chair", password=PASSWORD).status_code == 401


def test_on_a_known_device_the_code_is_still_asked_for(app: Flask, browser: Browser, clock: Clock) -> None:
    totp = careful(app)
    browser.sign_in("careful", code=totp.at(clock.now)).post("/sign-out")
    lock(app, "careful")
    clock.forward(seconds=30)
    assert browser.post("/sign-in", login="careful", password=PASSWORD).status_code == 401
    browser.sign_in("careful", code=totp.at(clock.now))


def test_a_locked_second_person_passes_at_a_desk_where_a_colleague_signed_in(
    app: Flask, room: Room, browser: Browser, clock: Clock
) -> None:
    totp = careful(app)
    room.open()
    browser.sign_in("teller")
    lock(app, "careful")
    step = {"second_login": "careful", "second_password": PASSWORD}
    assert browser.post("/desk/close", **step).status_code == 409
    assert browser.post("/desk/close", **step, second_code=totp.at(clock.now)).status_code == 303
    assert room.state() == "closed"


def test_an_organiser_can_help_while_strangers_lock_both_out(app: Flask, room: Room, browser: Browser) -> None:
    browser.sign_in("organiser").post("/sign-out")
    lock(app, "organiser")
    lock(app, "chair")
    browser.sign_in("organiser")
    room.freeze_list()
    assert browser.post("/desk/back-to-draft", **second("chair", reason="Sửa danh sách")).status_code == 303


def test_another_password_makes_every_device_unknown(app: Flask, browser: Browser) -> None:
    browser.sign_in("chair").post("/sign-out")
    room = web_room(app)
    with room.storage.write() as session:
        accounts.set_password(session, staff_row(app, "chair").id, "mật khẩu khác hẳn")
    lock(app, "chair")
    assert browser.post("/sign-in", login="chair", password="mật khẩu khác hẳn").status_code == 401


def test_the_cookie_of_a_known_device_names_nobody_and_is_for_this_server_alone(app: Flask, browser: Browser) -> None:
    for login in ("chair", "door"):
        answer = browser.post("/sign-in", login=login, password=PASSWORD)
    (line,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(cookie_name(app))]
    attributes = {part.strip() for part in line.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= attributes
    assert not any(part.startswith("Domain") for part in attributes)
    kept = browser.client.get_cookie(cookie_name(app), domain="localhost")
    assert kept is not None
    content = base64.urlsafe_b64decode(kept.value)
    assert not any(word in content for word in (b"chair", b"door", b"number", b"marks"))
    other = Browser(app.test_client()).sign_in("chair")
    theirs = other.client.get_cookie(cookie_name(app), domain="localhost")
    assert theirs is not None
    with app.test_request_context(headers={"Cookie": f"{cookie_name(app)}={kept.value}"}):
        mine = known_devices.this_device(web_room(app).keyring)
    with app.test_request_context(headers={"Cookie": f"{cookie_name(app)}={theirs.value}"}):
        his = known_devices.this_device(web_room(app).keyring)
    assert len(mine.marks) == 2 and not set(mine.marks) & set(his.marks)


@pytest.mark.parametrize("forge", [lambda value: value[:-1] + ("A" if value[-1] != "A" else "B"),
                                   lambda value: "x", lambda value: "", lambda value: "W10.x",
                                   lambda value: "é", lambda value: value[:40] + value[41:]])  # fmt: skip
def test_a_forged_cookie_makes_no_device_known(app: Flask, browser: Browser, forge: Callable[[str], str]) -> None:
    browser.sign_in("chair").post("/sign-out")
    kept = browser.client.get_cookie(cookie_name(app), domain="localhost")
    assert kept is not None
    lock(app, "chair")
    thief = Browser(app.test_client())
    thief.client.set_cookie(cookie_name(app), forge(kept.value), domain="localhost")
    assert thief.post("/sign-in", login="chair", password=PASSWORD).status_code == 401


def test_a_known_device_lets_nobody_in_by_itself(app: Flask, browser: Browser) -> None:
    browser.sign_in("chair").post("/sign-out")
    assert browser.get("/desk").status_code == 302
    assert browser.post("/sign-in", login="chair", password=WRONG).status_code == 401


def test_a_device_keeps_no_more_accounts_than_a_room_has(app: Flask, browser: Browser) -> None:
    room = web_room(app)
    for number in range(known_devices.MOST + 3):
        with room.storage.write() as session:
            accounts.create_staff(session, f"x{number}", "", PASSWORD, ("door",))
        browser.sign_in(f"x{number}")
    kept = browser.client.get_cookie(cookie_name(app), domain="localhost")
    assert kept is not None
    with app.test_request_context(headers={"Cookie": f"{cookie_name(app)}={kept.value}"}):
        assert len(known_devices.this_device(room.keyring).marks) == known_devices.MOST


def test_strangers_get_ten_wrong_tries_an_hour_over_all_addresses_whoever_signs_in_meanwhile(
    app: Flask, browser: Browser, clock: Clock
) -> None:
    browser.sign_in("chair")
    for _ in range(40):
        lock(app, "chair", 1)
        browser.post("/sign-out")
        browser.sign_in("chair")
        clock.forward(seconds=60)
    assert staff_row(app, "chair").failures <= locks.TRIES
    clock.forward(seconds=locks.TRIES_SECONDS)
    lock(app, "chair", 1)
    assert staff_row(app, "chair").failures <= locks.TRIES + 1


def test_at_a_known_place_wrong_tries_are_limited_too(app: Flask, room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("teller")
    for _ in range(30):
        assert browser.post("/desk/close", second_login="chair", second_password=WRONG).status_code == 409
    assert browser.post("/desk/close", **second("chair")).status_code == 409, "ten at this desk, then the lock"
    with web_room(app).storage.read() as session:
        rows = session.scalars(select(StaffTriesRow)).all()
    assert all(row.times <= locks.TRIES for row in rows)
    assert {row.place.split(" ")[0] for row in rows} == {"desk", ""}


@pytest.mark.parametrize("code", ODD_DIGITS)
def test_a_code_that_is_none_is_a_wrong_try_like_any_other(app: Flask, browser: Browser, code: str) -> None:
    careful(app)
    assert browser.post("/sign-in", login="careful", password=PASSWORD, code=code).status_code == 401
    assert staff_row(app, "careful").failures == 1


@pytest.mark.parametrize("code", ODD_DIGITS)
def test_a_code_that_is_none_confirms_no_authenticator_and_no_second_person(
    app: Flask, room: Room, browser: Browser, code: str
) -> None:
    careful(app)
    room.open()
    browser.sign_in("teller")
    step = {"second_login": "careful", "second_password": PASSWORD, "second_code": code}
    assert browser.post("/desk/close", **step).status_code == 409
    browser.post("/account/totp")
    assert browser.post("/account/totp/confirm", code=code).status_code == 409


def test_a_code_is_good_once_also_for_two_who_come_at_the_same_time(app: Flask, clock: Clock) -> None:
    """Verified outside of the transaction, the second one meets the step that the first one used."""
    code, room = careful(app).at(clock.now), web_room(app)
    verify, signed_in = accounts._password_right, []

    def slow(stored: str, password: str) -> bool:
        if not signed_in:
            signed_in.append("first")
            accounts.sign_in(room.storage, room.keyring, "careful", PASSWORD, code, room.seconds(), elsewhere)
        return verify(stored, password)

    accounts._password_right = slow
    try:
        with pytest.raises(SignInRefused):
            accounts.sign_in(room.storage, room.keyring, "careful", PASSWORD, code, room.seconds(), elsewhere)
    finally:
        accounts._password_right = verify
    assert staff_row(app, "careful").failures == 1


def elsewhere(_row: StaffRow) -> str:
    return locks.ELSEWHERE


def test_a_password_that_changes_while_it_is_verified_is_wrong(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    room, verify = web_room(app), accounts._password_right

    def overtaken(stored: str, password: str) -> bool:
        with room.storage.write() as session:
            accounts.set_password(session, staff_row(app, "chair").id, "mật khẩu khác hẳn")
        return verify(stored, password)

    monkeypatch.setattr(accounts, "_password_right", overtaken)
    with pytest.raises(SignInRefused):
        accounts.sign_in(room.storage, room.keyring, "chair", PASSWORD, "", room.seconds(), elsewhere)


class Watching:
    """A hasher that looks, whenever it works, whether the database could be written meanwhile."""

    def __init__(self, path: Path, hasher: Any) -> None:
        self.path, self.hasher, self.worked = path, hasher, 0

    def _look(self) -> None:
        self.worked += 1
        other = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")  # raises "database is locked" beside another writer
            other.execute("ROLLBACK")
        finally:
            other.close()

    def hash(self, password: str) -> str:
        """Hash, and look."""
        self._look()
        return str(self.hasher.hash(password))

    def verify(self, stored: str, password: str) -> bool:
        """Verify, and look."""
        self._look()
        return bool(self.hasher.verify(stored, password))


def test_nothing_is_hashed_while_the_database_is_locked(
    app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = Watching(web_room(app).settings.directory / "room.db", accounts._HASHER)
    monkeypatch.setattr(accounts, "_HASHER", watching)
    new, number = "mật khẩu khác hẳn", staff_row(app, "door").id
    assert browser.post("/sign-in", login="nobody", password=PASSWORD).status_code == 401
    assert browser.post("/sign-in", login="organiser", password=WRONG).status_code == 401
    browser.sign_in("organiser")
    form = {"login": "x", "name": "X", "password": new, "roles": "door"}
    assert browser.post("/staff", **form, **second("chair")).status_code == 200
    assert browser.post(f"/staff/{number}/password", password=new, **second("chair")).status_code == 303
    assert browser.post("/account/password", present=PASSWORD, password=new, again=new).status_code == 303
    assert watching.worked == 3 + 2 + 2 + 2


def test_a_wrong_present_password_is_counted_and_limited(app: Flask, browser: Browser, clock: Clock) -> None:
    browser.sign_in("chair")
    new = "mật khẩu khác hẳn"
    for _ in range(4):
        assert browser.post("/account/password", present=WRONG, password=new, again=new).status_code == 409
    right = {"present": PASSWORD, "password": new, "again": new}
    locked = browser.post("/account/password", **right)
    assert locked.status_code == 409
    assert "quá nhiều lần" in locked.text
    clock.forward(seconds=locks.LOCK_SECONDS + 1)
    for _ in range(40):
        browser.post("/account/password", present=WRONG, password=new, again=new)
        clock.forward(seconds=45)
    assert browser.post("/account/password", **right).status_code == 409
    clock.forward(seconds=locks.TRIES_SECONDS)
    browser.sign_in("chair")
    assert browser.post("/account/password", **right).status_code == 303
    browser.sign_in("chair", new)


def test_strangers_cannot_keep_anybody_from_changing_their_own_password(app: Flask, browser: Browser) -> None:
    browser.sign_in("chair")
    lock(app, "chair", 12)
    new = "mật khẩu khác hẳn"
    assert browser.post("/account/password", present=PASSWORD, password=new, again=new).status_code == 303


def test_replacing_an_authenticator_takes_what_opens_the_account(app: Flask, browser: Browser, clock: Clock) -> None:
    """A browser that was left alone is not enough; a first authenticator takes nothing from anybody."""
    totp = careful(app)
    browser.sign_in("careful", code=totp.at(clock.now))
    clock.forward(seconds=30)
    code = totp.at(clock.now)
    for form in ({}, {"present": PASSWORD}, {"present": WRONG, "present_code": code},
                 {"present": PASSWORD, "present_code": "١٢٣٤٥٦"}):  # fmt: skip
        assert browser.post("/account/totp", **form).status_code == 409
        clock.forward(seconds=60)
    clock.forward(minutes=10)
    code = totp.at(clock.now)
    answer = browser.post("/account/totp", present=PASSWORD, present_code=code)
    assert answer.headers["Location"] == "/account/totp"


def test_whoever_signs_in_at_too_many_devices_at_once_keeps_nobody_out(app: Flask, browser: Browser) -> None:
    """A password takes 64 MiB and all cores: strangers get a few turns, places that the room knows need none."""
    browser.sign_in("chair")
    with ExitStack() as strangers:
        for _ in range(2):
            assert accounts.STRANGERS.acquire(blocking=False)
            strangers.callback(accounts.STRANGERS.release)
        unknown = Browser(app.test_client())
        answer = unknown.post("/sign-in", login="chair", password=PASSWORD, code="")
        assert answer.status_code == 429 and "nhiều thiết bị đăng nhập" in answer.text
        assert unknown.post("/sign-in", login="nobody", password=PASSWORD, code="").status_code == 429
        browser.post("/sign-out")
        browser.sign_in("chair")
    assert staff_row(app, "chair").failures == 0
    unknown.sign_in("chair")
    assert accounts.STRANGERS.acquire(blocking=False) and accounts.STRANGERS.acquire(blocking=False)
    accounts.STRANGERS.release(2)


@pytest.mark.parametrize(
    "back",
    ["/\t/evil.test", "/\n/evil.test", "/\r\n/evil.test", "/\n", "\t//evil.test", "//evil.test", "/\\evil.test",
     "/\t\\evil.test", "\\\\evil.test", "https://evil.test", "javascript:alert(1)", "/a\\b", "/\x00", "/\x7f/evil.test",
     "", " //evil.test", "/\x0b/evil.test"],
)  # fmt: skip
def test_switching_the_language_leads_nowhere_else(browser: Browser, back: str) -> None:
    answer = browser.post("/language/en", back=back)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")


@pytest.mark.parametrize("back", ["/desk", "/door?q=%C4%90%E1%BB%97", "/rounds/1/steps/2?x=/a//b", "/"])
def test_switching_the_language_comes_back_to_the_page(browser: Browser, back: str) -> None:
    answer = browser.client.post(
        "/language/en", data={"back": back, "csrf_token": browser.token()}, base_url=HERE, headers={"Referer": HERE}
    )
    assert answer.headers["Location"] == back


def signs_in(browser: Browser, login: str, password: str, code: str = "") -> bool:
    return browser.post("/sign-in", login=login, password=password, code=code).status_code == 302


TYPED = ("lan anh", "Lan Anh", "LAN ANH", " lan  anh ", unicodedata.normalize("NFD", "Lan Anh"))


@pytest.mark.parametrize("typed", TYPED)
def test_a_login_is_known_whatever_its_capitals_and_spaces(app: Flask, browser: Browser, typed: str) -> None:
    with web_room(app).storage.write() as session:
        accounts.create_staff(session, "Lan Anh", "Lan Anh", PASSWORD, ("secretary",))
    assert signs_in(browser, typed, PASSWORD)


def test_a_login_that_differs_in_capitals_alone_is_taken(app: Flask) -> None:
    with web_room(app).storage.write() as session, pytest.raises(InvalidSettings):
        accounts.create_staff(session, "Chair", "Ai", PASSWORD, ("secretary",))


def test_nobody_is_the_second_person_of_their_own_step_in_other_capitals(room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("chair")
    for typed in ("Chair", "CHAIR", " chair "):
        answer = browser.post("/desk/freeze", reason="Mất điện", second_login=typed, second_password=PASSWORD)
        assert answer.status_code == 409 and room.state() == "open"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_password_is_known_in_either_unicode_form(app: Flask, browser: Browser, form: Any, typed: Any) -> None:
    password = "mật khẩu của Ước"
    with web_room(app).storage.write() as session:
        accounts.create_staff(session, "uoc", "Ước", unicodedata.normalize(form, password), ("secretary",))
    assert signs_in(browser, "uoc", unicodedata.normalize(typed, password))
    assert not signs_in(browser, "uoc", "mat khau cua Uoc")


@pytest.mark.parametrize("spaced", ["{} {}", " {}{} ", "{}\u00a0{}"])
def test_a_code_may_have_spaces(app: Flask, room: Room, browser: Browser, spaced: str) -> None:
    with web_room(app).storage.write() as session:
        sealed, address = accounts.new_totp(web_room(app).keyring, "ma")
        accounts.create_staff(session, "ma", "Mã", PASSWORD, ("secretary",), totp=sealed)
    totp = pyotp.parse_uri(address)
    assert isinstance(totp, pyotp.TOTP)
    code = totp.at(web_room(app).seconds())
    assert signs_in(browser, "ma", PASSWORD, spaced.format(code[:3], code[3:]))


def test_the_form_says_the_servers_time_and_lets_tablets_type_small_letters(app: Flask, browser: Browser) -> None:
    page = browser.get("/sign-in").text
    now = web_room(app).clock()
    assert f"{now:%H} giờ {now:%M} phút" in page
    assert re.search(r'name="login"[^>]*autocapitalize="none"', page)
