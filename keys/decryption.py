"""Partial decryptions of version 1 (Belenios 3.0, 4.20): the factor alpha^x of a teller, and its proof.

The challenge binds neither ciphertext nor factor: whoever knows the randomness of the ballots, or chooses the factor
after the challenge, makes proofs of false factors. Every Belenios tool demands these proofs, so we make and verify
them; what the record relies on is the proof in `keys.opening_proof`.
"""

from keys.errors import InvalidProof
from keys.group import BASE, Point, Secret, add, base_power, encode_point, power, public_power, random_secret
from keys.proofs.schnorr import Proof, respond
from keys.transcript import challenge


def partial_decrypt(secret: Secret, alpha: Point, fingerprint: str) -> tuple[Point, Proof]:
    """Return the factor alpha^secret and the proof that it is one, for the election of this fingerprint."""
    nonce = random_secret()
    number = challenge(_prefix(fingerprint, base_power(secret)), [base_power(nonce), power(alpha, nonce)])
    return power(alpha, secret), Proof(number, respond(nonce, secret, number))


def verify_factor(public_share: Point, alpha: Point, factor: Point, proof: Proof, fingerprint: str) -> None:
    """Verify the proof of one factor; raise InvalidProof."""
    points = [
        add(public_power(BASE, proof.response), public_power(public_share, proof.challenge)),
        add(public_power(alpha, proof.response), public_power(factor, proof.challenge)),
    ]
    if challenge(_prefix(fingerprint, public_share), points) != proof.challenge:
        raise InvalidProof("the proof of a decryption factor does not verify")


def _prefix(fingerprint: str, public_share: Point) -> str:
    return f"decrypt|{fingerprint}|{encode_point(public_share)}|"
