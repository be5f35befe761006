"""Receipts that tablets kept (biên nhận), compared with the closed box: one of ours that is missing blocks the count.

Only receipts that the room's own key signed for this election say anything: a tablet that makes some up blocks nothing.
"""

import base64
from collections.abc import Iterable

from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.files.signing import raw_message, verify_raw
from voting.box.casting import RECEIPT_TAG
from voting.documents.conferences.election import parse_election
from voting.errors import ReceiptMissing
from voting.storage import conference_row

MISSING = "receipt_missing"


def ours(election: bytes, uuid: str, receipts: Iterable[tuple[str, str]]) -> set[str]:
    """Trackers, out of pairs of tracker and receipt (base64), that the receipt key of this election signed."""
    conference = parse_election(election).conference
    assert conference is not None, "an election of this room has a conference"
    return {tracker for tracker, receipt in receipts if _signed(conference.receipt_key, uuid, tracker, receipt)}


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
