"""A procedure as a card that people read: on the terminal, and in docs/procedures.md, both made from the data.

`card(procedure, ruleset)` is plain text for the organiser; `document(rulesets)` is the generated page, and a test
holds the committed page to it.
"""

import datetime
from collections.abc import Iterator, Sequence

from voting.documents.kinds import kind_of
from voting.documents.rule_words import rule_words
from voting.procedures.loader import find_note
from voting.procedures.schema import Ballot, Composition, Procedure, Ruleset, Step, Title

SECRECY = {"secret": "phiếu kín", "ballot": "bằng phiếu"}
ANOTHER_BALLOT = "bầu lại trong số những người bằng phiếu ở vị trí cuối"
NOBODY_BUT_THE_HEAD = "người đứng đầu quyết định khi bằng phiếu ở vị trí cuối"


def vietnamese_date(day: datetime.date) -> str:
    """Spell a date dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def rule_text(ballot: Ballot, ruleset: Ruleset) -> str:
    """Spell a ballot's rule in one line, as the organiser reads it."""
    found = ruleset.rules[ballot.rule]
    words = rule_words(found.rule()).vi
    return words if ballot.stated else f"{words} (kế hoạch không nêu; giả định)"


def composition_text(composition: Composition) -> str:
    """Spell a composition, saying where it does not come from the plan itself."""
    if composition.stated == "missing":
        return f"CHƯA CÓ TRONG KẾ HOẠCH, phải xác nhận. Gợi ý theo {composition.suggested_from}: {composition.text}"
    if composition.stated == "named":
        return f"{composition.text} (kế hoạch không liệt kê)"
    return composition.text


def ballot_lines(ballot: Ballot, ruleset: Ruleset) -> Iterator[str]:
    """Yield what there is to say of one ballot."""
    kind = kind_of(ballot.kind)
    yield f"Phiếu: {kind.vi.card} ({kind.en.card}), {SECRECY[ballot.secrecy]}"
    yield f"Điều kiện: {rule_text(ballot, ruleset)}"
    if ballot.top_down:
        number = f"{ballot.quota}" if ballot.quota else "nhập trước khi mở"
        yield f"Số lượng: {ballot.top_down}; {number}"
        yield f"Bằng phiếu: {ballot.tie_text or (ANOTHER_BALLOT if ballot.tie == 'vote' else NOBODY_BUT_THE_HEAD)}"
    if ballot.fallback is not None:
        yield f"Không ai đạt: {rule_words(ruleset.rules[ballot.fallback].rule()).vi}"
    if ballot.put_forward:
        yield "Giới thiệu thêm: có, từ danh sách cán bộ đủ điều kiện"
    yield f"Kết quả: {ballot.hands_on_text}"
    if ballot.notes:
        yield f"Ghi chú: {', '.join(ballot.notes)}"


def step_lines(step: Step, ruleset: Ruleset) -> Iterator[str]:
    """Yield what there is to say of one step."""
    yield f"Thành phần: {composition_text(step.composition)}"
    if step.considers:
        yield f"Căn cứ: {step.considers}"
    for adopted in step.adopts:
        yield f"Thông qua (không bỏ phiếu): {adopted}"
    if step.notes:
        yield f"Ghi chú: {', '.join(step.notes)}"
    for ballot in step.ballots:
        yield from ballot_lines(ballot, ruleset)


def title_lines(title: Title) -> Iterator[str]:
    """Yield whom a title is open to."""
    for one in title.objects:
        months = f"từ {one.months} tháng"
        if one.preferred_months > one.months:
            months += f" (ưu tiên từ {one.preferred_months} tháng)"
        planned = "; đã được quy hoạch chức danh đối tượng 1" if one.planned_for else ""
        yield f"{one.name}: còn {months} công tác{planned}"


def deadline_text(procedure: Procedure) -> str:
    """Spell the deadline, which excludes the day it names (A18)."""
    last = procedure.last_day()
    if procedure.before is None or last is None:
        return "không nêu"
    return f"trước ngày {vietnamese_date(procedure.before)}: chậm nhất {vietnamese_date(last)} (A18)"


