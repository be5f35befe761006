"""What Setup says of the plan, compared with the catalogue that it names (design §5).

The catalogue fixes each step's ballots: kind, rule and its base, selection, what happens on equal votes, whether names
may be put forward; and the quorum. The organiser may decide otherwise on some of it, as the desk's pages allow: then a
note of the conference, spelt by `decision_notes`, names the difference in full. `catalogue_problems` yields every other
difference; `catalogue_remarks` what is so decided, and words that differ. The same functions serve the room before the
list is frozen, the tellers' tool and `phieukin verify`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keys.message import Sentence
from voting.documents.conferences import conference as documents
from voting.documents.conferences.conference import Agenda, Note, Paper, PaperKind, Quorum
from voting.documents.conferences.sentences import sentence
from voting.documents.kinds import kind_of
from voting.documents.rule_words import quorum_words, rule_words, selection_words, tie_words
from voting.procedures.errors import UnknownProcedure
from voting.procedures.loader import catalogue, find_procedure, find_step
from voting.procedures.schema import Ballot, Procedure, Ruleset, Step

DECIDED = "KHAC-"
"""Code of the notes that name a difference, before the paper's number; 0 is the quorum."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs from the catalogue: of which paper (0: the conference), what is found and expected."""

    paper: int
    found: Sentence
    expected: Sentence

    @property
    def remark(self) -> Sentence:
        """The difference in words."""
        if not self.paper:
            return sentence("catalogue.differs", found=self.found, expected=self.expected)
        return sentence("catalogue.paper_differs", paper=self.paper, found=self.found, expected=self.expected)


def ruleset_of(setting: Agenda, more: Sequence[Ruleset] = ()) -> Ruleset | None:
    """Find the catalogue that a conference names, among `more` and those shipped; None where there is none."""
    wanted = setting.ruleset.id, setting.ruleset.version
    return next((one for one in (*more, *catalogue()) if (one.id, one.version) == wanted), None)


def catalogue_problems(setting: Agenda, ruleset: Ruleset) -> Iterator[Sentence]:
    """Yield every difference from the catalogue that no note names, or that nobody may decide."""
    try:
        step = find_step(find_procedure(setting.procedure, ruleset), setting.step)
    except UnknownProcedure:
        yield sentence("catalogue.no_step", ruleset=ruleset.id, procedure=setting.procedure, step=setting.step)
        return
    for number, paper in enumerate(setting.papers, 1):
        yield from _fixed(number, paper, step)
    overridden = setting.quorum is not None and setting.quorum.override is not None
    if overridden and ruleset.quorum is not None and not ruleset.quorum.override:
        yield sentence("catalogue.no_override")
    said = {note.code: note.text for note in setting.notes}
    wanted = {note.code: note.text for note in decision_notes(setting, ruleset)}
    for one in _differences(setting, ruleset):
        if said.get(f"{DECIDED}{one.paper}") != wanted[f"{DECIDED}{one.paper}"]:
            yield one.remark
    for code in sorted(said.keys() - wanted.keys()):
        if code.startswith(DECIDED):
            yield sentence("catalogue.needless_note", code=code)


def catalogue_remarks(setting: Agenda, ruleset: Ruleset) -> Iterator[Sentence]:
    """Yield what differs from the catalogue and is named by a note, and words that are not the catalogue's."""
    for one in _differences(setting, ruleset):
        if any(note.code == f"{DECIDED}{one.paper}" for note in setting.notes):
            yield one.remark
    try:
        procedure = find_procedure(setting.procedure, ruleset)
        step = find_step(procedure, setting.step)
    except UnknownProcedure:
        return
    yield from _other_words(setting, procedure, step)


def decision_notes(setting: Agenda, ruleset: Ruleset) -> tuple[Note, ...]:
    """Return the notes that name every difference which the organiser may decide, one a paper."""
    found: dict[int, list[str]] = {}
    for one in _differences(setting, ruleset):
        found.setdefault(one.paper, []).append(one.remark.vi)
    ending = f"Theo quyết định của đơn vị tổ chức, khác danh mục {ruleset.id} phiên bản {ruleset.version}."
    return tuple(Note(f"{DECIDED}{paper}", f"{'. '.join(texts)}. {ending}") for paper, texts in sorted(found.items()))


