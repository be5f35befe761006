"""What is wrong with a paper keeps the list from being frozen, by the rules that Setup and the audit have."""

import msgspec
import pytest
from msgspec.structs import replace

from tests.voting.rooms import new_draft, new_teller
from voting.conference.draft.agenda import Draft, draft_problems
from voting.documents.conferences.check import paper_problems
from voting.documents.conferences.conference import Paper, Rule, Selection

DRAFT = new_draft([new_teller(), new_teller()], candidates=2)
PAPER = DRAFT.papers[0]
FIRST, SECOND = PAPER.candidates


def with_paper(paper: Paper) -> Draft:
    return msgspec.structs.replace(DRAFT, papers=(paper,))


WRONG: dict[str, tuple[Paper, str, str]] = {
    "no names": (replace(PAPER, candidates=()), "paper_names", "at least one name expected"),
    "a nameless line": (replace(PAPER, candidates=(FIRST, replace(SECOND, name=""))), "paper_unnamed", "c2: a name"),
    "an id twice": (replace(PAPER, candidates=(FIRST, replace(SECOND, id="c1"))), "paper_id", "c1 stands 2 times"),
    "a rule for nobody": (replace(PAPER, rule=Rule(">", 1, 1, "present")), "paper_rule", "by everybody or by nobody"),
    "a rule without words": (replace(PAPER, rule=Rule(">", 3, 10, "present", "head")), "paper_rule", "no words for"),
    "top without a quota": (replace(PAPER, selection=Selection("top")), "paper_quota", "quota of at least 1"),
    "a quota of nothing": (replace(PAPER, selection=Selection("top", 0)), "paper_quota", "quota of at least 1"),
    "all with a quota": (replace(PAPER, selection=Selection("all", 1)), "paper_quota", "quota of at least 1"),
    "put forward at the end": (
        replace(PAPER, kind="final", candidates=(FIRST, replace(SECOND, put_forward=True))),
        "paper_put_forward",
        "on an introduction ballot only",
    ),
}


@pytest.mark.parametrize(("paper", "key", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_a_paper_is_said_of_the_draft_as_of_the_conference(
    paper: Paper, key: str, words: str
) -> None:
    of_paper = [(one.key, one.english) for one in paper_problems(paper)]
    assert [one for one, _ in of_paper] == [key]
    assert words in of_paper[0][1]
    of_draft = {one.key: str(one) for one in draft_problems(with_paper(paper))}
    assert of_draft[key] == f"paper 1: {of_paper[0][1]}"


def test_a_paper_without_faults_has_no_problem() -> None:
    assert list(paper_problems(PAPER)) == []
    assert not [one for one in draft_problems(DRAFT) if one.key.startswith("paper")]
