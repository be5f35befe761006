"""Tablets: a one-time code for each, the list, and taking one away."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from voting import box_devices, life_row
from voting.web.refusals import shown_on
from voting.web.room import the_room
from voting.web.sessions import for_roles

pages = Blueprint("tablets", __name__, url_prefix="/tablets")


@pages.get("")
@for_roles("technician")
def overview() -> str:
    """All tablets."""
    return _page(None)


@pages.post("/codes")
@for_roles("technician")
@shown_on(overview)
def new_code() -> str:
    """Make a one-time code; it is shown on this answer and nowhere else."""
    room = the_room()
    label = request.form.get("label", "").strip()[: box_devices.LABEL_LIMIT]
    with room.storage.write() as session:
        code = box_devices.new_code(session, label, room.seconds())
    return _page(code)


@pages.post("/<identifier>/revoke")
@for_roles("technician")
@shown_on(overview)
def revoke(identifier: str) -> Response:
    """Revoke a tablet; one that took part counts as replaced."""
    with the_room().storage.write() as session:
        box_devices.revoke(session, identifier)
        row = life_row.current(session)
        if row is not None and row.state in ("open", "frozen"):
            life_row.note(session, row.id, "tablet_replaced")
    return redirect(url_for("tablets.overview"), 303)


def _page(code: str | None) -> str:
    with the_room().storage.read() as session:
        tablets = box_devices.devices(session)
    return render_template(
        "room/tablets.html",
        tablets=tablets,
        code=code,
        minutes=box_devices.CODE_SECONDS // 60,
        limit=box_devices.LABEL_LIMIT,
    )
