"""Every mode of a case against a second implementation, cases of before, and what a verdict says in plain examples.

`make test` takes a sample of the random cases; `make agreement` compares 100,000 (PHIEUKIN_CASES).
"""

import hashlib
import json
import os
from collections import Counter
from random import Random
from typing import Any

import pytest

from tally.errors import ImpossibleCase
from tally.result.case import parse_case, write_verdict
from tally.result.report import judge
from tests.tally.result.second_rule import random_case, verdict_of

Tree = dict[str, Any]
CASES = int(os.environ.get("PHIEUKIN_CASES", "20000"))


def judged(case: Tree) -> Tree | None:
    """The verdict as `phieukin decide` writes it; None where the case is refused."""
    try:
        verdict: Tree = json.loads(write_verdict(judge(parse_case(json.dumps(case).encode()))))
    except ImpossibleCase:
        return None
    return verdict


def compare(seed: int, cases: int) -> Counter[str]:
    """Compare both implementations on so many random cases, the order of the fields too; count what was met."""
    chance, met = Random(seed), Counter[str]()
    for _ in range(cases):
        case = random_case(chance)
        own, other = judged(case), verdict_of(case)
        assert json.dumps(own) == json.dumps(other), json.dumps(case, ensure_ascii=False)
        met["refused" if own is None else f"{case['selection']['mode']} by {own['by']}: {own['status']}"] += 1
        if own is not None and own["tie"] is not None:
            met[f"up to {own['tie']['up_to']}: {own['status']}"] += 1
    return met


ALL_KINDS = {
    "refused", "report by rule: final", "levels by rule: final", "all by rule: final", "all by fallback: final",
    "all by rule: awaiting_head", "top by rule: final", "top by fallback: final", "top by rule: awaiting_head",
    "top by rule: awaiting_vote", "up to True: awaiting_head", "up to True: final", "up to False: awaiting_head",
    "up to False: awaiting_vote", "up to False: final",
}  # fmt: skip


def test_a_second_implementation_agrees_on_cases_of_every_mode() -> None:
    assert set(compare(1, 2_000)) == ALL_KINDS


@pytest.mark.slow
def test_a_second_implementation_agrees_on_many_cases() -> None:
    met = compare(2, CASES)
    assert set(met) == ALL_KINDS
    assert min(met.values()) > CASES / 500


def test_cases_of_before_have_the_same_verdict_but_for_two_fields() -> None:
    """The digest was made by the program before it knew more modes than two, from the same 1,000 cases."""
    chance, told = Random(3), hashlib.sha256()
    for _ in range(1_000):
        verdict = judged(case_of_before(chance))
        if verdict is not None:
            assert verdict.pop("by") == "rule"
            assert verdict["tie"] is None or verdict["tie"].pop("up_to") is False
        told.update(json.dumps(verdict).encode() + b"\n")
    assert told.hexdigest() == "232ce3e13d24b6c2d000dac300055242a10fa3dfe8beba7c36eb7599573a5387"


def case_of_before(chance: Random) -> Tree:
    """A case with the fields that there always were; one in thirty has numbers that contradict each other."""

    def below(most: int) -> int:
        return int(chance.random() * most)

    summoned = 1 + below(30)
    present = summoned - below(3)
    ballots = present - below(3)
    names = [{"id": f"c{n}", "name": "", "agree": below(6), "disagree": below(2)} for n in range(below(8))]
    rule = {
        "op": (">=", ">")[below(2)], "num": below(5), "den": 1 + below(12), "base": ("present", "summoned")[below(2)],
    }  # fmt: skip
    selection = {"mode": "top", "quota": 1 + below(4)} if below(3) else {"mode": "all"}
    case = {
        "rule": rule, "selection": selection, "summoned": summoned, "present": present, "ballots": ballots,
        "candidates": names,
    }  # fmt: skip
    least = max((one["agree"] + one["disagree"] for one in names), default=0)
    if below(30):
        case |= {key: case[key] + max(0, least - ballots) for key in ("summoned", "present", "ballots")}
    return case


def case_of(*agrees: int, over: str = "1/2", selection: Tree | None = None, **changes: Any) -> Tree:
    """40 ballots of 42 present of 45 summoned; more than the share of those present."""
    num, den = over.split("/")
    return {
        "rule": {"op": ">", "num": int(num), "den": int(den), "base": "present"},
        "selection": selection or {"mode": "all"},
        "summoned": 45,
        "present": 42,
        "ballots": 40,
        "candidates": [{"id": f"c{n}", "name": "", "agree": agree, "disagree": 0} for n, agree in enumerate(agrees, 1)],
    } | changes


def parts(case: Tree) -> tuple[str, str, list[str], list[str]]:
    verdict = judged(case)
    assert verdict is not None
    return verdict["by"], verdict["status"], verdict["selected"], [one["outcome"] for one in verdict["candidates"]]


