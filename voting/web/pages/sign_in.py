"""Signing in and out, and the language of the pages."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from voting.errors import SignInRefused
from voting.web import sessions
from voting.web.words import LANGUAGE, LANGUAGES, language

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def form() -> str:
    """The form."""
    return render_template("room/sign_in.html", wrong=False)


@pages.post("/sign-in")
def submit() -> Response | tuple[str, int]:
    """Sign in with name, password and, where the account has one, a code."""
    fields = request.form
    spoken = language()
    try:
        sessions.sign_in(fields.get("login", "").strip(), fields.get("password", ""), fields.get("code", "").strip())
    except SignInRefused:
        return render_template("room/sign_in.html", wrong=True), 401
    session[LANGUAGE] = spoken
    session.permanent = True
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
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if inside else url_for("sign_in.form"))
