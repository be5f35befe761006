"""The box (hòm phiếu): takes a ballot once, and answers the same ballot with the same receipt for ever.

A ballot is verified before any lock is taken. Then one transaction, in which the box is still open, the card may vote,
and there is room: the ballot row goes in, unique by credential, and is itself the use of the card. Ballots that come
together share the transaction, each judged as if it came alone, and nobody is answered before it is on the disk. Two
server processes cannot both win: the second meets the first's row. Once a spare is active, processes take turns, so
that there are never more ballots than cards drawn; the one too many freezes the box instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.files.signing import raw_message, sign_raw
from voting.box import queries
from voting.box.copies import add_marks, is_copy, mark_key, marks_of
from voting.box.once import first_time
from voting.documents.ballots.ballot import BallotText, parse_ballot, parse_ballot_text, tracker, verify_ballot
from voting.documents.ballots.batches import BatchQueue, at_most
from voting.documents.ballots.request import ballot_in, ballot_limit, ballot_size, unpack_request
from voting.documents.conferences.election import Election, parse_election
from voting.documents.errors import DocumentError
from voting.documents.states import ENDED, IN_USE, State
from voting.errors import (
    BadBallot,
    BoxClosed,
    BoxFrozen,
    CardAlreadyUsed,
    CardVoid,
    InvariantBroken,
    NotOpen,
    SpareNotActive,
    UnknownCard,
    VotingError,
    WrongSize,
)
from voting.storage import conference_row
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotRow, CardRow, ConferenceRow, SetupRow

RECEIPT_TAG = "phieukin/receipt/v1"
MOST_TOGETHER = 64
"""Ballots of one transaction: with more of them its lock would be held for long."""

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
class CastRequest:
    """A casting request of the right length, taken apart; what it holds was not looked at."""

    uuid: str
    conference: int
    election: Election
    raw: bytes
    commitments: bytes | None


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A verified ballot on its way into the box."""

    uuid: str
    conference: int
    tracker: str
    credential: str
    raw: bytes
    commitments: bytes | None
    marks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Inside:
    """What the box holds of the ballots and cards of a group, within one transaction."""

    receipts: dict[str, Receipt]  # by tracker
    used: set[str]  # credentials
    cards: dict[str, tuple[str, str]]  # deck and status, by credential

    @classmethod
    def of(cls, session: Session, group: "Sequence[_Sealed]") -> "_Inside":
        """Look up a group's ballots and cards."""
        credentials, trackers = [one.credential for one in group], [one.tracker for one in group]
        cards = queries.cards_of(session, credentials)
        found = queries.ballots_of(session, trackers, credentials)
        return cls(
            {one.tracker: Receipt(one.tracker, one.receipt) for one in found}, {one.credential for one in found}, cards
        )

    def judge(self, state: State, sealed: "_Sealed") -> Receipt | VotingError | None:
        """The receipt of a ballot that is in, the reason why this one cannot go in, or None where it can."""
        if sealed.tracker in self.receipts:
            return self.receipts[sealed.tracker]
        try:
            check_state(state)
            deck, status = self.cards.get(sealed.credential, (None, None))
            check_status(status if deck == sealed.uuid else None)
        except VotingError as error:
            return error
        return CardAlreadyUsed("another ballot of this card is in the box") if sealed.credential in self.used else None

    def add(self, sealed: "_Sealed", receipt: Receipt) -> Receipt:
        """Count a ballot of this transaction as in the box."""
        self.used.add(sealed.credential)
        return self.receipts.setdefault(sealed.tracker, receipt)


@dataclass(frozen=True, slots=True)
class _Election:
    """What one server process knows of an election: it never changes once sealed. And the queue before its box."""

    conference: int
    election: Election
    queue: BatchQueue[_Sealed, Receipt]


