"""The log for people (nhật ký): where the conference stands, who took which step together and why, what was counted.

It has no times and nobody's vote: what may be kept of a conference is what its record may say.
"""

from flask import Blueprint, render_template

from voting import life_row, ways
from voting.web.pages.context import current_row
from voting.web.room import the_room
from voting.web.sessions import for_roles

pages = Blueprint("log", __name__, url_prefix="/log")


@pages.get("")
@for_roles("organiser", "chair", "secretary", "technician", "teller")
def overview() -> str:
    """Steps in order, then what was counted."""
    with the_room().storage.read() as session:
        row = current_row(session)
        return render_template(
            "room/log.html",
            row=row,
            draft=life_row.draft_of(session, row.id),
            taken=ways.ways(session, row.id),
            counts=life_row.counts(session, row.id),
        )
