"""The opening proof (chứng minh mở tổng): all factors of a teller are right, bound to ciphertexts and factors.

Version 1's own proofs of decryption bind neither (see `keys.decryption`), so each teller who opens adds this proof to
the record. It shows log_g X = log_a f with a = prod alpha_i^rho_i and f = prod F_i^rho_i.

Format, version 1. `tagged(tag, part, …)` puts every part behind its length, 4 bytes big-endian, the tag first:

    base   = the parts: fingerprint (text), owner (4 bytes big-endian), X, number of factors (4 bytes big-endian),
             alpha_1 … alpha_n joined, F_1 … F_n joined        (points are the 32 bytes of RFC 8032)
    seed   = SHA-512(tagged("phieukin/opening/v1/seed", base))
    rho_i  = SHA-512(tagged("phieukin/opening/v1/rho", seed, i as 4 bytes big-endian)), first 16 bytes, big-endian
    c      = SHA-512(tagged("phieukin/opening/v1/challenge", base, A, B)), 64 bytes big-endian, modulo q
    A = g^w, B = a^w, r = w - x c; the verifier recomputes A = g^r X^c and B = a^r f^c.

Sound as follows. If some F_i is not alpha_i^x, then D_i = F_i / alpha_i^x is not the identity, and since the group has
prime order, prod D_i^rho_i is the identity for at most one value of rho_i whatever the others are: 2^-128 for each
choice of statement that a cheat hashes. Otherwise f differs from a^x, and the equality proof, whose challenge hashes
the whole statement and both commitments, has one good challenge out of q. Factors for an alpha that is the identity
must be the identity, by the same argument.
"""

import hashlib
from collections.abc import Sequence

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
    total,
)
from keys.proofs.schnorr import Proof, respond
from keys.transcript import tagged

_SEED, _RHO, _CHALLENGE = (f"phieukin/opening/v1/{use}" for use in ("seed", "rho", "challenge"))

RHO_BYTES = 16
"""Length of the coefficients: a wrong factor passes with probability 2^-128."""


def prove_opening(
    secret: Secret, owner: int, fingerprint: str, alphas: Sequence[Point], factors: Sequence[Point]
) -> Proof:
    """Prove that every factor is its alpha to the power of `secret`.

    `owner` counts from 1 over all tellers; alphas and factors stand in the order of the encrypted tally, flattened.
    """
    statement = _statement(base_power(secret), owner, fingerprint, alphas, factors)
    nonce = random_secret()
    alpha = _weighted(coefficients(statement, len(alphas)), alphas)
    number = _challenge(statement, base_power(nonce), power(alpha, nonce))
    return Proof(number, respond(nonce, secret, number))


def verify_opening(
    public_share: Point,
    owner: int,
    fingerprint: str,
    alphas: Sequence[Point],
    factors: Sequence[Point],
    proof: Proof,
) -> None:
    """Verify an opening proof against the teller's public share; raise InvalidProof."""
    if public_share == IDENTITY:
        raise InvalidPoint("the identity of the group is refused as a teller's public share")
    if len(alphas) != len(factors):
        raise InvalidProof(f"{len(alphas)} factors expected, {len(factors)} found")
    statement = _statement(public_share, owner, fingerprint, alphas, factors)
    rho = coefficients(statement, len(alphas))
    alpha, factor = _weighted(rho, alphas), _weighted(rho, factors)
    a = add(public_power(BASE, proof.response), public_power(public_share, proof.challenge))
    b = add(public_power(alpha, proof.response), public_power(factor, proof.challenge))
    if _challenge(statement, a, b) != proof.challenge:
        raise InvalidProof(f"the opening proof of teller {owner} does not verify")


def coefficients(statement: tuple[bytes, ...], count: int) -> list[int]:
    """The numbers rho_1 … rho_count that the statement fixes."""
    seed = hashlib.sha512(tagged(_SEED, *statement)).digest()
    digests = (hashlib.sha512(tagged(_RHO, seed, _number(index))).digest() for index in range(1, count + 1))
    return [int.from_bytes(digest[:RHO_BYTES], "big") for digest in digests]


def _statement(
    public_share: Point, owner: int, fingerprint: str, alphas: Sequence[Point], factors: Sequence[Point]
) -> tuple[bytes, ...]:
    if len(alphas) != len(factors):
        raise ValueError("as many factors as ciphertexts expected")
    joined = b"".join(alphas), b"".join(factors)
    return fingerprint.encode(), _number(owner), public_share, _number(len(alphas)), *joined


def _challenge(statement: tuple[bytes, ...], a: Point, b: Point) -> int:
    return int.from_bytes(hashlib.sha512(tagged(_CHALLENGE, *statement, a, b)).digest(), "big") % Q


def _weighted(rho: Sequence[int], points: Sequence[Point]) -> Point:
    return total(public_power(point, weight) for point, weight in zip(points, rho, strict=True))


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")
