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
from voting.documents.conferences.conference import Agenda, Note, Paper, Quorum
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
    """One thing that differs from a catalogue: of which paper (0: the sitting), what is found and expected."""

    ruleset: Ruleset
    paper: int
    found: Sentence
    expected: Sentence

    @property
    def remark(self) -> Sentence:
        """The difference in words."""
        if not self.paper:
            return sentence("catalogue.differs", found=self.found, expected=self.expected)
        return sentence("catalogue.paper_differs", paper=self.paper, found=self.found, expected=self.expected)


def ruleset_of(paper: Paper, more: Sequence[Ruleset] = ()) -> Ruleset | None:
    """Find the catalogue that a paper names, among `more` and those shipped; None where there is none."""
    wanted = paper.ruleset.id, paper.ruleset.version
    return next((one for one in (*more, *catalogue()) if (one.id, one.version) == wanted), None)


def rulesets_of(setting: Agenda, more: Sequence[Ruleset] = ()) -> tuple[Ruleset, ...]:
    """Return the catalogues known here that the papers of a setting name, each once."""
    found = (ruleset_of(paper, more) for paper in setting.papers)
    return tuple({(one.id, one.version): one for one in found if one is not None}.values())


def unknown_rulesets(setting: Agenda, more: Sequence[Ruleset] = ()) -> tuple[documents.Ruleset, ...]:
    """Return the catalogues that papers of a setting name and that are not known here, each once."""
    return tuple(dict.fromkeys(paper.ruleset for paper in setting.papers if ruleset_of(paper, more) is None))


def catalogue_problems(setting: Agenda, more: Sequence[Ruleset] = ()) -> Iterator[Sentence]:
    """Yield every difference from the catalogues known here that no note names, or that nobody may decide."""
    for number, paper in enumerate(setting.papers, 1):
        ruleset = ruleset_of(paper, more)
        if ruleset is not None:
            step = step_in(paper, ruleset)
            if step is None:
                yield sentence(
                    "catalogue.no_step",
                    paper=number, ruleset=ruleset.id, procedure=paper.procedure, step=paper.step,
                )  # fmt: skip
            else:
                yield from _fixed(number, paper, step)
    overridden = setting.quorum is not None and setting.quorum.override is not None
    if overridden and any(one.quorum is not None and not one.quorum.override for one in rulesets_of(setting, more)):
        yield sentence("catalogue.no_override")
    said = {note.code: note.text for note in setting.notes}
    wanted = {note.code: note.text for note in decision_notes(setting, more)}
    for one in _differences(setting, more):
        if said.get(f"{DECIDED}{one.paper}") != wanted[f"{DECIDED}{one.paper}"]:
            yield one.remark
    for code in sorted(said.keys() - wanted.keys()):
        if code.startswith(DECIDED) and not _of_unknown(code, setting, more):
            yield sentence("catalogue.needless_note", code=code)


def catalogue_remarks(setting: Agenda, more: Sequence[Ruleset] = ()) -> Iterator[Sentence]:
    """Yield what differs from the catalogues and is named by a note, and words that are not the catalogues'."""
    for one in _differences(setting, more):
        if any(note.code == f"{DECIDED}{one.paper}" for note in setting.notes):
            yield one.remark
    for number, paper in enumerate(setting.papers, 1):
        ruleset = ruleset_of(paper, more)
        step = step_in(paper, ruleset) if ruleset is not None else None
        if ruleset is not None and step is not None:
            yield from _other_words(number, paper, find_procedure(paper.procedure, ruleset), step)


def decision_notes(setting: Agenda, more: Sequence[Ruleset] = ()) -> tuple[Note, ...]:
    """Return the notes that name every difference which the organiser may decide, one a paper."""
    found: dict[int, list[Difference]] = {}
    for one in _differences(setting, more):
        found.setdefault(one.paper, []).append(one)
    return tuple(_note(paper, differences) for paper, differences in sorted(found.items()))


def with_decision(setting: Agenda, number: int) -> tuple[Note, ...]:
    """Return the notes of a setting with that on paper `number` (0: the quorum) as it is now, others as they were."""
    code = f"{DECIDED}{number}"
    fresh = (one for one in decision_notes(setting) if one.code == code)
    return (*(one for one in setting.notes if one.code != code), *fresh)


