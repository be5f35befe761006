"""Sheets of the room as PDF (tờ in của phòng họp): placing and pinning tablets, trouble, roll, trackers, paper ballots.

Each is a template of `kiosk_templates/typst` and a flat JSON of what it says. Nothing on them is secret, and nothing
links a name to a card or a ballot.
"""

import io
import json
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import qrcode
import typst
from qrcode.image.svg import SvgPathImage

from voting.conference.draft.agenda import Draft
from voting.conference.roll import Entry
from voting.documents.conferences.conference import Candidate, Paper
from voting.documents.kinds import kind_of

Sheet = Literal["placing", "pinning", "what_to_do", "roll", "exits", "trackers", "paper_ballot", "check_cards"]
_FOLDER = Path(str(files("kiosk_templates"))) / "typst"
_FONTS = Path(str(files("kiosk_templates"))) / "static" / "built" / "fonts"
MARKS: Final = ("present", "excused", "drew")


def placing(draft: Draft) -> bytes:
    """Where tablets stand: backs to walls, screens between them, no cameras behind."""
    return _render("placing", _head(draft))


def pinning(draft: Draft, *, kiosk: str, authority: str) -> bytes:
    """Screen pinning on Android, Guided Access on iPad, assigned access on Windows; two addresses of the room."""
    return _render("pinning", {**_head(draft), "kiosk": kiosk, "authority": authority, "qr": qr_svg(kiosk)})


def what_to_do(draft: Draft, *, threshold: int | None, present: int | None) -> bytes:
    """The one page for trouble; `present` as far as it is known."""
    numbers = {"threshold": str(threshold or "…"), "tellers": str(len(draft.tellers)), "present": str(present or "…")}
    return _render("what_to_do", {**_head(draft), **numbers})


def roll(draft: Draft, entries: Sequence[Entry], *, letter: str = "") -> bytes:
    """The roll on paper (danh sách điểm danh), with what is marked so far, and the letter of the deck drawn from."""
    people = [
        {"name": one.name, "unit": one.unit, "present": one.presence == "present", "drew": one.drew,
         "excused": one.presence == "excused"}
        for one in entries
    ]  # fmt: skip
    begun = any(one["present"] or one["excused"] for one in people)
    counts = {mark: f"{sum(bool(one[mark]) for one in people):02}" if begun else "" for mark in MARKS}
    numbers = {"summoned": f"{len(people):02}", "counts": counts, "letter": letter}
    return _render("roll", {**_head(draft), "people": people, **numbers})


def exits(draft: Draft, entries: Sequence[Entry], *, letter: str = "") -> bytes:
    """The exit list (danh sách người ra về): the door ticks by hand who leaves for good; the server hears nothing."""
    people = [{"name": one.name, "unit": one.unit} for one in entries]
    return _render("exits", {**_head(draft), "people": people, "letter": letter})


def trackers(draft: Draft, sorted_trackers: Sequence[str], *, end: str) -> bytes:
    """All trackers of a closed box, sorted, under the hash of its end."""
    content = {"trackers": list(sorted_trackers), "ballots": f"{len(sorted_trackers):02}", "end": end}
    return _render("trackers", {**_head(draft), **content})


def paper_ballots(draft: Draft, *, fingerprint: str = "") -> bytes:
    """Blank ballots, one page a paper, with the fingerprint of the election in small type where there is one."""
    organiser, day = draft.organiser, date.fromisoformat(draft.date)
    content = {
        **_head(draft),
        "superior": organiser.superior,
        "agency": organiser.agency,
        "party": organiser.style == "party",
        "place_date": f"{organiser.locality}, {day_of(day)}",
        "address": draft.address,
        "most": f"{draft.put_forward_max:02}",
        "papers": [_paper(paper, draft.address, fingerprint) for paper in draft.papers],
    }
    return _render("paper_ballot", content)


def day_of(day: date) -> str:
    """Write a date as letters of office do (Decree 30/2020): zeros before days below 10 and months below 3 alone."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def check_cards(draft: Draft, cards: Sequence[dict[str, str]]) -> bytes:
    """Test cards of a practice conference: label, QR and groups of each; they can never be counted."""
    return _render("check_cards", {**_head(draft), "cards": list(cards)})


def qr_svg(text: str) -> str:
    """A QR code as SVG, error correction M."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    file = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(file)
    return file.getvalue().decode()


def _paper(paper: Paper, address: str, fingerprint: str) -> dict[str, object]:
    kind = kind_of(paper.kind)
    listed = [_name(one) for one in paper.candidates if not one.put_forward]
    filled = {"address": address, "most": f"{kind.most_of(len(listed), paper.selection.quota):02}"}
    return {
        "heading": kind.vi.heading,
        "term": paper.term,
        "style": f"{paper.procedure} · {paper.step} · {fingerprint}",
        "title": f"{paper.title} – {paper.unit}" if paper.unit else paper.title,
        "instruction": kind.printed.instruction.format_map(filled),
        "note": kind.printed.note.format_map(filled),
        "answers": list(kind.printed.answers.values()),
        "listed": listed,
        "forward": [_name(one) for one in paper.candidates if one.put_forward],
    }


def _name(one: Candidate) -> dict[str, str]:
    position = " · ".join(part for part in (one.position, one.note) if part)
    return {"name": one.name, "born": one.born, "position": position}


def _head(draft: Draft) -> dict[str, object]:
    day = date.fromisoformat(draft.date)
    return {"conference": draft.name, "date": f"{day.day:02}/{day.month:02}/{day.year}"}


def _render(sheet: Sheet, content: dict[str, object]) -> bytes:
    fonts = [str(_FONTS)] if _FONTS.exists() else []
    inputs = {"content": json.dumps(content)}
    pdf = typst.compile(str(_FOLDER / f"{sheet}.typ"), sys_inputs=inputs, font_paths=fonts)
    assert isinstance(pdf, bytes), "typst gives the PDF back when no output is named"
    return pdf
