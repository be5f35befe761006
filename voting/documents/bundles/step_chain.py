"""The chain of steps: each list comes from the signed document before it, and none is missing (design §5).

A document holds lists: a record one a paper, a list decision one a title. Each procedure (quy trình) is followed by
itself, also where several shared a sitting. Documents before are known by the hex SHA-256 of their payloads, and in a
ledger by that of their files; those of annulled sittings stay on file and feed nothing. `chain_problems` names each
fault in one sentence; none means that the chain holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from msgspec import UNSET

from keys.transcript import sha256_hex
from voting.documents.bundles.head_decision import HeadDecision, decision_hash, verdict_with
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Candidate, Course, Paper, Previous
from voting.documents.kinds import kind_of
from voting.documents.list_decision import DecidedList, ListDecision, Listed
from voting.documents.record import PaperResult, Record

Document = Record | ListDecision
Documents = Mapping[str, Document]
Decisions = Mapping[tuple[str, int], HeadDecision]
"""The head's decisions, by the payload of their record and the paper."""
Names = frozenset[tuple[str, str, str, str]]
"""Id, name, position and birth of everybody on a list."""


@dataclass(frozen=True, slots=True)
class OneList:
    """One list of a document: of which procedure and step, its title of a unit, its names and where they come from.

    `number` counts the lists of a document from 1, `sha256` is the hash of its payload. `handed` are the names that it
    hands on, None where it hands on nothing; a tie that is open hands on those above the line, and `is_open` says so.
    """

    sha256: str
    number: int
    of: Document
    course: Course
    step: int
    unit: str
    title: str
    names: Names
    previous: tuple[Previous, ...]
    handed: Names | None
    decision: HeadDecision | None
    is_open: bool
    takes: bool
    awaits_vote: bool

    @property
    def words(self) -> str:
        """Say which list it is: procedure, step, and paper or title."""
        what = f"paper {self.number}" if isinstance(self.of, Record) else f"list of {self.title}"
        document = "record" if isinstance(self.of, Record) else "list decision"
        return f"{document} of {self.course[2]}, step {self.step}, {what} ({self.sha256[:16]})"


def payload_hash(document: Document) -> str:
    """Return the hex SHA-256 of a document's payload, by which the step after names it."""
    return sha256_hex(canonical(document))


def courses_of(document: Document) -> frozenset[tuple[Course, int]]:
    """Return the procedures of a document, each with its step."""
    if isinstance(document, Record):
        return frozenset((paper.course, paper.step) for paper in document.conference.papers)
    return frozenset({(document.course, document.step)})


def lists_of(document: Document, decisions: Decisions) -> Iterator[OneList]:
    """Yield every list of a document."""
    sha256 = payload_hash(document)
    if isinstance(document, ListDecision):
        for number, decided in enumerate(document.lists, 1):
            yield _of_decision(document, sha256, number, decided)
        return
    for paper, result in document.results():
        yield _of_record(document, sha256, paper, result, decisions.get((sha256, result.paper)))


def chain_problems(
    documents: Documents, annulled: Set[str] = frozenset(), decisions: Iterable[HeadDecision] = ()
) -> Iterator[str]:
    """Yield every fault in the chains of a round's documents, by the hashes of their files, those annulled left out.

    `decisions` are those of the head on ties. A tie that nothing was taken from may still be open.
    """
    decided: dict[tuple[str, int], HeadDecision] = {}
    for made in decisions:
        if decided.setdefault((made.record, made.paper), made) != made:
            yield f"two decisions of the head on paper {made.paper} of the election {made.uuid!r}"
    yield from (f"annulled document {sha256[:16]} is not on file" for sha256 in sorted(annulled - set(documents)))
    live = [one for sha256, one in documents.items() if sha256 not in annulled]
    lists = [one for document in live for one in lists_of(document, decided)]
    yield from _steps(live)
    yield from _sittings(lists)
    yield from _dropped(live, lists)
    by_place = {(one.sha256, one.number): one for one in lists}
    on_file = {one.sha256 for one in lists}
    for one in lists:
        yield from (f"{one.words}: {fault}" for fault in _links(one, by_place, on_file))


