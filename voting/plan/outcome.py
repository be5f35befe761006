"""What a round came to: for every name of every seat, the votes of each conference and the conclusion.

All numbers come from the verdicts of signed records; nothing is counted again here.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from voting.documents.list_decision import ListDecision
from voting.documents.record import Record
from voting.plan.filing import Filed
from voting.plan.rounds import Round, Seat, title_of

Conclusion = Literal["planned", "awaiting_head", "not_planned", "removal_proposed", "stays"]


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
    """One name of one seat: how it fared in each conference, in order, and what came of it."""

    person: str
    unit: str
    title: str
    votes: tuple[Votes, ...]
    conclusion: Conclusion


def outcomes(plan: Round, files: Iterable[Filed]) -> tuple[NameOutcome, ...]:
    """Return the outcome of every name that stood on a paper or list, by seat, those planned first."""
    files = tuple(files)
    return tuple(one for seat in plan.seats for one in _seat_outcomes(plan, seat, files))


def _seat_outcomes(plan: Round, seat: Seat, files: tuple[Filed, ...]) -> list[NameOutcome]:
    place = (seat.unit, title_of(plan, seat).name)
    listed: dict[str, list[Votes]] = {}
    removed: dict[str, list[Votes]] = {}
    final: Record | None = None
    for filed in sorted(files, key=_step):
        document = filed.document
        if isinstance(document, ListDecision):
            for decided in document.lists:
                if (decided.unit, decided.title) == place:
                    for name in decided.names:
                        listed.setdefault(name.id, [])
            continue
        paper = document.conference.papers[document.paper - 1]
        if (paper.unit, paper.title) != place:
            continue
        _add_votes(document, removed if paper.kind == "remove" else listed)
        if paper.kind == "final":
            final = document
    order = {one.id: at for at, one in enumerate(final.verdict.candidates)} if final else {}
    found = [NameOutcome(person, *place, tuple(votes), _concluded(person, final)) for person, votes in listed.items()]
    found.sort(key=lambda one: (one.conclusion != "planned", order.get(one.person, len(order))))
    return [*found, *(_removal(person, place, votes) for person, votes in removed.items())]


def _concluded(person: str, final: Record | None) -> Conclusion:
    if final is None:
        return "not_planned"
    if person in final.verdict.selected:
        return "planned"
    tie = final.verdict.tie if final.verdict.status == "awaiting_head" else None
    return "awaiting_head" if tie is not None and person in tie.candidates else "not_planned"


def _step(filed: Filed) -> tuple[int, int]:
    document = filed.document
    return (document.conference.step, document.paper) if isinstance(document, Record) else (document.step, 0)


def _add_votes(record: Record, found: dict[str, list[Votes]]) -> None:
    paper = record.conference.papers[record.paper - 1]
    silent = {one.id for one in paper.candidates if one.put_forward}
    for judged in record.verdict.candidates:
        if judged.id in silent and judged.agree == 0:
            continue
        votes = Votes(
            record.conference.step, paper.kind, judged.agree, record.verdict.base, judged.percent, judged.outcome
        )
        found.setdefault(judged.id, []).append(votes)


def _removal(person: str, place: tuple[str, str], votes: list[Votes]) -> NameOutcome:
    proposed = any(one.outcome == "selected" for one in votes)
    return NameOutcome(person, *place, tuple(votes), "removal_proposed" if proposed else "stays")
