"""One step of a round: who is summoned, its papers, its conference or list decision, and what came of it."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from voting.conference import results
from voting.conference.draft.editor import tidy
from voting.conference.steps import CHAIR
from voting.documents.bundles.ledger import Annulment
from voting.documents.case import Tie
from voting.documents.conferences.conference import ON_PAPER, Paper, Signer
from voting.documents.errors import DocumentError
from voting.documents.list_decision import HandVote, ListDecision
from voting.documents.record import Record
from voting.documents.states import WITH_SETUP
from voting.errors import InvalidForm
from voting.people.errors import PlanError
from voting.procedures import find_note
from voting.procedures.errors import UnknownProcedure
from voting.rounds import editor, hand_counts, stored
from voting.rounds import steps as rounds_steps
from voting.rounds.decisions import Deciding
from voting.rounds.filing import Filed, papers_of, step_of_document
from voting.rounds.ledger import in_force, next_step
from voting.rounds.meetings import CompositionWord
from voting.rounds.papers import papers_for
from voting.rounds.round import ballots_of, procedure_of, step_of, takes_list_decision
from voting.rounds.stored import Kept
from voting.storage import conference_row
from voting.storage.tables import ConferenceRow
from voting.web import error_handlers
from voting.web.access.accounts import names_of
from voting.web.access.sessions import for_roles, signed_in, two_people
from voting.web.confirming import asks_first, demand_understood, there_is_another
from voting.web.form_errors import shown_on
from voting.web.pages.context import to_desk, uploaded, whole
from voting.web.pages.rounds.round import attached, find, refused, today
from voting.web.room import the_room


@dataclass(frozen=True, slots=True)
class Tied:
    """A paper with a tie that awaits the head: who is tied, and the head's name."""

    paper: Paper
    tie: Tie
    head: str


pages = Blueprint("round_steps", __name__, url_prefix="/rounds/<int:number>/steps/<int:step>")
pages.register_error_handler(PlanError, refused)
pages.register_error_handler(DocumentError, refused)


@pages.errorhandler(UnknownProcedure)
def _no_step(_error: UnknownProcedure) -> AnyResponse:
    """A number that no step of the round has: there is no such page."""
    return error_handlers.page(404, "error_page.404")


def _back(number: int, step: int) -> AnyResponse:
    return redirect(url_for("round_steps.overview", number=number, step=step), 303)


@pages.get("")
@for_roles("organiser", "chair", "secretary")
def overview(number: int, step: int) -> str:
    """Everything about one step on one page."""
    with the_room().storage.read() as session:
        kept = find(session, number)
        if not 1 <= step <= len(procedure_of(kept.plan).steps):
            abort(404)
        files = stored.in_force(session, number, kept)
        conference = kept.conferences.get(step)
        row = conference_row.find(session, conference) if conference is not None else None
        here = [filed for filed in files if step_of_document(kept.plan, filed.document) == step]
        signed = in_force(kept.ledger, step) is not None
        awaiting = _open_ties(kept, here) if signed else _awaiting(session, row)
        missing = rounds_steps.missing_files(session, number, step)
        another = there_is_another(session)
    one = step_of(kept.plan, step)
    papers, problem = _papers(kept, step, files)
    summons = rounds_steps.summons_of(kept if papers else rounds_steps.everybody(kept), step, files)
    return render_template(
        "room/round/step.html", number=number, kept=kept, step=one, row=row, papers=papers, problem=problem,
        awaiting=awaiting, missing=missing, summons=summons, another=another,
        capacities={term.id: term.name for term in kept.plan.ruleset.capacities},
        word=kept.compositions.get(step), decides=takes_list_decision(kept.plan, one),
        ballots=ballots_of(kept.plan, one), turn=next_step(kept.ledger, kept.plan), sitting=in_force(kept.ledger, step),
        annulled=[each for each in kept.ledger.sittings if each.number == step and each.state == "annulled"],
        papers_here=[one for filed in here for one in papers_of(kept.plan, filed)],
        lists_here=[one for filed in here if isinstance(filed.document, ListDecision) for one in filed.document.lists],
        notes=[find_note(kept.plan.ruleset, code) for code in dict.fromkeys((*one.notes, *one.composition.notes))],
        decision=step in kept.decisions, today=today(),
    )  # fmt: skip


