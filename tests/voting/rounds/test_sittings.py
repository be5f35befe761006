"""Which steps of several rounds share a sitting, in how few sittings, and what keeps two apart."""

import itertools

import msgspec
import pytest

from tests.voting.rounds.office import everybody_agrees, file_documents, hold, meeting, office_round, read
from voting.documents.conferences.conference import Quorum
from voting.people.errors import WrongTurn
from voting.rounds.filing import files_of
from voting.rounds.meetings import draft_for
from voting.rounds.round import Round, ballots_of, procedure_of, step_of
from voting.rounds.sittings import fewest_turns, joined, summoned_to, who_differs

PROCEDURES = ("CUR-DEPT", "CUR-OFFICE", "NEXT-DEPT", "NEXT-OFFICE")


def sittings(plans: list[Round]) -> int:
    return sum(any(ballots_of(plans[at], step_of(plans[at], one)) for at, one in turn.steps)
               for turn in fewest_turns(plans))  # fmt: skip


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_one_procedure_is_held_step_by_step(procedure: str) -> None:
    plan = office_round(procedure)
    assert [turn.steps for turn in fewest_turns([plan])] == [((0, one.number),) for one in procedure_of(plan).steps]


@pytest.mark.parametrize("names", [*itertools.combinations(PROCEDURES, 2), PROCEDURES])
def test_procedures_held_together_take_every_step_once_in_order_and_share_only_with_the_same_people(
    names: tuple[str, ...],
) -> None:
    plans = [office_round(name) for name in names]
    turns = fewest_turns(plans)
    for at, plan in enumerate(plans):
        held = [step for turn in turns for place, step in turn.steps if place == at]
        assert held == [one.number for one in procedure_of(plan).steps]
    for turn in turns:
        summoned = {summoned_to(plans[at], step) for at, step in turn.steps}
        assert len(summoned) == 1
    assert sittings(plans) < sum(sittings([plan]) for plan in plans)


def test_all_four_procedures_of_an_office_take_as_many_sittings_as_the_longest() -> None:
    assert sittings([office_round(name) for name in PROCEDURES]) == 4


def test_where_other_people_are_summoned_no_sitting_is_shared() -> None:
    plan, other = office_round("NEXT-DEPT"), office_round("NEXT-OFFICE")
    fewer = msgspec.structs.replace(other, people=tuple(one for one in other.people if one.id != "l8"))
    for turn in fewest_turns([plan, fewer]):
        people = {summoned_to((plan, fewer)[at], step) for at, step in turn.steps}
        assert len(people) == 1
    assert sittings([plan, fewer]) == 6
    assert who_differs(summoned_to(plan, 3), summoned_to(fewer, 3)) == ("Tòng Lãnh Quế",)
    drafts = [draft_for(one, 3, meeting(one, step_of(one, 3)), before(one)) for one in (plan, fewer)]
    with pytest.raises(WrongTurn, match="summon other people: Tòng Lãnh Quế"):
        joined(drafts)


def before(plan: Round) -> tuple:
    """The documents of the first two steps, which have no ballot."""
    files: tuple = ()
    for step in (1, 2):
        files = (*files, *file_documents(hold(plan, step, files, everybody_agrees), read))
    return files


def test_a_joined_draft_has_the_papers_of_both_and_says_nothing_twice() -> None:
    plans = [office_round("NEXT-DEPT"), office_round("NEXT-OFFICE")]
    files = [*before(plans[0]), *before(plans[1])]
    assert [len(files_of(plan, files)) for plan in plans] == [2, 2]
    drafts = [draft_for(one, 3, meeting(one, step_of(one, 3)), files_of(one, files)) for one in plans]
    both = joined(drafts)
    assert both.papers == (*drafts[0].papers, *drafts[1].papers)
    assert {paper.procedure for paper in both.papers} == {"NEXT-DEPT", "NEXT-OFFICE"}
    assert both.people == drafts[0].people and len(set(both.notes)) == len(both.notes)
    assert joined(drafts[:1]) == drafts[0]
    stricter = msgspec.structs.replace(drafts[1], quorum=Quorum(9, 10, None))
    with pytest.raises(WrongTurn, match="another quorum"):
        joined([drafts[0], stricter])
