"""A browser whose camera shows a film of a card's QR code: the film is given to Chromium when it starts."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import qrcode

from tests.conftest import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FRAME, FRAMES = (640, 480), 10  # px; equal pictures
PAPER = (120, 120, 110)  # a table in the shade


def write_film(card: str, path: Path, *, askew: int = 0) -> None:
    """Write a film (Motion JPEG): a card's QR code before the lens, so many degrees askew."""
    from PIL import Image

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(card)
    picture = Image.new("RGB", FRAME, PAPER)
    printed = code.make_image().get_image().convert("RGB").rotate(askew, expand=True, fillcolor=PAPER)
    picture.paste(printed, ((FRAME[0] - printed.width) // 2, (FRAME[1] - printed.height) // 2))
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=90)
    path.write_bytes(frame.getvalue() * FRAMES)


@contextmanager
def browser_with_camera(chromium_path: Path, film: Path) -> "Iterator[Browser]":
    """A Chromium whose camera shows a film."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launched(
            playwright,
            chromium_path,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        )
        yield browser
        browser.close()
