"""Tablets: a one-time code for each, the list, and taking one away."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from voting.box import tablets as box_devices
from voting.box.tablets import Device
from voting.conference import two_person_steps
from voting.documents.states import IN_USE
from voting.errors import SecondPersonNeeded
from voting.storage import conference_row
from voting.storage.tables import ConferenceRow
from voting.web.access.sessions import for_roles, for_step, two_people
from voting.web.built import built_address, script
from voting.web.confirming import asks_first
from voting.web.form_errors import shown_on
from voting.web.presence import Heard, the_presence
from voting.web.room import the_room

pages = Blueprint("tablets", __name__, url_prefix="/tablets")


def live() -> dict[str, Any]:
    """What a page needs to look its numbers up anew every few seconds."""
    return {"live": script("live.js")["script"], "built": built_address()}


@pages.get("")
@for_roles("technician")
def overview() -> str:
    """All tablets."""
    return _page(None)


@pages.post("/codes")
@for_step("new_code")
@shown_on(overview)
def new_code() -> str:
    """Make a one-time code, two people while the box is open; it is shown on this answer and nowhere else."""
    room = the_room()
    label = request.form.get("label", "").strip()[: box_devices.LABEL_LIMIT]
    with room.storage.read() as session:
        asks = _while_open(conference_row.current(session))
    by = two_people() if asks else None
    with room.storage.write() as session:
        row = conference_row.current(session)
        if row is not None and _while_open(conference_row.hold(session, row.id)):
            if by is None:
                raise SecondPersonNeeded("the box is open: a tablet is enrolled by two people", at="second_login")
            two_person_steps.keep(session, row.id, "tablet", by, label)
        code = box_devices.new_code(session, label, room.seconds())
    return _page(code)


@pages.post("/<identifier>/revoke")
@for_roles("technician")
@shown_on(overview)
@asks_first
def revoke(identifier: str) -> Response:
    """Revoke a tablet; one that took part counts as replaced."""
    with the_room().storage.write() as session:
        box_devices.revoke(session, identifier)
        row = conference_row.current(session)
        if _while_open(row) and row is not None:
            conference_row.note(session, row.id, "tablet_replaced")
    return redirect(url_for("tablets.overview"), 303)


def seen(session: Session) -> list[tuple[Device, Heard | None]]:
    """All tablets, each with what was last heard from it since the server started."""
    memory, now = the_presence(), the_room().seconds()
    return [(one, memory.of(one.id, now)) for one in box_devices.devices(session)]


def _while_open(row: ConferenceRow | None) -> bool:
    return row is not None and row.state in IN_USE


def _page(code: str | None) -> str:
    with the_room().storage.read() as session:
        tablets, row = seen(session), conference_row.current(session)
    return render_template(
        "room/tablets.html",
        tablets=tablets,
        practice=row is not None and row.practice,
        **live(),
        code=code,
        while_open=_while_open(row),
        minutes=box_devices.CODE_SECONDS // 60,
        limit=box_devices.LABEL_LIMIT,
    )
