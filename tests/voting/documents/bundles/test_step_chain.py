"""The chain of steps holds for real rounds, and every break in it is named."""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest

from tests.voting.rounds.office import held, office_round
from voting.documents.bundles.step_chain import Documents, chain_problems
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


def at(found: Documents, step: int, paper: int) -> str:
    return next(sha for sha, one in found.items()
                if isinstance(one, Record) and (one.conference.step, one.paper) == (step, paper))  # fmt: skip


def without(step: int, paper: int) -> Documents:
    kept = dict(documents())
    kept.pop(at(kept, step, paper))
    return kept


def with_record(step: int, paper: int, change: Callable[[Record], Record]) -> Documents:
    """The documents with one record changed: its hash kept, as if a file had been put in its place."""
    changed = dict(documents())
    sha = at(changed, step, paper)
    changed[sha] = change(changed[sha])
    return changed


def conference(**changes: object) -> Callable[[Record], Record]:
    return lambda record: msgspec.structs.replace(
        record, conference=msgspec.structs.replace(record.conference, **changes)
    )


def other_name(record: Record) -> Record:
    return with_first_name(record, name="Người Lạ")


def other_post(record: Record) -> Record:
    return with_first_name(record, position="Trưởng phòng khác")


def with_first_name(record: Record, **changes: str) -> Record:
    paper = record.conference.papers[0]
    names = (msgspec.structs.replace(paper.candidates[0], **changes), *paper.candidates[1:])
    papers = (msgspec.structs.replace(paper, candidates=names), *record.conference.papers[1:])
    return conference(papers=papers)(record)


def awaiting(record: Record) -> Record:
    return msgspec.structs.replace(record, verdict=msgspec.structs.replace(record.verdict, status="awaiting_vote"))


BREAKS: dict[str, tuple[Callable[[], Documents], str]] = {
    "a record is missing": (lambda: without(3, 2), r"records of the papers \[1, 2\] expected, \[1\] found"),
    "a record before is missing": (lambda: without(2, 1), "record of step 3, paper 1 .* is not on file"),
    "a whole step is missing": (
        lambda: {sha: one for sha, one in documents().items() if one.conference.step != 3}, "no document of step 3"),
    "no document before is named": (lambda: with_record(3, 1, conference(previous=())), "one document before expected"),
    "a list that nothing takes up": (
        lambda: {sha: conference(previous=())(one) if one.conference.step == 3 else one
                 for sha, one in documents().items()}, "record of step 2, paper 2 .* does not take up"),
    "another post": (lambda: with_record(3, 1, other_post), "names differ"),
    "another name": (lambda: with_record(3, 1, other_name), "names differ .*Người Lạ"),
    "another procedure": (lambda: with_record(4, 1, conference(procedure="CUR-OFFICE")), "one procedure and ruleset"),
    "another ballot is awaited": (lambda: with_record(4, 1, awaiting), "another ballot among the tied is awaited"),
    "a second conference": (
        lambda: with_record(3, 2, lambda record: msgspec.structs.replace(record, uuid="other")),
        "one conference expected, 2 found"),
    "a step jumped over": (
        lambda: with_record(4, 1, conference(previous=tuple(
            msgspec.structs.replace(one, sha256=at(documents(), 2, one.paper))
            for one in documents()[at(documents(), 4, 1)].conference.previous))),
        "a record of the step before expected, record of step 2"),
}  # fmt: skip


@pytest.mark.parametrize(("broken", "message"), BREAKS.values(), ids=BREAKS.keys())
def test_every_break_is_named(broken: Callable[[], Documents], message: str) -> None:
    import re

    assert any(re.search(message, problem) for problem in chain_problems(broken()))


def test_an_annulled_record_stays_on_file_and_feeds_nothing() -> None:
    sha = at(documents(), 4, 1)
    again = msgspec.structs.replace(documents()[sha], uuid="again")
    second = msgspec.structs.replace(documents()[at(documents(), 4, 2)], uuid="again")
    both = {**documents(), "new1": again, "new2": second}
    first = {at(documents(), 4, 1), at(documents(), 4, 2)}
    assert any("must be annulled" in problem for problem in chain_problems(both))
    assert list(chain_problems(both, first)) == []
    assert any("not on file" in problem for problem in chain_problems(documents(), {"ff" * 32}))
