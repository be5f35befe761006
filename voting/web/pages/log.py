"""The log for people (nhật ký): where the conference stands, who took which step together and why, what was counted.

It is the catalogue of `voting.conference.events` filled in, and says so: every kind of event that the room writes down
stands here with its meaning, also those that never happened. It has no times of casts and nobody's vote: what may be
kept of a conference is what its record may say.
"""

from flask import Blueprint, render_template

from voting.conference import events, staff_changes, two_person_steps
from voting.conference.draft.stored import draft_of
from voting.storage import conference_row
from voting.web.access.sessions import for_roles
from voting.web.pages.context import current_row
from voting.web.room import the_room
from voting.web.words import language

pages = Blueprint("log", __name__, url_prefix="/log")


@pages.get("")
@for_roles("organiser", "chair", "secretary", "technician", "teller")
def overview() -> str:
    """Steps in order, then what was counted, then all that is ever written down."""
    with the_room().storage.read() as session:
        row = current_row(session)
        return render_template(
            "room/log.html",
            row=row,
            draft=draft_of(session, row.id),
            taken=two_person_steps.taken(session, row.id),
            accounts=staff_changes.changes(session, row.id),
            changing=[meaning(one) for one in events.at("accounts")],
            counts=conference_row.counts(session, row.id),
            steps={one.name: meaning(one) for one in events.at("steps")},
            counted=[(one.name, meaning(one)) for one in events.at("counts")],
            logged=[(one, meaning(one)) for one in events.at("log")],
        )


def meaning(event: events.Event) -> str:
    """What an event says, in the language of the page."""
    return event.vietnamese if language() == "vi" else event.meaning
