"""Multi-scalar sums against plain integers, with the points and numbers that meet badly in buckets."""

import secrets

import numpy as np
import pytest

from tally.fast.arithmetic import sums
from tally.fast.arithmetic.curve import decode, words_of
from tests.tally.fast import edwards
from tests.tally.fast.edwards import Affine, Q

POINT = edwards.member()
OPPOSITE = (edwards.P - POINT[0], POINT[1])
SMALL = edwards.small_orders()


def is_zero(terms: list[tuple[int, Affine]], long: int | None = None) -> bool:
    points, good = decode(b"".join(edwards.encode(point) for _, point in terms))
    assert good.all()
    return sums.is_zero_sum(points, words_of([number for number, _ in terms]), len(terms) if long is None else long)


CASES: list[tuple[str, list[tuple[int, Affine]]]] = [
    ("zero times a point", [(0, POINT)]),
    ("only zeros", [(0, POINT), (0, SMALL[3]), (0, OPPOSITE)]),
    ("q times a member", [(Q, POINT)]),
    ("a point and its opposite in one bucket", [(5, POINT), (5, OPPOSITE)]),
    ("the same point twice and once", [(5, POINT), (5, POINT), (10, OPPOSITE)]),
    ("five equal points in one bucket", [(7, POINT)] * 5 + [(35, OPPOSITE)]),
    ("a number and its opposite", [(1234567, POINT), (Q - 1234567, POINT)]),
    ("the identity among them", [(9, edwards.IDENTITY), (3, POINT), (3, OPPOSITE)]),
    ("a carry through all windows", [(2**252 - 1, POINT), (1, POINT), (Q - 2**252, POINT)]),
    *[(f"8 times a point of order dividing 8, {i}", [(8, SMALL[i])]) for i in range(8)],
    *[(f"small points that add up, {i}", [(3, SMALL[i]), (3, SMALL[-i])]) for i in range(8)],
]


@pytest.mark.parametrize(("name", "terms"), CASES, ids=[name for name, _ in CASES])
def test_a_sum_that_vanishes_is_seen(name: str, terms: list[tuple[int, Affine]]) -> None:
    assert edwards.total(terms) == edwards.IDENTITY
    assert is_zero(terms)


@pytest.mark.parametrize("small", range(1, 8))
def test_a_rest_of_small_order_is_not_taken_for_zero(small: int) -> None:
    assert not is_zero([(5, POINT), (5, OPPOSITE), (1, SMALL[small])])


@pytest.mark.parametrize("count", [1, 2, 17, 150])
def test_random_sums_are_those_of_integers(count: int) -> None:
    terms = [(secrets.randbelow(Q), edwards.on_curve()) for _ in range(count)]
    rest = edwards.total(terms)
    assert is_zero([*terms, (1, (edwards.P - rest[0], rest[1]))])
    assert not is_zero([*terms, (2, (edwards.P - rest[0], rest[1]))])


def test_short_numbers_skip_the_upper_windows_and_nothing_else() -> None:
    long = [(secrets.randbelow(Q), edwards.member()) for _ in range(20)]
    short = [(number, edwards.member()) for number in (0, 1, 2**128 - 1, 2**127, secrets.randbits(128))]
    rest = edwards.total(long + short)
    closing = (edwards.P - rest[0], rest[1])
    assert is_zero([*long, *short, (1, closing)], long=20)


def test_a_long_number_among_the_short_ones_is_refused() -> None:
    with pytest.raises(ValueError, match="128 bits"):
        is_zero([(1, POINT), (2**128, POINT)], long=1)


@pytest.mark.parametrize("bits", range(2, 15))
def test_signed_digits_add_up_for_every_width(bits: int) -> None:
    for number in (0, 1, Q - 1, 2**253 - 1, 2**252, secrets.randbelow(Q)):
        windows = 253 // bits + 1
        digits = np.zeros(windows, dtype=np.int16)
        sums.signed_digits(words_of([number])[0], bits, windows, digits)
        assert sum(int(digit) << bits * place for place, digit in enumerate(digits)) == number
        assert max(map(abs, map(int, digits))) <= 1 << (bits - 1)
