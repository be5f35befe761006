""" "Did it count?", asked of a tablet in a real browser while the network between it and the server goes wrong.

What the screen says must be true at once and stay true: a receipt is a ballot in the box, "not recorded" is none, and
whoever is told "unknown" gets the truth by sending the same ballot again. No ballot is lost, no card is burnt.
1,000 faults by `make faults` (tablet_faults.py).
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.room import fork_server, make_fault_room
from tests.stories.interference import between
from tests.stories.tablet_faults import Figures, campaign, enrolled

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SAMPLE = 30


def test_the_tablet_says_the_truth_in_thirty_faults(chromium: "Browser", front: Path, tmp_path: Path) -> None:
    figures = campaign(chromium, tmp_path, SAMPLE, seed=7)
    assert figures.faults.total() >= SAMPLE
    assert figures.wrong == []
    assert (figures.lost, figures.burnt) == (0, 0)


def test_a_server_that_is_started_again_while_somebody_votes_is_not_noticed(
    chromium: "Browser", front: Path, tmp_path: Path
) -> None:
    with fork_server() as one, make_fault_room(tmp_path / "room", one, cards=2, seed=1) as fault_room:
        fault_room.start()
        with between(fault_room, 1) as (network, port):
            (voter,) = enrolled(chromium, fault_room, network, port, Figures(1), tablets=1)
            voter.scan(fault_room.room.drawn[0])
            network.kill()
            voter.to_review()
            network.kill()
            voter.touch("[data-key=cast]")
            assert voter.at("done", "stopped") == "done"
            shown = voter.page.inner_text(".tracker b").replace(" ", "")
            network.kill()
            (kept,) = fault_room.in_the_box()
            assert kept.startswith(shown)
            voter.page.context.close()
