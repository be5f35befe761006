"""Signing in and out, and the language of the pages."""

import re

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk_templates.words import LANGUAGES
from voting.errors import SignInRefused, TooManySignIns
from voting.web.access import known_devices, sessions
from voting.web.room import the_room
from voting.web.words import LANGUAGE, language

_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\\N{REPLACEMENT CHARACTER}]*")
"""A path of this room: browsers drop tabs and ends of lines from an address, and take a backslash for a slash."""

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def form() -> str:
    """The form."""
    return _page("")


def _page(refusal: str) -> str:
    """The form, with the server's time: codes are refused where two clocks differ by more than a minute."""
    return render_template("room/sign_in.html", refusal=refusal, now=the_room().clock())


@pages.post("/sign-in")
def submit() -> Response | tuple[str, int]:
    """Sign in with name, password and, where the account has one, a code."""
    fields = request.form
    spoken = language()
    try:
        row = sessions.sign_in(
            fields.get("login", "").strip(), fields.get("password", ""), fields.get("code", "").strip()
        )
    except SignInRefused:
        return _page("sign_in.refused"), 401
    except TooManySignIns:
        return _page("error.TooManySignIns"), 429
    session[LANGUAGE] = spoken
    session.permanent = True
    known_devices.remember(the_room().keyring, row)
    return redirect(url_for("desk.overview"))


@pages.post("/sign-out")
def out() -> Response:
    """Sign out."""
    sessions.sign_out()
    return redirect(url_for("sign_in.form"))


@pages.post("/language/<chosen>")
def speak(chosen: str) -> Response:
    """Switch the language and come back to where one was."""
    if chosen not in LANGUAGES:
        abort(404)
    session[LANGUAGE] = chosen
    back = request.form.get("back", "")
    return redirect(back if _INSIDE.fullmatch(back) else url_for("sign_in.form"))
