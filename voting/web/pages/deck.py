"""Decks of cards: which there are, and making one, answered with its sheets, the only copy of the secrets there is."""

import datetime
import secrets

from flask import Blueprint, Response, abort, render_template, request

from voting.conference import cards, decks, roll, two_person_steps
from voting.conference.card_sheets import card_sheets
from voting.conference.draft.stored import draft_of
from voting.conference.steps import STEPS
from voting.web.access.sessions import for_roles, for_step, signed_in, two_people
from voting.web.confirming import FIELD, YES
from voting.web.form_errors import shown_on
from voting.web.pages.context import current_number, current_row, whole
from voting.web.room import the_room

pages = Blueprint("deck", __name__, url_prefix="/deck")
FORM_BYTES = 16  # of the one-time number of a form
FORM_LIMIT = 64  # characters of it


@pages.get("")
@for_roles("organiser", "technician")
def form() -> str:
    """The decks there are, and how many cards and spares to make."""
    with the_room().storage.read() as session:
        row = current_row(session)
        return render_template(
            "room/deck.html",
            row=row,
            people=len(draft_of(session, row.id).people),
            printable=row.state in STEPS["make_deck"].states,
            decks=decks.decks(session, row.id),
            drawn=roll.count(session, row.id).drawn,
            asks={kind: decks.asks(session, row.id, kind) for kind in cards.STATUS_OF},
            replaced={kind: decks.replaced(session, row.id, kind) for kind in cards.STATUS_OF},
            once={kind: secrets.token_urlsafe(FORM_BYTES) for kind in cards.STATUS_OF},
            moment=datetime.datetime.fromisoformat,
        )


@pages.post("")
@for_step("make_deck")
@shown_on(form)
def make() -> Response:
    """Make a deck; the answer is the PDF. Over drawn cards two people and a reason, over another deck one tick."""
    kind, once = request.form.get("kind"), request.form.get("once", "")
    if kind not in ("main", "reserve") or not 0 < len(once) <= FORM_LIMIT:
        abort(400)
    number, numbers, room = current_number(), (whole("cards"), whole("spares")), the_room()
    two = two_people() if "second_login" in request.form else None
    origin = decks.Origin(signed_in().login, room.clock(), once, request.form.get(FIELD) == YES, two)
    with room.storage.write() as session:
        draft = draft_of(session, number)
        made, cards_made = decks.make_deck(session, number, "main" if kind == "main" else "reserve", numbers, origin)
        if two is not None:
            two_person_steps.keep(session, number, "deck", two, request.form.get("reason", ""))
        day = datetime.date.fromisoformat(draft.date)
        pdf = card_sheets(
            cards_made, conference=draft.name, date=f"{day:%d/%m/%Y}", reserve=kind == "reserve", letter=made.letter
        )
    return _sheets(pdf, f"{made.letter}-{kind}")


@pages.post("/tests")
@for_roles("organiser", "technician")
@shown_on(form)
def make_tests() -> Response:
    """Make test cards, for checking how tablets read; they are in no deck."""
    with the_room().storage.read() as session:
        draft = draft_of(session, current_row(session).id)
    day = datetime.date.fromisoformat(draft.date)
    made = cards.make_test_cards(whole("cards"))
    return _sheets(card_sheets(made, conference=draft.name, date=f"{day:%d/%m/%Y}", reserve=False, test=True), "tests")


def _sheets(pdf: bytes, name: str) -> Response:
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="cards-{name}.pdf"'
    return answer
