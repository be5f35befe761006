"""The front, driven by its two sides: what is read, what is handed over, what is answered without the application."""

import asyncio
import io
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from voting.server.front import Front, Head, Message
from voting.server.unfinished import Counter
from voting.server.wsgi import AT_ONCE

NEVER: Message = {"type": "never"}
GONE: Message = {"type": "http.disconnect"}
MOST = 100


def echo(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Say what was asked, and what of the body is here."""
    start("200 OK", [("Content-Type", "text/plain"), ("X-Length", environ.get("CONTENT_LENGTH", "none"))])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["PATH_INFO"].encode("latin-1"), b" ",
            environ["wsgi.input"].read()]  # fmt: skip


class Peer:
    """One request's other side: what it sends, and what it heard."""

    def __init__(self, method: str = "POST", path: str = "/x", *messages: Message, **headers: str) -> None:
        self.messages = list(messages)
        named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
        self.scope: dict[str, Any] = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"a=%C3%A9",
            "http_version": "1.1", "scheme": "https", "headers": named, "client": ("192.168.1.9", "1"),
            "server": ("127.0.0.1", "8443"),
        }  # fmt: skip
        self.status, self.headers, self.body, self.whole = 0, dict[bytes, bytes](), b"", False

    async def receive(self) -> Message:
        message = self.messages.pop(0) if self.messages else NEVER
        if message is NEVER:
            await asyncio.Event().wait()
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message["body"]
            self.whole = not message["more_body"]


