import json
from dataclasses import replace

import pytest

from keys import decryption, opening_proof
from keys.elgamal import encrypt, solve
from keys.errors import InvalidProof
from keys.group import (
    BASE,
    IDENTITY,
    Point,
    Q,
    Secret,
    base_power,
    decode_point,
    power,
    public_power,
    random_secret,
    subtract,
)
from keys.proofs.schnorr import Proof
from keys.transcript import challenge
from keys.trustees import combine, parse_trustees
from tests.keys import elections
from tests.keys.numbers import secret_from_int

SECRET = random_secret()
SHARE = base_power(SECRET)
ALPHA = base_power(random_secret())


def test_a_factor_and_its_proof_verify() -> None:
    for alpha in (ALPHA, BASE, IDENTITY):
        factor, proof = decryption.partial_decrypt(SECRET, alpha, "f")
        assert factor == power(alpha, SECRET)
        decryption.verify_factor(SHARE, alpha, factor, proof, "f")


@pytest.mark.parametrize("field", ["challenge", "response"])
def test_a_corrupted_number_is_found(field: str) -> None:
    factor, proof = decryption.partial_decrypt(SECRET, ALPHA, "f")
    false = replace(proof, **{field: (getattr(proof, field) + 1) % Q})
    with pytest.raises(InvalidProof, match="decryption factor"):
        decryption.verify_factor(SHARE, ALPHA, factor, false, "f")


def test_another_share_ciphertext_factor_or_election_is_found() -> None:
    factor, proof = decryption.partial_decrypt(SECRET, ALPHA, "f")
    cases: list[tuple[Point, Point, Point, str]] = [
        (base_power(random_secret()), ALPHA, factor, "f"),
        (SHARE, BASE, factor, "f"),
        (SHARE, ALPHA, BASE, "f"),
        (SHARE, ALPHA, factor, "g"),
    ]
    for share, alpha, one, fingerprint in cases:
        with pytest.raises(InvalidProof, match="decryption factor"):
            decryption.verify_factor(share, alpha, one, proof, fingerprint)


def false_factor(secret: Secret, alpha_log: int, wanted: Point, fingerprint: str) -> tuple[Point, Proof]:
    """Forge a version-1 proof for any factor at all, from the randomness of the ballots and one's own share."""
    alpha, share, x = public_power(BASE, alpha_log), base_power(secret), int.from_bytes(secret, "little")
    first, second = 123456789, 987654321
    # A = g^w and B free; then r = w - x c holds for A, and B fixes the factor: F^c = B / alpha^r.
    b_log = second
    number = challenge(
        f"decrypt|{fingerprint}|{share[::-1].hex()}|", [public_power(BASE, first), public_power(BASE, b_log)]
    )
    response = (first - x * number) % Q
    factor_log = (b_log - alpha_log * response) * pow(number, -1, Q) % Q
    assert wanted != public_power(alpha, x)
    return public_power(BASE, factor_log), Proof(number, response)


def test_version_1_takes_a_false_factor_of_a_teller_who_knows_the_randomness_and_the_opening_proof_does_not() -> None:
    """The weakness of version 1 that design and THREATS speak of: a false factor with a valid proof."""
    alpha = public_power(BASE, 4321)
    factor, proof = false_factor(SECRET, 4321, BASE, "f")
    assert factor != power(alpha, SECRET)
    decryption.verify_factor(SHARE, alpha, factor, proof, "f")
    honest = opening_proof.prove_opening(SECRET, 1, "f", [alpha], [power(alpha, SECRET)])
    with pytest.raises(InvalidProof):
        opening_proof.verify_opening(SHARE, 1, "f", [alpha], [factor], honest)
    with pytest.raises(InvalidProof):
        opening_proof.verify_opening(
            SHARE, 1, "f", [alpha], [factor], opening_proof.prove_opening(SECRET, 1, "f", [alpha], [factor])
        )


@pytest.mark.parametrize("name", elections.NAMES)
def test_partial_decryptions_of_belenios_verify_and_give_its_result(name: str) -> None:
    election = elections.load(name)
    trustees = parse_trustees(election.raw("trustees.json"))
    shares, factors = trustees.shares(), {}
    (tally,) = (json.loads(body) for body in election.archive() if body.startswith(b'[[{"alpha"'))
    owned = election.members_of(b'{"owner"')
    partials = election.members_of(b'{"decryption_factors"')
    for owner, partial in zip(owned, partials, strict=True):
        share = shares[owner["owner"] - 1].public_share
        rows = [[decode_point(text, identity=True) for text in row] for row in partial["decryption_factors"]]
        for row, found, proofs in zip(tally, rows, partial["decryption_proofs"], strict=True):
            for one, factor, proof in zip(row, found, proofs, strict=True):
                alpha = decode_point(one["alpha"], identity=True)
                decryption.verify_factor(share, alpha, factor, elections.proof(proof), election.fingerprint)
        factors[owner["owner"]] = rows
    combined = combine(trustees, factors)
    solved = [
        [
            solve(subtract(decode_point(one["beta"], identity=True), factor), 10)
            for one, factor in zip(row, line, strict=True)
        ]
        for row, line in zip(tally, combined, strict=True)
    ]
    (result,) = election.members_of(b'{"result"')
    assert solved == result["result"]


def test_private_keys_of_belenios_give_the_factors_that_it_made() -> None:
    election = elections.load("3x2-single")
    tally = election.lines("encrypted_tally.jsons")[0]
    for owner in (1, 2):
        secret = secret_from_int(int(election.json(f"{owner}.privkey")))
        partial = election.lines(f"{owner}.pd.jsons")[0]
        for one, text in zip(tally[0], partial["decryption_factors"][0], strict=True):
            assert decryption.partial_decrypt(secret, decode_point(one["alpha"]), "f")[0] == decode_point(text)


def test_a_sum_of_ballots_decrypts_with_the_factor() -> None:
    ciphertext = encrypt(SHARE, 1, random_secret())
    factor, _ = decryption.partial_decrypt(SECRET, ciphertext.alpha, "f")
    assert solve(subtract(ciphertext.beta, factor), 1) == 1