def _papers(kept: Kept, step: int, files: tuple[Filed, ...]) -> tuple[tuple[Paper, ...], str]:
    """The papers that the step would vote on now, or why there are none yet."""
    if not ballots_of(kept.plan, step_of(kept.plan, step)):
        return (), ""
    try:
        return papers_for(kept.plan, step, files), ""
    except PlanError as error:
        return (), f"round.error.{type(error).__name__}"


def _open_ties(kept: Kept, here: list[Filed]) -> list[Tied]:
    """Return the papers of the step's signed record whose ties await somebody."""
    found = (one for filed in here for one in papers_of(kept.plan, filed))
    return [
        Tied(one.paper, one.verdict.tie, _head_of(one.filed))
        for one in found
        if one.verdict.tie is not None and one.verdict.status != "final"
    ]


def _head_of(filed: Filed) -> str:
    assert isinstance(filed.document, Record), "papers are of records"
    return filed.document.conference.head.name


def _awaiting(session: Session, row: ConferenceRow | None) -> list[Tied]:
    """Return the papers of the step's conference whose ties await the head's decision."""
    if row is None or row.state not in WITH_SETUP:
        return []
    found = results.record_of(session, row.id)
    if found.record is None:
        return []
    head = found.record.conference.head.name
    return [
        Tied(paper, result.verdict.tie, head)
        for paper, result in found.record.results()
        if result.paper in found.awaiting_head and result.verdict.tie is not None
    ]


@pages.post("/composition")
@for_roles("organiser")
@shown_on(overview)
@asks_first
def confirm_composition(number: int, step: int) -> AnyResponse:
    """Confirm who is summoned, where the plan does not say (A19)."""
    author = signed_in()
    word = CompositionWord(tidy(request.form.get("text", "")), author.name or author.login, today().isoformat())
    with the_room().storage.write() as session:
        stored.keep(session, number, editor.with_composition(find(session, number), step, word))
    return _back(number, step)


@pages.post("/exclusions")
@for_roles("organiser", "chair")
@shown_on(overview)
@asks_first
def exclude(number: int, step: int) -> AnyResponse:
    """Take somebody off the list before the conference begins, with reason and author (A4)."""
    author = signed_in()
    with the_room().storage.write() as session:
        kept = find(session, number)
        changed = rounds_steps.exclude_from(
            kept, step, request.form.get("person", ""), reason=tidy(request.form.get("reason", "")),
            author=author.name or author.login,
        )  # fmt: skip
        stored.keep(session, number, changed)
    return _back(number, step)


@pages.post("/conference")
@for_roles("organiser")
@shown_on(overview)
def begin_conference(number: int, step: int) -> AnyResponse:
    """Begin the step's conference in the room, from signed documents alone."""
    with the_room().storage.write() as session:
        if there_is_another(session):
            demand_understood()
        rounds_steps.begin_conference(session, number, step, today())
    return to_desk()


@pages.post("/decision")
@for_roles("organiser", "secretary")
@shown_on(overview)
def write_decision(number: int, step: int) -> AnyResponse:
    """Write the list decision of a step without a ballot, to be signed."""
    form = request.form
    voted = bool(form.get("summoned", "").strip())
    vote = HandVote(whole("summoned"), whole("present"), whole("agree")) if voted else None
    signer = Signer(
        tidy(form.get("name", "")), tidy(form.get("role", "")), form.get("key", "").strip() or ON_PAPER, True
    )
    deciding = Deciding(
        place=tidy(form.get("place", "")), date=today().isoformat(), adopted_by=tidy(form.get("adopted_by", "")),
        signers=(signer,), vote=vote,
    )  # fmt: skip
    with the_room().storage.write() as session:
        find(session, number)
        rounds_steps.write_decision(session, number, step, deciding)
    return _back(number, step)


