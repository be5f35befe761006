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


def test_those_whom_the_head_chose_at_the_last_place_are_no_note() -> None:
    chosen = {"chosen": ["c3", "c4"], "by": "H", "reason": "R", "on": "2022-04-10"}
    case = case_of(70, 60, 60, 60, quota=3, head=chosen)
    assert [one for one, how in outcomes(decide(case)).items() if how == "selected"] == ["c1", "c3", "c4"]
    assert notes_on(case, "head_any") == ()


def test_a_note_names_them_and_says_that_the_result_stays() -> None:
    [note] = notes_on(case_of(70, 70, 60, quota=2), "head_any")
    assert note.text == (
        "Tên 1, Tên 2 có số phiếu đồng ý bằng nhau (70), đều trong số lượng theo quy định: kết quả không thay đổi; "
        "thứ tự trong danh sách do người đứng đầu xem xét."
    )


def test_equal_votes_of_those_not_selected_are_no_note() -> None:
    assert notes_on(case_of(70, 60, 20, 20, quota=2), "head_any") == ()


def spelled(number: str) -> bytes:
    return (
        f'{{"rule":{{"op":">=","num":3,"den":10,"base":"present"}},"selection":{{"mode":"all"}},"summoned":{number},'
        '"present":1,"ballots":1,"candidates":[{"id":"c1","name":"A","agree":1,"disagree":0}]}'
    ).encode()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1" * (DIGITS_LIMIT + 1), f"{DIGITS_LIMIT + 1} digits"),
        ("1.5", "a number is not a whole one: 1.5"),
        ("1e3", "a number is not a whole one: 1e3"),
        ("NaN", "a number is not a whole one: NaN"),
        ("-Infinity", "a number is not a whole one: -Infinity"),
        ("-5", "a number is negative: -5"),
        ("0." + "1" * 60, f"a number is not a whole one: 0.{'1' * 38}$"),
        ("-" + "1" * 60, f"a number is negative: -{'1' * 39}$"),
    ],
)
def test_a_number_that_is_too_long_or_not_whole_is_refused(number: str, words: str) -> None:
    with pytest.raises(ImpossibleCase, match=words):
        parse_case(spelled(number))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'"\xff"', "the case is not UTF-8 text"),
        (b"[" * 100_000, "the case is nested too deep"),
        (b"{", "the case is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b'{"a":1,"a":2}', "field 'a' is duplicated"),
        (b'{"a":null}', "field 'a' is null; leave it out, or write what it is"),
        (b'{"a\\u0000\\u2028 \\u200bb":1,"a\\u0000\\u2028 \\u200bb":1}', r"field 'a\x00\u2028 \u200bb' is duplicated"),
        (
            spelled("1").replace(b'"summoned"', b'"a\\n\\u200b\\u0085  b":1,"summoned"'),
            "Object contains unknown field `a b`",
        ),
    ],
)
def test_what_is_no_case_is_refused_in_one_plain_line(raw: bytes, words: str) -> None:
    with pytest.raises(ImpossibleCase) as refused:
        parse_case(raw)
    assert str(refused.value) == words


def test_a_number_and_a_case_of_exactly_the_limit_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_case(spelled("1" * DIGITS_LIMIT)).summoned == int("1" * DIGITS_LIMIT)
    whole = spelled("1")
    monkeypatch.setattr(rule_case, "CASE_LIMIT", len(whole))
    assert parse_case(whole).summoned == 1
    with pytest.raises(ImpossibleCase, match=f"at most {len(whole)} are read"):
        parse_case(whole + b" ")
