"""The tablets' side of the faults: "did it count?", asked in a real browser while the network goes wrong.

    python -m tests.stories.tablet_faults [--faults 1000] [--piece 50] [--out FILE [--pieces N]]

works in pieces, each with a conference, a server and tablets of its own; every finished piece is a line of FILE, and a
run that finds FILE goes on where it ended. Exits 1 where a tablet said something wrong, a ballot was lost after its
receipt, or a card was burnt.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.room import FaultRoom, check_archive, fork_server, make_fault_room
from tests.stories.interference import Network, between
from voting.box.tablets import new_code
from voting.rehearsal.conference import now

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FAULTS_A_VOTE = 0.8  # at least, on the average
STORMS, PATIENT = 0.1, 0.5  # votes without any answer; people who then touch "send again"
TABLETS = 3
LOOKS, LOOK = 4000, 10  # times, ms between two looks at a screen
STEP = 400  # ms by which a tablet's clock goes on between two looks
SCANS = 10
READ = """() => document.querySelector(".at-ballot, .at-waiting")
    || !/^($|Đang kiểm tra)/.test(document.querySelector(".remark")?.innerText.trim() ?? "")"""
VIEW = {"width": 768, "height": 1024}


@dataclass
class Figures:
    """What a campaign saw. `lost`: receipts whose ballot is not in the box; `burnt`: cards that could not vote."""

    seed: int
    ballots: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lost: int = 0
    burnt: int = 0

    def clean(self) -> bool:
        """Nothing wrong, nothing lost, nothing burnt."""
        return not self.wrong and not self.lost and not self.burnt

    def add(self, other: "Figures") -> None:
        """Take another piece in."""
        self.ballots += other.ballots
        self.faults.update(other.faults)
        self.said.update(other.said)
        self.wrong += other.wrong
        self.lost += other.lost
        self.burnt += other.burnt

    def __str__(self) -> str:
        return (
            f"{self.faults.total()} faults {dict(self.faults)}, {self.ballots} ballots, the tablets said "
            f"{dict(self.said)}; wrong answers {len(self.wrong)}, ballots lost {self.lost}, cards burnt {self.burnt}"
        )


@dataclass
class Voter:
    """A tablet in the browser, its clock in the campaign's hand, and what it said."""

    page: "Page"
    fault_room: FaultRoom
    network: Network
    chance: random.Random
    figures: Figures
    trackers: list[str] = field(default_factory=list)  # as the last screens showed them

    def enrol(self, port: int) -> None:
        """Enrol the tablet with a code of the desk."""
        with self.fault_room.room.storage.write() as session:
            code = new_code(session, "story", int(now().timestamp()))
        self.page.clock.install()
        self.page.goto(f"https://localhost:{port}/kiosk")
        self.page.fill("#enrol-code", code)
        self.touch("button.primary")

    def touch(self, selector: str) -> None:
        """Touch, after the dead time."""
        self.page.clock.run_for(450)
        self.page.locator(selector).first.click()

    def at(self, *screens: str) -> str:
        """Let time go by until one of these screens is there."""
        for _ in range(LOOKS):
            shown: str = self.page.evaluate("document.querySelector('main')?.className ?? ''")
            for screen in screens:
                if f"at-{screen}" in shown.split():
                    return screen
            self.page.clock.run_for(STEP)
            self.page.wait_for_timeout(LOOK)
        raise AssertionError(f"none of {screens}: {self.page.inner_text('#tablet')}")

    def inside(self, card: str) -> bool:
        """Whether the box holds a ballot of this card."""
        return self.fault_room.room.public(card) in self.fault_room.in_the_box().values()

    def vote(self, card: str) -> bool:
        """One attendee, from card to the truth; False where somebody else has to go on with this card."""
        self.scan(card)
        self.to_review()
        self.network.calm, self.network.storm = False, self.chance.random() < STORMS
        self.touch("[data-key=cast]")
        return self._judge(card, self.at("done", "stopped"))

    def to_review(self) -> None:
        """Choose, by chance, and go to the review."""
        self.page.clock.run_for(450)
        self.page.locator(".person label").nth(self.chance.randrange(2)).click()
        self.page.locator("[data-key=next]").click()
        self.at("review")
        self.page.wait_for_selector("[data-key=cast]:enabled")

    def scan(self, card: str) -> None:
        """Scan, and once more where the tablet says that the code was not read: it was just getting ready."""
        for _ in range(SCANS):
            self.at("welcome")
            self.page.keyboard.type(card)
            self.page.keyboard.press("Enter")
            if self.at("ballot", "waiting", *(("welcome",) if self._unread() else ())) == "ballot":
                return
        raise AssertionError(f"the card is not read: {self.page.inner_text('#tablet')}")

    def _unread(self) -> bool:
        """Let the tablet look at the card; True where it wants the card again."""
        self.page.wait_for_function(READ)
        return self.page.locator(".at-ballot").count() == 0

    def _judge(self, card: str, screen: str) -> bool:
        """Hold what the screen says against the box; who was told "unknown" sends again, or goes to another tablet."""
        said = "yes" if screen == "done" else self._verdict()
        self.figures.said[said] += 1
        self._compare(card, said, "at once")
        self.network.calm = True
        self.network.settle()
        self._compare(card, said, "later")
        if screen == "done":
            self.trackers.append(self.page.inner_text(".tracker b").replace(" ", ""))
        if said == "unknown" and self.chance.random() < PATIENT:
            self.touch(".foot .primary")
            return self._judge(card, self.at("done", "stopped"))
        self.touch(".foot button")
        return said in ("yes", "used")

    def _compare(self, card: str, said: str, when: str) -> None:
        """A receipt or "the box holds one" means a ballot in the box, "not recorded" means none."""
        inside = self.inside(card)
        if (said in ("yes", "used")) != inside and said != "unknown":
            self.figures.wrong.append(f"{card}: said {said}, in the box {when}: {inside}")

    def _verdict(self) -> str:
        classes = self.page.locator(".verdict").get_attribute("class") or ""
        return next(one.removeprefix("counts-") for one in classes.split() if one.startswith("counts-"))


