"""A second implementation of a case and its verdict, on trees of JSON: sets, fractions and search, nothing shared.

`verdict_of(case)` is the verdict, or None where the numbers of the case contradict each other. `random_case` draws
cases of every mode, with many ties, many names on the line, and some contradictions.
"""

from fractions import Fraction
from random import Random
from typing import Any

Tree = dict[str, Any]


def verdict_of(case: Tree) -> Tree | None:
    """Apply the contract's text, one paragraph after the other."""
    if _contradicts_itself(case):
        return None
    mode = case["selection"]["mode"]
    if mode == "levels":
        return _of_levels(case)
    return _of_a_report(case) if mode == "report" else _of_a_rule(case)


def random_case(chance: Random) -> Tree:
    """Draw a case of any mode."""
    summoned = chance.choice([1, 2, 5, 10, 12, 20, 60])
    present = summoned if chance.random() < 0.6 else chance.randrange(summoned + 1)
    ballots = present if chance.random() < 0.6 else chance.randrange(present + 1)
    case: Tree = {"rule": {}, "selection": {}, "summoned": summoned, "present": present, "ballots": ballots}
    if chance.random() < 0.3:
        case["invalid"] = chance.randrange(min(3, ballots) + 1)
    if chance.random() < 0.02:
        case[chance.choice(["summoned", "present", "ballots", "invalid"])] = chance.randrange(4)
    mode = chance.choice(["all", "all", "top", "top", "top", "report", "levels"])
    if mode == "levels":
        return _drawn_levels(case, chance)
    valid = max(0, case["ballots"] - case.get("invalid", 0))
    usual = [chance.randrange(valid + 1) for _ in range(2)]
    case["candidates"] = [_drawn_votes(n, valid, usual, chance) for n in range(chance.randrange(8))]
    if mode == "report":
        return case | {"rule": {"base": _drawn_base(chance)}, "selection": {"mode": "report"}}
    case["rule"] = _drawn_rule(case, usual, chance)
    if case["rule"]["op"] == ">" and chance.random() < 0.5:
        case["rule"]["at_line"] = "head"
    case["selection"] = _drawn_selection(case, mode, usual, chance)
    return _with_a_decision(case, chance)


def _contradicts_itself(case: Tree) -> bool:
    selection, rule = case["selection"], case["rule"]
    invalid, ids = case.get("invalid", 0), [one["id"] for one in case["candidates"]]
    if not invalid <= case["ballots"] <= case["present"] <= case["summoned"] or len(set(ids)) < len(ids):
        return True
    sums = [sum(one["counts"]) if "counts" in one else one["agree"] + one["disagree"] for one in case["candidates"]]
    if any(votes > case["ballots"] - invalid for votes in sums):
        return True
    for one in (rule, selection.get("fallback", rule)):
        if one["base"] != "ballots" and case[one["base"]] == 0:
            return True
    if "at_line" in rule and rule["num"] == 0:
        return True
    decision = case.get("head_decision")
    if decision is None:
        return False
    awaited = verdict_of({key: value for key, value in case.items() if key != "head_decision"})
    assert awaited is not None
    if awaited["status"] != "awaiting_head":
        return True
    chosen, tie = decision["chosen"], awaited["tie"]
    right = range(tie["places"] + 1) if tie["up_to"] else [tie["places"]]
    return len(set(chosen)) < len(chosen) or len(chosen) not in right or not set(chosen) <= set(tie["candidates"])


def _meets(rule: Tree, votes: int, base: int) -> bool:
    if base == 0:
        return False
    share, needed = Fraction(votes, base), Fraction(rule["num"], rule["den"])
    return share > needed or (rule["op"] == ">=" and share == needed)


def _least(rule: Tree, base: int) -> int:
    votes = 0
    while base and not _meets(rule, votes, base):
        votes += 1
    return votes if base else 1


