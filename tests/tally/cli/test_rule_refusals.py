"""`phieukin decide` refuses each thing that the contract names: exit 2 and one line, with --lines an error.

Each row changes one thing of a case that is decided: a path into it, and what stands there instead.
"""

import copy
import json
from typing import Any

import pytest
from click.testing import CliRunner

from tally.cli.rule import decide_command

Tree = dict[str, Any]
PEOPLE: Tree = {"summoned": 45, "present": 42, "ballots": 40}
NAMES = [
    {"id": "c1", "name": "A", "agree": 18, "disagree": 20},
    {"id": "c2", "name": "B", "agree": 21, "disagree": 1},
    {"id": "c3", "name": "C", "agree": 21, "disagree": 0},
]
FALLBACK = {"op": ">=", "num": 3, "den": 10, "base": "present"}
HEAD = {"chosen": ["c2"], "by": "H", "reason": "R", "on": "2022-04-10"}
RULE = {"op": ">=", "num": 3, "den": 10, "base": "present"}
LINE = {"op": ">", "num": 1, "den": 2, "base": "present", "at_line": "head"}
TOP: Tree = PEOPLE | {
    "rule": RULE, "selection": {"mode": "top", "quota": 1, "tie": "head", "fallback": FALLBACK}, "invalid": 1,
    "candidates": NAMES, "head_decision": HEAD,
}  # fmt: skip
VOTE: Tree = PEOPLE | {
    "rule": RULE, "selection": {"mode": "top", "quota": 1, "tie": "vote"}, "candidates": NAMES,
}  # fmt: skip
ALL: Tree = PEOPLE | {"rule": LINE, "selection": {"mode": "all"}, "candidates": NAMES, "head_decision": HEAD}
REPORT: Tree = PEOPLE | {"rule": {"base": "present"}, "selection": {"mode": "report"}, "candidates": NAMES}
LEVELS: Tree = PEOPLE | {
    "rule": {"base": "ballots"},
    "selection": {
        "mode": "levels",
        "levels": ["high", "low"],
        "marks": [{"name": "m1", "level": "low", "op": ">", "num": 1, "den": 2},
                  {"name": "m2", "level": "high", "op": ">=", "num": 1, "den": 2}],
    },
    "candidates": [{"id": "c1", "name": "A", "counts": [30, 8]}, {"id": "c2", "name": "B", "counts": [0, 0]}],
}  # fmt: skip
WHOLE = {"top": TOP, "vote": VOTE, "all": ALL, "report": REPORT, "levels": LEVELS}
GONE = object()


def run(text: str, *options: str) -> Any:
    return CliRunner().invoke(decide_command, list(options), input=text)


def at(tree: Any, path: str) -> tuple[Any, str | int]:
    """Return what holds the place of a path, and its name there."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        tree = tree[part]
    return tree, last


def changed(case: str, path: str, value: object) -> Tree:
    tree = copy.deepcopy(WHOLE[case])
    holder, name = at(tree, path)
    if value is GONE:
        del holder[name]
    else:
        holder[name] = value
    return tree


def paths(tree: Any, before: str = "") -> list[str]:
    """Name every place of a case: fields and members, also of what they hold."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    found = []
    for name, value in inside:
        found += [f"{before}{name}", *paths(value, f"{before}{name}.")]
    return found


def numbers(case: str) -> list[str]:
    return [path for path in paths(WHOLE[case]) if isinstance(value_at(case, path), int)]


def value_at(case: str, path: str) -> Any:
    holder, name = at(WHOLE[case], path)
    return holder[name]


OPTIONAL = {
    "invalid", "head_decision", "rule.at_line", "selection.tie", "selection.fallback",
}  # fmt: skip
WORDS = {"op": "=>", "base": "drawn", "mode": "best", "tie": "chair", "at_line": "vote"}

