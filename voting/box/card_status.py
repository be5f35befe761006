"""What a card can be asked for: did its ballot count, which tracker has it, and was it used to test a tablet.

Staff get one word, and nothing else about the card. The tracker is only for whoever holds the card itself: they sign
with its secret, since public credentials stand in Setup for everybody to read. Nothing that was asked is kept.
"""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.group import decode_point
from keys.proofs.schnorr import Proof, verify_message
from voting.box.casting import check_card, check_open
from voting.box.once import first_time
from voting.documents.states import ENDED
from voting.errors import UnknownCard
from voting.storage import conference_row
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotRow, CardRow, SetupRow

TRACKER_TAG = "phieukin/card-tracker/v1"
Standing = Literal["recorded", "good", "closed", "ask"]
"""Recorded; not recorded and the card is still good; not recorded and the box is closed; ask (void, spare, unknown)."""


def standing(session: Session, conference: int, public: str) -> Standing:
    """Answer "did it count?" (đã được ghi nhận chưa) for a card, by its public credential."""
    deck = conference_row.deck_in_use(session, conference)
    card = session.get(CardRow, public)
    if deck is None or card is None or card.deck != deck.uuid:
        return "ask"
    if _tracker(session, public) is not None:
        return "recorded"
    if card.status in ("void", "spare"):
        return "ask"
    return "closed" if conference_row.find(session, conference).state in ENDED else "good"


def tracker_of(session: Session, uuid: str, public: str, proof: Proof) -> str | None:
    """The tracker of a card's ballot, None while there is none; raise UnknownCard unless the card itself asks."""
    card = session.get(CardRow, public)
    if card is None or card.deck != uuid:
        raise UnknownCard("this card is not of this conference")
    try:
        verify_message(decode_point(public), f"{TRACKER_TAG}|{uuid}", proof)
    except KeysError as error:
        raise UnknownCard(f"the card's signature: {error}") from None
    return _tracker(session, public)


def count_audit(session: Session, keyring: Keyring, uuid: str, public: str, shown: str) -> None:
    """Count a test of a tablet (kiểm tra máy) with a card that may vote, while the box is open: the number alone.

    `shown` is the hash that stood on the screen: a request that comes again counts once. Raises NotOpen, BoxFrozen,
    BoxClosed, UnknownCard, CardVoid or SpareNotActive.
    """
    written = session.get(SetupRow, uuid)
    if written is None:
        raise UnknownCard("no election with this uuid was set up here")
    check_open(conference_row.share(session, written.conference))
    check_card(session, uuid, public)
    if first_time(session, keyring, uuid, "tested ballot", shown):
        conference_row.note(session, written.conference, "audits")
    session.flush()


def _tracker(session: Session, public: str) -> str | None:
    return session.scalar(select(BallotRow.tracker).where(BallotRow.credential == public))
