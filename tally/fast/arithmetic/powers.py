"""Commitments that proofs imply, compiled: g^t P^c and the like for the verifier without a sidecar.

A proof holds (challenge c, response t) of each branch on a ciphertext (alpha, beta) with the value M:

    A = g^t alpha^c        B = y^t (beta / g^M)^c = y^t beta^c g^(-M c)

The bases g and y have tables of all signed 8-bit digits at all places. The doublings of alpha and beta are shared by
the branches of a proof: each doubled point drops into the bucket of the digit that a branch has at that place (Yao).
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.curve import (
    AFFINE,
    EXTENDED,
    IDENTITY,
    Extended,
    Words,
    add,
    add_affine,
    add_ready,
    decode,
    double,
    from_affine,
    load,
    load_affine,
    normalise,
    ready,
    store,
    subtract_affine,
    subtract_ready,
)
from tally.fast.arithmetic.sums import clear, signed_digits, sum_of_buckets

_TABLE_BITS = 8
_PLACES = 32  # of 8 bits: 256, and a number below q leaves no carry
_ROWS = 1 << (_TABLE_BITS - 1)
_BITS = 4
_DIGITS = 64  # of 4 bits, likewise
_BUCKETS = 1 << (_BITS - 1)


@kernel
def _fill(base: Words, multiples: Words) -> None:
    """Write d 2^(8 place) base for digits d = 1..128 and all places, place by place."""
    at = from_affine(load_affine(base))
    for place in range(_PLACES):
        multiple = IDENTITY
        for digit in range(_ROWS):
            multiple = add(multiple, at)
            store(multiples[place * _ROWS + digit], multiple)
        at = double(multiple)


@functools.lru_cache(maxsize=4)
def table_of(base: bytes) -> Words:
    """Return the table of a fixed base of 32 bytes: 4096 decoded points, half a megabyte; raise ValueError."""
    affine, good = decode(base)
    if len(affine) != 1 or not good.all():
        raise ValueError("the base of a table is not a point")
    multiples = np.empty((_PLACES * _ROWS, EXTENDED), dtype=np.uint64)
    table = np.empty((_PLACES * _ROWS, AFFINE), dtype=np.uint64)
    _fill(affine[0], multiples)
    normalise(multiples, table)
    return table


@kernel
def _fixed(total: Extended, table: Words, number: Words) -> Extended:
    """Add ``number`` times the base of ``table``."""
    digits = np.empty(_PLACES, dtype=np.int16)
    signed_digits(number, _TABLE_BITS, _PLACES, digits)
    for place in range(_PLACES):
        digit = digits[place]
        if digit > 0:
            total = add_affine(total, load_affine(table[place * _ROWS + digit - 1]))
        elif digit < 0:
            total = subtract_affine(total, load_affine(table[place * _ROWS - digit - 1]))
    return total


@kernel
def _fill_buckets(base: Extended, numbers: Words, buckets: Words) -> None:
    """Drop 2^(4 place) base into the bucket of each number's digit at that place; 8 buckets a number."""
    digits = np.empty((numbers.shape[0], _DIGITS), dtype=np.int16)
    for j in range(numbers.shape[0]):
        signed_digits(numbers[j], _BITS, _DIGITS, digits[j])
    clear(buckets)
    for place in range(_DIGITS):
        prepared = ready(base)
        for j in range(numbers.shape[0]):
            digit = digits[j, place]
            if digit > 0:
                row = buckets[j * _BUCKETS + digit - 1]
                store(row, add_ready(load(row), prepared))
            elif digit < 0:
                row = buckets[j * _BUCKETS - digit - 1]
                store(row, subtract_ready(load(row), prepared))
        for _ in range(_BITS):
            base = double(base)


@kernel
def implied(
    bases: Words,
    starts: npt.NDArray[np.int64],
    challenges: Words,
    responses: Words,
    table: Words,
    turned: Words,
    generator: Words,
    commitments: Words,
) -> None:
    """Write what challenges and responses imply: h^response base^challenge g^turned for each branch.

    Args:
        bases: extended points; ``bases[r]`` belongs to the branches ``starts[r]`` to ``starts[r + 1]``.
        starts: one more than there are bases.
        challenges, responses, turned: four little-endian words a branch, below q.
        table: of the base h that takes the responses.
        generator: the table of g.
        commitments: extended points, one a branch; the result.
    """
    for r in range(bases.shape[0]):
        first, last = starts[r], starts[r + 1]
        buckets = np.empty(((last - first) * _BUCKETS, EXTENDED), dtype=np.uint64)
        _fill_buckets(load(bases[r]), challenges[first:last], buckets)
        for j in range(first, last):
            at = (j - first) * _BUCKETS
            point = sum_of_buckets(buckets[at : at + _BUCKETS])
            point = _fixed(point, table, responses[j])
            store(commitments[j], _fixed(point, generator, turned[j]))
