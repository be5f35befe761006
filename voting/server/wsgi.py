"""One request handed to a WSGI application (PEP 3333), whole; and its answer, whole too where it is not long."""

import io
import sys
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

AT_ONCE = 1024 * 1024  # bytes of an answer that are collected before anything is sent
Scope = MutableMapping[str, Any]
"""A request's head, as ASGI gives it."""
_UNPREFIXED = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}
_JOINED = {"HTTP_COOKIE": "; "}  # others are joined by a comma


@dataclass(slots=True)
class Answer:
    """Status, headers and the first bytes; `rest` yields what follows out of `source`, None where that is all."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    rest: "Iterator[bytes] | None" = None
    source: object = None


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """The environment of a request whose body is here; a name with an underscore cannot pass for one with a hyphen."""
    host, port = scope.get("server") or ("localhost", 443)
    address, remote = scope.get("client") or ("", "")
    path = unquote_to_bytes(scope["raw_path"]).decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path if path.startswith("/") else f"/{path}",
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(remote),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        if b"_" in raw or (raw == b"host" and not value):
            continue
        name = "HTTP_" + raw.decode("latin-1").upper().replace("-", "_")
        name, text = _UNPREFIXED.get(name, name), value.decode("latin-1")
        environ[name] = environ[name] + _JOINED.get(name, ",") + text if name in environ else text
    return environ


def call(application: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Ask the application; collect its answer up to `AT_ONCE`, leave the rest to `more`."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
        begun[:] = [(status, headers)]

    chunks = application(environ, start_response)
    found = iter(chunks)
    try:
        body, ended = _collect(found)
        status, headers = begun[0]
    except BaseException:
        let_go(chunks)
        raise
    if ended:
        let_go(chunks)
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(int(status.split(" ", 1)[0]), lines, body, None if ended else found, chunks)


def more(rest: Iterator[bytes]) -> bytes:
    """The next bytes of a long answer, none at its end."""
    return _collect(rest)[0]


def let_go(chunks: object) -> None:
    """Close what an answer comes from, where it can be closed (PEP 3333)."""
    close = getattr(chunks, "close", None)
    if close is not None:
        close()


def _collect(chunks: Iterator[bytes]) -> tuple[bytes, bool]:
    """Bytes up to `AT_ONCE` or a little more, and whether these were the last."""
    collected = bytearray()
    for chunk in chunks:
        collected += chunk
        if len(collected) >= AT_ONCE:
            return bytes(collected), False
    return bytes(collected), True