class Box:
    """Casting for one server process; keeps parsed elections, which never change once sealed."""

    def __init__(self, storage: Storage, keyring: Keyring, verify: Verify = verify_alone) -> None:
        self._storage = storage
        self._keyring = keyring
        self._verifier = verify
        self._mark_key = mark_key(keyring)
        self._elections: dict[str, _Election] = {}

    def election(self, uuid: str) -> tuple[int, Election]:
        """The conference and the parsed election of a uuid; raise NotOpen if there is no Setup of it."""
        known = self._known(uuid)
        return known.conference, known.election

    def _known(self, uuid: str) -> _Election:
        known = self._elections.get(uuid)
        if known is None:
            with self._storage.read() as session:
                setup = session.get(SetupRow, uuid)
                if setup is None:
                    raise NotOpen("no election with this uuid was set up here")
                queue = BatchQueue(self._put_in, at_most(MOST_TOGETHER))
                fresh = _Election(setup.conference, parse_election(setup.election), queue)
            known = self._elections.setdefault(uuid, fresh)
        return known

    def request_size(self, uuid: str) -> int:
        """The one length of this election's casting requests, in bytes."""
        return ballot_size(self.election(uuid)[1])

    def cast(self, uuid: str, body: bytes) -> Receipt:
        """Unpack a casting request and take its ballot into the box; raise what `unpack` and `take` raise."""
        return self.take(self.unpack(uuid, body))

    def unpack(self, uuid: str, body: bytes) -> CastRequest:
        """Take a casting request apart; raise WrongSize, BadBallot, or NotOpen where no election has this uuid."""
        conference, election = self.election(uuid)
        if len(body) != ballot_size(election):
            raise WrongSize(f"{ballot_size(election)} bytes expected, {len(body)} found")
        try:
            return CastRequest(uuid, conference, election, *unpack_request(election, body))
        except DocumentError as error:
            raise BadBallot(str(error)) from None

    def take(self, asked: CastRequest) -> Receipt:
        """Take a ballot into the box; return its receipt.

        Raises BadBallot (copied ciphertexts, too), NotOpen, BoxClosed or BoxFrozen, UnknownCard, CardVoid,
        SpareNotActive, or CardAlreadyUsed for another ballot of a card that voted: the first stays, and the incident is
        counted once a card.
        """
        uuid, election, raw = asked.uuid, asked.election, asked.raw
        ballot = self._parse(election, raw)
        marks = marks_of(self._mark_key, uuid, ballot)
        sealed = _Sealed(uuid, asked.conference, tracker(raw), ballot.credential, raw, asked.commitments, marks)
        known = self._look(sealed)
        if known is not None:
            return known
        # Before the card's use is looked at: only who holds its secret can report it as used already.
        self._verify(election, sealed)
        try:
            return self._known(uuid).queue.wait(sealed)
        except CardAlreadyUsed:
            self._report_used(sealed)
            raise

    def holds(self, uuid: str, body: bytes) -> bool:
        """Tell whether the ballot of a casting request is in the box of this election."""
        with self._storage.read() as session:
            return _receipt(session, uuid, tracker(ballot_in(body))) is not None

    def _parse(self, election: Election, raw: bytes) -> BallotText:
        """A ballot as text: whether its card is a point, and signed, is verified after the card is looked up."""
        try:
            return parse_ballot_text(raw, ballot_limit(election))
        except DocumentError as error:
            raise BadBallot(str(error)) from None

    def _verify(self, election: Election, sealed: _Sealed) -> None:
        try:
            self._verifier(election, sealed.raw, sealed.commitments)
        except (DocumentError, KeysError) as error:
            raise BadBallot(str(error)) from None

    def _look(self, sealed: _Sealed) -> Receipt | None:
        """The receipt of a ballot that is in; else raise unless the box is open and the card may vote.

        Cheaper than verifying, and asked again afterwards.
        """
        found = queries.look(self._storage, sealed.conference, sealed.credential, sealed.tracker)
        if found.box == sealed.uuid and found.tracker is not None and found.receipt is not None:
            return Receipt(found.tracker, found.receipt)
        check_state(found.state)
        check_status(found.status if found.deck == sealed.uuid else None)
        return None

    def _put_in(self, group: Sequence[_Sealed]) -> Sequence[Receipt | Exception]:
        """Put verified ballots of one election in; after losing a race to another process, one after the other."""
        try:
            return self._insert(group)
        except IntegrityError:
            if len(group) == 1:
                return [self._stored(group[0])]
            return [outcome for sealed in group for outcome in self._put_in([sealed])]

    def _insert(self, group: Sequence[_Sealed]) -> list[Receipt | Exception]:
        """Put ballots in, in one transaction, each judged after those before it; raise IntegrityError after a race."""
        with Session(self._storage.engine) as session:
            state, drawn = self._enter(session, group[0])
            # Counted before looking at the cards: a ballot that another process puts in meanwhile is then seen as its
            # card's first, and never taken for one ballot too many, which would freeze the box.
            left = (drawn or 0) - _ballots(session, group[0].uuid)
            inside = _Inside.of(session, group)
            outcomes: list[Receipt | Exception] = []
            fresh: list[tuple[_Sealed, Receipt]] = []
            for sealed in group:
                outcome = inside.judge(state, sealed)
                if outcome is None and len(fresh) >= left:
                    break  # one too many, to be met again with the box as these leave it
                if outcome is None:
                    fresh.append((sealed, self._sign(session, sealed)))
                    outcome = inside.add(*fresh[-1])
                outcomes.append(outcome)
            if not fresh and len(outcomes) < len(group):
                _freeze_over_limit(session, group[0].conference)
                outcomes.append(
                    BoxFrozen("one ballot more than cards were drawn: the box is frozen, the chair decides")
                )
            # In one order in all processes, so that none waits for another in a circle.
            fresh.sort(key=lambda one: one[0].credential)
            queries.insert_ballots(session, [_row(*one) for one in fresh])
            add_marks(session, group[0].uuid, (mark for sealed, _ in fresh for mark in sealed.marks))
            session.commit()
        rest = group[len(outcomes) :]
        return [*outcomes, *self._put_in(rest)] if rest else outcomes

    def _sign(self, session: Session, sealed: _Sealed) -> Receipt:
        """Sign the receipt of a ballot that goes in."""
        message = raw_message(RECEIPT_TAG, sealed.uuid.encode(), sealed.tracker.encode())
        key = self._keyring.key(session, sealed.conference, "receipt")
        return Receipt(sealed.tracker, sign_raw(key, message))

    def _enter(self, session: Session, sealed: _Sealed) -> queries.Entered:
        """Share the conference's row with other casts; hold it alone once a spare is active."""
        while True:
            alone = queries.spare_active(session, sealed.uuid)
            entered = queries.enter(session, sealed.conference, alone=alone)
            if alone or not queries.spare_active(session, sealed.uuid):
                return entered
            session.rollback()

    def _stored(self, sealed: _Sealed) -> Receipt | Exception:
        """After a refusal by the database: the receipt of the same ballot, or the reason why this one cannot go in."""
        with self._storage.read() as session:
            row = conference_row.find(session, sealed.conference)
            outcome = _Inside.of(session, [sealed]).judge(row.state, sealed)
            if outcome is None and is_copy(session, sealed.uuid, sealed.marks):
                return BadBallot("a ciphertext in this ballot is a copy")
        return outcome or BoxFrozen("the box refused the ballot: ask the staff")

    def _report_used(self, sealed: _Sealed) -> None:
        """Count an incident, once a card; where two processes count the first one at once, the later tries again."""
        try:
            self._note_used(sealed)
        except InvariantBroken:
            self._note_used(sealed)

    def _note_used(self, sealed: _Sealed) -> None:
        with self._storage.write() as session:
            under_way = conference_row.share(session, sealed.conference).state in IN_USE
            if under_way and first_time(session, self._keyring, sealed.uuid, "used card", sealed.credential):
                conference_row.note(session, sealed.conference, "card_already_used")


