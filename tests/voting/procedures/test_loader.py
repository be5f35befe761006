"""Ruleset files: what is refused, with the place of each fault; another kind of body loads."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from voting.cli.procedures import procedures_group
from voting.procedures import load_ruleset, loader, parse_ruleset
from voting.procedures.card import document
from voting.procedures.errors import InvalidRuleset

UNION = Path(__file__).with_name("trade_union.toml")
TEXT = UNION.read_text(encoding="utf-8")


def changed(old: str, new: str) -> bytes:
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode()


def test_a_trade_union_with_two_thirds_and_the_first_five_loads() -> None:
    ruleset = load_ruleset(UNION)
    ballot = ruleset.procedures[0].steps[0].ballots[0]
    assert (ballot.quota, ruleset.rules[ballot.rule].num, ruleset.rules[ballot.rule].den) == (5, 2, 3)


TITLE = TEXT[TEXT.index("[[procedures.titles]]") : TEXT.index("[[procedures.steps]]")]
BALLOT = TEXT[TEXT.index("[[procedures.steps.ballots]]") :]
CLASS = """[[procedures.titles.objects]]
number = 1
name = "x"
text = "x"
posts = ["member"]
planned_for = []
months = 60
preferred_months = 12

"""
BAD = {
    "unknown key": (changed('section = "Điều 3"', 'section = "Điều 3"\ncolour = "red"'), r"steps\[0\]: .*`colour`"),
    "missing key": (changed('name = "Đại hội"\n', ""), r"procedures\[0\]\.steps\[0\]: .*`name`"),
    "wrong type": (changed("num = 2", 'num = "2"'), r"rules\[\.\.\.\]\.num|rules.*num"),
    "not a whole number": (changed("quota = 5", "quota = 5.0"), r"ballots\[0\]\.quota"),
    "newer format": (changed("format = 1", "format = 2"), r"format"),
    "not TOML": (b"format = = 1", r"not TOML"),
    "key twice": (changed("version = 1", "version = 1\nversion = 1"), r"not TOML"),
    "not UTF-8": (b"\xff", r"older encoding .*not UTF-8, at byte 0"),
    "UTF-16": ("format = 1".encode("utf-16"), r"UTF-16"),
    "too large": (b"#" * 300_000, r"at most 262144"),
    "not NFC": (changed("Đại hội", "Đa\u0323i ho\u0302\u0323i"), r"procedures\[0\]\.steps\[0\]\.name: .*NFC"),
    "bidi mark": (changed("Đại hội", "Đại \u202ehội"), r"procedures\[0\]\.steps\[0\]\.name: .*U\+202E"),
    "unknown rule": (changed('rule = "TWO', 'rule = "TEN'), r"ballots\[0\]\.rule: no rule 'TEN_THIRDS_PRESENT'"),
    "unknown capacity": (changed('capacities = ["delegates"]', 'capacities = ["guests"]'), r"no capacity 'guests'"),
    "impossible rule": (changed("num = 2", "num = 4"), r"rules\.TWO_THIRDS_PRESENT: nobody can reach"),
    "strict rule of everybody": (changed('op = ">="\nnum = 2', 'op = ">"\nnum = 3'), r"nobody can reach > 3/3"),
    "steps out of order": (changed("number = 1", "number = 2"), r"numbered 1, 2, 3"),
    "final without an order": (changed('top_down = "lấy từ cao xuống thấp cho đủ 5 người"\n', ""), r"\.top_down"),
    "final without a tie rule": (changed('tie_scope = "cutline"\n', ""), r"\.tie_scope"),
    "quota of an introduction": (changed('kind = "final"', 'kind = "introduce"'), r"quota: only the final ballot"),
    "names put forward at the end": (changed("quota = 5", "quota = 5\nput_forward = true"), r"put_forward"),
    "nowhere to hand on": (changed('hands_on = "approval"', 'hands_on = "next_step"'), r"no step follows"),
    "removal of nobody": (changed('hands_on = "approval"', 'hands_on = "removal_proposal"'), r"removal ballot"),
    "missing composition": (changed('stated = "listed"', 'stated = "missing"'), r"composition: a missing composition"),
    "assumed without a note": (changed("quota = 5", "quota = 5\nstated = false"), r"needs a note"),
    "unknown note": (changed("quota = 5", 'quota = 5\nnotes = ["A1"]'), r"ballots\[0\]\.notes\[0\]: no note 'A1'"),
    "nested beyond all need": (changed("basis = []", f"basis = {'[' * 13}{']' * 13}"), r"nested too deeply"),
    "a quorum of more than all": (
        changed("[rules.TWO", '[quorum]\nnum = 4\nden = 3\ntext = "x"\n\n[rules.TWO'),
        r"4/3 is more than everybody",
    ),
    "nothing to fill": (
        changed(TITLE, "titles = []\n\n"),
        r"procedures\[0\]\.titles: a procedure fills at least one title",
    ),
    "fewer months preferred than required": (
        changed("[[procedures.steps]]", f"{CLASS}[[procedures.steps]]"),
        r"preferred_months: less than the months",
    ),
    "a step that decides nothing": (changed(BALLOT, "ballots = []\n"), r"steps\[0\]: a step without a ballot says"),
    "a suggestion for what is listed": (
        changed('stated = "listed"', 'stated = "listed", suggested_from = "x"'),
        r"only for a missing composition",
    ),
    "a final ballot before the end": (
        changed(
            'hands_on_text = "trúng cử"',
            'hands_on_text = "trúng cử"\n\n[[procedures.steps]]\nnumber = 2\n'
            'section = "x"\nbody = "congress"\nname = "x"\nenglish = "x"\nadopts = ["lists"]\nballots = []\n'
            'composition = { stated = "listed", text = "x", capacities = ["delegates"] }',
        ),
        r"the final ballot belongs to the last step",
    ),
    "same capacity twice": (
        changed("[rules.TWO", '[[capacities]]\nid = "delegates"\nname = "x"\nenglish = "x"\n\n[rules.TWO'),
        r"capacities\[1\]: 'delegates' is there twice",
    ),
}


@pytest.mark.parametrize(("raw", "message"), BAD.values(), ids=BAD.keys())
def test_a_bad_ruleset_is_refused_with_the_place_of_the_fault(raw: bytes, message: str) -> None:
    with pytest.raises(InvalidRuleset, match=message):
        parse_ruleset(raw)


def test_all_faults_of_consistency_are_named_at_once() -> None:
    raw = changed('rule = "TWO', 'rule = "TEN').replace(b'["delegates"]', b'["guests"]')
    with pytest.raises(InvalidRuleset) as caught:
        parse_ruleset(raw)
    assert len(caught.value.problems) == 2


def test_check_passes_a_good_file_and_names_the_fault_of_a_bad_one(tmp_path: Path) -> None:
    good = CliRunner().invoke(procedures_group, ["check", str(UNION)])
    assert (good.exit_code, "1 procedure(s), 1 steps" in good.output) == (0, True)
    bad = tmp_path / "bad.toml"
    bad.write_bytes(changed("quota = 5", "quota = 0"))
    refused = CliRunner().invoke(procedures_group, ["check", str(bad)])
    assert refused.exit_code == 1
    assert "procedures[0].steps[0].ballots[0].quota" in refused.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show"], "NEXT-OFFICE"),
        (["show", "CUR-DEPT"], "Bước 4. Hội nghị tập thể lãnh đạo (lần 2)"),
        (["show", "BCH", "--file", str(UNION)], "từ 2/3 trở lên so với tổng số người có mặt"),
        (["document"], "### NEXT-DEPT"),
    ],
)
def test_show_prints_cards(arguments: list[str], words: str) -> None:
    shown = CliRunner().invoke(procedures_group, arguments)
    assert (shown.exit_code, words in shown.output) == (0, True)


def test_show_says_that_a_procedure_is_unknown() -> None:
    shown = CliRunner().invoke(procedures_group, ["show", "NONE"])
    assert (shown.exit_code, "no procedure 'NONE'" in shown.output) == (1, True)


def test_a_file_saved_by_notepad_loads_and_utf_16_is_named(tmp_path: Path) -> None:
    path = tmp_path / "union.toml"
    path.write_bytes(TEXT.encode("utf-8-sig"))
    assert load_ruleset(path) == load_ruleset(UNION)
    path.write_bytes(TEXT.encode("utf-16"))
    found = CliRunner().invoke(procedures_group, ["check", str(path)])
    assert found.exit_code == 1
    assert "UTF-16" in found.output and "Save as" in found.output


def test_two_files_of_one_ruleset_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "__file__", str(tmp_path / "loader.py"))
    (tmp_path / "one.toml").write_text(TEXT, encoding="utf-8")
    assert [one.id for one in loader.catalogue.__wrapped__()] == ["CONG-DOAN"]
    (tmp_path / "two.toml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(InvalidRuleset, match="two files hold the same ruleset and version"):
        loader.catalogue.__wrapped__()


def test_a_ruleset_without_a_quorum_has_no_line_about_one() -> None:
    ruleset = load_ruleset(UNION)
    assert "Số người tối thiểu" not in document([ruleset])
    step = ruleset.procedures[0].steps[0]
    assert (step.introducing, step.closing) == (None, step.ballots[0])
