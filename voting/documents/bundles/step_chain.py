"""The chain of steps: each record's list comes from the signed document before it, and none is missing (design §5).

Documents are known by the hex SHA-256 of their files. Those of annulled sittings stay on file and feed nothing.
`chain_problems` names each fault in one sentence; none means that the chain holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from msgspec import UNSET

from voting.documents.bundles.head_decision import HeadDecision, decision_hash, record_hash, verdict_with
from voting.documents.conferences.conference import Candidate, Paper, Previous
from voting.documents.kinds import kind_of
from voting.documents.list_decision import ListDecision, Listed
from voting.documents.record import Record

Document = Record | ListDecision
Documents = Mapping[str, Document]
Names = frozenset[tuple[str, str, str, str]]
"""Id, name, position and birth of everybody on a list."""


@dataclass(frozen=True, slots=True)
class _Live:
    """The documents that feed steps, by hash, and the head's decisions on their ties, by the record's payload."""

    documents: Documents
    decisions: Mapping[str, HeadDecision]

    def decision_on(self, document: Document) -> HeadDecision | None:
        """Return the head's decision on the tie of a record, if there is one."""
        if not isinstance(document, Record) or document.verdict.status != "awaiting_head":
            return None
        return self.decisions.get(record_hash(document))


def chain_problems(
    documents: Documents, annulled: Set[str] = frozenset(), decisions: Iterable[HeadDecision] = ()
) -> Iterator[str]:
    """Yield every fault in the chain of one round's documents, those annulled left out.

    `decisions` are those of the head on ties. A tie that nothing was taken from may still be open.
    """
    decided: dict[str, HeadDecision] = {}
    for one in decisions:
        if decided.setdefault(one.record, one) != one:
            yield f"two decisions of the head on paper {one.paper} of the election {one.uuid!r}"
    live = _Live({sha256: one for sha256, one in documents.items() if sha256 not in annulled}, decided)
    yield from (f"annulled document {sha256[:16]} is not on file" for sha256 in sorted(annulled - set(documents)))
    rounds = {_round_of(document) for document in live.documents.values()}
    if len(rounds) > 1:
        yield f"documents of one procedure and ruleset expected, {len(rounds)} found"
    yield from _steps(live.documents)
    yield from _papers(live.documents)
    yield from _dropped(live)
    for sha256, document in live.documents.items():
        yield from (f"{place_of(document)} ({sha256[:16]}): {fault}" for fault in _links(document, live))


def place_of(document: Document) -> str:
    """Say which document it is: step and paper, or step and list."""
    if isinstance(document, Record):
        return f"record of step {document.conference.step}, paper {document.paper}"
    return f"list decision of step {document.step}"


def _round_of(document: Document) -> tuple[str, int, str]:
    source = document.conference if isinstance(document, Record) else document
    return source.ruleset.id, source.ruleset.version, source.procedure


def _step_of(document: Document) -> int:
    return document.conference.step if isinstance(document, Record) else document.step


def _steps(live: Documents) -> Iterator[str]:
    steps = {_step_of(document) for document in live.values()}
    missing = sorted(set(range(1, max(steps, default=0) + 1)) - steps)
    yield from (f"no document of step {step}" for step in missing)


