"""The released result as a bar chart (biểu đồ kết quả): a bar a name, and the line of the rule, from the signed record.

Lengths are people out of the rule's base; the words beside them are the record's own, so that screen and minutes agree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voting.conference.results import PaperRecord
from voting.documents.bundles.head_decision import HeadDecision, verdict_with
from voting.documents.case import Verdict
from voting.documents.record import Record


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


def charts(records: Sequence[PaperRecord]) -> list[Chart]:
    """One chart for each record, together with the head's decision on its tie."""
    return [_chart(one.record, one.decision) for one in records if one.record is not None]


def _chart(record: Record, decision: HeadDecision | None) -> Chart:
    paper = record.conference.papers[record.paper - 1]
    rule = paper.rule
    return Chart(
        kind=paper.kind,
        title=paper.title,
        unit=paper.unit,
        op=rule.op,
        num=rule.num,
        den=rule.den,
        base_word=rule.base,
        base=record.verdict.base,
        minimum=record.verdict.minimum,
        quota=paper.selection.quota,
        head=decision is not None,
        bars=tuple(_bars(record, verdict_with(record, decision))),
    )


def _bars(record: Record, verdict: Verdict) -> Iterator[Bar]:
    judged = {one.id: one for one in verdict.candidates}
    for candidate in record.conference.papers[record.paper - 1].candidates:
        one = judged[candidate.id]
        yield Bar(candidate.name, one.agree, one.percent, one.outcome)
