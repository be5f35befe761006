"""List decisions of a round: steps without a ballot, and the adoption by show of hands (A10, A11).

The first step's list is the source list of the round; a later one carries the list of the step before, and may leave
names out or add eligible ones. Where a vote is given, more than half of those summoned must agree (A11).
"""

import msgspec

from voting.documents.conferences.conference import Ruleset, Signer
from voting.documents.kinds import kind_of
from voting.documents.list_decision import FORMAT, DecidedList, HandVote, ListDecision, Listed
from voting.people.errors import WrongTurn
from voting.rounds.filing import Filed, check_belongs
from voting.rounds.meeting_notes import notes_for
from voting.rounds.papers import Names, names_for
from voting.rounds.round import Round, check_round, procedure_of, step_of, takes_list_decision, title_of


class Deciding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who decided, where, when; `lists` replaces what would be carried; `vote` is a show of hands."""

    place: str
    date: str
    adopted_by: str
    signers: tuple[Signer, ...]
    vote: HandVote | None = None
    lists: tuple[DecidedList, ...] | None = None


def list_decision_for(plan: Round, number: int, deciding: Deciding, files: tuple[Filed, ...] = ()) -> ListDecision:
    """Build the list decision of a step; raise WrongTurn if the step ballots on it, or the vote did not adopt it."""
    check_round(plan)
    step = step_of(plan, number)
    if not takes_list_decision(plan, step):
        raise WrongTurn(f"{step.section} is voted by ballot, not by a list decision")
    _check_adopted(deciding.vote)
    for filed in files:
        check_belongs(plan, filed)
    carried = {(seat.unit, title_of(plan, seat).name): names_for(plan, number, seat, files) for seat in plan.seats}
    adopted = step.adopts or tuple(ballot.words for ballot in step.ballots if kind_of(ballot.kind).by_hand)
    return ListDecision(
        format=FORMAT,
        kind="list_decision",
        ruleset=Ruleset(plan.ruleset.id, plan.ruleset.version),
        procedure=plan.procedure,
        step=number,
        section=step.section,
        name=step.name,
        term=procedure_of(plan).term,
        place=deciding.place,
        date=deciding.date,
        organiser=plan.organiser,
        basis=tuple(source.name for source in plan.ruleset.basis),
        adopted_by=deciding.adopted_by,
        adopted=adopted,
        vote=deciding.vote,
        lists=_lists(carried, deciding.lists),
        signers=deciding.signers,
        notes=notes_for(plan, step),
    )


def _check_adopted(vote: HandVote | None) -> None:
    if vote is not None and 2 * vote.agree <= vote.summoned:
        message = f"not adopted: {vote.agree} of {vote.summoned} summoned agree, more than half needed (A11)"
        raise WrongTurn(message, key="not_adopted", at="agree", agree=vote.agree, summoned=vote.summoned)


def _lists(carried: dict[tuple[str, str], Names], replaced: tuple[DecidedList, ...] | None) -> tuple[DecidedList, ...]:
    if replaced is None:
        return tuple(
            DecidedList(unit, title, names.listed, names.previous) for (unit, title), names in carried.items()
        )
    for one in replaced:
        if (one.unit, one.title) not in carried:
            raise WrongTurn(f"no seat {one.title!r} of {one.unit!r} in the round")
    given = {(one.unit, one.title): one.names for one in replaced}
    empty: tuple[Listed, ...] = ()
    return tuple(
        DecidedList(unit, title, given.get((unit, title), empty), names.previous)
        for (unit, title), names in carried.items()
    )