def test_the_fallback_takes_everybody_who_meets_it_whatever_the_quota() -> None:
    fallback = {"op": ">=", "num": 3, "den": 10, "base": "present"}
    selection = {"mode": "top", "quota": 1, "fallback": fallback}
    assert parts(case_of(13, 13, 12, selection=selection)) == (
        "fallback", "final", ["c1", "c2"], ["selected", "selected", "below"]
    )  # fmt: skip
    assert parts(case_of(22, 13, 12, selection=selection)) == ("rule", "final", ["c1"], ["selected", "below", "below"])
    assert parts(case_of(12, selection=selection)) == ("fallback", "final", [], ["below"])
    assert parts(case_of(selection=selection)) == ("fallback", "final", [], [])


def test_another_ballot_breaks_a_tie_and_no_head_does() -> None:
    case = case_of(30, 25, 25, selection={"mode": "top", "quota": 2, "tie": "vote"})
    assert parts(case) == ("rule", "awaiting_vote", ["c1"], ["selected", "tied", "tied"])
    decision = {"chosen": ["c2"], "by": "", "reason": "", "on": "2022-04-10"}
    assert judged(case | {"head_decision": decision}) is None
    case["selection"]["tie"] = "head"
    assert parts(case | {"head_decision": decision}) == (
        "rule", "final", ["c1", "c2"], ["selected", "selected", "not_selected"]
    )  # fmt: skip


@pytest.mark.parametrize("tie", ["head", "vote"])
def test_on_the_line_the_head_takes_any_number_whoever_breaks_ties(tie: str) -> None:
    case = case_of(21, 20, 21, selection={"mode": "top", "quota": 1, "tie": tie})
    assert parts(case)[1:] == ("final", [], ["below"] * 3)
    case["rule"]["at_line"] = "head"
    verdict = judged(case)
    assert verdict is not None
    assert verdict["tie"] == {"agree": 21, "candidates": ["c1", "c3"], "places": 1, "up_to": True}
    assert parts(case) == ("rule", "awaiting_head", [], ["tied", "tied", "below"])
    for chosen, outcomes in (([], ["not_selected"] * 2), (["c3"], ["not_selected", "selected"])):
        decided = case | {"head_decision": {"chosen": chosen, "by": "", "reason": "", "on": "2022-04-10"}}
        assert parts(decided) == ("rule", "final", chosen, [*outcomes, "below"])
        assert not any(one["meets"] for one in (judged(decided) or {})["candidates"])
    for chosen in (["c1", "c3"], ["c2"], ["c1", "c1"]):
        assert judged(case | {"head_decision": {"chosen": chosen, "by": "", "reason": "", "on": "2022-04-10"}}) is None
    case["candidates"][1]["agree"] = 22
    assert parts(case) == ("rule", "final", ["c2"], ["selected", "below", "below"])


def test_without_ballots_nobody_meets_a_rule_of_ballots() -> None:
    rule = {"op": ">=", "num": 0, "den": 1, "base": "ballots"}
    verdict = judged(case_of(0, rule=rule, ballots=0))
    assert verdict is not None
    assert (verdict["base"], verdict["minimum"], verdict["selected"]) == (0, 1, [])
    assert [(one["percent"], one["meets"]) for one in verdict["candidates"]] == [("0,00", False)]


def test_invalid_ballots_are_collected_and_hold_no_opinion() -> None:
    verdict = judged(case_of(18, invalid=3))
    assert verdict is not None and verdict["candidates"][0]["no_opinion"] == 40 - 3 - 18


def test_the_order_of_fields_is_that_of_the_contract_in_every_mode() -> None:
    report = case_of(18, rule={"base": "ballots"}, selection={"mode": "report"})
    assert write_verdict(judge(parse_case(json.dumps(report).encode()))).decode() == (
        '{"base":40,"minimum":null,"by":"rule","status":"final","candidates":[{"id":"c1","agree":18,"disagree":0,'
        '"no_opinion":22,"percent":"45,00","meets":null,"place":1,"outcome":"reported"}],"selected":[],"tie":null}'
    )
    mark = {"name": "over half low", "level": "low", "op": ">", "num": 1, "den": 2}
    levels = {"mode": "levels", "levels": ["high", "medium", "low"], "marks": [mark]}
    names = [{"id": "c1", "name": "", "counts": [30, 8, 2]}, {"id": "c2", "name": "", "counts": [0, 9, 22]}]
    case = case_of(rule={"base": "present"}, selection=levels, candidates=names)
    assert write_verdict(judge(parse_case(json.dumps(case).encode()))).decode() == (
        '{"base":42,"minimum":null,"by":"rule","status":"final","candidates":['
        '{"id":"c1","counts":[30,8,2],"no_opinion":0,"percents":["71,43","19,05","4,76"],"marks":[]},'
        '{"id":"c2","counts":[0,9,22],"no_opinion":9,"percents":["0,00","21,43","52,38"],"marks":["over half low"]}],'
        '"selected":[],"tie":null}'
    )
