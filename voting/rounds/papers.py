"""The papers of a step: whose names stand on them, and which signed document each list comes from.

The first step takes the source list and the removals of the round; every later one takes what the step before handed
on, from its records or list decision alone. Names stand in the order of given names (vần A, B, C) and carry position,
birth and note unchanged from document to document.
"""

import msgspec
from msgspec import UNSET

from voting.documents.bundles.head_decision import decision_hash
from voting.documents.bundles.step_chain import payload_hash
from voting.documents.conferences.conference import Candidate, Paper, Previous, Ruleset
from voting.documents.kinds import PaperKind, kind_of, kinds
from voting.documents.list_decision import Listed
from voting.people.collation import sort_names
from voting.people.errors import NothingToVote, QuotaMissing, WrongDocument
from voting.procedures.schema import Ballot, Step
from voting.rounds.filing import Filed, FiledList, FiledPaper, check_belongs, list_for, record_for
from voting.rounds.outcome import outcomes
from voting.rounds.round import Nominee, Removal, Round, Seat, ballots_of, person_of, procedure_of, step_of, title_of
from voting.rounds.seats.standing import standing_of

NOT_YET = (0, 0)
"""Place of a mark before the questions are numbered."""


def handing_on() -> tuple[PaperKind, ...]:
    """Return the kinds whose chosen names the next step takes up, by id."""
    return tuple(sorted(kind.id for kind in kinds().values() if kind.hands_on == "names"))


class Names(msgspec.Struct, frozen=True):
    """The names for one seat, and the document that they come from (none in the first step)."""

    listed: tuple[Listed, ...]
    previous: tuple[Previous, ...] = ()


def papers_for(plan: Round, number: int, files: tuple[Filed, ...] = ()) -> tuple[Paper, ...]:
    """Build the papers of a step; raise NothingToVote, QuotaMissing, WrongDocument or NotFinal."""
    for filed in files:
        check_belongs(plan, filed)
    papers: list[Paper] = []
    step = step_of(plan, number)
    for ballot in ballots_of(plan, step):
        for seat in plan.seats:
            names = _names_on(plan, number, ballot, seat, files)
            candidates = _candidates(plan, ballot, seat, names)
            if candidates:
                papers.append(_paper(plan, step, ballot, seat, candidates, names.previous, files))
    if not papers:
        raise NothingToVote(f"{plan.procedure}, step {number}: no name reaches this step")
    return tuple(papers)


def _from_record(source: FiledPaper) -> tuple[Previous, ...]:
    """Refer to a paper of a record, and to the head's decision on its tie."""
    decided = UNSET if source.decision is None else decision_hash(source.decision)
    return (Previous(source.result.paper, "record", payload_hash(source.filed.document), decided),)


def _from_list(source: FiledList) -> tuple[Previous, ...]:
    """Refer to a list of a list decision."""
    return (Previous(source.number, "list_decision", payload_hash(source.filed.document)),)


def names_for(plan: Round, number: int, seat: Seat, files: tuple[Filed, ...]) -> Names:
    """Return the names that stand for a seat at a step: the source list, or what the step before handed on."""
    if number == 1:
        nominees = (one for one in plan.nominees if (one.unit, one.title) == (seat.unit, seat.title))
        return Names(in_order(tuple(_nominee(plan, one) for one in nominees)))
    return handed_on(plan, number - 1, seat, files)


def handed_on(plan: Round, number: int, seat: Seat, files: tuple[Filed, ...]) -> Names:
    """Return what step `number` hands on for a seat; raise WrongDocument where its document is missing."""
    decided = list_for(plan, number, seat, files)
    record = record_for(plan, number, seat, handing_on(), files)
    if decided is not None and record is not None:
        raise WrongDocument(f"step {number}, {seat.title} of {seat.unit}: a record and a list decision found")
    if decided is not None:
        return Names(decided.decided.names, _from_list(decided))
    if record is not None:
        return Names(in_order(selected_names(record)), _from_record(record))
    if names_for(plan, number, seat, files).listed:
        raise WrongDocument(f"step {number}, {seat.title} of {seat.unit}: its signed document is missing")
    return Names(())


