"""The briefing sheet for the last step, as PDF: what the leadership must weigh before it votes (plan, final steps).

Structure, numbers, candidate classes, months left, shares of young, women and minorities, and the results of both
conferences before; it is laid out, never put on the ballot itself.
"""

import datetime
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import cast

import typst

from voting.rounds.dossier.rows import Line, lines_of, voting_steps
from voting.rounds.dossier.typesetting import family, fonts
from voting.rounds.filing import Filed
from voting.rounds.round import Round, Seat, procedure_of, title_of
from voting.rounds.seats.structure import Share, panel

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
    return {
        "font": family(),
        "superior": plan.organiser.superior,
        "agency": plan.organiser.agency,
        "title": f"TÀI LIỆU PHỤC VỤ {last.name.upper()}",
        "subject": f"{procedure.name}, nhiệm kỳ {procedure.term.replace(' ', NO_BREAK)} (mục {last.section})",
        "considers": f"Căn cứ: {last.considers}." if last.considers else "",
        "rule": _rule_words(plan),
        "steps": [f"Bước {step.number}. {step.name}" for step in before],
        "seats": [_seat(plan, seat, lines, [step.number for step in before], review) for seat in plan.seats],
    }


def _rule_words(plan: Round) -> str:
    ballot = procedure_of(plan).steps[-1].closing
    if ballot is None:
        return ""
    rule = plan.ruleset.rules[ballot.rule].text
    return f"Nguyên tắc: {rule} và {ballot.top_down}. {ballot.tie_text}".strip()


def _seat(
    plan: Round, seat: Seat, lines: Sequence[Line], before: list[int], review: datetime.date
) -> dict[str, object]:
    names = [line for line in lines if line.seat == seat and before and _passed(line, before[-1])]
    return {
        "title": f"{title_of(plan, seat).name}, {seat.unit}",
        "quota": f"{seat.quota:02d}" if seat.quota else "chưa nhập",
        "structure": _structure(plan, names, review),
        "names": [_name(line, before) for line in names],
    }


def _passed(line: Line, step: int) -> bool:
    votes = line.votes.get(step)
    return votes is not None and votes.outcome == "selected"


def _name(line: Line, before: list[int]) -> list[str]:
    votes = [line.votes[step].text() if step in line.votes else "" for step in before]
    person = line.person
    sex = {"F": " (Nữ)", "M": " (Nam)"}[person.sex] if person else ""
    left = "" if line.months_left is None else str(line.months_left)
    return [
        line.name, f"{line.born}{sex}", person.ethnicity if person else "", line.position,
        str(line.object or ""), left, *votes,
    ]  # fmt: skip


def _structure(plan: Round, names: Sequence[Line], review: datetime.date) -> str:
    if plan.ruleset.structure is None:
        return ""
    counted = panel([line.person for line in names if line.person], plan.ruleset.structure, on=review)
    young = plan.ruleset.structure.young_under
    parts = (("nữ", counted.women), ("dân tộc thiểu số", counted.minorities), (f"dưới {young} tuổi", counted.young))
    return f"Cơ cấu {counted.total:02d} nhân sự: " + "; ".join(f"{label} {_share(share)}" for label, share in parts)


def _share(share: Share) -> str:
    return f"{share.count:02d} ({share.percent()}%)"