def with_decision(setting: Agenda, number: int) -> tuple[Note, ...]:
    """Return the notes of a setting with that on paper `number` (0: the quorum) as it is now, others as they were."""
    code, ruleset = f"{DECIDED}{number}", ruleset_of(setting)
    fresh = decision_notes(setting, ruleset) if ruleset is not None else ()
    return (*(one for one in setting.notes if one.code != code), *(one for one in fresh if one.code == code))


def decided_papers(setting: Agenda) -> tuple[int, ...]:
    """Return the numbers of the papers whose differences notes name."""
    codes = (note.code.removeprefix(DECIDED) for note in setting.notes if note.code.startswith(DECIDED))
    return tuple(int(code) for code in codes if code.isascii() and code.isdigit() and code != "0")


def handed_on(setting: Agenda, kind: PaperKind) -> str:
    """Say in the catalogue's words what becomes of the names that such a paper chooses; "" where it is silent."""
    ruleset = ruleset_of(setting)
    try:
        step = find_step(find_procedure(setting.procedure, ruleset), setting.step) if ruleset is not None else None
    except UnknownProcedure:
        step = None
    ballot = step.ballot(kind) if step is not None else None
    return "" if ballot is None else ballot.hands_on_text


def _fixed(number: int, paper: Paper, step: Step) -> Iterator[Sentence]:
    """What nobody may decide: the kind of ballot, names put forward on a closed list, what becomes of those chosen."""
    ballot = step.ballot(paper.kind)
    if ballot is None:
        kind = kind_of(paper.kind).phrase
        yield sentence("catalogue.no_such_ballot", paper=number, step=step.number, kind=kind)
    elif not ballot.put_forward and any(one.put_forward for one in paper.candidates):
        yield sentence("catalogue.closed_list", paper=number, step=step.number)
    if ballot is not None and paper.hands_on not in ("", ballot.hands_on_text):
        yield sentence("catalogue.hands_on", paper=number, found=paper.hands_on, expected=ballot.hands_on_text)


def _differences(setting: Agenda, ruleset: Ruleset) -> Iterator[Difference]:
    """Yield what differs and may be decided: quorum, rule, selection, equal votes."""
    wanted = None if ruleset.quorum is None else Quorum(ruleset.quorum.num, ruleset.quorum.den, None)
    found = None if setting.quorum is None else Quorum(setting.quorum.num, setting.quorum.den, None)
    if found != wanted:
        yield Difference(0, quorum_words(found), quorum_words(wanted))
    try:
        step = find_step(find_procedure(setting.procedure, ruleset), setting.step)
    except UnknownProcedure:
        return
    for number, paper in enumerate(setting.papers, 1):
        ballot = step.ballot(paper.kind)
        if ballot is not None:
            yield from _of_paper(number, paper, ballot, ruleset)


def _of_paper(number: int, paper: Paper, ballot: Ballot, ruleset: Ruleset) -> Iterator[Difference]:
    rule = ruleset.rules[ballot.rule].rule()
    if paper.rule != rule:
        yield Difference(number, rule_words(paper.rule), rule_words(rule))
    mode, quota = ("top", ballot.quota) if ballot.top_down else ("all", None)
    if paper.selection.mode != mode or (quota is not None and paper.selection.quota != quota):
        expected = documents.Selection("top", quota) if ballot.top_down else documents.Selection("all")
        yield Difference(number, selection_words(paper.selection), selection_words(expected))
    if paper.tie_scope != ballot.tie_scope:
        yield Difference(number, tie_words(paper.tie_scope), tie_words(ballot.tie_scope))


def _other_words(setting: Agenda, procedure: Procedure, step: Step) -> Iterator[Sentence]:
    if setting.section != step.section:
        yield sentence("catalogue.other_section", found=setting.section, expected=step.section)
    if setting.term != procedure.term:
        yield sentence("catalogue.other_term", found=setting.term, expected=procedure.term)
    titles = {title.name for title in procedure.titles}
    for number, paper in enumerate(setting.papers, 1):
        if paper.title not in titles:
            yield sentence("catalogue.other_title", paper=number, title=paper.title, procedure=procedure.id)
