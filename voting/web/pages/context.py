"""What pages of staff have in common: the conference they are about, and going back to the desk."""

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from voting import life_row
from voting.storage.tables import ConferenceRow
from voting.web.room import the_room


def current_number() -> int:
    """Number of the room's conference; 404 while there is none."""
    with the_room().storage.read() as session:
        return current_row(session).id


def current_row(session: Session) -> ConferenceRow:
    """Row of the room's conference; 404 while there is none."""
    row = life_row.current(session)
    if row is None:
        abort(404)
    return row


def to_desk() -> Response:
    """Back to the desk after a step."""
    return redirect(url_for("desk.overview"), 303)


def uploaded(name: str = "file") -> bytes:
    """The content of an uploaded file; 400 where there is none. Its size was limited before it was read."""
    found = request.files.get(name)
    if not isinstance(found, FileStorage) or not found.filename:
        abort(400)
    return bytes(found.read())


def whole(name: str) -> int:
    """A whole number of a form; 400 for anything else."""
    text = request.form.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        abort(400)
    return int(text)
