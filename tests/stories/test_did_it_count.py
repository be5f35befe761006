""" "Did it count?", asked of a tablet in a real browser while the network between it and the server goes wrong.

What the screen says must be true at once and stay true: a receipt is a ballot in the box, "not recorded" is none, and
whoever is told "unknown" gets the truth by sending the same ballot again. No ballot is lost, no card is burnt.
1,000 faults by `make faults`; PHIEUKIN_FAULTS sets another number.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.room import Battlefield, check_archive, make_battlefield, zygote
from tests.stories.interference import Network, between
from voting.box_devices import new_code
from voting.rehearsal.conference import now

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
FAULTS_A_VOTE = 0.8  # at least, on the average
SAMPLE, MANY = 30, 1000
LOOKS = 2000


@dataclass
class Voter:
    """The tablet in the browser, its clock in the test's hand, and what it said."""

    page: "Page"
    battlefield: Battlefield
    network: Network
    chance: random.Random
    said: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def enrol(self, port: int) -> None:
        """Enrol the tablet with a code of the desk."""
        with self.battlefield.room.storage.write() as session:
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
            for screen in screens:
                if self.page.locator(f".at-{screen}").count():
                    return screen
            self.page.clock.run_for(200)
            self.page.wait_for_timeout(15)
        raise AssertionError(f"none of {screens}: {self.page.inner_text('#tablet')}")

    def vote(self, card: str) -> None:
        """One attendee, from card to the truth."""
        self.at("welcome")
        self.page.keyboard.type(card)
        self.page.keyboard.press("Enter")
        self.at("accepted")
        self.touch(".foot .primary")
        self.at("ballot")
        self.page.clock.run_for(450)
        self.page.locator(".person label").nth(self.chance.randrange(2)).click()
        self.page.locator("[data-key=next]").click()
        self.at("review")
        self.page.wait_for_selector("[data-key=cast]:enabled")
        self.network.calm = False
        self.touch("[data-key=cast]")
        self._judge(card, self.at("done", "stopped"))

    def _judge(self, card: str, screen: str) -> None:
        """Hold what the screen says against the box; who was not told "recorded" goes on until they are."""
        said = "yes" if screen == "done" else self._verdict()
        self.said[said] += 1
        inside = self.battlefield.room.public(card) in self.battlefield.in_the_box().values()
        if (said == "yes" and not inside) or (said.startswith("no") and inside):
            self.wrong.append(f"{card}: said {said}, in the box: {inside}")
        self.network.calm = True
        self.network.settle()
        if said.startswith("no") and self.battlefield.room.public(card) in self.battlefield.in_the_box().values():
            self.wrong.append(f"{card}: said {said}, and came into the box later")
        if said == "unknown":
            self.touch("[data-key=again], .foot .primary")
            self._judge(card, self.at("done", "stopped"))
        elif said == "yes":
            self.touch(".foot button")
        else:
            self.touch(".foot button")
            self.vote(card)

    def _verdict(self) -> str:
        classes = self.page.locator(".verdict").get_attribute("class") or ""
        return next(one.removeprefix("counts-") for one in classes.split() if one.startswith("counts-"))


def campaign(chromium: "Browser", folder: Path, faults: int, seed: int) -> tuple[Voter, int]:
    """Vote card after card until so many faults have happened; return the voter and the number of ballots."""
    with zygote() as one:
        battlefield = make_battlefield(folder / "room", one, cards=int(faults / FAULTS_A_VOTE) + 3, seed=seed)
        battlefield.start()
        context = chromium.new_context(
            viewport={"width": 768, "height": 1024}, ignore_https_errors=True, reduced_motion="reduce"
        )
        try:
            with between(battlefield, seed) as (network, port):
                page = context.new_page()
                page.set_default_timeout(20_000)
                voter = Voter(page, battlefield, network, random.Random(seed))
                voter.enrol(port)
                cards = iter(battlefield.room.drawn)
                voted = 0
                while network.faults.total() < faults and (card := next(cards, None)) is not None:
                    voter.vote(card)
                    voted += 1
                context.close()
            assert len(battlefield.in_the_box()) == voted
            battlefield.kill()
            check_archive(battlefield.close(), folder / "out", voted)
        finally:
            battlefield.kill()
            battlefield.let_go()
    return voter, voted


def test_the_tablet_says_the_truth_in_thirty_faults(chromium: "Browser", front: Path, tmp_path: Path) -> None:
    voter, _ = campaign(chromium, tmp_path, SAMPLE, seed=7)
    assert voter.network.faults.total() >= SAMPLE
    assert voter.wrong == []


@pytest.mark.faults
def test_the_tablet_says_the_truth_in_a_thousand_faults(chromium: "Browser", front: Path, tmp_path: Path) -> None:
    faults, seed = int(os.environ.get("PHIEUKIN_FAULTS", MANY)), random.SystemRandom().randrange(10**6)
    voter, voted = campaign(chromium, tmp_path, faults, seed)
    print(f"\nseed {seed}: {voted} ballots, {voter.network.faults.total()} faults {dict(voter.network.faults)}")
    print(f"the tablet said {dict(voter.said)}; wrong: {len(voter.wrong)}")
    assert voter.network.faults.total() >= faults
    assert voter.wrong == []
