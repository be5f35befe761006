"""What a conference must fulfil besides its schema: counts in order, names clean, every answer belongs to one name.

Used by the room before Setup is written and by the audit afterwards; each finding is one sentence.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import UNSET

from keys.ceremony.messages import BOXES
from keys.message import Message, Sentence
from voting.documents.canonical import unclean_text
from voting.documents.conferences.conference import FORMAT, Candidate, Conference, Paper, Previous, Quorum, Rule
from voting.documents.conferences.election import Election, Question, texts_of
from voting.documents.conferences.people import name_problems, people_problems
from voting.documents.conferences.questions import answers_at, question_problems
from voting.documents.conferences.sentences import sentence
from voting.documents.errors import InvalidConference
from voting.documents.kinds import Kind, kind_of
from voting.documents.quorum import least_present

TEXT_LIMIT = 2000  # characters of any one text
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Identified(Protocol):
    """A name of a list that is known by an id."""

    @property
    def id(self) -> str:
        """The id."""


def check_conference(election: Election) -> None:
    """Raise InvalidConference with the first problem, if there is one."""
    for problem in conference_problems(election):
        raise InvalidConference(f"conference: {problem}")


def conference_problems(election: Election) -> Iterator[str]:
    """Yield every problem of an election's conference; nothing if it has no conference."""
    conference = election.conference
    if conference is None:
        return
    yield from setting_problems(conference, *(getattr(election, field) for field in texts_of(conference)))
    for number, paper in enumerate(conference.papers, 1):
        yield from (f"paper {number}: {problem}" for problem in _place_problems(paper, election.questions))
    yield from _coverage_problems(conference, election.questions)
    yield from question_problems(election)


def election_remarks(election: Election) -> Iterator[Sentence]:
    """Yield what an election says that its conference does not: other programs show these texts alone."""
    conference = election.conference
    if conference is None:
        return
    for field, expected in texts_of(conference).items():
        found = getattr(election, field)
        if found != expected:
            yield sentence(f"election.{field}", found=found, expected=expected)


def setting_problems(conference: Conference, *texts: str) -> Iterator[str]:
    """Yield every problem of a conference by itself, as a count on paper has it; `texts` are checked with its own."""
    if conference.format != FORMAT:
        yield f"format {FORMAT} expected, {conference.format} found"
    yield from _count_problems(conference)
    yield from _text_problems(conference, texts)
    yield from (one.en for one in people_problems(conference))
    yield from name_problems(conference)
    yield from quorum_problems(conference.quorum, conference.summoned, conference.present)
    for number, paper in enumerate(conference.papers, 1):
        yield from (f"paper {number}: {problem.english}" for problem in paper_problems(paper))


def quorum_problems(quorum: Quorum | None, summoned: int, present: int) -> Iterator[str]:
    """Yield what is wrong with a quorum: no share of those summoned, or missed without the chair's word and reason."""
    if quorum is None:
        return
    if not 1 <= quorum.num <= quorum.den:
        yield f"quorum: a share of those summoned expected, {quorum.num}/{quorum.den} found"
        return
    word = quorum.override
    if word is not None and not (word.by and word.reason):
        yield "quorum: who goes on without it, and why, expected"
    if word is None and present < least_present(quorum, summoned):
        yield "those present are fewer than the quorum, and the chair gave no word"


def rule_problem(rule: Rule) -> str | None:
    """Say what is wrong with a rule that nobody can fail, or nobody reach; None where it is one."""
    if rule.den < 1 or rule.num < 0:
        return "rule: den >= 1 and num >= 0 expected"
    most = rule.den if rule.op == ">=" else rule.den - 1
    if not 1 <= rule.num <= most:
        return f"rule: {rule.op} {rule.num}/{rule.den} is reached by everybody or by nobody"
    return None


def unprinted_problem(paper: Paper) -> str | None:
    """Say what of a paper's rule and selection the minutes have no words for; None where they have."""
    if kind_of(paper.kind).question == "levels":
        return f"kind: the minutes have no words for a ballot of the kind {paper.kind}"
    if paper.rule.at_line is not None:
        return "rule: the minutes have no words for names exactly on the line (at_line)"
    if paper.selection.fallback is not None:
        return "selection: the minutes have no words for the field fallback"
    return None


def previous_problems(previous: tuple[Previous, ...]) -> Iterator[str]:
    """Yield what is wrong with the documents before: no number of a list, one named twice, without a hash."""
    for (sha256, paper), times in Counter((one.sha256, one.paper) for one in previous).items():
        if paper < 1:
            yield f"previous: papers count from 1, {paper} found"
        if times > 1:
            yield f"previous: paper {paper} of {sha256[:16]!r} stands {times} times"
    for one in previous:
        if not _SHA256.fullmatch(one.sha256):
            yield f"previous: a SHA-256 in hex expected, {one.sha256[:70]!r} found"
        if one.decision is not UNSET and (one.kind != "record" or not _SHA256.fullmatch(one.decision)):
            yield f"previous: the SHA-256 in hex of a head's decision on a record expected, {one.decision[:70]!r} found"


