"""The chain of steps holds for real rounds, and every break in it is named."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest

from tests.sittings import changed as changed_setting
from tests.sittings import with_result
from tests.voting.rounds.office import held, office_round
from voting.documents.bundles.dossier import makers
from voting.documents.bundles.step_chain import Documents, chain_problems, courses_of, payload_hash
from voting.documents.conferences.conference import Previous
from voting.documents.record import Record
from voting.rounds.round import Options

PROCEDURES = ("CUR-DEPT", "CUR-OFFICE", "NEXT-DEPT", "NEXT-OFFICE")


@cache
def documents(procedure: str = "CUR-DEPT") -> dict[str, Any]:
    _, files, _ = held(office_round(procedure))
    return {one.sha256: one.document for one in files}


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_chain_of_a_whole_round_holds(procedure: str) -> None:
    assert list(chain_problems(documents(procedure))) == []


def test_the_chain_holds_where_step_one_is_by_show_of_hands() -> None:
    _, files, _ = held(office_round("CUR-DEPT", options=Options(adopt="hand")))
    assert list(chain_problems({one.sha256: one.document for one in files})) == []


def at(found: Documents, step: int) -> str:
    return next(sha for sha, one in found.items() if step in {step for _, step in courses_of(one)})


def without(step: int) -> Documents:
    kept = dict(documents())
    kept.pop(at(kept, step))
    return kept


def with_record(step: int, change: Callable[[Record], Record]) -> Documents:
    """The documents with one record changed: the hash of its file kept, as if another had been put in its place."""
    changed = dict(documents())
    sha = at(changed, step)
    changed[sha] = change(changed[sha])
    return changed


def conference(**changes: object) -> Callable[[Record], Record]:
    """Change what every paper says of its procedure, or of the documents before."""
    return lambda record: msgspec.structs.replace(record, conference=changed_setting(record.conference, **changes))


def first_paper(**changes: object) -> Callable[[Record], Record]:
    def change(record: Record) -> Record:
        papers = (msgspec.structs.replace(record.conference.papers[0], **changes), *record.conference.papers[1:])
        return msgspec.structs.replace(record, conference=changed_setting(record.conference, papers=papers))

    return change


def other_name(record: Record) -> Record:
    return with_first_name(record, name="Người Lạ")


def other_post(record: Record) -> Record:
    return with_first_name(record, position="Trưởng phòng khác")


def with_first_name(record: Record, **changes: str) -> Record:
    paper = record.conference.papers[0]
    names = (msgspec.structs.replace(paper.candidates[0], **changes), *paper.candidates[1:])
    return first_paper(candidates=names)(record)


def awaiting(record: Record) -> Record:
    return with_result(record, verdict=msgspec.structs.replace(record.papers[0].verdict, status="awaiting_vote"))


def exchanged(record: Record) -> Record:
    """The papers name each other's list of the document before."""
    first, second, *rest = record.conference.papers
    papers = (
        msgspec.structs.replace(first, previous=second.previous),
        msgspec.structs.replace(second, previous=first.previous),
        *rest,
    )
    return msgspec.structs.replace(record, conference=changed_setting(record.conference, papers=papers))


def of_step_two() -> tuple[Previous, ...]:
    (named,) = documents()[at(documents(), 4)].conference.papers[0].previous
    return (msgspec.structs.replace(named, sha256=payload_hash(documents()[at(documents(), 2)])),)


def no_such_paper(record: Record) -> Record:
    (named,) = record.conference.papers[0].previous
    return first_paper(previous=(msgspec.structs.replace(named, paper=99),))(record)


BREAKS: dict[str, tuple[Callable[[], Documents], str]] = {
    "a record before is missing": (lambda: without(2), "step 3, paper 1 .* is not on file"),
    "a whole step is missing": (lambda: without(3), "CUR-DEPT: no document of step 3"),
    "no document before is named": (
        lambda: with_record(3, first_paper(previous=())), "step 3, paper 1 .* one document before expected"),
    "a list that nothing takes up": (
        lambda: with_record(3, conference(previous=())), "step 2, paper 2 .* does not take up"),
    "two documents before": (
        lambda: with_record(4, first_paper(previous=of_step_two() * 2)), "one document before expected, 2 named"),
    "a paper before that is none": (lambda: with_record(3, no_such_paper), "the document before has no list 99"),
    "the lists of two papers exchanged": (lambda: with_record(3, exchanged), "hands on nothing for"),
    "another post": (lambda: with_record(3, other_post), "names differ"),
    "another name": (lambda: with_record(3, other_name), "names differ .*Người Lạ"),
    "another record in its place": (
        lambda: with_record(2, lambda record: msgspec.structs.replace(record, uuid="other")),
        "step 3, paper 1 .* is not on file"),
    "another procedure": (
        lambda: with_record(4, conference(procedure="CUR-OFFICE")), "of the step before expected, record of CUR-"),
    "another procedure, from nowhere": (
        lambda: with_record(4, conference(procedure="CUR-OFFICE")), "CUR-OFFICE: no document of step 1"),
    "another ballot is awaited": (lambda: with_record(4, awaiting), "another ballot among the tied is awaited"),
    "a second sitting": (
        lambda: {**documents(), "new": msgspec.structs.replace(documents()[at(documents(), 3)], uuid="other")},
        "step 3: one record expected, 2 found"),
    "a step jumped over": (
        lambda: with_record(4, first_paper(previous=of_step_two())),
        "a record of the step before expected, record of CUR-DEPT, step 2"),
}  # fmt: skip


@pytest.mark.parametrize(("broken", "message"), BREAKS.values(), ids=BREAKS.keys())
def test_every_break_is_named(broken: Callable[[], Documents], message: str) -> None:
    assert any(re.search(message, problem) for problem in chain_problems(broken()))


def test_the_chains_of_two_procedures_are_followed_each_by_itself() -> None:
    both = {**documents(), **documents("NEXT-OFFICE")}
    assert list(chain_problems(both)) == []
    both.pop(at(documents("NEXT-OFFICE"), 2))
    assert [one for one in chain_problems(both) if one.startswith("CUR-DEPT")] == []
    assert "NEXT-OFFICE: no document of step 2" in [*chain_problems(both)]


def test_an_annulled_record_stays_on_file_and_feeds_nothing() -> None:
    sha = at(documents(), 4)
    again = {**documents(), "new": msgspec.structs.replace(documents()[sha], uuid="again")}
    assert any("must be annulled" in problem for problem in chain_problems(again))
    assert list(chain_problems(again, {sha})) == []
    assert any("not on file" in problem for problem in chain_problems(documents(), {"ff" * 32}))


def by_machine(procedure: str, desk: str) -> list[Record]:
    """The records of a round as a machine of one desk would have counted them."""
    records = [one for one in documents(procedure).values() if isinstance(one, Record)]
    settings = [changed_setting(one.conference, desk_key=desk) for one in records]
    return [msgspec.structs.replace(one, form="electronic", conference=setting)
            for one, setting in zip(records, settings, strict=True)]  # fmt: skip


def test_whoever_adds_a_procedure_of_their_own_does_not_make_the_dossier() -> None:
    ours, theirs = by_machine("CUR-DEPT", "ours"), by_machine("NEXT-OFFICE", "theirs")
    assert makers(ours) == {"ours"} and makers(theirs) == {"theirs"}
    assert makers([*ours, *theirs]) == set()
    assert makers([*ours, *by_machine("NEXT-OFFICE", "ours")]) == {"ours"}
