"""The encrypted sum of a box (tổng đã mã hóa): products of ciphertexts, question by question (Belenios 3.0, 4.18).

Every ballot has weight 1. Nothing is decrypted here, and nothing needs a secret.
"""

from keys.elgamal import Ciphertext, product
from keys.group import add
from voting.documents.archives.outcome import Tally
from voting.documents.ballots.ballot import EncryptedBallot
from voting.documents.conferences.election import Election


def nothing(election: Election) -> Tally:
    """The sum of no ballots: encryptions of 0 with randomness 0."""
    return tuple(tuple(product(()) for _ in range(question.width)) for question in election.questions)


def add_tallies(first: Tally, second: Tally) -> Tally:
    """Add two sums of the same election."""
    return tuple(
        tuple(_times(a, b) for a, b in zip(row, other, strict=True)) for row, other in zip(first, second, strict=True)
    )


def add_ballot(tally: Tally, ballot: EncryptedBallot) -> Tally:
    """Add a ballot of good form to a sum."""
    return add_tallies(tally, tuple(answer.choices for answer in ballot.answers))


def _times(a: Ciphertext, b: Ciphertext) -> Ciphertext:
    return Ciphertext(add(a.alpha, b.alpha), add(a.beta, b.beta))
