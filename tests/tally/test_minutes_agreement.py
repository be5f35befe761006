"""No minutes are made of a record that contradicts itself."""

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tally.errors import InvalidRecord
from tally.minutes import render_minutes
from tally.minutes.agreement import disagreements
from tally.result.rule import decide
from tests.tally.records import GT50, busy_record, payload, sample_record, tied_record
from voting.documents.conferences.conference import Quorum, Rule, Selection
from voting.documents.record import Record

RECORD = sample_record(3)


@pytest.mark.parametrize("record", [RECORD, busy_record(), tied_record()])
def test_the_sample_records_agree_with_themselves(record: Record) -> None:
    assert list(disagreements(record)) == []


def with_paper(record: Record, **changes: object) -> Record:
    """A record of a paper with another rule or selection, which agrees with itself in everything else."""
    paper = replace(record.conference.papers[0], **changes)
    case = replace(record.case, **changes)
    conference = replace(record.conference, papers=(paper,))
    return replace(record, conference=conference, case=case, verdict=decide(case))


SPOILS: list[tuple[str, Callable[[Record], Record]]] = [
    ("does not exist", lambda one: replace(one, paper=2)),
    ("does not exist", lambda one: replace(one, paper=0)),
    ("not those of the paper", lambda one: replace(one, case=replace(one.case, candidates=one.case.candidates[::-1]))),
    ("another rule", lambda one: replace(one, case=replace(one.case, rule=GT50))),
    ("other persons", lambda one: replace(one, case=replace(one.case, present=41))),
    ("the case is impossible", lambda one: replace(one, case=replace(one.case, ballots=99))),
    ("not the one that the rule gives", lambda one: replace(one, verdict=replace(one.verdict, minimum=12))),
    ("not the one that the rule gives", lambda one: replace(one, verdict=replace(one.verdict, selected=()))),
    ("absent by the roll", lambda one: replace(one, facts=replace(one.facts, absent_excused=9))),
    ("no word", lambda one: replace(one, conference=replace(one.conference, quorum=Quorum(19, 20, None)))),
    ("issued <= present", lambda one: replace(one, ballots=replace(one.ballots, issued=43))),
    ("issued <= present", lambda one: replace(one, ballots=replace(one.ballots, issued=39))),
    ("valid \\+ invalid", lambda one: replace(one, ballots=replace(one.ballots, invalid=1))),
    ("but the case counts", lambda one: replace(one, ballots=replace(one.ballots, valid=39, invalid=1))),
    ("but the case counts", lambda one: replace(one, case=replace(one.case, invalid=1))),
    ("share of the ballots", lambda one: with_paper(one, rule=replace(one.case.rule, base="ballots"))),
    ("on the line", lambda one: with_paper(one, rule=Rule(">", 1, 2, "present", "head"))),
    ("the field tie", lambda one: with_paper(one, selection=Selection("top", 1, tie="vote"))),
    ("the field fallback", lambda one: with_paper(one, selection=Selection("all", fallback=GT50))),
]


@pytest.mark.parametrize(("message", "spoil"), SPOILS)
def test_a_record_that_contradicts_itself_makes_no_minutes(message: str, spoil: Callable[[Record], Record]) -> None:
    spoilt = spoil(RECORD)
    assert len(list(disagreements(spoilt))) >= 1
    with pytest.raises(InvalidRecord):
        render_minutes(payload(spoilt))
    assert any(re.search(message, one) for one in disagreements(spoilt))