def _papers(live: Documents) -> Iterator[str]:
    """Every paper of a conference has exactly one record, and a step one conference."""
    held: dict[int, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for document in live.values():
        if isinstance(document, Record):
            held[document.conference.step][document.uuid].append(document)
    for step, conferences in held.items():
        if len(conferences) > 1:
            yield f"step {step}: one conference expected, {len(conferences)} found; the others must be annulled"
        for records in conferences.values():
            found = sorted(record.paper for record in records)
            wanted = list(range(1, len(records[0].conference.papers) + 1))
            if found != wanted:
                yield f"step {step}: records of the papers {wanted} expected, {found} found"


def _dropped(live: _Live) -> Iterator[str]:
    """Name the lists that were handed on to a step that was held, and that no document of it takes up."""
    held = {_step_of(document) for document in live.documents.values()}
    taken = {one.sha256 for document in live.documents.values() for one in _previous_of(document)}
    for sha256, document in live.documents.items():
        if _step_of(document) + 1 in held and sha256 not in taken and _hands_on(document, live):
            yield f"{place_of(document)} ({sha256[:16]}): hands on names that the next step does not take up"


def _previous_of(document: Document) -> tuple[Previous, ...]:
    return document.conference.previous if isinstance(document, Record) else document.previous


def _hands_on(document: Document, live: _Live) -> bool:
    if isinstance(document, ListDecision):
        return any(one.names for one in document.lists)
    paper = document.conference.papers[document.paper - 1]
    decision = live.decision_on(document)
    handed = _handed(document, _place(paper), decision)
    is_open = document.verdict.status == "awaiting_head" and decision is None
    return bool(handed) or (is_open and handed is not None)


def _links(document: Document, live: _Live) -> Iterator[str]:
    if isinstance(document, Record):
        paper = document.conference.papers[document.paper - 1]
        own = [one for one in document.conference.previous if one.paper == document.paper]
        if document.verdict.status == "awaiting_vote":
            yield "another ballot among the tied is awaited"
        if not kind_of(paper.kind).removes and document.conference.step > 1:
            yield from _link(document, _place(paper), _listed(paper), own, live)
        return
    for number, decided in enumerate(document.lists, 1):
        own = [one for one in document.previous if one.paper == number]
        names = _named(decided.names)
        if own:
            yield from _link(document, (decided.unit, decided.title), names, own, live)
        elif document.step > 1 and names:
            yield f"{decided.title}: the document before is not named"


def _link(document: Document, place: tuple[str, str], names: Names, own: list[Previous], live: _Live) -> Iterator[str]:
    if not own and not names:
        return
    if len(own) != 1:
        yield f"one document before expected, {len(own)} named"
        return
    source = live.documents.get(own[0].sha256)
    if source is None:
        yield f"the document before, {own[0].sha256[:16]}, is not on file or was annulled"
    elif _step_of(source) != _step_of(document) - 1 or (own[0].kind == "record") != isinstance(source, Record):
        yield f"a {own[0].kind} of the step before expected, {place_of(source)} found"
    else:
        yield from _decision_named(source, own[0], live)
        handed = _handed(source, place, live.decision_on(source))
        if handed is None:
            yield f"the document before hands on nothing for {place[1]} of {place[0]}"
        # A list decision may leave names out or add some; a ballot takes exactly what it is handed.
        elif isinstance(document, Record) and handed != names:
            yield f"names differ from those handed on: {', '.join(sorted({one[1] for one in handed ^ names}))}"


def _decision_named(source: Document, named: Previous, live: _Live) -> Iterator[str]:
    """Say where the head's decision, without which a tie hands on nothing, lacks or is another one than the named."""
    decision = live.decision_on(source)
    wanted = UNSET if decision is None else decision_hash(decision)
    if isinstance(source, Record) and source.verdict.status == "awaiting_head" and decision is None:
        yield f"the head's decision on the tie in the {place_of(source)} is not on file"
    elif named.decision != wanted:
        yield f"another decision of the head named than the one on the {place_of(source)}"


def _place(paper: Paper) -> tuple[str, str]:
    return paper.unit, paper.title


def _listed(paper: Paper) -> Names:
    return _named(one for one in paper.candidates if not one.put_forward)


def _named(names: Iterable[Candidate | Listed]) -> Names:
    return frozenset((one.id, one.name, one.position, one.born) for one in names)


def _handed(source: Document, place: tuple[str, str], decision: HeadDecision | None) -> Names | None:
    """Return the names that a document hands on for a title of a unit, None if it has no such list."""
    if isinstance(source, Record):
        paper = source.conference.papers[source.paper - 1]
        if _place(paper) != place or kind_of(paper.kind).hands_on != "names":
            return None
        chosen = set(verdict_with(source, decision).selected)
        return _named(one for one in paper.candidates if one.id in chosen)
    for decided in source.lists:
        if (decided.unit, decided.title) == place:
            return _named(decided.names)
    return None