def _count_problems(conference: Conference) -> Iterator[str]:
    counts = (conference.spares, conference.drawn, conference.present, conference.summoned)
    if min(counts) < 0 or not conference.drawn <= conference.present <= conference.summoned:
        yield "0 <= drawn <= present <= summoned expected"
    if not conference.papers:
        yield "at least one paper expected"
    if not conference.tellers:
        yield "at least one teller expected"
    named = conference.ceremony
    if named is not UNSET and not (_SHA256.fullmatch(named.fingerprint) and named.box in BOXES):
        yield f"ceremony: a fingerprint in hex and a box from {BOXES.start} to {BOXES.stop - 1} expected"
    try:
        datetime.date.fromisoformat(conference.date)
    except ValueError:
        yield "date: YYYY-MM-DD expected"


def _text_problems(conference: Conference, more: tuple[str, ...]) -> Iterator[str]:
    people = [*conference.tellers, conference.chair, conference.secretary, conference.head]
    texts = [conference.name, conference.place, conference.composition, conference.address]
    texts += [person.name for person in people] + [person.role for person in people]
    texts += more
    organiser, override = conference.organiser, conference.quorum.override if conference.quorum else None
    texts += [*conference.basis, organiser.superior, organiser.agency, organiser.locality, organiser.code]
    texts += [organiser.stamp]
    texts += [override.by, override.reason] if override else []
    texts += [text for note in conference.notes for text in (note.code, note.text)]
    for paper in conference.papers:
        texts += [paper.ruleset.id, paper.procedure, paper.section, paper.term, paper.unit, paper.title]
        texts += [text for one in paper.candidates for text in (one.id, one.name, one.position, one.born, one.note)]
    for text in texts:
        problem = unclean_text(text) or (f"over {TEXT_LIMIT} characters" if len(text) > TEXT_LIMIT else None)
        if problem:
            yield f"the text {text[:40]!r} is {problem}"


def paper_problems(paper: Paper) -> Iterator[Message]:
    """Yield what is wrong with a paper by itself, its questions and texts left out: of a draft and of a conference."""
    if not paper.candidates:
        yield Message("paper_names", "at least one name expected")
    for wrong in (rule_problem(paper.rule), unprinted_problem(paper)):
        if wrong:
            yield Message("paper_rule", wrong)
    if not kind_of(paper.kind).put_forward and any(one.put_forward for one in paper.candidates):
        english = f"names are put forward on an introduction ballot only, not on one of the kind {paper.kind}"
        yield Message("paper_put_forward", english)
    quota = paper.selection.quota
    if (paper.selection.mode == "top") != (quota is not None) or (quota is not None and quota < 1):
        yield Message("paper_quota", "selection: a quota of at least 1 with the mode top, and with it alone")
    if kind_of(paper.kind).most == "quota" and quota is None:
        yield Message("paper_quota", "selection: a quota expected, for a ballot chooses as many as there are places")
    if not paper.procedure or paper.step < 1:
        yield Message("paper_step", f"a step of a procedure expected, {paper.step} of {paper.procedure!r:.60} found")
    for english in previous_problems(paper.previous):
        yield Message("previous", english)
    for identifier, english in repeated_ids(paper.candidates):
        yield Message("paper_id", english, {"id": identifier})
    for one in paper.candidates:
        if not one.name:
            yield Message("paper_unnamed", f"{one.id}: a name expected", {"id": one.id})


def repeated_ids(names: Iterable[Identified]) -> Iterator[tuple[str, str]]:
    """Yield every id that is duplicated in a list of names, and the sentence that says so."""
    for identifier, times in Counter(one.id for one in names).items():
        if times > 1:
            yield identifier, f"the id {identifier} stands {times} times"


def _place_problems(paper: Paper, questions: tuple[Question, ...]) -> Iterator[str]:
    for candidate in paper.candidates:
        if not _fits(candidate, kind_of(paper.kind), questions):
            yield f"{candidate.id}: no such question and answer"


def _fits(candidate: Candidate, kind: Kind, questions: tuple[Question, ...]) -> bool:
    number, answer = candidate.at
    if not 0 <= number < len(questions):
        return False
    question = questions[number]
    if question.blank or question.min != 0:
        return False
    if candidate.put_forward or kind.chooses:
        return 0 <= answer < len(question.answers)
    return answer == kind.counted and len(question.answers) == len(kind.asked) and question.max == 1


def _coverage_problems(conference: Conference, questions: tuple[Question, ...]) -> Iterator[str]:
    wanted = Counter(
        (number, answer) for number, question in enumerate(questions) for answer in range(len(question.answers))
    )
    found: Counter[tuple[int, int]] = Counter()
    for paper in conference.papers:
        for candidate in paper.candidates:
            found.update(answers_at(candidate, kind_of(paper.kind)))
    if wanted != found:
        yield "every answer of every question must belong to exactly one name"
