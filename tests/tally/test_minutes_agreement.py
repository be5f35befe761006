"""No minutes are made of a record that contradicts itself."""

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tally.errors import InvalidRecord
from tally.minutes import render_minutes
from tally.minutes.agreement import disagreements
from tally.result.rule import decide
from tests.sittings import only, with_result
from tests.tally.records import GT50, busy_record, payload, sample_record, tied_record
from voting.documents.conferences.conference import Previous, Quorum, Rule, Selection
from voting.documents.record import Record

RECORD = sample_record(3)


@pytest.mark.parametrize("record", [RECORD, busy_record(), tied_record()])
def test_the_sample_records_agree_with_themselves(record: Record) -> None:
    assert list(disagreements(record)) == []


def with_paper(record: Record, **changes: object) -> Record:
    """A record of a paper with another rule or selection, which agrees with itself in everything else."""
    paper = replace(record.conference.papers[0], **changes)
    case = replace(only(record).case, **changes)
    record = replace(record, conference=replace(record.conference, papers=(paper,)))
    return with_result(record, case=case, verdict=decide(case))


def with_case(record: Record, **changes: object) -> Record:
    return with_result(record, case=replace(only(record).case, **changes))


def with_verdict(record: Record, **changes: object) -> Record:
    return with_result(record, verdict=replace(only(record).verdict, **changes))


def with_ballots(record: Record, **changes: object) -> Record:
    return with_result(record, ballots=replace(only(record).ballots, **changes))


SPOILS: list[tuple[str, Callable[[Record], Record]]] = [
    ("not those of the paper", lambda one: with_case(one, candidates=only(one).case.candidates[::-1])),
    ("documents before", lambda one: with_result(one, previous=(Previous(1, "record", "a" * 64),))),
    ("another rule", lambda one: with_case(one, rule=GT50)),
    ("other persons", lambda one: with_case(one, present=41)),
    ("the case is impossible", lambda one: with_case(one, ballots=99)),
    ("not the one that the rule gives", lambda one: with_verdict(one, minimum=12)),
    ("not the one that the rule gives", lambda one: with_verdict(one, selected=())),
    ("absent by the roll", lambda one: replace(one, facts=replace(one.facts, absent_excused=9))),
    ("no word", lambda one: replace(one, conference=replace(one.conference, quorum=Quorum(19, 20, None)))),
    ("issued <= present", lambda one: with_ballots(one, issued=43)),
    ("issued <= present", lambda one: with_ballots(one, issued=39)),
    ("valid \\+ invalid", lambda one: with_ballots(one, invalid=1)),
    ("but the case counts", lambda one: with_ballots(one, valid=39, invalid=1)),
    ("but the case counts", lambda one: with_case(one, invalid=1)),
    ("on the line", lambda one: with_paper(one, rule=Rule(">", 1, 2, "present", "head"))),
    ("the field fallback", lambda one: with_paper(one, selection=Selection("all", fallback=GT50))),
]


@pytest.mark.parametrize("number", [0, 2])
def test_a_record_of_other_papers_than_those_of_setup_is_none(number: int) -> None:
    with pytest.raises(ValueError, match=rf"papers 1 to 1, in order, expected; \[{number}\] found"):
        with_result(RECORD, paper=number)
    with pytest.raises(ValueError, match="papers 1 to 1"):
        replace(RECORD, papers=())
    with pytest.raises(IndexError):
        RECORD.of(number)


@pytest.mark.parametrize(("message", "spoil"), SPOILS)
def test_a_record_that_contradicts_itself_makes_no_minutes(message: str, spoil: Callable[[Record], Record]) -> None:
    spoilt = spoil(RECORD)
    assert len(list(disagreements(spoilt))) >= 1
    with pytest.raises(InvalidRecord):
        render_minutes(payload(spoilt))
    assert any(re.search(message, one) for one in disagreements(spoilt))
