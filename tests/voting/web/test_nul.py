"""A NUL in an address, a form or a query, which PostgreSQL keeps in no text: never a 500 or a 503, nothing logged."""

import io
import logging

import pytest
from flask import Flask

from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, PASSWORD, Browser
from tests.voting.web.test_numbers import app, fields, filled, opened

__all__ = ["app", "opened"]
NUL = "a\0b"


def test_a_stranger_who_sends_one_is_refused_and_fills_no_log(
    app: Flask, opened: Room, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses = [one.rule.replace("<uuid>", "a%00b") for one in app.url_map.iter_rules() if "<uuid>" in one.rule]
    assert len(addresses) > 4
    answers = [browser.get(one).status_code for one in addresses]
    answers += [browser.client.post(one, data=b"{}", base_url=HERE).status_code for one in addresses]
    assert set(answers) <= {404, 405}
    assert browser.post("/sign-in", login=NUL, password=PASSWORD, code="").status_code == 401
    assert [one for one in caplog.records if one.name.startswith("phieukin")] == []


def test_a_second_person_of_such_a_name_is_nobody(app: Flask, opened: Room, browser: Browser) -> None:
    browser.sign_in("chair")
    answer = browser.post("/desk/freeze", second_login=NUL, second_password=PASSWORD, reason="nghỉ giải lao")
    assert 400 <= answer.status_code < 500


def test_staff_who_send_one_in_any_field_of_any_form_stop_nothing(
    app: Flask, opened: Room, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Also in the name of a field, of a file, and in a query."""
    browser.sign_in("everybody")
    caplog.set_level(logging.DEBUG)
    typed = dict.fromkeys([*sorted(fields()), NUL], NUL)
    found = {}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.rule not in ("/sign-out", "/sign-in"):
            for address in {filled(rule, "1"), filled(rule, "1").replace("present", "drawn")}:
                found[address] = browser.post(f"{address}?at={NUL}", **typed).status_code
                sent = typed | {name: (io.BytesIO(NUL.encode()), NUL) for name in ("file", "records", "files")}
                answer = browser.client.post(address, base_url=HERE, headers={"Referer": f"{HERE}/"},
                                             data={**sent, "csrf_token": browser.token()})  # fmt: skip
                found[f"{address}, files"] = answer.status_code
        elif "GET" in (rule.methods or set()) and "<path" not in rule.rule:
            query = "&".join(f"{name}=a%00b" for name in typed)
            found[rule.rule] = browser.get(f"{filled(rule, '1')}?{query}").status_code
    assert {address: code for address, code in found.items() if code >= 500} == {}
    assert [one.getMessage() for one in caplog.records if one.name.startswith("phieukin")] == []


def test_the_label_of_a_tablet_is_kept_without_one(app: Flask, browser: Browser) -> None:
    browser.sign_in("everybody")
    assert browser.post("/tablets/codes", label=f"máy {NUL}").status_code == 200
