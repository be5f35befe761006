"""A NUL in an address or a name, which PostgreSQL keeps in no text: strangers are refused, and nothing is logged."""

import logging

import pytest
from flask import Flask

from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, PASSWORD, Browser
from tests.voting.web.test_numbers import app, opened

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