def selected_names(source: FiledPaper) -> tuple[Listed, ...]:
    """Return the names that a paper selects, together with the head's decision, in the verdict's order."""
    candidates = {one.id: one for one in source.paper.candidates}
    chosen = (candidates[identity] for identity in source.verdict.selected)
    return tuple(Listed(one.id, one.name, one.position, one.born, one.note) for one in chosen)


def in_order(names: tuple[Listed, ...]) -> tuple[Listed, ...]:
    """Return names in ballot order: by given name, never by rank or votes."""
    return tuple(sort_names(names, lambda one: one.name))


def _names_on(plan: Round, number: int, ballot: Ballot, seat: Seat, files: tuple[Filed, ...]) -> Names:
    if kind_of(ballot.kind).removes:
        removals = (one for one in plan.removals if (one.unit, one.title) == (seat.unit, seat.title))
        return Names(in_order(tuple(_removal(plan, one) for one in removals)))
    return names_for(plan, number, seat, files)


def _nominee(plan: Round, nominee: Nominee) -> Listed:
    person = person_of(plan, nominee.person)
    note = f"Đối tượng {nominee.object}" if nominee.object else ""
    return Listed(person.id, person.name, person.position_and_unit(), person.birth.text(), note)


def _removal(plan: Round, removal: Removal) -> Listed:
    person = person_of(plan, removal.person)
    parts = [f"Đã quy hoạch: {title_of(plan, removal).name}", person.planned_decision, f"Lý do: {removal.reason}"]
    note = "; ".join(part for part in parts if part)
    return Listed(person.id, person.name, person.position_and_unit(), person.birth.text(), note)


def _candidates(plan: Round, ballot: Ballot, seat: Seat, names: Names) -> tuple[Candidate, ...]:
    listed = tuple(_candidate(one, put_forward=False) for one in names.listed)
    if not ballot.put_forward or plan.options.put_forward_max < 1:
        return listed
    there = {one.id for one in names.listed}
    more = (one for one in plan.eligible if (one.unit, one.title) == (seat.unit, seat.title))
    extra = in_order(tuple(_nominee(plan, one) for one in more if one.person not in there))
    return (*listed, *(_candidate(one, put_forward=True) for one in extra))


def _candidate(one: Listed, *, put_forward: bool) -> Candidate:
    return Candidate(one.id, one.name, one.position, one.born, one.note, put_forward, NOT_YET)


def _paper(
    plan: Round,
    step: Step,
    ballot: Ballot,
    seat: Seat,
    candidates: tuple[Candidate, ...],
    previous: tuple[Previous, ...],
    files: tuple[Filed, ...],
) -> Paper:
    selection = ballot.selection(plan.ruleset, _places(plan, ballot, seat, files) if ballot.top_down else None)
    return Paper(
        ruleset=Ruleset(plan.ruleset.id, plan.ruleset.version),
        procedure=plan.procedure,
        step=step.number,
        section=step.section,
        term=procedure_of(plan).term,
        kind=ballot.kind,
        unit=seat.unit,
        title=title_of(plan, seat).name,
        rule=plan.ruleset.rules[ballot.rule].rule(),
        selection=selection,
        tie_scope=ballot.tie_scope,
        candidates=candidates,
        hands_on=ballot.hands_on_text,
        previous=previous,
    )


def _places(plan: Round, ballot: Ballot, seat: Seat, files: tuple[Filed, ...]) -> int:
    """Return the places that a closing vote may fill: those of the title that nobody in the plan takes already."""
    named = f"{title_of(plan, seat).name}, {seat.unit}"
    if not seat.quota:
        if ballot.quota is None:
            raise QuotaMissing(f"{named}: the number of places is missing (A16)", key="quota_missing", seat=named)
        return ballot.quota
    one = standing_of(plan, seat, outcomes(plan, files))
    if not one.left:
        said = f"{named}: {one.places} places, {len(one.staying)} people planned already"
        raise QuotaMissing(said, key="no_places", seat=named, places=one.places, people=len(one.staying))
    return one.left
