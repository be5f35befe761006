"""The draft in pages (dự thảo hội nghị): texts, papers, signers, people; what is missing, what to look at, the preview.

Everything here changes the draft alone, and only until the list is frozen. Pages to look at stay afterwards.
"""

from collections.abc import Callable

import msgspec
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from kiosk_templates.words import catalogue
from voting.conference import transitions
from voting.conference.draft import editor, planner, summoned
from voting.conference.draft.agenda import TELLERS, Draft, draft_problems, read_draft, write_draft
from voting.conference.draft.clashes import clashing, reason_of
from voting.conference.draft.stored import draft_of
from voting.conference.draft.tellers import with_teller_reasons, with_tellers
from voting.conference.draft.warnings import draft_warnings
from voting.conference.setup import upload_trustees
from voting.conference.steps import STEPS
from voting.documents.conferences.conference import ON_PAPER, Paper
from voting.documents.kinds import kind_of
from voting.documents.states import PROPERTIES
from voting.errors import InvalidPeople
from voting.people.border.check import check_people
from voting.people.border.pasted import check_pasted
from voting.procedures import catalogue as rulesets
from voting.storage import conference_row
from voting.web.access.sessions import for_roles
from voting.web.built import script
from voting.web.confirming import asks_first, demand_understood, there_is_another
from voting.web.form_errors import shown_on
from voting.web.pages.context import current_number, current_row, to_desk, uploaded
from voting.web.pages.people_reports import demand_taken
from voting.web.room import the_room
from voting.web.words import language, xungho

MORE_TELLERS = 2  # empty lines offered below the tellers
KEY_LIMIT = 16 * 1024  # bytes of a public key's file
NEW = 0  # number of a paper that is not there yet
MOST_TABLETS, MOST_SECONDS = 500, 900

pages = Blueprint("draft", __name__, url_prefix="/draft")


@pages.get("")
@for_roles("organiser", "chair", "secretary", "technician")
def overview() -> str:
    """What the draft holds, what is missing, what to look at."""
    with the_room().storage.read() as session:
        row = current_row(session)
        draft = draft_of(session, row.id)
        problems = list(draft_problems(draft)) if PROPERTIES[row.state].is_draft else []
        return render_template(
            "room/draft.html", row=row, draft=draft, problems=problems, warnings=list(draft_warnings(draft))
        )


@pages.get("/new")
@for_roles("organiser")
def choose() -> str:
    """Choose the step of the catalogue, or bring a draft as a file."""
    with the_room().storage.read() as session:
        another = there_is_another(session)
    return render_template("room/draft_new.html", choices=list(editor.choices()), another=another)


@pages.post("/new")
@for_roles("organiser")
@shown_on(choose)
def begin() -> AnyResponse:
    """Begin a conference from a step of the catalogue."""
    room = the_room()
    draft = editor.begin_draft(request.form.get("step", ""), room.clock().date().isoformat())
    with room.storage.write() as session:
        if there_is_another(session):
            demand_understood()
        transitions.new_conference(session, draft, practice="practice" in request.form)
    return redirect(url_for("draft.basics"), 303)


@pages.post("/replace")
@for_roles("organiser")
@shown_on(overview)
@asks_first
def replace() -> AnyResponse:
    """Replace the whole draft by a file."""
    draft = read_draft(uploaded())
    _change(lambda _: draft)
    return to_desk()


