"""Cases without a rule: votes that are only reported, and votes in levels with marks on them (design §5).

>>> judge(case)                     # whatever the case asks for, also the rule
"""

from tally.result.checks import base_of, check_levels, check_report
from tally.result.rule import by_votes, decide, minimum, percent, places_of
from voting.documents.case import (
    AnyCase,
    AnyVerdict,
    Case,
    LevelsCase,
    Marked,
    Rated,
    ReportCase,
    Reported,
    ReportVerdict,
)


def judge(case: AnyCase) -> AnyVerdict:
    """Give the verdict of a case of any mode. Raises ImpossibleCase."""
    if isinstance(case, Case):
        return decide(case)
    return report_votes(case) if isinstance(case, ReportCase) else report_levels(case)


def report_votes(case: ReportCase) -> ReportVerdict:
    """Report the votes with places and percents; nobody is selected. Raises ImpossibleCase."""
    check_report(case)
    base, places = base_of(case.rule, case), places_of(case.candidates)
    candidates = tuple(
        Reported(
            id=one.id,
            agree=one.agree,
            disagree=one.disagree,
            no_opinion=case.ballots - case.invalid - one.agree - one.disagree,
            percent=percent(one.agree, base),
            place=places[one.agree],
        )
        for one in by_votes(case.candidates)
    )
    return ReportVerdict(base=base, candidates=candidates)


def report_levels(case: LevelsCase) -> ReportVerdict:
    """Report the votes in each level, and the marks that are met. Raises ImpossibleCase."""
    check_levels(case)
    base = base_of(case.rule, case)
    return ReportVerdict(base=base, candidates=tuple(_marked(one, case, base) for one in case.candidates))


def _marked(one: Rated, case: LevelsCase, base: int) -> Marked:
    counts = dict(zip(case.selection.levels, one.counts, strict=True))
    return Marked(
        id=one.id,
        counts=one.counts,
        no_opinion=case.ballots - case.invalid - sum(one.counts),
        percents=tuple(percent(count, base) for count in one.counts),
        marks=tuple(mark.name for mark in case.selection.marks if counts[mark.level] >= minimum(mark, base)),
    )
