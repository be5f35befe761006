"""Changing a draft part by part (dự thảo hội nghị): what the desk's forms send becomes a new draft.

A draft may be unfinished as long as it is one; `draft_problems` of `voting.conference.draft.agenda` says what is
missing. Text is tidied as it comes in: Unicode NFC, one space between words. What does not fit a field raises
InvalidDraft.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from voting.conference.draft.agenda import Draft
from voting.documents.conferences.conference import (
    ON_PAPER,
    Candidate,
    Note,
    Organiser,
    Paper,
    PaperKind,
    Quorum,
    Rule,
    Ruleset,
    Selection,
    Signer,
    TieScope,
)
from voting.documents.kinds import kinds
from voting.errors import InvalidDraft
from voting.procedures import catalogue, find_note, find_procedure, find_ruleset, find_step
from voting.procedures import schema as procedures
from voting.procedures.card import notes_of
from voting.procedures.comparison import DECIDED, decided_papers, handed_on, with_decision

KINDS: tuple[PaperKind, ...] = tuple(kinds())
TIE_SCOPES: tuple[TieScope, ...] = get_args(TieScope)
OPERATIONS, BASES = (">=", ">"), ("present", "summoned")
ADDRESSES = ("đồng chí", "ông/bà", "đại biểu")
TEXTS = ("name", "place", "date", "composition", "address")
ORGANISER = ("superior", "agency", "locality", "code", "stamp")
OFFICES = ("chair", "secretary", "head")
PARTS = ("name", "position", "born", "note")
PAPERS_LIMIT, NAMES_LIMIT, NUMBER_LIMIT = 40, 200, 1000
_NOT_YET = (0, 0)
QUORUM = 0  # in place of a paper's number, in notes on what differs from the catalogue

Fields = Mapping[str, str]
Step = tuple[procedures.Ruleset, procedures.Procedure, procedures.Step]
"""A step of the catalogue, with its procedure and ruleset."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A step of the catalogue that has ballots, to begin a conference with."""

    ruleset: str
    version: int
    procedure: str
    step: int
    words: str

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"{self.ruleset}/{self.version}/{self.procedure}/{self.step}"


def choices() -> Iterator[Choice]:
    """Yield every step with ballots of the newest catalogue."""
    for ruleset in catalogue():
        for procedure in ruleset.procedures:
            for step in procedure.steps:
                if step.ballots:
                    words = f"{procedure.name}: bước {step.number}. {step.name}"
                    yield Choice(ruleset.id, ruleset.version, procedure.id, step.number, words)


def begin_draft(chosen: str, date: str) -> Draft:
    """Begin a draft from a step of the catalogue, as `Choice.value` spells it; raise InvalidDraft for another one."""
    ruleset, procedure, step = _chosen(chosen)
    notes = (find_note(ruleset, code) for code in notes_of(procedure, ruleset))
    return Draft(
        name=tidy(step.name),
        place="",
        date=date,
        organiser=Organiser("state", "", "", "", "", ""),
        basis=tuple(tidy(source.name) for source in ruleset.basis),
        composition=tidy(step.composition.text),
        address=ADDRESSES[0],
        quorum=Quorum(ruleset.quorum.num, ruleset.quorum.den, None) if ruleset.quorum else None,
        tellers=(),
        chair=Signer("", "Chủ trì", ON_PAPER, True),
        secretary=Signer("", "Thư ký", ON_PAPER, True),
        head=Signer("", "Người đứng đầu", ON_PAPER, False),
        papers=tuple(_paper_of((ruleset, procedure, step), ballot) for ballot in step.ballots),
        put_forward_max=0,
        notes=tuple(Note(note.code, note.text) for note in notes),
        people=(),
    )


def with_basics(draft: Draft, fields: Fields) -> Draft:
    """Change name, place, date, head of the minutes, legal basis, quorum and names to put forward."""
    style = fields.get("style", "state")
    if style not in ("state", "party"):
        raise InvalidDraft("style: state or party expected", key="choose", at="style")
    organiser = {name: tidy(fields.get(name, "")) for name in ORGANISER}
    quorum = _share(fields, "quorum_num", "quorum_den") if "quorum" in fields else None
    changed = msgspec.structs.replace(
        draft,
        **{name: tidy(fields.get(name, "")) for name in TEXTS},
        organiser=msgspec.convert({"style": style, **organiser}, Organiser),
        basis=tuple(tidy(line) for line in fields.get("basis", "").splitlines() if line.strip()),
        quorum=Quorum(*quorum, None) if quorum else None,
        put_forward_max=whole(fields, "put_forward_max"),
    )
    return msgspec.structs.replace(changed, notes=with_decision(changed, QUORUM))


