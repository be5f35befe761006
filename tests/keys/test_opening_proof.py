import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import opening_proof
from keys.errors import InvalidPoint, InvalidProof
from keys.group import (
    BASE,
    IDENTITY,
    Point,
    Q,
    add,
    base_power,
    power,
    public_power,
    random_secret,
    subtract,
    total,
)
from keys.proofs.schnorr import Proof
from tests.keys import curve
from tests.keys.numbers import negate

SECRET = random_secret()
SHARE = base_power(SECRET)
ALPHAS = [base_power(random_secret()) for _ in range(4)] + [IDENTITY]
FACTORS = [power(alpha, SECRET) for alpha in ALPHAS]


def proved(factors: list[Point] = FACTORS) -> Proof:
    return opening_proof.prove_opening(SECRET, 2, "f", ALPHAS, factors)


def refused(factors: list[Point], proof: Proof) -> None:
    with pytest.raises(InvalidProof, match="teller 2"):
        opening_proof.verify_opening(SHARE, 2, "f", ALPHAS, factors, proof)


@given(st.lists(st.integers(0, 100), max_size=6), st.integers(1, 9), st.text())
def test_right_factors_verify(logs: list[int], owner: int, fingerprint: str) -> None:
    secret = random_secret()
    alphas = [public_power(BASE, log) for log in logs]
    factors = [power(alpha, secret) for alpha in alphas]
    proof = opening_proof.prove_opening(secret, owner, fingerprint, alphas, factors)
    opening_proof.verify_opening(base_power(secret), owner, fingerprint, alphas, factors, proof)


@pytest.mark.parametrize("field", ["challenge", "response"])
def test_a_corrupted_number_is_found(field: str) -> None:
    proof = proved()
    refused(FACTORS, replace(proof, **{field: (getattr(proof, field) + 1) % Q}))


@pytest.mark.parametrize("index", range(len(ALPHAS)))
def test_one_false_factor_is_found_whether_proved_honestly_or_not(index: int) -> None:
    false = list(FACTORS)
    false[index] = add(false[index], BASE)
    refused(false, proved())
    refused(false, proved(false))


@pytest.mark.parametrize("index", range(len(ALPHAS)))
def test_a_false_ciphertext_is_found(index: int) -> None:
    false = list(ALPHAS)
    false[index] = add(false[index], BASE)
    with pytest.raises(InvalidProof):
        opening_proof.verify_opening(SHARE, 2, "f", false, FACTORS, proved())


def test_errors_that_cancel_out_in_a_plain_product_are_found() -> None:
    """Without random coefficients, F1 D and F2 / D would pass: a vote moved from one name to another."""
    false = [add(FACTORS[0], BASE), subtract(FACTORS[1], BASE), *FACTORS[2:]]
    refused(false, proved(false))
    swapped = [FACTORS[1], FACTORS[0], *FACTORS[2:]]
    refused(swapped, proved(swapped))


def test_errors_fitted_to_the_old_coefficients_are_found() -> None:
    """The coefficients depend on the factors: an error that they would hide gets others."""
    old = opening_proof.coefficients(opening_proof._statement(SHARE, 2, "f", ALPHAS, FACTORS), len(ALPHAS))
    false = list(FACTORS)
    false[0] = add(false[0], public_power(BASE, old[1]))
    false[1] = subtract(false[1], public_power(BASE, old[0]))
    weighted = total(public_power(point, rho) for point, rho in zip(false, old, strict=True))
    assert weighted == total(public_power(point, rho) for point, rho in zip(FACTORS, old, strict=True))
    refused(false, proved())
    refused(false, proved(false))


def test_another_share_owner_or_election_is_found() -> None:
    proof = proved()
    for share, owner, fingerprint in ((BASE, 2, "f"), (negate(SHARE), 2, "f"), (SHARE, 1, "f"), (SHARE, 2, "g")):
        with pytest.raises(InvalidProof):
            opening_proof.verify_opening(share, owner, fingerprint, ALPHAS, FACTORS, proof)


def test_the_wrong_prover_is_found() -> None:
    false = opening_proof.prove_opening(random_secret(), 2, "f", ALPHAS, FACTORS)
    refused(FACTORS, false)


def test_fewer_or_more_factors_are_found() -> None:
    for factors in (FACTORS[:-1], [*FACTORS, IDENTITY], []):
        with pytest.raises(InvalidProof, match="5 factors expected"):
            opening_proof.verify_opening(SHARE, 2, "f", ALPHAS, factors, proved())
    with pytest.raises(ValueError, match="as many factors"):
        opening_proof.prove_opening(SECRET, 2, "f", ALPHAS, FACTORS[:-1])


def test_ciphertexts_and_factors_cannot_change_sides() -> None:
    """Lengths are hashed: moving a point from the ciphertexts to the factors is another statement."""
    left = opening_proof._statement(SHARE, 2, "f", ALPHAS[:1], FACTORS[:1])
    right = opening_proof._statement(SHARE, 2, "f", [], [])
    assert opening_proof.coefficients(left, 1) != opening_proof.coefficients(right, 1)


def test_the_identity_is_refused_as_a_share() -> None:
    with pytest.raises(InvalidPoint, match="identity"):
        opening_proof.verify_opening(IDENTITY, 2, "f", ALPHAS, FACTORS, proved())


@pytest.mark.parametrize("index", range(1, 8))
def test_a_factor_moved_by_a_point_of_small_order_is_refused(index: int) -> None:
    moved = curve.plus(curve.decode(FACTORS[0]) or curve.NEUTRAL, curve.small_order_points()[index])
    false = [Point(curve.encode(moved)), *FACTORS[1:]]
    with pytest.raises(InvalidPoint):
        opening_proof.verify_opening(SHARE, 2, "f", ALPHAS, false, proved())


def test_the_format_is_the_one_that_the_docstring_says() -> None:
    def part(raw: bytes) -> bytes:
        return len(raw).to_bytes(4, "big") + raw

    def whole(use: str, *parts: bytes) -> bytes:
        return b"".join(map(part, (f"phieukin/opening/v1/{use}".encode(), *parts)))

    base = (b"f", b"\0\0\0\2", SHARE, b"\0\0\0\5", b"".join(ALPHAS), b"".join(FACTORS))
    seed = hashlib.sha512(whole("seed", *base)).digest()
    rho = [
        int.from_bytes(hashlib.sha512(whole("rho", seed, i.to_bytes(4, "big"))).digest()[:16], "big")
        for i in range(1, 6)
    ]
    alpha = total(public_power(point, weight) for point, weight in zip(ALPHAS, rho, strict=True))
    proof = proved()
    a = add(public_power(BASE, proof.response), public_power(SHARE, proof.challenge))
    b = add(public_power(alpha, proof.response), public_power(power(alpha, SECRET), proof.challenge))
    digest = hashlib.sha512(whole("challenge", *base, a, b)).digest()
    assert int.from_bytes(digest, "big") % Q == proof.challenge
