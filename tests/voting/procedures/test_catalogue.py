"""The shipped catalogue says what the plan says: table 1.1 of the procedures, compositions word for word."""

import datetime
from pathlib import Path

import pytest

from voting.documents.conferences.conference import Rule
from voting.procedures import Ruleset, catalogue, find_note, find_procedure, find_ruleset, find_step
from voting.procedures.card import card, document
from voting.procedures.consistency import note_uses
from voting.procedures.errors import UnknownProcedure

ROOT = Path(__file__).resolve().parents[3]
GE30 = Rule(">=", 3, 10, "present")
GT50 = Rule(">", 1, 2, "present")
GT50_ALL = Rule(">", 1, 2, "summoned")
# procedure, step, kind, secrecy, rule, stated, put forward, taken from the top, tie scope, handed on
BALLOTS = [
    ("CUR-DEPT", 1, "adopt", "ballot", GT50_ALL, False, False, False, "none", "next_step"),
    ("CUR-DEPT", 1, "remove", "ballot", GT50_ALL, True, False, False, "none", "removal_proposal"),
    ("CUR-DEPT", 2, "introduce", "secret", GE30, True, True, False, "none", "next_step"),
    ("CUR-DEPT", 3, "introduce", "secret", GT50, True, False, False, "none", "next_step"),
    ("CUR-DEPT", 4, "final", "secret", GT50_ALL, True, False, True, "head_any", "proposal_and_approval"),
    ("CUR-OFFICE", 1, "adopt", "ballot", GT50_ALL, False, False, False, "none", "next_step"),
    ("CUR-OFFICE", 1, "remove", "ballot", GT50_ALL, True, False, False, "none", "removal_proposal"),
    ("CUR-OFFICE", 2, "introduce", "secret", GE30, True, True, False, "none", "next_step"),
    ("CUR-OFFICE", 3, "introduce", "secret", GT50, True, False, False, "none", "next_step"),
    ("CUR-OFFICE", 4, "final", "secret", GT50_ALL, True, False, True, "head_any", "proposal"),
    ("NEXT-DEPT", 3, "introduce", "secret", GE30, True, True, False, "none", "next_step"),
    ("NEXT-DEPT", 4, "introduce", "secret", GT50, True, False, False, "none", "next_step"),
    ("NEXT-DEPT", 5, "final", "secret", GT50_ALL, True, False, True, "head_cutline", "approval"),
    ("NEXT-OFFICE", 3, "introduce", "secret", GE30, True, True, False, "none", "next_step"),
    ("NEXT-OFFICE", 4, "introduce", "secret", GT50, True, False, False, "none", "next_step"),
    ("NEXT-OFFICE", 5, "final", "secret", GT50_ALL, True, False, True, "head_any", "proposal"),
]
LISTED = {
    ("CUR-DEPT", 2): "Tập thể lãnh đạo; trưởng phòng, phó trưởng phòng và tương đương; trưởng, phó các đơn vị trực "
    "thuộc; cấp ủy đảng bộ; trưởng các đoàn thể của cơ quan Văn phòng.",
    ("CUR-DEPT", 3): "Tập thể lãnh đạo; cấp ủy cơ quan; trưởng phòng và tương đương, trưởng đơn vị trực thuộc.",
    ("NEXT-DEPT", 2): "Tập thể lãnh đạo Văn phòng",
    ("NEXT-DEPT", 3): "Tập thể lãnh đạo Văn phòng; Trưởng phòng, phó trưởng phòng và tương đương; trưởng, phó các đơn "
    "vị trực thuộc; Ban chấp hành đảng bộ Văn phòng; Trưởng các đoàn thể của cơ quan.",
    ("NEXT-DEPT", 4): "Tập thể lãnh đạo Văn phòng; cấp ủy cơ quan; trưởng phòng và tương đương, trưởng đơn vị trực "
    "thuộc.",
    ("NEXT-OFFICE", 2): "Tập thể lãnh đạo Văn phòng",
    ("NEXT-OFFICE", 3): "Tập thể lãnh đạo Văn phòng; Trưởng, Phó các phòng, ban, đơn vị trực thuộc; Ban Chấp hành đảng "
    "bộ Văn phòng; Trưởng các đoàn thể của cơ quan; bí thư, phó bí thư các chi bộ trực thuộc Đảng ủy.",
    ("NEXT-OFFICE", 4): "Tập thể lãnh đạo Văn phòng; Trưởng các phòng, ban, đơn vị trực thuộc; Ban Thường vụ Đảng ủy "
    "Văn phòng.",
    ("NEXT-OFFICE", 5): "Tập thể lãnh đạo Văn phòng",
}


