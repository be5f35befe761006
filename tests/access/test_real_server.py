"""The real server from outside: TLS, headers, sizes, paths, and tablets that nobody enrolled.

Who may open which page is tried in test_routes.py.
"""

import base64
import contextlib
import hashlib
import http.client
import re
import socket
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.files.signing import new_signing_key
from tests.faults.room import FaultRoom, Tablet, fork_server, make_fault_room
from tests.faults.staff import Staff, add_staff
from voting.web.protection import FORM_LIMIT, HEADERS

pytestmark = pytest.mark.slow
WALKS = (
    "/static/../room.key",
    "/static/..%2f..%2froom.key",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd",
    "/static/built/..\\..\\room.key",
    "/static/%00",
    "/api/v1/elections/..%2f..%2froom.key/election.json",
    "/../../../../etc/passwd",
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultRoom]:
    with (
        fork_server() as starter,
        make_fault_room(tmp_path_factory.mktemp("real") / "room", starter, cards=2, seed=1) as field,
    ):
        add_staff(field.room.storage)
        field.let_go()
        field.start()
        yield field


def staff(room: FaultRoom) -> Staff:
    return Staff(room.port, room.trust())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_of_tls_are_refused(room: FaultRoom, version: ssl.TLSVersion) -> None:
    context = room.trust()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)), socket.create_connection(("127.0.0.1", room.port)) as plain:
        context.wrap_socket(plain, server_hostname="localhost")


def test_todays_tls_is_spoken_and_plain_http_is_not(room: FaultRoom) -> None:
    with socket.create_connection(("127.0.0.1", room.port)) as plain:
        with room.trust().wrap_socket(plain, server_hostname="localhost") as secured:
            assert secured.version() in ("TLSv1.2", "TLSv1.3")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", room.port, timeout=60)) as connection:
            connection.request("GET", "/")
            connection.getresponse()


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/desk", "/api/v1/room", "/api/v1/nothing", "/static/nothing.js", "/nothing"]
)
def test_every_answer_of_the_real_server_has_the_headers(room: FaultRoom, path: str) -> None:
    status, headers, _ = staff(room).ask("GET", path)
    assert status < 500
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert headers.get("Server") in (None, "granian")
    assert "Python" not in str(headers)


@pytest.mark.parametrize("path", WALKS)
def test_no_path_leads_out_of_what_is_served(room: FaultRoom, path: str) -> None:
    """Sent as they stand, past any client that would tidy them."""
    with socket.create_connection(("127.0.0.1", room.port), timeout=60) as plain:
        with room.trust().wrap_socket(plain, server_hostname="localhost") as secured:
            secured.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            with contextlib.suppress(ssl.SSLError, ConnectionError):
                while piece := secured.recv(65536):
                    answer += piece
    status = int(answer.split(b" ", 2)[1]) if answer else 400
    assert status in (301, 302, 308, 400, 404)
    secret = (room.folder / "room.key").read_bytes()
    assert secret not in answer
    assert b"root:" not in answer


@pytest.mark.parametrize("path", ["/api/v1/devices", "/sign-in", "/desk/new"])
def test_an_upload_over_the_limit_is_refused(room: FaultRoom, path: str) -> None:
    member = staff(room).sign_in("organiser")
    body = b"csrf_token=" + member.token().encode() + b"&x=" + b"a" * (FORM_LIMIT + 1)
    try:
        status, _, _ = member.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
    except (ConnectionError, ssl.SSLError):
        return  # refused before it was read
    assert status in (400, 413)


def test_a_tablet_that_nobody_enrolled_casts_nothing(room: FaultRoom) -> None:
    foreign = new_signing_key()
    for device in ("", room.device, hashlib.sha256(b"x").hexdigest()):
        tablet = Tablet(room.port, room.trust(), foreign, device)
        status, answer = tablet.send(room.room_uuid, room.requests[0].body)
        tablet.close()
        assert (status, answer) == (401, {"code": "device_unknown", "recorded": False})
    assert room.requests[0].tracker not in room.in_the_box()
    room.let_go()


def test_a_session_made_by_somebody_else_is_not_taken_over(room: FaultRoom) -> None:
    """Session fixation: the cookie from before signing in is worth nothing afterwards."""
    member = staff(room)
    member.token()
    before = dict(member.cookies)
    member.sign_in("organiser")
    assert member.cookies != before
    stranger = staff(room)
    stranger.cookies = before
    assert stranger.ask("GET", "/desk")[0] == 302
    assert member.ask("GET", "/desk")[0] in (200, 404)


def test_the_cookie_is_for_this_host_over_tls_and_for_no_script(room: FaultRoom) -> None:
    cookies = staff(room).ask("GET", "/sign-in")[1].get_all("Set-Cookie") or []
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}


def test_secrets_are_compared_in_constant_time() -> None:
    """No `==` on a token, password, signature, seal, secret or digest in the room; nor on a code, where it lets in."""
    wrong = []
    for path in sorted((Path(__file__).parents[2] / "voting").rglob("*.py")):
        lets_in = "web" in path.parts or path.name.startswith(("box", "mirror"))
        words = "token|password|signature|seal|secret|digest" + ("|code" if lets_in else "")
        for number, line in enumerate(path.read_text().splitlines(), 1):
            lookup = "Row." in line  # by its hash, in the database
            if not lookup and re.search(rf"\b({words})\b\s*[!=]=(?!=)", line):
                wrong.append(f"{path.name}:{number}: {line.strip()}")
    assert wrong == []


def test_a_signature_that_is_not_base64_is_refused_like_a_foreign_one(room: FaultRoom) -> None:
    with contextlib.closing(
        http.client.HTTPSConnection("127.0.0.1", room.port, timeout=60, context=room.trust())
    ) as connection:
        for signature in ("", "***", base64.b64encode(bytes(64)).decode(), "A" * 5000):
            headers = {"Phieukin-Device": room.device, "Phieukin-Signature": signature}
            path = f"/api/v1/elections/{room.room_uuid}/ballots"
            connection.request("POST", path, room.requests[0].body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 401
