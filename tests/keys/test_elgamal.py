import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.elgamal import Ciphertext, encrypt, product, solve
from keys.errors import CannotDecode
from keys.group import BASE, IDENTITY, base_power, power, public_power, random_secret, subtract


@given(st.lists(st.booleans(), max_size=6))
def test_the_product_of_ballots_decrypts_to_the_number_of_marks(marks: list[bool]) -> None:
    secret = random_secret()
    total = product(encrypt(base_power(secret), mark, random_secret()) for mark in marks)
    assert solve(subtract(total.beta, power(total.alpha, secret)), len(marks)) == sum(marks)


def test_the_product_of_no_ballots_encrypts_zero() -> None:
    assert product([]) == Ciphertext(IDENTITY, IDENTITY)


@pytest.mark.parametrize("mark", [2, -1, 0.5])
def test_a_mark_is_zero_or_one(mark: int) -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        encrypt(BASE, mark, random_secret())


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_logarithm_is_found_exactly_up_to_the_bound(number: int, bound: int) -> None:
    point = public_power(BASE, number)
    if number <= bound:
        assert solve(point, bound) == number
    else:
        with pytest.raises(CannotDecode, match=f"0 to {bound}"):
            solve(point, bound)


def test_a_negative_sum_does_not_decode() -> None:
    with pytest.raises(CannotDecode):
        solve(public_power(BASE, -1), 1000)
