"""election.json: strict where it counts, open to unknown fields where Belenios is."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.voting.documents.elections import conference, raw_election, small_election
from voting.documents.archives.members import RECORD_LIMIT
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.check import check_conference, conference_problems, election_remarks
from voting.documents.conferences.election import parse_election, spoken_fingerprint
from voting.documents.conferences.questions import number_papers, question_problems
from voting.documents.errors import InvalidConference, InvalidElection, NotCanonical, UnsupportedElection

FOREIGN = json.loads(
    '{"version":1,"description":"d","name":"n","group":"Ed25519",'
    '"public_key":"5c7bfc663df7c22a7b71d75b1e52ef172c1530f304747a45b366b4af58436b58",'
    '"questions":[{"answers":["A","B"],"blank":true,"min":1,"max":2,"question":"q"}],"uuid":"3NGX6NdhdXaBGB"}'
)


def spelled(**changes: Any) -> bytes:
    return json.dumps(FOREIGN | changes, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_foreign_election_with_unknown_fields_is_read() -> None:
    question = FOREIGN["questions"][0] | {"color": "red", "weight": 1.5}
    election = parse_election(spelled(questions=[question], language="vi"))
    assert election.conference is None
    assert (election.questions[0].width, election.questions[0].branches) == (3, 3)


def test_a_wrapped_homomorphic_question_is_read() -> None:
    wrapped = {"type": "Homomorphic", "value": FOREIGN["questions"][0]}
    assert parse_election(spelled(questions=[wrapped])).questions[0].blank


@pytest.mark.parametrize(
    "changes",
    [
        {"group": "RFC-3526-2048"},
        {"version": 2},
        {"questions": [{"type": "NonHomomorphic", "value": {"answers": ["A"], "question": "q"}}]},
        {"questions": [{"type": "Lists", "value": {"answers": [["A", "B"]], "question": "q"}}]},
        {"questions": [{"answers": ["A"], "min": 0, "max": 10**9, "question": "q"}]},
        {"questions": [{"answers": ["A"] * 2001, "min": 0, "max": 1, "question": "q"}]},
        {"questions": [{"answers": ["A"], "min": 0, "max": 1, "question": "q"}] * 2001},
        {"questions": [{"answers": ["A"] * 1001, "min": 0, "max": 1, "question": "q"}] * 10},
    ],
)
def test_what_we_do_not_support_is_said_so(changes: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedElection):
        parse_election(spelled(**changes))


def test_a_ballot_of_as_many_answers_as_are_supported_fits_into_a_record() -> None:
    """Questions as names put forward have them: any number of answers out of all."""
    widest = {"answers": ["A"] * 2000, "min": 0, "max": 2000, "question": "q"}
    assert ballot_limit(parse_election(spelled(questions=[widest] * 5))) <= RECORD_LIMIT
    with pytest.raises(UnsupportedElection, match="at most 10000 answers .* 12000 found; hold a vote"):
        parse_election(spelled(questions=[widest] * 6))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "1"},
        {"version": True},
        {"uuid": "short"},
        {"uuid": "0NGX6NdhdXaBGB"},
        {"name": 1},
        {"public_key": "00" * 32},
        {"public_key": "5C" + FOREIGN["public_key"][2:]},
        {"questions": []},
        {"questions": [{"answers": [], "min": 0, "max": 0, "question": "q"}]},
        {"questions": [{"answers": ["A"], "min": 2, "max": 1, "question": "q"}]},
        {"questions": [{"answers": ["A"], "min": -1, "max": 1, "question": "q"}]},
        {"questions": [{"answers": ["A"], "min": 0, "max": 1.0, "question": "q"}]},
        {"questions": [{"answers": ["A"], "blank": 1, "min": 0, "max": 1, "question": "q"}]},
    ],
)
def test_an_election_that_breaks_its_format_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidElection):
        parse_election(spelled(**changes))


def test_spaces_between_fields_are_refused_and_spaces_in_texts_are_not() -> None:
    parse_election(spelled(name='a "quoted" name, with : and { '))
    with pytest.raises(NotCanonical, match="spaces"):
        parse_election(json.dumps(FOREIGN).encode())


def test_our_election_comes_back_with_its_conference() -> None:
    made = small_election()
    assert made.election.conference == conference()[0]
    check_conference(made.election)
    assert len(made.election.fingerprint) == 43
    assert spoken_fingerprint("+/" + "A" * 40 + "8") == "fbf" + "0" * 60 + "f"


def _changed(**changes: Any) -> bytes:
    made, questions = conference()
    fields = json.loads(raw_election(questions, small_election().election.public_key, made))
    fields["conference"] |= changes
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "changes", [{"more": 1}, {"present": "3"}, {"present": True}, {"papers": [{}]}, {"chair": None}]
)
def test_a_conference_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidConference):
        parse_election(_changed(**changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 1}, "format 2 expected"),
        ({"present": 9}, "present <= summoned"),
        ({"drawn": 4}, "drawn <= present"),
        ({"spares": -1}, "drawn <= present"),
        ({"date": "10/04/2022"}, "YYYY-MM-DD"),
        ({"ceremony": {"fingerprint": "ab", "box": 1}}, "a fingerprint in hex and a box from 1 to 99"),
        ({"ceremony": {"fingerprint": "ab" * 32, "box": 0}}, "a fingerprint in hex and a box from 1 to 99"),
        ({"place": "Hội\u202etrường"}, "invisible"),
        ({"papers": []}, "at least one paper"),
        ({"tellers": []}, "at least one teller"),
    ],
)
def test_a_conference_that_contradicts_itself_is_refused(changes: dict[str, Any], words: str) -> None:
    problems = list(conference_problems(parse_election(_changed(**changes))))
    assert any(words in problem for problem in problems)


def test_a_document_before_that_is_named_wrongly_is_refused() -> None:
    fields = json.loads(_changed())
    named = {"paper": 1, "kind": "record", "sha256": "ab" * 32, "decision": "x"}
    fields["conference"]["papers"][0]["previous"] = [named]
    raw = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()
    assert any("a head's decision" in problem for problem in conference_problems(parse_election(raw)))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("at", [5, 0], "no such question"),
        ("at", [0, 1], "no such question"),
        ("at", [1, 0], "exactly one name"),
        ("id", "c2", "stands 2 times"),
        ("name", "", "a name expected"),
        ("put_forward", True, "exactly one name"),
    ],
)
def test_names_and_answers_must_match(field: str, value: object, words: str) -> None:
    papers = json.loads(_changed())["conference"]["papers"]
    papers[0]["candidates"][0][field] = value
    problems = list(conference_problems(parse_election(_changed(papers=papers))))
    assert any(words in problem for problem in problems)


@pytest.mark.parametrize("selection", [{"mode": "all", "quota": 2}, {"mode": "top"}, {"mode": "top", "quota": 0}])
def test_a_quota_belongs_to_the_mode_top(selection: dict[str, object]) -> None:
    papers = json.loads(_changed())["conference"]["papers"]
    papers[0]["selection"] = selection
    assert any("quota" in one for one in conference_problems(parse_election(_changed(papers=papers))))


def test_an_election_without_a_conference_has_no_questions_to_compare() -> None:
    made = small_election().election
    without = replace(made, conference=None)
    assert list(question_problems(without)) == list(election_remarks(without)) == []


def test_two_people_of_one_name_are_told_apart_in_their_questions() -> None:
    [paper] = conference()[0].papers
    one, other = paper.candidates
    twins = (one, msgspec.structs.replace(other, name=one.name, position="", born="1970"))
    _, questions = number_papers([msgspec.structs.replace(paper, candidates=twins)], 0)
    assert [question.question.rpartition(": ")[2] for question in questions] == [
        f"{one.name}, {one.position}, {one.born}", f"{one.name}, 1970"
    ]  # fmt: skip
