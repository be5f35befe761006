"""Drafts of the letters as DOCX: submission report (tờ trình), decisions to plan and to take out (quyết định).

Who approves is settled title by title: the submission report carries those for the level above, the decisions those
that the office approves itself. Every sentence is one of `phrases`; numbers and dates are left open.
"""

import re
from collections.abc import Sequence

import msgspec

from voting.procedures.schema import HandsOn
from voting.rounds.dossier.letter_form import Block, Grid, Letter, Words, write_letter
from voting.rounds.dossier.phrases import Speech
from voting.rounds.dossier.rows import Line, voting_steps
from voting.rounds.round import Round, plans, procedure_of

HIGHER = "cấp có thẩm quyền"
"""Who approves where the catalogue lets the office propose alone and the organiser names nobody."""
PROPOSER = "bộ phận tham mưu về tổ chức, cán bộ"
KINDS = re.compile(r"^(?:BB|TTr|QĐ|KH|BC)[-/]")
PEOPLE = ("TT", "Họ và tên", "Ngày sinh", "Chức vụ, đơn vị", "Chức danh quy hoạch")
POST = "Chức danh"
REMOVED = ("TT", "Họ và tên", "Chức vụ, đơn vị", "Chức danh đã quy hoạch", "Quyết định quy hoạch", "Lý do")
WIDTHS = {
    "people": (10, 40, 24, 43, 46),
    "votes": (9, 30, 22, 29, 29, 44),
    "removed": (9, 33, 31, 33, 27, 30),
    "removed_votes": (9, 27, 26, 28, 23, 24, 26),
}
"""Of the columns, in millimetres: 163 in all, between margins of 30 and 17."""


class Gone(msgspec.Struct, frozen=True):
    """Somebody who is to leave the plan: the words of a row, the title, and the votes there were."""

    name: str
    position: str
    post: str
    decision: str
    reason: str
    title: str
    votes: tuple[str, ...] = ()


def authority_of(plan: Round, title: str) -> str:
    """Return who approves a title: "" for the office itself, else the words for the authority above."""
    named = plan.letters.authorities.get(title, "")
    hands_on = _hands_on(plan)
    return named or ("" if hands_on in ("approval", "proposal_and_approval") else HIGHER)


def _hands_on(plan: Round) -> HandsOn | None:
    final = procedure_of(plan).steps[-1].closing
    return None if final is None else final.hands_on


def submission(plan: Round, lines: Sequence[Line], *, to: str, signer: str) -> bytes:
    """Draft the submission report (tờ trình): those for the level above, or else what the office decides itself."""
    say, agency = Speech(plans(plan)), agency_words(plan)
    planned, gone = chosen(lines), leaving(plan, lines)
    above = [line for line in planned if authority_of(plan, line.seat.title)]
    gone_above = [one for one in gone if authority_of(plan, one.title)]
    blocks: list[Block] = [
        Words(say("submission.to", to=to), "address"),
        Words(say("submission.opening", agency=_capital(agency), plan=plan.ruleset.plan, **_procedure_words(plan))),
    ]
    if not plans(plan):
        blocks += _report(plan, say, planned, to)
    elif above or gone_above:
        blocks += _request(plan, say, above, to)
        if gone_above:
            blocks += [Words(say("submission.removals", count=_two(gone_above))), _removed(gone_above, votes=True)]
    else:
        blocks += _report(plan, say, planned, to)
        if gone:
            blocks.append(Words(say("submission.removals_report", agency=agency, count=_two(gone))))
            blocks.append(_removed(gone, votes=True))
    blocks += [Words(say("submission.attached")), Words(say("submission.closing", to=to))]
    subject = say("submission.subject", **_procedure_words(plan))
    copies = ("Như trên", *(plan.letters.copies or ("Lưu: VT, hồ sơ",)))
    return write_letter(_letter(plan, "TỜ TRÌNH", "TTr", subject, blocks, signer, copies))


