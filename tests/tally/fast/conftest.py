"""What the tests of the fast engine share: numba, or nothing to test; ballots of small elections."""

import pytest

pytest.importorskip("numba")
