"""What a conference must fulfil besides its schema: counts in order, names clean, every answer belongs to one name.

Used by the room before Setup is written and by the audit afterwards; each finding is one sentence.
"""

import datetime
from collections import Counter
from collections.abc import Iterator

from voting.documents.canonical import unclean_text
from voting.documents.conference import FORMAT, Candidate, Conference, Paper
from voting.documents.election import Election, Question
from voting.documents.errors import InvalidConference

TEXT_LIMIT = 2000  # characters of any one text
LISTED_ANSWERS = 2  # agree and disagree


def check_conference(election: Election) -> None:
    """Raise InvalidConference with the first problem, if there is one."""
    for problem in conference_problems(election):
        raise InvalidConference(f"conference: {problem}")


def conference_problems(election: Election) -> Iterator[str]:
    """Yield every problem of an election's conference; nothing if it has no conference."""
    conference = election.conference
    if conference is None:
        return
    if conference.format != FORMAT:
        yield f"format {FORMAT} expected, {conference.format} found"
    yield from _count_problems(conference)
    yield from _text_problems(conference)
    for number, paper in enumerate(conference.papers, 1):
        for problem in _paper_problems(paper, election.questions):
            yield f"paper {number}: {problem}"
    yield from _coverage_problems(conference, election.questions)


def _count_problems(conference: Conference) -> Iterator[str]:
    counts = (conference.spares, conference.drawn, conference.present, conference.summoned)
    if min(counts) < 0 or not conference.drawn <= conference.present <= conference.summoned:
        yield "0 <= drawn <= present <= summoned expected"
    if not conference.papers:
        yield "at least one paper expected"
    if not conference.tellers:
        yield "at least one teller expected"
    try:
        datetime.date.fromisoformat(conference.date)
    except ValueError:
        yield "date: YYYY-MM-DD expected"


def _text_problems(conference: Conference) -> Iterator[str]:
    people = [*conference.tellers, conference.chair, conference.secretary, conference.head]
    texts = [conference.name, conference.place, conference.term, conference.composition, conference.address]
    texts += [person.name for person in people] + [person.role for person in people]
    organiser, override = conference.organiser, conference.quorum.override if conference.quorum else None
    texts += [*conference.basis, organiser.superior, organiser.agency, organiser.locality, organiser.code]
    texts += [organiser.stamp, conference.ruleset.id, conference.procedure, conference.section]
    texts += [override.by, override.reason] if override else []
    texts += [text for note in conference.notes for text in (note.code, note.text)]
    for paper in conference.papers:
        texts += [paper.unit, paper.title]
        texts += [text for one in paper.candidates for text in (one.id, one.name, one.position, one.born, one.note)]
    for text in texts:
        problem = unclean_text(text) or (f"over {TEXT_LIMIT} characters" if len(text) > TEXT_LIMIT else None)
        if problem:
            yield f"the text {text[:40]!r} is {problem}"


def _paper_problems(paper: Paper, questions: tuple[Question, ...]) -> Iterator[str]:
    if not paper.candidates:
        yield "at least one name expected"
    if paper.rule.den < 1 or paper.rule.num < 0:
        yield "rule: den >= 1 and num >= 0 expected"
    quota = paper.selection.quota
    if (paper.selection.mode == "top") != (quota is not None) or (quota is not None and quota < 1):
        yield "selection: a quota of at least 1 with the mode top, and with it alone"
    for identifier, times in Counter(one.id for one in paper.candidates).items():
        if times > 1:
            yield f"the id {identifier} stands {times} times"
    for candidate in paper.candidates:
        if not candidate.name:
            yield f"{candidate.id}: a name expected"
        if not _fits(candidate, questions):
            yield f"{candidate.id}: no such question and answer"


def _fits(candidate: Candidate, questions: tuple[Question, ...]) -> bool:
    number, answer = candidate.at
    if not 0 <= number < len(questions):
        return False
    question = questions[number]
    if question.blank or question.min != 0:
        return False
    if candidate.put_forward:
        return 0 <= answer < len(question.answers)
    return answer == 0 and len(question.answers) == LISTED_ANSWERS and question.max == 1


def _coverage_problems(conference: Conference, questions: tuple[Question, ...]) -> Iterator[str]:
    wanted = Counter(
        (number, answer) for number, question in enumerate(questions) for answer in range(len(question.answers))
    )
    found: Counter[tuple[int, int]] = Counter()
    for candidate in (one for paper in conference.papers for one in paper.candidates):
        found[candidate.at] += 1
        if not candidate.put_forward:
            found[(candidate.at[0], 1)] += 1
    if wanted != found:
        yield "every answer of every question must belong to exactly one name"
