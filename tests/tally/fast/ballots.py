"""Ballots of elections with questions of every kind, and a forger who owns a card: what it changes it signs anew."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keys import cards
from keys.elgamal import encrypt, product
from keys.group import Point, Q, Secret, base_power, encode_point, random_secret, secret_to_int
from keys.proofs import interval, schnorr
from keys.transcript import sha256_b64
from tests.keys.numbers import secret_from_int
from tests.keys.proofs.provers import prove_blank, prove_overall
from voting.documents.ballots.answers import Answer, SealedAnswer, seal_answer, statement, whole_statement
from voting.documents.ballots.ballot import UnsignedText, answer_text
from voting.documents.canonical import compact
from voting.documents.conferences.election import Election, Question, parse_election

AGREE = Question(("Đồng ý", "Không đồng ý"), blank=False, min=0, max=1, question="Ông A")
LIST = Question(tuple("abcde"), blank=False, min=1, max=3, question="Giới thiệu")
BLANK = Question(("x", "y"), blank=True, min=1, max=1, question="Phiếu trắng")
Change = Callable[[Any], object]


@dataclass(frozen=True)
class Cast:
    """A ballot with its commitments and the card that made it."""

    card: str
    raw: bytes
    commitments: bytes


def make_election(*questions: Question, uuid: str = "FastE1ection22") -> Election:
    """An election under a fresh key that nobody keeps."""
    asked = [
        {"answers": list(q.answers), **({"blank": True} if q.blank else {}), "min": q.min, "max": q.max, "question": ""}
        for q in questions
    ]
    fields = {"version": 1, "description": "", "name": "", "group": "Ed25519"}
    key = {"public_key": encode_point(base_power(random_secret())), "questions": asked, "uuid": uuid}
    return parse_election(compact(fields | key | {"administrator": "", "credential_authority": ""}))


def cast(election: Election, marks: list[list[int]]) -> Cast:
    """Cast a ballot with a fresh card; in a question with blank votes the first mark is that of the blank vote."""
    card = cards.new_card()
    start = statement(election.fingerprint, cards.credential(card, election.uuid))
    answers = []
    for question, chosen in zip(election.questions, marks, strict=True):
        seal = _seal_with_blank if question.blank else seal_answer
        answers.append(seal(question, election.public_key, start, chosen))
    credential = encode_point(cards.credential(card, election.uuid))
    texts = tuple(answer_text(one.answer) for one in answers)
    unsigned = json.loads(compact(UnsignedText(election.uuid, election.fingerprint, credential, texts)))
    points = b"".join(point for one in answers for point in one.commitments)
    return sign(election, card, unsigned, points)


def sign(election: Election, card: str, unsigned: dict[str, Any], points: bytes) -> Cast:
    """Sign a ballot as it stands, whatever is in it; ``points`` are the commitments of its other proofs."""
    hashed = sha256_b64(compact(unsigned))
    secret = cards.derive(card, election.uuid)
    proof = schnorr.sign_hash(secret, hashed)
    text = {"challenge": str(proof.challenge), "response": str(proof.response)}
    raw = compact(unsigned | {"signature": {"hash": hashed, "proof": text}})
    return Cast(card, raw, points + schnorr.commitment(base_power(secret), proof))


def forge(election: Election, cast: Cast, change: Change) -> Cast:
    """Change a ballot and sign it anew with its own card."""
    ballot = json.loads(cast.raw)
    del ballot["signature"]
    change(ballot)
    return sign(election, cast.card, ballot, cast.commitments[:-32])


def damage(cast: Cast, change: Change) -> Cast:
    """Change a ballot and leave its signature as it was."""
    ballot = json.loads(cast.raw)
    change(ballot)
    return Cast(cast.card, compact(ballot), cast.commitments)


def spoil(cast: Cast) -> Cast:
    """Add one to a number of the first proof, and leave the signature as it was."""

    def change(ballot: Any) -> None:
        proof = ballot["answers"][0]["overall_proof"][0]
        proof["response"] = str((int(proof["response"]) + 1) % Q)

    return damage(cast, change)


def _seal_with_blank(question: Question, key: Point, start: str, marks: list[int]) -> SealedAnswer:
    secrets = [random_secret() for _ in marks]
    choices = tuple(encrypt(key, mark, one) for mark, one in zip(marks, secrets, strict=True))
    made = [
        interval.prove_with_commitments(start, choice, key, one, mark, 0, 1)
        for choice, one, mark in zip(choices, secrets, marks, strict=True)
    ]
    whole, first, rest = whole_statement(start, choices), choices[0], product(choices[1:])
    added: Secret = secret_from_int(sum(map(secret_to_int, secrets[1:])) % Q)
    is_blank = marks[0] == 1
    overall = prove_overall(
        whole, first, rest, key,
        marks=None if is_blank else sum(marks[1:]), randomness=secrets[0] if is_blank else added,
        low=question.min, high=question.max,
    )  # fmt: skip
    proof = prove_blank(whole, first, rest, key, is_blank=is_blank, first_randomness=secrets[0], total_randomness=added)
    points = [point for _, part in (*made, overall, proof) for point in part]
    return SealedAnswer(Answer(choices, tuple(one for one, _ in made), overall[0], proof[0]), tuple(points))
