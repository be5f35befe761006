"""Rounds on the desk (đợt quy hoạch): the rounds, one round with its steps, people and their import, the dossier."""

import datetime
import re
from importlib.metadata import PackageNotFoundError, version

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from voting.conference.draft.editor import ADDRESSES, tidy
from voting.documents.bundles.dossier import BRIEFING
from voting.documents.conferences.conference import Organiser
from voting.documents.errors import DocumentError
from voting.people.border.check import check_people
from voting.people.columns import COLUMNS
from voting.people.errors import ImportRefused, PlanError, WrongTurn
from voting.people.person import Person
from voting.people.spelling import look_alikes
from voting.people.tables import template_rows, write_csv, write_template
from voting.procedures import catalogue, find_procedure
from voting.rounds import editor, people_import, stored
from voting.rounds import steps as rounds_steps
from voting.rounds.dossier.assembly import Paperwork
from voting.rounds.dossier.briefing import briefing_sheet
from voting.rounds.dossier.letters import authority_of
from voting.rounds.dossier.rows import lines_of
from voting.rounds.filing import step_of_document
from voting.rounds.ledger import in_force, next_step
from voting.rounds.quorum import is_late, reminders
from voting.rounds.round import Letters, Options, deadline_of, plans, procedure_of
from voting.rounds.seats.structure import panel
from voting.rounds.stored import Kept
from voting.web import error_handlers
from voting.web.access.sessions import for_roles
from voting.web.confirming import asks_first
from voting.web.form_errors import shown_on
from voting.web.pages.context import uploaded, whole
from voting.web.pages.people_reports import demand_taken
from voting.web.room import the_room

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHANGED = {column.field: column.header for column in COLUMNS if column.field not in ("id", "retirement_month",
                                                                                 "retirement_basis")}  # fmt: skip
LETTER_FIELDS = ("to", "signer", "signer_name", "agency", "issuer", "proposer")
LETTER_LISTS = ("basis", "copies", "decision_copies")
OFFICE_FIELDS = ("superior", "agency", "locality", "code", "stamp")

pages = Blueprint("round", __name__, url_prefix="/rounds")


def refused(error: PlanError | DocumentError) -> AnyResponse:
    """The form again, or a page, that says why the round does not go on so."""
    return error_handlers.refused(error, "round.error")


pages.register_error_handler(PlanError, refused)
pages.register_error_handler(DocumentError, refused)


def today() -> datetime.date:
    """The day in the room."""
    return the_room().clock().date()


def kept_round(number: int) -> Kept:
    """The round of an address; 404 where there is none."""
    with the_room().storage.read() as session:
        return find(session, number)


def find(session: Session, number: int) -> Kept:
    """A round within a session; 404 where there is none."""
    try:
        return stored.kept_round(session, number)
    except PlanError:
        abort(404)


@pages.get("")
@for_roles("organiser", "chair", "secretary")
def overview() -> str:
    """All rounds, and the form for a new one."""
    with the_room().storage.read() as session:
        found = [(number, kept, next_step(kept.ledger, kept.plan)) for number, kept in stored.all_rounds(session)]
    return render_template("room/round/rounds.html", rounds=found, catalogue=catalogue(), addresses=ADDRESSES)


@pages.post("/new")
@for_roles("organiser")
@shown_on(overview)
def begin() -> AnyResponse:
    """Begin a round of a procedure of the catalogue."""
    chosen = request.form.get("procedure", "")
    ruleset = next((one for one in catalogue() if any(chosen == f"{one.id}/{one.version}/{each.id}"
                                                      for each in one.procedures)), None)  # fmt: skip
    if ruleset is None:
        abort(400)
    style = "party" if request.form.get("style") == "party" else "state"
    fields = {name: tidy(request.form.get(name, "")) for name in OFFICE_FIELDS}
    organiser = msgspec.convert({"style": style, **fields}, Organiser)
    address = request.form.get("address", "")
    with the_room().storage.write() as session:
        number = stored.begin_round(session, ruleset, find_procedure(chosen.rpartition("/")[2], ruleset).id, organiser,
                                    address if address in ADDRESSES else ADDRESSES[0])  # fmt: skip
    return redirect(url_for("round.one", number=number), 303)


