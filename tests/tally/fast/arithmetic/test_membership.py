"""The bulk test of membership: complete, and sound against single points, pairs and crowds outside the subgroup."""

import numpy as np
import pytest

from tally.fast.arithmetic import membership
from tally.fast.arithmetic.curve import Words, decode
from tests.tally.fast import edwards
from tests.tally.fast.edwards import Affine

SMALL = edwards.small_orders()
MEMBERS = [edwards.member() for _ in range(8)]
CROWD = membership.BULK_FROM + 10


def rows(points: list[Affine]) -> Words:
    return decode(b"".join(map(edwards.encode, points)))[0]


def crowd(*others: Affine) -> Words:
    inside = [MEMBERS[i % len(MEMBERS)] for i in range(CROWD - len(others))]
    return rows([*inside, *others])


def test_members_are_members_and_so_is_the_identity() -> None:
    assert membership.are_members(crowd())
    assert membership.are_members(crowd(edwards.IDENTITY))
    assert membership.are_members(rows(MEMBERS))
    assert membership.are_members(rows([]))


@pytest.mark.parametrize("small", range(1, 8))
def test_one_point_outside_is_always_found(small: int) -> None:
    outside = edwards.add(MEMBERS[0], SMALL[small])
    for _ in range(5):
        assert not membership.are_members(crowd(outside))
        assert not membership.are_members(crowd(SMALL[small]))
    assert not membership.are_members(rows([*MEMBERS, outside]))


@pytest.mark.parametrize("small", range(1, 8))
def test_points_that_cancel_each_other_out_are_found(small: int) -> None:
    # Their sum is inside: a test of one plain sum would pass.
    pair = edwards.add(MEMBERS[0], SMALL[small]), edwards.add(MEMBERS[1], SMALL[-small])
    assert not membership.are_members(crowd(*pair))
    assert not membership.are_members(crowd(*pair * 4))


@pytest.mark.parametrize("small", [1, 2, 4])
def test_a_crowd_outside_is_found(small: int) -> None:
    assert not membership.are_members(rows([SMALL[small]] * CROWD))
    assert not membership.are_members(rows([SMALL[small]] * 2 * CROWD))


def test_each_point_is_told_from_its_neighbours() -> None:
    points = [MEMBERS[0], SMALL[4], edwards.IDENTITY, edwards.add(MEMBERS[1], SMALL[1]), MEMBERS[2]]
    assert list(membership.members(rows(points))) == [True, False, True, False, True]


def test_a_byte_as_a_weight_would_not_do() -> None:
    """Each bit selects on its own: a point of order 2 is in half of all sums, not only in those of odd bytes."""
    sums = np.empty((8, 20), dtype=np.uint64)
    choice = np.array([0b00000110], dtype=np.uint8)
    membership._subset_sums(rows([SMALL[4]]), choice, sums)
    order = membership._ORDER
    assert [bool(membership._all_vanish(sums[bit : bit + 1], order)) for bit in range(8)] == [
        True, False, False, True, True, True, True, True,
    ]  # fmt: skip
