from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.elgamal import Ciphertext, encrypt, product
from keys.errors import InvalidPoint, InvalidProof
from keys.group import (
    BASE,
    IDENTITY,
    Point,
    Q,
    Secret,
    add,
    base_power,
    power,
    public_power,
    random_secret,
)
from keys.proofs import disjunction, interval
from keys.proofs.schnorr import Proof
from tests.keys import curve, elections
from tests.keys.proofs.provers import prove_interval

SECRET = random_secret()
KEY = base_power(SECRET)


def number(value: int, randomness: Secret) -> Ciphertext:
    """A ciphertext of any small number."""
    return Ciphertext(base_power(randomness), add(power(KEY, randomness), public_power(BASE, value)))


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4))
def test_a_number_in_the_range_is_proved(low: int, above: int, width: int) -> None:
    high = low + max(above, width)
    plaintext, randomness = low + above, random_secret()
    ciphertext = number(plaintext, randomness)
    proofs, points = interval.prove_with_commitments("S", ciphertext, KEY, randomness, plaintext, low, high)
    interval.verify("S", ciphertext, KEY, proofs, low, high)
    assert interval.commitments(ciphertext, KEY, proofs, low, high) == points
    assert len(points) == 2 * (high - low + 1)


@pytest.mark.parametrize("plaintext", [-1, 2, 100])
def test_a_number_outside_the_range_is_not_proved(plaintext: int) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        prove_interval("S", encrypt(KEY, 1, SECRET), KEY, SECRET, plaintext, 0, 1)


@pytest.mark.parametrize("plaintext", [-1, 2, 5, Q - 1])
@pytest.mark.parametrize("branch", [0, 1])
def test_a_number_outside_the_range_cannot_be_passed_off(plaintext: int, branch: int) -> None:
    """A cheat runs the honest prover on a branch that is not true."""
    randomness = random_secret()
    ciphertext = number(plaintext, randomness)
    claims = interval.branches(ciphertext, 0, 1)
    proofs, _ = disjunction.prove(interval.prefix("S", ciphertext), claims, KEY, branch, randomness)
    with pytest.raises(InvalidProof, match="add up"):
        interval.verify("S", ciphertext, KEY, proofs, 0, 1)


def made() -> tuple[Ciphertext, tuple[Proof, ...]]:
    randomness = random_secret()
    ciphertext = encrypt(KEY, 1, randomness)
    return ciphertext, prove_interval("S", ciphertext, KEY, randomness, 1, 0, 1)


def test_the_wrong_randomness_is_found() -> None:
    ciphertext = encrypt(KEY, 1, random_secret())
    proofs = prove_interval("S", ciphertext, KEY, random_secret(), 1, 0, 1)
    with pytest.raises(InvalidProof, match="add up"):
        interval.verify("S", ciphertext, KEY, proofs, 0, 1)


@pytest.mark.parametrize("branch", [0, 1])
@pytest.mark.parametrize("field", ["challenge", "response"])
def test_a_corrupted_number_is_found(branch: int, field: str) -> None:
    ciphertext, proofs = made()
    false = list(proofs)
    false[branch] = replace(false[branch], **{field: (getattr(false[branch], field) + 1) % Q})
    with pytest.raises(InvalidProof, match="add up"):
        interval.verify("S", ciphertext, KEY, false, 0, 1)


def test_another_statement_key_range_or_ciphertext_is_found() -> None:
    ciphertext, proofs = made()
    other, _ = made()
    swapped = Ciphertext(ciphertext.beta, ciphertext.alpha)
    cases = [
        ("T", ciphertext, KEY, 0, 1),
        ("S", ciphertext, base_power(random_secret()), 0, 1),
        ("S", ciphertext, KEY, 1, 2),
        ("S", other, KEY, 0, 1),
        ("S", swapped, KEY, 0, 1),
        ("S", replace(ciphertext, alpha=other.alpha), KEY, 0, 1),
        ("S", replace(ciphertext, beta=other.beta), KEY, 0, 1),
    ]
    for statement, one, key, low, high in cases:
        with pytest.raises(InvalidProof, match="add up"):
            interval.verify(statement, one, key, proofs, low, high)


def test_branches_in_another_order_are_found() -> None:
    ciphertext, proofs = made()
    with pytest.raises(InvalidProof, match="add up"):
        interval.verify("S", ciphertext, KEY, proofs[::-1], 0, 1)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_wrong_number_of_branches_is_found(count: int) -> None:
    ciphertext, proofs = made()
    with pytest.raises(InvalidProof, match="2 branches expected"):
        interval.verify("S", ciphertext, KEY, (proofs * 2)[:count], 0, 1)


def test_a_range_out_of_a_hostile_file_costs_nothing() -> None:
    ciphertext, proofs = made()
    with pytest.raises(InvalidProof, match="branches expected"):
        interval.verify("S", ciphertext, KEY, proofs, 0, 10**18)


def test_a_reencryption_of_another_ballot_needs_a_proof_of_its_own() -> None:
    """Cortier and Smyth: a copied choice, masked afresh, does not carry its proof along."""
    ciphertext, proofs = made()
    fresh = random_secret()
    masked = product([ciphertext, Ciphertext(base_power(fresh), power(KEY, fresh))])
    with pytest.raises(InvalidProof):
        interval.verify("S", masked, KEY, proofs, 0, 1)


@pytest.mark.parametrize("index", range(1, 8))
@pytest.mark.parametrize("field", ["alpha", "beta"])
def test_a_ciphertext_moved_by_a_point_of_small_order_is_refused(index: int, field: str) -> None:
    ciphertext, proofs = made()
    point = curve.decode(getattr(ciphertext, field)) or curve.NEUTRAL
    moved = Point(curve.encode(curve.plus(point, curve.small_order_points()[index])))
    with pytest.raises(InvalidPoint):
        interval.verify("S", replace(ciphertext, **{field: moved}), KEY, proofs, 0, 1)


@pytest.mark.parametrize("mark", [0, 1])
def test_a_ciphertext_without_randomness_still_needs_a_true_proof(mark: int) -> None:
    """(1, g^m) hides nothing; Belenios takes it, and so do we, with a proof."""
    ciphertext = Ciphertext(IDENTITY, public_power(BASE, mark))
    zero = Secret(bytes(32))
    interval.verify("S", ciphertext, KEY, prove_interval("S", ciphertext, KEY, zero, mark, 0, 1), 0, 1)
    false = Ciphertext(IDENTITY, public_power(BASE, 2))
    with pytest.raises(InvalidProof):
        interval.verify("S", false, KEY, prove_interval("S", false, KEY, zero, mark, 0, 1), 0, 1)


@pytest.mark.parametrize("name", elections.NAMES)
def test_every_proof_in_the_ballots_of_belenios_verifies(name: str) -> None:
    election = elections.load(name)
    key, questions = election.public_key, election.election["questions"]
    for ballot in election.ballots()[:5]:
        start = f"{election.fingerprint}|{ballot['credential']}"
        for question, answer in zip(questions, ballot["answers"], strict=True):
            choices = [elections.ciphertext(one) for one in answer["choices"]]
            for choice, proofs in zip(choices, answer["individual_proofs"], strict=True):
                interval.verify(start, choice, key, elections.proofs(proofs), 0, 1)
            whole = f"{start}|{','.join(one['alpha'] + ',' + one['beta'] for one in answer['choices'])}"
            overall = elections.proofs(answer["overall_proof"])
            interval.verify(whole, product(choices), key, overall, question["min"], question["max"])
