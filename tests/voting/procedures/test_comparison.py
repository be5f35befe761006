"""A draft compared with its catalogue: what is refused, what a note names, what nobody can compare."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests.sittings import changed
from voting.conference.draft.agenda import Draft
from voting.conference.draft.editor import begin_draft, choices, with_paper
from voting.documents.conferences.conference import Candidate, Note, Override, Quorum, Rule, Ruleset, Selection
from voting.procedures import catalogue, find_procedure, find_ruleset, find_step
from voting.procedures.comparison import (
    catalogue_problems,
    catalogue_remarks,
    decided_papers,
    decision_notes,
    handed_on,
    ruleset_of,
    rulesets_of,
    unknown_rulesets,
    with_decision,
)
from voting.procedures.schema import Ruleset as Catalogue

INTRODUCE, FINAL = "SONLA-VPUB-2022-03/1/CUR-DEPT/2", "SONLA-VPUB-2022-03/1/CUR-DEPT/4"


@pytest.fixture
def ruleset() -> Catalogue:
    """The shipped catalogue."""
    return find_ruleset("SONLA-VPUB-2022-03", 1)


def paper(draft: Draft, **changes: Any) -> Draft:
    """A draft with its first paper changed."""
    return msgspec.structs.replace(draft, papers=(msgspec.structs.replace(draft.papers[0], **changes),))


def every_step() -> list[str]:
    return [
        f"{ruleset.id}/{ruleset.version}/{procedure.id}/{step.number}"
        for ruleset in catalogue()
        for procedure in ruleset.procedures
        for step in procedure.steps
        if step.ballots
    ]


def test_another_way_to_decide_equal_votes_is_a_difference() -> None:
    draft = begin_draft("BAU-CU-190/1/BAU-CAP-UY/1", "2025-06-10")
    again = paper(draft, selection=Selection("top", 3, "vote"))
    assert list(catalogue_problems(again, catalogue())) == []
    by_head = [one.vi for one in catalogue_problems(paper(draft, selection=Selection("top", 3)), catalogue())]
    assert any("bỏ phiếu lại trong số những người bằng phiếu" in one for one in by_head)


@pytest.mark.parametrize("step", every_step())
def test_a_draft_begun_from_the_catalogue_agrees_with_it(step: str) -> None:
    draft = begin_draft(step, "2022-04-10")
    filled = tuple(
        msgspec.structs.replace(one, selection=msgspec.structs.replace(one.selection, quota=2))
        for one in draft.papers
        if one.selection.mode == "top"
    )
    draft = msgspec.structs.replace(draft, papers=filled or draft.papers)
    assert list(catalogue_problems(draft, catalogue())) == []
    assert list(catalogue_remarks(draft, catalogue())) == []


CHANGES: dict[str, tuple[str, Callable[[Draft], Draft], str]] = {
    "rule": (INTRODUCE, lambda d: paper(d, rule=Rule(">=", 1, 10, "present")), "từ 10% trở lên so với"),
    "base": (FINAL, lambda d: paper(d, rule=Rule(">", 1, 2, "present"), selection=Selection("top", 1)), "trên 50%"),
    "no quota": (FINAL, lambda d: paper(d, selection=Selection("all")), "lấy tất cả những người đạt"),
    "ties": (FINAL, lambda d: paper(d, tie_scope="none", selection=Selection("top", 1)), "không có quy định"),
    "quorum": (INTRODUCE, lambda d: msgspec.structs.replace(d, quorum=Quorum(1, 2, None)), "có mặt ít nhất 50%"),
    "no quorum": (INTRODUCE, lambda d: msgspec.structs.replace(d, quorum=None), "không quy định"),
}  # fmt: skip


@pytest.mark.parametrize(("step", "change", "words"), CHANGES.values(), ids=CHANGES)
def test_a_difference_is_a_problem_until_a_note_names_it_in_full(
    step: str, change: Callable[[Draft], Draft], words: str, ruleset: Catalogue
) -> None:
    draft = change(begin_draft(step, "2022-04-10"))
    assert [one.vi for one in catalogue_problems(draft, [ruleset]) if words in one.vi]
    (note,) = decision_notes(draft, [ruleset])
    assert words in note.text
    noted = msgspec.structs.replace(draft, notes=(*draft.notes, note))
    assert list(catalogue_problems(noted, [ruleset])) == []
    assert any(words in one.vi for one in catalogue_remarks(noted, [ruleset]))
    half = msgspec.structs.replace(draft, notes=(*draft.notes, Note(note.code, "Khác danh mục.")))
    assert list(catalogue_problems(half, [ruleset]))


def test_no_note_excuses_another_kind_or_names_put_forward_to_a_closed_list(ruleset: Catalogue) -> None:
    draft = begin_draft("SONLA-VPUB-2022-03/1/CUR-DEPT/3", "2022-04-10")
    outsider = Candidate("c1", "Hà Văn An", "", "", "", True, (0, 0))
    for wrong in (paper(draft, candidates=(outsider,)), paper(draft, kind="final")):
        noted = msgspec.structs.replace(wrong, notes=with_decision(wrong, 1))
        assert list(catalogue_problems(noted, [ruleset]))


def test_no_note_excuses_a_conclusion_that_the_catalogue_does_not_draw(ruleset: Catalogue) -> None:
    """Where another procedure's approval is claimed, the minutes would say what the body cannot decide."""
    for step, words in every_ballot(ruleset):
        draft = begin_draft(step, "2022-04-10")
        first = draft.papers[0]
        assert first.hands_on == words == handed_on(first)
        wrong = paper(draft, hands_on="đưa vào danh sách và phê duyệt")
        noted = msgspec.structs.replace(wrong, notes=with_decision(wrong, 1))
        assert [one.vi for one in catalogue_problems(noted, [ruleset]) if "kết luận ghi" in one.vi]
        assert not [one.vi for one in catalogue_problems(paper(draft, hands_on=""), [ruleset]) if "kết luận" in one.vi]