@pages.get("/<int:number>")
@for_roles("organiser", "chair", "secretary")
def one(number: int) -> str:
    """One round: its steps, and what is to be done next."""
    kept = kept_round(number)
    procedure = procedure_of(kept.plan)
    steps = [(step, in_force(kept.ledger, step.number)) for step in procedure.steps]
    return render_template(
        "room/round/round.html", number=number, kept=kept, procedure=procedure, steps=steps,
        turn=next_step(kept.ledger, kept.plan), late=is_late(kept.plan, today()), deadline=deadline_of(kept.plan),
        reminders=list(reminders(kept.plan, today())),
        leaving=editor.leaving(kept, today()), people={one.id: one for one in kept.plan.people},
    )  # fmt: skip


@pages.post("/<int:number>/options")
@for_roles("organiser")
@shown_on(one)
def options(number: int) -> AnyResponse:
    """Change what the organiser may choose."""
    chosen = Options(
        adopt="hand" if request.form.get("adopt") == "hand" else "ballot",
        put_forward_max=whole("put_forward_max"),
        recusal="recusal" in request.form,
        calendar_terms="calendar_terms" in request.form,
    )
    with the_room().storage.write() as session:
        stored.keep(session, number, editor.with_options(find(session, number), chosen))
    return redirect(url_for("round.one", number=number), 303)


@pages.post("/<int:number>/leavers")
@for_roles("organiser")
@shown_on(one)
def leavers(number: int) -> AnyResponse:
    """Let those whom the ruleset's reasons find leave without a vote, by a text that says so; or take it back."""
    source = "" if "back" in request.form else tidy(request.form.get("source", ""))
    if not source and "back" not in request.form:
        raise WrongTurn("the text that takes them out without a vote expected", key="leavers_source", at="source")
    with the_room().storage.write() as session:
        stored.keep(session, number, editor.with_leavers(find(session, number), source, today()))
    return redirect(url_for("round.one", number=number), 303)


@pages.get("/<int:number>/people")
@for_roles("organiser", "secretary")
def people(number: int) -> str:
    """The staff list, and its import."""
    kept = kept_round(number)
    plan = kept.plan
    names = {term.id: term.name for term in (*plan.ruleset.posts, *plan.ruleset.capacities)}
    alike = [(person_name(plan.people, one.first), person_name(plan.people, one.second), one.kind)
             for one in look_alikes((one.id, one.name) for one in plan.people)]  # fmt: skip
    structure = plan.ruleset.structure
    shares = panel(plan.people, structure, on=today()) if structure is not None and plan.people else None
    return render_template("room/round/people.html", number=number, kept=kept, names=names, alike=alike, shares=shares)


def person_name(found: tuple[Person, ...], identity: str) -> str:
    """The name of a person by id."""
    return next((one.name for one in found if one.id == identity), identity)


@pages.post("/<int:number>/people")
@for_roles("organiser")
@shown_on(people)
def import_people(number: int) -> AnyResponse:
    """Read a staff list, all of it or nothing, and let it wait for its confirmation; faults are shown by cell."""
    kept, raw, sheet = kept_round(number), uploaded(), request.form.get("sheet") or None
    report = demand_taken(
        lambda: check_people(raw, "staff", kept.plan.ruleset, today=today(), sheet=sheet), ImportRefused, "file"
    )
    with the_room().storage.write() as session:
        find(session, number)
        waits = people_import.take_people(session, number, report)
    return redirect(url_for("round.people" if waits is None else "round.changes", number=number), 303)


@pages.get("/<int:number>/people/changes")
@for_roles("organiser")
def changes(number: int) -> str | AnyResponse:
    """Who comes, goes and changes with the list that waits, to be confirmed."""
    with the_room().storage.read() as session:
        kept, waits = find(session, number), people_import.waiting(session, number)
    if waits is None:
        return redirect(url_for("round.people", number=number), 303)
    return render_template("room/round/changes.html", number=number, kept=kept, waits=waits, fields=CHANGED)


@pages.post("/<int:number>/people/changes")
@for_roles("organiser")
@shown_on(changes)
@asks_first
def confirm_changes(number: int) -> AnyResponse:
    """Let the list that waits take effect."""
    with the_room().storage.write() as session:
        find(session, number)
        people_import.confirm_people(session, number, request.form.get("mark", ""))
    return redirect(url_for("round.people", number=number), 303)


@pages.get("/<int:number>/people/template.<kind>")
@for_roles("organiser", "secretary")
def template(number: int, kind: str) -> Response:
    """The file to fill in, as a workbook or CSV."""
    kept = kept_round(number)
    if kind not in ("xlsx", "csv"):
        abort(404)
    content = write_template(kept.plan.ruleset) if kind == "xlsx" else write_csv(template_rows())
    return attached(content, f"danh-sach-can-bo.{kind}", XLSX if kind == "xlsx" else "text/csv; charset=utf-8")


