"""Reading a card by camera: a browser whose camera is a film of a card's QR code.

Runs in a process of its own, since the film is given to Chromium when it starts.
"""

import io
import subprocess
import sys
from pathlib import Path

import pytest
import qrcode

from tests.conftest import CHROMIUM_ARGUMENTS
from tests.kiosk_templates.devserver import DevRoom, start

pytestmark = pytest.mark.browser
STORY = """
import sys
from playwright.sync_api import sync_playwright
url, chromium, *arguments = sys.argv[1:]
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
    page = browser.new_page()
    page.set_default_timeout(15_000)
    page.clock.install()
    page.goto(url)
    page.fill("#enrol-code", "CODE")
    page.clock.run_for(500)
    page.click("button.primary")
    page.wait_for_selector(".at-welcome")
    page.clock.run_for(500)
    page.locator(".foot button").nth(1).click()
    for _ in range(100):
        page.clock.run_for(200)
        page.evaluate("() => fetch('/api/v1/room').then(() => null)")
        if page.locator(".at-accepted").count():
            break
    page.wait_for_selector(".at-accepted", timeout=1_000)
    browser.close()
"""


def test_a_card_is_read_by_camera(chromium_path: Path, front: Path, tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    room = DevRoom()
    server = start(room)
    (tmp_path / "card.mjpeg").write_bytes(film(room.meeting.cards[0].replace("-", "")))
    arguments = [
        *CHROMIUM_ARGUMENTS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'card.mjpeg'}",
    ]
    url = f"http://localhost:{server.server_port}/kiosk"
    command = [sys.executable, "-c", STORY, url, str(chromium_path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    server.shutdown()
    server.server_close()
    assert done.returncode == 0, done.stderr[-2000:]


def film(text: str) -> bytes:
    """A film of ten equal pictures, 640 by 480, of a QR code held a little askew."""
    from PIL import Image

    code = qrcode.make(text, box_size=8).get_image().convert("RGB").rotate(7, expand=True, fillcolor="white")
    picture = Image.new("RGB", (640, 480), "white")
    picture.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=90)
    return frame.getvalue() * 10
