"""Every page of staff and hall, looked at: from the routes of the application, so that a new page cannot be forgotten.

One room goes through the life of a conference; whoever walks has every role. Each page is judged by axe-core (WCAG 2.2
AA) on a phone, and must fit a phone, a tablet and a laptop, with letters of double size as well. `make browsers` judges
it on every screen, and walks in English as well (a page's parts are the same there: judged on a phone alone).
Pages of staff have one theme, dark ink on light paper.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from tests.stories.conftest import EmptyRoom
from tests.stories.desk_life import Meeting
from tests.stories.looking import complaints, in_turn, picture, too_wide
from tests.stories.people import LARGEST, PASSWORD, hashed_password
from voting.conference.steps import ROLES
from voting.conference.transitions import TwoPeople
from voting.web.access.accounts import create_staff
from voting.web.app import create_app
from voting.web.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
SIZES = ((390, 844), (768, 1024), (1280, 800))
EVERYBODY = "everybody"
EVERY_SCREEN = "vi, every screen"
TWO = TwoPeople("organiser", "chair")
# Answers that are no pages for people to look at: files, data for scripts, and the tablet's page (its own stories).
NO_PAGES = {
    "static", "hall.kiosk", "api.room_state", "api.election", "api.trustees", "api.credentials", "sheets.download",
    "sheets.certificate", "draft.download", "setup.download", "results.download", "round.template", "round.briefing",
    "round_steps.decision", "round_steps.hand_count_form",
}  # fmt: skip
# What looks otherwise as the conference goes on is looked at in every stage; the others once.
EVERY_STAGE = {"desk.overview", "door.search", "door.leftovers", "door.spares", "setup.overview", "results.overview",
               "hall.screen"}  # fmt: skip
FORM_TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
SAMPLES = {"number": "1", "place": "1", "step": "1"}


def pages_of(app: Flask) -> dict[str, str]:
    """Address of every page by its endpoint, with sample values for its parts."""
    found = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES:
            found[rule.endpoint] = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: SAMPLES[part.group(1)], rule.rule)
    return found


class Walk:
    """Somebody with every role, who goes everywhere."""

    def __init__(self, room: EmptyRoom, browser: "Browser", manner: str, pages: dict[str, str]) -> None:
        self.room, self.language, self.pages = room, manner[:2], pages
        self.judged_at = {width for width, _ in SIZES if manner == EVERY_SCREEN or width == SIZES[0][0]}
        context = browser.new_context(ignore_https_errors=True)
        self.page: Page = context.new_page()
        self.seen: set[str] = set()
        self.problems: list[str] = []
        self.judgements: dict[tuple[str, int], list[str]] = {}
        self.page.goto(room.url + "/sign-in")
        if self.language == "en":
            with self.page.expect_navigation():
                self.page.click(".bar button[lang=en]")
        self.look("sign_in.form", "sign-in")
        self.page.fill("[name=login]", EVERYBODY)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url("**/desk")
        self.page.goto(room.url + "/account")
        self.page.click("form[action='/account/totp'] button")  # its page is there once an authenticator was begun
        self.page.wait_for_url("**/account/totp")

    def stage(self, name: str) -> None:
        """Look at every page that was not seen yet, and again at those that change with the stage."""
        for endpoint, path in sorted(self.pages.items()):
            if endpoint in EVERY_STAGE or endpoint not in self.seen:
                answer = self.page.goto(self.room.url + path)
                assert answer is not None
                if answer.status == 200:
                    self.look(endpoint, name)
                else:
                    assert answer.status in (404, 409), f"{endpoint} answers {answer.status} at {name}"

    def look(self, endpoint: str, stage: str) -> None:
        """Judge a page at every size (on a phone if it was seen), and whether it fits in letters of double size."""
        first = endpoint not in self.seen or endpoint == "refused"
        self.seen.add(endpoint)
        name = f"{endpoint.replace('.', '-')}-{stage}"
        for details in self.page.locator("details").all():
            details.evaluate("(one) => one.open = true")
        for width, height in SIZES if first else SIZES[:1]:
            self.page.set_viewport_size({"width": width, "height": height})
            self.note(name, f"{width}", self.judged(width))
            if width != 768:
                picture(self.page, f"walk-{name}-{self.language}-{width}", whole=True)
        self.page.evaluate(LARGEST)
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            self.note(name, f"{width} double", too_wide(self.page))
        if first:
            picture(self.page, f"walk-{name}-{self.language}-double", whole=True)
        self.page.evaluate("document.documentElement.style.fontSize = ''")

    def judged(self, width: int) -> list[str]:
        """What is wrong with the page at this width; one that stands as it stood in an earlier stage is judged once."""
        if width not in self.judged_at:
            return too_wide(self.page)
        key = (FORM_TOKEN.sub("", self.page.content()), width)
        if key not in self.judgements:
            self.judgements[key] = complaints(self.page)
        return self.judgements[key]

    def refused(self) -> None:
        """Look at a form that came back, and at a page that is not there."""
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.page.goto(self.room.url + "/desk")
        form = self.page.locator("form[action='/desk/close']")
        form.locator("[name=second_login]").fill("nobody")
        form.locator("[name=second_password]").fill("wrong")
        with self.page.expect_navigation():
            form.locator("button").click()
        self.page.wait_for_selector("#fault")
        self.look("refused", "form")
        self.page.goto(self.room.url + "/nowhere")
        self.look("refused", "missing")

    def note(self, name: str, screen: str, found: list[str]) -> None:
        """Keep what is wrong with a page."""
        self.problems += [f"{name} ({self.language}, {screen}): {one}" for one in found]


@pytest.mark.parametrize("manner", in_turn("vi", EVERY_SCREEN, "en"))
def test_every_page_of_staff_and_hall_is_good_to_look_at(
    empty_room: EmptyRoom, chromium: "Browser", manner: str, tmp_path: Path
) -> None:
    with empty_room.desk.storage.write() as session:
        create_staff(session, EVERYBODY, "Người Làm Mọi Việc", hashed_password(), ROLES)
    pages = pages_of(create_app(Settings(tmp_path, f"sqlite:///{tmp_path}/routes.db", bytes(32))))
    walk, meeting = Walk(empty_room, chromium, manner, pages), Meeting(empty_room, tmp_path)
    for stage in Meeting.STAGES:
        getattr(meeting, stage)()
        walk.stage(stage)
        if stage == "open":
            walk.refused()
    assert walk.problems == [], "\n".join(walk.problems)
    assert walk.seen - {"refused"} == set(pages)