def _percent(votes: int, base: int) -> str:
    """Count hundredths of a percent up to the last one that half up reaches."""
    exact = Fraction(10_000 * votes, base) if base else Fraction(0)
    whole = exact.numerator // exact.denominator
    text = str(whole + (exact - whole >= Fraction(1, 2))).rjust(3, "0")
    return text[:-2] + "," + text[-2:]


def _rows(case: Tree, base: int) -> list[Tree]:
    """All names from the most votes down, with what no rule decides."""
    rows = [
        {
            "id": one["id"],
            "agree": one["agree"],
            "disagree": one["disagree"],
            "no_opinion": case["ballots"] - case.get("invalid", 0) - one["agree"] - one["disagree"],
            "percent": _percent(one["agree"], base),
            "meets": None,
            "place": 1 + len([other for other in case["candidates"] if other["agree"] > one["agree"]]),
            "outcome": "reported",
        }
        for one in case["candidates"]
    ]
    return [row for place in range(1, len(rows) + 1) for row in rows if row["place"] == place]


def _of_a_report(case: Tree) -> Tree:
    base = case[case["rule"]["base"]]
    return {
        "base": base, "minimum": None, "by": "rule", "status": "final", "candidates": _rows(case, base),
        "selected": [], "tie": None,
    }  # fmt: skip


def _of_levels(case: Tree) -> Tree:
    base, selection = case[case["rule"]["base"]], case["selection"]
    candidates = []
    for one in case["candidates"]:
        marks = []
        for mark in selection["marks"]:
            if _meets(mark, one["counts"][selection["levels"].index(mark["level"])], base):
                marks.append(mark["name"])
        candidates.append(
            {
                "id": one["id"],
                "counts": one["counts"],
                "no_opinion": case["ballots"] - case.get("invalid", 0) - sum(one["counts"]),
                "percents": [_percent(count, base) for count in one["counts"]],
                "marks": marks,
            }
        )
    return {
        "base": base, "minimum": None, "by": "rule", "status": "final", "candidates": candidates, "selected": [],
        "tie": None,
    }  # fmt: skip


def _of_a_rule(case: Tree) -> Tree:
    rule, selection, by = case["rule"], case["selection"], "rule"
    nobody = not any(_meets(rule, one["agree"], case[rule["base"]]) for one in case["candidates"])
    if nobody and "fallback" in selection:
        rule, by = selection["fallback"], "fallback"
    base = case[rule["base"]]
    rows, status, tie = _rows(case, base), "final", None
    for row in rows:
        row["meets"] = _meets(rule, row["agree"], base)
        row["outcome"] = "selected" if row["meets"] else "below"
    if selection["mode"] == "top" and by == "rule":
        tie = _fill(rows, selection["quota"])
    if nobody and by == "rule" and rule.get("at_line") == "head":
        tie = _line(rows, rule, base, selection.get("quota"))
    if tie is not None:
        status = "awaiting_vote" if selection.get("tie") == "vote" and not tie["up_to"] else "awaiting_head"
        _let_the_head_choose(rows, case.get("head_decision"))
        status = "final" if "head_decision" in case else status
    selected = [row["id"] for row in rows if row["outcome"] == "selected"]
    return {
        "base": base, "minimum": _least(rule, base), "by": by, "status": status, "candidates": rows,
        "selected": selected, "tie": tie,
    }  # fmt: skip


def _fill(rows: list[Tree], quota: int) -> Tree | None:
    """Take one group of equal votes after the other while there is room."""
    room, tie = quota, None
    for agree in sorted({row["agree"] for row in rows if row["meets"]}, reverse=True):
        group = [row for row in rows if row["agree"] == agree]
        if 0 < room < len(group):
            tie = {"agree": agree, "candidates": [row["id"] for row in group], "places": room, "up_to": False}
        outcome = "selected" if room >= len(group) else "tied" if room > 0 else "not_selected"
        for row in group:
            row["outcome"] = outcome
        room = max(0, room - len(group))
    return tie


