"""What `make mutation` breaks and runs is where it says, and so is what its page says of survivors."""

import importlib
import re
from functools import reduce

import pytest

from tests.mutation.__main__ import MODULES
from tests.mutation.trial import ROOT

PAGE = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_the_module_and_its_tests_are_there(module: str) -> None:
    assert [path for path in (module, *MODULES[module]) if not (ROOT / path).exists()] == []


def test_every_survivor_of_the_page_is_in_a_module_that_is_broken() -> None:
    rows = [line.split("|")[1] for line in PAGE.partition("## What survives")[2].splitlines() if line.startswith("| `")]
    broken = {module.removesuffix(".py").replace("/", "."): module for module in MODULES}
    for name in re.findall(r"`([\w.]+)`", "".join(rows)):
        [module] = [one for one in broken if f"{name}.".startswith(f"{one}.")]
        inside = name.removeprefix(module).split(".")[1:]
        assert reduce(getattr, inside, importlib.import_module(module))
    assert len(rows) > 10
