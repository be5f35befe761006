from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.elgamal import Ciphertext, encrypt, product
from keys.errors import InvalidProof
from keys.group import Q, Secret, base_power, random_secret, secret_add
from keys.proofs import blank, disjunction
from keys.proofs.schnorr import Proof
from tests.keys import elections
from tests.keys.proofs.provers import prove_blank, prove_overall

KEY = base_power(random_secret())
LOW, HIGH = 1, 2


class Vote:
    """An answer of a blank flag and marks, with the secrets that made it."""

    def __init__(self, flag: int, marks: list[int]) -> None:
        self.flag, self.marks, self.first_secret = flag, sum(marks), random_secret()
        secrets = [random_secret() for _ in marks]
        self.first = encrypt(KEY, flag, self.first_secret)
        self.total = product(encrypt(KEY, mark, secret) for mark, secret in zip(marks, secrets, strict=True))
        self.total_secret: Secret = secrets[0]
        for secret in secrets[1:]:
            self.total_secret = secret_add(self.total_secret, secret)

    def blank_proof(self) -> tuple[Proof, ...]:
        return prove_blank(
            "S",
            self.first,
            self.total,
            KEY,
            is_blank=bool(self.flag),
            first_randomness=self.first_secret,
            total_randomness=self.total_secret,
        )[0]

    def overall_proof(self) -> tuple[Proof, ...]:
        randomness = self.first_secret if self.flag else self.total_secret
        marks = None if self.flag else self.marks
        return prove_overall("S", self.first, self.total, KEY, marks=marks, randomness=randomness, low=LOW, high=HIGH)[
            0
        ]

    def verify(self, blank_proof: tuple[Proof, ...], overall_proof: tuple[Proof, ...]) -> None:
        blank.verify_blank("S", self.first, self.total, KEY, blank_proof)
        blank.verify_overall("S", self.first, self.total, KEY, overall_proof, LOW, HIGH)


@given(st.lists(st.integers(0, 1), min_size=2, max_size=4).filter(lambda marks: LOW <= sum(marks) <= HIGH))
def test_a_vote_that_is_not_blank_is_proved(marks: list[int]) -> None:
    vote = Vote(0, marks)
    vote.verify(vote.blank_proof(), vote.overall_proof())


def test_a_blank_vote_is_proved_although_it_has_fewer_marks_than_the_least() -> None:
    vote = Vote(1, [0, 0, 0])
    vote.verify(vote.blank_proof(), vote.overall_proof())


def test_a_blank_vote_with_a_mark_is_found() -> None:
    vote = Vote(1, [1, 0])
    with pytest.raises(InvalidProof, match="add up"):
        blank.verify_blank("S", vote.first, vote.total, KEY, vote.blank_proof())


@pytest.mark.parametrize("marks", [[0, 0, 0], [1, 1, 1]])
def test_too_few_or_too_many_marks_are_found(marks: list[int]) -> None:
    vote = Vote(0, marks)
    with pytest.raises(ValueError, match="1 to 2"):
        vote.overall_proof()
    claims = blank.overall_branches(vote.first, vote.total, LOW, HIGH)
    for branch in range(3):
        proofs, _ = disjunction.prove(blank.overall_prefix("S"), claims, KEY, branch, vote.total_secret)
        with pytest.raises(InvalidProof, match="add up"):
            blank.verify_overall("S", vote.first, vote.total, KEY, proofs, LOW, HIGH)


@pytest.mark.parametrize("flag", [0, 1])
@pytest.mark.parametrize("field", ["challenge", "response"])
def test_a_corrupted_number_is_found(flag: int, field: str) -> None:
    vote = Vote(flag, [1 - flag, 0])
    for proofs, other, first in ((vote.blank_proof(), vote.overall_proof(), True),
                                 (vote.overall_proof(), vote.blank_proof(), False)):  # fmt: skip
        for branch in range(len(proofs)):
            false = list(proofs)
            false[branch] = replace(false[branch], **{field: (getattr(false[branch], field) + 1) % Q})
            with pytest.raises(InvalidProof, match="add up"):
                vote.verify(*((tuple(false), other) if first else (other, tuple(false))))


def test_another_statement_or_ciphertext_is_found() -> None:
    vote, other = Vote(0, [1, 0]), Vote(0, [1, 0])
    proofs, overall = vote.blank_proof(), vote.overall_proof()
    pairs: list[tuple[str, Ciphertext, Ciphertext]] = [
        ("T", vote.first, vote.total),
        ("S", other.first, vote.total),
        ("S", vote.first, other.total),
        ("S", vote.total, vote.first),
    ]
    for statement, first, total in pairs:
        with pytest.raises(InvalidProof, match="add up"):
            blank.verify_blank(statement, first, total, KEY, proofs)
        with pytest.raises(InvalidProof, match="add up"):
            blank.verify_overall(statement, first, total, KEY, overall, LOW, HIGH)


def test_a_wrong_number_of_branches_is_found() -> None:
    vote = Vote(0, [1, 0])
    with pytest.raises(InvalidProof, match="2 branches"):
        blank.verify_blank("S", vote.first, vote.total, KEY, vote.blank_proof()[:1])
    for high in (HIGH + 1, 10**18):
        with pytest.raises(InvalidProof, match="branches"):
            blank.verify_overall("S", vote.first, vote.total, KEY, vote.overall_proof(), LOW, high)


@pytest.mark.parametrize("number", [0, 1])
def test_proofs_of_belenios_verify_of_a_vote_with_marks_and_of_a_blank_one(number: int) -> None:
    election = elections.load("blank")
    ballot, question = election.ballots()[number], election.election["questions"][0]
    (answer,) = ballot["answers"]
    first, *rest = map(elections.ciphertext, answer["choices"])
    points = ",".join(f"{one['alpha']},{one['beta']}" for one in answer["choices"])
    statement = f"{election.fingerprint}|{ballot['credential']}|{points}"
    key, total = election.public_key, product(rest)
    blank.verify_blank(statement, first, total, key, elections.proofs(answer["blank_proof"]))
    overall = elections.proofs(answer["overall_proof"])
    blank.verify_overall(statement, first, total, key, overall, question["min"], question["max"])
