"""The door (bàn đón tiếp): roll, cards drawn, leftovers, spares. Scanning pages send a public credential alone."""

import re
from typing import Any

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response as AnyResponse

from keys.structs import read_json
from voting.conference import cards, decks, roll, two_person_steps
from voting.conference.cards import REASONS
from voting.conference.steps import STEPS
from voting.errors import VotingError
from voting.storage import conference_row
from voting.web.access.sessions import for_roles, for_step, two_people
from voting.web.api import answer
from voting.web.built import built_address, manifest, script
from voting.web.confirming import demand_understood, demand_word
from voting.web.form_errors import REFUSED, in_short, shown_on
from voting.web.pages.context import current_number, current_row
from voting.web.room import the_room

SCRIPT = "staff.js"
READINGS = 256  # of one scanned card, as the page limits them
SHOWN = 200  # lines of the roll on one page
UNDO = "undo"  # in the signed cookie of the door's own browser: the one mark that can be taken back
_CREDENTIAL = re.compile(r"[0-9a-f]{64}")
_MARKS = ("present", "excused", "absent", "drew", "none")

pages = Blueprint("door", __name__, url_prefix="/door")


class _Scanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a scanning page sends: the card's public credential, or the few that an unclear reading leaves.

    `understood`: whoever scans has read what it will do; said once, for all cards that the page scans.
    """

    credentials: tuple[str, ...]
    understood: bool = False


@pages.get("")
@for_roles("door", "secretary")
def search() -> str:
    """The roll, searched without diacritics."""
    words = request.values.get("q", "")[:100]
    with the_room().storage.read() as session:
        row = current_row(session)
        found = roll.search(session, row.id, words, SHOWN)
        return render_template(
            "room/door.html",
            row=row,
            entries=found,
            count=roll.count(session, row.id),
            words=words,
            shown=SHOWN,
            undo=_last_mark(row.id),
            late=two_person_steps.words_for_latecomers(session, row.id),
            live=script("live.js")["script"],
            built=built_address(),
        )


@pages.post("/undo")
@for_step("mark_roll")
@shown_on(search)
def undo() -> AnyResponse:
    """Take back the last mark of this browser; which one it was only the browser knows."""
    number = current_number()
    last = _last_mark(number)
    if last is None:
        abort(404)
    with the_room().storage.write() as session:
        before = roll.Entry(last["person"], "", "", last["presence"], last["drew"])
        roll.entry(session, number, before.person)
        roll.put_back(session, number, before)
    cookie.pop(UNDO)
    return redirect(url_for("door.search", q=request.form.get("q", "")), 303)


@pages.post("/<int:person>/<mark>")
@for_step("mark_roll")
@shown_on(search)
def mark(person: int, mark: str) -> AnyResponse:
    """Mark a person, and go back to the same search."""
    if mark not in _MARKS:
        abort(404)
    number = current_number()
    with the_room().storage.write() as session:
        before = roll.entry(session, number, person)
        if mark == "present":
            roll.mark_present(session, number, person)
        elif mark == "excused":
            roll.mark_excused(session, number, person)
        elif mark == "absent":
            roll.mark_absent(session, number, person)
        else:
            roll.card_drawn(session, number, person, drew=mark == "drew")
    last = {"conference": number, "person": person, "name": before.name, "mark": mark}
    cookie[UNDO] = last | {"presence": before.presence, "drew": before.drew}
    return redirect(url_for("door.search", q=request.form.get("q", "")), 303)


@pages.get("/leftovers")
@for_roles(*STEPS["void_leftover"].who)
def leftovers() -> str:
    """Scan every card left in the box."""
    return scanning("room/leftovers.html", "void_leftover")


@pages.post("/leftovers")
@for_step("void_leftover")
def void_leftover() -> Response:
    """Void one leftover."""
    scanned, number = _scanned(), current_number()
    with the_room().storage.write() as session:
        try:
            demand_word(scanned.understood)
            count = cards.void_leftover(session, number, cards.known(session, scanned.credentials))
        except VotingError as error:
            session.rollback()
            return answer({"error": in_short(error)}, REFUSED)
        drawn = roll.count(session, number).drawn
    return answer({"active": count.active, "void": count.void, "drawn": drawn})


@pages.get("/spares")
@for_roles(*STEPS["activate_spare"].who)
def spares() -> str:
    """Activate a spare."""
    return scanning("room/spares.html", "activate_spare")


@pages.post("/spares")
@for_step("activate_spare")
def activate_spare() -> Response:
    """Activate one spare, two people, one of them the chair; void the card that is handed back, if there is one."""
    number = current_number()
    reason = next((one for one in REASONS if one == request.form.get("reason")), None)
    spare, returned = _listed("credentials"), _listed("returned")
    if reason is None or not spare:
        abort(400)
    try:
        demand_understood()
        by = two_people()
        with the_room().storage.write() as session:
            old = cards.known(session, returned) if returned else None
            cards.activate_spare(session, number, cards.known(session, spare), reason, returned=old)
            two_person_steps.keep(session, number, "spare", by)
            deck = conference_row.deck_in_use(session, number)
            left = cards.count(session, deck.uuid).spares if deck else 0
            activated = cards.spares_activated(session, number)
    except VotingError as error:
        return answer({"error": in_short(error)}, REFUSED)
    return answer({"spares": left, "activated": activated})


def _last_mark(conference: int) -> dict[str, Any] | None:
    found = cookie.get(UNDO)
    return found if isinstance(found, dict) and found.get("conference") == conference else None


def scanning(template: str, step: str = "") -> str:
    """A page that scans cards in the states of a step, or in all.

    Its script derives the public credential for the deck in use.
    """
    with the_room().storage.read() as session:
        row = current_row(session)
        deck = conference_row.deck_in_use(session, row.id)
        return render_template(
            template,
            row=row,
            uuid=deck.uuid if deck else "",
            cards=cards.count(session, deck.uuid) if deck else None,
            letter=decks.letter_in_use(session, row.id),
            count=roll.count(session, row.id),
            reasons=REASONS,
            activated=cards.spares_activated(session, row.id),
            scanning=not step or row.state in STEPS[step].states,
            script=manifest()["files"].get(SCRIPT),
            live=manifest()["files"].get("live.js"),
            built=built_address(),
        )


def scanned_credentials() -> tuple[str, ...]:
    """What a scanned card may be, by public credential; 400 for anything else."""
    return _scanned().credentials


def _scanned() -> _Scanned:
    try:
        scanned = read_json(request.get_data(), _Scanned)
    except msgspec.MsgspecError:
        abort(400)
    _check_readings(scanned.credentials)
    return scanned


def _listed(name: str) -> tuple[str, ...]:
    """Public credentials in a field of a form; empty where no card was scanned into it."""
    found = tuple(request.form.get(name, "").split())
    _check_readings(found)
    return found


def _check_readings(found: tuple[str, ...]) -> None:
    if len(found) > READINGS or not all(map(_CREDENTIAL.fullmatch, found)):
        abort(400)
