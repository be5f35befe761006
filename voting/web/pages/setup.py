"""Setup: the tellers' trustees.json comes in, Setup goes out to every teller's tool, their confirmations come back."""

import io

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from voting.conference import confirmations, setup
from voting.conference.draft.stored import draft_of
from voting.documents.archives.archive import ArchiveWriter
from voting.documents.conferences.election import spoken_fingerprint
from voting.documents.states import WITH_SETUP
from voting.storage.tables import TrusteesRow
from voting.web.access.sessions import for_roles, for_step
from voting.web.confirming import asks_first
from voting.web.form_errors import shown_on
from voting.web.pages.context import current_number, current_row, uploaded
from voting.web.pages.hall import qr_code
from voting.web.room import the_room

pages = Blueprint("setup", __name__, url_prefix="/setup")


@pages.get("")
@for_roles("secretary", "technician", "teller", "chair", "organiser")
def overview() -> str:
    """What is there, what is missing."""
    with the_room().storage.read() as session:
        row = current_row(session)
        sealed = row.state in WITH_SETUP
        written = setup.setup_of(session, row.id) if sealed else None
        return render_template(
            "room/setup.html",
            row=row,
            draft=draft_of(session, row.id),
            trustees=session.get(TrusteesRow, row.id) is not None,
            keys=setup.keys_left(session, row.id),
            written=written,
            qr=qr_code(written.fingerprint) if written else None,
            spoken=spoken_fingerprint(written.fingerprint) if written else "",
            confirmed=confirmations.confirmed(session, row.id) if sealed else {},
        )


@pages.post("/trustees")
@for_step("upload_trustees")
@shown_on(overview)
def upload_trustees() -> str | AnyResponse:
    """Take the tellers' keys: tellers.json of a key ceremony, or trustees.json."""
    raw, number = uploaded(), current_number()
    with the_room().storage.write() as session:
        setup.upload_trustees(session, number, raw)
    return overview()


@pages.post("/write")
@for_step("seal")
@shown_on(overview)
@asks_first
def write() -> str | AnyResponse:
    """Write Setup: the box is sealed, and empty."""
    room, number = the_room(), current_number()
    with room.storage.write() as session:
        setup.write_setup(session, number, room.keyring)
    return overview()


@pages.get("/setup.bel")
@for_roles("secretary", "technician", "teller", "chair", "organiser")
def download() -> Response:
    """The archive that ends after Setup, for every teller's tool."""
    with the_room().storage.read() as session:
        row = current_row(session)
        written = setup.setup_of(session, row.id)
        file = io.BytesIO()
        ArchiveWriter(file, 0).add_setup(written.election, written.trustees, written.credentials)
    answer = Response(file.getvalue(), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{written.uuid}.setup.bel"'
    return answer


@pages.post("/confirmations")
@for_step("confirm_setup")
@shown_on(overview)
@asks_first
def confirm() -> str | AnyResponse:
    """Take a teller's confirmation."""
    raw, number = uploaded(), current_number()
    with the_room().storage.write() as session:
        confirmations.confirm_setup(session, number, raw)
    return overview()
