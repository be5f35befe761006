"""Every screen that the tablet can show, at each size, with the largest letters, in both languages and all themes.

axe-core (WCAG 2.2 AA), sizes and distances of what is to be touched, and nothing wider than the screen.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk_templates.build_front import HERE
from tests.kiosk_templates.conftest import Tablet, new_tablet
from tests.kiosk_templates.test_voice import LOCAL, VOICES
from tests.stories.looking import Lens, complaints, crowded, in_turn, picture, small_targets

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
THEMES = ("soft", "dark", "high", "light")
CONTRAST = """async () => (await axe.run(document, {runOnly: {type: "rule", values: ["color-contrast"]},
    resultTypes: ["violations"]})).violations
    .flatMap((one) => one.nodes.slice(0, 2).map((node) => node.target.join(" ") + " " + node.any[0]?.message))"""
LENSES = (
    Lens(390, 844, "en", "x"),
    Lens(768, 1024, "vi", "m"),
    Lens(768, 1024, "en", "x"),
    Lens(1280, 800, "vi", "x"),
)
ROOMS = ("sealed", "closed", "frozen", "on_paper", "annulled", "none")
REFUSALS = (
    (409, "card_used", False),
    (409, "frozen", False),
    (403, "card_void", True),
    (400, "bad_ballot", None),
)
NO_CAMERA = "void (navigator.mediaDevices.getUserMedia = () => new Promise(() => undefined))"


class Look:
    """A pair of eyes that goes through the screens and writes down what is wrong."""

    def __init__(self, tablet: Tablet, lens: Lens) -> None:
        self.tablet, self.page, self.lens = tablet, tablet.page, lens
        self.problems: list[str] = []
        self.seen: set[str] = set()

    def at(self, name: str) -> None:
        """Look at the present screen in both languages and all themes: themes differ in colours, languages do not."""
        self.tablet.ready()
        self.seen |= set(re.findall(r"at-(\w+)", self.page.locator("main").get_attribute("class") or ""))
        self.page.evaluate("(size) => { document.documentElement.dataset.size = size }", self.lens.size)
        modal = self.page.locator("dialog[open]").count() > 0
        for themes in (THEMES,) if modal else (THEMES, THEMES[:1]):
            self._look(name, themes)
            if not modal:
                self.page.locator("[data-key=language]").click()

    def _look(self, name: str, themes: tuple[str, ...]) -> None:
        language = self.page.evaluate("document.documentElement.lang")
        found: list[str] = []
        for theme in themes:
            self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
            if theme == THEMES[0]:  # all rules, that of contrast among them
                found += [*complaints(self.page), *small_targets(self.page), *crowded(self.page)]
            else:
                found += [f"{theme}: {one}" for one in self.page.evaluate(CONTRAST)]
            if theme in ("high", "light") or len(themes) == 1:
                picture(self.page, f"{name}-{self.lens.width}-{self.lens.size}-{language}-{theme}")
        self.problems += [f"{name} {language}: {one}" for one in found]

    def dress(self) -> None:
        """Choose language and size as an attendee does, once the dialog was looked at."""
        if self.lens.language == "en":
            self.tablet.touch("[data-key=language]")
        self.tablet.touch("[data-key=display]")
        self.tablet.touch(f"dialog [data-key={self.lens.size}]")
        self.at("display")
        self.tablet.touch("dialog [data-key=names]")
        self.tablet.touch("dialog [data-key=close]")

    def vote(self) -> None:
        """From the card to the last screen that the room's answer leads to."""
        self.tablet.begin(1)
        self.dress()
        self.tablet.choose(lambda number: None if number == 2 else 0)


def states() -> set[str]:
    """Every screen that states.ts knows."""
    return set(re.findall(r'\| \{ at: "(\w+)"', (HERE / "src" / "states.ts").read_text("utf-8")))


def before_the_card(look: Look) -> None:
    tablet, page = look.tablet, look.page
    look.seen.add("starting")  # gone within a moment: a heading alone
    look.at("enrol")
    tablet.enrol()
    for state in ROOMS:
        tablet.room.state = state
        page.clock.run_for(5_000)
        tablet.breathe()
        look.at(f"waiting-{state}")
    tablet.room.state = "open"
    page.clock.run_for(5_000)
    tablet.at("welcome")
    look.dress()
    look.at("welcome")
    tablet.room.practice = True
    page.clock.run_for(5_000)
    page.wait_for_selector(".practising")
    look.at("welcome-practice")
    page.evaluate(NO_CAMERA)
    tablet.touch(".foot button >> nth=1")
    look.at("camera")
    tablet.touch(".foot button")
    tablet.touch(".foot button")
    page.locator('[data-key="key-z"]').click()
    page.locator("[data-key=enter]").click()
    look.at("keypad")
    tablet.touch("[data-key=cancel]")


def one_ballot(look: Look) -> None:
    tablet, page = look.tablet, look.page
    tablet.scan(0)
    tablet.at("ballot")
    look.dress()
    tablet.ready()
    page.locator(".person .choices label").first.click()
    look.at("ballot")
    page.clock.run_for(61_000)
    look.at("idle")
    tablet.touch("dialog[open] .primary")
    while not page.locator(".at-ballot label.person").count():
        tablet.touch("[data-key=next]")
    page.locator("label.person").first.click()
    look.at("ballot-forward")
    while not page.locator(".at-review").count():
        tablet.touch("[data-key=next]")
    page.wait_for_selector("[data-key=cast]:enabled")
    look.at("review")
    tablet.touch("[data-key=cast]")
    tablet.at("done")
    look.at("done-practice")
    tablet.touch(".foot .primary")
    tablet.room.practice = False
    page.clock.run_for(5_000)
    page.wait_for_selector(".practising", state="detached")


def endings(look: Look) -> None:
    tablet, page = look.tablet, look.page
    for refusal in REFUSALS:
        tablet.room.refuse = refusal
        look.vote()
        tablet.touch("[data-key=cast]")
        tablet.at("stopped")
        look.at(f"stopped-{refusal[1]}")
        tablet.touch(".foot button")
    tablet.room.refuse = None
    look.vote()
    tablet.touch("[data-key=test]")
    look.at("test-ask")
    tablet.touch("dialog [data-key=test-go]")
    tablet.at("test")
    look.at("test")
    tablet.touch(".foot .primary")
    tablet.room.lose = 50
    look.vote()
    tablet.touch("[data-key=cast]")
    while not page.locator(".again").count():
        page.clock.run_for(600)
        tablet.breathe()
    look.at("casting")


@pytest.mark.parametrize("lens", in_turn(*LENSES))
def test_every_screen_is_for_everybody(chromium: "Browser", front: Path, lens: Lens) -> None:
    with new_tablet(chromium, (lens.width, lens.height), f"({VOICES})({LOCAL})") as tablet:
        look = Look(tablet, lens)
        before_the_card(look)
        one_ballot(look)
        endings(look)
    assert look.seen >= states()
    assert "\n".join(look.problems) == ""
