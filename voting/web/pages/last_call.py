"""The last call: the chair tells the room that the box will close soon, sees it standing, and takes it back."""

from flask import Blueprint
from werkzeug.wrappers import Response

from voting.conference import last_call
from voting.web.access.sessions import for_step
from voting.web.form_errors import shown_on
from voting.web.pages import desk
from voting.web.pages.context import current_number, to_desk
from voting.web.room import the_room

pages = Blueprint("last_call", __name__, url_prefix="/last-call")


@pages.post("")
@for_step("last_call")
@shown_on(desk.overview)
def call() -> Response:
    """Tell all tablets and the hall."""
    number = current_number()
    with the_room().storage.write() as session:
        last_call.call(session, number)
    return to_desk()


@pages.post("/take-back")
@for_step("last_call")
@shown_on(desk.overview)
def take_back() -> Response:
    """Take it back."""
    number = current_number()
    with the_room().storage.write() as session:
        last_call.take_back(session, number)
    return to_desk()
