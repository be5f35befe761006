"""The story of one attendee in a real browser at a real room, and of what the tellers make of it.

With PHIEUKIN_SCREENS=FOLDER the screens are kept as pictures; the README's come from here (make screens).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tally.audit import Verdict, audit
from tests.kiosk_templates.camera import browser_with_camera, write_film
from tests.stories.conftest import OpenRoom
from tests.stories.looking import sealed
from tests.stories.shown_page import TAP_NEXT, shown_page, wait_for_another
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.ballots.request import ballot_size
from voting.rehearsal.conference import close, count

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

pytestmark = pytest.mark.browser
TABLET = {"width": 768, "height": 1024}
LIVE = "#tablet:not([data-still])"  # touches count again after a change of screen


class Attendee:
    """Somebody at a tablet."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.sent: list[Request] = []
        page.on("request", lambda request: self.sent.append(request) if request.method == "POST" else None)

    def at(self, screen: str) -> None:
        """Wait for a screen and the end of its dead time; keep its picture where asked for."""
        self.page.wait_for_selector(f"{LIVE} .at-{screen}", state="attached")
        self.picture(screen)

    def picture(self, name: str) -> None:
        """Keep a picture of the screen."""
        if folder := os.environ.get("PHIEUKIN_SCREENS"):
            self.page.screenshot(path=Path(folder) / f"tablet-{name}.png")

    def touch(self, selector: str) -> None:
        """Touch something, when touches count."""
        self.page.wait_for_selector(LIVE)
        self.page.locator(selector).first.click()

    def enrol(self, room: OpenRoom) -> None:
        """Register the tablet with a code of the desk."""
        self.page.goto(f"{room.url}/kiosk")
        self.page.fill("#enrol-code", room.enrolment_code())
        self.touch("button.primary")
        self.at("welcome")

    def seal(self) -> str:
        """The hash of the sealed ballot on the review, in its groups."""
        return sealed(self.page)

    def choose(self, answer: Callable[[int], int | None], *, patient: bool = False) -> None:
        """Answer every name by the number of its question, or leave it as it is (None); end at the review.

        Who is not patient touches "next" where the page would have turned by itself a moment later.
        """
        self.page.wait_for_selector(LIVE)
        while not self.page.locator(".at-review").count():
            people = self.page.locator(".person .choices")
            words, turns = shown_page(self.page)
            for at in range(people.count()):
                key = people.nth(at).locator("input").first.get_attribute("data-key") or ""
                chosen = answer(int(key.split("-")[1]))
                turns &= chosen is not None
                if chosen is not None:
                    people.nth(at).locator("label").nth(chosen).click()
            self.picture(f"ballot-{key}")
            if turns:
                if not patient:
                    self.page.evaluate(TAP_NEXT, words)
                wait_for_another(self.page, words)
            else:
                self.touch("[data-key=next]")
            self.page.wait_for_selector(LIVE)
        self.at("review")


def test_from_the_card_at_the_camera_to_the_signed_record(
    open_room: OpenRoom, chromium_path: Path, tmp_path: Path, belenios_audit: Callable[[Path], int]
) -> None:
    card = open_room.cards[0]
    film = tmp_path / "card.mjpeg"
    write_film(card, film)
    with browser_with_camera(chromium_path, film) as browser:
        context = browser.new_context(viewport=TABLET, ignore_https_errors=True, permissions=["camera"])
        attendee = Attendee(context.new_page())
        attendee.enrol(open_room)
        attendee.sent.clear()

        attendee.touch(".foot button >> nth=1")
        attendee.at("ballot")
        attendee.choose(lambda number: number % 2, patient=True)
        change = attendee.page.locator(".at-review button:not(.foot button)").first
        change.click()
        attendee.at("ballot")
        changed = attendee.page.locator(".person .choices").count()
        attendee.choose(lambda number: 0 if number < changed else None)
        attendee.touch("[data-key=cast]")
        attendee.at("done")
        assert "đã được ghi nhận" in attendee.page.inner_text("h1")
        assert [len(request.post_data_buffer or b"") for request in attendee.sent] == [ballot_size(open_room.election)]

        attendee.touch(".foot .primary")
        attendee.at("welcome")
        attendee.page.keyboard.type(card)
        attendee.page.keyboard.press("Enter")
        attendee.at("ballot")
        attendee.choose(lambda number: 1)
        attendee.touch("[data-key=cast]")
        attendee.at("stopped")
        assert "đã được sử dụng" in attendee.page.inner_text("#tablet")

        archive = close_and_count(open_room)
        attendee.page.goto(f"{open_room.url}/kiosk")
        attendee.at("waiting")
        assert "hết thời gian" in attendee.page.inner_text("#tablet")

    report = audit(archive)
    assert (report.verdict, report.ballots) == (Verdict.SOUND, 2)
    mine = [1 if number < changed or number % 2 == 0 else 0 for number in range(11)]
    assert report.result == tuple((agree, 2 - agree) for agree in mine)
    assert belenios_audit(archive) == 2


def close_and_count(room: OpenRoom) -> Path:
    """Another attendee disagrees with everybody; the box is closed and counted by two tellers."""
    marks = [[0, 1]] * len(room.election.questions)
    room.room.tablet.cast(room.election, cast_ballot(room.election, room.cards[1], marks))
    return count(room.desk, room.staff, room.number, *close(room.desk, room.number, room.out)).archive