def card(procedure: Procedure, ruleset: Ruleset) -> str:
    """Return a procedure as plain text."""
    lines = [
        f"{procedure.id}  {procedure.name}",
        f"  {procedure.english}",
        f"  Mục {procedure.section}; nhiệm kỳ {procedure.term}; thời hạn {deadline_text(procedure)}",
        f"  {ruleset.id} phiên bản {ruleset.version}",
        "",
    ]
    for title in procedure.titles:
        lines += [f"  Chức danh: {title.name} ({title.section})", *(f"    {line}" for line in title_lines(title))]
    for step in procedure.steps:
        lines += ["", f"  Bước {step.number}. {step.name}  [{step.section}]"]
        lines += [f"    {line}" for line in step_lines(step, ruleset)]
    lines += ["", *(f"  {code}: {find_note(ruleset, code).text}" for code in notes_of(procedure, ruleset))]
    return "\n".join(lines) + "\n"


def notes_of(procedure: Procedure, ruleset: Ruleset) -> tuple[str, ...]:
    """Return the codes of all notes that touch a procedure, in the ruleset's order."""
    used = {*ruleset.general_notes, *procedure.notes}
    for title in procedure.titles:
        used.update(code for one in title.objects for code in one.notes)
    for step in procedure.steps:
        used.update(step.notes, step.composition.notes)
        for ballot in step.ballots:
            used.update(ballot.notes, ruleset.rules[ballot.rule].notes)
    return tuple(note.code for note in ruleset.notes if note.code in used)


def document(rulesets: Sequence[Ruleset]) -> str:
    """Return docs/procedures.md."""
    lines = [
        "# Procedures (quy trình)",
        "",
        "Made from the data by `phieukin procedures document`; a test finds this page stale.",
    ]
    for ruleset in rulesets:
        lines += ["", *_ruleset_lines(ruleset)]
        for procedure in ruleset.procedures:
            lines += ["", *_procedure_lines(procedure, ruleset)]
        lines += ["", *_note_lines(ruleset)]
    return "\n".join(lines) + "\n"


def _ruleset_lines(ruleset: Ruleset) -> Iterator[str]:
    yield f"## {ruleset.id}, version {ruleset.version}"
    yield ""
    yield f"{ruleset.name}. {ruleset.plan}."
    yield ""
    yield from (f"* Căn cứ: {source.name}" for source in ruleset.basis)
    yield from (f"* Đã có văn bản thay thế: {source.name}" for source in ruleset.superseded_by)
    if ruleset.quorum:
        yield f"* Số người tối thiểu: {ruleset.quorum.num}/{ruleset.quorum.den}. {ruleset.quorum.text}."
    for milestone in ruleset.milestones:
        delivers = f" Gồm: {'; '.join(milestone.delivers)}." if milestone.delivers else ""
        people = f" Thành phần: {milestone.composition}" if milestone.composition else ""
        day = vietnamese_date(milestone.before)
        codes = ", ".join(milestone.notes)
        yield f"* {milestone.section}: {milestone.name}, trước ngày {day} ({codes}).{people}{delivers}"


def _procedure_lines(procedure: Procedure, ruleset: Ruleset) -> Iterator[str]:
    yield f"### {procedure.id}: {procedure.name}"
    yield ""
    yield f"{procedure.english}. Mục {procedure.section}, nhiệm kỳ {procedure.term}, {deadline_text(procedure)}."
    for title in procedure.titles:
        yield ""
        yield f"**{title.name}** ({title.section})"
        yield ""
        yield from (f"* {line}" for line in title_lines(title))
    for step in procedure.steps:
        yield ""
        yield f"#### Bước {step.number}. {step.name} ({step.section})"
        yield ""
        yield from (f"* {line}" for line in step_lines(step, ruleset))


def _note_lines(ruleset: Ruleset) -> Iterator[str]:
    yield f"### Cách hiểu những chỗ chưa rõ ({ruleset.id})"
    yield ""
    yield "| Mã | Chỗ trong kế hoạch | Cách hiểu | In English | Tùy chọn |"
    yield "|---|---|---|---|---|"
    for note in ruleset.notes:
        choice = "có" if note.configurable else "không"
        yield f"| {note.code} | {note.place} | {note.text} | {note.english} | {choice} |"
