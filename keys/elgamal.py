"""ElGamal encryption of small numbers in the exponent (Belenios 3.0, 4.11.1 and 4.21).

A mark m under the election key y is (g^r, y^r g^m). The product of ciphertexts encrypts the sum of the marks.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from keys.errors import CannotDecode
from keys.group import BASE, IDENTITY, Point, Secret, add, base_power, power, public_power, subtract, total


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A pair of group elements."""

    alpha: Point
    beta: Point


def encrypt(public_key: Point, mark: int, randomness: Secret) -> Ciphertext:
    """Encrypt a mark of 0 or 1 (a bool will do); raise ValueError for anything else."""
    if mark not in (0, 1):
        raise ValueError("a mark of 0 or 1 expected")
    masked = power(public_key, randomness)
    return Ciphertext(base_power(randomness), add(masked, (IDENTITY, BASE)[int(mark)]))


def product(ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """Ciphertext of the sum; of 0 for an empty sequence."""
    listed = list(ciphertexts)
    return Ciphertext(total(one.alpha for one in listed), total(one.beta for one in listed))


@lru_cache(maxsize=4)
def _baby_steps(count: int) -> dict[Point, int]:
    table, point = {}, IDENTITY
    for number in range(count):
        table[point] = number
        point = add(point, BASE)
    return table


def solve(point: Point, bound: int) -> int:
    """Find n in 0..bound with g^n = point by baby steps and giant steps; raise CannotDecode if there is none.

    About 2 sqrt(bound) additions; for public results only.
    """
    width = math.isqrt(bound) + 1
    table, giant, rest = _baby_steps(width), public_power(BASE, width), point
    for step in range(bound // width + 1):
        if rest in table and step * width + table[rest] <= bound:
            return step * width + table[rest]
        rest = subtract(rest, giant)
    raise CannotDecode(f"no number from 0 to {bound} has this point as its power of the base")
