"""Limbs against integers, at the edges of what each function may be given."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tally.fast.arithmetic import field
from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.field import Field, P, limbs, number

LIMB = 2**51


@kernel
def product(a: Field, b: Field) -> Field:
    return field.multiply(a, b)


@kernel
def squared(a: Field) -> Field:
    return field.square(a)


def element(largest: int) -> st.SearchStrategy[Field]:
    limb = st.one_of(st.integers(0, largest), st.sampled_from([0, 1, LIMB - 19, LIMB - 1, LIMB, largest]))
    return st.tuples(*[limb.map(field.np.uint64)] * 5)  # type: ignore[return-value, arg-type]


loose = element(2**54 - 1)
MOST = (field.np.uint64(2**54 - 1),) * 5


def is_tight(a: Field) -> bool:
    return max(map(int, a)) < LIMB + 2**13


@given(loose, loose)
@example(MOST, MOST)
def test_products_of_loose_elements_are_right_and_tight(a: Field, b: Field) -> None:
    found = product(a, b)
    assert number(found) == number(a) * number(b) % P
    assert is_tight(found)


@given(loose)
@example(MOST)
def test_squares_of_loose_elements_are_right_and_tight(a: Field) -> None:
    found = squared(a)
    assert number(found) == number(a) ** 2 % P
    assert is_tight(found)


@given(element(2**52), element(2**52))
def test_sums_and_differences_are_right_and_loose(a: Field, b: Field) -> None:
    assert number(field.plus(a, b)) == (number(a) + number(b)) % P
    difference = field.minus(a, b)
    assert number(difference) == (number(a) - number(b)) % P
    assert max(map(int, difference)) < 2**54


@given(loose)
@example(MOST)
def test_the_canonical_form_is_below_p(a: Field) -> None:
    found = field.canonical(a)
    assert sum(int(limb) << 51 * i for i, limb in enumerate(found)) == number(a)


@pytest.mark.parametrize("value", [0, 1, 18, 19, 20, P - 1, P, P + 1, P + 18, 2**255 - 1])
def test_numbers_around_p_are_reduced(value: int) -> None:
    spelled = tuple(field.np.uint64(value >> 51 * i & (LIMB - 1)) for i in range(5))
    found = field.canonical(spelled)  # type: ignore[arg-type]
    assert sum(int(limb) << 51 * i for i, limb in enumerate(found)) == value % P
    assert field.is_zero(spelled) == (value % P == 0)  # type: ignore[arg-type]
    assert field.is_odd(spelled) == (value % P % 2 == 1)  # type: ignore[arg-type]


@given(st.integers(0, P - 1))
@example(0)
@example(1)
@example(P - 1)
def test_powers_are_those_of_integers(value: int) -> None:
    assert number(field.inverse(limbs(value))) == pow(value, P - 2, P)
    assert number(field.root_power(limbs(value))) == pow(value, (P - 5) // 8, P)