MISSING = [
    (case, path, GONE)
    for case, whole in WHOLE.items()
    for path in paths(whole)
    if not path.split(".")[-1].isdigit() and path not in OPTIONAL
]
UNKNOWN = [
    (case, f"{path}.more" if path else "more", 1)
    for case, whole in WHOLE.items()
    for path in ["", *paths(whole)]
    if isinstance(value_at(case, path) if path else whole, dict)
]
NULL = [(case, path, None) for case, whole in WHOLE.items() for path in paths(whole)]
NOT_WHOLE = [(case, path, value) for case in WHOLE for path in numbers(case) for value in (1.0, 1e300, -1, "1", True)]
UNKNOWN_WORDS = [
    (case, path, wrong)
    for case, whole in WHOLE.items()
    for path in paths(whole)
    if path.split(".")[-1] in WORDS
    for wrong in (WORDS[path.split(".")[-1]], "", 1)
]
OF_ANOTHER_MODE = [
    ("all", "selection.quota", 2), ("all", "selection.tie", "head"), ("all", "selection.levels", []),
    ("all", "selection.marks", []), ("top", "selection.levels", ["a"]), ("top", "selection.marks", []),
    ("report", "rule.op", ">"), ("report", "rule.num", 1), ("report", "rule.den", 2),
    ("report", "rule.at_line", "head"),
    ("report", "rule", FALLBACK), ("report", "selection.quota", 1), ("report", "selection.tie", "head"),
    ("report", "selection.fallback", FALLBACK), ("report", "selection.levels", []), ("report", "head_decision", HEAD),
    ("levels", "rule", FALLBACK), ("levels", "rule.at_line", "head"), ("levels", "selection.quota", 1),
    ("levels", "selection.tie", "head"), ("levels", "selection.fallback", FALLBACK), ("levels", "head_decision", HEAD),
    ("levels", "candidates.0.agree", 1), ("report", "candidates.0.counts", [1]), ("all", "candidates.0.counts", [1]),
    ("levels", "candidates", NAMES), ("report", "candidates", LEVELS["candidates"]),
    ("top", "selection.fallback.at_line", "head"),
    ("top", "selection.fallback", {"op": ">", "num": 1, "den": 2, "base": "present", "at_line": "head"}),
]  # fmt: skip
SHARES = [
    ("top", "rule.den", 0), ("top", "selection.fallback.den", 0), ("levels", "selection.marks.1.den", 0),
    ("all", "rule.num", 0), ("all", "rule.op", ">="), ("top", "selection.quota", 0),
    ("vote", "selection.quota", GONE), ("vote", "rule.at_line", "head"),
]  # fmt: skip
NOBODY = {"summoned": 45, "present": 0, "ballots": 0}
BASES = [
    ("top", "", NOBODY | {"candidates": []}), ("vote", "", NOBODY | {"candidates": []}),
    ("report", "", NOBODY | {"candidates": []}),
    ("levels", "", NOBODY | {"candidates": [], "rule": {"base": "present"}}),
    ("vote", "", {
        "summoned": 0, "present": 0, "ballots": 0, "candidates": [], "rule": RULE | {"base": "ballots"},
        "selection": {"mode": "all", "fallback": FALLBACK | {"base": "summoned"}},
    }),
]  # fmt: skip
NAMES_AND_COUNTS = [
    ("top", "candidates.2.id", "c1"), ("report", "candidates.2.id", "c1"), ("levels", "candidates.1.id", "c1"),
    ("levels", "selection.levels", []), ("levels", "selection.levels", ["low", "low"]),
    ("levels", "selection.levels.0", "low"), ("levels", "selection.marks.1.name", "m1"),
    ("levels", "selection.marks.0.level", "none"), ("levels", "candidates.0.counts", [1]),
    ("levels", "candidates.0.counts", []), ("levels", "candidates.0.counts", [1, 1, 1]),
    ("levels", "candidates.0.counts", [30, 11]), ("levels", "invalid", 3),
    *((case, "present", 46) for case in WHOLE), *((case, "ballots", 43) for case in WHOLE),
    *((case, "invalid", 41) for case in WHOLE), ("top", "invalid", 3), ("report", "invalid", 3),
    ("top", "candidates.0.agree", 21), ("report", "candidates.0.agree", 21), ("all", "candidates.1.disagree", 20),
]  # fmt: skip
DECISIONS = [
    ("vote", "head_decision", HEAD), ("top", "selection.quota", 2), ("top", "rule.num", 9),
    ("all", "rule.at_line", GONE),
    ("all", "selection.fallback", FALLBACK), ("all", "rule.num", 0), ("all", "candidates.0.agree", 22),
    *((case, "head_decision.chosen", wrong) for case in ("top", "all") for wrong in (
        ["c2", "c2"], ["c1"], ["c9"], ["c2", "c3", "c1"], ["c2", "c3", "c3"], [""], "c2", [2])),
    ("top", "head_decision.chosen", []), ("top", "head_decision.chosen", ["c2", "c3"]),
    *((case, "head_decision.on", day) for case in ("top", "all") for day in (
        "2022-02-30", "20220410", "2022-4-10", "2022-W14-7", "10/04/2022", "2022-04-10T00:00", "", "2022-100", 2022)),
    ("top", "head_decision.by", 1), ("top", "head_decision.more", ""),
]  # fmt: skip
ROWS = [
    *MISSING, *UNKNOWN, *NULL, *NOT_WHOLE, *UNKNOWN_WORDS, *OF_ANOTHER_MODE, *SHARES, *NAMES_AND_COUNTS, *DECISIONS,
]  # fmt: skip
TREES = [(f"{case} {path} {'gone' if value is GONE else value!r}", changed(case, path, value))
         for case, path, value in ROWS]  # fmt: skip
