"""Decks of cards: making one is answered with its sheets, the only copy of the secrets there ever is."""

import datetime

from flask import Blueprint, Response, abort, render_template, request

from voting import cards, life_row
from voting.cards_sheet import card_sheets
from voting.web.pages.context import current_number, current_row, whole
from voting.web.refusals import shown_on
from voting.web.room import the_room
from voting.web.sessions import for_roles

pages = Blueprint("deck", __name__, url_prefix="/deck")
PRINTABLE = ("draft", "list_frozen")


@pages.get("")
@for_roles("organiser", "technician")
def form() -> str:
    """How many cards and spares to make."""
    with the_room().storage.read() as session:
        row = current_row(session)
        draft = life_row.draft_of(session, row.id)
        return render_template("room/deck.html", row=row, people=len(draft.people), printable=row.state in PRINTABLE)


@pages.post("")
@for_roles("organiser", "technician")
@shown_on(form)
def make() -> Response:
    """Make a deck; the answer is the PDF."""
    kind, number = request.form.get("kind"), current_number()
    if kind not in ("main", "reserve"):
        abort(400)
    with the_room().storage.write() as session:
        draft = life_row.draft_of(session, number)
        made = cards.make_cards(
            session, number, "main" if kind == "main" else "reserve", whole("cards"), whole("spares")
        )
        day = datetime.date.fromisoformat(draft.date)
        pdf = card_sheets(made, conference=draft.name, date=f"{day:%d/%m/%Y}", reserve=kind == "reserve")
    return _sheets(pdf, kind)


@pages.post("/tests")
@for_roles("organiser", "technician")
@shown_on(form)
def make_tests() -> Response:
    """Make test cards, for checking how tablets read; they are in no deck."""
    with the_room().storage.read() as session:
        draft = life_row.draft_of(session, current_row(session).id)
    day = datetime.date.fromisoformat(draft.date)
    made = cards.make_test_cards(whole("cards"))
    return _sheets(card_sheets(made, conference=draft.name, date=f"{day:%d/%m/%Y}", reserve=False, test=True), "tests")


def _sheets(pdf: bytes, kind: str) -> Response:
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="cards-{kind}.pdf"'
    return answer
