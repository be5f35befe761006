"""Headers of every answer, limits of every request: what a page of the room may do, and how much may be sent.

Nothing is fetched from elsewhere, nothing is kept by the browser, no other page can frame or read ours.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request, Response, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItemPerMinute
from werkzeug.datastructures import FileStorage, ImmutableMultiDict

from voting.box.tablet_interface import DEVICE_HEADER
from voting.web.request_counts import SCHEME

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # the check against forged requests reads it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), usb=(), payment=()",
    "Cache-Control": "no-store",
}
COOKIE = "__Host-phieukin-"  # of a session, before the room's own letters: goes to this host over TLS alone
FORM_LIMIT = 8 * 1024 * 1024  # bytes of any form or upload by staff
_DEVICES = "phieukin-casts-of-devices"
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # what bytes that are no UTF-8 are read as
STATIC_CACHE = "public, max-age=31536000, immutable"  # built files carry the hash of their bytes in the name


def add_headers(answer: Response) -> Response:
    """Put the headers on an answer; built files alone may be kept by the browser."""
    for name, value in HEADERS.items():
        answer.headers[name] = value
    if request.endpoint == "static" and "/built/" in request.path and answer.status_code == 200:
        answer.headers["Cache-Control"] = STATIC_CACHE
    answer.headers.pop("Server", None)
    return answer


class Fields(ImmutableMultiDict[str, Any]):
    """What a form or a query says; a NUL, which PostgreSQL keeps in no text, is read as bytes that are no UTF-8 are."""

    def __init__(self, mapping: Iterable[tuple[str, Any]] | None = None) -> None:
        """Keep the fields, and the files of a form."""
        super().__init__([(_without_nul(name), _readable(one)) for name, one in mapping or ()])


class RoomRequest(Request):
    """A request whose fields every database can keep, so that no view has to look for a NUL."""

    parameter_storage_class = Fields


def _without_nul(text: str) -> str:
    return text.replace("\0", _UNREADABLE)


def _readable(value: Any) -> Any:
    if isinstance(value, FileStorage) and value.filename:
        value.filename = _without_nul(value.filename)
    return _without_nul(value) if isinstance(value, str) else value


def demand_path() -> None:
    """Refuse (404) an address with a NUL in it: PostgreSQL keeps none in a text, so no row is called so."""
    if "\0" in request.path:
        abort(404)


def device() -> str:
    """The id by which a tablet calls itself; anybody can send it, so nothing is counted by it before a signature."""
    return request.headers.get(DEVICE_HEADER, "")[:64]


def set_limits(app: Flask, per_address: Mapping[str, int], casts_of_device: int) -> None:
    """Limit endpoints to so many requests a minute, counted in the memory of each server process and nowhere else.

    What no database can look up is refused before any view asks, and what none can keep is never in a field.
    """
    app.request_class = RoomRequest
    app.before_request(demand_path)
    limiter = Limiter(get_remote_address, app=app, storage_uri=f"{SCHEME}://", headers_enabled=False)
    for endpoint, times in per_address.items():
        limited = limiter.limit(f"{times} per minute", key_func=get_remote_address)(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited  # type: ignore[assignment] # views here are not coroutines
    counted = RateLimitItemPerMinute(casts_of_device)
    app.extensions[_DEVICES] = lambda: limiter.limiter.hit(counted, device())


def count_device() -> None:
    """Count a cast of the tablet that signed this request; abort with 429 where it is one too many."""
    if not current_app.extensions[_DEVICES]():
        abort(429)
