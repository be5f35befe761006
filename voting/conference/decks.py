"""Decks of cards (bộ thẻ) as people know them: a letter, when and by whom, how many cards, in use or void.

A new deck voids the one that it takes the place of: what that asks for first depends on what is lost. Before anybody
has drawn, somebody must say that they know; once cards are drawn, every card in a pocket becomes void, so that it takes
two people and a reason, and everybody draws again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from voting.conference import cards, roll
from voting.conference.cards import CardSecret, DeckKind
from voting.conference.transitions import TwoPeople, stamp
from voting.errors import InvalidCards, NotConfirmed, SecondPersonNeeded
from voting.storage.tables import AttendanceRow, DeckOriginRow, DeckRow

Asks = Literal["nothing", "tick", "two"]
"""What a new deck asks for first: nothing, one tick, or two people with a reason."""


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck: its numbers are those of the day it was made, without letter and maker where that was before 0009."""

    uuid: str
    kind: str
    status: str
    letter: str
    made: str
    made_by: str
    cards: int
    spares: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Who makes a deck, when, by which form; whether the form was ticked, and the two people where there are two."""

    by: str
    now: datetime
    form: str
    ticked: bool = False
    two: TwoPeople | None = None


def decks(session: Session, conference: int) -> list[Deck]:
    """All decks of a conference in the order of their letters."""
    query = select(DeckRow, DeckOriginRow).outerjoin(DeckOriginRow, DeckOriginRow.deck == DeckRow.uuid)
    found = [_deck(row, origin) for row, origin in session.execute(query.where(DeckRow.conference == conference))]
    return sorted(found, key=lambda one: (len(one.letter), one.letter))


def replaced(session: Session, conference: int, kind: DeckKind) -> Deck | None:
    """The deck that a new one of this kind would make void, if there is one."""
    status = cards.STATUS_OF[kind]
    return next((one for one in decks(session, conference) if one.status == status), None)


def asks(session: Session, conference: int, kind: DeckKind) -> Asks:
    """Tell what a new deck of this kind asks for first."""
    if replaced(session, conference, kind) is None:
        return "nothing"
    return "two" if kind == "main" and roll.count(session, conference).drawn else "tick"


def make_deck(
    session: Session, conference: int, kind: DeckKind, numbers: tuple[int, int], origin: Origin
) -> tuple[Deck, list[CardSecret]]:
    """Make a deck of so many cards and spares; return it with its secrets, which are for the sheets alone.

    Raises InvalidCards where the form made a deck already, NotConfirmed or SecondPersonNeeded where it asks for more,
    and what `cards.make_cards` raises.
    """
    _check_form(session, origin.form)
    _check_asked(asks(session, conference, kind), origin)
    again = kind == "main" and replaced(session, conference, kind) is not None
    letter = _letter(session, conference)
    secrets = cards.make_cards(session, conference, kind, *numbers)
    if again:
        session.execute(update(AttendanceRow).where(AttendanceRow.conference == conference).values(drew=False))
    made = session.scalars(
        select(DeckRow).where(DeckRow.conference == conference, DeckRow.status == cards.STATUS_OF[kind])
    ).one()
    row = DeckOriginRow(
        deck=made.uuid, letter=letter, made=stamp(origin.now), made_by=origin.by, form=origin.form,
        cards=numbers[0], spares=numbers[1],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _deck(made, row), secrets


def voided(session: Session, conference: int) -> int:
    """How many decks of a conference are void."""
    query = select(func.count()).select_from(DeckRow)
    return session.scalar(query.where(DeckRow.conference == conference, DeckRow.status == "void")) or 0


def letter_in_use(session: Session, conference: int) -> str:
    """The letter on the cards in use; empty where there are none."""
    return next((one.letter for one in decks(session, conference) if one.status == "in_use"), "")


def _check_form(session: Session, form: str) -> None:
    used = session.scalar(select(DeckOriginRow).where(DeckOriginRow.form == form))
    if used is not None:
        raise InvalidCards(f"this form made deck {used.letter} already", key="deck_again", letter=used.letter)


def _check_asked(asked: Asks, origin: Origin) -> None:
    if asked == "two" and origin.two is None:
        raise SecondPersonNeeded("cards are drawn: a new deck takes two people", key="deck_two", at="second_login")
    if asked == "tick" and not origin.ticked and origin.two is None:
        raise NotConfirmed("a deck is there already: say that it becomes void", at="understood")


def _letter(session: Session, conference: int) -> str:
    """A, B, … Z, then AA, BB, …: by how many decks the conference had before."""
    before = session.scalar(select(func.count()).select_from(DeckRow).where(DeckRow.conference == conference)) or 0
    return chr(ord("A") + before % 26) * (1 + before // 26)


def _deck(row: DeckRow, origin: DeckOriginRow | None) -> Deck:
    if origin is None:
        return Deck(row.uuid, row.kind, row.status, "", "", "", 0, 0)
    return Deck(row.uuid, row.kind, row.status, origin.letter, origin.made, origin.made_by, origin.cards, origin.spares)
