"""How much a head may bring: little without a tablet's name, a session or the mirror's seal."""

import pytest
from flask import Flask

from tests.voting.web.conftest import HERE
from tests.voting.web.conftest import app as app
from tests.voting.web.conftest import cheap_passwords as cheap_passwords
from tests.voting.web.conftest import clock as clock
from voting.box.mirror import BODY_LIMIT, PATH
from voting.server.admission import SHORT, mirror_admits, room_admits
from voting.server.front import Head
from voting.web.protection import FORM_LIMIT

HEX = b"0" * 64
COOKIE = {b"cookie": b"a=1; __Host-phieukin-0a1b2c3d=x"}


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/api/v1/elections/u/ballots", {b"phieukin-device": HEX}, FORM_LIMIT),
        ("/api/v1/elections/u/ballots", {b"phieukin-device": HEX[1:]}, SHORT),
        ("/api/v1/elections/u/ballots", COOKIE, SHORT),
        ("/api/v1/devices", {}, SHORT),
        ("/desk/open", COOKIE, FORM_LIMIT),
        ("/desk/open", {b"phieukin-device": HEX}, SHORT),
        ("/sign-in", {b"cookie": b"a=1"}, SHORT),
    ],
)
def test_the_room_reads_long_bodies_of_tablets_and_sessions_alone(
    path: str, headers: dict[bytes, bytes], most: int
) -> None:
    assert room_admits(Head("POST", path, headers, 1)) == most


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [(PATH, {b"phieukin-mirror": HEX}, BODY_LIMIT), (PATH, {}, 0), ("/", {b"phieukin-mirror": HEX}, 0)],
)
def test_the_mirror_reads_what_has_a_seal(path: str, headers: dict[bytes, bytes], most: int) -> None:
    assert mirror_admits(Head("POST", path, headers, 1)) == most


def test_the_cookie_of_a_real_session_is_known(app: Flask) -> None:
    answer = app.test_client().get("/sign-in", base_url=HERE)
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert room_admits(Head("POST", "/sign-in", {b"cookie": cookie.encode()}, 1)) == FORM_LIMIT
