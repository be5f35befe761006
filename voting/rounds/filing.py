"""Signed documents of a round on file: records and list decisions, by the SHA-256 of their files.

The caller says how a file is verified (`Reader`): a function from bytes to payload that raises unless the file is
signed as it must be. Nothing that has not gone through it feeds a step.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from voting.documents.bundles.head_decision import HeadDecision, record_hash, verdict_with
from voting.documents.bundles.signed import read_signed_decision
from voting.documents.case import Verdict
from voting.documents.list_decision import DecidedList, ListDecision
from voting.documents.record import Record
from voting.people.errors import NotFinal, WrongDocument
from voting.rounds.round import Round, Seat, title_of

Reader = Callable[[bytes], Record | ListDecision]


class Filed(msgspec.Struct, frozen=True):
    """One document: hex SHA-256 of its file, its verified payload, and the head's decision on a record's tie."""

    sha256: str
    document: Record | ListDecision
    decision: HeadDecision | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of a record together with the head's decision; raise WrongDocument for a list decision."""
        if not isinstance(self.document, Record):
            raise WrongDocument("a record expected")
        return verdict_with(self.document, self.decision)


def file_documents(files: Iterable[bytes], reader: Reader, heads: Iterable[bytes] = ()) -> tuple[Filed, ...]:
    """Verify files, and the head's decisions on ties in them, and put them on file.

    Whatever `reader` raises goes through; raises a DocumentError for a decision that is of none of these records, does
    not fit or is not signed, and WrongDocument for a second one on a paper.
    """
    filed = tuple(Filed(hashlib.sha256(raw).hexdigest(), reader(raw)) for raw in files)
    records = {record_hash(one.document): one.document for one in filed if isinstance(one.document, Record)}
    decisions: dict[str, HeadDecision] = {}
    for raw in heads:
        decision, _ = read_signed_decision(raw, records.values())
        demand_only(decision, decisions.setdefault(decision.record, decision))
    return tuple(
        msgspec.structs.replace(one, decision=decisions.get(record_hash(one.document)))
        if isinstance(one.document, Record)
        else one
        for one in filed
    )


def demand_only(decision: HeadDecision, known: HeadDecision) -> None:
    """Raise WrongDocument for a second decision on a paper."""
    if decision != known:
        message = f"paper {decision.paper}: the head has decided already, and decides once"
        raise WrongDocument(message, key="head_second", at="records", paper=decision.paper)


def step_of_document(document: Record | ListDecision) -> int:
    """Return the step that a document closes."""
    return document.conference.step if isinstance(document, Record) else document.step


def check_belongs(plan: Round, filed: Filed) -> None:
    """Raise WrongDocument unless a document is of the round's procedure and ruleset."""
    source = filed.document.conference if isinstance(filed.document, Record) else filed.document
    found = (source.ruleset.id, source.ruleset.version, source.procedure)
    wanted = (plan.ruleset.id, plan.ruleset.version, plan.procedure)
    if found != wanted:
        raise WrongDocument(f"a document of {wanted} expected, {found} found ({filed.sha256[:16]})")


def record_for(plan: Round, step: int, seat: Seat, kinds: Sequence[str], files: Iterable[Filed]) -> Filed | None:
    """Return the one record of a seat's paper at a step, None if there is none; raise WrongDocument for two."""
    place = (seat.unit, title_of(plan, seat).name)
    found = []
    for filed in files:
        document = filed.document
        if isinstance(document, Record) and document.conference.step == step:
            paper = document.conference.papers[document.paper - 1]
            if (paper.unit, paper.title) == place and paper.kind in kinds:
                found.append(filed)
    return _only(found, step, seat)


def list_for(plan: Round, step: int, seat: Seat, files: Iterable[Filed]) -> tuple[Filed, DecidedList] | None:
    """Return the list decision of a step that holds the seat's list, and that list."""
    place = (seat.unit, title_of(plan, seat).name)
    found = [
        (filed, decided)
        for filed in files
        if isinstance(filed.document, ListDecision) and filed.document.step == step
        for decided in filed.document.lists
        if (decided.unit, decided.title) == place
    ]
    _only([filed for filed, _ in found], step, seat)
    return found[0] if found else None


def _only(found: list[Filed], step: int, seat: Seat) -> Filed | None:
    if len(found) > 1:
        raise WrongDocument(f"step {step}, {seat.title} of {seat.unit}: one document expected, {len(found)} found")
    for filed in found:
        if isinstance(filed.document, Record) and filed.verdict.status != "final":
            raise NotFinal(f"step {step}, {seat.title} of {seat.unit}: the record awaits the head's decision")
    return found[0] if found else None
