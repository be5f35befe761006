"""Schnorr proofs and signatures over the group (Belenios 3.0, 4.5, 4.6.1 and 4.16).

All three hash a prefix of their own and one commitment A = g^w, and answer r = w - x c; the verifier recomputes
A = g^r X^c. `pok|` shows that a key's owner knows it, `sig|` signs a ballot, `sigmsg|` signs a teller's message.
"""

from dataclasses import dataclass

from keys.errors import InvalidPoint, InvalidProof
from keys.group import (
    BASE,
    IDENTITY,
    NAME,
    Point,
    Secret,
    add,
    base_power,
    encode_point,
    public_power,
    random_secret,
    secret_mul,
    secret_sub,
    secret_to_int,
)
from keys.transcript import challenge


@dataclass(frozen=True, slots=True)
class Proof:
    """Challenge c and response r, both 0 <= n < q."""

    challenge: int
    response: int


def respond(nonce: Secret, secret: Secret, number: int) -> int:
    """Response w - x c mod q, in constant time; public once made."""
    scalar = Secret(number.to_bytes(32, "little"))
    return secret_to_int(secret_sub(nonce, secret_mul(secret, scalar)))


def commitment(public_key: Point, proof: Proof) -> Point:
    """The commitment A = g^r X^c that a proof's numbers imply."""
    return add(public_power(BASE, proof.response), public_power(public_key, proof.challenge))


def prove_possession(secret: Secret) -> Proof:
    """Prove knowledge of the secret of a teller's public key (trustee_public_key's pok)."""
    return _prove(secret, _possession_prefix(base_power(secret)))


def verify_possession(public_key: Point, proof: Proof) -> None:
    """Verify `prove_possession`; raise InvalidProof."""
    _verify(public_key, proof, _possession_prefix(public_key), "the proof of possession")


def sign_hash(secret: Secret, hashed: str) -> Proof:
    """Sign the hash of an unsigned ballot (unpadded base64) with a card's secret."""
    return _prove(secret, f"sig|{hashed}|")


def verify_hash(public_key: Point, hashed: str, proof: Proof) -> None:
    """Verify a ballot's signature; raise InvalidProof."""
    _verify(public_key, proof, f"sig|{hashed}|", "the ballot's signature")


def sign_message(secret: Secret, message: str) -> Proof:
    """Sign a teller's message, the text itself being hashed."""
    return _prove(secret, f"sigmsg|{message}|")


def verify_message(public_key: Point, message: str, proof: Proof) -> None:
    """Verify a teller's signature on a message; raise InvalidProof."""
    _verify(public_key, proof, f"sigmsg|{message}|", "the teller's signature")


def _possession_prefix(public_key: Point) -> str:
    return f"pok|{NAME}|{encode_point(public_key)}|"


def _prove(secret: Secret, prefix: str) -> Proof:
    nonce = random_secret()
    number = challenge(prefix, [base_power(nonce)])
    return Proof(number, respond(nonce, secret, number))


def _verify(public_key: Point, proof: Proof, prefix: str, what: str) -> None:
    # The identity has a secret that everyone knows: 0.
    if public_key == IDENTITY:
        raise InvalidPoint(f"{what}: the identity of the group is refused as a key")
    if challenge(prefix, [commitment(public_key, proof)]) != proof.challenge:
        raise InvalidProof(f"{what} does not verify")