def attached(content: bytes, name: str, kind: str) -> Response:
    """A file to keep."""
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/<int:number>/dossier")
@for_roles("organiser", "chair", "secretary")
def dossier(number: int) -> str:
    """What the round came to, what the dossier still lacks, and its download."""
    with the_room().storage.read() as session:
        kept = find(session, number)
        files = stored.in_force(session, number, kept)
        lacking = [name for sitting in kept.ledger.sittings if sitting.is_signed
                   for name in rounds_steps.missing_files(session, number, sitting.number)]  # fmt: skip
    lines = lines_of(kept.plan, files, today())
    return render_template(
        "room/round/dossier.html", number=number, kept=kept, lines=lines, lacking=lacking,
        steps=[step for step in procedure_of(kept.plan).steps if step.ballots],
        turn=next_step(kept.ledger, kept.plan), last=procedure_of(kept.plan).steps[-1].number, today=today(),
        titles=procedure_of(kept.plan).titles, deadline=deadline_of(kept.plan),
        authorities={title.id: authority_of(kept.plan, title.id) for title in procedure_of(kept.plan).titles},
        planning=plans(kept.plan),
    )  # fmt: skip


@pages.post("/<int:number>/letters")
@for_roles("organiser", "secretary")
@shown_on(dossier)
def letters(number: int) -> AnyResponse:
    """Settle recipients, signers, deadline and who approves which title."""
    said = {name: tidy(request.form.get(name, "")) for name in LETTER_FIELDS}
    lists = {name: _listed(request.form.get(name, "")) for name in LETTER_LISTS}
    deadline = _day(request.form.get("deadline", ""))
    with the_room().storage.write() as session:
        kept = find(session, number)
        titles = [title.id for title in procedure_of(kept.plan).titles]
        named = {one: tidy(request.form.get(f"authority_{one}", "")) for one in titles}
        authorities = {one: text for one, text in named.items() if text}
        settled = msgspec.convert({**said, **lists, "authorities": authorities, "deadline": deadline}, Letters)
        stored.keep(session, number, editor.with_letters(kept, settled))
    return redirect(url_for("round.dossier", number=number), 303)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in (tidy(one) for one in text.replace("\n", ";").split(";")) if part)


def _day(text: str) -> datetime.date | None:
    """A day as the browser or a person writes it; None where there is none."""
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    if not text.strip():
        return None
    try:
        if found is None:
            raise ValueError
        year, month, day, second, third, fourth = (int(part or 0) for part in found.groups())
        return datetime.date(year or fourth, month or third, day or second)
    except ValueError:
        raise WrongTurn("a day as 15/04/2022 expected", key="bad_day", at="deadline") from None


@pages.get("/<int:number>/briefing.pdf")
@for_roles("organiser", "chair", "secretary")
def briefing(number: int) -> Response:
    """The briefing sheet for the last step."""
    with the_room().storage.read() as session:
        kept = find(session, number)
        files = stored.in_force(session, number, kept)
    last = procedure_of(kept.plan).steps[-1].number
    turn = next_step(kept.ledger, kept.plan)
    if turn is not None and turn < last:
        raise WrongTurn(f"the briefing sheet is for the time before step {last}", key="briefing_turn", step=last)
    earlier = [filed for filed in files if step_of_document(kept.plan, filed.document) < last]
    return attached(briefing_sheet(kept.plan, earlier, today()), BRIEFING, "application/pdf")


@pages.post("/<int:number>/dossier")
@for_roles("organiser", "secretary")
@shown_on(dossier)
def make_dossier(number: int) -> Response:
    """The dossier as one signed bundle."""
    room = the_room()
    paperwork = Paperwork(
        review=today(), to=tidy(request.form.get("to", "")), signer=tidy(request.form.get("signer", ""))
    )
    if not paperwork.to or not paperwork.signer:
        missing = "signer" if paperwork.to else "to"
        raise WrongTurn("whom the report goes to, and who signs it, expected", key="to_and_signer", at=missing)
    with room.storage.write() as session:
        kept = find(session, number)
        key = room.keyring.key(session, rounds_steps.desk_of(session, number), "desk")
        content = rounds_steps.dossier(session, number, paperwork, key, _made_by())
    return attached(content, f"{kept.plan.procedure.lower()}-dossier.zip", "application/zip")


def _made_by() -> str:
    try:
        return f"phieukin {version('phieukin')}"
    except PackageNotFoundError:
        return "phieukin (not installed)"


def title_words(kept: Kept) -> dict[str, str]:
    """The names of the procedure's titles by id."""
    return {title.id: title.name for title in procedure_of(kept.plan).titles}
