"""`phieukin decide` from outside: the text it reads, the text it writes, and what it refuses."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tally.cli.rule import decide_command

CASE: dict[str, Any] = {
    "rule": {"op": ">=", "num": 3, "den": 10, "base": "present"},
    "selection": {"mode": "top", "quota": 2},
    "summoned": 45,
    "present": 42,
    "ballots": 40,
    "candidates": [
        {"id": "c1", "name": "Lò Thị Thảo", "agree": 18, "disagree": 20},
        {"id": "ứng-2", "name": "Cầm Văn Đôi", "agree": 30, "disagree": 2},
        {"id": "c3", "name": "Hà Văn Út", "agree": 18, "disagree": 0},
    ],
}
VERDICT = (
    '{"base":42,"minimum":13,"by":"rule","status":"awaiting_head","candidates":['
    '{"id":"ứng-2","agree":30,"disagree":2,"no_opinion":8,"percent":"71,43","meets":true,"place":1,"outcome":"selected"},'
    '{"id":"c1","agree":18,"disagree":20,"no_opinion":2,"percent":"42,86","meets":true,"place":2,"outcome":"tied"},'
    '{"id":"c3","agree":18,"disagree":0,"no_opinion":22,"percent":"42,86","meets":true,"place":2,"outcome":"tied"}],'
    '"selected":["ứng-2"],"tie":{"agree":18,"candidates":["c1","c3"],"places":1,"up_to":false}}\n'
)


def run(text: str | bytes, *options: str) -> Any:
    return CliRunner().invoke(decide_command, list(options), input=text)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CASE.items() if key != name}


def test_the_verdict_is_one_line_of_compact_json_in_the_order_of_the_contract() -> None:
    result = run(json.dumps(CASE, indent=2))
    assert (result.exit_code, result.stdout, result.stderr) == (0, VERDICT, "")


def test_with_lines_each_line_has_its_answer_in_its_place() -> None:
    good = json.dumps(CASE)
    result = run(f"{good}\n\n{json.dumps(CASE | {'present': 46})}\n{good}", "--lines")
    first, empty, wrong, last = result.stdout.splitlines()
    assert result.exit_code == 0
    assert first + "\n" == last + "\n" == VERDICT
    assert list(json.loads(empty)) == list(json.loads(wrong)) == ["error"]


def test_with_lines_and_nothing_to_read_there_is_nothing_to_write() -> None:
    result = run("", "--lines")
    assert (result.exit_code, result.stdout) == (0, "")


def test_numbers_of_any_size_are_exact() -> None:
    huge = 10**60
    case = CASE | {"summoned": huge, "present": huge, "ballots": huge, "candidates": []}
    assert json.loads(run(json.dumps(case)).stdout)["minimum"] == 3 * huge // 10


RAW = json.dumps(CASE)
REFUSED: list[tuple[str, str | bytes]] = [
    ("nothing", ""),
    ("no JSON", "{"),
    ("two cases", RAW + RAW),
    ("trailing text", RAW + " x"),
    ("an array", f"[{RAW}]"),
    ("not UTF-8", RAW.encode() + b"\xff"),
    ("byte order mark", b"\xef\xbb\xbf" + RAW.encode()),
    ("half a surrogate pair", RAW.replace('"c1"', '"\\ud800"')),
    ("nested too deep", "[" * 200_000),
    ("a field twice", RAW.replace('"present": 42', '"present": 42, "present": 42')),
    ("a nested field twice", RAW.replace('"num": 3', '"num": 3, "num": 3')),
    ("an unknown field", json.dumps(CASE | {"note": ""})),
    ("a field name of two lines", json.dumps(CASE | {"a\nb\u2028c": ""})),
    ("1.0", RAW.replace('"present": 42', '"present": 42.0')),
    ("4e1", RAW.replace('"present": 42', '"present": 4e1')),
    ("NaN", RAW.replace('"present": 42', '"present": NaN')),
    ("minus", RAW.replace('"ballots": 40', '"ballots": -40')),
    ("minus nothing", RAW.replace('"agree": 30', '"agree": -0')),
    ("true", RAW.replace('"num": 3', '"num": true')),
    ("text for a number", RAW.replace('"present": 42', '"present": "42"')),
    ("null for a number", RAW.replace('"present": 42', '"present": null')),
    ("a leading zero", RAW.replace('"present": 42', '"present": 042')),
    ("too many digits", RAW.replace('"summoned": 45', '"summoned": ' + "9" * 5000)),
    ("unknown operator", RAW.replace('">="', '"≥"')),
    ("unknown base", RAW.replace('"base": "present"', '"base": "drawn"')),
    ("unknown mode", RAW.replace('"top"', '"best"')),
    ("quota missing", json.dumps(CASE | {"selection": {"mode": "top"}})),
    ("quota null", json.dumps(CASE | {"selection": {"mode": "top", "quota": None}})),
    ("quota with all", json.dumps(CASE | {"selection": {"mode": "all", "quota": 2}})),
    ("quota null with all", json.dumps(CASE | {"selection": {"mode": "all", "quota": None}})),
    ("decision null", json.dumps(CASE | {"head_decision": None})),
    ("decision without reason", json.dumps(CASE | {"head_decision": {"chosen": ["c1"], "by": "", "on": "2022-04-10"}})),
    ("an id twice", RAW.replace('"c3"', '"c1"')),
    ("an id as a number", RAW.replace('"c3"', "3")),
    *[(f"without {name}", json.dumps(without(name))) for name in CASE],
]


@pytest.mark.parametrize("text", [text for _, text in REFUSED], ids=[name for name, _ in REFUSED])
def test_a_bad_case_is_refused_with_exit_2_and_one_line(text: str | bytes) -> None:
    result = run(text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("\n") and len(result.stderr.splitlines()) == 1
