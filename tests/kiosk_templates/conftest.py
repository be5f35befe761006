"""The built tablet, node to run its parts, and a room for it on loopback."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk_templates.build_front import BUILT, HERE, BuildFailed, build, find_node
from tests.conftest import missing
from tests.kiosk_templates.devserver import DevRoom, QuietServer, start
from tests.stories.looking import sealed
from tests.stories.shown_page import shown_page, wait_for_another

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUNDLE = """
require("esbuild").buildSync({entryPoints: [process.argv[1]], outfile: process.argv[2], bundle: true, format: "esm",
  platform: "node", nodePaths: ["node_modules"], alias: {"@front": "./src"}});
"""


@pytest.fixture(scope="session")
def front() -> Path:
    """The path of the front end's manifest, freshly built; its packages are installed where they are missing."""
    if os.environ.get("PHIEUKIN_MUST_RUN"):
        return BUILT / "manifest.json"  # make test has built it just now, and another worker may be reading it
    try:
        return build(install=not (HERE / "node_modules" / "esbuild").exists())
    except BuildFailed as error:
        if "npm not found" in str(error):
            missing("npm")
        raise


Cast = Callable[..., bytes]
"""election.json, card, marks and, for a thief, another card that signs: the casting request."""


@pytest.fixture(scope="session")
def cast_in_node(front: Path, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """The tablet's booth without its screens: election.json, card and marks in, the casting request out."""
    node, _ = find_node()
    script = tmp_path_factory.mktemp("booth") / "cast.mjs"
    source = Path(__file__).parent / "ts" / "cast.ts"
    subprocess.run([node, "-e", BUNDLE, str(source), str(script)], cwd=HERE, check=True)

    def cast(election: Path, card: str, marks: list[list[int]], **more: str) -> bytes:
        order = json.dumps({"election": str(election), "card": card, "marks": marks, **more}).encode()
        return subprocess.run([node, str(script)], input=order, capture_output=True, check=True).stdout

    return cast


@dataclass
class Tablet:
    """A tablet in a browser, its room, and what its browser complained about."""

    page: "Page"
    room: DevRoom
    server: QuietServer
    complaints: list[str]

    def ready(self) -> None:
        """Wait until touches count again after a change of screen."""
        self.page.clock.run_for(500)

    def breathe(self) -> None:
        """Let answers that are under way arrive: one round trip more on the same network."""
        self.page.evaluate("() => fetch('/api/v1/room').then(() => null)")

    def stop_the_clock(self) -> None:
        """From now on the browser's time goes by in `run_for` alone."""
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1000 + 1)

    def touch(self, selector: str) -> None:
        """Touch something on the present screen."""
        self.ready()
        self.page.locator(selector).first.click()

    def enrol(self) -> None:
        """Register the tablet with the room's code."""
        self.page.fill("#enrol-code", "CODE")
        self.touch("button.primary")
        self.at("welcome")

    def scan(self, number: int) -> None:
        """Scan a card: the scanner types it and Enter."""
        self.page.keyboard.type(self.room.meeting.cards[number].replace("-", ""))
        self.page.keyboard.press("Enter")

    def at(self, screen: str) -> None:
        """Wait for a screen."""
        self.page.wait_for_selector(f".at-{screen}", state="attached")

    def begin(self, number: int) -> None:
        """Scan a card and open the first page of the ballot."""
        self.at("welcome")
        self.scan(number)
        self.at("ballot")

    def seal(self) -> str:
        """The hash of the sealed ballot on the review, in its groups."""
        return sealed(self.page)

    def choose(self, choose: Callable[[int], int | None]) -> None:
        """Answer every listed name by its number on the ballot: 0 agree, 1 disagree, None nothing; to the review."""
        number = 0
        while True:
            self.ready()
            people = self.page.locator(".person .choices")
            words, turns = shown_page(self.page)
            for at in range(people.count()):
                answer = choose(number)
                turns &= answer is not None
                if answer is not None:
                    people.nth(at).locator("label").nth(answer).click()
                number += 1
            if turns:
                self.page.clock.run_for(1_000)
                wait_for_another(self.page, words)
                self.page.clock.run_for(500)  # touches are dead for longer where a page turned by itself
                continue
            self.page.clock.run_for(1_500)
            self.page.locator("[data-key=next]").click()
            if self.page.locator(".at-review").count():
                return


SIZE = (768, 1024)  # CSS px


@contextmanager
def new_tablet(
    chromium: "Browser", size: tuple[int, int] = SIZE, script: str = "", room: DevRoom | None = None
) -> Iterator[Tablet]:
    """A tablet before it is enrolled, its clock in the test's hand; `script` changes its browser beforehand."""
    room = room or DevRoom()
    server = start(room)
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = context.new_page()
    page.clock.install()
    page.add_init_script(script)
    one = Tablet(page, room, server, [])
    page.on("pageerror", lambda error: one.complaints.append(str(error)))
    page.on(
        "console", lambda message: one.complaints.append(message.text) if "Content Security" in message.text else None
    )
    page.goto(f"http://localhost:{server.server_port}/kiosk")
    page.wait_for_selector("#enrol-code")
    yield one
    context.close()
    server.shutdown()
    server.server_close()
    assert one.complaints == []


@pytest.fixture
def tablet(chromium: "Browser", front: Path) -> Iterator[Tablet]:
    """An enrolled tablet at the welcome screen of an open room."""
    with new_tablet(chromium) as one:
        one.enrol()
        yield one
