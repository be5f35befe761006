"""Proofs of possibly-blank votes (Belenios 3.0, 4.13): m0 = 1 stands for a blank vote, the sum of the rest for marks.

blank_proof: m0 = 0 or the sum is 0. overall_proof: m0 = 1, or the sum is in low..high. Our own ballots have no blank
votes; elections made elsewhere may.
"""

from collections.abc import Sequence

from keys.elgamal import Ciphertext
from keys.group import BASE, Point, Secret, subtract
from keys.proofs import disjunction, interval
from keys.proofs.schnorr import Proof


def blank_branches(first: Ciphertext, total: Ciphertext) -> list[Ciphertext]:
    """The two claims of blank_proof: m0 = 0, the sum = 0."""
    return [first, total]


def overall_branches(first: Ciphertext, total: Ciphertext, low: int, high: int) -> list[Ciphertext]:
    """The claims of overall_proof: m0 = 1, then the sum = low, …, high."""
    return [Ciphertext(first.alpha, subtract(first.beta, BASE)), *interval.branches(total, low, high)]


def blank_prefix(statement: str) -> str:
    """What the challenge of blank_proof hashes before the commitments."""
    return f"bproof0|{statement}|"


def overall_prefix(statement: str) -> str:
    """What the challenge of overall_proof hashes before the commitments."""
    return f"bproof1|{statement}|"


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
    claims = blank_branches(first, total)
    return disjunction.prove(blank_prefix(statement), claims, public_key, int(is_blank), randomness)


def verify_blank(
    statement: str, first: Ciphertext, total: Ciphertext, public_key: Point, proofs: Sequence[Proof]
) -> None:
    """Verify blank_proof; raise InvalidProof."""
    points = disjunction.commitments(blank_branches(first, total), public_key, proofs)
    disjunction.check_sum(blank_prefix(statement), points, proofs)


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
    claims = overall_branches(first, total, low, high)
    true_branch = 0 if marks is None else 1 + marks - low
    return disjunction.prove(overall_prefix(statement), claims, public_key, true_branch, randomness)


def verify_overall(
    statement: str,
    first: Ciphertext,
    total: Ciphertext,
    public_key: Point,
    proofs: Sequence[Proof],
    low: int,
    high: int,
) -> None:
    """Verify overall_proof; raise InvalidProof."""
    disjunction.check_length(proofs, high - low + 2)
    points = disjunction.commitments(overall_branches(first, total, low, high), public_key, proofs)
    disjunction.check_sum(overall_prefix(statement), points, proofs)
