"""The conference of a step: draft for the room, and the whole `conference` of election.json for a headless round.

The notes say which readings of the plan and which decisions of the organiser the step was held by (A1 … A24).
"""

from collections.abc import Mapping, Sequence

import msgspec

from voting.conference.draft.agenda import Draft, Person
from voting.conference.draft.clashes import clashing, reason_of, with_reasons
from voting.documents.conferences.conference import FORMAT, Conference, Override, Paper, Quorum, Ruleset, Signer
from voting.documents.conferences.election import Question
from voting.documents.conferences.questions import number_papers
from voting.people.errors import CompositionNotConfirmed, TellerOnBallot
from voting.procedures.schema import Step
from voting.rounds.filing import Filed
from voting.rounds.meeting_notes import notes_for
from voting.rounds.papers import papers_for
from voting.rounds.quorum import quorum_for
from voting.rounds.round import Round, ballots_of, check_round, procedure_of, step_of
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


class Attendance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the roll and the room add: persons present, cards drawn, spare cards, the room's keys."""

    present: int
    drawn: int
    spares: int
    receipt_key: str
    desk_key: str


def draft_for(plan: Round, number: int, meeting: Meeting, files: tuple[Filed, ...] = ()) -> Draft:
    """Draft the conference of a step from the round and its signed documents; raise a PlanError.

    A teller on a paper without a reason is no error yet: the draft says so, and its list is not frozen before.
    """
    check_round(plan)
    step = step_of(plan, number)
    found = papers_for(plan, number, files)
    notes = notes_for(plan, step, meeting.summons.exclusions, _confirmed(meeting), meeting.confirmations)
    rule = plan.ruleset.quorum
    return Draft(
        ruleset=Ruleset(plan.ruleset.id, plan.ruleset.version),
        procedure=plan.procedure,
        step=number,
        section=step.section,
        name=step.name,
        term=procedure_of(plan).term,
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
        papers=found.papers,
        put_forward_max=put_forward_max(plan, step),
        notes=with_reasons(notes, _reasons(meeting, found.papers)),
        previous=found.previous,
        people=tuple(Person(one.name, one.unit) for one in meeting.summons.people),
    )


def conference_for(
    plan: Round, number: int, meeting: Meeting, attendance: Attendance, files: tuple[Filed, ...] = ()
) -> Conference:
    """Return the conference of a step as election.json carries it, questions numbered; raise a PlanError."""
    draft = draft_for(plan, number, meeting, files)
    check_tellers(draft)
    summoned = len(draft.people)
    papers, _ = number_papers(draft.papers, draft.put_forward_max)
    return Conference(
        format=FORMAT,
        ruleset=draft.ruleset,
        procedure=draft.procedure,
        step=draft.step,
        section=draft.section,
        name=draft.name,
        term=draft.term,
        place=draft.place,
        date=draft.date,
        organiser=draft.organiser,
        basis=draft.basis,
        composition=draft.composition,
        address=draft.address,
        summoned=summoned,
        present=attendance.present,
        drawn=attendance.drawn,
        spares=attendance.spares,
        quorum=quorum_for(summoned, attendance.present, plan.ruleset.quorum, meeting.override),
        tellers=draft.tellers,
        chair=draft.chair,
        secretary=draft.secretary,
        head=draft.head,
        receipt_key=attendance.receipt_key,
        desk_key=attendance.desk_key,
        papers=papers,
        notes=draft.notes,
        previous=draft.previous,
    )


def questions_for(conference: Conference, put_forward_max: int) -> tuple[Question, ...]:
    """Return the questions of election.json: one a listed name, one shared by the names put forward of a paper."""
    return number_papers(conference.papers, put_forward_max)[1]


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


def check_tellers(draft: Draft) -> None:
    """Raise TellerOnBallot if a teller stands on a paper and nobody has said why they count all the same (A14)."""
    for name in clashing(draft.tellers, draft.papers):
        if not reason_of(name, draft.notes):
            message = f"{name} is on the ballot: a reason expected why they are on the counting committee (A14)"
            raise TellerOnBallot(message, told="teller_on_ballot", name=name)


def _reasons(meeting: Meeting, papers: Sequence[Paper]) -> dict[str, str]:
    """The reasons given for tellers on these papers; for others none is kept."""
    return {name: meeting.teller_reasons.get(name, "") for name in clashing(meeting.tellers, papers)}


def _confirmed(meeting: Meeting) -> str:
    word = meeting.composition
    return f"{word.by} xác nhận ngày {word.on}" if word else ""
