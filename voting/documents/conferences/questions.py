"""The questions of election.json from the papers: where each name's agree mark stands (design §5).

The kind of a paper says how its listed names are asked about: a question for each name, with agree and disagree or
with levels, at most one of them; or one question for the paper, of whose names a ballot chooses so many. The names put
forward of one paper (giới thiệu thêm) share a question, of which a ballot marks at most `put_forward_max`. A question's
text holds the paper's number, its title and unit, and the name, so no two texts are equal; every program that knows
nothing of the field `conference` shows these texts, and `question_problems` holds them to the papers.
"""

from collections.abc import Iterator

import msgspec

from voting.documents.conferences.conference import Candidate, Paper
from voting.documents.conferences.election import Election, Question
from voting.documents.kinds import Kind, kind_of

PUT_FORWARD = "Giới thiệu thêm"
CHOICES = "Danh sách để lựa chọn"


def number_papers(papers: tuple[Paper, ...], put_forward_max: int) -> tuple[tuple[Paper, ...], tuple[Question, ...]]:
    """Number the questions of all papers in ballot order; return the papers with `at` set, and the questions."""
    questions: list[Question] = []
    numbered = tuple(_number_paper(number, one, put_forward_max, questions) for number, one in enumerate(papers, 1))
    return numbered, tuple(questions)


def answers_at(candidate: Candidate, kind: Kind) -> tuple[tuple[int, int], ...]:
    """Return where the marks on a name stand, [question, answer] as in `Candidate.at`.

    In the order of the kind's answers; the name's own answer alone where it is chosen from a list, or put forward.
    """
    if candidate.put_forward or kind.chooses:
        return (candidate.at,)
    return tuple((candidate.at[0], answer) for answer in range(len(kind.asked)))


def disagree_at(candidate: Candidate, kind: Kind) -> tuple[int, int] | None:
    """Where the mark against a name stands; None where a ballot cannot be against it."""
    marks = answers_at(candidate, kind)
    return marks[1 - kind.counted] if kind.counts is not None and len(marks) > 1 else None


def question_problems(election: Election) -> Iterator[str]:
    """Yield every question that is not, whole, the one that the papers of the conference ask for."""
    if election.conference is None:
        return
    papers = election.conference.papers
    most = max((question.max for question in _shared(papers, election.questions)), default=0)
    _, wanted = number_papers(papers, most)
    if any(one.put_forward for paper in papers for one in paper.candidates) and most < 1:
        yield "a ballot can put nobody forward, though there are names to put forward"
    if len(wanted) != len(election.questions):
        yield f"{len(wanted)} questions expected for these papers, {len(election.questions)} found"
    for number, (asked, found) in enumerate(zip(wanted, election.questions, strict=False), 1):
        if found.question != asked.question:
            yield f"question {number}: the text {asked.question!r:.200} expected, {found.question!r:.200} found"
        if found.answers != asked.answers:
            yield f"question {number}: the answers are not, in their order, those that the papers ask for"
        if (found.blank, found.min, found.max) != (asked.blank, asked.min, asked.max):
            yield f"question {number}: another number of marks than the papers ask for"


def _number_paper(number: int, paper: Paper, put_forward_max: int, questions: list[Question]) -> Paper:
    title = f"{number}. {paper.title}" + (f" ({paper.unit})" if paper.unit else "")
    kind = kind_of(paper.kind)
    listed = [one for one in paper.candidates if not one.put_forward]
    extra = [one for one in paper.candidates if one.put_forward]
    placed = dict[str, Candidate]()
    if kind.chooses:
        placed |= _share(listed, len(questions))
        most = kind.most_of(len(listed), paper.selection.quota)
        questions += [_one_of(paper, listed, most, f"{title}: {CHOICES}")] if listed else []
    else:
        for candidate in listed:
            placed[candidate.id] = _at(candidate, len(questions), kind.counted)
            questions.append(Question(kind.asked, False, 0, 1, f"{title}: {_named(candidate, paper)}"))
    if extra:
        placed |= _share(extra, len(questions))
        questions.append(_one_of(paper, extra, min(put_forward_max, len(extra)), f"{title}: {PUT_FORWARD}"))
    return msgspec.structs.replace(paper, candidates=tuple(placed[one.id] for one in paper.candidates))


def _share(names: list[Candidate], question: int) -> dict[str, Candidate]:
    """Place names as the answers of one question."""
    return {one.id: _at(one, question, answer) for answer, one in enumerate(names)}


def _one_of(paper: Paper, names: list[Candidate], most: int, text: str) -> Question:
    """Ask for at most so many of these names."""
    return Question(tuple(_named(one, paper) for one in names), False, 0, most, text)


def _named(candidate: Candidate, paper: Paper) -> str:
    """Spell a name; where two people of a paper share it, with what tells them apart."""
    if sum(one.name == candidate.name for one in paper.candidates) == 1:
        return candidate.name
    return ", ".join(part for part in (candidate.name, candidate.position, candidate.born) if part)


def _shared(papers: tuple[Paper, ...], questions: tuple[Question, ...]) -> Iterator[Question]:
    """Yield the questions that hold names put forward."""
    for paper in papers:
        for candidate in paper.candidates:
            if candidate.put_forward and 0 <= candidate.at[0] < len(questions):
                yield questions[candidate.at[0]]


def _at(candidate: Candidate, question: int, answer: int) -> Candidate:
    return msgspec.structs.replace(candidate, at=(question, answer))
