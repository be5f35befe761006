"""The desk (bàn điều hành): where the conference stands, what is missing, and the next step."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from voting.box import casting
from voting.conference import (
    cards,
    closing,
    confirmations,
    roll,
    setup,
    transitions,
    two_person_steps,
)
from voting.conference.draft.agenda import draft_problems, read_draft
from voting.conference.draft.stored import draft_of
from voting.conference.draft.warnings import SMALL, VERY_SMALL, draft_warnings
from voting.documents.conferences.conference import Override
from voting.documents.counted import BY_HAND
from voting.documents.quorum import is_missed
from voting.documents.states import PROPERTIES, WAY
from voting.storage import conference_row
from voting.storage.tables import TrusteesRow
from voting.web.access.sessions import for_roles, for_step, two_people
from voting.web.built import built_address, script
from voting.web.confirming import asks_first, demand_understood, there_is_another
from voting.web.form_errors import shown_on
from voting.web.pages import tablets
from voting.web.pages.context import current_number, to_desk, uploaded
from voting.web.pages.hall import ballots_shown
from voting.web.room import the_room

pages = Blueprint("desk", __name__, url_prefix="/desk")


@pages.get("")
@for_roles()
def overview() -> str:
    """The whole conference on one page."""
    with the_room().storage.read() as session:
        row = conference_row.current(session)
        if row is None:
            return render_template("room/desk.html", row=None, live=None, built="")
        deck = conference_row.deck_in_use(session, row.id)
        state, draft, counted = PROPERTIES[row.state], draft_of(session, row.id), roll.count(session, row.id)
        return render_template(
            "room/desk.html",
            row=row,
            draft=draft,
            problems=list(draft_problems(draft)) if state.is_draft else [],
            warnings=list(draft_warnings(draft)) if state.is_draft else [],
            count=counted,
            short=is_missed(draft.quorum, counted.summoned, counted.present),
            cards=cards.count(session, deck.uuid) if deck else None,
            trustees=session.get(TrusteesRow, row.id) is not None,
            confirmed=confirmations.confirmed(session, row.id) if state.has_setup else {},
            setup=setup.setup_of(session, row.id) if state.has_setup else None,
            tablets=[one for one in tablets.seen(session) if one[0].enrolled],
            shown=ballots_shown(row, casting.count_ballots(session, row.id)),
            way=WAY,
            noted=conference_row.counts(session, row.id),
            by_hand=BY_HAND,
            small=SMALL,
            very_small=VERY_SMALL,
            live=script("live.js")["script"],
            built=built_address(),
        )


@pages.post("/new")
@for_roles("organiser")
@shown_on(overview)
def new() -> Response:
    """Begin a conference from a draft that the planner wrote."""
    draft = read_draft(uploaded())
    with the_room().storage.write() as session:
        if there_is_another(session):
            demand_understood()
        transitions.new_conference(session, draft, practice="practice" in request.form)
    return to_desk()


@pages.post("/draft")
@for_step("change_draft")
@shown_on(overview)
@asks_first
def change_draft() -> Response:
    """Replace the draft."""
    draft = read_draft(uploaded())
    number = current_number()
    with the_room().storage.write() as session:
        transitions.change_draft(session, number, draft)
    return to_desk()


@pages.post("/freeze-list")
@for_step("freeze_list")
@shown_on(overview)
@asks_first
def freeze_list() -> Response:
    """Freeze the list."""
    number = current_number()
    with the_room().storage.write() as session:
        transitions.freeze_list(session, number)
    return to_desk()


@pages.post("/back-to-draft")
@for_step("back_to_draft")
@shown_on(overview)
def back_to_draft() -> Response:
    """Go back to draft, two people."""
    by, number = two_people(), current_number()
    with the_room().storage.write() as session:
        transitions.back_to_draft(session, number, by)
        two_person_steps.keep(session, number, "back", by, _reason())
    return to_desk()


@pages.post("/take-roll")
@for_step("take_roll")
@shown_on(overview)
def take_roll() -> Response:
    """Freeze the number present, two people; below the quorum with the chair's word and reason."""
    two, number = two_people(), current_number()
    by, reason = request.form.get("override_by", "").strip(), request.form.get("override_reason", "").strip()
    override = Override(by, reason) if by and reason else None
    with the_room().storage.write() as session:
        transitions.take_roll(session, number, override)
        two_person_steps.keep(session, number, "roll", two, request.form.get("late", ""))
    return to_desk()


@pages.post("/reserve-deck")
@for_step("reserve_deck")
@shown_on(overview)
def reserve_deck() -> Response:
    """Void the deck in use and draw from the reserve deck, two people."""
    by, number = two_people(), current_number()
    with the_room().storage.write() as session:
        cards.use_reserve_deck(session, number)
        two_person_steps.keep(session, number, "reserve", by, _reason())
    return to_desk()


@pages.post("/open")
@for_step("open_box")
@shown_on(overview)
def open_box() -> Response:
    """Open the box, two people."""
    by, number, room = two_people(), current_number(), the_room()
    with room.storage.write() as session:
        again = conference_row.find(session, number).opened is not None
        transitions.open_box(session, number, by, room.clock())
        two_person_steps.keep(session, number, "reopen" if again else "open", by)
    return to_desk()


@pages.post("/freeze")
@for_step("freeze")
@shown_on(overview)
def freeze() -> Response:
    """Freeze the box, two people."""
    by, number = two_people(), current_number()
    with the_room().storage.write() as session:
        transitions.freeze(session, number)
        two_person_steps.keep(session, number, "freeze", by, _reason())
    return to_desk()


@pages.post("/close")
@for_step("close_box")
@shown_on(overview)
def close_box() -> Response:
    """Close the box, two people."""
    by, number, room = two_people(), current_number(), the_room()
    with room.storage.write() as session:
        closing.close_box(session, number, room.keyring, by, room.clock())
        two_person_steps.keep(session, number, "close", by)
    closing.rewrite_closed(room.storage)
    return redirect(url_for("results.overview"), 303)


@pages.post("/notes")
@for_step("note")
@shown_on(overview)
@asks_first
def note() -> Response:
    """Count something of the fixed list."""
    number = current_number()
    with the_room().storage.write() as session:
        transitions.note_by_hand(session, number, request.form.get("what", ""))
    return to_desk()


@pages.post("/annul")
@for_step("annul")
@shown_on(overview)
def annul() -> Response:
    """Annul, two people."""
    by, number = two_people(), current_number()
    with the_room().storage.write() as session:
        transitions.annul(session, number, by)
        two_person_steps.keep(session, number, "annul", by, _reason())
    return to_desk()


@pages.post("/on-paper")
@for_step("on_paper")
@shown_on(overview)
def on_paper() -> Response:
    """Move to paper, two people."""
    by, number = two_people(), current_number()
    with the_room().storage.write() as session:
        transitions.move_to_paper(session, number, by)
        the_room().keyring.make(session, number, "desk")
        two_person_steps.keep(session, number, "paper", by, _reason())
    return to_desk()


def _reason() -> str:
    return request.form.get("reason", "")
