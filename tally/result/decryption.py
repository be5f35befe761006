"""Open the sum (mở tổng): a teller's part of it, its proofs, the counts that k parts give (Belenios 3.0, 4.20, 4.21).

A share opens the sum of a whole box and nothing else; whoever calls `open_share` has audited that box before. Each
factor carries Belenios' own proof, and all of a teller's factors together the opening proof of design §2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from keys.decryption import partial_decrypt, verify_factor
from keys.elgamal import solve
from keys.errors import CannotDecode, InvalidProof
from keys.group import Point, Secret, base_power, subtract
from keys.opening_proof import prove_opening, verify_opening
from keys.proofs.schnorr import Proof
from keys.trustees import Share, Trustees, combine
from tally.errors import CannotOpen
from voting.documents.archives.outcome import Counts, PartialDecryption, Tally
from voting.documents.conferences.election import Election
from voting.documents.errors import InvalidOutcome


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """What a teller hands over: the partial decryption for the archive, the opening proof for the record."""

    owner: int
    decryption: PartialDecryption
    proof: Proof


def open_share(election: Election, trustees: Trustees, tally: Tally, owner: int, secret: Secret) -> OpenedShare:
    """Open a teller's part of the sum; raise CannotOpen if `secret` is not that of this owner's public share."""
    if base_power(secret) != share_of(trustees, owner).public_share:
        raise CannotOpen(f"this is not the share of teller {owner} in this election", "not_the_share", owner=owner)
    pairs = [[partial_decrypt(secret, one.alpha, election.fingerprint) for one in row] for row in tally]
    factors = tuple(tuple(factor for factor, _ in row) for row in pairs)
    decryption = PartialDecryption(factors, tuple(tuple(proof for _, proof in row) for row in pairs))
    return OpenedShare(owner, decryption, _prove(election, tally, owner, secret, decryption))


def share_of(trustees: Trustees, owner: int) -> Share:
    """Return the public share of an owner, from 1; raise CannotOpen if there is no such teller."""
    shares = trustees.shares()
    if not 1 <= owner <= len(shares):
        raise CannotOpen(f"a teller from 1 to {len(shares)} expected, {owner} found")
    return shares[owner - 1]


def check_shape(tally: Tally, decryption: PartialDecryption) -> None:
    """Check that there is one factor and one proof for each ciphertext; raise InvalidOutcome."""
    shape = [len(row) for row in tally]
    if [len(row) for row in decryption.factors] != shape or [len(row) for row in decryption.proofs] != shape:
        raise InvalidOutcome("partial decryption", "number of factors or proofs differs from the tally's")


def verify_share(election: Election, share: Share, tally: Tally, decryption: PartialDecryption) -> None:
    """Verify shape and version-1 proof of every factor; raise InvalidOutcome with the place of the first bad one."""
    check_shape(tally, decryption)
    for question, (row, factors, proofs) in enumerate(
        zip(tally, decryption.factors, decryption.proofs, strict=True), 1
    ):
        for answer, (one, factor, proof) in enumerate(zip(row, factors, proofs, strict=True), 1):
            try:
                verify_factor(share.public_share, one.alpha, factor, proof, election.fingerprint)
            except InvalidProof as error:
                place = f"teller {share.owner}, question {question}, answer {answer}"
                raise InvalidOutcome(place, str(error)) from None


def verify_opened(election: Election, share: Share, tally: Tally, decryption: PartialDecryption, proof: Proof) -> None:
    """Verify the opening proof of design §2 over all factors of a teller; raise InvalidProof or InvalidOutcome."""
    check_shape(tally, decryption)
    verify_opening(share.public_share, share.owner, election.fingerprint, _alphas(tally), _flat(decryption), proof)


def combine_shares(
    trustees: Trustees, tally: Tally, decryptions: Mapping[int, PartialDecryption], ballots: int
) -> Counts:
    """Combine verified partial decryptions, by owner, into the counts of each answer.

    Raises InvalidShare where tellers are missing, CannotOpen where a total is not a number from 0 to `ballots`:
    then some factor was wrong, and the opening proofs say whose.
    """
    factors = combine(trustees, {owner: one.factors for owner, one in decryptions.items()})
    return tuple(
        tuple(
            _count(subtract(one.beta, factor), ballots, question, answer)
            for answer, (one, factor) in enumerate(zip(row, combined, strict=True), 1)
        )
        for question, (row, combined) in enumerate(zip(tally, factors, strict=True), 1)
    )


def _count(point: Point, ballots: int, question: int, answer: int) -> int:
    try:
        return solve(point, ballots)
    except CannotDecode:
        place = f"question {question}, answer {answer}"
        why = f"{place}: the total is not a number from 0 to {ballots}, so a share is wrong"
        raise CannotOpen(why, "no_total", question=question, answer=answer) from None


def _prove(election: Election, tally: Tally, owner: int, secret: Secret, decryption: PartialDecryption) -> Proof:
    return prove_opening(secret, owner, election.fingerprint, _alphas(tally), _flat(decryption))


def _alphas(tally: Tally) -> list[Point]:
    return [one.alpha for row in tally for one in row]


def _flat(decryption: PartialDecryption) -> list[Point]:
    return [factor for row in decryption.factors for factor in row]