def every_ballot(ruleset: Catalogue) -> Iterator[tuple[str, str]]:
    """The first ballot of every step, and what becomes of those whom it chooses."""
    own = {procedure.id for procedure in ruleset.procedures}
    for choice in (one for one in choices() if one.procedure in own):
        step = find_step(find_procedure(choice.procedure, ruleset), choice.step)
        yield choice.value, step.ballots[0].hands_on_text


def test_a_paper_that_becomes_another_kind_concludes_as_that_kind(ruleset: Catalogue) -> None:
    draft = begin_draft(INTRODUCE, "2022-04-10")
    fields = {"kind": "final", "title": "T", "num": "1", "den": "2", "op": ">", "base": "present"}
    assert with_paper(draft, 1, fields).papers[0].hands_on == ""
    assert with_paper(draft, 1, {**fields, "kind": draft.papers[0].kind}).papers[0].hands_on == draft.papers[0].hands_on
    elsewhere = changed(draft, ruleset=Ruleset("OTHER", 1))
    assert handed_on(elsewhere.papers[0]) == ""
    assert handed_on(changed(draft, step=9).papers[0]) == ""


def test_the_chair_goes_on_without_a_quorum_only_where_the_catalogue_lets_them(ruleset: Catalogue) -> None:
    draft = begin_draft(INTRODUCE, "2022-04-10")
    missed = msgspec.structs.replace(draft, quorum=Quorum(2, 3, Override("Lê Chủ Trì", "vắng có lý do")))
    assert list(catalogue_problems(missed, [ruleset])) == []
    assert ruleset.quorum is not None
    strict = msgspec.structs.replace(ruleset, quorum=msgspec.structs.replace(ruleset.quorum, override=False))
    assert [one.en for one in catalogue_problems(missed, [strict])] == [
        "the catalogue does not let the chair go on without the quorum"
    ]


def test_a_catalogue_that_is_not_shipped_is_found_only_where_it_is_given(ruleset: Catalogue) -> None:
    named = changed(begin_draft(INTRODUCE, "2022-04-10"), ruleset=Ruleset("OTHER", 1))
    other = msgspec.structs.replace(ruleset, id="OTHER")
    assert ruleset_of(named.papers[0]) is None and unknown_rulesets(named) == (Ruleset("OTHER", 1),)
    assert ruleset_of(named.papers[0], (other,)) is other and rulesets_of(named, (other,)) == (other,)
    noted = msgspec.structs.replace(named, notes=(*named.notes, Note("KHAC-1", "x")))
    assert list(catalogue_problems(noted)) == []
    assert [one.en for one in catalogue_problems(noted, (other,))] == ["note KHAC-1 names what does not differ"]
    assert with_decision(named, 0) == named.notes


def test_a_title_that_the_procedure_does_not_fill_is_remarked(ruleset: Catalogue) -> None:
    draft = paper(begin_draft(INTRODUCE, "2022-04-10"), title="Chánh Văn phòng bậc hai")
    [said] = [one.vi for one in catalogue_remarks(draft, [ruleset]) if "Chánh Văn phòng bậc hai" in one.vi]
    assert said.startswith("Phiếu 1: chức danh")


def test_papers_whose_differences_notes_name_are_known_by_their_numbers() -> None:
    codes = ("A6", "KHAC-0", "KHAC-2", "KHAC-11", "KHAC-x", "KHAC-²")
    draft = begin_draft(INTRODUCE, "2022-04-10")
    noted = msgspec.structs.replace(draft, notes=tuple(Note(code, "x") for code in codes))
    assert decided_papers(noted) == (2, 11)


def test_papers_of_two_procedures_are_each_compared_with_their_own_step(ruleset: Catalogue) -> None:
    one, other = begin_draft(INTRODUCE, "2022-04-10"), begin_draft("SONLA-VPUB-2022-03/1/NEXT-DEPT/3", "2022-04-10")
    both = msgspec.structs.replace(one, papers=(*one.papers, *other.papers))
    assert list(catalogue_problems(both)) == [] and list(catalogue_remarks(both)) == []
    moved = msgspec.structs.replace(other.papers[0], procedure=one.papers[0].procedure, step=9)
    wrong = msgspec.structs.replace(one, papers=(*one.papers, moved))
    assert [said.en for said in catalogue_problems(wrong)] == [
        "paper 2: the catalogue SONLA-VPUB-2022-03 has no procedure 'CUR-DEPT' with a step 9"
    ]