def with_signers(draft: Draft, tellers: Sequence[Fields], offices: Mapping[str, Fields]) -> Draft:
    """Change tellers (those without a name fall away), chair, secretary and head."""
    changed = {office: _signer(offices[office], must=office != "head") for office in OFFICES}
    named = tuple(_signer(one, must=True) for one in tellers if tidy(one.get("name", "")))
    return msgspec.structs.replace(draft, tellers=named, **changed)


def with_paper(draft: Draft, number: int | None, fields: Fields) -> Draft:
    """Change paper `number` (from 1), or add one."""
    if number is None and len(draft.papers) >= PAPERS_LIMIT:
        raise InvalidDraft(f"at most {PAPERS_LIMIT} papers expected", key="papers_limit", most=PAPERS_LIMIT)
    old = draft.papers[_index(draft, number)] if number is not None else None
    paper = _paper(fields, old, draft.papers)
    paper = msgspec.structs.replace(paper, hands_on=handed_on(paper))
    if number is None:
        return _decided(msgspec.structs.replace(draft, papers=(*draft.papers, paper)), len(draft.papers) + 1)
    at = _index(draft, number)
    papers = (*draft.papers[:at], paper, *draft.papers[at + 1 :])
    return _decided(msgspec.structs.replace(draft, papers=papers), at + 1)


def without_paper(draft: Draft, number: int) -> Draft:
    """Take paper `number` out; those behind it move up."""
    at = _index(draft, number)
    papers, decided = draft.papers[:at] + draft.papers[at + 1 :], decided_papers(draft)
    notes = tuple(one for one in draft.notes if not one.code.startswith(DECIDED) or one.code == f"{DECIDED}{QUORUM}")
    left = msgspec.structs.replace(draft, papers=papers, notes=notes)
    for paper in decided:  # notes move up with their papers
        if paper != number:
            left = _decided(left, paper - (paper > number))
    return left


def names_text(paper: Paper, *, put_forward: bool) -> str:
    """Spell a paper's names as lines that the form reads again: name; position; born; note."""
    listed = (one for one in paper.candidates if one.put_forward == put_forward)
    return "\n".join("; ".join(getattr(one, part) for part in PARTS).rstrip("; ") for one in listed)


