"""The rule against a second implementation, every threshold, all kinds of ties, and cases that cannot be."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.errors import ImpossibleCase
from tally.result.rule import decide, minimum, notes_on, percent, rule_line, threshold
from voting.documents.case import Case, HeadChoice, Verdict
from voting.documents.conferences.conference import Rule

GE30 = Rule(">=", 3, 10, "present")
GT50 = Rule(">", 1, 2, "summoned")


def case_of(*votes: int, quota: int | None = None, head: dict[str, Any] | None = None, **changes: Any) -> Case:
    """A case of 100 summoned, 90 present, 80 ballots, over 50 % of those summoned, names c1, c2, …"""
    tree: dict[str, Any] = {
        "rule": {"op": ">", "num": 1, "den": 2, "base": "summoned"},
        "selection": {"mode": "all"} if quota is None else {"mode": "top", "quota": quota},
        "summoned": 100,
        "present": 90,
        "ballots": 80,
        "candidates": [{"id": f"c{n}", "name": f"Tên {n}", "agree": v, "disagree": 0} for n, v in enumerate(votes, 1)],
    }
    if head is not None:
        tree["head_decision"] = head
    return msgspec.convert(tree | changes, Case)


def head(*chosen: str, on: str = "2022-04-10") -> dict[str, Any]:
    return {"chosen": list(chosen), "by": "Lò Văn Pản", "reason": "Kinh nghiệm công tác", "on": on}


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {one.id: one.outcome for one in verdict.candidates}


# The table of thresholds that offices use (30 % of those present, more than half of those summoned).
TABLE = [
    (3, 1, 2), (5, 2, 3), (7, 3, 4), (8, 3, 5), (9, 3, 5), (10, 3, 6), (11, 4, 6), (15, 5, 8),
    (20, 6, 11), (30, 9, 16), (33, 10, 17), (40, 12, 21), (47, 15, 24), (50, 15, 26),
]  # fmt: skip


@pytest.mark.parametrize(("base", "least_30", "least_50"), TABLE)
def test_the_least_number_of_votes_is_that_of_the_table(base: int, least_30: int, least_50: int) -> None:
    assert (minimum(GE30, base), minimum(GT50, base)) == (least_30, least_50)


@pytest.mark.parametrize(
    "rule", [GE30, Rule(">", 3, 10, "present"), GT50, Rule(">=", 1, 2, "present"), Rule(">=", 2, 3, "present")]
)
def test_one_vote_less_than_the_minimum_never_meets_the_rule_and_the_minimum_always_does(rule: Rule) -> None:
    share = Fraction(rule.num, rule.den)
    for base in range(1, 2001):
        least = minimum(rule, base)
        for agree in (least - 1, least, least + 1):
            meets = Fraction(agree, base) >= share if rule.op == ">=" else Fraction(agree, base) > share
            assert meets == (agree >= least)


@pytest.mark.parametrize(
    ("agree", "base", "text"),
    [
        (18, 42, "42,86"), (14, 47, "29,79"), (3, 10, "30,00"), (1, 3, "33,33"), (2, 3, "66,67"), (0, 7, "0,00"),
        (7, 7, "100,00"), (1, 800, "0,13"), (1, 20_000, "0,01"), (1, 20_001, "0,00"), (7499, 25_000, "30,00"),
        (10**30, 10**30, "100,00"),
    ],
)  # fmt: skip
def test_a_percent_has_two_decimals_rounded_half_up(agree: int, base: int, text: str) -> None:
    assert percent(agree, base) == text


def test_a_share_that_prints_as_thirty_percent_but_is_less_does_not_meet_the_rule() -> None:
    case = case_of(7499, rule={"op": ">=", "num": 3, "den": 10, "base": "present"},
                   summoned=25_000, present=25_000, ballots=25_000)  # fmt: skip
    (judged,) = decide(case).candidates
    assert (judged.percent, judged.meets) == ("30,00", False)


def test_seven_summoned_and_four_present_need_all_four() -> None:
    case = case_of(4, 3, summoned=7, present=4, ballots=4)
    assert outcomes(decide(case)) == {"c1": "selected", "c2": "below"}


def test_names_stand_by_place_then_in_ballot_order_with_competition_ranking() -> None:
    verdict = decide(case_of(51, 60, 51, 70, 60, 2))
    assert [(one.id, one.place) for one in verdict.candidates] == [
        ("c4", 1), ("c2", 2), ("c5", 2), ("c1", 4), ("c3", 4), ("c6", 6)
    ]  # fmt: skip
    assert verdict.selected == ("c4", "c2", "c5", "c1", "c3")


@pytest.mark.parametrize(
    ("votes", "quota", "selected", "tied", "places"),
    [
        ((70, 60, 55), 2, ("c1", "c2"), (), 0),
        ((70, 60, 60), 2, ("c1",), ("c2", "c3"), 1),
        ((60, 60, 60), 2, (), ("c1", "c2", "c3"), 2),
        ((60, 60, 60), 3, ("c1", "c2", "c3"), (), 0),
        ((60, 60, 60), 9, ("c1", "c2", "c3"), (), 0),
        ((70, 70, 60), 2, ("c1", "c2"), (), 0),
        ((70, 70, 60), 1, (), ("c1", "c2"), 1),
        ((70, 60, 60, 55), 3, ("c1", "c2", "c3"), (), 0),
        ((70, 60, 50, 50), 3, ("c1", "c2"), (), 0),
        ((50, 50), 1, (), (), 0),
        ((60, 70, 60, 60, 80), 4, ("c5", "c2"), ("c1", "c3", "c4"), 2),
        ((), 1, (), (), 0),
    ],
)
def test_the_quota_is_filled_from_the_top_and_a_tie_across_the_last_place_waits(
    votes: tuple[int, ...], quota: int, selected: tuple[str, ...], tied: tuple[str, ...], places: int
) -> None:
    verdict = decide(case_of(*votes, quota=quota))
    assert verdict.selected == selected
    assert (verdict.tie.candidates if verdict.tie else ()) == tied
    assert (verdict.tie.places if verdict.tie else 0) == places
    assert verdict.status == ("awaiting_head" if tied else "final")


def test_the_head_fills_the_last_places_and_the_tie_stays_in_the_verdict() -> None:
    verdict = decide(case_of(60, 70, 60, 60, quota=3, head=head("c4", "c1")))
    assert verdict.status == "final"
    assert verdict.selected == ("c2", "c1", "c4")
    assert outcomes(verdict)["c3"] == "not_selected"
    assert verdict.tie is not None and verdict.tie.candidates == ("c1", "c3", "c4")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rule": {"op": ">", "num": 1, "den": 0, "base": "present"}}, "rule.den must be at least 1"),
        ({"rule": {"op": ">", "num": -1, "den": 2, "base": "present"}}, "rule.num is negative"),
        ({"present": 101}, "present \\(101\\) is more than summoned"),
        ({"ballots": 91}, "ballots \\(91\\) are more than present"),
        ({"ballots": -1}, "ballots is negative"),
        ({"summoned": 0, "present": 0, "ballots": 0}, "so the base is 0"),
        ({"selection": {"mode": "top"}}, "quota is missing"),
        ({"selection": {"mode": "top", "quota": 0}}, "quota must be at least 1"),
        ({"selection": {"mode": "all", "quota": 2}}, "no meaning with mode"),
        ({"candidates": [{"id": "a", "name": "", "agree": 41, "disagree": 40}]}, "\\(41 \\+ 40\\) > ballots"),
        ({"candidates": [{"id": "a", "name": "", "agree": -1, "disagree": 0}]}, "agree is negative"),
        ({"candidates": [{"id": "a", "name": "", "agree": 1, "disagree": -1}]}, "disagree is negative"),
        ({"candidates": [{"id": "a", "name": "", "agree": 1, "disagree": 0}] * 2}, "'a' is duplicated"),
        ({"head_decision": head("c1")}, "there is no tie"),
    ],
)
def test_what_cannot_have_happened_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ImpossibleCase, match=message):
        decide(case_of(60, **changes))


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (head(), "must name 1"),
        (head("c2", "c3"), "must name 1"),
        (head("c2", "c2"), "somebody twice"),
        (head("c1"), "'c1' not in the tied group"),
        (head("c9"), "'c9' not in the tied group"),
        (head("c2", on="2022-02-30"), "must be a date"),
        (head("c2", on="20220410"), "must be a date"),
        (head("c2", on="10/04/2022"), "must be a date"),
    ],
)
def test_the_head_decides_the_tie_and_nothing_else(decision: dict[str, Any], message: str) -> None:
    with pytest.raises(ImpossibleCase, match=message):
        decide(case_of(70, 60, 60, quota=2, head=decision))


def test_equal_votes_above_the_last_place_are_noted_where_the_plan_could_mean_them() -> None:
    case = case_of(70, 70, 60, 60, quota=3)
    (note,) = notes_on(case, "head_any")
    assert note.code == "A6" and "Tên 1, Tên 2" in note.text and "(70)" in note.text
    assert notes_on(case, "cutline") == notes_on(case, "head_cutline") == notes_on(case, "none") == ()
    assert notes_on(case_of(70, 60, 60, quota=2, head=head("c3")), "head_any") == ()


def test_the_line_for_screens_shows_votes_base_percent_and_the_whole_number_needed() -> None:
    case = case_of(
        18, 12, rule={"op": ">=", "num": 3, "den": 10, "base": "present"}, summoned=45, present=42, ballots=40
    )
    verdict = decide(case)
    lines = [rule_line(one, verdict, case.rule) for one in verdict.candidates]
    assert lines == [
        "18/42 = 42,86% (cần ≥ 30%: tối thiểu 13) → ĐẠT",
        "12/42 = 28,57% (cần ≥ 30%: tối thiểu 13) → KHÔNG ĐẠT",
    ]
    assert rule_line(verdict.candidates[0], verdict, case.rule, "en").endswith("→ MEETS THE RULE")


@pytest.mark.parametrize(
    ("rule", "text"),
    [(GE30, "≥ 30%"), (GT50, "> 50%"), (Rule(">=", 2, 3, "present"), "≥ 2/3"), (Rule(">=", 1, 8, "present"), "≥ 12,5%"),
     (Rule(">", 1, 80, "present"), "> 1,25%"), (Rule(">=", 1, 1, "present"), "≥ 100%"),
     (Rule(">", 0, 1, "present"), "> 0%")],
)  # fmt: skip
def test_the_share_is_written_in_percent_where_two_decimals_hold_it(rule: Rule, text: str) -> None:
    assert threshold(rule) == text


# --- A second implementation, written from the contract with fractions and sets.


def second_opinion(case: Case) -> dict[str, Any]:
    base = {"present": case.present, "summoned": case.summoned}[case.rule.base]
    share = Fraction(case.rule.num, case.rule.den)

    def meets(agree: int) -> bool:
        return Fraction(agree, base) >= share if case.rule.op == ">=" else Fraction(agree, base) > share

    least = next(n for n in range(case.rule.num * base + 2) if meets(n))
    order = {one.id: n for n, one in enumerate(case.candidates)}
    ranking = sorted(case.candidates, key=lambda one: (-one.agree, order[one.id]))
    passing = [one for one in ranking if meets(one.agree)]
    quota = len(passing) if case.selection.mode == "all" else case.selection.quota or 0
    sure = {one.id for one in passing if sum(other.agree >= one.agree for other in passing) <= quota}
    room = quota - len(sure)
    level = {one.id for one in passing if one.id not in sure and sum(o.agree > one.agree for o in passing) == len(sure)}
    tie = room > 0 and bool(level)
    return {
        "minimum": least,
        "places": {one.id: 1 + sum(o.agree > one.agree for o in case.candidates) for one in case.candidates},
        "order": [one.id for one in ranking],
        "selected": [one.id for one in ranking if one.id in sure],
        "tied": [one.id for one in ranking if tie and one.id in level],
        "room": room if tie else 0,
        "below": {one.id for one in case.candidates if not meets(one.agree)},
    }


@st.composite
def cases(draw: st.DrawFn) -> Case:
    summoned = draw(st.integers(1, 60))
    present = draw(st.integers(0, summoned))
    ballots = draw(st.integers(0, present))
    rule = {
        "op": draw(st.sampled_from([">=", ">"])),
        "num": draw(st.integers(0, 12)),
        "den": draw(st.integers(1, 12)),
        "base": draw(st.sampled_from(["present", "summoned"] if present else ["summoned"])),
    }
    quota = draw(st.none() | st.integers(1, 6))
    votes = draw(st.lists(st.integers(0, ballots), max_size=9))
    return case_of(*votes, quota=quota, rule=rule, summoned=summoned, present=present, ballots=ballots)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_second_implementation_with_fractions_agrees(case: Case) -> None:
    verdict, other = decide(case), second_opinion(case)
    assert verdict.minimum == other["minimum"]
    assert [one.id for one in verdict.candidates] == other["order"]
    assert {one.id: one.place for one in verdict.candidates} == other["places"]
    assert list(verdict.selected) == other["selected"]
    assert (list(verdict.tie.candidates) if verdict.tie else []) == other["tied"]
    assert (verdict.tie.places if verdict.tie else 0) == other["room"]
    assert {one.id for one in verdict.candidates if one.outcome == "below"} == other["below"]
    assert all(one.agree + one.disagree + one.no_opinion == case.ballots for one in verdict.candidates)


@settings(max_examples=100, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_head_completes_exactly_the_quota(case: Case, chance: Any) -> None:
    tie = decide(case).tie
    if tie is None:
        return
    chosen = chance.sample(tie.candidates, tie.places)
    decided = decide(msgspec.structs.replace(case, head_decision=msgspec.convert(head(*chosen), HeadChoice)))
    assert decided.status == "final" and len(decided.selected) == case.selection.quota
    assert set(chosen) <= set(decided.selected)
