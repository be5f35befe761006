"""One ballot taken apart for the fast verifier: its points as bytes, its numbers in the order of the layout.

Reading is at least as strict as ``voting.documents.ballots.ballot``: whatever is not certainly in order comes
back as None and goes to the reference verifier, which decides and names what is wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keys.group import IDENTITY, Q
from keys.wire import ProofText
from tally.fast.layout import Claim, Layout
from voting.documents.ballots.ballot import AnswerText, BallotText, parse_ballot_text, unsigned_hash
from voting.documents.conferences.election import Election
from voting.documents.errors import DocumentError

POINT = 32
"""Bytes of a point (RFC 8032)."""


@dataclass(frozen=True, slots=True)
class ParsedBallot:
    """A ballot's parts; points not yet decoded, proofs not yet verified."""

    points: bytes
    """alpha and beta of each choice, then the credential."""
    texts: tuple[str, ...]
    """The same in hex as it is hashed, "alpha,beta" for each choice."""
    statement: str
    """S0: fingerprint and credential."""
    signed_hash: str
    challenges: tuple[int, ...]
    """Of all branches in the order of the layout, then the signature's."""
    responses: tuple[int, ...]


def parse(election: Election, layout: Layout, raw: bytes, limit: int) -> ParsedBallot | None:
    """Parse a ballot as far as it can be without arithmetic; return None where anything is not in order."""
    try:
        text = parse_ballot_text(raw, limit)
    except DocumentError:
        return None
    if text.election_uuid != election.uuid or text.election_hash != election.fingerprint:
        return None
    if not _fits(layout, text) or text.signature.hash != unsigned_hash(raw):
        return None
    numbers = _numbers(text)
    points = _points(text)
    if numbers is None or points is None or points[-POINT:] == IDENTITY:
        return None
    return ParsedBallot(
        points,
        tuple(f"{choice.alpha},{choice.beta}" for answer in text.answers for choice in answer.choices),
        f"{election.fingerprint}|{text.credential}",
        text.signature.hash,
        tuple(numbers[0::2]),
        tuple(numbers[1::2]),
    )


def _fits(layout: Layout, text: BallotText) -> bool:
    """Tell whether numbers of questions, choices, proofs and branches are the election's."""
    if [len(answer.choices) for answer in text.answers] != [len(choices) for choices in layout.questions]:
        return False
    if any(len(answer.individual_proofs) != len(answer.choices) for answer in text.answers):
        return False
    # A blank proof in another question's answer would shift all proofs behind it, and still count right as a whole.
    blank = [choices != summed for choices, summed in zip(layout.questions, layout.summed, strict=True)]
    if [answer.blank_proof is not None for answer in text.answers] != blank:
        return False
    found = [len(proofs) for answer in text.answers for proofs in _disjunctions(answer)]
    return found == [len(claim.branches) for claim in layout.claims]


def _disjunctions(answer: AnswerText) -> Iterator[Sequence[ProofText]]:
    """List the proofs of an answer in the order of the layout."""
    yield from answer.individual_proofs
    yield answer.overall_proof
    if answer.blank_proof is not None:
        yield answer.blank_proof


def _numbers(text: BallotText) -> list[int] | None:
    """Read challenge, response, challenge, … of all branches and the signature; None unless canonical and below q."""
    spelled: list[str] = []
    for answer in text.answers:
        for proofs in _disjunctions(answer):
            for proof in proofs:
                spelled.append(proof.challenge)
                spelled.append(proof.response)
    spelled += (text.signature.proof.challenge, text.signature.proof.response)
    digits = "".join(spelled)
    if not (digits.isascii() and digits.encode().isdigit() and all(spelled)) or max(map(len, spelled)) > len(str(Q)):
        return None
    if any(one[0] == "0" and one != "0" for one in spelled):
        return None
    numbers = list(map(int, spelled))
    return numbers if max(numbers) < Q else None


def _points(text: BallotText) -> bytes | None:
    """Read all points as RFC 8032's bytes; None unless each is 64 lowercase hex digits."""
    spelled = [part for answer in text.answers for choice in answer.choices for part in (choice.alpha, choice.beta)]
    spelled.append(text.credential)
    joined = ",".join(spelled)
    try:
        points = bytes.fromhex(joined.replace(",", ""))
    except ValueError:
        return None
    if len(points) != POINT * len(spelled) or points.hex(",", POINT) != joined:
        return None
    return turned(points)


def turned(points: bytes) -> bytes:
    """Reverse the bytes of each point: from Belenios' text to RFC 8032 and back."""
    return b"".join([points[at : at + POINT][::-1] for at in range(0, len(points), POINT)])


def spell(points: bytes) -> str:
    """Return points as they are hashed: 64 hex digits each, with commas."""
    return turned(points).hex(",", POINT)


def hashes_match(layout: Layout, parsed: ParsedBallot, products: str, commitments: bytes) -> bool:
    """Tell whether all challenges are the hashes of these commitments, the signature's included.

    Args:
        layout: of the election.
        parsed: the ballot.
        products: the ciphertext products of all questions, spelled.
        commitments: 32 bytes each in the order of the layout; exactly as many as the layout has.
    """
    text = spell(commitments)
    own = hashlib.sha256(f"sig|{parsed.signed_hash}|{text[-2 * POINT :]}".encode()).digest()
    if int.from_bytes(own, "big") % Q != parsed.challenges[-1]:
        return False
    at = 0
    for claim in layout.claims:
        count = len(claim.branches)
        hashed = text[at * _PAIR : (at + count) * _PAIR - 1]
        digest = hashlib.sha256(f"{_prefix(layout, parsed, products, claim)}{hashed}".encode()).digest()
        if int.from_bytes(digest, "big") % Q != sum(parsed.challenges[at : at + count]) % Q:
            return False
        at += count
    return True


_PAIR = 2 * (2 * POINT + 1)
"""Characters of the two commitments of a branch, with a comma behind each."""


def _prefix(layout: Layout, parsed: ParsedBallot, products: str, claim: Claim) -> str:
    """Return what the challenge hashes before the commitments (Belenios 3.0, 4.12 and 4.13)."""
    if claim.question is None:
        return f"{claim.tag}|{parsed.statement}|{parsed.texts[claim.named or 0]}|"
    choices = layout.questions[claim.question]
    statement = f"{parsed.statement}|{','.join(parsed.texts[choices.start : choices.stop])}"
    if claim.named is None:
        return f"{claim.tag}|{statement}|"
    at = claim.question * _PAIR
    return f"{claim.tag}|{statement}|{products[at : at + _PAIR - 1]}|"
