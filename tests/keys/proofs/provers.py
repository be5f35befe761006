"""Provers that the product does without: of possibly-blank votes (Belenios 3.0, 4.13), which our ballots have not."""

from keys.elgamal import Ciphertext
from keys.group import Point, Secret
from keys.proofs import blank, disjunction, interval
from keys.proofs.schnorr import Proof


def prove_blank(
    statement: str,
    first: Ciphertext,
    total: Ciphertext,
    public_key: Point,
    *,
    is_blank: bool,
    first_randomness: Secret,
    total_randomness: Secret,
) -> tuple[tuple[Proof, ...], list[Point]]:
    """Prove blank_proof, by the first claim unless the vote is blank; return the proofs and their commitments."""
    randomness = total_randomness if is_blank else first_randomness
    claims = blank.blank_branches(first, total)
    return disjunction.prove(blank.blank_prefix(statement), claims, public_key, int(is_blank), randomness)


def prove_overall(
    statement: str,
    first: Ciphertext,
    total: Ciphertext,
    public_key: Point,
    *,
    marks: int | None,
    randomness: Secret,
    low: int,
    high: int,
) -> tuple[tuple[Proof, ...], list[Point]]:
    """Prove overall_proof for a sum of `marks`, or for a blank vote where it is None.

    `randomness` is that of the sum, or of m0 for a blank vote. Raises ValueError for marks outside low..high.
    """
    if marks is not None and not low <= marks <= high:
        raise ValueError(f"from {low} to {high} marks expected")
    claims = blank.overall_branches(first, total, low, high)
    true_branch = 0 if marks is None else 1 + marks - low
    return disjunction.prove(blank.overall_prefix(statement), claims, public_key, true_branch, randomness)


def prove_interval(
    statement: str,
    ciphertext: Ciphertext,
    public_key: Point,
    randomness: Secret,
    plaintext: int,
    low: int,
    high: int,
) -> tuple[Proof, ...]:
    """Prove as `interval.prove_with_commitments` does; return the proofs alone."""
    return interval.prove_with_commitments(statement, ciphertext, public_key, randomness, plaintext, low, high)[0]