@pytest.fixture
def ruleset() -> Ruleset:
    return find_ruleset("SONLA-VPUB-2022-03")


def test_the_ballots_are_those_of_the_plan_and_no_others(ruleset: Ruleset) -> None:
    found = [
        (procedure.id, step.number, ballot.kind, ballot.secrecy, ruleset.rules[ballot.rule].rule(), ballot.stated,
         ballot.put_forward, bool(ballot.top_down), ballot.tie_scope, ballot.hands_on)
        for procedure in ruleset.procedures for step in procedure.steps for ballot in step.ballots
    ]  # fmt: skip
    assert found == BALLOTS


def test_compositions_that_the_plan_lists_are_word_for_word(ruleset: Ruleset) -> None:
    found = {
        (procedure.id, step.number): step.composition.text
        for procedure in ruleset.procedures
        for step in procedure.steps
        if step.composition.stated == "listed"
    }
    assert found == LISTED


def test_compositions_that_the_plan_lacks_are_suggested_and_must_be_confirmed(ruleset: Ruleset) -> None:
    steps = find_procedure("CUR-OFFICE").steps
    missing = [step.number for step in steps if step.composition.stated == "missing"]
    assert missing == [2, 3, 4]
    for step, like in zip(steps[1:], find_procedure("NEXT-OFFICE").steps[2:], strict=True):
        assert step.composition.must_confirm
        assert (step.composition.suggested_from, step.composition.text) == (like.section, like.composition.text)
        assert step.composition.capacities == like.composition.capacities


def test_only_the_wide_conference_of_the_office_calls_cell_secretaries(ruleset: Ruleset) -> None:
    called = {
        procedure.id
        for procedure in ruleset.procedures
        for step in procedure.steps
        if step.composition.stated == "listed" and "cell_secretaries" in step.composition.capacities
    }
    assert called == {"NEXT-OFFICE"}


@pytest.mark.parametrize(
    ("procedure", "last"),
    [("CUR-DEPT", 14), ("CUR-OFFICE", 19), ("NEXT-DEPT", 14), ("NEXT-OFFICE", 19)],
)
def test_deadlines_exclude_the_day_they_name(procedure: str, last: int) -> None:
    assert find_procedure(procedure).last_day() == datetime.date(2022, 4, last)


def test_the_briefing_and_the_dossier_are_milestones_without_a_ballot(ruleset: Ruleset) -> None:
    assert [(one.section, one.before.isoformat()) for one in ruleset.milestones] == [
        ("B.I", "2022-03-31"),
        ("C.1", "2022-04-15"),
    ]
    assert len(ruleset.milestones[1].delivers) == 2


def test_all_twenty_four_readings_are_there_and_used(ruleset: Ruleset) -> None:
    codes = [f"A{number}" for number in range(1, 25)]
    assert [note.code for note in ruleset.notes] == codes
    used = {code for _, places in note_uses(ruleset) for code in places}
    assert used == set(codes)


def test_the_newest_version_and_a_named_one_are_found(ruleset: Ruleset) -> None:
    assert find_ruleset(ruleset.id, 1) is ruleset is catalogue()[-1]
    assert find_note(ruleset, "A2").configurable is False


@pytest.mark.parametrize(
    "search",
    [
        lambda: find_ruleset("NO"),
        lambda: find_ruleset("SONLA-VPUB-2022-03", 9),
        lambda: find_procedure("NO"),
        lambda: find_step(find_procedure("CUR-DEPT"), 5),
        lambda: find_step(find_procedure("CUR-DEPT"), 0),
        lambda: find_note(catalogue()[0], "A99"),
    ],
)
def test_what_is_not_in_the_catalogue_is_an_error(search) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnknownProcedure):
        search()


def test_a_card_shows_rule_quota_tie_and_missing_composition(ruleset: Ruleset) -> None:
    text = card(find_procedure("CUR-OFFICE"), ruleset)
    rule = "từ 30% trở lên so với tổng số người có mặt"
    for words in ("CHƯA CÓ TRONG KẾ HOẠCH", rule, "kế hoạch không nêu; giả định", "19/04/2022"):
        assert words in text


def test_the_page_of_procedures_is_not_stale() -> None:
    committed = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8")
    assert committed == document(catalogue()), "run: phieukin procedures document > docs/procedures.md"
