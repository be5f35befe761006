"""The questions of election.json from the papers: where each name's agree mark stands (design §5).

A listed name has a question of its own, agree and disagree, at most one of them. The names put forward of one paper
(giới thiệu thêm) share a question, of which a ballot marks at most `put_forward_max`.
"""

import msgspec

from voting.documents.conference import Candidate, Paper
from voting.documents.election import Question

AGREE, DISAGREE = "Đồng ý", "Không đồng ý"
PUT_FORWARD = "Giới thiệu thêm"


def number_papers(papers: tuple[Paper, ...], put_forward_max: int) -> tuple[tuple[Paper, ...], tuple[Question, ...]]:
    """Number the questions of all papers in ballot order; return the papers with `at` set, and the questions."""
    questions: list[Question] = []
    numbered = tuple(_number_paper(paper, put_forward_max, questions) for paper in papers)
    return numbered, tuple(questions)


def _number_paper(paper: Paper, put_forward_max: int, questions: list[Question]) -> Paper:
    placed: dict[str, Candidate] = {}
    for candidate in (one for one in paper.candidates if not one.put_forward):
        placed[candidate.id] = _at(candidate, len(questions), 0)
        questions.append(Question((AGREE, DISAGREE), False, 0, 1, f"{candidate.name} - {paper.title}"))
    extra = [one for one in paper.candidates if one.put_forward]
    if extra:
        placed |= {one.id: _at(one, len(questions), answer) for answer, one in enumerate(extra)}
        names = tuple(one.name for one in extra)
        questions.append(Question(names, False, 0, min(put_forward_max, len(names)), f"{PUT_FORWARD} - {paper.title}"))
    return msgspec.structs.replace(paper, candidates=tuple(placed[one.id] for one in paper.candidates))


def _at(candidate: Candidate, question: int, answer: int) -> Candidate:
    return msgspec.structs.replace(candidate, at=(question, answer))