def _of_record(
    record: Record, sha256: str, paper: Paper, result: PaperResult, decision: HeadDecision | None
) -> OneList:
    awaits = result.verdict.status == "awaiting_head"
    decision = decision if awaits else None
    kind, chosen = kind_of(paper.kind), set(verdict_with(result, decision).selected)
    hands_on = kind.hands_on == "names"
    return OneList(
        sha256=sha256,
        number=result.paper,
        of=record,
        course=paper.course,
        step=paper.step,
        unit=paper.unit,
        title=paper.title,
        names=_named(one for one in paper.candidates if not one.put_forward),
        previous=paper.previous,
        handed=_named(one for one in paper.candidates if one.id in chosen) if hands_on else None,
        decision=decision,
        is_open=awaits and decision is None,
        takes=not kind.removes and paper.step > 1,
        awaits_vote=result.verdict.status == "awaiting_vote",
    )


def _of_decision(decision: ListDecision, sha256: str, number: int, decided: DecidedList) -> OneList:
    names = _named(decided.names)
    return OneList(
        sha256=sha256,
        number=number,
        of=decision,
        course=decision.course,
        step=decision.step,
        unit=decided.unit,
        title=decided.title,
        names=names,
        previous=decided.previous,
        handed=names,
        decision=None,
        is_open=False,
        takes=bool(decided.previous) or (decision.step > 1 and bool(names)),
        awaits_vote=False,
    )


def _steps(live: Iterable[Document]) -> Iterator[str]:
    """Yield the steps of each procedure that have no document before a later one."""
    held: dict[Course, set[int]] = defaultdict(set)
    for document in live:
        for course, step in courses_of(document):
            held[course].add(step)
    for course, steps in held.items():
        missing = sorted(set(range(1, max(steps) + 1)) - steps)
        yield from (f"{course[2]}: no document of step {step}" for step in missing)


def _sittings(lists: Iterable[OneList]) -> Iterator[str]:
    """A step of a procedure is voted on in one sitting, which has one record."""
    held: dict[tuple[Course, int], set[str]] = defaultdict(set)
    for one in lists:
        if isinstance(one.of, Record):
            held[one.course, one.step].add(one.sha256)
    for (course, step), records in held.items():
        if len(records) > 1:
            yield f"{course[2]}, step {step}: one record expected, {len(records)} found; the others must be annulled"


def _dropped(live: Iterable[Document], lists: Iterable[OneList]) -> Iterator[str]:
    """Name the lists that were handed on to a step that was held, and that no document of it takes up."""
    held = {turn for document in live for turn in courses_of(document)}
    taken = {(named.sha256, named.paper) for one in lists for named in one.previous}
    for one in lists:
        handed = bool(one.handed) or (one.is_open and one.handed is not None)
        if handed and (one.course, one.step + 1) in held and (one.sha256, one.number) not in taken:
            yield f"{one.words}: hands on names that the next step does not take up"


def _links(one: OneList, lists: Mapping[tuple[str, int], OneList], on_file: Set[str]) -> Iterator[str]:
    if one.awaits_vote:
        yield "another ballot among the tied is awaited"
    if not one.takes or (not one.previous and not one.names):
        return
    if len(one.previous) != 1:
        yield f"one document before expected, {len(one.previous)} named"
        return
    named = one.previous[0]
    source = lists.get((named.sha256, named.paper))
    if source is None:
        missing = named.sha256 not in on_file
        yield (
            f"the document before, {named.sha256[:16]}, is not on file or was annulled"
            if missing
            else f"the document before has no list {named.paper}"
        )
        return
    if (source.course, source.step + 1) != (one.course, one.step) or (named.kind == "record") != isinstance(
        source.of, Record
    ):
        yield f"a {named.kind} of the step before expected, {source.words} found"
        return
    yield from _decision_named(source, named)
    handed = source.handed if (source.unit, source.title) == (one.unit, one.title) else None
    if handed is None:
        yield f"the document before hands on nothing for {one.title} of {one.unit}"
    # A list decision may leave names out or add some; a ballot takes exactly what it is handed.
    elif isinstance(one.of, Record) and handed != one.names:
        yield f"names differ from those handed on: {', '.join(sorted({name[1] for name in handed ^ one.names}))}"


def _decision_named(source: OneList, named: Previous) -> Iterator[str]:
    """Say where the head's decision, without which a tie hands on nothing, lacks or is another one than the named."""
    wanted = UNSET if source.decision is None else decision_hash(source.decision)
    if source.is_open:
        yield f"the head's decision on the tie in the {source.words} is not on file"
    elif named.decision != wanted:
        yield f"another decision of the head named than the one on the {source.words}"


def _named(names: Iterable[Candidate | Listed]) -> Names:
    return frozenset((one.id, one.name, one.position, one.born) for one in names)
