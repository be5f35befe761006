"""One homomorphic answer: prover beside verifier (Belenios 3.0, 4.11.1, 4.12 and 4.13.3).

With S0 = fingerprint|credential and S = S0|alpha1,beta1,…: every choice has an interval proof over {0, 1} under S0,
their sum one over min..max under S; where blank votes are allowed, two disjunctions take the place of the latter.
Our own ballots never allow blank votes: three counts come from agree, disagree and neither.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from keys.elgamal import Ciphertext, encrypt, product
from keys.errors import KeysError
from keys.group import Point, Secret, encode_point, random_secret, secret_add
from keys.proofs import blank, interval
from keys.proofs.schnorr import Proof
from voting.documents.conferences.election import Question
from voting.documents.errors import InvalidBallot

Proofs = tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An encrypted answer; `blank_proof` is None where the question allows no blank vote."""

    choices: tuple[Ciphertext, ...]
    individual_proofs: tuple[Proofs, ...]
    overall_proof: Proofs
    blank_proof: Proofs | None


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """An answer with the commitments of its proofs in the order of the sidecar (design §5)."""

    answer: Answer
    commitments: tuple[Point, ...]


def statement(fingerprint: str, credential: Point) -> str:
    """S0: what the individual proofs are bound to."""
    return f"{fingerprint}|{encode_point(credential)}"


def whole_statement(start: str, choices: Sequence[Ciphertext]) -> str:
    """S: S0 and all the ciphertexts, what the overall proof is bound to."""
    points = (encode_point(point) for choice in choices for point in (choice.alpha, choice.beta))
    return f"{start}|{','.join(points)}"


def seal_answer(question: Question, public_key: Point, start: str, marks: Sequence[int]) -> SealedAnswer:
    """Encrypt marks (0 or 1 for each answer, between min and max ones; no blank vote) and prove them well-formed.

    Raises ValueError for marks that the question does not allow.
    """
    if question.blank or len(marks) != len(question.answers) or any(mark not in (0, 1) for mark in marks):
        raise ValueError("one mark of 0 or 1 for each answer expected, and a question without blank votes")
    if not question.min <= sum(marks) <= question.max:
        raise ValueError(f"between {question.min} and {question.max} marks expected")
    secrets = [random_secret() for _ in marks]
    choices = tuple(encrypt(public_key, mark, secret) for mark, secret in zip(marks, secrets, strict=True))
    proofs: list[Proofs] = []
    commitments: list[Point] = []
    for choice, mark, secret in zip(choices, marks, secrets, strict=True):
        made, points = interval.prove_with_commitments(start, choice, public_key, secret, mark, 0, 1)
        proofs.append(made)
        commitments += points
    overall, points = interval.prove_with_commitments(
        whole_statement(start, choices),
        product(choices),
        public_key,
        _sum_of(secrets),
        sum(marks),
        question.min,
        question.max,
    )
    return SealedAnswer(Answer(choices, tuple(proofs), overall, None), (*commitments, *points))


def _sum_of(secrets: Sequence[Secret]) -> Secret:
    total = secrets[0]
    for secret in secrets[1:]:
        total = secret_add(total, secret)
    return total


def verify_answer(question: Question, public_key: Point, start: str, answer: Answer, place: str) -> None:
    """Verify shape and every proof of one answer; raise InvalidBallot that names the check and the place."""
    check_shape(question, answer, place)
    for name, spot, verify in _proofs(question, public_key, start, answer):
        try:
            verify()
        except KeysError as error:
            raise InvalidBallot(name, f"{place}{spot}", str(error)) from None


def check_shape(question: Question, answer: Answer, place: str) -> None:
    """Check the number of ciphertexts, proofs and branches; raise InvalidBallot."""
    branches = [len(proofs) for proofs in answer.individual_proofs]
    fits = (
        len(answer.choices) == question.width
        and branches == [2] * question.width
        and len(answer.overall_proof) == question.branches
        and (answer.blank_proof is not None) == question.blank
        and (answer.blank_proof is None or len(answer.blank_proof) == 2)
    )
    if not fits:
        raise InvalidBallot("shape", place, "number of ciphertexts or proofs differs from the question's")


def _proofs(
    question: Question, public_key: Point, start: str, answer: Answer
) -> Iterator[tuple[str, str, Callable[[], None]]]:
    for number, (choice, proofs) in enumerate(zip(answer.choices, answer.individual_proofs, strict=True), 1):
        yield (
            "individual_proof",
            f", choice {number}",
            lambda choice=choice, proofs=proofs: interval.verify(start, choice, public_key, proofs, 0, 1),  # type: ignore[misc]
        )
    whole = whole_statement(start, answer.choices)
    low, high, proof = question.min, question.max, answer.overall_proof
    if answer.blank_proof is None:
        total = product(answer.choices)
        yield "overall_proof", "", lambda: interval.verify(whole, total, public_key, proof, low, high)
        return
    first, total, blank_proof = answer.choices[0], product(answer.choices[1:]), answer.blank_proof
    yield "blank_proof", "", lambda: blank.verify_blank(whole, first, total, public_key, blank_proof)
    yield "overall_proof", "", lambda: blank.verify_overall(whole, first, total, public_key, proof, low, high)
