"""What happens when something goes wrong: words for people, a code for tablets, a kind for the log.

The log names the kind of an error and the line of code, never its message: a message may quote what somebody sent.
"""

from flask import Flask, Response, got_request_exception, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from voting.box.tablet_interface import Code
from voting.conference import events
from voting.errors import VotingError
from voting.web import api
from voting.web.form_errors import REFUSED, Refusal, refusal_of, shown_again
from voting.web.protection import FORM_LIMIT

_PLAIN = "Máy chủ không trả lời được yêu cầu này.\nThe server cannot answer this request.\n"
MOST_MEGABYTES = FORM_LIMIT // 1024**2
_API_CODES: dict[int, Code] = {429: "limit", 413: "wrong_size", 404: "unknown", 405: "unknown", 400: "bad_request"}


def handle_mistakes(app: Flask) -> None:
    """Take care of every error of the application."""
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(VotingError, _refused)
    app.register_error_handler(DBAPIError, _busy)
    app.register_error_handler(Exception, _unexpected)
    # What raises while an error is taken care of: Flask would write its traceback into a log that nobody keeps.
    got_request_exception.connect(_broken, app)


def page(status: int, key: str, refusal: Refusal | None = None) -> Response:
    """The page that says what went wrong; `key` names the words, `refusal` has more of them.

    Where no page can be made, as for a host that has no addresses, the words stand alone: what comes out of here must
    not raise, since nobody is left to answer then.
    """
    try:
        return make_response(
            render_template("room/error_page.html", key=key, more=refusal, most=MOST_MEGABYTES), status
        )
    except Exception as error:  # noqa: BLE001 - a stranger's request, or a fault in the page itself
        if not isinstance(request.routing_exception, HTTPException):
            events.log_fault(error)
        return Response(_PLAIN, status, content_type="text/plain; charset=utf-8")


def refused(error: Exception, prefix: str = "error") -> Response:
    """The refused form again with the error at its field; a page of its own where no form can be shown."""
    found = shown_again(error, prefix)
    return found or page(REFUSED, f"{prefix}.{type(error).__name__}", refusal_of(error, prefix))


def _forged(_error: CSRFError) -> Response:
    return page(400, "error_page.forged")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and status < 400:
        return make_response(error.response)
    if request.path.startswith("/api/"):
        return api.refuse(status, _API_CODES.get(status, "fault"))
    known = {401, 403, 404, 405, 413, 429}
    return page(status, f"error_page.{status}" if status in known else "error_page.other")


def _refused(error: VotingError) -> Response:
    if request.path.startswith("/api/"):
        return api.refuse(409, "fault")
    return refused(error)


def _busy(error: DBAPIError) -> Response:
    events.log_fault(error)
    if request.path.startswith("/api/"):
        return api.refuse(503, "busy")
    return page(503, "error_page.busy")


def _unexpected(error: Exception) -> Response:
    events.log_fault(error)
    if request.path.startswith("/api/"):
        return api.refuse(500, "fault")
    return page(500, "error_page.other")


def _broken(_app: Flask, exception: Exception) -> None:
    events.log_fault(exception)
