"""The paper for the last conference (tài liệu phục vụ hội nghị), as PDF: what the leadership weighs before it votes.

The plan as it stands with the places left, its structure before and after, qualification, ratings, candidate class and
months left of each name, and the results of the conferences before; it is laid out, never put on the ballot itself.
"""

import datetime
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import cast

import typst

from voting.people.person import Person
from voting.rounds.dossier.rows import Line, lines_of, voting_steps
from voting.rounds.dossier.shares import structure_words
from voting.rounds.dossier.typesetting import family, fonts
from voting.rounds.filing import Filed
from voting.rounds.outcome import outcomes
from voting.rounds.round import Round, plans, procedure_of, title_of
from voting.rounds.seats.standing import Standing, members, standings
from voting.rounds.seats.structure import panel

NO_BREAK = "\u00a0"


def briefing_sheet(plan: Round, earlier: Sequence[Filed], review: datetime.date) -> bytes:
    """Render the briefing sheet from the documents of the steps before the last."""
    data = json.dumps(briefing(plan, earlier, review), ensure_ascii=False).encode()
    template = files("kiosk_templates").joinpath("typst", "briefing.typ").read_bytes()
    pdf = typst.compile(  # type: ignore[call-overload] # typst takes virtual files, its stub does not know it
        {"main.typ": template, "briefing.json": data},
        font_paths=fonts(),
        format="pdf",
        timestamp=0,
    )
    return cast(bytes, pdf)


def briefing(plan: Round, earlier: Sequence[Filed], review: datetime.date) -> dict[str, object]:
    """Return what the sheet says, as plain data for the template."""
    procedure = procedure_of(plan)
    last = procedure.steps[-1]
    before = [step for step in voting_steps(plan) if step.number < last.number and step.introducing]
    lines = lines_of(plan, earlier, review)
    found = standings(plan, outcomes(plan, earlier))
    return {
        "font": family(),
        "superior": plan.organiser.superior,
        "agency": plan.organiser.agency,
        "title": f"TÀI LIỆU PHỤC VỤ {last.name.upper()}",
        "subject": f"{procedure.name}, nhiệm kỳ {procedure.term.replace(' ', NO_BREAK)} (mục {last.section})",
        "considers": f"Căn cứ: {last.considers}." if last.considers else "",
        "rule": _rule_words(plan),
        "steps": [f"Bước {step.number}. {step.name}" for step in before],
        "structure": _structure(plan, found, review),
        "seats": [_seat(plan, one, lines, [step.number for step in before]) for one in found],
    }


def _rule_words(plan: Round) -> str:
    ballot = procedure_of(plan).steps[-1].closing
    if ballot is None:
        return ""
    rule = plan.ruleset.rules[ballot.rule].text
    return f"Nguyên tắc: {rule} và {ballot.top_down}. {ballot.tie_text}".strip()


def _seat(plan: Round, one: Standing, lines: Sequence[Line], before: list[int]) -> dict[str, object]:
    names = [line for line in lines if line.seat == one.seat and before and _passed(line, before[-1])]
    return {
        "title": f"{title_of(plan, one.seat).name}, {one.seat.unit}",
        "quota": "chưa nhập" if one.places is None else f"{one.places:02d}",
        "standing": _standing_words(plan, one),
        "names": [_name(line, before) for line in names],
    }


def _standing_words(plan: Round, one: Standing) -> str:
    """Say who is in the plan for a title already, who leaves it, and how many may be added."""
    left = "" if one.left is None else f"còn được bổ sung {one.left:02d} người"
    if procedure_of(plan).kind != "current":
        return ""
    names = {person.id: person.name for person in plan.people}
    parts = [f"đang quy hoạch {len(one.before):02d} người{_names_of(names, one.before)}"]
    gone = (*one.automatic, *one.voted_out)
    if gone:
        parts.append(f"đưa ra {len(gone):02d} người{_names_of(names, gone)}")
    return "; ".join(part for part in (*parts, left) if part)


def _names_of(names: dict[str, str], ids: Sequence[str]) -> str:
    """Name these people in brackets, in the order of the staff list."""
    return f" ({', '.join(name for one, name in names.items() if one in ids)})" if ids else ""


def _passed(line: Line, step: int) -> bool:
    votes = line.votes.get(step)
    return votes is not None and votes.outcome == "selected"


def _name(line: Line, before: list[int]) -> list[str]:
    votes = [line.votes[step].text() if step in line.votes else "" for step in before]
    person = line.person
    sex = {"F": " (Nữ)", "M": " (Nam)"}[person.sex] if person else ""
    left = "" if line.months_left is None else str(line.months_left)
    return [
        line.name, f"{line.born}{sex}", person.ethnicity if person else "", line.position, _qualification(person),
        person.ratings if person else "", str(line.object or ""), left, *votes,
    ]  # fmt: skip


def _qualification(person: Person | None) -> str:
    """Spell what somebody has learnt: profession, political theory, public administration."""
    if person is None:
        return ""
    theory = f"LLCT: {person.theory}" if person.theory else ""
    administration = f"QLNN: {person.administration}" if person.administration else ""
    return "; ".join(part for part in (person.education, theory, administration) if part)


def _structure(plan: Round, found: Sequence[Standing], review: datetime.date) -> list[list[str]]:
    """Return rows of the plan's structure before and after, as if everybody who still stands came in."""
    structure = plan.ruleset.structure
    if structure is None or not plans(plan):
        return []
    after = panel(members(plan, found, after=True), structure, on=review)
    rows = [[label, value] for label, value in structure_words(after, structure)]
    rows.insert(0, ["Tổng số lượt", f"{after.total:02d}"])
    if procedure_of(plan).kind != "current":
        return [[label, "", value] for label, value in rows]
    before = panel(members(plan, found, after=False), structure, on=review)
    values = [f"{before.total:02d}", *(value for _, value in structure_words(before, structure))]
    return [[label, was, value] for (label, value), was in zip(rows, values, strict=True)]
