"""Batches and reference agree on many random proofs, valid and corrupted.

`make test` takes a sample; PHIEUKIN_PROOFS=100000 makes the full run, some minutes on one core.
"""

import json
import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from keys.group import BASE, Q, encode_point
from tally.fast.chunk import verify_chunk, verify_chunk_one_by_one
from tests.tally.fast import edwards
from tests.tally.fast.ballots import AGREE, Cast, cast, forge, make_election
from voting.documents.conferences.election import Election

PROOFS = int(os.environ.get("PHIEUKIN_PROOFS", "600"))
SEED = int(os.environ.get("PHIEUKIN_SEED", "7"))  # of what is corrupted; the ballots are fresh in each run
BALLOT_PROOFS = 3  # of a ballot with one agree/disagree question
CHUNK = 32
SMALL = [edwards.encode(point)[::-1].hex() for point in edwards.small_orders()]


def numbers(ballot: Any) -> list[tuple[dict[str, str], str]]:
    """Every number of the proofs: its place and its field."""
    answer = ballot["answers"][0]
    proofs = [*answer["individual_proofs"][0], *answer["individual_proofs"][1], *answer["overall_proof"]]
    return [(proof, field) for proof in proofs for field in ("challenge", "response")]


def other_number(ballot: Any, draw: random.Random) -> None:
    proof, field = draw.choice(numbers(ballot))
    proof[field] = str(draw.choice([0, 1, Q - 1, draw.randrange(Q), int(proof[field]) ^ 1 << draw.randrange(250)]) % Q)


def shifted_challenges(ballot: Any, draw: random.Random) -> None:
    proofs = draw.choice([*ballot["answers"][0]["individual_proofs"], ballot["answers"][0]["overall_proof"]])
    by = draw.randrange(1, Q)
    for proof, sign in zip(proofs, (1, -1), strict=True):
        proof["challenge"] = str((int(proof["challenge"]) + sign * by) % Q)


def other_point(ballot: Any, draw: random.Random) -> None:
    choice = draw.choice(ballot["answers"][0]["choices"])
    field = draw.choice(["alpha", "beta"])
    choice[field] = draw.choice([*SMALL, encode_point(BASE), f"{draw.getrandbits(256):064x}", choice["alpha"]])


def swapped_numbers(ballot: Any, draw: random.Random) -> None:
    (first, field), (second, other) = draw.sample(numbers(ballot), 2)
    first[field], second[other] = second[other], first[field]


CORRUPTIONS: list[Callable[[Any, random.Random], None]] = [
    other_number, shifted_challenges, other_point, swapped_numbers,
]  # fmt: skip


def flipped(one: Cast, draw: random.Random) -> Cast:
    """Flip one bit of the ballot's bytes."""
    at = draw.randrange(8 * len(one.raw))
    raw = bytearray(one.raw)
    raw[at // 8] ^= 1 << at % 8
    return Cast(one.card, bytes(raw), one.commitments)


def specimen(election: Election, valid: Cast, draw: random.Random) -> Cast:
    """A ballot as it is, corrupted and signed anew, or with a bit flipped."""
    kind = draw.randrange(8)
    if kind < 3:
        return valid
    if kind == 3:
        return flipped(valid, draw)
    return forge(election, valid, lambda ballot: draw.choice(CORRUPTIONS)(ballot, draw))


def hint(one: Cast, draw: random.Random) -> bytes | None:
    """What a sidecar says: mostly the truth, sometimes nothing or another bit."""
    kind = draw.randrange(10)
    if kind > 1:
        return one.commitments
    points = bytearray(one.commitments)
    points[draw.randrange(len(points))] ^= 1 << draw.randrange(8)
    return bytes(points) if kind else None


@pytest.mark.parametrize("number", range(max(1, PROOFS // (BALLOT_PROOFS * CHUNK))))
def test_both_ways_agree(number: int) -> None:
    draw = random.Random(SEED * 1_000_003 + number)
    election = make_election(AGREE)
    valid = [cast(election, [draw.choice([[0, 0], [1, 0], [0, 1]])]) for _ in range(4)]
    ballots = [specimen(election, draw.choice(valid), draw) for _ in range(CHUNK)]
    raws = [one.raw for one in ballots]
    reference = verify_chunk_one_by_one(election, raws)
    for hints in ([hint(one, draw) for one in ballots], None):
        found = verify_chunk(election, raws, hints)
        assert list(map(repr, found.errors)) == list(map(repr, reference.errors)), json.dumps([SEED, number])
        assert found.tally == reference.tally
