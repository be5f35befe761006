"""The encrypted ballot (lá phiếu đã mã hóa; Belenios 3.0, 4.16 and 4.17).

A ballot is signed by its card's secret and bound to the election by its fingerprint. Archive and casting both demand
the canonical bytes; the tracker (mã tra cứu) is the unpadded base64 SHA-256 of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from keys import cards
from keys.elgamal import Ciphertext
from keys.errors import KeysError
from keys.group import Point, base_power, decode_point, decode_scalar, encode_point
from keys.proofs import schnorr
from keys.proofs.schnorr import Proof
from keys.transcript import sha256_b64
from keys.wire import ProofText, proof_text
from voting.documents.ballots.answers import Answer, seal_answer, statement, verify_answer
from voting.documents.canonical import compact, parse_compact
from voting.documents.conferences.election import Election
from voting.documents.errors import InvalidBallot


class CiphertextText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two group elements, 64 hex digits each."""

    alpha: str
    beta: str


class AnswerText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """answer_h of the specification."""

    choices: tuple[CiphertextText, ...]
    individual_proofs: tuple[tuple[ProofText, ...], ...]
    overall_proof: tuple[ProofText, ...]
    blank_proof: tuple[ProofText, ...] | None = None


class SignatureText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hash of the unsigned ballot, and the proof by the card's secret."""

    hash: str
    proof: ProofText


class UnsignedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ballot before it is signed: what the signature's hash covers."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: tuple[AnswerText, ...]


class BallotText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ballot as JSON."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: tuple[AnswerText, ...]
    signature: SignatureText


@dataclass(frozen=True, slots=True)
class EncryptedBallot:
    """A parsed ballot: every point a member of the group, every number below q; proofs not yet verified."""

    raw: bytes
    election_uuid: str
    election_hash: str
    credential: Point
    answers: tuple[Answer, ...]
    signed_hash: str
    signature: Proof


@dataclass(frozen=True, slots=True)
class SealedBallot:
    """A ballot ready to cast, and the commitments of its proofs (32 bytes each, order of the sidecar)."""

    raw: bytes
    commitments: bytes


def tracker(raw: bytes) -> str:
    """The smart ballot tracker: 43 characters."""
    return sha256_b64(raw)


def parse_ballot_text(raw: bytes, limit: int) -> BallotText:
    """Parse the canonical JSON of a ballot, strings as they stand; raise NotCanonical or TooLarge."""
    return parse_compact(raw, BallotText, limit, "ballot")


def parse_ballot(raw: bytes, limit: int) -> EncryptedBallot:
    """Parse a ballot; raise NotCanonical, TooLarge, or InvalidBallot with the place of a bad point or number."""
    text = parse_ballot_text(raw, limit)
    return EncryptedBallot(
        raw=raw,
        election_uuid=text.election_uuid,
        election_hash=text.election_hash,
        credential=_point(text.credential, "credential", identity=False),
        answers=tuple(_answer(answer, f"question {number}") for number, answer in enumerate(text.answers, 1)),
        signed_hash=text.signature.hash,
        signature=_proof(text.signature.proof, "signature"),
    )


def verify_ballot(election: Election, ballot: EncryptedBallot) -> None:
    """Verify that `ballot` is a valid ballot of `election`: binding, signature, every proof; raise InvalidBallot.

    Whether its credential is one of Setup's, and the only ballot of it, is for the caller to check.
    """
    verify_binding(election, ballot)
    verify_signature(ballot)
    if len(ballot.answers) != len(election.questions):
        raise InvalidBallot("shape", "answers", f"{len(election.questions)} expected, {len(ballot.answers)} found")
    start = statement(election.fingerprint, ballot.credential)
    for number, (question, answer) in enumerate(zip(election.questions, ballot.answers, strict=True), 1):
        verify_answer(question, election.public_key, start, answer, f"question {number}")


def verify_binding(election: Election, ballot: EncryptedBallot) -> None:
    """Check that the ballot names this election's uuid and fingerprint."""
    if ballot.election_uuid != election.uuid:
        raise InvalidBallot("election", "election_uuid", "a ballot of another election")
    if ballot.election_hash != election.fingerprint:
        raise InvalidBallot("election", "election_hash", "a ballot of an election with another fingerprint")