@pages.get("/list-decision.json")
@for_roles("organiser", "chair", "secretary")
def decision(number: int, step: int) -> Response:
    """The list decision to be signed."""
    with the_room().storage.read() as session:
        written = find(session, number).decisions.get(step)
    if written is None:
        abort(404)
    return attached(written.encode(), "list-decision.json", "application/json")


@pages.post("/signed-decision")
@for_roles("organiser", "chair", "secretary")
@shown_on(overview)
@asks_first
def take_decision(number: int, step: int) -> AnyResponse:
    """Take the signed list decision in."""
    raw = uploaded()
    with the_room().storage.write() as session:
        find(session, number)
        rounds_steps.take_decision(session, number, step, raw)
    return _back(number, step)


@pages.post("/records")
@for_roles("organiser", "secretary")
@shown_on(overview)
@asks_first
def take_records(number: int, step: int) -> AnyResponse:
    """Take the step's signed record from the desk: it feeds the next step."""
    with the_room().storage.write() as session:
        find(session, number)
        rounds_steps.take_record(session, number, step)
    return _back(number, step)


@pages.post("/head-decision")
@for_roles("organiser", "secretary")
@shown_on(overview)
@asks_first
def take_head_decision(number: int, step: int) -> AnyResponse:
    """Take the head's decision on a tie of the step: from a file, or what the desk took already."""
    given = request.files.get("decision")
    raws = [given.read()] if given is not None and given.filename else []
    with the_room().storage.write() as session:
        find(session, number)
        if not rounds_steps.take_head_decisions(session, number, step, raws) and not raws:
            raise InvalidForm("decision: a file expected", key="file_missing", at="decision")
    return _back(number, step)


@pages.get("/hand-count.json")
@for_roles("organiser", "chair", "secretary")
def hand_count_form(number: int, step: int) -> Response:
    """The form for a count by hand, where the step was moved to paper."""
    with the_room().storage.read() as session:
        conference = find(session, number).conferences.get(step)
        if conference is None:
            abort(404)
        return attached(hand_counts.count_form(session, conference), "kiem-phieu.json", "application/json")


@pages.post("/hand-count")
@for_roles("organiser", "secretary")
@shown_on(overview)
@asks_first
def take_hand_count(number: int, step: int) -> AnyResponse:
    """Take the signed record of a step that was moved to paper and counted by hand."""
    raw = uploaded("record")
    with the_room().storage.write() as session:
        find(session, number)
        rounds_steps.take_hand_count(session, number, step, raw, the_room().recount)
    return _back(number, step)


@pages.post("/files")
@for_roles("organiser", "secretary")
@shown_on(overview)
def take_files(number: int, step: int) -> AnyResponse:
    """Take the finished archive and the minutes in, for the dossier."""
    found = {one.filename: one.read() for one in request.files.getlist("files") if one.filename}
    if not found:
        raise InvalidForm("files: a file expected", key="file_missing", at="files")
    with the_room().storage.write() as session:
        find(session, number)
        rounds_steps.take_files(session, number, step, found, the_room().attached)
    return _back(number, step)


@pages.post("/annul")
@for_roles("organiser", "chair", pair=CHAIR)
@shown_on(overview)
def annul(number: int, step: int) -> AnyResponse:
    """Annul what the step came to, two people, who both stand in the ledger; it may be held again."""
    by = two_people()
    reason, words = request.form.get("reason", ""), tidy(request.form.get("words", ""))
    with the_room().storage.write() as session:
        both = ", ".join(names_of(session, by))
        annulment = Annulment(reason, words, both, today().isoformat())
        find(session, number)
        rounds_steps.annul_step(session, number, step, annulment)
    return _back(number, step)
