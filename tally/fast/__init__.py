"""Fast checking of encrypted ballots on public data (kiểm tra nhanh), the optional engine of the audit.

Belenios proofs checked one by one cost eight scalar multiplications each. This package checks a chunk of ballots at
once: the equations of all proofs as one multi-scalar multiplication, and subgroup membership of all points in bulk
(``tally/fast/README.md`` has the soundness argument). It needs numba (extra ``[fast]``); where numba is missing the
one-by-one verifier of ``voting.documents.ballots.ballot`` gives the same verdicts, only more slowly.

Nothing here ever touches a secret: the arithmetic is not constant in time.

    if fast.available():
        result = fast.verify_chunk(election, raw_ballots, commitments)
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tally.fast.chunk import ChunkResult
    from voting.documents.conferences.election import Election

__all__ = ["available", "verify_chunk", "why_not"]


@functools.cache
def why_not() -> str | None:
    """Say why the fast engine cannot be used on this machine, or None where it can.

    The compiled arithmetic is tried on a known answer first, so that a broken compiler or cache costs speed alone.
    """
    if importlib.util.find_spec("numba") is None:
        return "numba is not installed (extra [fast])"
    try:
        from tally.fast.arithmetic.selfcheck import check_arithmetic

        check_arithmetic()
    except Exception as reason:  # noqa: BLE001 - whatever numba, LLVM or the cache stumble over, there is another way
        return f"the compiled arithmetic does not work here: {reason}"
    return None


def available() -> bool:
    """Tell whether the fast engine can be used on this machine."""
    return why_not() is None


def verify_chunk(
    election: Election, raw_ballots: Sequence[bytes], commitments: Sequence[bytes | None] | None = None
) -> ChunkResult:
    """Verify a chunk of ballots as ``tally.fast.chunk`` does; by the reference verifier where numba is missing."""
    if available():
        from tally.fast.chunk import verify_chunk as in_batches

        return in_batches(election, raw_ballots, commitments)
    from tally.fast.chunk import verify_chunk_one_by_one

    return verify_chunk_one_by_one(election, raw_ballots)