def campaign(chromium: "Browser", folder: Path, faults: int, seed: int) -> Figures:
    """Vote card after card, tablet after tablet, until so many faults have happened."""
    figures = Figures(seed)
    with fork_server() as one:
        fault_room = make_fault_room(folder / "room", one, cards=int(faults / FAULTS_A_VOTE) + 3, seed=seed)
        fault_room.start()
        try:
            with between(fault_room, seed) as (network, port):
                _vote(enrolled(chromium, fault_room, network, port, figures), fault_room, faults)
                figures.faults = network.faults
            fault_room.kill()
            check_archive(fault_room.close(), folder / "out", figures.ballots)
        finally:
            fault_room.kill()
            fault_room.let_go()
    return figures


def enrolled(
    chromium: "Browser", fault_room: FaultRoom, network: Network, port: int, figures: Figures, tablets: int = TABLETS
) -> list[Voter]:
    """Tablets of the room, each with a browser of its own."""
    made = []
    for number in range(tablets):
        page = chromium.new_context(viewport=VIEW, ignore_https_errors=True, reduced_motion="reduce").new_page()  # type: ignore[arg-type]
        made.append(Voter(page, fault_room, network, random.Random(figures.seed + number), figures))
        made[-1].enrol(port)
    return made


def _vote(tablets: list[Voter], fault_room: FaultRoom, faults: int) -> None:
    """Everybody votes; whoever was told "not recorded" goes on with the same card at another tablet."""
    figures, network, cards = tablets[0].figures, tablets[0].network, iter(fault_room.room.drawn)
    while network.faults.total() < faults and (card := next(cards, None)) is not None:
        for attempt in range(1, 20):
            if tablets[(figures.ballots + attempt) % TABLETS].vote(card):
                break
        else:
            figures.burnt += 1
        figures.ballots += 1
    kept = set(fault_room.in_the_box())
    shown = [short for tablet in tablets for short in tablet.trackers]
    figures.lost = sum(not any(one.startswith(short) for one in kept) for short in shown)
    for tablet in tablets:
        tablet.page.context.close()


# --- the campaign in pieces ------------------------------------------------------------------------------------------


def read(path: Path | None) -> Iterator[Figures]:
    """The pieces that FILE holds."""
    for line in path.read_text("utf-8").splitlines() if path is not None and path.exists() else ():
        found: dict[str, Any] = json.loads(line)
        yield Figures(**{**found, "faults": Counter(found["faults"]), "said": Counter(found["said"])})


def main() -> None:
    """Go on until FILE holds so many faults, or for so many pieces."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import launched

    options = _options()
    total, begun = Figures(0), time.monotonic()
    for piece in read(options.out):
        total.add(piece)
    for _ in range(options.pieces):
        if total.faults.total() >= options.faults:
            break
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
            browser = launched(playwright, options.chromium)
            wanted = min(options.piece, options.faults - total.faults.total())
            found = campaign(browser, Path(folder), wanted, random.SystemRandom().randrange(10**6))
            browser.close()
        if options.out is not None:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(vars(found)) + "\n")
        total.add(found)
        print(f"{time.monotonic() - begun:.0f} s: {total}", flush=True)
    print(total)
    sys.exit(not total.clean())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stories.tablet_faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--piece", type=int, default=50, help="faults of one conference")
    parser.add_argument("--pieces", type=int, default=10**6, help="stop after so many conferences")
    parser.add_argument("--out", type=Path, help="where finished pieces are kept, to go on another time")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
