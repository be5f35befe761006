"""A known answer for the compiled arithmetic, before anybody relies on it (as FIPS modules do on power-up)."""

from __future__ import annotations

import numpy as np

from keys.group import BASE
from tally.fast.arithmetic.curve import Q, decode, encode, words_of
from tally.fast.arithmetic.membership import are_members_in_bulk, members
from tally.fast.arithmetic.powers import implied, table_of
from tally.fast.arithmetic.products import extend, multiply_ballots, multiply_ranges
from tally.fast.arithmetic.sums import is_zero_sum

_DOUBLE = bytes.fromhex("c9a3f86aae465f0e56513864510f3997561fa2c9e85ea21dc2292309f3cd6022")
"""Twice the base point, encoded."""


class WrongArithmetic(Exception):
    """The compiled arithmetic gave a wrong answer on this machine."""


def check_arithmetic() -> None:
    """Try every compiled function on the base point and its double; raise WrongArithmetic.

    What is compiled lazily is compiled here, so that nobody waits for it later.
    """
    points, good = decode(bytes(BASE) + _DOUBLE)
    holds = is_zero_sum(points, words_of([2, Q - 1]), 2)
    fails = is_zero_sum(points, words_of([3, Q - 1]), 2)
    if not good.all() or not holds or fails:
        raise WrongArithmetic("a sum of two known points")
    if not members(points).all() or not are_members_in_bulk(points):
        raise WrongArithmetic("membership of two known points")
    extended = extend(points)
    if encode(extended) != bytes(BASE) + _DOUBLE:
        raise WrongArithmetic("encoding")
    if encode(multiply_ballots([points, points], 1)) != _DOUBLE:
        raise WrongArithmetic("the product of two ballots")
    if encode(multiply_ranges(np.concatenate((points, points)), [range(2)]))[:32] != _DOUBLE:
        raise WrongArithmetic("the product of two choices")
    table, one = table_of(bytes(BASE)), words_of([1])
    found = np.empty_like(extended[:1])
    implied(extended[1:], np.array([0, 1], dtype=np.int64), words_of([Q - 1]), one, table, words_of([3]), table, found)
    if encode(found) != _DOUBLE:  # g^1 (g^2)^-1 g^3
        raise WrongArithmetic("implied commitments")
