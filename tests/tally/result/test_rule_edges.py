"""The rule at its edges: exactly enough votes, numbers that are too long, notes beside a tie that the head decides."""

import pytest

from tally.errors import ImpossibleCase
from tally.result import case as rule_case
from tally.result.case import DIGITS_LIMIT, parse_case
from tally.result.rule import decide, notes_on
from tests.tally.result.test_rule import case_of, outcomes


def test_exactly_the_least_number_of_votes_meets_the_rule() -> None:
    verdict = decide(case_of(51, 50))
    assert [one.meets for one in verdict.candidates] == [True, False]
    assert outcomes(verdict) == {"c1": "selected", "c2": "below"}


def test_the_tie_that_the_head_decides_is_no_note() -> None:
    case = case_of(70, 70, 60, 60, quota=3)
    assert decide(case).tie is not None
    [note] = notes_on(case, "head_any")
    assert "70" in note.text and "60" not in note.text


def test_equal_votes_of_those_not_selected_are_no_note() -> None:
    assert notes_on(case_of(70, 60, 20, 20, quota=2), "head_any") == ()


def spelled(number: str) -> bytes:
    return (
        f'{{"rule":{{"op":">=","num":3,"den":10,"base":"present"}},"selection":{{"mode":"all"}},"summoned":{number},'
        '"present":1,"ballots":1,"candidates":[{"id":"c1","name":"A","agree":1,"disagree":0}]}'
    ).encode()


@pytest.mark.parametrize(
    ("number", "words"),
    [("1" * (DIGITS_LIMIT + 1), f"{DIGITS_LIMIT + 1} digits"), ("1.5", "not a whole one"), ("1e3", "not a whole one")],
)
def test_a_number_that_is_too_long_or_not_whole_is_refused(number: str, words: str) -> None:
    with pytest.raises(ImpossibleCase, match=words):
        parse_case(spelled(number))


def test_a_number_and_a_case_of_exactly_the_limit_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_case(spelled("1" * DIGITS_LIMIT)).summoned == int("1" * DIGITS_LIMIT)
    whole = spelled("1")
    monkeypatch.setattr(rule_case, "CASE_LIMIT", len(whole))
    assert parse_case(whole).summoned == 1
    with pytest.raises(ImpossibleCase, match=f"at most {len(whole)} are read"):
        parse_case(whole + b" ")
