"""Proofs of possibly-blank votes (Belenios 3.0, 4.13): m0 = 1 stands for a blank vote, the sum of the rest for marks.

blank_proof: m0 = 0 or the sum is 0. overall_proof: m0 = 1, or the sum is in low..high. Our own ballots have no blank
votes; elections made elsewhere may.
"""

from collections.abc import Sequence

from keys.elgamal import Ciphertext
from keys.group import BASE, Point, subtract
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


def verify_blank(
    statement: str, first: Ciphertext, total: Ciphertext, public_key: Point, proofs: Sequence[Proof]
) -> None:
    """Verify blank_proof; raise InvalidProof."""
    points = disjunction.commitments(blank_branches(first, total), public_key, proofs)
    disjunction.check_sum(blank_prefix(statement), points, proofs)


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
