"""Our archives before belenios-tool: it accepts the honest ones, and the one forgery that version 1 cannot see."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tally.result.sum import nothing
from tests.attacks.lab import Draft, Lab, announce, closed, counted
from tests.attacks.test_decryption_proofs import commit, known_randomness

pytestmark = pytest.mark.interop
Audit = Callable[[Path], int]

__all__ = ["known_randomness"]


def write(lab: Lab, draft: Draft, folder: Path) -> Path:
    path = folder / f"{lab.election.uuid}.bel"
    path.write_bytes(draft.raw())
    return path


@pytest.mark.parametrize("owners", [(1, 2), (2, 3), (1, 3), (1, 2, 3)])
def test_it_accepts_an_archive_of_ours(
    lab: Lab, tmp_path: Path, belenios_audit: Audit, owners: tuple[int, ...]
) -> None:
    assert belenios_audit(write(lab, counted(lab, owners=owners), tmp_path)) == 3


def test_it_accepts_a_closed_box_and_an_empty_one(lab: Lab, tmp_path: Path, belenios_audit: Audit) -> None:
    assert belenios_audit(write(lab, closed(lab), tmp_path)) == 3
    empty = closed(lab)
    empty.ballots = []
    announce(lab, empty, nothing(lab.election))
    assert belenios_audit(write(lab, empty, tmp_path)) == 0


def test_it_accepts_a_result_with_forged_decryption_proofs(
    lab: Lab, tmp_path: Path, belenios_audit: Audit, known_randomness: list[int]
) -> None:
    """Hence the opening proofs of the record: see tests/attacks/test_decryption_proofs.py."""
    assert belenios_audit(write(lab, commit(lab, known_randomness).draft, tmp_path)) == 3
