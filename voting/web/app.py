"""The application factory: reads as the list of what protects the room (security.md of the project: THREATS.md)."""

import datetime

from flask import Flask
from flask_wtf import CSRFProtect

from keys.structs import learn_structs
from voting.box.casting import Verify, verify_alone
from voting.conference.results import Audit, no_audit
from voting.rounds.hand_counts import Recount, no_recount
from voting.rounds.steps import Attached, nothing_attached
from voting.storage.keyring import Keyring
from voting.web import api, card_api, error_handlers, form_errors, numbers, pages, presence, protection, words
from voting.web.access import known_devices, sessions
from voting.web.access.accounts import IDLE_SECONDS
from voting.web.built import FOLDER
from voting.web.pages import people_reports
from voting.web.room import EXTENSION, open_room
from voting.web.settings import Settings


def create_app(
    settings: Settings,
    verify: Verify = verify_alone,
    audit: Audit = no_audit,
    recount: Recount = no_recount,
    attached: Attached = nothing_attached,
) -> Flask:
    """Make the application of one server process.

    Ballots are verified by `verify`, records by `audit`, hand counts by `recount`; `attached` reads what minutes carry.

    The database must be migrated.
    """
    app = Flask("voting.web", static_folder=FOLDER / "static", template_folder=FOLDER / "pages")
    # An address names rows by numbers that rows can have; before any address is added.
    numbers.bound_numbers(app)
    room = open_room(settings, verify, audit, recount, attached)
    app.extensions[EXTENSION] = room
    app.config.update(
        # The cookie is signed with a key of its own, goes to this host over TLS alone, and to no script or other site.
        SECRET_KEY=room.keyring.derive("phieukin/room/cookies/v1"),
        # Its name is the room's own: browsers share cookies between the ports of a host, so two rooms would meet.
        SESSION_COOKIE_NAME=cookie_name(room.keyring),
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=datetime.timedelta(seconds=IDLE_SECONDS),
        # Nobody can send more than a form or an upload of staff holds; casting has an exact length of its own.
        MAX_CONTENT_LENGTH=protection.FORM_LIMIT,
        MAX_FORM_MEMORY_SIZE=protection.FORM_LIMIT,
        # A forged request from another page lacks the token; it lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    # Where somebody signed in before, the right password and code pass any lock: another cookie, which lets nobody in.
    app.session_interface = known_devices.Cookies()
    # Forms of staff carry a token. Tablets have no cookie and sign what they send instead.
    csrf = CSRFProtect(app)
    csrf.exempt(api.api)
    csrf.exempt(card_api.api)
    # Sessions of staff are looked up in the database: 30 minutes idle, a new token at each sign-in.
    app.before_request(sessions.load_staff)
    # Every answer: nothing from elsewhere, nothing framed, nothing kept.
    app.after_request(protection.add_headers)
    # Errors say what to do, and leak nothing; the log gets kinds, never contents.
    error_handlers.handle_mistakes(app)
    # A refused form comes back with what was typed, and the error at its field.
    form_errors.speak_of_refusals(app)
    # When a tablet was last heard from is held in memory, in coarse steps, and nowhere else.
    presence.listen(app)
    # Every page speaks Vietnamese first and English second.
    words.speak(app)
    app.jinja_env.globals.update(sessions.FOR_PAGES | people_reports.FOR_PAGES, navigation=pages.NAVIGATION)
    app.register_blueprint(api.api)
    app.register_blueprint(card_api.api)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    _limit(app, settings)
    # Threads that meet a struct first at the same time would end the process.
    learn_structs()
    return app


def cookie_name(keyring: Keyring) -> str:
    """The name of this room's cookie: it carries a short hash of the room's key."""
    return f"{protection.COOKIE}{keyring.derive('phieukin/room/cookie-name/v1').hex()[:8]}"


def _limit(app: Flask, settings: Settings) -> None:
    """So many requests a minute of one address, and casts of one tablet, and no more."""
    polls, casts = settings.polls_per_minute, settings.casts_per_minute
    protection.set_limits(
        app,
        per_address={
            "api.room_state": polls,
            "api.election": polls,
            "api.trustees": polls,
            "api.credentials": polls,
            "api.cast": polls,
            "api.receipts": casts,
            "api.enrol": casts,
            "api_cards.audits": casts,
            "api_cards.card": casts,
            "sign_in.submit": settings.sign_ins_per_minute,
        },
        casts_of_device=casts,
    )