def decided_papers(setting: Agenda) -> tuple[int, ...]:
    """Return the numbers of the papers whose differences notes name."""
    codes = (note.code.removeprefix(DECIDED) for note in setting.notes if note.code.startswith(DECIDED))
    return tuple(int(code) for code in codes if code.isascii() and code.isdigit() and code != "0")


def step_in(paper: Paper, ruleset: Ruleset) -> Step | None:
    """Return the step of a catalogue that a paper names; None where there is none."""
    try:
        return find_step(find_procedure(paper.procedure, ruleset), paper.step)
    except UnknownProcedure:
        return None


def handed_on(paper: Paper) -> str:
    """Say in the catalogue's words what becomes of the names that such a paper chooses; "" where it is silent."""
    ruleset = ruleset_of(paper)
    step = step_in(paper, ruleset) if ruleset is not None else None
    ballot = step.ballot(paper.kind) if step is not None else None
    return "" if ballot is None else ballot.hands_on_text


def _note(paper: int, differences: Sequence[Difference]) -> Note:
    named = " và ".join(dict.fromkeys(f"{one.ruleset.id} phiên bản {one.ruleset.version}" for one in differences))
    texts = ". ".join(dict.fromkeys(one.remark.vi for one in differences))
    return Note(f"{DECIDED}{paper}", f"{texts}. Theo quyết định của đơn vị tổ chức, khác danh mục {named}.")


def _of_unknown(code: str, setting: Agenda, more: Sequence[Ruleset]) -> bool:
    """Tell whether a note is on a paper whose catalogue is not known here, so that nobody can say it is needless."""
    number = code.removeprefix(DECIDED)
    if not (number.isascii() and number.isdigit() and len(number) < 6 and 0 <= int(number) <= len(setting.papers)):
        return False
    unknown = [ruleset_of(paper, more) is None for paper in setting.papers]
    return (any(unknown) or not unknown) if number == "0" else unknown[int(number) - 1]


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


def _differences(setting: Agenda, more: Sequence[Ruleset] = ()) -> Iterator[Difference]:
    """Yield what differs and may be decided: quorum, rule, selection, equal votes."""
    found = None if setting.quorum is None else Quorum(setting.quorum.num, setting.quorum.den, None)
    for ruleset in rulesets_of(setting, more):
        wanted = None if ruleset.quorum is None else Quorum(ruleset.quorum.num, ruleset.quorum.den, None)
        if found != wanted:
            yield Difference(ruleset, 0, quorum_words(found), quorum_words(wanted))
    for number, paper in enumerate(setting.papers, 1):
        known = ruleset_of(paper, more)
        step = step_in(paper, known) if known is not None else None
        ballot = step.ballot(paper.kind) if step is not None else None
        if known is not None and ballot is not None:
            yield from _of_paper(number, paper, ballot, known)


def _of_paper(number: int, paper: Paper, ballot: Ballot, ruleset: Ruleset) -> Iterator[Difference]:
    rule = ruleset.rules[ballot.rule].rule()
    if paper.rule != rule:
        yield Difference(ruleset, number, rule_words(paper.rule), rule_words(rule))
    expected = ballot.selection(ruleset, ballot.quota or (paper.selection.quota if ballot.top_down else None))
    found = paper.selection
    if (found.mode, found.quota, found.tie == "vote", found.fallback) != (
        expected.mode, expected.quota, expected.tie == "vote", expected.fallback):  # fmt: skip
        yield Difference(ruleset, number, selection_words(paper.selection), selection_words(expected))
    if paper.tie_scope != ballot.tie_scope:
        yield Difference(ruleset, number, tie_words(paper.tie_scope), tie_words(ballot.tie_scope))


def _other_words(number: int, paper: Paper, procedure: Procedure, step: Step) -> Iterator[Sentence]:
    if paper.section != step.section:
        yield sentence("catalogue.other_section", paper=number, found=paper.section, expected=step.section)
    if paper.term != procedure.term:
        yield sentence("catalogue.other_term", paper=number, found=paper.term, expected=procedure.term)
    if paper.title not in {title.name for title in procedure.titles}:
        yield sentence("catalogue.other_title", paper=number, title=paper.title, procedure=procedure.id)
