"""Membership of the prime-order subgroup, in bulk; the test of design section 6 (kiểm tra thuộc nhóm).

16 rounds; in each, every point gets a fresh random byte, each of whose 8 bits selects one of 8 subset sums. All 128
sums are multiplied by q and must be the identity. If some point lies outside, then in each of the 128 sums, whatever
the choice for all other points, at most one of the two choices for this one gives a sum inside: the differences of
the two sums is the point itself. So it survives each with probability at most 1/2, and all of them, whose bits are
independent, with at most 2^-128. (The byte as a weight, with one sum a round, would leave 2^-16: a point of order 2
disappears when its weight is even.)

The bytes must come from the operating system after the points are fixed; ``are_members`` draws them itself.
"""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt

from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.curve import (
    EXTENDED,
    IDENTITY,
    Q,
    Words,
    add,
    add_affine,
    from_affine,
    is_identity,
    load,
    load_affine,
    store,
    times,
    words_of,
)

ROUNDS = 16
"""Rounds of eight subset sums each: 128 sums, an error of at most 2^-128."""
BULK_FROM = 170
"""Number of points from which the 128 multiplications by q cost less than one for each point."""

_ORDER = words_of([Q])[0]


@kernel
def _fold(buckets: Words, sums: Words) -> None:
    """Turn the sums by byte (256 rows) into the sums by bit (8 rows), destroying the former."""
    for bit in range(7, -1, -1):
        half = 1 << bit
        total = IDENTITY
        for i in range(half):
            upper = load(buckets[half + i])
            total = add(total, upper)
            store(buckets[i], add(load(buckets[i]), upper))
        store(sums[bit], total)


@kernel
def _subset_sums(points: Words, choice: npt.NDArray[np.uint8], sums: Words) -> None:
    """Sum up, for each of the 8 bits, the points whose byte has that bit set."""
    buckets = np.empty((256, EXTENDED), dtype=np.uint64)
    for i in range(256):
        store(buckets[i], IDENTITY)
    for i in range(points.shape[0]):
        row = buckets[choice[i]]
        store(row, add_affine(load(row), load_affine(points[i])))
    _fold(buckets, sums)


@kernel
def _all_vanish(sums: Words, order: Words) -> bool:
    """Tell whether q times each row is the identity."""
    vanished = 0
    for i in range(sums.shape[0]):
        vanished += is_identity(times(load(sums[i]), order))
    return bool(vanished == sums.shape[0])


@kernel
def _each(points: Words, order: Words, member: npt.NDArray[np.bool_]) -> None:
    """Multiply each point by q on its own."""
    for i in range(points.shape[0]):
        member[i] = is_identity(times(from_affine(load_affine(points[i])), order))


def members(points: Words) -> npt.NDArray[np.bool_]:
    """Tell of each decoded point whether it is in the subgroup (the identity is): exact, some 30 µs a point."""
    member = np.zeros(len(points), dtype=np.bool_)
    _each(points, _ORDER, member)
    return member


def are_members(points: Words) -> bool:
    """Tell whether all decoded points are in the subgroup.

    Yes is wrong with probability at most 2^-128, whatever the points; no is always right.
    """
    if len(points) < BULK_FROM:
        return bool(members(points).all())
    return are_members_in_bulk(points)


def are_members_in_bulk(points: Words) -> bool:
    """Run the 16 rounds with bytes drawn now, whatever the number of points."""
    choice = np.frombuffer(secrets.token_bytes(ROUNDS * len(points)), dtype=np.uint8).reshape(ROUNDS, -1)
    sums = np.empty((ROUNDS, 8, EXTENDED), dtype=np.uint64)
    for number in range(ROUNDS):
        _subset_sums(points, choice[number], sums[number])
    return bool(_all_vanish(sums.reshape(-1, EXTENDED), _ORDER))