def verify_signature(ballot: EncryptedBallot) -> None:
    """Check the hash of the unsigned ballot and the card's signature on it."""
    if ballot.signed_hash != unsigned_hash(ballot.raw):
        raise InvalidBallot("signature", "hash", "not the hash of this ballot")
    try:
        schnorr.verify_hash(ballot.credential, ballot.signed_hash, ballot.signature)
    except KeysError as error:
        raise InvalidBallot("signature", "proof", str(error)) from None


def unsigned_hash(raw: bytes) -> str:
    """Hash that the signature covers: of the canonical ballot without its last field.

    The bytes are canonical, so cutting at the last `,"signature":` is the same as writing it again without.
    """
    start = raw.rindex(b',"signature":')
    return sha256_b64(raw[:start] + b"}")


def cast_ballot(election: Election, card: str, marks: Sequence[Sequence[int]]) -> SealedBallot:
    """Encrypt, prove and sign a ballot with a card's secret: the booth of rehearsals and tests.

    `marks` holds for each question a 0 or 1 for each answer. Raises InvalidCard, or ValueError for marks that a
    question does not allow. The tablet does the same in kiosk_templates.
    """
    secret = cards.derive(card, election.uuid)
    credential = base_power(secret)
    start = statement(election.fingerprint, credential)
    sealed = [
        seal_answer(question, election.public_key, start, chosen)
        for question, chosen in zip(election.questions, marks, strict=True)
    ]
    unsigned = UnsignedText(
        election.uuid,
        election.fingerprint,
        encode_point(credential),
        tuple(answer_text(one.answer) for one in sealed),
    )
    hashed = sha256_b64(compact(unsigned))
    proof = schnorr.sign_hash(secret, hashed)
    points = [point for one in sealed for point in one.commitments]
    points.append(schnorr.commitment(credential, proof))
    raw = compact(BallotText(*_fields(unsigned), signature=SignatureText(hashed, proof_text(proof))))
    return SealedBallot(raw, b"".join(points))


def _fields(unsigned: UnsignedText) -> tuple[str, str, str, tuple[AnswerText, ...]]:
    return unsigned.election_uuid, unsigned.election_hash, unsigned.credential, unsigned.answers


def answer_text(answer: Answer) -> AnswerText:
    """Spell an answer as JSON fields."""
    blank = None if answer.blank_proof is None else tuple(map(proof_text, answer.blank_proof))
    return AnswerText(
        tuple(CiphertextText(encode_point(one.alpha), encode_point(one.beta)) for one in answer.choices),
        tuple(tuple(map(proof_text, proofs)) for proofs in answer.individual_proofs),
        tuple(map(proof_text, answer.overall_proof)),
        blank,
    )


def _point(text: str, place: str, *, identity: bool) -> Point:
    try:
        return decode_point(text, identity=identity)
    except KeysError as error:
        raise InvalidBallot("membership", place, str(error)) from None


def _proof(text: ProofText, place: str) -> Proof:
    try:
        return Proof(decode_scalar(text.challenge), decode_scalar(text.response))
    except KeysError as error:
        raise InvalidBallot("number", place, str(error)) from None


def _proofs(texts: Sequence[ProofText], place: str) -> tuple[Proof, ...]:
    return tuple(_proof(text, f"{place}, branch {number}") for number, text in enumerate(texts, 1))


def _answer(text: AnswerText, place: str) -> Answer:
    choices = tuple(
        Ciphertext(
            _point(one.alpha, f"{place}, choice {number}, alpha", identity=True),
            _point(one.beta, f"{place}, choice {number}, beta", identity=True),
        )
        for number, one in enumerate(text.choices, 1)
    )
    individual = tuple(
        _proofs(proofs, f"{place}, individual proof {number}")
        for number, proofs in enumerate(text.individual_proofs, 1)
    )
    blank = None if text.blank_proof is None else _proofs(text.blank_proof, f"{place}, blank proof")
    return Answer(choices, individual, _proofs(text.overall_proof, f"{place}, overall proof"), blank)