def tidy(text: str) -> str:
    """Text as documents hold it: NFC, one space between words, nothing at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def whole(fields: Fields, name: str, least: int = 0) -> int:
    """A whole number of a form; raise InvalidDraft."""
    text = fields.get(name, "").strip() or "0"
    short = text.isascii() and text.isdigit() and len(text) <= len(str(NUMBER_LIMIT))
    if not short or not least <= int(text) <= NUMBER_LIMIT:
        message = f"{name}: a whole number from {least} to {NUMBER_LIMIT} expected"
        raise InvalidDraft(message, key="whole", at=name, least=least, most=NUMBER_LIMIT)
    return int(text)


def _decided(draft: Draft, number: int) -> Draft:
    """Note in the draft where a paper differs from the catalogue: the organiser decided so at the desk."""
    return msgspec.structs.replace(draft, notes=with_decision(draft, number))


def _share(fields: Fields, num: str, den: str) -> tuple[int, int]:
    return whole(fields, num), whole(fields, den, 1)


def _index(draft: Draft, number: int) -> int:
    if not 1 <= number <= len(draft.papers):
        raise InvalidDraft(f"paper 1 to {len(draft.papers)} expected, {number} found", key="no_paper")
    return number - 1


def _names(paper: Paper) -> set[tuple[str, str]]:
    return {(one.id, one.name) for one in paper.candidates if not one.put_forward}


def _signer(fields: Fields, *, must: bool) -> Signer:
    key = "".join(fields.get("key", "").split())
    return Signer(tidy(fields.get("name", "")), tidy(fields.get("role", "")), key or ON_PAPER, must)


def _chosen(value: str) -> Step:
    """Return the step of the catalogue that `Choice.value` spells; raise InvalidDraft for another one."""
    found = next((one for one in choices() if one.value == value), None)
    if found is None:
        raise InvalidDraft("a step of the catalogue expected", key="choose", at="step")
    ruleset = find_ruleset(found.ruleset, found.version)
    procedure = find_procedure(found.procedure, ruleset)
    return ruleset, procedure, find_step(procedure, found.step)


def _place(of: Step) -> dict[str, Any]:
    """Say as a paper does whose step it is."""
    ruleset, procedure, step = of
    return {
        "ruleset": Ruleset(ruleset.id, ruleset.version),
        "procedure": procedure.id,
        "step": step.number,
        "section": step.section,
        "term": tidy(procedure.term),
    }


def _paper_of(of: Step, ballot: procedures.Ballot) -> Paper:
    ruleset, procedure, _ = of
    return Paper(
        **_place(of),
        kind=ballot.kind,
        unit="",
        title=tidy(procedure.titles[0].name) if procedure.titles else "",
        rule=ruleset.rules[ballot.rule].rule(),
        selection=ballot.selection(ruleset, ballot.quota),
        tie_scope=ballot.tie_scope,
        candidates=(),
        hands_on=ballot.hands_on_text,
    )


def step_value(paper: Paper) -> str:
    """Spell the step of a paper as `Choice.value` does."""
    return Choice(paper.ruleset.id, paper.ruleset.version, paper.procedure, paper.step, "").value


def _paper(fields: Fields, old: Paper | None, beside: Sequence[Paper]) -> Paper:
    """Make a paper of what a form sends: of the step that it names, else of that of the old paper, or of the first."""
    kind = next((one for one in KINDS if one == fields.get("kind")), None)
    tie_scope = next((one for one in TIE_SCOPES if one == fields.get("tie_scope", "none")), None)
    op, base = fields.get("op"), fields.get("base")
    if kind is None or tie_scope is None or op not in OPERATIONS or base not in BASES:
        raise InvalidDraft("kind, tie scope, rule or base: one of the list expected", key="choose", at="kind")
    num, den = _share(fields, "num", "den")
    top = fields.get("mode") == "top"
    tie = old.selection.tie if old is not None and old.kind == kind else None
    names = tuple(_candidates(fields, old.candidates if old else ()))
    changed: dict[str, Any] = {
        "kind": kind,
        "unit": tidy(fields.get("unit", "")),
        "title": tidy(fields.get("title", "")),
        "rule": msgspec.convert({"op": op, "num": num, "den": den, "base": base}, Rule),
        "selection": Selection("top", whole(fields, "quota", 1), tie) if top else Selection("all"),
        "tie_scope": tie_scope,
        "candidates": names,
    }
    step, like = fields.get("step", ""), old or next(iter(beside), None)
    if like is None or step not in ("", step_value(like)):
        return Paper(**_place(_chosen(step)), **changed)
    paper = msgspec.structs.replace(like, **changed)
    if old is None or _names(old) != _names(paper):  # another list than the document before handed on
        paper = msgspec.structs.replace(paper, previous=())
    return paper


def _candidates(fields: Fields, before: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the names of both fields; whoever was there keeps the id, the others get the next free one."""
    lines = [(line, False) for line in fields.get("listed", "").splitlines() if line.strip()]
    lines += [(line, True) for line in fields.get("put_forward", "").splitlines() if line.strip()]
    if len(lines) > NAMES_LIMIT:
        message = f"at most {NAMES_LIMIT} names on one paper expected, {len(lines)} found"
        raise InvalidDraft(message, key="names_limit", at="listed", most=NAMES_LIMIT, found=len(lines))
    typed = []
    for line, put_forward in lines:
        parts = [tidy(part) for part in line.replace("\t", ";").split(";", len(PARTS) - 1)]
        name, position, born, note = parts + [""] * (len(PARTS) - len(parts))
        typed.append(Candidate("", name, position, born, note, put_forward, _NOT_YET))
    kept = _kept_ids(typed, before)
    taken = {one.id for one in before}
    for at, one in enumerate(typed):
        identifier = kept.get(at) or _free(taken)
        taken.add(identifier)
        yield msgspec.structs.replace(one, id=identifier)


def _kept_ids(typed: Sequence[Candidate], before: Sequence[Candidate]) -> dict[int, str]:
    """Return the ids of those who were there, by place: each once, also of several people of one name and birth.

    Position tells them apart; where it changed, whoever is left over is taken in the order of the paper.
    """
    kept: dict[int, str] = {}
    for known_by in (lambda one: (one.name, one.born, one.position), lambda one: (one.name, one.born)):
        left: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for one in before:
            if one.id not in kept.values():
                left[known_by(one)].append(one.id)
        for at, one in enumerate(typed):
            if at not in kept and left[known_by(one)]:
                kept[at] = left[known_by(one)].pop(0)
    return kept


def _free(taken: set[str]) -> str:
    return next(identifier for number in range(1, 10**6) if (identifier := f"c{number}") not in taken)
