"""Spares in an open box: never too many, the old card void first, and what the facts say of them afterwards."""

import pytest

from tests.voting.conference.test_closing import facts_of
from tests.voting.rooms import Room
from voting.conference import cards
from voting.documents.facts import Cards, SpareReason, SparesActivated
from voting.errors import CardVoid, InvalidCards, UnknownCard
from voting.storage.tables import CardRow


def activate(room: Room, spare: int, reason: SpareReason = "lost", returned: str | None = None) -> None:
    with room.storage.write() as session:
        old = room.public(returned) if returned else None
        cards.activate_spare(session, room.conference, room.public(room.spares[spare]), reason, returned=old)


def cast(room: Room, *voters: str) -> None:
    for card in voters:
        room.box.cast(room.uuid(), room.body(card))


def test_once_every_drawn_card_has_its_ballot_there_is_no_spare(room: Room) -> None:
    room.open()
    cast(room, *room.drawn)
    with pytest.raises(InvalidCards, match="0 drawn cards are without a ballot"):
        activate(room, 0)


def test_no_more_spares_wait_than_drawn_cards_are_without_a_ballot(room: Room) -> None:
    room.open()
    cast(room, *room.drawn[:2])
    activate(room, 0)
    with pytest.raises(InvalidCards, match="as many spares wait already"):
        activate(room, 1)


def test_a_spare_that_has_voted_waits_no_more(room: Room) -> None:
    room.open()
    cast(room, room.drawn[0])
    activate(room, 0)
    cast(room, room.spares[0])
    activate(room, 1)
    cast(room, room.spares[1])


def test_a_card_that_is_handed_back_is_void_and_can_never_vote(room: Room) -> None:
    room.open()
    activate(room, 0, "damaged", returned=room.drawn[0])
    with room.storage.read() as session:
        assert session.get_one(CardRow, room.public(room.drawn[0])).status == "void"
    with pytest.raises(CardVoid):
        cast(room, room.drawn[0])
    cast(room, room.spares[0], *room.drawn[1:])


def test_a_damaged_card_is_scanned_first_and_one_that_cannot_be_read_counts_as_lost(room: Room) -> None:
    room.open()
    with pytest.raises(InvalidCards, match="scan the damaged card first"):
        activate(room, 0, "damaged")
    activate(room, 0, "unreadable")


def test_whoever_has_voted_gets_no_spare_for_the_card_they_hand_back(room: Room) -> None:
    room.open()
    cast(room, room.drawn[0])
    with pytest.raises(InvalidCards, match="has voted already"):
        activate(room, 0, "unreadable", returned=room.drawn[0])
    with room.storage.read() as session:
        assert session.get_one(CardRow, room.public(room.spares[0])).status == "spare"


def test_what_is_handed_back_must_be_a_card_that_may_vote(room: Room) -> None:
    room.open()
    left = next(card.text for card in room.secrets if not card.spare and card.text not in room.drawn)
    for card in (left, room.spares[1]):
        with pytest.raises(InvalidCards, match="may not vote anyway"):
            activate(room, 0, "damaged", returned=card)
    with pytest.raises(UnknownCard), room.storage.write() as session:
        spare = room.public(room.spares[0])
        cards.activate_spare(session, room.conference, spare, "damaged", returned="a" * 64)


def test_the_facts_keep_the_cards_of_setup_and_tell_spares_and_cards_handed_back_apart(room: Room) -> None:
    room.open()
    activate(room, 0, "damaged", returned=room.drawn[0])
    activate(room, 1)
    cast(room, *room.spares)
    facts = facts_of(room.close())
    assert facts.cards == Cards(made=8, drawn=3, void=3, spares=2), "as Setup has them, so that verify agrees"
    assert facts.cards_handed_back == 1
    assert sorted(facts.spares_activated, key=lambda one: one.reason) == [
        SparesActivated("damaged", 1),
        SparesActivated("lost", 1),
    ]