def check_open(row: ConferenceRow) -> None:
    """Raise NotOpen, BoxFrozen or BoxClosed unless the box is open."""
    check_state(row.state)


def check_state(state: State) -> None:
    """Raise NotOpen, BoxFrozen or BoxClosed unless this state is that of an open box."""
    if state == "frozen":
        raise BoxFrozen("the box is frozen")
    if state in ENDED:
        raise BoxClosed("the box is closed")
    if state != "open":
        raise NotOpen("the box is not open yet")


def check_card(session: Session, uuid: str, credential: str) -> None:
    """Raise UnknownCard, CardVoid or SpareNotActive unless the card may vote."""
    card = session.get(CardRow, credential)
    check_status(card.status if card is not None and card.deck == uuid else None)


def check_status(status: str | None) -> None:
    """Raise UnknownCard (for None), CardVoid or SpareNotActive unless a card of this status may vote."""
    refusals: dict[str, VotingError] = {
        "void": CardVoid("this card was left in the box and is void"),
        "spare": SpareNotActive("this card is a spare that staff must activate first"),
    }
    if status is None:
        raise UnknownCard("this card is not of this conference")
    if status in refusals:
        raise refusals[status]


def count_ballots(session: Session, conference: int) -> int:
    """How many ballots are in the box."""
    deck = conference_row.deck_in_use(session, conference)
    return _ballots(session, deck.uuid) if deck else 0


def _receipt(session: Session, uuid: str, found: str) -> Receipt | None:
    row = session.get(BallotRow, found)
    return Receipt(row.tracker, row.receipt) if row is not None and row.deck == uuid else None


def _ballots(session: Session, uuid: str) -> int:
    return queries.count(session, uuid)


def _row(sealed: _Sealed, receipt: Receipt) -> dict[str, object]:
    """The row of a ballot: it tells nothing else of the card's use."""
    return {
        "tracker": sealed.tracker,
        "deck": sealed.uuid,
        "credential": sealed.credential,
        "ballot": sealed.raw,
        "commitments": sealed.commitments,
        "receipt": receipt.signature,
    }


def _freeze_over_limit(session: Session, conference: int) -> None:
    """Freeze the box for good before the ballot too many; the refusal is counted, its card is not kept."""
    row = conference_row.find(session, conference)
    row.state, row.over_limit = "frozen", True
    conference_row.note(session, row.id, "limit_reached")
    conference_row.note(session, row.id, "refused")
    session.commit()
