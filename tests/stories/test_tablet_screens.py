"""Every screen of the tablet at each size and theme, in both languages, with the largest letters: axe-core, targets."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.conftest import OpenRoom
from tests.stories.looking import LENSES, Lens, complaints, crowded, in_turn, picture, small_targets
from tests.stories.shown_page import shown_page, wait_for_another
from tests.stories.test_from_card_to_record import LIVE, Attendee

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
THEMES = ("soft", "dark", "high", "light")
CONTRAST = """async () => (await axe.run(document, {runOnly: {type: "rule", values: ["color-contrast"]},
    resultTypes: ["violations"]})).violations
    .flatMap((one) => one.nodes.slice(0, 2).map((node) => node.target.join(" ") + " " + node.any[0]?.message))"""


class Visitor(Attendee):
    """An attendee who looks closely at every screen."""

    def __init__(self, browser: "Browser", lens: Lens) -> None:
        viewport = {"width": lens.width, "height": lens.height}
        self.context = browser.new_context(viewport=viewport, ignore_https_errors=True)  # type: ignore[arg-type]
        super().__init__(self.context.new_page())
        self.lens = lens
        self.problems: list[str] = []

    def look(self, name: str) -> None:
        """Look at a screen in all themes."""
        self.page.wait_for_selector(LIVE)
        picture(self.page, f"tablet-{name}-{self.lens}")
        found: list[str] = []
        for theme in THEMES:
            self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
            if theme == THEMES[0]:  # all rules, that of contrast among them
                found += [*complaints(self.page), *small_targets(self.page), *crowded(self.page)]
            else:
                found += [f"{theme}: {one}" for one in self.page.evaluate(CONTRAST)]
        self.problems += [f"{name}: {one}" for one in found]

    def dress(self) -> None:
        """Choose the lens's language and size, as an attendee does."""
        self.choose_looks()
        self.look("display")
        self.touch("dialog [data-key=close]")

    def choose_looks(self) -> None:
        """Choose language and size; the dialog stays open."""
        if self.lens.language == "en":
            self.touch("[data-key=language]")
        self.touch("[data-key=display]")
        self.touch(f"dialog [data-key={self.lens.size}]")

    def type_on_the_keypad(self, card: str) -> None:
        """Type a card's code by touch."""
        for char in card:
            self.touch(f'[data-key="key-{char}"]')
        self.touch("[data-key=enter]")


@pytest.mark.parametrize("lens", in_turn(*LENSES))
def test_every_screen_can_be_read_and_touched_by_everybody(
    open_room: OpenRoom, chromium: "Browser", lens: Lens
) -> None:
    visitor = Visitor(chromium, lens)
    page = visitor.page
    page.goto(f"{open_room.url}/kiosk")
    page.wait_for_selector("#enrol-code")
    visitor.look("enrol")
    visitor.enrol(open_room)
    visitor.dress()
    visitor.look("welcome")
    visitor.touch(".foot button")
    visitor.look("keypad")
    visitor.type_on_the_keypad(open_room.cards[0])
    page.wait_for_selector(".at-ballot")
    visitor.look("ballot")
    while not page.locator(".at-review").count():
        for choices in page.locator(".person .choices").all()[1:]:
            choices.locator("label").first.click()
        visitor.touch("[data-key=next]")
        page.wait_for_selector(LIVE)
    page.wait_for_selector("[data-key=cast]:enabled")
    visitor.look("review")
    visitor.touch("[data-key=cast]")
    page.wait_for_selector(".at-done")
    visitor.look("done")
    visitor.touch(".foot .primary")
    visitor.at("welcome")
    page.keyboard.type(open_room.cards[0])
    page.keyboard.press("Enter")
    visitor.at("ballot")
    visitor.dress()
    visitor.choose(lambda number: None)
    visitor.touch("[data-key=cast]")
    page.wait_for_selector(".at-stopped")
    visitor.look("stopped")
    visitor.context.close()
    assert visitor.problems == []


def test_the_whole_vote_by_keyboard_alone(open_room: OpenRoom, chromium: "Browser") -> None:
    visitor = Visitor(chromium, LENSES[0])
    visitor.enrol(open_room)
    press, page = visitor.page.keyboard.press, visitor.page
    page.keyboard.type(open_room.cards[0])
    press("Enter")
    visitor.at("ballot")
    for _ in range(120):
        page.wait_for_selector(LIVE)
        kind, chosen, main = page.evaluate(
            "[document.activeElement.type, document.activeElement.checked, "
            "document.activeElement.matches('.foot .primary')]"
        )
        if kind == "radio" and not chosen:
            press("Space")
        elif main:
            press("Enter")
            page.wait_for_selector(f"{LIVE}:not(:has(.at-casting)) main:not(:has(~ footer [data-key=cast]:disabled))")
        if page.locator(".at-done").count():
            break
        press("Tab")
    visitor.at("done")
    visitor.context.close()


@pytest.mark.parametrize("lens", in_turn(*LENSES))
def test_one_touch_a_name_one_to_review_one_to_cast(open_room: OpenRoom, chromium: "Browser", lens: Lens) -> None:
    visitor = Visitor(chromium, lens)
    visitor.enrol(open_room)
    visitor.choose_looks()
    visitor.touch("dialog [data-key=close]")
    page = visitor.page
    page.keyboard.type(open_room.cards[0])
    page.keyboard.press("Enter")
    visitor.at("ballot")
    page.evaluate("window.touches = 0; addEventListener('pointerdown', () => { window.touches += 1 }, true)")
    last = False
    while not last:
        words, turns = shown_page(page)
        last = not turns
        for choices in page.locator(".person .choices").all():
            choices.locator("label").first.click()
        if turns:
            wait_for_another(page, words)
            page.wait_for_selector(LIVE)
    visitor.touch("[data-key=next]")
    page.wait_for_selector("[data-key=cast]:enabled")
    visitor.touch("[data-key=cast]")
    visitor.at("done")
    assert page.evaluate("window.touches") == len(open_room.election.questions) + 2
    visitor.context.close()


def paints(page_metrics: list[dict[str, float | str]]) -> Iterator[float]:
    yield from (float(one["startTime"]) for one in page_metrics if one["name"] == "first-contentful-paint")


def test_first_paint_and_size_are_written_down(
    open_room: OpenRoom, chromium: "Browser", front: Path, record_property: pytest.FixtureRequest
) -> None:
    visitor = Visitor(chromium, LENSES[0])
    visitor.page.goto(f"{open_room.url}/kiosk")
    visitor.page.wait_for_selector("#enrol-code")
    metrics = json.loads(visitor.page.evaluate("JSON.stringify(performance.getEntriesByType('paint'))"))
    files = json.loads(front.read_bytes())["files"]
    scripts = [front.parent / files[name]["file"] for name in ("kiosk.js", "worker.js")]
    size = sum(len(gzip.compress(path.read_bytes())) for path in scripts)
    figures = f"first paint {next(paints(metrics)):.0f} ms, scripts {size} bytes gzipped"
    record_property("figures", figures)  # type: ignore[operator]
    print(figures)
    elsewhere = visitor.page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name).filter((one) => !one.startsWith(origin))"
    )
    assert elsewhere == []
    visitor.context.close()
