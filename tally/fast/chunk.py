"""Verify a chunk of ballots at once; same verdicts as ``voting.documents.ballots.ballot.verify_ballot``, only faster.

1. Every ballot is taken apart and its points are decoded strictly (``parsed_ballot``, ``curve``).
2. Where commitments came along, the challenges are compared with their hashes; a ballot whose commitments are missing
   or do not match goes the other way, and no verdict hangs on them.
3. Membership of all points is tested in bulk (``membership``), the equations of all ballots with commitments as one sum
   (``equations``); the commitments of the others are recomputed (``recomputed``).
4. If a batch fails, its ballots are looked at one by one, without commitments. Whatever then still fails goes to the
   reference verifier, which names what is wrong and has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keys.errors import KeysError
from tally.fast.batch import accept, sum_accepted
from tally.fast.layout import layout_of
from tally.result.sum import add_ballot, nothing
from voting.documents.archives.outcome import Tally
from voting.documents.ballots.ballot import EncryptedBallot, parse_ballot, verify_ballot
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.election import Election
from voting.documents.errors import DocumentError


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """Verdicts of a chunk, in order, and the encrypted sum of its valid ballots."""

    errors: tuple[DocumentError | KeysError | None, ...]
    """None for a valid ballot, else what the reference verifier raises."""
    tally: Tally


def verify_chunk(
    election: Election, raw_ballots: Sequence[bytes], commitments: Sequence[bytes | None] | None = None
) -> ChunkResult:
    """Verify ballots of one election, in batches where it can.

    Args:
        election: whose ballots they are.
        raw_ballots: their bytes. Known credentials and repeated cards are the caller's to check.
        commitments: for each ballot, 32 bytes each in the order of the sidecar, or None; never trusted.
    """
    given = [None] * len(raw_ballots) if commitments is None else commitments
    if len(given) != len(raw_ballots):
        raise ValueError("commitments or None for each ballot expected")
    accepted = accept(election, raw_ballots, given)
    tally = sum_accepted(layout_of(election), [one for one in accepted if one is not None])
    errors: list[DocumentError | KeysError | None] = [None] * len(raw_ballots)
    for place, one in enumerate(accepted):
        if one is None:
            errors[place], ballot = _by_reference(election, raw_ballots[place])
            tally = tally if ballot is None else add_ballot(tally, ballot)
    return ChunkResult(tuple(errors), tally)


def verify_chunk_one_by_one(election: Election, raw_ballots: Sequence[bytes]) -> ChunkResult:
    """Verify ballots with the reference verifier alone: what ``verify_chunk`` must agree with."""
    errors, tally = [], nothing(election)
    for raw in raw_ballots:
        error, ballot = _by_reference(election, raw)
        errors.append(error)
        tally = tally if ballot is None else add_ballot(tally, ballot)
    return ChunkResult(tuple(errors), tally)


def _by_reference(election: Election, raw: bytes) -> tuple[DocumentError | KeysError | None, EncryptedBallot | None]:
    """Return what is wrong with a ballot, or the ballot."""
    try:
        ballot = parse_ballot(raw, ballot_limit(election))
        verify_ballot(election, ballot)
    except (DocumentError, KeysError) as error:
        return error, None
    return None, ballot
