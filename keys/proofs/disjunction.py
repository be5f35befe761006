"""Proof that one of several ciphertexts encrypts 0, without saying which (the core of Belenios 3.0, 4.12 and 4.13).

A branch (alpha, beta) claims (g^r, y^r). The owner of one such r answers that branch truly and simulates the others;
the challenges of all branches must add up to the hash of all commitments A0, B0, A1, B1, ….
Interval proofs and proofs of blank votes are this with their own branches and prefixes.
"""

from collections.abc import Sequence

from keys.elgamal import Ciphertext
from keys.errors import InvalidProof
from keys.group import (
    BASE,
    Point,
    Q,
    Secret,
    add,
    base_power,
    power,
    public_power,
    random_secret,
    secret_sub,
    secret_to_int,
)
from keys.proofs.schnorr import Proof, respond
from keys.transcript import challenge


def implied(branch: Ciphertext, public_key: Point, proof: Proof) -> tuple[Point, Point]:
    """Commitments (A, B) = (g^r alpha^c, y^r beta^c) that a branch's numbers imply."""
    return (
        add(public_power(BASE, proof.response), public_power(branch.alpha, proof.challenge)),
        add(public_power(public_key, proof.response), public_power(branch.beta, proof.challenge)),
    )


def commitments(branches: Sequence[Ciphertext], public_key: Point, proofs: Sequence[Proof]) -> list[Point]:
    """All commitments in the order of the hash: A0, B0, A1, B1, …; raise InvalidProof for a wrong number of proofs."""
    check_length(proofs, len(branches))
    pairs = (implied(branch, public_key, proof) for branch, proof in zip(branches, proofs, strict=True))
    return [point for pair in pairs for point in pair]


def check_length(proofs: Sequence[Proof], count: int) -> None:
    """Check the number of proofs, before a range out of a file makes anyone build branches; raise InvalidProof."""
    if len(proofs) != count:
        raise InvalidProof(f"{count} branches expected, {len(proofs)} found")


def check_sum(prefix: str, points: Sequence[Point], proofs: Sequence[Proof]) -> None:
    """Check that the branches' challenges add up to the hash of these commitments; raise InvalidProof."""
    if challenge(prefix, points) != sum(proof.challenge for proof in proofs) % Q:
        raise InvalidProof("the challenges do not add up to the hash of the statement")


def prove(
    prefix: str, branches: Sequence[Ciphertext], public_key: Point, true_branch: int, randomness: Secret
) -> tuple[tuple[Proof, ...], list[Point]]:
    """Prove that branch `true_branch` is (g^randomness, y^randomness); return the proofs and their commitments.

    The work is the same whichever branch is true; it is done in the order of the branches.
    """
    nonce = random_secret()
    simulated = [(random_secret(), random_secret()) for _ in branches]
    points: list[Point] = []
    for index, (branch, (number, response)) in enumerate(zip(branches, simulated, strict=True)):
        if index == true_branch:
            points += [base_power(nonce), power(public_key, nonce)]
        else:
            points.append(add(base_power(response), power(branch.alpha, number)))
            points.append(add(power(public_key, response), power(branch.beta, number)))
    own = Secret(challenge(prefix, points).to_bytes(32, "little"))
    for index, (number, _) in enumerate(simulated):
        own = own if index == true_branch else secret_sub(own, number)
    proofs = [Proof(secret_to_int(number), secret_to_int(response)) for number, response in simulated]
    proofs[true_branch] = Proof(secret_to_int(own), respond(nonce, randomness, secret_to_int(own)))
    return tuple(proofs), points
