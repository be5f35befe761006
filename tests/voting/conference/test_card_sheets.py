"""Sheets of cards: what a camera reads from them, and what they must not hold."""

import io
import re

import pytest
import qrcode

from keys.cards import new_card, with_dashes
from tests.voting.rooms import Room
from voting.conference import cards
from voting.conference.card_sheets import card_code, card_sheets
from voting.conference.cards import CardSecret
from voting.errors import InvalidCards, UnknownCard

pypdf = pytest.importorskip("pypdf")


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_every_card_stands_on_the_sheets_in_readable_groups_and_spares_say_so() -> None:
    made = [CardSecret(new_card(), number in (3, 11)) for number in range(12)]
    pages = text_of(card_sheets(made, conference="Hội nghị cán bộ chủ chốt", date="10/04/2022", reserve=False))
    assert len(pages) == 2
    whole = re.sub(r"\s", "", "".join(pages))
    assert all(with_dashes(card.text) in whole for card in made)
    assert whole.count("DỰPHÒNG") == 2
    assert whole.count("THẺBỎPHIẾU") == 12
    assert "Bộthẻthaythế" not in whole


def test_the_reserve_deck_says_so() -> None:
    pages = text_of(card_sheets([CardSecret(new_card(), False)], conference="X", date="10/04/2022", reserve=True))
    assert "Bộ thẻ thay thế" in pages[0]


def test_markup_in_a_name_stays_text() -> None:
    name = "#panic() *Hội nghị* $x$"
    pages = text_of(card_sheets([CardSecret(new_card(), False)], conference=name, date="10/04/2022", reserve=False))
    assert "#panic()" in pages[0]


def test_test_cards_say_that_they_cannot_vote_on_every_card() -> None:
    made = cards.make_test_cards(9)
    pages = text_of(card_sheets(made, conference="X", date="10/04/2022", reserve=False, test=True))
    whole = re.sub(r"\s", "", "".join(pages))
    assert whole.count("KHÔNGBỎPHIẾUĐƯỢC") == whole.count("THẺTHỬ") == 9
    assert "THẺBỎPHIẾU" not in whole
    assert all(with_dashes(card.text) in whole for card in made)


@pytest.mark.parametrize("number", [0, 101])
def test_test_cards_come_in_small_numbers(number: int) -> None:
    with pytest.raises(InvalidCards):
        cards.make_test_cards(number)


def test_no_card_of_a_deck_looks_like_a_test_card(sqlite_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([cards.TEST_MARK + "x" * 16, *(new_card() for _ in range(20))])
    monkeypatch.setattr(cards, "new_card", lambda: next(drawn))
    sqlite_room.begin()
    with sqlite_room.storage.write() as session:
        made = cards.make_cards(session, sqlite_room.conference, "main", 4, 1)
    assert len(made) == 5
    assert not any(cards.is_test_card(card.text) for card in made)


def test_a_test_card_is_never_counted(sqlite_room: Room) -> None:
    sqlite_room.open()
    (card,) = cards.make_test_cards(1)
    with pytest.raises(UnknownCard):
        sqlite_room.box.cast(sqlite_room.uuid(), sqlite_room.body(card.text))


def test_the_code_bears_the_loss_of_three_code_words_in_ten() -> None:
    code = card_code(new_card())
    assert code.error_correction == qrcode.constants.ERROR_CORRECT_H
    assert code.version == 3
