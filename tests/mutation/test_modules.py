"""What `make mutation` breaks and runs is where it says."""

import pytest

from tests.mutation.__main__ import MODULES
from tests.mutation.trial import ROOT


@pytest.mark.parametrize("module", MODULES)
def test_the_module_and_its_tests_are_there(module: str) -> None:
    assert [path for path in (module, *MODULES[module]) if not (ROOT / path).exists()] == []