def part(body: bytes, *, last: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": not last}


def front(application: Any = echo, **more: Any) -> Front:
    return Front(application, lambda _: MOST, 2, headers={"X-Frame-Options": "DENY"}, **more)


def asked(peer: Peer, one: Front | None = None) -> Peer:
    one = one or front()
    asyncio.run(one(peer.scope, peer.receive, peer.send))
    one.close()
    return peer


def test_a_whole_body_is_handed_over() -> None:
    peer = asked(Peer("POST", "/x", part(b"ab", last=False), part(b"c"), content_length="3"))
    assert (peer.status, peer.body, peer.whole) == (200, b"POST /x abc", True)
    assert peer.headers[b"x-length"] == b"3"


def test_a_body_in_chunks_has_no_length_for_the_application_either() -> None:
    peer = asked(Peer("POST", "/x", part(b"abc"), transfer_encoding="chunked"))
    assert (peer.body, peer.headers[b"x-length"]) == (b"POST /x abc", b"none")


def test_chunks_are_read_to_just_above_what_is_allowed() -> None:
    peer = asked(Peer("POST", "/x", *[part(bytes(60), last=False)] * 9, transfer_encoding="chunked"))
    assert len(peer.body) == len(b"POST /x ") + 120, "the application sees that it is too long"
    assert len(peer.messages) == 7, "the rest is not read"


def test_a_length_that_is_too_much_is_said_by_the_application_and_nothing_is_read() -> None:
    peer = asked(Peer("POST", "/x", NEVER, content_length="101"))
    assert (peer.body, peer.headers[b"x-length"]) == (b"POST /x ", b"101")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_methods_without_a_body_wait_for_none(method: str) -> None:
    peer = asked(Peer(method, "/x", NEVER, content_length="50"))
    assert (peer.status, peer.headers[b"x-length"]) == (200, b"none")


@pytest.mark.parametrize("path", ["/api/v1/devices", "/sign-in"])
@pytest.mark.parametrize("headers", [{"content_length": "9"}, {"transfer_encoding": "chunked"}])
def test_a_body_that_does_not_come_is_dropped_at_the_deadline(path: str, headers: dict[str, str]) -> None:
    peer = asked(Peer("POST", path, part(b"a", last=False), NEVER, **headers), front(seconds=0.01))
    assert (peer.status, peer.whole) == (408, True)
    assert peer.headers[b"connection"] == b"close"
    assert peer.headers[b"x-frame-options"] == b"DENY"
    assert (b'"busy"' in peer.body) == path.startswith("/api/")


def test_one_too_many_ends_the_oldest_and_a_whole_one_is_answered() -> None:
    one = front(counter=Counter(per_address=2))
    slow = [Peer("POST", f"/{name}", NEVER, content_length="9") for name in range(3)]
    whole = Peer("POST", "/whole", part(b"abc"), content_length="3")

    async def crowd() -> None:
        tasks = [asyncio.ensure_future(one(peer.scope, peer.receive, peer.send)) for peer in slow]
        await tasks[0]
        await one(whole.scope, whole.receive, whole.send)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(crowd())
    one.close()
    assert [peer.status for peer in slow] == [408, 408, 0], "the whole one was one too many for a moment, too"
    assert (whole.status, whole.body) == (200, b"POST /whole abc")


def test_without_room_for_its_bytes_a_request_is_sent_again_later() -> None:
    peer = asked(Peer("POST", "/x", part(bytes(50)), content_length="50"), front(counter=Counter(most_bytes=10)))
    assert peer.status in (408, 503)


def test_a_peer_that_left_gets_no_answer() -> None:
    peer = asked(Peer("POST", "/x", part(b"a", last=False), GONE, content_length="9"))
    assert peer.status == 0


@pytest.mark.parametrize("path", ["/api/v1/room", "/desk"])
def test_whatever_the_application_raises_is_an_answer_and_a_line_of_the_catalogue(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        raise ValueError("a secret")

    peer = asked(Peer("GET", path), front(broken))
    assert peer.status == 500
    assert b"secret" not in peer.body and "secret" not in caplog.text
    assert "fault kind=ValueError" in caplog.text
    assert (b'"fault"' in peer.body) == path.startswith("/api/")


class Long:
    """An answer of several pieces that notes when it is closed."""

    def __init__(self, pieces: int) -> None:
        self.left, self.closed = pieces, False

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        return self

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            self.left -= 1
            yield bytes(AT_ONCE)

    def close(self) -> None:
        self.closed = True


def test_a_long_answer_goes_out_piece_by_piece() -> None:
    made = Long(3)
    peer = asked(Peer("GET", "/x"), front(made))
    assert (len(peer.body), peer.whole, made.closed) == (3 * AT_ONCE, True, True)


def test_a_long_answer_ends_where_nobody_reads_it() -> None:
    made = Long(50)
    peer = asked(Peer("GET", "/x", GONE), front(made))
    assert made.closed and not peer.whole
    assert made.left > 40


def test_heads_are_told_as_wsgi_wants_them() -> None:
    seen: dict[str, Any] = {}

    def note(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        seen.update(environ)
        start("204 No Content", [])
        return io.BytesIO()

    peer = Peer("GET", "/a%2Fb%C3%A9")
    peer.scope["headers"] = [(b"host", b"room.local"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-a", b"\xe9"),
                             (b"x-a", b"2"), (b"phieukin_device", b"0"), (b"content-type", b"text/plain")]  # fmt: skip
    asked(peer, front(note))
    assert (seen["PATH_INFO"], seen["QUERY_STRING"]) == ("/a/b\xc3\xa9", "a=%C3%A9")
    assert (seen["HTTP_COOKIE"], seen["HTTP_X_A"], seen["CONTENT_TYPE"]) == ("a=1; b=2", "\xe9,2", "text/plain")
    assert (seen["HTTP_HOST"], seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == ("room.local", "192.168.1.9", "https")
    assert "HTTP_PHIEUKIN_DEVICE" not in seen, "a name with an underscore is not one with a hyphen"
    assert peer.status == 204


def test_a_head_without_a_length_has_no_body() -> None:
    assert Head.of(Peer("POST").scope).length == 0
    assert Head.of(Peer("POST", transfer_encoding="chunked").scope).length is None
