"""Signed documents of a round on file: records and list decisions, by the SHA-256 of their files.

The caller says how a file is verified (`Reader`): a function from bytes to payload that raises unless the file is
signed as it must be. Nothing that has not gone through it feeds a step.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from voting.documents.bundles.head_decision import HeadDecision, record_hash, verdict_with
from voting.documents.bundles.signed import read_signed_decision
from voting.documents.bundles.step_chain import courses_of
from voting.documents.case import Verdict
from voting.documents.conferences.conference import Paper
from voting.documents.list_decision import DecidedList, ListDecision
from voting.documents.record import PaperResult, Record
from voting.people.errors import NotFinal, WrongDocument
from voting.rounds.round import Round, Seat, course_of, title_of

Reader = Callable[[bytes], Record | ListDecision]


class Filed(msgspec.Struct, frozen=True):
    """One document: hex SHA-256 of its file, its verified payload, and the head's decisions on a record's ties."""

    sha256: str
    document: Record | ListDecision
    decisions: tuple[HeadDecision, ...] = ()

    def decision_on(self, paper: int) -> HeadDecision | None:
        """Return the head's decision on a paper of the record, if there is one."""
        return next((one for one in self.decisions if one.paper == paper), None)


class FiledPaper(msgspec.Struct, frozen=True):
    """One paper of a record on file, with what it came to."""

    filed: Filed
    paper: Paper
    result: PaperResult

    @property
    def decision(self) -> HeadDecision | None:
        """The head's decision on its tie, if there is one."""
        return self.filed.decision_on(self.result.paper)

    @property
    def verdict(self) -> Verdict:
        """The verdict together with the head's decision."""
        return verdict_with(self.result, self.decision)


class FiledList(msgspec.Struct, frozen=True):
    """One list of a list decision on file, and its number in it."""

    filed: Filed
    number: int
    decided: DecidedList


def file_documents(files: Iterable[bytes], reader: Reader, heads: Iterable[bytes] = ()) -> tuple[Filed, ...]:
    """Verify files, and the head's decisions on ties in them, and put them on file.

    Whatever `reader` raises goes through; raises a DocumentError for a decision that is of none of these records, does
    not fit or is not signed, and WrongDocument for a second one on a paper.
    """
    filed = tuple(Filed(hashlib.sha256(raw).hexdigest(), reader(raw)) for raw in files)
    records = {record_hash(one.document): one.document for one in filed if isinstance(one.document, Record)}
    decisions: dict[tuple[str, int], HeadDecision] = {}
    for raw in heads:
        decision, _ = read_signed_decision(raw, records.values())
        demand_only(decision, decisions.setdefault((decision.record, decision.paper), decision))
    return tuple(
        msgspec.structs.replace(one, decisions=_decisions_of(record_hash(one.document), decisions))
        if isinstance(one.document, Record)
        else one
        for one in filed
    )


def _decisions_of(record: str, decisions: Mapping[tuple[str, int], HeadDecision]) -> tuple[HeadDecision, ...]:
    return tuple(decision for (of, _), decision in sorted(decisions.items()) if of == record)


def demand_only(decision: HeadDecision, known: HeadDecision) -> None:
    """Raise WrongDocument for a second decision on a paper."""
    if decision != known:
        message = f"paper {decision.paper}: the head has decided already, and decides once"
        raise WrongDocument(message, key="head_second", at="records", paper=decision.paper)


def files_of(plan: Round, files: Iterable[Filed]) -> tuple[Filed, ...]:
    """Return the documents that hold something of the round's procedure."""
    return tuple(one for one in files if course_of(plan) in {course for course, _ in courses_of(one.document)})


def step_of_document(plan: Round, document: Record | ListDecision) -> int:
    """Return the step of the round's procedure that a document closes; 0 for a document of others alone."""
    return max((step for course, step in courses_of(document) if course == course_of(plan)), default=0)


def check_belongs(plan: Round, filed: Filed) -> None:
    """Raise WrongDocument unless a document holds something of the round's procedure and ruleset."""
    found = {course for course, _ in courses_of(filed.document)}
    if course_of(plan) not in found:
        message = f"a document of {course_of(plan)} expected, {sorted(found)} found ({filed.sha256[:16]})"
        raise WrongDocument(message)


def papers_of(plan: Round, filed: Filed) -> Iterator[FiledPaper]:
    """Yield the papers of a document that are of the round's procedure; none of a list decision."""
    if isinstance(filed.document, Record):
        for paper, result in filed.document.results():
            if paper.course == course_of(plan):
                yield FiledPaper(filed, paper, result)


def record_for(plan: Round, step: int, seat: Seat, kinds: Sequence[str], files: Iterable[Filed]) -> FiledPaper | None:
    """Return the one paper of a seat at a step, None if there is none; raise WrongDocument for two."""
    place = (seat.unit, title_of(plan, seat).name)
    found = [
        one
        for filed in files
        for one in papers_of(plan, filed)
        if one.paper.step == step and (one.paper.unit, one.paper.title) == place and one.paper.kind in kinds
    ]
    _demand_one(len(found), step, seat)
    for one in found:
        if one.verdict.status != "final":
            raise NotFinal(f"step {step}, {seat.title} of {seat.unit}: the record awaits the head's decision")
    return found[0] if found else None


def list_for(plan: Round, step: int, seat: Seat, files: Iterable[Filed]) -> FiledList | None:
    """Return the list of a step's list decision for a seat, None if there is none; raise WrongDocument for two."""
    place = (seat.unit, title_of(plan, seat).name)
    found = [
        FiledList(filed, number, decided)
        for filed in files
        if isinstance(filed.document, ListDecision)
        and (filed.document.course, filed.document.step) == (course_of(plan), step)
        for number, decided in enumerate(filed.document.lists, 1)
        if (decided.unit, decided.title) == place
    ]
    _demand_one(len(found), step, seat)
    return found[0] if found else None


def _demand_one(found: int, step: int, seat: Seat) -> None:
    if found > 1:
        raise WrongDocument(f"step {step}, {seat.title} of {seat.unit}: one document expected, {found} found")
