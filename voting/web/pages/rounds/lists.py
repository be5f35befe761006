"""Titles of a round and their lists: who is eligible, who must be decided on, who stands, who may be removed."""

from typing import get_args

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from voting.conference.draft.editor import tidy
from voting.documents.errors import DocumentError
from voting.people.errors import PlanError
from voting.rounds import editor, stored
from voting.rounds.round import Removal, Seat, procedure_of, title_of
from voting.rounds.seats.eligibility import CONFIRMED, CheckName, Confirmation
from voting.rounds.seats.limits import limit_warnings
from voting.rounds.seats.standing import members, planned_elsewhere, planned_in, standing_of, standings
from voting.rounds.seats.structure import panel
from voting.web.access.sessions import for_roles, signed_in
from voting.web.confirming import asks_first
from voting.web.form_errors import shown_on
from voting.web.pages.context import whole
from voting.web.pages.rounds.round import find, refused, title_words, today
from voting.web.room import the_room

MOST_PLACES = 99
CHECKS: tuple[CheckName, ...] = get_args(CheckName)

pages = Blueprint("round_lists", __name__, url_prefix="/rounds/<int:number>")
pages.register_error_handler(PlanError, refused)
pages.register_error_handler(DocumentError, refused)


@pages.get("/seats")
@for_roles("organiser", "chair", "secretary")
def overview(number: int) -> str:
    """The titles to plan for: places, who is in the plan, leaves and comes, what is left, the structure."""
    with the_room().storage.read() as session:
        kept = find(session, number)
        results, others = stored.results(session, number, kept), stored.other_rounds(session, number)
    plan = kept.plan
    found = standings(plan, results)
    structure = plan.ruleset.structure
    lists = [members(plan, found, after=after) for after in (False, True)] if structure is not None else []
    return render_template(
        "room/round/seats.html", number=number, kept=kept, titles=title_words(kept), standings=found,
        limits=list(limit_warnings(plan, results, others)), units=editor.units_of(plan),
        elsewhere=planned_elsewhere(plan), current=procedure_of(plan).kind == "current",
        shares=[panel(one, structure, on=today()) if structure is not None and one else None for one in lists],
    )  # fmt: skip


@pages.post("/seats")
@for_roles("organiser")
@shown_on(overview)
def save_seat(number: int) -> Response:
    """Add a title of a unit, or change its number of places (A16)."""
    quota = whole("quota") if request.form.get("quota", "").strip() else None
    seat = Seat(tidy(request.form.get("unit", "")), request.form.get("title", ""), quota)
    if not seat.unit or (quota or 1) > MOST_PLACES:
        abort(400)
    with the_room().storage.write() as session:
        stored.keep(session, number, editor.with_seat(find(session, number), seat))
    return redirect(url_for("round_lists.overview", number=number), 303)


@pages.post("/seats/<int:place>/remove")
@for_roles("organiser")
@shown_on(overview)
@asks_first
def remove_seat(number: int, place: int) -> Response:
    """Take a title out, before the first step."""
    with the_room().storage.write() as session:
        kept = find(session, number)
        stored.keep(session, number, editor.without_seat(kept, editor.seat_of(kept.plan, place)))
    return redirect(url_for("round_lists.overview", number=number), 303)


@pages.get("/seats/<int:place>")
@for_roles("organiser", "chair", "secretary")
def seat(number: int, place: int) -> str:
    """Who may be planned for one title: eligible, to be decided (amber), not; and the lists made of them."""
    with the_room().storage.read() as session:
        kept = find(session, number)
        results = stored.results(session, number, kept)
    plan = kept.plan
    one = editor.seat_of(plan, place)
    gone = {each.person for each in plan.removals if each.title == one.title}
    gone |= {each.person for each in plan.leavers if each.title == one.title}
    found = editor.assessments(kept, one, today())
    mine = [each for each in plan.nominees if (each.unit, each.title) == (one.unit, one.title)]
    listed = {each.person for each in mine}
    structure = plan.ruleset.structure
    chosen = [person for person, _ in found if person.id in listed]
    return render_template(
        "room/round/seat.html", number=number, place=place, kept=kept, seat=one, title=title_of(plan, one),
        current=procedure_of(plan).kind == "current", found=found, listed=listed,
        more={each.person for each in plan.eligible if (each.unit, each.title) == (one.unit, one.title)},
        removals=[each for each in plan.removals if (each.unit, each.title) == (one.unit, one.title)],
        planned=[person for person in planned_in(plan, one) if person.id not in gone],
        standing=standing_of(plan, one, results), confirmed=CONFIRMED,
        people={person.id: person for person in plan.people},
        shares=panel(chosen, structure, on=today()) if structure is not None and chosen else None,
    )  # fmt: skip


@pages.post("/seats/<int:place>/lists")
@for_roles("organiser")
@shown_on(seat)
def save_lists(number: int, place: int) -> Response:
    """Set the source list, and who may be put forward."""
    listed, more = request.form.getlist("listed"), request.form.getlist("more")
    with the_room().storage.write() as session:
        kept = find(session, number)
        one = editor.seat_of(kept.plan, place)
        stored.keep(session, number, editor.with_lists(kept, one, listed, more, today()))
    return redirect(url_for("round_lists.seat", number=number, place=place), 303)


@pages.post("/seats/<int:place>/confirm")
@for_roles("organiser", "chair")
@shown_on(seat)
@asks_first
def confirm(number: int, place: int) -> Response:
    """Keep a human decision on a borderline case, with its reason and author."""
    check = next((one for one in CHECKS if one == request.form.get("check")), None)
    if check is None:
        abort(400)
    author = signed_in()
    said = Confirmation(request.form.get("person", ""), check, author.name or author.login,
                        tidy(request.form.get("reason", "")), today().isoformat())  # fmt: skip
    with the_room().storage.write() as session:
        stored.keep(session, number, editor.with_confirmation(find(session, number), said))
    return redirect(url_for("round_lists.seat", number=number, place=place), 303)


@pages.post("/seats/<int:place>/removals")
@for_roles("organiser")
@shown_on(seat)
def propose_removal(number: int, place: int) -> Response:
    """Propose somebody for removal from the plan, or take the proposal back."""
    person = request.form.get("person", "")
    with the_room().storage.write() as session:
        kept = find(session, number)
        one = editor.seat_of(kept.plan, place)
        if "back" in request.form:
            kept = editor.without_removal(kept, person, one)
        else:
            removal = Removal(person, one.unit, one.title, tidy(request.form.get("reason", "")))
            kept = editor.with_removal(kept, removal)
        stored.keep(session, number, kept)
    return redirect(url_for("round_lists.seat", number=number, place=place), 303)
