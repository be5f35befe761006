"""Choices and levels: no Setup and no ballot holds more marks than the papers allow."""

import dataclasses

import pytest

from tests.kiosk_templates.meeting import Meeting, new_meeting
from voting.documents.ballots.ballot import cast_ballot, parse_ballot, verify_ballot
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.election import Election
from voting.documents.conferences.questions import question_problems
from voting.documents.errors import InvalidBallot

NOTHING = ([0, 0, 0, 0, 0], [0, 0, 0], [0, 0, 0])


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    """At most two of five to elect, and confidence in two."""
    return new_meeting(listed=0, further=0, removed=0, elected=5, rated=2)


def loosened(election: Election, question: int, most: int, least: int = 0) -> Election:
    """The same bytes, but a question that a forger takes to allow more marks."""
    questions = list(election.questions)
    questions[question] = dataclasses.replace(questions[question], min=least, max=most)
    return dataclasses.replace(election, questions=tuple(questions))


@pytest.mark.parametrize(("question", "marks"), [(0, [1, 1, 1, 0, 0]), (1, [1, 0, 1])], ids=["three of two", "levels"])
def test_a_ballot_with_more_marks_than_the_question_allows_is_refused(
    meeting: Meeting, question: int, marks: list[int]
) -> None:
    answers = [*map(list, NOTHING)]
    answers[question] = marks
    with pytest.raises(ValueError, match="mark"):
        cast_ballot(meeting.election, meeting.cards[0], answers)
    least = sum(marks) - meeting.election.questions[question].max  # so that the forged proof is as long as a good one
    forged = cast_ballot(loosened(meeting.election, question, sum(marks), least), meeting.cards[0], answers)
    with pytest.raises(InvalidBallot):
        verify_ballot(meeting.election, parse_ballot(forged.raw, ballot_limit(meeting.election)))


@pytest.mark.parametrize(("question", "most"), [(0, 3), (0, 1), (1, 2), (2, 3)])
def test_a_setup_that_allows_other_numbers_of_marks_is_refused(meeting: Meeting, question: int, most: int) -> None:
    assert list(question_problems(meeting.election)) == []
    found = list(question_problems(loosened(meeting.election, question, most)))
    assert found == [f"question {question + 1}: another number of marks than the papers ask for"]


def test_a_setup_with_levels_in_another_order_is_refused(meeting: Meeting) -> None:
    first, second, third = meeting.election.questions
    turned = dataclasses.replace(second, answers=second.answers[::-1])
    found = list(question_problems(dataclasses.replace(meeting.election, questions=(first, turned, third))))
    assert found == ["question 2: the answers are not, in their order, those that the papers ask for"]
