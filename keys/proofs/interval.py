"""Proofs that a ciphertext encrypts a number from low to high (Belenios 3.0, 4.12, iprove).

One branch for each number M in low..high: (alpha, beta / g^M). The prefix is prove|S|alpha,beta| with the
statement S of the caller, which binds election, card and, for the overall proof, all ciphertexts of the answer.
"""

from collections.abc import Sequence

from keys.elgamal import Ciphertext
from keys.group import BASE, IDENTITY, Point, Secret, encode_point, public_power, subtract
from keys.proofs import disjunction
from keys.proofs.schnorr import Proof

_POWERS = tuple(IDENTITY if number == 0 else public_power(BASE, number) for number in range(64))
"""g^0 … g^63: the bounds of a question are small."""


def prefix(statement: str, ciphertext: Ciphertext) -> str:
    """What the challenge hashes before the commitments."""
    return f"prove|{statement}|{encode_point(ciphertext.alpha)},{encode_point(ciphertext.beta)}|"


def branches(ciphertext: Ciphertext, low: int, high: int) -> list[Ciphertext]:
    """The claims of the disjunction, one for each number from low to high."""
    return [Ciphertext(ciphertext.alpha, subtract(ciphertext.beta, _power(number))) for number in range(low, high + 1)]


def prove_with_commitments(
    statement: str,
    ciphertext: Ciphertext,
    public_key: Point,
    randomness: Secret,
    plaintext: int,
    low: int,
    high: int,
) -> tuple[tuple[Proof, ...], list[Point]]:
    """Prove that `ciphertext` encrypts `plaintext` in low..high with `randomness`; return proofs and commitments.

    The commitments are A0, B0, A1, B1, … as the sidecar of an archive holds them. Raises ValueError outside the range.
    """
    if not low <= plaintext <= high:
        raise ValueError(f"a plaintext from {low} to {high} expected")
    claims = branches(ciphertext, low, high)
    return disjunction.prove(prefix(statement, ciphertext), claims, public_key, plaintext - low, randomness)


def commitments(ciphertext: Ciphertext, public_key: Point, proofs: Sequence[Proof], low: int, high: int) -> list[Point]:
    """Recompute A0, B0, A1, B1, … from challenges and responses; raise InvalidProof for a wrong number of proofs."""
    disjunction.check_length(proofs, high - low + 1)
    return disjunction.commitments(branches(ciphertext, low, high), public_key, proofs)


def verify(
    statement: str, ciphertext: Ciphertext, public_key: Point, proofs: Sequence[Proof], low: int, high: int
) -> None:
    """Verify an interval proof; raise InvalidProof."""
    points = commitments(ciphertext, public_key, proofs, low, high)
    disjunction.check_sum(prefix(statement, ciphertext), points, proofs)


def _power(number: int) -> Point:
    return _POWERS[number] if 0 <= number < len(_POWERS) else public_power(BASE, number)
