"""The conference whose archive the attacks change."""

import pytest

from tests.attacks import lab as made
from tests.attacks.lab import Lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    """An honest election of three names, whole, from which every attack begins."""
    return made.lab()
