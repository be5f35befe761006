"""What attacks on bundles share: a bundle's bytes checked, and what failed in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tally.audit.bundles.bundle import check_bundle
from tally.audit.report import Report


@pytest.fixture
def check(tmp_path: Path) -> Callable[[bytes], Report]:
    """Check a bundle."""

    def checked(raw: bytes) -> Report:
        path = tmp_path / "x.zip"
        path.write_bytes(raw)
        return check_bundle(path)

    return checked
