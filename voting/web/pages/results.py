"""After closing: archive, facts and commitments go to the tally machine; what it brought back is noted."""

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from voting import closing, life, life_row, room_receipts
from voting.web.pages.context import current_number, current_row, to_desk
from voting.web.room import the_room
from voting.web.sessions import for_roles

pages = Blueprint("results", __name__, url_prefix="/results")


@pages.get("")
@for_roles()
def overview() -> str:
    """Files to take along, and the hash that the tellers compare before they open."""
    with the_room().storage.read() as session:
        row = current_row(session)
        closed = closing.closed_of(session, row.id) if row.closed else None
        return render_template(
            "room/results.html",
            row=row,
            closed=closed,
            end=closing.end_ballots(closed.facts) if closed else None,
            missing=life_row.counts(session, row.id).get(room_receipts.MISSING, 0),
            ballots=len(closing.trackers(session, row.id)) if closed else 0,
        )


@pages.get("/<name>")
@for_roles("secretary", "technician", "teller", "chair", "organiser")
def download(name: str) -> Response:
    """Archive, facts or commitments."""
    with the_room().storage.read() as session:
        row = current_row(session)
        room_receipts.demand_all(session, row.id)
        closed = closing.closed_of(session, row.id)
    files = {
        f"{closed.uuid}.bel": closed.archive,
        f"{closed.uuid}.facts.json": closed.facts,
        f"{closed.uuid}.commitments": closed.commitments,
    }
    content = files.get(name)
    if content is None:
        abort(404)
    answer = Response(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/counted")
@for_roles("secretary", "teller")
def counted() -> AnyResponse:
    """Note that the tellers have counted, and whether the head must decide a tie."""
    number = current_number()
    with the_room().storage.write() as session:
        life.mark_counted(session, number, awaiting_head="awaiting_head" in request.form)
    return to_desk()


@pages.post("/signed")
@for_roles("secretary", "chair")
def signed() -> AnyResponse:
    """Note that all records are signed."""
    number = current_number()
    with the_room().storage.write() as session:
        life.mark_signed(session, number)
    return to_desk()
