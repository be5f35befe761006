"""The box (hòm phiếu): takes a ballot once, and answers the same ballot with the same receipt for ever.

A ballot is verified before any lock is taken. Then one transaction, in which the box is still open, the card may vote,
and there is room: the ballot row goes in, unique by credential, and is itself the use of the card. Two server processes
cannot both win: the second meets the first's row. Once a spare is active, ballots go in one at a time, so that there
are never more of them than cards drawn; the one too many freezes the box instead.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.signing import raw_message, sign_raw
from voting import life_row
from voting.documents.ballot import parse_ballot, parse_ballot_text, tracker, verify_ballot
from voting.documents.election import Election, parse_election
from voting.documents.errors import DocumentError
from voting.documents.request import ballot_limit, ballot_size, unpack_request
from voting.errors import (
    BadBallot,
    BoxClosed,
    BoxFrozen,
    CardAlreadyUsed,
    CardVoid,
    NotOpen,
    SpareNotActive,
    UnknownCard,
    VotingError,
    WrongSize,
)
from voting.life_table import ENDED
from voting.setup_keys import Keyring
from voting.storage.engine import Storage
from voting.storage.tables import BallotRow, CardRow, ConferenceRow, SetupRow

RECEIPT_TAG = "phieukin/receipt/v1"

Verify = Callable[[Election, bytes, bytes | None], None]
"""Verifies one ballot by its bytes and the commitments that came along, which prove nothing; raises DocumentError."""


def verify_alone(election: Election, raw: bytes, _: bytes | None) -> None:
    """Verify a ballot with the verifier that needs nothing but PyNaCl."""
    verify_ballot(election, parse_ballot(raw, ballot_limit(election)))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's signed word that a ballot is in the box: tracker, and 64 bytes over uuid and tracker."""

    tracker: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A verified ballot on its way into the box."""

    uuid: str
    conference: int
    tracker: str
    credential: str
    raw: bytes
    commitments: bytes | None


class Box:
    """Casting for one server process; keeps parsed elections, which never change once sealed."""

    def __init__(self, storage: Storage, keyring: Keyring, verify: Verify = verify_alone) -> None:
        self._storage = storage
        self._keyring = keyring
        self._verifier = verify
        self._elections: dict[str, tuple[int, Election]] = {}

    def election(self, uuid: str) -> tuple[int, Election]:
        """The conference and the parsed election of a uuid; raise NotOpen if there is no Setup of it."""
        known = self._elections.get(uuid)
        if known is None:
            with self._storage.read() as session:
                setup = session.get(SetupRow, uuid)
                if setup is None:
                    raise NotOpen("no election with this uuid was set up here")
                known = setup.conference, parse_election(setup.election)
            self._elections[uuid] = known
        return known

    def request_size(self, uuid: str) -> int:
        """The one length of this election's casting requests, in bytes."""
        return ballot_size(self.election(uuid)[1])

    def cast(self, uuid: str, body: bytes) -> Receipt:
        """Take a ballot into the box; return its receipt.

        Raises WrongSize or BadBallot, NotOpen, BoxClosed or BoxFrozen, UnknownCard, CardVoid, SpareNotActive, or
        CardAlreadyUsed for another ballot of a card that voted: the first stays, and the incident is counted.
        """
        conference, election = self.election(uuid)
        raw, commitments = self._unpack(election, body)
        known = self._receipt(uuid, tracker(raw))
        if known is not None:
            return known
        sealed = _Sealed(uuid, conference, tracker(raw), self._credential(election, raw), raw, commitments)
        with self._storage.read() as session:
            check_open(life_row.find(session, conference))
            check_card(session, uuid, sealed.credential)
        # Before the card's use is looked at: only who holds its secret can report it as used already.
        self._verify(election, sealed)
        try:
            return self._insert(sealed)
        except CardAlreadyUsed:
            self._note(conference, "card_already_used")
            raise

    def holds(self, uuid: str, body: bytes) -> bool:
        """Tell whether the ballot of a casting request is in the box of this election."""
        raw = body.rstrip(b" ").partition(b"\n")[0]
        return self._receipt(uuid, tracker(raw)) is not None

    def _unpack(self, election: Election, body: bytes) -> tuple[bytes, bytes | None]:
        if len(body) != ballot_size(election):
            raise WrongSize(f"{ballot_size(election)} bytes expected, {len(body)} found")
        try:
            return unpack_request(election, body)
        except DocumentError as error:
            raise BadBallot(str(error)) from None

    def _credential(self, election: Election, raw: bytes) -> str:
        """The card that a ballot claims; whether it is a point, and signed, is verified after the card is looked up."""
        try:
            return parse_ballot_text(raw, ballot_limit(election)).credential
        except DocumentError as error:
            raise BadBallot(str(error)) from None

    def _verify(self, election: Election, sealed: _Sealed) -> None:
        try:
            self._verifier(election, sealed.raw, sealed.commitments)
        except (DocumentError, KeysError) as error:
            raise BadBallot(str(error)) from None

    def _receipt(self, uuid: str, found: str) -> Receipt | None:
        with self._storage.read() as session:
            row = session.get(BallotRow, found)
            return Receipt(row.tracker, row.receipt) if row is not None and row.deck == uuid else None

    def _check(self, session: Session, sealed: _Sealed) -> None:
        """Raise unless the box is open, and the card may vote and did not."""
        check_open(life_row.find(session, sealed.conference))
        check_card(session, sealed.uuid, sealed.credential)
        taken = session.scalar(select(BallotRow.tracker).where(BallotRow.credential == sealed.credential))
        if taken is not None and taken != sealed.tracker:
            raise CardAlreadyUsed("another ballot of this card is in the box")

    def _insert(self, sealed: _Sealed) -> Receipt:
        """Put a verified ballot in, in one transaction."""
        with Session(self._storage.engine) as session:
            row = self._enter(session, sealed)
            self._check(session, sealed)
            if session.get(BallotRow, sealed.tracker) is not None:
                session.rollback()
                return self._stored(sealed)
            if row.drawn is None or _ballots(session, sealed.uuid) >= row.drawn:
                _freeze_over_limit(session, row)
                raise BoxFrozen("one ballot more than cards were drawn: the box is frozen, the chair decides")
            message = raw_message(RECEIPT_TAG, sealed.uuid.encode(), sealed.tracker.encode())
            receipt = sign_raw(self._keyring.key(session, sealed.conference, "receipt"), message)
            session.add(
                BallotRow(
                    tracker=sealed.tracker,
                    deck=sealed.uuid,
                    credential=sealed.credential,
                    ballot=sealed.raw,
                    commitments=sealed.commitments,
                    receipt=receipt,
                )
            )
            try:
                session.commit()
            except IntegrityError:
                session.rollback()
                return self._stored(sealed)
        return Receipt(sealed.tracker, receipt)

    def _enter(self, session: Session, sealed: _Sealed) -> ConferenceRow:
        """Share the conference's row with other casts; hold it alone once a spare is active."""
        shared = {"read": True}
        while True:
            alone = _spare_active(session, sealed.uuid)
            row = session.get(
                ConferenceRow,
                sealed.conference,
                with_for_update=True if alone else shared,
                populate_existing=True,
            )
            assert row is not None, "a conference stays"
            if alone or not _spare_active(session, sealed.uuid):
                return row
            session.rollback()

    def _stored(self, sealed: _Sealed) -> Receipt:
        """After losing a race: the receipt of the same ballot, or the reason why this one cannot go in."""
        known = self._receipt(sealed.uuid, sealed.tracker)
        if known is not None:
            return known
        with self._storage.read() as session:
            self._check(session, sealed)
        raise BoxFrozen("the box refused the ballot: ask the staff")

    def _note(self, conference: int, what: str) -> None:
        with self._storage.write() as session:
            life_row.note(session, conference, what)


