"""Conferences of a round without a room: what the draft, the roll and the keys of a room would come to in Setup."""

from voting.conference.draft.tellers import with_clash_notes
from voting.documents.conferences.conference import Attendance, Conference, conference_of
from voting.documents.conferences.election import Question
from voting.documents.conferences.questions import number_papers
from voting.rounds.filing import Filed
from voting.rounds.meetings import Meeting, draft_for
from voting.rounds.round import Round


def conference_for(
    plan: Round, number: int, meeting: Meeting, attendance: Attendance, files: tuple[Filed, ...] = ()
) -> Conference:
    """Return the conference of a step as Setup would carry it, questions numbered; raise a PlanError."""
    draft = draft_for(plan, number, meeting, files)
    papers, _ = number_papers(draft.papers, draft.put_forward_max)
    return conference_of(with_clash_notes(draft), papers, draft.quorum, len(draft.people), attendance)


def questions_for(conference: Conference, put_forward_max: int) -> tuple[Question, ...]:
    """Return the questions of election.json: one a listed name, one shared by the names put forward of a paper."""
    return number_papers(conference.papers, put_forward_max)[1]
