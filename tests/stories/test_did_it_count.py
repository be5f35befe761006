""" "Did it count?", asked of a tablet in a real browser while the network between it and the server goes wrong.

What the screen says must be true at once and stay true: a receipt is a ballot in the box, "not recorded" is none, and
whoever is told "unknown" gets the truth by sending the same ballot again. No ballot is lost, no card is burnt.
1,000 faults by `make faults`; PHIEUKIN_FAULTS sets another number.
"""

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stories.tablet_faults import campaign

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SAMPLE, MANY = 30, 1000


def test_the_tablet_says_the_truth_in_thirty_faults(chromium: "Browser", front: Path, tmp_path: Path) -> None:
    figures = campaign(chromium, tmp_path, SAMPLE, seed=7)
    assert figures.faults.total() >= SAMPLE
    assert figures.wrong == []
    assert (figures.lost, figures.burnt) == (0, 0)


@pytest.mark.faults
def test_the_tablet_says_the_truth_in_a_thousand_faults(chromium: "Browser", front: Path, tmp_path: Path) -> None:
    faults, seed = int(os.environ.get("PHIEUKIN_FAULTS", MANY)), random.SystemRandom().randrange(10**6)
    figures = campaign(chromium, tmp_path, faults, seed)
    print(f"\nseed {seed}: {figures}")
    assert figures.faults.total() >= faults
    assert figures.wrong == []
    assert (figures.lost, figures.burnt) == (0, 0)
