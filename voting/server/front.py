"""The front (cửa đón yêu cầu): reads requests in the event loop, and hands whole ones to the application's threads.

No thread ever waits for a peer. The head of a request alone decides how long its body may be; the body is read under a
deadline and under the caps of `unfinished`, and only then does a thread take it. Answers are written by the event loop
as well, long ones piece by piece, each under a deadline. A request that is dropped hears 408 and loses its connection.

Whatever the application raises becomes an answer that says nothing of it, and one line of the log's catalogue.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from wsgiref.types import WSGIApplication

from voting.conference import events
from voting.server.unfinished import Counter, Unfinished
from voting.server.wsgi import Answer, Scope, call, environ_of, let_go, more

READ_SECONDS = 10.0  # for a whole body, and more for a long one:
BYTES_A_SECOND = 128 * 1024
READ_SECONDS_MOST = 75.0
WRITE_SECONDS = 30.0  # for one piece of a long answer
WITH_BODY: Final = ("POST", "PUT", "PATCH", "DELETE")
DROPPED, FAULT, FULL = 408, 500, 503
_WORDS: Final = {
    DROPPED: "Yêu cầu gửi quá chậm: hãy gửi lại.\nThe request came too slowly: send it again.\n",
    FAULT: "Máy chủ gặp lỗi: hãy báo kỹ thuật viên.\nThe server met a fault: tell the technician.\n",
    FULL: "Máy chủ đang bận: hãy gửi lại.\nThe server is busy: send it again.\n",
}

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a request before its body; `length` is None where it comes in chunks."""

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    length: int | None

    @classmethod
    def of(cls, scope: Scope) -> "Head":
        """Read the head; the server refused lengths that are no numbers, and more than one of them, before."""
        headers = dict(scope["headers"])
        length = None if b"transfer-encoding" in headers else int(headers.get(b"content-length", b"0"))
        return cls(scope["method"], scope["path"], headers, length)


Admit = Callable[[Head], int]
"""How many bytes of a body a request may bring, by its head."""


class Front:
    """An ASGI application in front of a WSGI one; `headers` go with its own answers, as with all others."""

    def __init__(
        self,
        application: WSGIApplication,
        admit: Admit,
        threads: int,
        *,
        headers: Mapping[str, str],
        counter: Counter | None = None,
        seconds: float = READ_SECONDS,
    ) -> None:
        self._application, self._admit, self._seconds = application, admit, seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._counter = counter or Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        head = Head.of(scope)
        most = self._admit(head) if head.method in WITH_BODY else 0
        if head.length is not None and not 0 < head.length <= most:
            # Nothing to read; or too much, which the application says in its own words, without any of it.
            await self._send(await self._ask(head, scope, b""), receive, send)
            return
        patience = asyncio.timeout(self._deadline(head, most))
        one = self._counter.begin(_address(scope), lambda: _lose(patience))
        try:
            whole = await self._read(one, patience, most, receive)
            if whole is not None:
                answer = await self._ask(head, scope, whole) if self._counter.whole(one) else self._own(head, FULL)
                await self._send(answer, receive, send)
        except TimeoutError:
            await self._send(self._own(head, DROPPED), receive, send)
        finally:
            self._counter.free(one)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown()

    def _deadline(self, head: Head, most: int) -> float:
        length = most if head.length is None else head.length
        return min(self._seconds + length / BYTES_A_SECOND, max(self._seconds, READ_SECONDS_MOST))

    async def _read(self, one: Unfinished, patience: asyncio.Timeout, most: int, receive: Receive) -> bytes | None:
        """The whole body, or what is too long by a little; None where the peer left. Raises TimeoutError."""
        async with patience:
            while len(one.body) <= most:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                self._counter.add(one, message.get("body", b""))
                if not message.get("more_body", False):
                    break
            return bytes(one.body)

    async def _ask(self, head: Head, scope: Scope, body: bytes) -> Answer:
        """Let a thread ask the application."""
        environ = environ_of(scope, body)
        if head.method not in WITH_BODY:
            environ.pop("CONTENT_LENGTH", None)  # nothing was read of it
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call, self._application, environ)
        except Exception as error:  # noqa: BLE001 - whatever it is, a stranger may have caused it
            events.log_fault(error)
            return self._own(head, FAULT)

    async def _send(self, answer: Answer, receive: Receive, send: Send) -> None:
        rest = answer.rest
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body, "more_body": rest is not None})
        if rest is None:
            return
        gone = asyncio.ensure_future(receive())  # the next that the peer says is that it left
        try:
            with suppress(TimeoutError):
                await self._send_rest(rest, gone, send)
        finally:
            gone.cancel()
            await asyncio.get_running_loop().run_in_executor(self._pool, let_go, answer.source)

    async def _send_rest(self, rest: Iterator[bytes], gone: "asyncio.Future[Message]", send: Send) -> None:
        """Send piece after piece, each as soon as the peer has room for it; raise TimeoutError where it has none."""
        loop = asyncio.get_running_loop()
        while piece := await loop.run_in_executor(self._pool, more, rest):
            if gone.done():
                return
            async with asyncio.timeout(WRITE_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _own(self, head: Head, status: int) -> Answer:
        """An answer of the front's own; a tablet may send again: the ballot was not looked at."""
        kind, body = b"text/plain; charset=utf-8", _WORDS[status].encode()
        if head.path.startswith("/api/"):
            code = b"fault" if status == FAULT else b"busy"
            kind, body = b"application/json", b'{"code":"%s","recorded":null}' % code
        own = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        return Answer(status, [*own, *self._headers], b"" if head.method == "HEAD" else body)


def _lose(patience: asyncio.Timeout) -> None:
    """Let a deadline be now; one that has passed already stays."""
    with suppress(RuntimeError):
        patience.reschedule(asyncio.get_running_loop().time())


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
