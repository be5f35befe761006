"""The encrypted ballot: cast, parsed, verified; every field of it bound."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.voting.documents.elections import CARD, OTHER_CARD, Made, small_election
from voting.documents.ballots.ballot import cast_ballot, parse_ballot, tracker, verify_ballot
from voting.documents.ballots.request import (
    ballot_in,
    ballot_limit,
    ballot_size,
    commitments_size,
    pack_request,
    unpack_request,
)
from voting.documents.canonical import compact
from voting.documents.errors import InvalidBallot, NotCanonical, TooLarge

Q = 2**252 + 27742317777372353535851937790883648493


@pytest.fixture(scope="module")
def made() -> Made:
    return small_election()


@pytest.fixture(scope="module")
def raw(made: Made) -> bytes:
    return cast_ballot(made.election, CARD, [[1, 0], [0, 1]]).raw


def check(made: Made, raw: bytes) -> None:
    verify_ballot(made.election, parse_ballot(raw, ballot_limit(made.election)))


def test_a_cast_ballot_is_valid_whatever_is_chosen(made: Made) -> None:
    for marks in ([[0, 0], [0, 0]], [[1, 0], [1, 0]], [[0, 1], [1, 0]]):
        check(made, cast_ballot(made.election, CARD, marks).raw)


@pytest.mark.parametrize("marks", [[[1, 1], [0, 0]], [[2, 0], [0, 0]], [[1], [0, 0]], [[0, 0]]])
def test_the_booth_refuses_marks_that_the_question_does_not_allow(made: Made, marks: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"expected|shorter|longer"):
        cast_ballot(made.election, CARD, marks)


@pytest.mark.parametrize(("asked", "found"), [(1, 2), (2, 1)])
def test_a_ballot_answers_every_question_and_no_other(made: Made, asked: int, found: int) -> None:
    questions = made.election.questions
    elections = {count: replace(made.election, questions=questions[:count]) for count in (1, 2)}
    raw = cast_ballot(elections[found], CARD, [[1, 0]] * found).raw
    with pytest.raises(InvalidBallot, match=f"answers: .*{asked} expected, {found} found"):
        verify_ballot(elections[asked], parse_ballot(raw, ballot_limit(made.election)))


def test_the_tracker_has_43_characters(raw: bytes) -> None:
    assert len(tracker(raw)) == 43


def _first_choice(ballot: Any) -> Any:
    return ballot["answers"][0]["choices"][0]


def _bump(proof: Any) -> None:
    proof["challenge"] = str((int(proof["challenge"]) + 1) % Q)


CHANGES: list[tuple[str, Callable[[Any], object]]] = [
    ("election", lambda b: b.update(election_uuid="AnotherE1ection")),
    ("election", lambda b: b.update(election_hash="A" * 43)),
    ("signature", lambda b: b.update(credential=_first_choice(b)["alpha"])),
    ("signature", lambda b: _first_choice(b).update(alpha=_first_choice(b)["beta"])),
    ("signature", lambda b: b["signature"].update(hash="A" * 43)),
    ("signature", lambda b: _bump(b["signature"]["proof"])),
    ("signature", lambda b: _bump(b["answers"][0]["individual_proofs"][0][0])),
    ("number", lambda b: b["signature"]["proof"].update(response="0" + b["signature"]["proof"]["response"])),
    ("number", lambda b: b["signature"]["proof"].update(response=str(Q))),
    ("number", lambda b: b["signature"]["proof"].update(response="-1")),
    ("membership", lambda b: b.update(credential="00" * 31 + "01")),
    ("membership", lambda b: _first_choice(b).update(alpha="ff" * 32)),
]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_every_field_is_bound(made: Made, raw: bytes, name: str, change: Callable[[Any], object]) -> None:
    ballot = json.loads(raw)
    change(ballot)
    with pytest.raises(InvalidBallot) as caught:
        check(made, compact(ballot))
    assert caught.value.check == name


def test_a_ballot_of_another_card_cannot_be_taken_over(made: Made, raw: bytes) -> None:
    ours, theirs = json.loads(raw), json.loads(cast_ballot(made.election, OTHER_CARD, [[0, 0], [0, 0]]).raw)
    ours["answers"] = theirs["answers"]
    with pytest.raises(InvalidBallot):
        check(made, compact(ours))


def test_a_ballot_in_another_spelling_is_refused(made: Made, raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_ballot(json.dumps(json.loads(raw)).encode(), 2 * len(raw))
    with pytest.raises(TooLarge):
        check(made, raw + b" " * ballot_limit(made.election))


def test_every_request_has_the_one_length_of_its_questions(made: Made) -> None:
    for marks in ([[0, 0], [0, 0]], [[1, 0], [0, 1]]):
        sealed = cast_ballot(made.election, CARD, marks)
        body = pack_request(made.election, sealed)
        assert len(body) == ballot_size(made.election)
        assert len(sealed.commitments) == commitments_size(made.election)
        assert unpack_request(made.election, body) == (sealed.raw, sealed.commitments)
        bare = pack_request(made.election, sealed, commitments=False)
        assert unpack_request(made.election, bare) == (sealed.raw, None)
        assert ballot_in(body) == ballot_in(bare) == sealed.raw


def test_a_request_of_another_length_or_with_bad_commitments_is_refused(made: Made) -> None:
    size = ballot_size(made.election)
    with pytest.raises(InvalidBallot, match="bytes expected"):
        unpack_request(made.election, b"{}")
    with pytest.raises(InvalidBallot, match="base64"):
        unpack_request(made.election, b"{}\n???".ljust(size))
    with pytest.raises(InvalidBallot, match="bytes expected"):
        unpack_request(made.election, b"{}\nAAAA".ljust(size))
    for body in (b"{}", b"{}\n???".ljust(size), b"{}\nAAAA".ljust(size)):
        assert ballot_in(body) == b"{}"
