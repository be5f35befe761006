"""The last call: the chair tells the room that the box will close soon, sees it standing, and takes it back."""

from flask import Blueprint
from werkzeug.wrappers import Response

from voting import room_grace
from voting.web.pages import desk
from voting.web.pages.context import current_number, to_desk
from voting.web.refusals import shown_on
from voting.web.room import the_room
from voting.web.sessions import for_roles

pages = Blueprint("grace", __name__, url_prefix="/last-call")


@pages.post("")
@for_roles("chair", "teller")
@shown_on(desk.overview)
def call() -> Response:
    """Tell all tablets and the hall."""
    number = current_number()
    with the_room().storage.write() as session:
        room_grace.call(session, number)
    return to_desk()


@pages.post("/take-back")
@for_roles("chair", "teller")
@shown_on(desk.overview)
def take_back() -> Response:
    """Take it back."""
    number = current_number()
    with the_room().storage.write() as session:
        room_grace.take_back(session, number)
    return to_desk()
