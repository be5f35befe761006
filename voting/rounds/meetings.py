"""The conference of a step of a round, as a draft for the room.

The notes say which readings of the plan and which decisions of the organiser the step was held by (A1 … A24).
"""

from collections.abc import Mapping, Sequence

import msgspec

from voting.conference.draft.agenda import Draft, Person
from voting.conference.draft.clashes import accepted, clashing
from voting.documents.conferences.conference import Override, Paper, Quorum, Signer
from voting.documents.conferences.moments import day_text
from voting.people.errors import CompositionNotConfirmed
from voting.procedures.schema import Step
from voting.rounds.filing import Filed
from voting.rounds.meeting_notes import notes_for
from voting.rounds.papers import papers_for
from voting.rounds.round import Round, ballots_of, check_round, step_of
from voting.rounds.seats.eligibility import Confirmation
from voting.rounds.summons import Summons


class CompositionWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organiser's confirmation of a composition that the plan lacks (A19): the words, by whom, when."""

    text: str
    by: str
    on: str


class Meeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the organiser decides for one conference. `override` is the chair's word on a missed quorum.

    `teller_reasons` says, by name, why a teller who stands on a paper counts all the same.
    """

    place: str
    date: str
    tellers: tuple[Signer, ...]
    chair: Signer
    secretary: Signer
    head: Signer
    summons: Summons
    composition: CompositionWord | None = None
    override: Override | None = None
    confirmations: tuple[Confirmation, ...] = ()
    teller_reasons: Mapping[str, str] = {}


def draft_for(plan: Round, number: int, meeting: Meeting, files: tuple[Filed, ...] = ()) -> Draft:
    """Draft the conference of a step from the round and its signed documents; raise a PlanError.

    A teller on a paper without a reason is no error yet: the draft says so, and its list is not frozen before.
    """
    check_round(plan)
    step = step_of(plan, number)
    papers = papers_for(plan, number, files)
    notes = notes_for(plan, step, meeting.summons.exclusions, _confirmed(meeting), meeting.confirmations)
    rule = plan.ruleset.quorum
    return Draft(
        name=step.name,
        place=meeting.place,
        date=meeting.date,
        organiser=plan.organiser,
        basis=tuple(source.name for source in plan.ruleset.basis),
        composition=composition_text(step, meeting.composition),
        address=plan.address,
        quorum=None if rule is None else Quorum(rule.num, rule.den, meeting.override),
        tellers=meeting.tellers,
        chair=meeting.chair,
        secretary=meeting.secretary,
        head=meeting.head,
        papers=papers,
        put_forward_max=put_forward_max(plan, step),
        notes=notes,
        clashes=accepted(_reasons(meeting, papers)),
        people=tuple(Person(one.name, one.unit) for one in meeting.summons.people),
    )


def put_forward_max(plan: Round, step: Step) -> int:
    """Return how many names one ballot may put forward a paper at a step; 0 where the list is closed."""
    return plan.options.put_forward_max if any(ballot.put_forward for ballot in ballots_of(plan, step)) else 0


def composition_text(step: Step, word: CompositionWord | None) -> str:
    """Return who is summoned, in words; raise CompositionNotConfirmed where the plan is silent and nobody spoke."""
    if word is not None and word.text and word.by and word.on:
        return word.text
    if step.composition.must_confirm or word is not None:
        raise CompositionNotConfirmed(f"{step.section}: who is summoned must be confirmed, by whom and when (A19)")
    return step.composition.text


def _reasons(meeting: Meeting, papers: Sequence[Paper]) -> dict[str, str]:
    """The reasons given for tellers on these papers; for others none is kept."""
    return {name: meeting.teller_reasons.get(name, "") for name in clashing(meeting.tellers, papers)}


def _confirmed(meeting: Meeting) -> str:
    word = meeting.composition
    return f"{word.by} xác nhận ngày {day_text(word.on)}" if word else ""