def _request(plan: Round, say: Speech, lines: Sequence[Line], to: str) -> list[Block]:
    """Ask for approval, in a list for each authority."""
    agency, blocks = _capital(agency_words(plan)), list[Block]()
    for authority in dict.fromkeys(authority_of(plan, line.seat.title) for line in lines):
        own = [line for line in lines if authority_of(plan, line.seat.title) == authority]
        if authority.casefold() == to.casefold():
            said = say("submission.request_direct", agency=agency, to=to, count=_two(own))
        else:
            said = say("submission.request", agency=agency, to=to, authority=authority, count=_two(own))
        blocks += [Words(said), _people(plan, own, votes=True)]
    return blocks or [Words(say("submission.nobody"))]


def _report(plan: Round, say: Speech, lines: Sequence[Line], to: str) -> list[Block]:
    """Report those whom the office approves itself, or who were chosen where nobody is planned."""
    if not lines:
        return [Words(say("submission.nobody"))]
    agency = agency_words(plan)
    said = say("submission.report", agency=agency, to=to, count=_two(lines))
    return [Words(_capital(said)), _people(plan, lines, votes=True)]


def decision(plan: Round, lines: Sequence[Line], *, signer: str) -> bytes | None:
    """Draft the decision (quyết định) that approves names; None where there is none that the office approves."""
    own = [line for line in chosen(lines) if not authority_of(plan, line.seat.title)]
    if not plans(plan) or not own:
        return None
    say, term = Speech(True), procedure_of(plan).term
    first = Words(say("decision.first", term=term, count=_two(own)))
    subject = say("decision.subject", term=term)
    return _decision(plan, subject, _basis(plan, say), [first, _people(plan, own, votes=False)], signer)


def removal_decision(plan: Round, lines: Sequence[Line], *, signer: str) -> bytes | None:
    """Draft the decision that takes people out of the plan; None where the office may take out nobody."""
    own = [one for one in leaving(plan, lines) if not authority_of(plan, one.title)]
    if not plans(plan) or not own:
        return None
    say, term = Speech(True), procedure_of(plan).term
    source = [plan.leavers_source] if plan.leavers_source and plan.leavers else []
    first = Words(say("decision.first_removal", term=term, count=_two(own)))
    subject = say("removal.subject", term=term)
    return _decision(plan, subject, _basis(plan, say, source), [first, _removed(own, votes=False)], signer)


def _decision(plan: Round, subject: str, basis: Sequence[Block], first: Sequence[Block], signer: str) -> bytes:
    say = Speech(True)
    blocks = [
        Words(_issuer(plan, signer), "centre"),
        *basis,
        Words(say("decision.decides"), "centre"),
        *first,
        Words(say("decision.second")),
        Words(say("decision.third", address=plan.address)),
    ]
    copies = ("Như Điều 3", *(plan.letters.decision_copies or ("Lưu: VT, hồ sơ",)))
    return write_letter(_letter(plan, "QUYẾT ĐỊNH", "QĐ", subject, blocks, signer, copies))


def _basis(plan: Round, say: Speech, more: Sequence[str] = ()) -> list[Block]:
    """Return the basis, each line ending in a semicolon, and on whose proposal the office decides."""
    names = (*plan.letters.basis, *(source.name for source in plan.ruleset.basis), *more, plan.ruleset.plan)
    said = [say("decision.basis", basis=name) for name in names]
    said.append(say("decision.basis_count"))
    said.append(say("decision.proposed", proposer=plan.letters.proposer or PROPOSER))
    return [Words(one, "basis") for one in said]


def _issuer(plan: Round, signer: str) -> str:
    if plan.letters.issuer:
        return plan.letters.issuer.upper()
    if plan.organiser.style == "party":
        return plan.organiser.agency.upper()
    agency = plan.organiser.agency.upper()
    return signer.upper() if agency in signer.upper() else f"{signer.upper()} {agency}"


