"""All equations of a batch of ballots as one multi-scalar multiplication (design, section 6).

With commitments A, B at hand, a branch with challenge c, response t and value M on (alpha, beta) claims

    A = g^t alpha^c        B = y^t (beta / g^M)^c

and a signature A = g^t X^c. Each of these equations gets its own random coefficient of 128 bits, drawn here from the
operating system, so after the chunk was read; the sum of all of them, each times its coefficient, must be the
identity. A product of ciphertexts is no point of its own: what falls to it falls to each of its factors.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keys.group import BASE
from tally.fast.arithmetic.curve import Q, Words, decode, words_of
from tally.fast.arithmetic.sums import is_zero_sum
from tally.fast.layout import Layout
from tally.fast.parsed_ballot import ParsedBallot

COEFFICIENT = 16
"""Bytes of a random coefficient: 128 bits."""


@dataclass(slots=True)
class _Shares:
    """What falls to the bases and to the points of one ballot, with the opposite sign; not reduced."""

    generator: int
    key: int
    alphas: list[int]
    betas: list[int]


def equations_hold(
    public_key: bytes,
    layout: Layout,
    parsed_ballots: Sequence[ParsedBallot],
    points: Sequence[Words],
    commitments: Sequence[Words],
) -> bool:
    """Tell whether all equations of all ballots hold.

    Yes is wrong with probability at most 2^-128, if every point is in the subgroup of prime order.

    Args:
        public_key: the election key y.
        layout: of the election.
        parsed_ballots: the ballots.
        points: for each ballot, its decoded points in the order of ``ParsedBallot.points``.
        commitments: for each ballot, its decoded commitments in the order of the layout.
    """
    bases, _ = decode(BASE + public_key)
    generator = key = 0
    long: list[int] = []
    short: list[bytes] = []
    for parsed in parsed_ballots:
        drawn = secrets.token_bytes(COEFFICIENT * layout.commitments)
        coefficients = [
            int.from_bytes(drawn[at : at + COEFFICIENT], "little") for at in range(0, len(drawn), COEFFICIENT)
        ]
        shares = _shares_of(layout, parsed, coefficients)
        generator += shares.generator
        key += shares.key
        for alpha, beta in zip(shares.alphas, shares.betas, strict=True):
            long += (-alpha % Q, -beta % Q)
        long.append(-coefficients[-1] * parsed.challenges[-1] % Q)
        short.append(drawn)
    long[:0] = (-generator % Q, -key % Q)
    numbers = np.concatenate((words_of(long), _short_words(b"".join(short))))
    return is_zero_sum(np.concatenate((bases, *points, *commitments)), numbers, len(long))


def _shares_of(layout: Layout, parsed: ParsedBallot, coefficients: Sequence[int]) -> _Shares:
    """Collect the factors of g, y and every ciphertext of one ballot; products of ciphertexts are spread out."""
    generator = coefficients[-1] * parsed.responses[-1]
    key = 0
    alphas = [0] * (layout.choices + len(layout.questions))
    betas = alphas.copy()
    numbers = zip(layout.branches, parsed.challenges, parsed.responses, strict=False)  # the signature's come last
    for at, ((ciphertext, value), challenge, response) in enumerate(numbers):
        first, second = coefficients[2 * at], coefficients[2 * at + 1]
        turned = second * challenge
        generator += first * response - turned * value
        key += second * response
        alphas[ciphertext] += first * challenge
        betas[ciphertext] += turned
    for question, choices in enumerate(layout.summed):
        for choice in choices:
            alphas[choice] += alphas[layout.choices + question]
            betas[choice] += betas[layout.choices + question]
    return _Shares(generator, key, alphas[: layout.choices], betas[: layout.choices])


def _short_words(drawn: bytes) -> Words:
    """Return rows of four words for coefficients of 128 bits."""
    words = np.zeros((len(drawn) // COEFFICIENT, 4), dtype=np.uint64)
    words[:, :2] = np.frombuffer(drawn, dtype="<u8").reshape(-1, 2)
    return words
