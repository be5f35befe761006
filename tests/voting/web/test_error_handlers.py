"""What strangers send by mistake or on purpose: an answer below 500, and no line in the log."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.voting.web.conftest import HERE, Browser, web_room
from voting.server.certificates import prepare_certificate
from voting.web.protection import FORM_LIMIT, HEADERS

HOSTS = ("a" * 5000, "a" * 70 + ".x", "a..b", ".", "-", "[::1", "x]:1", "@", "a b", "é", "a/b", "1:99999999", "")
PATHS = ("/", "/desk", "/sign-in", "/api/v1/room", "/nothing", "/static/nothing.css", "/%ff%fe", "//evil.test/")
QUERIES = ("?a=%ff", "?" + "a=1&" * 2000, "?a[]=&%00=%00")
ODD: tuple[dict[str, str], ...] = (
    {"Cookie": "__Host-phieukin=%ff; =; ;;; a"},
    {"Cookie": "__Host-phieukin=" + "." * 5000},
    {"Accept-Language": "x" * 5000 + ";q=é"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary=é"},
    {"Content-Type": "application/json; charset=nothing"},
    {"Content-Length": "99999999999999999999"},
    {"Range": "bytes=9-1,é"},
    {"If-Modified-Since": "é"},
    {"Referer": "https://[", "Origin": "null"},
    {"Phieukin-Device": "é" * 64, "Phieukin-Page": "é é é"},
)


@pytest.fixture
def stranger(app: Flask, caplog: pytest.LogCaptureFixture) -> Iterator[FlaskClient]:
    """A stranger's client, after whom the log is empty."""
    settings = web_room(app).settings
    prepare_certificate(settings.directory / "tls", (), settings.clock())
    yield app.test_client()
    assert caplog.text == ""


@pytest.mark.parametrize("host", HOSTS)
def test_no_host_breaks_a_page_or_writes_into_the_log(stranger: FlaskClient, host: str) -> None:
    for path in PATHS:
        for method in ("GET", "POST"):
            answer = stranger.open(path, method=method, headers={"Host": host})
            assert answer.status_code < 500, path
            assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
            answer.close()


@pytest.mark.parametrize("headers", ODD, ids=lambda headers: next(iter(headers)))
def test_no_head_breaks_a_route(app: Flask, stranger: FlaskClient, headers: dict[str, str]) -> None:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in ("GET", "POST"):
            answer = stranger.open(path, method=method, headers=headers, data=b"a=1", base_url=HERE)
            assert answer.status_code < 500, (method, path)
            answer.close()


@pytest.mark.parametrize("value", ["%ff", "%00", "%0a", "é", "-1", "9" * 40, "..", "%2f", "a" * 3000])
def test_no_part_of_an_address_breaks_a_route(app: Flask, stranger: FlaskClient, value: str) -> None:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", value, rule.rule)
        for query in ("", *QUERIES):
            answer = stranger.get(path + query, base_url=HERE)
            assert answer.status_code < 500, path
            answer.close()


def test_a_fault_while_a_mistake_is_told_is_still_an_answer(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise ValueError("a secret")

    app.add_url_rule("/broken", view_func=broken)
    app.jinja_env.globals["url_for"] = None
    answer = app.test_client().get("/broken", base_url=HERE)
    assert answer.status_code == 500
    assert "secret" not in answer.text + caplog.text
    assert "fault kind=ValueError" in caplog.text and "Traceback" not in caplog.text


def test_what_is_too_large_is_refused_with_the_limit_and_what_to_do(browser: Browser) -> None:
    browser.sign_in("organiser")
    for language, words in (("vi", ("nhiều nhất 8 MB", "ở trang “Kết quả”")), ("en", ("at most 8 MB", "“Results”"))):
        browser.post(f"/language/{language}")
        answer = browser.post("/results/records", filler="x" * FORM_LIMIT)
        assert answer.status_code == 413
        assert all(one in answer.text for one in words), answer.text
