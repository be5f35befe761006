"""Sheets of cards: what a camera reads from them, and what they must not hold."""

import io
import re

import pytest

from keys.cards import new_card, with_dashes
from voting.cards import CardSecret
from voting.cards_sheet import card_sheets

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
    assert whole.count("THẺBIỂUQUYẾT") == 12
    assert "Bộthẻthaythế" not in whole


def test_the_reserve_deck_says_so() -> None:
    pages = text_of(card_sheets([CardSecret(new_card(), False)], conference="X", date="10/04/2022", reserve=True))
    assert "Bộ thẻ thay thế" in pages[0]


def test_markup_in_a_name_stays_text() -> None:
    name = "#panic() *Hội nghị* $x$"
    pages = text_of(card_sheets([CardSecret(new_card(), False)], conference=name, date="10/04/2022", reserve=False))
    assert "#panic()" in pages[0]
