"""After closing: the box goes to the tally machine, its signed records come back, and the chair releases the result."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from voting.box import receipts
from voting.conference import closing, results, usb_export
from voting.conference.draft.stored import draft_of
from voting.errors import InvalidForm
from voting.storage import conference_row
from voting.web.access.sessions import for_roles, for_step, two_people
from voting.web.built import script
from voting.web.confirming import asks_first
from voting.web.form_errors import shown_on
from voting.web.pages.context import current_number, current_row, uploaded
from voting.web.room import the_room

MOST_RECORDS = 40  # files of one upload

pages = Blueprint("results", __name__, url_prefix="/results")


@pages.get("")
@for_roles()
def overview() -> str:
    """Files to take along, the hash that the tellers compare before they open, and what came back."""
    with the_room().storage.read() as session:
        row = current_row(session)
        closed = closing.closed_of(session, row.id) if row.closed else None
        found = results.record_of(session, row.id) if closed else None
        papers = draft_of(session, row.id).papers
        return render_template(
            "room/results.html",
            row=row,
            closed=closed,
            end=closing.end_ballots(closed.facts) if closed else None,
            missing=conference_row.counts(session, row.id).get(receipts.MISSING, 0),
            ballots=len(closing.trackers(session, row.id)) if closed else 0,
            sticks=usb_export.sticks() if closed else [],
            found=found,
            papers=papers,
            telling=_telling(found),
            released=results.released(session, row.id) is not None if closed else False,
            **script("records.js"),
        )


def _telling(found: results.SittingRecord | None) -> dict[int, tuple[str, ...]]:
    """Return the names of each paper on which all ballots say the same."""
    record = found.record if found is not None else None
    return {one.paper: results.telling(one) for one in record.papers} if record is not None else {}


@pages.get("/<name>")
@for_roles("secretary", "technician", "teller", "chair", "organiser")
def download(name: str) -> Response:
    """Archive, facts, commitments, or all of them in one file."""
    closed = _closed()
    files = usb_export.handover_files(closed)
    content = usb_export.packed(closed) if name == f"{closed.uuid}.zip" else files.get(name)
    if content is None:
        abort(404)
    answer = Response(content, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.post("/stick")
@for_roles("secretary", "technician", "teller")
@shown_on(overview)
def to_stick() -> AnyResponse:
    """Write the box onto a USB stick that is plugged into this machine, and read it back."""
    closed = _closed()
    stick = next((one for one in usb_export.sticks() if str(one) == request.form.get("stick")), None)
    if stick is None:
        abort(404)
    flash(str(usb_export.write_to(stick, closed)))
    return redirect(url_for("results.overview"), 303)


@pages.post("/records")
@for_step("take_records")
@shown_on(overview)
@asks_first
def take_records() -> AnyResponse:
    """Take signed records with their finished archive: audited, and compared with this room's box; all or none."""
    files = [file for file in request.files.getlist("records") if file.filename]
    if not files:
        raise InvalidForm("records: a file expected", key="file_missing", at="records")
    if len(files) > MOST_RECORDS:
        raise InvalidForm("records: fewer files expected", key="files_limit", at="records", most=MOST_RECORDS)
    number, room = current_number(), the_room()
    with room.storage.read() as session:
        receipts.demand_all(session, number)
    named = [((file.filename or "")[:80], file.read()) for file in files]
    results.take_records(room.storage, number, named, room.audit)
    return redirect(url_for("results.overview"), 303)


@pages.post("/head-decision")
@for_step("take_head_decision")
@shown_on(overview)
@asks_first
def take_head_decision() -> AnyResponse:
    """Take the head's decision on the tie of a signed record: one a paper."""
    raw, number = uploaded("decision"), current_number()
    with the_room().storage.write() as session:
        results.take_head_decision(session, number, raw)
    return redirect(url_for("results.overview"), 303)


@pages.post("/signed")
@for_step("signed")
@shown_on(overview)
def signed() -> AnyResponse:
    """Two people say that everybody who signs on paper has signed."""
    by, number = two_people(), current_number()
    with the_room().storage.write() as session:
        results.sign_on_paper(session, number, by)
    return redirect(url_for("results.overview"), 303)


@pages.post("/release")
@for_step("release")
@shown_on(overview)
@asks_first
def release() -> AnyResponse:
    """The chair lets the hall screen show the result, or hides it again."""
    number = current_number()
    with the_room().storage.write() as session:
        results.release(session, number, shown=request.form.get("shown") == "yes")
    return redirect(url_for("results.overview"), 303)


def _closed() -> closing.Closed:
    with the_room().storage.read() as session:
        row = current_row(session)
        receipts.demand_all(session, row.id)
        return closing.closed_of(session, row.id)
