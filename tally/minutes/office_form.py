"""An office's own form of the minutes: a DOCX with placeholders, filled in from the record (extra `[office]`).

The form is the office's; what it says is its business. The minutes that are signed and checked stay the PDF.
Placeholders are those of `facts_for`, written `{{ present }}`; rows of a table repeat between `{%tr for row in
paper.results %}` and `{%tr endfor %}`, within `{%p for paper in papers %}`. An unknown placeholder is an error, never a
blank. The sample `kiosk_templates/office/minutes.docx` uses every one of them. Names go in as text: they bring no
markup along.
"""

import hashlib
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from tally.errors import InvalidForm
from tally.minutes import preamble, results
from tally.minutes.blocks import Text
from tally.minutes.view import PaperView, View, parse_record
from tally.minutes.wording import clock, day, in_groups, moment
from voting.documents.case import Counted
from voting.documents.conferences.conference import Signer

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

Row: TypeAlias = dict[str, str]
OnePaper: TypeAlias = dict[str, str | list[Row] | list[str]]
Facts: TypeAlias = dict[str, str | list[Row] | list[str] | list[OnePaper]]

FORM_LIMIT = 20 * 1024 * 1024  # bytes of a form, packed or unpacked
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time that a ZIP can hold


def fill_in(form: bytes, payload: bytes) -> bytes:
    """Fill the form (DOCX) from a record's payload; the same two give the same bytes.

    Raises InvalidForm for a file that is no DOCX or asks for what does not exist, InvalidRecord for the payload.
    """
    facts = facts_for(payload)
    template = _open(form)
    try:
        from jinja2 import StrictUndefined, TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError:
        raise InvalidForm(_MISSING) from None
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    filled = BytesIO()
    try:
        template.render(facts, jinja_env=environment, autoescape=True)
        template.save(filled)
    except TemplateError as error:
        raise InvalidForm(f"the form asks for something that does not exist: {error}") from None
    return _without_times(filled.getvalue())


def facts_for(payload: bytes) -> Facts:
    """Give every placeholder and its value, as texts in Vietnamese form."""
    view = View.looking_at(parse_record(payload), "vi")
    papers = [{**_ballots(one), **_results(one)} for one in view.papers]
    return {**_meeting(view), **_people(view), "papers": papers, **_end(view), **_digital(view, payload)}


def _meeting(view: View) -> Facts:
    conference, facts = view.conference, view.record.facts
    header, title = preamble.header(view), preamble.title(view)
    opened, closed = moment(facts.opened), moment(facts.closed)
    return {
        "superior": header.superior,
        "agency": header.agency,
        "locality": conference.organiser.locality,
        "number": header.number,
        "stamp": header.stamp,
        "subject": title.subject,
        "meeting": title.meeting,
        "basis": list(conference.basis),
        "place": conference.place,
        "composition": conference.composition,
        "day": day(opened, "vi"),
        "opened": clock(opened, "vi"),
        "closed": clock(closed, "vi"),
    }


def _people(view: View) -> Facts:
    conference, facts = view.conference, view.record.facts
    counts = {
        "summoned": conference.summoned,
        "present": conference.present,
        "absent": conference.summoned - conference.present,
        "absent_excused": facts.absent_excused,
        "absent_unexcused": facts.absent_unexcused,
    }
    return {
        **{name: view.words.count(count) for name, count in counts.items()},
        "chair": [_person(conference.chair)],
        "secretary": [_person(conference.secretary)],
        "tellers": [_person(one) for one in conference.tellers],
        "witnesses": list(view.record.count.witnesses),
    }


def _ballots(paper: PaperView) -> OnePaper:
    counts = paper.result.ballots
    texts = {
        "issued": counts.issued,
        "collected": counts.collected,
        "not_collected": counts.issued - counts.collected,
        "valid": counts.valid,
        "invalid": counts.invalid,
    }
    return {
        "heading": results.heading(paper),
        **{name: paper.words.count(count) for name, count in texts.items()},
        "invalid_reason": counts.invalid_reason,
    }


def _results(paper: PaperView) -> OnePaper:
    verdict, quota = paper.result.verdict, paper.paper.selection.quota
    texts = [one for one in results.concluded(paper) if isinstance(one, Text)]
    return {
        "share": paper.share,
        "base": paper.base,
        "base_count": paper.words.count(verdict.base),
        "minimum": paper.words.count(verdict.minimum),
        "quota": "" if quota is None else paper.words.count(quota),
        "results": [_row(paper, number, one) for number, one in enumerate(paper.listed(), 1)],
        "further": [_row(paper, number, one) for number, one in enumerate(paper.put_forward(), 1)],
        "conclusion": [" ".join(part for part in (one.label, one.text) if part) for one in texts],
    }


def _end(view: View) -> Facts:
    ended = moment(view.record.count.ended)
    return {
        "form": view.words(f"ballot.{view.record.form}"),
        "complaints": list(view.record.count.complaints),
        "ended": clock(ended, "vi"),
        "ended_day": day(ended, "vi"),
    }


def _digital(view: View, payload: bytes) -> Facts:
    return {
        "session": view.record.uuid,
        "record_hash": in_groups(hashlib.sha256(payload).hexdigest()).replace("\n", " "),
        "software": view.record.made_by.software,
    }


def _person(signer: Signer) -> Row:
    return {"name": signer.name, "role": signer.role}


def _row(paper: PaperView, number: int, votes: Counted) -> Row:
    one, judged, view = paper.candidates[votes.id], paper.judged[votes.id], paper.view
    return {
        "number": str(number),
        "name": one.name,
        "position": one.position,
        "born": one.born,
        "agree": view.number(votes.agree),
        "disagree": view.number(votes.disagree),
        "no_opinion": view.number(judged.no_opinion),
        "percent": judged.percent + "%",
        "result": results.result_text(paper, judged),
        "note": results.note_text(paper, judged),
    }


_MISSING = "forms of an office need the extra [office]: pip install 'phieukin[office]'"


def _open(form: bytes) -> "DocxTemplate":
    try:
        from docxtpl import DocxTemplate
    except ImportError:
        raise InvalidForm(_MISSING) from None
    try:
        with zipfile.ZipFile(BytesIO(form)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            if "word/document.xml" not in parts.namelist() or max(size, len(form)) > FORM_LIMIT:
                raise InvalidForm(f"the form must be a DOCX of at most {FORM_LIMIT} bytes")
    except zipfile.BadZipFile:
        raise InvalidForm("the form is not a DOCX file") from None
    return DocxTemplate(BytesIO(form))


def _without_times(docx: bytes) -> bytes:
    """Pack the parts again with one fixed time, so that the same record fills the same form to the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(docx)) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as again:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            again.writestr(entry, parts.read(name))
    return packed.getvalue()