def chosen(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of those who are planned."""
    return [line for line in lines if line.conclusion == "planned"]


def leaving(plan: Round, lines: Sequence[Line]) -> list[Gone]:
    """Return those who leave the plan, by a vote or without one."""
    reasons = {(one.person, one.title): one.reason for one in plan.removals}
    found = []
    for line in lines:
        if line.conclusion == "removal_proposed":
            person = line.person
            reason = reasons.get((person.id, line.seat.title), "") if person else ""
            votes = tuple(votes_words(plan, line))
            found.append(Gone(line.name, line.position, f"{line.title}, {line.seat.unit}",
                              person.planned_decision if person else "", reason, line.seat.title, votes))  # fmt: skip
    words = {reason.id: reason.text for reason in plan.ruleset.removal_reasons}
    people = {person.id: person for person in plan.people}
    titles = {title.id: title.name for title in procedure_of(plan).titles}
    for one in plan.leavers:
        who = people[one.person]
        found.append(Gone(who.name, who.position_and_unit(), titles[one.title], who.planned_decision,
                          f"{words[one.reason]}: {one.detail}", one.title))  # fmt: skip
    return found


def _people(plan: Round, lines: Sequence[Line], *, votes: bool) -> Grid:
    rows = []
    for at, line in enumerate(lines, 1):
        cells = [str(at), line.name, line.born, line.position, f"{line.title}, {line.seat.unit}"]
        rows.append((*cells, "\n".join(votes_words(plan, line))) if votes else tuple(cells))
    heads = (*PEOPLE[:-1], PEOPLE[-1] if plans(plan) else POST)
    return Grid((*heads, "Kết quả phiếu") if votes else heads, WIDTHS["votes" if votes else "people"], tuple(rows))


def _removed(gone: Sequence[Gone], *, votes: bool) -> Grid:
    rows = []
    for at, one in enumerate(gone, 1):
        cells = (str(at), one.name, one.position, one.post, one.decision, one.reason)
        rows.append((*cells, "\n".join(one.votes) or "Không bỏ phiếu") if votes else cells)
    heads = (*REMOVED, "Kết quả phiếu") if votes else REMOVED
    return Grid(heads, WIDTHS["removed_votes" if votes else "removed"], tuple(rows))


def votes_words(plan: Round, line: Line) -> list[str]:
    """Spell a name's votes in every conference, in order."""
    return [f"Bước {step.number}: {line.votes[step.number].text()}" for step in voting_steps(plan)
            if step.number in line.votes]  # fmt: skip


def agency_words(plan: Round) -> str:
    """Return the office as it stands in a sentence: the organiser's words, else its name out of capitals."""
    if plan.letters.agency:
        return plan.letters.agency
    name = plan.organiser.agency
    if name != name.upper():
        return name
    words = name.capitalize()
    for proper in ("ủy ban nhân dân", "đảng ủy", "tỉnh ủy", "huyện ủy", "ban chấp hành", "ubnd"):
        fixed = proper.upper() if proper == "ubnd" else proper[0].upper() + proper[1:]
        words = words.replace(proper, fixed)
    return words


def _procedure_words(plan: Round) -> dict[str, str]:
    procedure = procedure_of(plan)
    steps = "; ".join(f"({step.number}) {step.name}" for step in procedure.steps)
    return {"procedure": procedure.name[0].lower() + procedure.name[1:], "term": procedure.term, "steps": steps}


def _letter(
    plan: Round, kind: str, symbol: str, subject: str, blocks: Sequence[Block], signer: str, copies: Sequence[str]
) -> Letter:
    organiser = plan.organiser
    code = KINDS.sub("", organiser.code)
    party = organiser.style == "party"
    number = f"Số ……-{symbol}/{code}" if party else f"Số: ……/{symbol}-{code}"
    signed = (f"T/M {organiser.agency.upper()}", signer.upper()) if party else (signer.upper(),)
    return Letter(
        kind=kind,
        subject=subject,
        superior=organiser.superior,
        agency=organiser.agency,
        number=number if code else number.rstrip("-/"),
        locality=organiser.locality,
        party=party,
        blocks=tuple(blocks),
        signed=signed,
        name=plan.letters.signer_name,
        copies=tuple(_copy(one, last=one is copies[-1]) for one in copies),
    )


def _copy(words: str, *, last: bool) -> str:
    return f"- {words.strip().rstrip(';.')}{'.' if last else ';'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _two(found: Sequence[object]) -> str:
    return f"{len(found):02d}"
