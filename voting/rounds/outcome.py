"""What a round came to: for every name of every seat, the votes of each conference and the conclusion.

All names and numbers come from signed documents, a record together with the head's decision on its tie; nothing is
counted again here. While the round runs nothing is concluded of those who may still be planned.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from voting.documents.case import Verdict
from voting.documents.conferences.conference import Candidate
from voting.documents.kinds import kind_of
from voting.documents.list_decision import ListDecision, Listed
from voting.rounds.filing import Filed, FiledPaper, papers_of, step_of_document
from voting.rounds.round import Round, Seat, course_of, procedure_of, title_of

Conclusion = Literal["planned", "awaiting_head", "not_planned", "removal_proposed", "stays", "undecided"]


class Votes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The votes of one name in one conference: agree of base, percent as the record has it, outcome."""

    step: int
    kind: str
    agree: int
    base: int
    percent: str
    outcome: str

    def text(self) -> str:
        """Spell them as the summary does: 18/42; 42,86%."""
        return f"{self.agree}/{self.base}; {self.percent}%"


class NameOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of one seat, as signed: how it fared in each conference, in order, and what came of it."""

    person: str
    name: str
    position: str
    born: str
    unit: str
    title: str
    votes: tuple[Votes, ...]
    conclusion: Conclusion


def outcomes(plan: Round, files: Iterable[Filed]) -> tuple[NameOutcome, ...]:
    """Return the outcome of every name that stood on a paper or list, by seat, those planned first."""
    files = tuple(sorted(files, key=lambda filed: step_of_document(plan, filed.document)))
    return tuple(one for seat in plan.seats for one in _seat_outcomes(plan, seat, files))


def is_running(plan: Round, files: Iterable[Filed]) -> bool:
    """Tell whether the last step of a round has no signed document yet."""
    last = procedure_of(plan).steps[-1].number
    return not any(step_of_document(plan, one.document) == last for one in files)


@dataclass(slots=True)
class _Name:
    """A name of a seat while its documents are read: as the latest of them spells it, and its votes."""

    signed: Listed | Candidate
    votes: list[Votes] = field(default_factory=list)


def _seat_outcomes(plan: Round, seat: Seat, files: tuple[Filed, ...]) -> list[NameOutcome]:
    place = (seat.unit, title_of(plan, seat).name)
    listed: dict[str, _Name] = {}
    removed: dict[str, _Name] = {}
    final: Verdict | None = None
    for filed in files:
        for names in _listed_at(plan, filed, place):
            for name in names:
                listed.setdefault(name.id, _Name(name)).signed = name
        for one in papers_of(plan, filed):
            if (one.paper.unit, one.paper.title) == place:
                kind = kind_of(one.paper.kind)
                _add_votes(one, removed if kind.removes else listed)
                final = one.verdict if kind.closes else final
    order = {one.id: at for at, one in enumerate(final.candidates)} if final else {}
    running = is_running(plan, files)
    closes = any(step.closing for step in procedure_of(plan).steps)
    found = [
        _outcome(one, place, _concluded(person, final, running=running) if closes else _passed(plan, one, running))
        for person, one in listed.items()
    ]
    found.sort(key=lambda one: (one.conclusion != "planned", order.get(one.person, len(order))))
    return [*found, *(_outcome(one, place, _removal(one.votes)) for one in removed.values())]


def _outcome(name: _Name, place: tuple[str, str], conclusion: Conclusion) -> NameOutcome:
    signed = name.signed
    return NameOutcome(signed.id, signed.name, signed.position, signed.born, *place, tuple(name.votes), conclusion)


def _concluded(person: str, final: Verdict | None, *, running: bool) -> Conclusion:
    if final is None:
        return "undecided" if running else "not_planned"
    if person in final.selected:
        return "planned"
    tie = final.tie if final.status == "awaiting_head" else None
    return "awaiting_head" if tie is not None and person in tie.candidates else "not_planned"


def _passed(plan: Round, name: _Name, running: bool) -> Conclusion:
    """Conclude on a name where no ballot closes the procedure: its last step's vote is the result."""
    if running:
        return "undecided"
    last, votes = procedure_of(plan).steps[-1].number, name.votes
    return "planned" if votes and votes[-1].step == last and votes[-1].outcome == "selected" else "not_planned"


def _listed_at(plan: Round, filed: Filed, place: tuple[str, str]) -> Iterator[tuple[Listed, ...]]:
    """Yield the names that a list decision has for a title of a unit."""
    if isinstance(filed.document, ListDecision) and filed.document.course == course_of(plan):
        yield from (one.names for one in filed.document.lists if (one.unit, one.title) == place)


def _add_votes(one: FiledPaper, found: dict[str, _Name]) -> None:
    paper, verdict = one.paper, one.verdict
    signed = {candidate.id: candidate for candidate in paper.candidates}
    for judged in verdict.candidates:
        name = signed[judged.id]
        if name.put_forward and judged.agree == 0:
            continue
        votes = Votes(paper.step, paper.kind, judged.agree, verdict.base, judged.percent, judged.outcome)
        known = found.setdefault(judged.id, _Name(name))
        known.signed = name
        known.votes.append(votes)


def _removal(votes: list[Votes]) -> Conclusion:
    return "removal_proposed" if any(one.outcome == "selected" for one in votes) else "stays"
