"""A form that was refused is shown again (biểu mẫu chưa nhận): what was typed is kept, the error stands at its field.

A view that takes a form names the page that holds it with `@shown_on(page)`. Where it raises, that page is shown again
with the status of the refusal; its templates ask `refusal(address)` for the error of their own form, and `typed` for
what was typed. Passwords, codes and files are never kept. The words are the reader's; the error's own message, which is
English, is shown to nobody but as "for the technician", where a file itself is damaged and no words can say how.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, make_response, request, url_for
from werkzeug.exceptions import HTTPException

from keys.message import Message, UserError
from voting.web.words import knows, say

SECRET = ("password", "code", "csrf")  # parts of the names of fields that are never sent back
OF_FILES = ("_file", "_other")  # ends of keys about a file that is damaged or foreign: the message says where
PLACE = 'id="fault"'  # of the error beside its field
REFUSED = 409
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was refused, in the reader's words; `at` is the field to mend, `technical` the English message.

    `placed`: the page has the form, so that the error can stand there.
    """

    path: str
    sentence: str
    detail: str
    at: str
    file: str
    technical: str
    placed: bool = True


def shown_on(page: Callable[..., Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say which page holds the form that a view takes; `page` gets the address's parts that it asks for."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.shown_on = page  # type: ignore[attr-defined] # read below, when the view raises
        return view

    return mark


def shown_again(error: Exception, prefix: str = "error") -> Response | None:
    """The page of the refused form, or None where the view names none, or its page cannot be shown any more."""
    page = getattr(current_app.view_functions.get(request.endpoint or ""), "shown_on", None)
    if page is None or request.method == "GET":
        return None
    g.refusal = refusal_of(error, prefix)
    wanted = inspect.signature(page).parameters
    try:
        arguments = {name: value for name, value in (request.view_args or {}).items() if name in wanted}
        body = page(**arguments)
        if not isinstance(body, str):  # the page sends its reader on: there is no form to show
            g.refusal = None
            return None
        if PLACE not in body:
            g.refusal = replace(g.refusal, placed=False)
            body = page(**arguments)
    except (UserError, HTTPException):
        g.refusal = None
        return None
    return make_response(body, REFUSED)


def refusal_of(error: Exception, prefix: str = "error") -> Refusal:
    """Put an error into the reader's words; `prefix` names the words of its kind."""
    key, more, at = f"{prefix}.{type(error).__name__}", Message(""), ""
    if isinstance(error, UserError):
        more, at = error.message, error.at
    known = bool(more.key) and knows(f"refusal.{more.key}")
    return Refusal(
        path=request.path,
        sentence=say(key) if knows(key) else say("error_page.other"),
        detail=say(f"refusal.{more.key}", **_spoken(more.fields)) if known else "",
        at=at,
        file=str(more.fields.get("file", "")),
        technical=str(error) if (not known or more.key.endswith(OF_FILES)) and not _said(key, error) else "",
    )


def in_short(error: Exception) -> str:
    """What an error says to whoever scans a card: its own words, else those of its kind."""
    found = refusal_of(error)
    return found.detail or found.sentence


def refused(address: str = "") -> Refusal | None:
    """The refusal of the form that goes to an address (of the page's only form, where none is given), if there is."""
    found = g.get("refusal")
    return found if isinstance(found, Refusal) and address in ("", found.path) else None


def typed(name: str, usual: object = "", address: str = "") -> object:
    """What was typed into a field of a form that is shown again, else its usual value."""
    if refused(address) is None or any(part in name for part in SECRET):
        return usual
    return request.form.get(name, usual)


def chosen(name: str, value: str, usual: bool, address: str = "") -> bool:
    """Whether a box or one of several choices was ticked in a form that is shown again, else as usual."""
    return usual if refused(address) is None else value in request.form.getlist(name)


def page_address() -> str:
    """Where the page that is shown can be got: its own address, also where a refused form is shown again."""
    view = current_app.view_functions.get(request.endpoint or "")
    page = getattr(view, "shown_on", None)
    if request.method == "GET" or page is None:
        return request.full_path.rstrip("?") if request.method == "GET" else ""
    endpoint = next((name for name, one in current_app.view_functions.items() if _same(one, page)), None)
    if endpoint is None:
        return ""
    wanted = inspect.signature(page).parameters
    return url_for(endpoint, **{name: one for name, one in (request.view_args or {}).items() if name in wanted})


def speak_of_refusals(app: Flask) -> None:
    """Give templates what they need to show a form again."""
    app.jinja_env.globals.update(refused=refused, typed=typed, chosen=chosen, page_address=page_address)


def _same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    return inspect.unwrap(one) is inspect.unwrap(other)


def _said(key: str, error: Exception) -> bool:
    """Whether the sentence of the error's kind says all that there is to say."""
    return isinstance(error, UserError) and not error.message.key and knows(key)


def _spoken(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields as words: states and roles have their own in each language."""
    words: dict[str, object] = {}
    for name, value in fields.items():
        prefix = {"state": "state", "states": "state", "roles": "role"}.get(name)
        listed = value if isinstance(value, tuple) else (value,)
        words[name] = ", ".join(say(f"{prefix}.{one}") for one in listed) if prefix else value
    return words
