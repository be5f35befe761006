from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import InvalidPoint, InvalidProof
from keys.group import IDENTITY, Point, Q, Secret, base_power, decode_point, random_secret
from keys.proofs import schnorr
from keys.proofs.schnorr import Proof
from tests.keys import curve, elections

Prove = Callable[[Secret], Proof]
Verify = Callable[[Point, Proof], None]

KINDS: dict[str, tuple[Prove, Verify]] = {
    "possession": (schnorr.prove_possession, schnorr.verify_possession),
    "hash": (lambda x: schnorr.sign_hash(x, "h"), lambda y, p: schnorr.verify_hash(y, "h", p)),
    "message": (lambda x: schnorr.sign_message(x, "m"), lambda y, p: schnorr.verify_message(y, "m", p)),
}
kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_what_the_owner_proves_verifies(kind: str) -> None:
    prove, verify = KINDS[kind]
    for _ in range(10):
        secret = random_secret()
        verify(base_power(secret), prove(secret))


@given(st.text(), st.text())
def test_a_signature_is_for_one_message(said: str, heard: str) -> None:
    secret = random_secret()
    public, proof = base_power(secret), schnorr.sign_message(secret, said)
    schnorr.verify_message(public, said, proof)
    if said != heard:
        with pytest.raises(InvalidProof, match="signature"):
            schnorr.verify_message(public, heard, proof)


@kinds
def test_the_wrong_prover_is_found(kind: str) -> None:
    prove, verify = KINDS[kind]
    with pytest.raises(InvalidProof, match="does not verify"):
        verify(base_power(random_secret()), prove(random_secret()))


@kinds
@pytest.mark.parametrize("field", ["challenge", "response"])
@pytest.mark.parametrize("by", [1, -1, 12345])
def test_a_corrupted_number_is_found(kind: str, field: str, by: int) -> None:
    prove, verify = KINDS[kind]
    secret = random_secret()
    proof = prove(secret)
    false = replace(proof, **{field: (getattr(proof, field) + by) % Q})
    with pytest.raises(InvalidProof, match="does not verify"):
        verify(base_power(secret), false)


@kinds
def test_a_number_that_is_not_reduced_does_not_verify(kind: str) -> None:
    prove, verify = KINDS[kind]
    secret = random_secret()
    proof = prove(secret)
    with pytest.raises(InvalidProof):
        verify(base_power(secret), replace(proof, challenge=proof.challenge + Q))


def test_a_proof_of_one_kind_is_not_one_of_another() -> None:
    secret = random_secret()
    for kind, (prove, _) in KINDS.items():
        for other, (_, verify) in KINDS.items():
            if kind != other:
                with pytest.raises(InvalidProof):
                    verify(base_power(secret), prove(secret))


@kinds
def test_the_identity_is_refused_as_a_key(kind: str) -> None:
    """For the identity everybody knows the secret 0: any nonce makes a proof."""
    _, verify = KINDS[kind]
    with pytest.raises(InvalidPoint, match="identity"):
        verify(IDENTITY, Proof(1, 2))


@kinds
@pytest.mark.parametrize("index", range(1, 8))
def test_a_key_moved_by_a_point_of_small_order_is_refused(kind: str, index: int) -> None:
    prove, verify = KINDS[kind]
    secret = random_secret()
    moved = curve.plus(curve.decode(base_power(secret)) or curve.NEUTRAL, curve.small_order_points()[index])
    with pytest.raises(InvalidPoint, match="prime order"):
        verify(Point(curve.encode(moved)), prove(secret))


def test_the_commitment_is_what_the_response_implies() -> None:
    secret, nonce = random_secret(), random_secret()
    number = 12345
    proof = Proof(number, schnorr.respond(nonce, secret, number))
    assert schnorr.commitment(base_power(secret), proof) == base_power(nonce)


def test_two_signatures_of_one_message_differ() -> None:
    secret = random_secret()
    assert schnorr.sign_message(secret, "m") != schnorr.sign_message(secret, "m")


@pytest.mark.parametrize("name", elections.NAMES)
def test_ballots_of_belenios_are_signed(name: str) -> None:
    ballots = elections.load(name).ballots()
    assert ballots
    for ballot in ballots:
        signature = ballot["signature"]
        public = decode_point(ballot["credential"])
        schnorr.verify_hash(public, signature["hash"], elections.proof(signature["proof"]))


def test_proofs_of_possession_of_belenios_verify() -> None:
    for _, key in elections.load("3x2-single").json("trustees.json"):
        schnorr.verify_possession(decode_point(key["public_key"]), elections.proof(key["pok"]))
