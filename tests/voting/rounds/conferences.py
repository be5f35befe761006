"""Conferences of a round without a room: what the draft, the roll and the keys of a room would come to in Setup."""

from dataclasses import dataclass

from voting.documents.conferences.conference import FORMAT, Conference
from voting.documents.conferences.election import Question
from voting.documents.conferences.questions import number_papers
from voting.rounds.filing import Filed
from voting.rounds.meetings import Meeting, draft_for
from voting.rounds.round import Round


@dataclass(frozen=True, slots=True)
class Attendance:
    """What the roll and the room add: persons present, cards drawn, spare cards, the room's keys."""

    present: int
    drawn: int
    spares: int
    receipt_key: str
    desk_key: str


def conference_for(
    plan: Round, number: int, meeting: Meeting, attendance: Attendance, files: tuple[Filed, ...] = ()
) -> Conference:
    """Return the conference of a step as Setup would carry it, questions numbered; raise a PlanError."""
    draft = draft_for(plan, number, meeting, files)
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
        summoned=len(draft.people),
        present=attendance.present,
        drawn=attendance.drawn,
        spares=attendance.spares,
        quorum=draft.quorum,
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