TREES += [(f"base 0: {case} {n}", WHOLE[case] | change) for n, (case, _, change) in enumerate(BASES)]


@pytest.mark.parametrize("case", WHOLE)
def test_the_cases_themselves_are_decided(case: str) -> None:
    result = run(json.dumps(WHOLE[case]))
    assert (result.exit_code, result.stderr) == (0, "")


def test_everything_that_the_contract_names_is_refused_with_exit_2_and_one_line() -> None:
    assert len(TREES) > 300
    for name, tree in TREES:
        result = run(json.dumps(tree))
        assert (result.exit_code, result.stdout) == (2, ""), name
        assert result.stderr.startswith("decide: ") and len(result.stderr.splitlines()) == 1, name


def test_with_lines_each_of_them_is_an_error_in_its_place_and_the_exit_is_0() -> None:
    text = "".join(f"{json.dumps(tree)}\n{json.dumps(LEVELS)}\n" for _, tree in TREES)
    result = run(text, "--lines")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and len(answers) == 2 * len(TREES)
    assert all(list(answer) == ["error"] and answer["error"] for answer in answers[::2])
    assert all("error" not in answer for answer in answers[1::2])
    assert f"decide: {answers[0]['error']}\n" == run(json.dumps(TREES[0][1])).stderr


@pytest.mark.parametrize(
    ("case", "path", "value"),
    [
        *((case, "candidates", []) for case in ("vote", "report", "levels")),
        ("levels", "selection.marks", []),
        *((case, "invalid", 0) for case in WHOLE),
        *(("top", path, GONE) for path in ("invalid", "selection.tie", "selection.fallback", "head_decision")),
        ("all", "head_decision", GONE),
        ("all", "head_decision.chosen", []),
        ("all", "head_decision.chosen", ["c2", "c3"]),
        ("top", "rule.num", 0),
        ("top", "selection.fallback.num", 0),
        ("levels", "selection.marks.0.num", 0),
        ("top", "head_decision.reason", ""),
        *((case, "rule.base", "ballots") for case in ("top", "vote", "report")),
        ("levels", "rule.base", "summoned"),
        ("vote", "selection.quota", 10**60),
    ],
)
def test_what_the_contract_leaves_free_is_decided(case: str, path: str, value: object) -> None:
    result = run(json.dumps(changed(case, path, value)))
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("case", WHOLE)
def test_a_field_that_stands_twice_is_refused_in_every_mode(case: str) -> None:
    text = json.dumps(WHOLE[case])
    assert run(text.replace('"present": 42', '"present": 42, "present": 42')).exit_code == 2
    assert run(text.replace('"mode"', '"mode": "all", "mode"')).exit_code == 2
