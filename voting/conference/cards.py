"""Cards of a conference (thẻ bỏ phiếu): decks, leftovers, spares. Belenios credentials underneath (keys.cards).

Secrets are returned once, for the sheets, and kept nowhere; tables hold public credentials. Cards are written sorted by
credential, so that neither rows nor sheets tell which were made together. Every card is active until it is scanned
as a leftover; nobody can say of an active card whether it was drawn, but as many must be active as people drew.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from keys.cards import ALPHABET, credential, new_card
from keys.group import encode_point
from voting.conference.steps import STEPS
from voting.documents.facts import SpareReason
from voting.errors import InvalidCards, UnknownCard
from voting.storage import conference_row
from voting.storage.tables import AttendanceRow, BallotRow, CardRow, DeckRow

UUID_LENGTH = 14  # base58 characters, the least that Belenios takes
CARDS_LIMIT = 20_000  # cards of one deck
TEST_MARK = "THETHU"  # how the code of a test card (thẻ thử) begins; no card of a deck does
TEST_CARDS_LIMIT = 100
DeckKind = Literal["main", "reserve"]
STATUS_OF: dict[DeckKind, str] = {"main": "in_use", "reserve": "ready"}  # of a new deck
REASONS: tuple[SpareReason, ...] = get_args(SpareReason)
HANDED_BACK = "card_handed_back"  # counted: cards voided in an open box because their owners handed them back


@dataclass(frozen=True, slots=True, repr=False)
class CardSecret:
    """A card to print: its 22 characters, and whether it is a spare. Never shown by repr, never stored."""

    text: str
    spare: bool


@dataclass(frozen=True, slots=True)
class CardCount:
    """Cards of a deck: made = active + spares + activated + void."""

    active: int
    spares: int
    activated: int
    void: int

    @property
    def made(self) -> int:
        """All cards of the deck."""
        return self.active + self.spares + self.activated + self.void


def new_uuid() -> str:
    """Draw the uuid of an election."""
    return "".join(secrets.choice(ALPHABET) for _ in range(UUID_LENGTH))


def make_cards(session: Session, conference: int, kind: DeckKind, cards: int, spares: int) -> list[CardSecret]:
    """Make a deck: `cards` cards and `spares` spares; return their secrets, shuffled, for the sheets alone.

    The main deck is in use from now on; the reserve deck waits. The deck that was in use, or waited, becomes void;
    `voting.conference.decks` asks before. Raises InvalidCards for numbers that do not fit.
    """
    row = conference_row.hold(session, conference)
    conference_row.demand(row, *STEPS["make_deck"].states)
    if cards < max(1, row.summoned) or spares < 0 or cards + spares > CARDS_LIMIT:
        least = max(1, row.summoned)
        raise InvalidCards(
            f"at least {least} cards expected (one a person summoned), spares >= 0, {CARDS_LIMIT} together at most",
            key="cards_number", at="cards", least=least, most=CARDS_LIMIT,
        )  # fmt: skip
    status = STATUS_OF[kind]
    for old in session.scalars(select(DeckRow).where(DeckRow.conference == conference, DeckRow.status == status)):
        _void_deck(session, old)
    deck = DeckRow(uuid=new_uuid(), conference=conference, kind=kind, status=status)
    session.add(deck)
    session.flush()
    made = [CardSecret(_new_secret(), number >= cards) for number in range(cards + spares)]
    _write_cards(session, deck.uuid, made)
    secrets.SystemRandom().shuffle(made)
    return made


def make_test_cards(number: int) -> list[CardSecret]:
    """Make test cards: to be read by tablets, and in no deck, so that none can ever be counted."""
    if not 1 <= number <= TEST_CARDS_LIMIT:
        raise InvalidCards(
            f"1 to {TEST_CARDS_LIMIT} test cards expected", key="tests_number", at="cards", most=TEST_CARDS_LIMIT
        )
    return [CardSecret(TEST_MARK + new_card()[len(TEST_MARK) :], False) for _ in range(number)]


def is_test_card(card: str) -> bool:
    """Tell whether a card's 22 characters are those of a test card."""
    return card.startswith(TEST_MARK)


def void_leftover(session: Session, conference: int, public: str) -> CardCount:
    """Void a card left in the box, by the public credential that the page derived; return the deck's numbers.

    Voiding a card twice changes nothing. Raises UnknownCard for another deck's card, InvalidCards for a spare: spares
    lie apart, and one that was drawn shows as a roll that does not come out even.
    """
    conference_row.demand(conference_row.find(session, conference), *STEPS["void_leftover"].states)
    deck = _deck(session, conference)
    card = session.get(CardRow, public)
    if card is None or card.deck != deck.uuid:
        raise UnknownCard("this card is not of the deck in use: put it aside and look for the other deck")
    if card.status == "spare":
        raise InvalidCards("this card is a spare: put it back to the spares", key="card_is_spare")
    card.status = "void"
    session.flush()
    return count(session, deck.uuid)


def use_reserve_deck(session: Session, conference: int) -> None:
    """Void the deck in use and draw from the reserve deck; every mark "card drawn" is taken back."""
    conference_row.demand(conference_row.hold(session, conference), *STEPS["reserve_deck"].states)
    old = _deck(session, conference)
    reserve = session.scalar(select(DeckRow).where(DeckRow.conference == conference, DeckRow.status == "ready"))
    if reserve is None:
        raise InvalidCards("there is no reserve deck: make one, or move to paper", key="no_reserve")
    _void_deck(session, old)
    reserve.status = "in_use"
    session.execute(update(AttendanceRow).where(AttendanceRow.conference == conference).values(drew=False))
    conference_row.note(session, conference, "other_deck")
    session.flush()


