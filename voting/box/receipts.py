"""Receipts that tablets kept (biên nhận), compared with the closed box: one of ours that is missing blocks the count.

Only receipts that the room's own key signed for this election say anything: a tablet that makes some up blocks nothing.
"""

import base64
from collections.abc import Container, Iterable

from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.files.signing import raw_message, verify_raw
from voting.box.casting import RECEIPT_TAG
from voting.documents.conferences.election import parse_election
from voting.errors import ReceiptMissing
from voting.storage import conference_row

MISSING = "receipt_missing"


def missing(election: bytes, uuid: str, receipts: Iterable[tuple[str, str]], held: Container[str]) -> list[str]:
    """Trackers that the closed box should hold and does not, sorted.

    Out of pairs of tracker and receipt (base64), those count that the receipt key of this election signed; `held` are
    the trackers of the box.
    """
    conference = parse_election(election).conference
    assert conference is not None, "an election of this room has a conference"
    ours = {tracker for tracker, receipt in receipts if _signed(conference.receipt_key, uuid, tracker, receipt)}
    return sorted(tracker for tracker in ours if tracker not in held)


def note_missing(session: Session, conference: int) -> None:
    """Note that a tablet brought a receipt whose ballot is missing: from then on `demand_all` blocks the count."""
    conference_row.note(session, conference, MISSING)


def demand_all(session: Session, conference: int) -> None:
    """Raise ReceiptMissing once a tablet brought a receipt whose ballot the closed box does not hold."""
    if conference_row.counts(session, conference).get(MISSING, 0):
        raise ReceiptMissing(
            "a tablet holds a receipt for a ballot that is not in the box: do not count; the chair annuls the "
            "vote or moves it to paper, and the box is kept as it is"
        )


def _signed(key: str, uuid: str, tracker: str, receipt: str) -> bool:
    try:
        verify_raw(key, raw_message(RECEIPT_TAG, uuid.encode(), tracker.encode()), base64.b64decode(receipt))
    except (KeysError, ValueError):  # no base64, or letters outside of ASCII
        return False
    return True