def _line(rows: list[Tree], rule: Tree, base: int, quota: int | None) -> Tree | None:
    group = [row for row in rows if base and Fraction(row["agree"], base) == Fraction(rule["num"], rule["den"])]
    for row in group:
        row["outcome"] = "tied"
    if not group:
        return None
    places = len(group) if quota is None else min(quota, len(group))
    return {"agree": group[0]["agree"], "candidates": [row["id"] for row in group], "places": places, "up_to": True}


def _let_the_head_choose(rows: list[Tree], decision: Tree | None) -> None:
    for row in rows:
        if decision is not None and row["outcome"] == "tied":
            row["outcome"] = "selected" if row["id"] in decision["chosen"] else "not_selected"


def _drawn_base(chance: Random) -> str:
    return chance.choice(["present", "present", "summoned", "ballots"])


def _drawn_votes(number: int, valid: int, usual: list[int], chance: Random) -> Tree:
    agree = chance.choice(usual) if chance.random() < 0.6 else chance.randrange(valid + 1)
    disagree = chance.randrange(valid - agree + 1) + (chance.random() < 0.01)
    name = number - (chance.random() < 0.01)
    return {"id": f"c{name}", "name": f"Tên {name}", "agree": agree, "disagree": disagree}


def _drawn_rule(case: Tree, usual: list[int], chance: Random) -> Tree:
    """A rule of small numbers, or one whose line runs through votes that names have."""
    base = _drawn_base(chance)
    num, den = chance.randrange(13), chance.randrange(1, 13)
    if chance.random() < 0.4 and case[base]:
        times = chance.randrange(1, 4)
        num, den = times * chance.choice(usual), times * case[base]
    return {"op": chance.choice([">=", ">", ">"]), "num": num, "den": den, "base": base}


def _drawn_selection(case: Tree, mode: str, usual: list[int], chance: Random) -> Tree:
    selection: Tree = {"mode": mode}
    if mode == "top":
        selection["quota"] = chance.randrange(1, 6)
        if chance.random() < 0.6:
            selection["tie"] = chance.choice(["head", "vote"])
    if chance.random() < 0.3:
        selection["fallback"] = _drawn_rule(case, usual, chance)
    return selection


def _with_a_decision(case: Tree, chance: Random) -> Tree:
    verdict = verdict_of(case)
    if verdict is None or chance.random() < 0.4:
        return case
    tie = verdict["tie"]
    if tie is None and chance.random() < 0.95:
        return case
    group, places = (tie["candidates"], tie["places"]) if tie else (["c0"], 1)
    size = chance.randrange(places + 1) if tie and tie["up_to"] else places
    chosen = chance.sample(group, size)
    if chance.random() < 0.1:
        chosen = chance.choice([[*chosen, "c0"], chosen[:-1], [*chosen, *chosen], ["c1"]])
    return case | {"head_decision": {"chosen": chosen, "by": "Lò Văn Pản", "reason": "", "on": "2022-04-10"}}


def _drawn_levels(case: Tree, chance: Random) -> Tree:
    levels = ["cao", "vừa", "thấp", "rất thấp"][: chance.randrange(1, 5)]
    valid = max(0, case["ballots"] - case.get("invalid", 0))
    marks = [
        {"name": f"dấu {n}", "level": chance.choice(levels)} | _drawn_rule(case, [valid, valid // 2], chance)
        for n in range(chance.randrange(4))
    ]
    for mark in marks:
        del mark["base"]
    case["candidates"] = []
    for number in range(chance.randrange(6)):
        left, counts = valid + (chance.random() < 0.01), []
        for _ in levels:
            counts.append(left if chance.random() < 0.2 else chance.randrange(left + 1))
            left -= counts[-1]
        case["candidates"].append({"id": f"c{number}", "name": f"Tên {number}", "counts": counts})
    selection = {"mode": "levels", "levels": levels, "marks": marks}
    return case | {"rule": {"base": _drawn_base(chance)}, "selection": selection}
