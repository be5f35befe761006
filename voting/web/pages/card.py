"""One card: staff learn in one word whether its ballot counts; its owner, on a phone, learns the ballot's tracker.

Both pages derive the public credential in the browser: the card's secret stays there.
"""

from flask import Blueprint, Response, render_template

from voting.box import card_status
from voting.conference import cards, setup
from voting.conference.draft.stored import draft_of
from voting.documents.states import WITH_SETUP
from voting.errors import UnknownCard
from voting.web.access.sessions import for_roles
from voting.web.api import answer
from voting.web.built import script
from voting.web.pages.context import current_number, current_row
from voting.web.pages.door import scanned_credentials, scanning
from voting.web.room import the_room
from voting.web.words import say

pages = Blueprint("card", __name__, url_prefix="/card")


@pages.get("")
@for_roles("teller", "secretary", "chair", "technician")
def ask() -> str:
    """Scan a card to learn whether its ballot counts."""
    return scanning("room/card.html")


@pages.post("")
@for_roles("teller", "secretary", "chair", "technician")
def tell() -> Response:
    """Answer in one word: recorded, good, closed, or ask."""
    readings, number = scanned_credentials(), current_number()
    with the_room().storage.read() as session:
        try:
            found = card_status.standing(session, number, cards.known(session, readings))
        except UnknownCard:
            found = "ask"
    return answer({"standing": found, "answer": say(f"card.{found}")})


@pages.get("/mine")
def mine() -> str:
    """For everybody: a card shows the tracker of its own ballot, on a phone that is not the voting tablet."""
    with the_room().storage.read() as session:
        row = current_row(session)
        uuid = setup.setup_of(session, row.id).uuid if row.state in WITH_SETUP else ""
        draft = draft_of(session, row.id)
    return render_template("room/mine.html", row=row, draft=draft, uuid=uuid, **script("mine.js"))
