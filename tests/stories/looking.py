"""Looking at a page as people do: at a size, in a language, with large letters; and as axe-core does (WCAG 2.2 AA)."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kiosk_templates.build_front import HERE
from tests.conftest import missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RUN = """async (rules) => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
    return found.violations.map((one) => one.id + ": " + one.nodes.slice(0, 3)
        .map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | "));
}"""
SMALL_TARGETS = """(least) => [...document.querySelectorAll("button, label.choice, input:not(.scanner):not(label *)")]
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width && getComputedStyle(one).visibility !== "hidden")
    .filter(([_, box]) => box.width < least - 0.5 || box.height < least - 0.5)
    .map(([one, box]) => `${one.className || one.tagName} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
CROWDED = """(least) => {
    const all = [...document.querySelectorAll("dialog[open] button, #tablet button, #tablet label.choice")]
        .filter((one) => getComputedStyle(one).visibility !== "hidden" && one.getBoundingClientRect().width)
        .filter((one) => !document.querySelector("dialog[open]") || one.closest("dialog"));
    const near = (a, b) => Math.hypot(Math.max(0, b.left - a.right, a.left - b.right),
        Math.max(0, b.top - a.bottom, a.top - b.bottom));
    const seen = all.map((one) => [one, one.getBoundingClientRect(), one.closest("main, header, footer, dialog")]);
    return seen.flatMap(([one, a, home], at) => seen.slice(at + 1)
        .filter(([other, b, same]) => same === home && near(a, b) < least - 0.5)
        .map(([other, b]) => `${one.textContent} | ${other.textContent}: ${Math.round(near(a, b))} px apart`));
}"""
TARGET, APART = 48, 9.4  # CSS px: 12.7 mm and 2.5 mm at 96 dpi


@dataclass(frozen=True, slots=True)
class Lens:
    """A size of the screen in CSS px, a language, and how large letters are."""

    width: int
    height: int
    language: str
    size: str = "m"

    def __str__(self) -> str:
        return f"{self.width}x{self.height}-{self.language}-{self.size}"


LENSES = (Lens(768, 1024, "vi"), Lens(1280, 800, "en", "x"), Lens(390, 844, "vi", "x"))


def in_turn(*cases: object) -> list[Any]:
    """Cases of one story: the first runs in `make test`, those that look at it otherwise in `make browsers`."""
    first, *others = cases
    named = [pytest.param(first, id=str(first))]
    return named + [pytest.param(other, id=str(other), marks=pytest.mark.every_size) for other in others]


@cache
def axe() -> str:
    """The source of axe-core, a development package of the front end."""
    if not AXE.exists():
        missing("axe-core: npm ci in kiosk_templates")
    return AXE.read_text(encoding="utf-8")


def complaints(page: "Page") -> list[str]:
    """What axe-core finds on the page as it stands, and whether it must be scrolled sideways."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.add_init_script(axe())  # for the pages that follow: so it is sent once
        page.evaluate(axe())
    found: list[str] = page.evaluate(RUN, list(RULES))
    return [*found, *too_wide(page)]


def too_wide(page: "Page") -> list[str]:
    """Whether the page must be scrolled sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"the page is {wide} px wider than the screen"] if wide > 0 else []


def small_targets(page: "Page") -> list[str]:
    """Everything to be touched that is smaller than 12.7 mm."""
    found: list[str] = page.evaluate(SMALL_TARGETS, TARGET)
    return found


def crowded(page: "Page") -> list[str]:
    """Things to be touched that lie closer than 2.5 mm together, within one part of the screen."""
    found: list[str] = page.evaluate(CROWDED, APART)
    return found


def picture(page: "Page", name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page in the folder PHIEUKIN_SCREENS, where that is set (make screens)."""
    if folder := os.environ.get("PHIEUKIN_SCREENS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole, animations="disabled")


def sealed(page: "Page") -> str:
    """The hash that the review shows, in its groups, once the ballot is sealed."""
    page.wait_for_selector("[data-key=cast]:enabled")
    return page.inner_text(".seal span").split(":")[1].strip()


def photographed(page: "Page", folder: Path) -> list[Path]:
    """The codes of a tested ballot, photographed from the tablet into a folder, once its screen is not drawn again."""
    page.wait_for_selector(".report:not(.waiting)")
    codes = page.locator(".parts .qr")
    photos = [folder / f"{number}.png" for number in range(codes.count())]
    for number, photo in enumerate(photos):
        codes.nth(number).screenshot(path=photo)
    return photos