def check_open(row: ConferenceRow) -> None:
    """Raise NotOpen, BoxFrozen or BoxClosed unless the box is open."""
    if row.state == "frozen":
        raise BoxFrozen("the box is frozen")
    if row.state in ENDED:
        raise BoxClosed("the box is closed")
    if row.state != "open":
        raise NotOpen("the box is not open yet")


def check_card(session: Session, uuid: str, credential: str) -> None:
    """Raise UnknownCard, CardVoid or SpareNotActive unless the card may vote."""
    card = session.get(CardRow, credential)
    refusals: dict[str, VotingError] = {
        "void": CardVoid("this card was left in the box and is void"),
        "spare": SpareNotActive("this card is a spare that staff must activate first"),
    }
    if card is None or card.deck != uuid:
        raise UnknownCard("this card is not of this conference")
    if card.status in refusals:
        raise refusals[card.status]


def count_ballots(session: Session, conference: int) -> int:
    """How many ballots are in the box."""
    deck = life_row.deck_in_use(session, conference)
    return _ballots(session, deck.uuid) if deck else 0


def _ballots(session: Session, uuid: str) -> int:
    return session.scalar(select(func.count()).select_from(BallotRow).where(BallotRow.deck == uuid)) or 0


def _spare_active(session: Session, uuid: str) -> bool:
    query = select(CardRow.credential).where(CardRow.deck == uuid, CardRow.status == "activated").limit(1)
    return session.scalar(query) is not None


def _freeze_over_limit(session: Session, row: ConferenceRow) -> None:
    """Freeze the box for good before the ballot too many; the refusal is counted, its card is not kept."""
    row.state, row.over_limit = "frozen", True
    life_row.note(session, row.id, "limit_reached")
    life_row.note(session, row.id, "refused")
    session.commit()
