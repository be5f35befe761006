"""What a ballot of one election consists of: the order of its points, numbers and commitments (design, section 5).

Ciphertexts are numbered: first the choices of all questions, then for each question the product of its choices (of all
but the first, which stands for a blank vote, where the question allows one). A *claim* is one proof: branches whose
challenges add up to one hash. Claims stand in the order of the sidecar: for each question the individual proofs, the
overall proof and, where there is one, the blank proof; the signature comes last and is no claim.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from voting.documents.conferences.election import Election, Question


@dataclass(frozen=True, slots=True)
class Claim:
    """One proof: its branches, each on a ciphertext and a value, and what its challenge hashes before them."""

    tag: str
    """First word of the hash: prove, bproof0 or bproof1 (Belenios 3.0, 4.12 and 4.13)."""
    question: int | None
    """The question whose ciphertexts the statement holds; None for an individual proof."""
    named: int | None
    """The ciphertext that the hash names; None for the proofs of blank votes."""
    branches: tuple[tuple[int, int], ...]
    """(ciphertext, value M) of each branch."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of all ballots of an election."""

    questions: tuple[range, ...]
    """The choices of each question."""
    summed: tuple[range, ...]
    """The choices that each question's product is of."""
    claims: tuple[Claim, ...]
    branches: tuple[tuple[int, int], ...]
    """(ciphertext, value) of all branches of all claims, in order."""

    @property
    def choices(self) -> int:
        """Number of ciphertexts that stand in a ballot."""
        return self.questions[-1].stop

    @property
    def commitments(self) -> int:
        """Number of commitments of a ballot: two a branch and one of the signature."""
        return 2 * len(self.branches) + 1


def layout_of(election: Election) -> Layout:
    """Return the layout of an election's ballots."""
    return _layout(election.questions)


@functools.lru_cache(maxsize=8)
def _layout(questions: tuple[Question, ...]) -> Layout:
    ranges, stop = [], 0
    for question in questions:
        ranges.append(range(stop, stop + question.width))
        stop += question.width
    summed = [choices[1:] if question.blank else choices for question, choices in zip(questions, ranges, strict=True)]
    claims = [
        claim
        for number, (question, choices) in enumerate(zip(questions, ranges, strict=True))
        for claim in _claims(number, question, choices, stop + number)
    ]
    branches = tuple(branch for claim in claims for branch in claim.branches)
    return Layout(tuple(ranges), tuple(summed), tuple(claims), branches)


def _claims(number: int, question: Question, choices: range, total: int) -> Iterator[Claim]:
    """List the claims of one question; ``total`` is the number of its product."""
    for choice in choices:
        yield Claim("prove", None, choice, ((choice, 0), (choice, 1)))
    sums = tuple((total, value) for value in range(question.min, question.max + 1))
    if not question.blank:
        yield Claim("prove", number, total, sums)
        return
    first = choices.start
    yield Claim("bproof1", number, None, ((first, 1), *sums))
    yield Claim("bproof0", number, None, ((first, 0), (total, 0)))
