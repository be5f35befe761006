"""What everybody in the room may see: the hall screen, trackers after closing, the tablets' page. No sign-in.

Ballots are shown in steps, so that nobody can watch the number move with the person at the tablet.
"""

import base64
import io

import qrcode
from flask import Blueprint, abort, render_template, url_for
from qrcode.image.svg import SvgPathImage

from voting.box import casting
from voting.conference import cards, closing, results, setup, staff_changes
from voting.conference.draft.stored import draft_of
from voting.documents.conferences.election import spoken_fingerprint
from voting.documents.states import PROPERTIES, WITH_SETUP
from voting.storage import conference_row
from voting.storage.tables import ClosingRow, ConferenceRow
from voting.web.built import built_address, manifest, script
from voting.web.pages.hall_chart import charts
from voting.web.room import the_room

STEP = 5  # ballots; below two steps of cards drawn, only "all" is shown
REFRESH_SECONDS = 5

pages = Blueprint("hall", __name__)


@pages.get("/")
@pages.get("/hall")
def screen() -> str:
    """The hall screen: state, numbers, and the fingerprint that tellers compare."""
    with the_room().storage.read() as session:
        row = conference_row.current(session)
        if row is None:
            return render_template("room/hall.html", row=None, refresh=REFRESH_SECONDS, **script("hall.js"))
        written = setup.setup_of(session, row.id) if row.state in WITH_SETUP else None
        closed = session.get(ClosingRow, row.id)
        shown = ballots_shown(row, casting.count_ballots(session, row.id))
        address = url_for("hall.trackers", _external=True, _scheme="https")
        return render_template(
            "room/hall.html",
            row=row,
            draft=draft_of(session, row.id),
            written=written,
            qr=qr_code(written.fingerprint) if written else None,
            spoken=spoken_fingerprint(written.fingerprint) if written else "",
            end=closing.end_ballots(closed.facts) if closed else None,
            shown=shown,
            spares=cards.spares_activated(session, row.id),
            last_call=PROPERTIES[row.state].is_open and row.last_call,
            resets=staff_changes.resets(session, row.id),
            charts=charts(results.released(session, row.id) if PROPERTIES[row.state].is_signed else None),
            lookup=qr_code(address) if closed else None,
            address=address,
            refresh=REFRESH_SECONDS,
            **script("hall.js"),
        )


@pages.get("/trackers")
def trackers() -> str:
    """Trackers of all ballots, sorted, once the box is closed."""
    with the_room().storage.read() as session:
        row = conference_row.current(session)
        if row is None or row.closed is None:
            abort(404)
        found = closing.trackers(session, row.id)
        return render_template("room/trackers.html", trackers=found, row=row, **script("lookup.js"))


@pages.get("/kiosk")
def kiosk() -> str:
    """The page that tablets run; its files were built beforehand and are named by their hashes."""
    return render_template("kiosk.html", manifest=manifest(), built=built_address())


def ballots_shown(row: ConferenceRow, ballots: int) -> int | None:
    """How many ballots the screen shows: in whole steps while the box is open, exactly once it is full or closed."""
    if row.closed is not None or ballots == row.drawn:
        return ballots
    return ballots // STEP * STEP if (row.drawn or 0) >= 2 * STEP else None


def qr_code(text: str) -> str:
    """A QR code as a data address for an image."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    file = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(file)
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()
