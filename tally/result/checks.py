"""What a case must fulfil besides its schema: numbers that can have happened, names once each, rules that are rules.

Each function raises ImpossibleCase with one line that says what is wrong.
"""

from collections.abc import Iterable

from tally.errors import ImpossibleCase
from voting.documents.case import AnyCase, Base, Case, Counted, LevelsCase, ReportCase
from voting.documents.conferences.conference import Rule


def refuse_if(wrong: bool, message: str) -> None:
    """Raise ImpossibleCase with the message where something is wrong."""
    if wrong:
        raise ImpossibleCase(message)


def base_of(rule: Rule | Base, case: AnyCase) -> int:
    """Return how many a rule counts from: present (có mặt), summoned (được triệu tập), ballots (phiếu thu về)."""
    return {"present": case.present, "summoned": case.summoned, "ballots": case.ballots}[rule.base]


def check_case(case: Case) -> None:
    """Refuse what cannot have happened, and a selection whose fields contradict each other."""
    _check_people(case)
    _check_rule("rule", case.rule, case)
    _check_selection(case)
    _check_votes(case, case.candidates)


def check_report(case: ReportCase) -> None:
    """Refuse votes to report that cannot have been cast."""
    _check_people(case)
    _check_base("rule", case.rule, case)
    _check_votes(case, case.candidates)


def check_levels(case: LevelsCase) -> None:
    """Refuse levels and marks that are none, and votes that cannot have been cast."""
    _check_people(case)
    _check_base("rule", case.rule, case)
    levels, marks = case.selection.levels, case.selection.marks
    refuse_if(not levels, "selection.levels is empty")
    _refuse_twice("selection.levels: the level", levels)
    _refuse_twice("selection.marks: the name", (one.name for one in marks))
    known = set(levels)
    for mark in marks:
        refuse_if(mark.level not in known, f"mark {mark.name!r}: there is no level {mark.level!r}")
        _check_share(f"mark {mark.name!r}: ", mark.num, mark.den)
    _refuse_twice("candidates: the id", (one.id for one in case.candidates))
    for one in case.candidates:
        place = f"candidate {one.id!r}: "
        refuse_if(len(one.counts) != len(levels), f"{place}{len(levels)} counts expected, {len(one.counts)} found")
        for count in one.counts:
            _refuse_negative(f"{place}a count", count)
        _check_sum(place + "the sum of counts", sum(one.counts), case)


def _check_people(case: AnyCase) -> None:
    for name, number in (
        ("summoned", case.summoned),
        ("present", case.present),
        ("ballots", case.ballots),
        ("invalid", case.invalid),
    ):
        _refuse_negative(name, number)
    refuse_if(case.present > case.summoned, f"present ({case.present}) is more than summoned ({case.summoned})")
    refuse_if(case.ballots > case.present, f"ballots ({case.ballots}) are more than present ({case.present})")
    refuse_if(case.invalid > case.ballots, f"invalid ({case.invalid}) are more than ballots ({case.ballots})")


def _check_rule(place: str, rule: Rule, case: Case) -> None:
    _check_share(f"{place}.", rule.num, rule.den)
    _check_base(place, rule, case)
    if rule.at_line is not None:
        refuse_if(rule.op != ">", f'{place}.at_line has no meaning with op ">=": whoever is on the line meets the rule')
        refuse_if(rule.num < 1, f"{place}.num must be at least 1 with at_line, found {rule.num}")


def _check_share(place: str, num: int, den: int) -> None:
    _refuse_negative(f"{place}num", num)
    refuse_if(den < 1, f"{place}den must be at least 1, found {den}")


def _check_base(place: str, rule: Rule | Base, case: AnyCase) -> None:
    empty = rule.base != "ballots" and base_of(rule, case) == 0
    refuse_if(empty, f"{place}.base: nobody is {rule.base}, so the base is 0")


def _check_selection(case: Case) -> None:
    selection = case.selection
    if selection.mode == "top":
        refuse_if(selection.quota is None, 'selection.quota is missing, and mode "top" needs it')
        refuse_if((selection.quota or 0) < 1, f"selection.quota must be at least 1, found {selection.quota}")
    else:
        refuse_if(selection.quota is not None, 'selection.quota has no meaning with mode "all"')
        refuse_if(selection.tie is not None, 'selection.tie has no meaning with mode "all"')
    if selection.fallback is not None:
        refuse_if(selection.fallback.at_line is not None, "selection.fallback.at_line: a fallback has no such field")
        _check_rule("selection.fallback", selection.fallback, case)


def _check_votes(case: AnyCase, candidates: tuple[Counted, ...]) -> None:
    _refuse_twice("candidates: the id", (one.id for one in candidates))
    for one in candidates:
        place = f"candidate {one.id!r}: "
        _refuse_negative(f"{place}agree", one.agree)
        _refuse_negative(f"{place}disagree", one.disagree)
        _check_sum(f"{place}agree + disagree ({one.agree} + {one.disagree})", one.agree + one.disagree, case)


def _check_sum(what: str, votes: int, case: AnyCase) -> None:
    valid = f"ballots - invalid ({case.ballots} - {case.invalid})" if case.invalid else f"ballots ({case.ballots})"
    refuse_if(votes > case.ballots - case.invalid, f"{what} > {valid}")


def _refuse_negative(what: str, number: int) -> None:
    refuse_if(number < 0, f"{what} is negative: {number}")


def _refuse_twice(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        refuse_if(name in seen, f"{what} {name!r} is duplicated")
        seen.add(name)
