"""What pages of staff have in common: the conference they are about, and going back to the desk."""

from flask import abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from voting.errors import InvalidForm
from voting.storage import conference_row
from voting.storage.tables import ConferenceRow
from voting.web.room import the_room

DIGITS = 6  # of a whole number in a form


def current_number() -> int:
    """Number of the room's conference; 404 while there is none."""
    with the_room().storage.read() as session:
        return current_row(session).id


def current_row(session: Session) -> ConferenceRow:
    """Row of the room's conference; 404 while there is none."""
    row = conference_row.current(session)
    if row is None:
        abort(404)
    return row


def to_desk() -> Response:
    """Back to the desk after a step."""
    return redirect(url_for("desk.overview"), 303)


def uploaded(name: str = "file") -> bytes:
    """The content of an uploaded file; raise InvalidForm where there is none. Its size was limited before."""
    found = request.files.get(name)
    if not isinstance(found, FileStorage) or not found.filename:
        raise InvalidForm(f"{name}: a file expected", key="file_missing", at=name)
    return bytes(found.read())


def whole(name: str) -> int:
    """A whole number of a form; raise InvalidForm for anything else."""
    text = request.form.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        raise InvalidForm(f"{name}: a whole number expected", key="whole", at=name, least=0, most=10**DIGITS - 1)
    return int(text)