@pages.get("/draft.json")
@for_roles("organiser", "chair", "secretary", "technician")
def download() -> Response:
    """The draft as a file."""
    with the_room().storage.read() as session:
        draft = draft_of(session, current_row(session).id)
    answer = Response(write_draft(draft), content_type="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="draft.json"'
    return answer


@pages.get("/basics")
@for_roles("organiser")
def basics() -> str:
    """Name, place, date, head of the minutes, legal basis, quorum."""
    return _form("room/draft_basics.html", addresses=editor.ADDRESSES)


@pages.post("/basics")
@for_roles("organiser")
@shown_on(basics)
def save_basics() -> AnyResponse:
    """Keep them."""
    fields = dict(request.form.items())
    _change(lambda draft: editor.with_basics(draft, fields))
    return redirect(url_for("draft.overview"), 303)


@pages.get("/signers")
@for_roles("organiser")
def signers() -> str:
    """Tellers, chair, secretary, head, with their keys or "on paper"."""
    with the_room().storage.read() as session:
        draft = draft_of(session, _draft_row(session))
    reasons = {name: reason_of(name, draft.clashes) for name in clashing(draft.tellers, draft.papers)}
    more = {"most": TELLERS.stop - 1, "more": MORE_TELLERS, "on_paper": ON_PAPER}
    return render_template("room/draft_signers.html", draft=draft, reasons=reasons, **more)


@pages.post("/signers")
@for_roles("organiser")
@shown_on(signers)
def save_signers() -> AnyResponse:
    """Keep them; a teller without a name falls away."""
    tellers = [_signer(f"teller{number}") for number in range(1, TELLERS.stop)]
    offices = {office: _signer(office) for office in editor.OFFICES}
    names = [editor.tidy(one["name"]) for one in tellers]
    asked = {name: request.form.get(f"teller{at}_reason") for at, name in enumerate(names, 1)}
    said = {name: editor.tidy(reason) for name, reason in asked.items() if reason is not None}
    _change(lambda draft: with_teller_reasons(editor.with_signers(draft, tellers, offices), said))
    return redirect(url_for("draft.overview"), 303)


@pages.post("/tellers")
@for_roles("organiser")
@shown_on(signers)
def take_tellers() -> AnyResponse:
    """Take the tellers and their keys from tellers.json, as the key ceremony wrote it."""
    raw, number = uploaded(), current_number()
    with the_room().storage.write() as session:
        transitions.change_draft(session, number, with_tellers(draft_of(session, number), raw))
        upload_trustees(session, number, raw)
    return redirect(url_for("draft.signers"), 303)


@pages.get("/people")
@for_roles("organiser")
def people() -> str:
    """People summoned: a field to paste into, or a file."""
    with the_room().storage.read() as session:
        row = _draft_row(session)
        draft = draft_of(session, row)
        text, pasted = summoned.people_text(draft.people), not _brings_file()
        return render_template("room/draft_people.html", draft=draft, text=text, pasted=pasted)


@pages.post("/people")
@for_roles("organiser")
@shown_on(people)
def save_people() -> str:
    """Read people from a CSV file or a workbook, else from the field, and show them: nothing takes effect yet."""
    pasted = not _brings_file()
    if pasted:
        text = request.form.get("people", "")
        report = demand_taken(lambda: check_pasted(text), InvalidPeople, "people")
    else:
        day, raw, sheet = the_room().clock().date(), uploaded(), request.form.get("sheet") or None
        report = demand_taken(
            lambda: check_people(raw, "summoned", rulesets()[-1], today=day, sheet=sheet), InvalidPeople, "file"
        )
    found = summoned.people_of(report)
    with the_room().storage.read() as session:
        before = draft_of(session, _draft_row(session)).people
    comes, goes = summoned.difference(before, found)
    return render_template(
        "room/draft_people_check.html", report=report, pasted=pasted, found=found, before=before, comes=comes,
        goes=goes, mark=summoned.mark_of(before), taken=summoned.spelled(found),
    )  # fmt: skip


@pages.post("/people/confirm")
@for_roles("organiser")
@shown_on(people)
def confirm_people() -> AnyResponse:
    """Let the people that were shown take effect."""
    taken, mark = request.form.get("taken", ""), request.form.get("mark", "")
    _change(lambda draft: summoned.with_people(draft, taken, mark))
    return redirect(url_for("draft.people"), 303)


@pages.get("/papers/<int:number>")
@for_roles("organiser")
def paper(number: int) -> str:
    """One paper; number 0 is a new one."""
    with the_room().storage.read() as session:
        draft = draft_of(session, _draft_row(session))
        if not NEW <= number <= len(draft.papers):
            abort(404)
        one = draft.papers[number - 1] if number else _empty_paper(draft)
        return render_template(
            "room/draft_paper.html",
            draft=draft,
            number=number,
            paper=one,
            listed=editor.names_text(one, put_forward=False),
            put_forward=editor.names_text(one, put_forward=True),
            kinds=editor.KINDS,
            tie_scopes=editor.TIE_SCOPES,
            step=editor.step_value(one),
            steps=tuple(editor.choices()),
        )


@pages.post("/papers/<int:number>")
@for_roles("organiser")
@shown_on(paper)
def save_paper(number: int) -> AnyResponse:
    """Keep a paper."""
    fields = dict(request.form.items())
    _change(lambda draft: editor.with_paper(draft, number or None, fields))
    return redirect(url_for("draft.overview"), 303)


@pages.post("/papers/<int:number>/remove")
@for_roles("organiser")
@shown_on(paper)
@asks_first
def remove_paper(number: int) -> AnyResponse:
    """Take a paper out."""
    _change(lambda draft: editor.without_paper(draft, number))
    return redirect(url_for("draft.overview"), 303)


@pages.get("/preview")
@for_roles("organiser", "chair", "secretary", "technician")
def preview() -> str:
    """The papers as the tablet will show them, in its own words and look."""
    words = catalogue("tablet", language())
    with the_room().storage.read() as session:
        draft = draft_of(session, current_row(session).id)

    def tablet(key: str, **fields: object) -> str:
        return words[key].format(**xungho(draft.address), **fields)

    return render_template("room/preview.html", draft=draft, tablet=tablet, kind_of=kind_of, **script("kiosk.css"))


@pages.get("/planner")
@for_roles("organiser", "chair", "secretary", "technician")
def plan() -> str:
    """Tablets and minutes: people x seconds / tablets."""
    with the_room().storage.read() as session:
        row = current_row(session)
        draft = draft_of(session, row.id)
        names = sum(len(one.candidates) for one in draft.papers)
        people = row.present if row.present is not None else len(draft.people)
    people = _number("people", people, 20_000)
    seconds = _number("seconds", planner.seconds_for(names), MOST_SECONDS)
    minutes = _number("minutes", 30, 1000)
    needed = planner.tablets_for(people, seconds, minutes)
    return render_template(
        "room/planner.html",
        people=people,
        seconds=seconds,
        minutes=minutes,
        names=names,
        needed=needed,
        plans=planner.plans(people, seconds, min(needed, MOST_TABLETS)),
    )


def _form(template: str, **more: object) -> str:
    with the_room().storage.read() as session:
        draft = draft_of(session, _draft_row(session))
    return render_template(template, draft=draft, **more)


def _draft_row(session: Session) -> int:
    """Number of the room's conference while it is a draft; raise WrongState afterwards."""
    row = current_row(session)
    conference_row.demand(row, *STEPS["change_draft"].states)
    return row.id


def _brings_file() -> bool:
    """Tell whether the request's form has a file."""
    file = request.files.get("file")
    return isinstance(file, FileStorage) and bool(file.filename)


def _change(change: Callable[[Draft], Draft]) -> None:
    number = current_number()
    with the_room().storage.write() as session:
        transitions.change_draft(session, number, change(draft_of(session, number)))


def _signer(prefix: str) -> dict[str, str]:
    """Name, role and key of one signer in the form; a key may also come as its file."""
    fields = {part: request.form.get(f"{prefix}_{part}", "") for part in ("name", "role", "key")}
    file = request.files.get(f"{prefix}_file")
    if isinstance(file, FileStorage) and file.filename:
        fields["key"] = file.read(KEY_LIMIT).decode("ascii", "replace")
    return fields


def _empty_paper(draft: Draft) -> Paper:
    """Begin a paper of the step of the first one; of the first step of the catalogue where there is none."""
    first = draft.papers[0] if draft.papers else editor.begin_draft(next(editor.choices()).value, draft.date).papers[0]
    changed: Paper = msgspec.structs.replace(first, unit="", title="", candidates=(), previous=())
    return changed


def _number(name: str, usual: int, most: int) -> int:
    text = request.args.get(name, "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 7 else max(usual, 1)
