"""The released result as a bar chart (biểu đồ kết quả): a bar a name, and the line of the rule, from the signed record.

Lengths are people out of the rule's base; the words beside them are the record's own, so that screen and minutes agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from voting.conference.results import SittingRecord
from voting.documents.bundles.head_decision import HeadDecision, verdict_with
from voting.documents.case import Verdict
from voting.documents.conferences.conference import Paper
from voting.documents.record import PaperResult


@dataclass(frozen=True, slots=True)
class Bar:
    """One name: votes in favour, the record's percent, and how it came out."""

    name: str
    agree: int
    percent: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One paper: the rule card's numbers and its bars, in ballot order so that the place tells nothing."""

    kind: str
    title: str
    unit: str
    op: str
    num: int
    den: int
    base_word: str
    base: int
    minimum: int
    quota: int | None
    head: bool
    bars: tuple[Bar, ...]

    @property
    def width(self) -> int:
        """Length of the axis: the base, or more where the rule asks for more."""
        return max(self.base, self.minimum, 1)


def charts(found: SittingRecord | None) -> list[Chart]:
    """One chart for each paper, together with the head's decision on its tie."""
    if found is None or found.record is None:
        return []
    return [_chart(paper, result, found.decisions.get(result.paper)) for paper, result in found.record.results()]


def _chart(paper: Paper, result: PaperResult, decision: HeadDecision | None) -> Chart:
    rule = paper.rule
    return Chart(
        kind=paper.kind,
        title=paper.title,
        unit=paper.unit,
        op=rule.op,
        num=rule.num,
        den=rule.den,
        base_word=rule.base,
        base=result.verdict.base,
        minimum=result.verdict.minimum,
        quota=paper.selection.quota,
        head=decision is not None,
        bars=tuple(_bars(paper, verdict_with(result, decision))),
    )


def _bars(paper: Paper, verdict: Verdict) -> Iterator[Bar]:
    judged = {one.id: one for one in verdict.candidates}
    for candidate in paper.candidates:
        one = judged[candidate.id]
        yield Bar(candidate.name, one.agree, one.percent, one.outcome)
