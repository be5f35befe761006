"""Copies: two ballots with one ciphertext are found, one ballot with it twice is not a copy."""

from keys.elgamal import Ciphertext
from keys.group import base_power, random_secret
from tally.audit.copies import Copies, mark


def ciphertext() -> Ciphertext:
    return Ciphertext(base_power(random_secret()), base_power(random_secret()))


def test_a_ciphertext_in_two_ballots_is_found_with_both_heights() -> None:
    copies, shared = Copies(), ciphertext()
    for height in range(1, 20):
        copies.add(height, [mark(b"k", one) for one in (ciphertext(), shared if height in (3, 11) else ciphertext())])
    assert list(copies.found()) == [(3, 11)]


def test_a_ciphertext_twice_in_one_ballot_is_no_copy() -> None:
    copies, own = Copies(), mark(b"k", ciphertext())
    copies.add(1, [own, own])
    assert list(copies.found()) == []


def test_marks_depend_on_the_key_and_on_both_points() -> None:
    one = ciphertext()
    assert mark(b"k", one) != mark(b"l", one)
    assert mark(b"k", one) != mark(b"k", Ciphertext(one.beta, one.alpha))


def test_copies_far_apart_are_found_when_most_marks_are_in_a_file() -> None:
    copies = Copies()
    for height in range(1, 1001):
        copies.add(height, [1024 * (10 * height + number) for number in range(7)])  # all in one bucket
    copies.add(4000, [1024 * 10 + 1])
    copies.add(5000, [1024 * 10])
    copies.add(6000, [1024 * 10 + 1])
    copies.add(7000, [1024 * 303, 1024 * 5006])  # within and at the end of what went to the file
    assert sorted(copies.found()) == [(1, 5000), (30, 7000), (500, 7000), (4000, 6000)]
    copies.close()