def known(session: Session, readings: Sequence[str]) -> str:
    """Of the public credentials that a scan may mean, the one that is a card here; raise UnknownCard."""
    found = session.scalar(select(CardRow.credential).where(CardRow.credential.in_(readings)).limit(1))
    if found is None:
        raise UnknownCard("this card is not one of this room's")
    return found


def activate_spare(
    session: Session, conference: int, public: str, reason: SpareReason, *, returned: str | None = None
) -> None:
    """Activate a spare for somebody whose card is lost, unreadable or damaged; only how often is kept, by reason.

    `returned` is the public credential of the card that is handed back: it becomes void first, so that it can never
    vote. A damaged card must be; one that cannot be read counts as lost. Spares that still wait for their ballot are
    never more than the drawn cards of which there is no ballot (drawn - ballots): whoever says "lost" after the last
    ballot gets none. Raises InvalidCards, UnknownCard or WrongState.
    """
    if reason not in REASONS:
        raise InvalidCards(f"a reason of the list expected: {', '.join(REASONS)}")
    row = conference_row.hold(session, conference)
    conference_row.demand(row, *STEPS["activate_spare"].states)
    deck = _deck(session, conference)
    if returned is not None:
        _hand_back(session, conference, deck, returned)
    elif reason == "damaged":
        raise InvalidCards("scan the damaged card first: it becomes void", key="scan_damaged", at="returned")
    card = session.get(CardRow, public)
    if card is None or card.deck != deck.uuid:
        raise UnknownCard("this card is not of the deck in use")
    if card.status != "spare":
        raise InvalidCards("this card is not a spare that waits: take another one", key="not_waiting")
    left = (row.drawn or 0) - _ballots(session, deck.uuid)
    if _waiting(session, deck.uuid) >= left:
        raise InvalidCards(
            f"{left} drawn cards are without a ballot, and as many spares wait already", key="spares_enough", left=left
        )
    card.status = "activated"
    conference_row.note(session, conference, f"spare_{reason}")
    session.flush()


def spares_activated(session: Session, conference: int) -> int:
    """How many spares were activated, for whatever reason: the hall screen shows it at once."""
    noted = conference_row.counts(session, conference)
    return sum(noted.get(f"spare_{reason}", 0) for reason in REASONS)


def count(session: Session, deck: str) -> CardCount:
    """Count the cards of a deck by status."""
    found = session.execute(select(CardRow.status, func.count()).where(CardRow.deck == deck).group_by(CardRow.status))
    by = Counter(dict(found.all()))
    return CardCount(by["active"], by["spare"], by["activated"], by["void"])


def credentials_for_setup(session: Session, deck: str) -> list[str]:
    """Public credentials of cards drawn and of spares, sorted: the list does not tell one from the other."""
    found = session.scalars(select(CardRow.credential).where(CardRow.deck == deck, CardRow.status != "void"))
    return sorted(found)


def forget_spares(session: Session, deck: str) -> None:
    """After closing: make activated spares look like any other card."""
    used = update(CardRow).where(CardRow.deck == deck, CardRow.status == "activated")
    session.execute(used.values(status="active"))


def void_decks(session: Session, conference: int) -> None:
    """Void every deck of a conference, on the way back to draft once cards were drawn."""
    for deck in session.scalars(select(DeckRow).where(DeckRow.conference == conference)):
        _void_deck(session, deck)


def _new_secret() -> str:
    """Draw a card that is no test card: one in 38 billion would be."""
    while is_test_card(card := new_card()):
        continue
    return card


def _write_cards(session: Session, uuid: str, made: Sequence[CardSecret]) -> None:
    rows = sorted((encode_point(credential(card.text, uuid)), card.spare) for card in made)
    session.add_all(
        CardRow(credential=public, deck=uuid, status="spare" if spare else "active") for public, spare in rows
    )
    session.flush()


def _void_deck(session: Session, deck: DeckRow) -> None:
    session.execute(
        update(CardRow).where(CardRow.deck == deck.uuid, CardRow.status.in_(("active", "spare"))).values(status="void")
    )
    deck.status = "void"
    session.flush()


def _hand_back(session: Session, conference: int, deck: DeckRow, public: str) -> None:
    """Void a card that its owner hands back while the box is open; one whose ballot is in the box has voted."""
    card = session.get(CardRow, public)
    if card is None or card.deck != deck.uuid:
        raise UnknownCard("the card handed back is not of the deck in use")
    if card.status not in ("active", "activated"):
        raise InvalidCards("the card handed back may not vote anyway", key="returned_void", at="returned")
    if session.scalar(select(BallotRow.tracker).where(BallotRow.credential == public)) is not None:
        raise InvalidCards("the card handed back has voted already", key="returned_used", at="returned")
    card.status = "void"
    conference_row.note(session, conference, HANDED_BACK)
    session.flush()


def _ballots(session: Session, deck: str) -> int:
    return session.scalar(select(func.count()).select_from(BallotRow).where(BallotRow.deck == deck)) or 0


def _waiting(session: Session, deck: str) -> int:
    """How many activated spares have no ballot yet."""
    voted = select(BallotRow.tracker).where(BallotRow.credential == CardRow.credential).exists()
    query = select(func.count()).select_from(CardRow)
    return session.scalar(query.where(CardRow.deck == deck, CardRow.status == "activated", ~voted)) or 0


def _deck(session: Session, conference: int) -> DeckRow:
    deck = conference_row.deck_in_use(session, conference)
    if deck is None:
        raise InvalidCards("no cards were made yet: make the main deck first", key="no_cards")
    return deck
