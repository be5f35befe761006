"""Reading a card by camera, held a little askew."""

import time
from pathlib import Path

import pytest

from tests.kiosk_templates.camera import browser_with_camera, write_film
from tests.kiosk_templates.conftest import new_tablet

pytestmark = pytest.mark.browser
PATIENCE = 60  # s until the camera has shown its film


def test_a_card_is_read_by_camera(chromium_path: Path, front: Path, tmp_path: Path) -> None:
    film = tmp_path / "card.mjpeg"
    with browser_with_camera(chromium_path, film) as browser, new_tablet(browser) as tablet:
        write_film(tablet.room.meeting.cards[0].replace("-", ""), film, askew=7)
        tablet.enrol()
        tablet.touch(".foot button >> nth=1")
        begun = time.monotonic()
        while not tablet.page.locator(".at-ballot").count() and time.monotonic() < begun + PATIENCE:
            tablet.page.clock.run_for(200)
            tablet.breathe()
        assert tablet.page.locator(".at-ballot").count() == 1
