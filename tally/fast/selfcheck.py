"""A known answer for the compiled arithmetic, before anybody relies on it (as FIPS modules do on power-up)."""

from __future__ import annotations

import numpy as np

from keys.group import BASE
from tally.fast.curve import Q, decode, encode, words_of
from tally.fast.membership import members
from tally.fast.powers import table_of
from tally.fast.products import extend
from tally.fast.sums import is_zero_sum

_DOUBLE = bytes.fromhex("c9a3f86aae465f0e56513864510f3997561fa2c9e85ea21dc2292309f3cd6022")
"""Twice the base point, encoded."""


class WrongArithmetic(Exception):
    """The compiled arithmetic gave a wrong answer on this machine."""


def check_arithmetic() -> None:
    """Try decoding, encoding, a sum and membership on the base point; raise WrongArithmetic."""
    points, good = decode(bytes(BASE) + _DOUBLE)
    holds = is_zero_sum(points, words_of([2, Q - 1]), 2)
    fails = is_zero_sum(points, words_of([3, Q - 1]), 2)
    if not good.all() or not holds or fails or not members(points).all():
        raise WrongArithmetic("a sum of two known points")
    if encode(extend(points)) != bytes(BASE) + _DOUBLE:
        raise WrongArithmetic("encoding")
    tabled = np.stack((table_of(bytes(BASE))[1], points[1]))
    if not is_zero_sum(tabled, words_of([1, Q - 1]), 2):
        raise WrongArithmetic("the table of the base point")
