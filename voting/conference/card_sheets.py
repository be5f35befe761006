"""Sheets of cards (thẻ bỏ phiếu) as a PDF: A4 pages of ten cards, to be cut, folded and drawn from a box.

A card shows a QR of its 22 characters, the same in groups of 5, 6, 5 and 6 for typing, and a few words; no serial, no
name. It is folded inwards, so that nothing shows; QR codes bear a crease or a stain over a quarter of them. Test cards
are striped and say so. Secrets live in memory, on their way into the PDF, and nowhere else.
"""

import io
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import qrcode
import typst
from qrcode.image.svg import SvgPathImage

from keys.cards import with_dashes
from voting.conference.cards import CardSecret

_TEMPLATE = Path(str(files("kiosk_templates"))) / "typst" / "cards.typ"
_FONTS = Path(str(files("kiosk_templates"))) / "static" / "built" / "fonts"
_QUIET_ZONE = 4  # modules, ISO/IEC 18004


def card_sheets(
    secrets: Sequence[CardSecret], *, conference: str, date: str, reserve: bool, letter: str = "", test: bool = False
) -> bytes:
    """Set the cards in the order given (which is shuffled already); return the PDF. `test`: they are test cards.

    `letter` is the deck's, the same on all of its cards.
    """
    content = {
        "conference": conference,
        "date": date,
        "reserve": reserve,
        "letter": letter,
        "test": test,
        "cards": [
            {"qr": _qr(card.text), "groups": with_dashes(card.text).split("-"), "spare": card.spare} for card in secrets
        ],
    }
    fonts = [str(_FONTS)] if _FONTS.exists() else []
    pdf = typst.compile(str(_TEMPLATE), sys_inputs={"content": json.dumps(content)}, font_paths=fonts)
    assert isinstance(pdf, bytes), "typst gives the PDF back when no output is named"
    return pdf


def _qr(text: str) -> str:
    """An SVG of the QR code of a card's characters."""
    file = io.BytesIO()
    card_code(text).make_image(image_factory=SvgPathImage).save(file)
    return file.getvalue().decode()


def card_code(text: str) -> "qrcode.QRCode[Any]":
    """The QR code of a card: error correction H, which bears the loss of 30 in 100 code words."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_H, border=_QUIET_ZONE)
    code.add_data(text)
    code.make()
    return code
