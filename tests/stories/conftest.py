"""The real room: a server process with TLS, its database, a deck of cards, and a Chromium that trusts the room."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import qrcode

from tests.conftest import CHROMIUM_ARGUMENTS
from tests.kiosk_templates.conftest import front as front
from voting.box_devices import new_code
from voting.documents.election import Election
from voting.rehearsal import sample
from voting.rehearsal.conference import now, prepare, seal_and_open
from voting.rehearsal.room import Desk, RunningRoom, running_room
from voting.rehearsal.staff import Staff, make_staff

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FRAME = (640, 480)
FRAMES = 15


@dataclass
class OpenRoom:
    """A room whose box is open: election, number of the conference, cards drawn, staff."""

    room: RunningRoom
    election: Election
    number: int
    cards: list[str]
    staff: Staff
    out: Path

    @property
    def url(self) -> str:
        """Where the room's pages are."""
        return f"https://localhost:{self.room.tablet.port}"

    @property
    def desk(self) -> Desk:
        """What people at the desk work with."""
        return self.room.desk

    def enrolment_code(self) -> str:
        """A fresh code for a tablet."""
        with self.desk.storage.write() as session:
            return new_code(session, "story", int(now().timestamp()))


@dataclass
class EmptyRoom:
    """A room without a conference: its server, and tellers whose keys exist."""

    room: RunningRoom
    staff: Staff

    @property
    def url(self) -> str:
        """Where the room's pages are."""
        return f"https://localhost:{self.room.tablet.port}"

    @property
    def desk(self) -> Desk:
        """What people at the desk work with."""
        return self.room.desk


@pytest.fixture
def empty_room(tmp_path: Path, front: Path) -> Iterator[EmptyRoom]:
    """A room before its first conference."""
    staff = make_staff(tmp_path, sample.TELLERS, sample.THRESHOLD, seed=5)
    with running_room(tmp_path / "room") as room:
        yield EmptyRoom(room, staff)


@pytest.fixture
def open_room(tmp_path: Path, front: Path) -> Iterator[OpenRoom]:
    """The sample's conference with 8 people present, open for voting."""
    staff = make_staff(tmp_path, sample.TELLERS, sample.THRESHOLD, seed=5)
    papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, seed=5)
    draft = sample.sample_draft(papers, staff, 9, 5, now().date().isoformat())
    with running_room(tmp_path / "room") as room:
        number, deck = prepare(room.desk, draft, 8, staff.trustees)
        election = seal_and_open(room.desk, staff, number)
        yield OpenRoom(room, election, number, [card.text for card in deck[:8]], staff, tmp_path / "out")


def camera_film(card: str, path: Path) -> None:
    """Write a film for Chromium's fake camera: a card's QR held still before the lens (Motion JPEG)."""
    from PIL import Image

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=10, border=4)
    code.add_data(card)
    picture = Image.new("RGB", FRAME, (120, 120, 110))
    printed = code.make_image().get_image().convert("RGB")
    picture.paste(printed, ((FRAME[0] - printed.width) // 2, (FRAME[1] - printed.height) // 2))
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=90)
    path.write_bytes(frame.getvalue() * FRAMES)


@contextmanager
def browser_with_camera(chromium_path: Path, film: Path) -> "Iterator[Browser]":
    """A Chromium whose camera shows a film."""
    from playwright.sync_api import sync_playwright

    arguments = [
        *CHROMIUM_ARGUMENTS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield browser
        browser.close()
