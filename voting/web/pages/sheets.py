"""Sheets to print, for staff; and for everybody the page from which tablets take the room's certificate."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, abort, render_template, url_for
from sqlalchemy.orm import Session

from voting.conference import closing, decks, roll, setup, sheets
from voting.conference.draft.agenda import Draft
from voting.conference.draft.stored import draft_of
from voting.documents.states import WITH_SETUP
from voting.web.access.sessions import for_roles
from voting.web.pages.context import current_row
from voting.web.pages.hall import qr_code
from voting.web.room import the_room
from voting.web.trust import anchor

pages = Blueprint("sheets", __name__)
NAMES = ("placing", "pinning", "what_to_do", "roll", "exits", "paper_ballot", "trackers")
DER = "application/x-x509-ca-cert"  # what Android, iOS and Windows open as a certificate to install


@pages.get("/sheets")
@for_roles()
def overview() -> str:
    """All sheets, and what each is for."""
    with the_room().storage.read() as session:
        row = current_row(session)
        return render_template("room/sheets.html", row=row, names=NAMES)


@pages.get("/sheets/<name>.pdf")
@for_roles()
def download(name: str) -> Response:
    """One sheet as PDF."""
    pdf = _make(name)
    answer = Response(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


@pages.get("/ca")
def authority() -> str:
    """How a tablet comes to trust this room: the certificate as a link and a QR, steps for each system."""
    fingerprint = _anchor().fingerprint(hashes.SHA256()).hex()
    link = url_for("sheets.certificate", _external=True, _scheme="https")
    kiosk = url_for("hall.kiosk", _external=True, _scheme="https")
    codes = {"link": link, "link_qr": qr_code(link), "kiosk": kiosk, "kiosk_qr": qr_code(kiosk)}
    return render_template("room/ca.html", fingerprint=fingerprint, **codes)


@pages.get("/ca/phieukin.crt")
def certificate() -> Response:
    """The certificate of the room's authority: public, and good for rooms alone."""
    answer = Response(_anchor().public_bytes(Encoding.DER), content_type=DER)
    answer.headers["Content-Disposition"] = 'attachment; filename="phieukin.crt"'
    return answer


def _anchor() -> x509.Certificate:
    """What a tablet has to trust: the room's authority, or the end of an office's chain."""
    return anchor(the_room().settings.authority.parent)


def _make(name: str) -> bytes:
    with the_room().storage.read() as session:
        row = current_row(session)
        draft = draft_of(session, row.id)
        written = setup.setup_of(session, row.id) if row.state in WITH_SETUP else None
        if name == "placing":
            return sheets.placing(draft)
        if name == "pinning":
            addresses = [url_for(one, _external=True, _scheme="https") for one in ("hall.kiosk", "sheets.authority")]
            return sheets.pinning(draft, kiosk=addresses[0], authority=addresses[1])
        if name == "what_to_do":
            return sheets.what_to_do(draft, threshold=written.threshold if written else None, present=row.present)
        if name == "roll":
            return sheets.roll(draft, _people(session, row.id, draft), letter=decks.letter_in_use(session, row.id))
        if name == "exits":
            return sheets.exits(draft, _people(session, row.id, draft), letter=decks.letter_in_use(session, row.id))
        if name == "paper_ballot":
            return sheets.paper_ballots(draft, fingerprint=written.fingerprint if written else "")
        if name == "trackers" and row.closed is not None:
            end = closing.end_ballots(closing.closed_of(session, row.id).facts)
            return sheets.trackers(draft, closing.trackers(session, row.id), end=end)
    abort(404)


def _people(session: Session, conference: int, draft: Draft) -> list[roll.Entry]:
    return roll.search(session, conference, "", limit=len(draft.people))
