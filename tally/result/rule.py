"""The percentage rule of a step (nguyên tắc lựa chọn, giới thiệu), exact and pure (design §5, plan B.II).

Everything is decided by whole numbers: a name meets the rule when agree * den >= num * base (or >). Percents are
made for the eye and decide nothing. Nobody but the head (người đứng đầu) or another ballot breaks equal votes across
the last place.

    >>> verdict = decide(case)          # raises ImpossibleCase
    >>> verdict.minimum, verdict.selected
    (13, ('c1',))
"""

from dataclasses import dataclass
from typing import Literal, assert_never

from kiosk_templates.words import Language
from tally.errors import ImpossibleCase
from tally.result.checks import base_of, check_case, refuse_if
from voting.documents.bundles.head_decision import choice_problem, decided
from voting.documents.case import Case, Counted, HeadChoice, Judged, Mark, Tie, Verdict
from voting.documents.conferences.conference import Note, Rule, TieScope

Outcome = Literal["selected", "not_selected", "below", "tied"]
By = Literal["rule", "fallback"]
Status = Literal["final", "awaiting_head", "awaiting_vote"]


def decide(case: Case) -> Verdict:
    """Apply the rule and the selection to a case.

    Raises ImpossibleCase where the numbers contradict each other, an id is duplicated, or the head decided
    something that was not theirs to decide.
    """
    check_case(case)
    by, rule = _rule_that_counts(case)
    base = base_of(rule, case)
    least = minimum(rule, base)
    tie = _tie(case, least)
    places = places_of(case.candidates)
    standing = _Standing(case, by, base, least, tie)
    judged = tuple(_judge(one, places[one.agree], standing) for one in by_votes(case.candidates))
    verdict = Verdict(
        base=base,
        minimum=least,
        by=by,
        status=_status(case, tie),
        candidates=judged,
        selected=tuple(one.id for one in judged if one.outcome == "selected"),
        tie=tie,
    )
    return verdict if case.head_decision is None else _decided(verdict, case.head_decision)


def minimum(rule: Rule | Mark, base: int) -> int:
    """Return the least number of votes that meets the rule on `base` persons; 1, which nobody has, where base is 0."""
    if base == 0:
        return 1
    if rule.op == ">=":
        return -(-rule.num * base // rule.den)
    if rule.op == ">":
        return rule.num * base // rule.den + 1
    assert_never(rule.op)


def percent(agree: int, base: int) -> str:
    """Write agree of base in percent: two decimals, rounded half up, decimal comma. For the eye alone."""
    if base == 0:
        return "0,00"
    hundredths = (20_000 * agree + base) // (2 * base)
    return f"{hundredths // 100},{hundredths % 100:02d}"


def by_votes(candidates: tuple[Counted, ...]) -> list[Counted]:
    """Sort from the most agree votes down; equal votes stay in ballot order."""
    return sorted(candidates, key=lambda one: -one.agree)


def threshold(rule: Rule) -> str:
    """Write the rule's share: `≥ 30%`, `> 50%`, `≥ 2/3`. A share that two decimals cannot hold stays a fraction."""
    sign = "≥" if rule.op == ">=" else ">"
    if 10_000 * rule.num % rule.den:
        return f"{sign} {rule.num}/{rule.den}"
    whole, decimals = divmod(10_000 * rule.num // rule.den, 100)
    return f"{sign} {whole}" + f",{decimals:02d}".rstrip("0").rstrip(",") + "%"


def rule_line(judged: Judged, verdict: Verdict, rule: Rule, language: Language = "vi") -> str:
    """Write how one name stands: `18/42 = 42,86% (cần ≥ 30%: tối thiểu 13) → ĐẠT`."""
    need, least, met, missed = _WORDS[language]
    return (
        f"{judged.agree}/{verdict.base} = {judged.percent}% ({need} {threshold(rule)}: {least} {verdict.minimum})"
        f" → {met if judged.meets else missed}"
    )


_WORDS: dict[Language, tuple[str, str, str, str]] = {
    "vi": ("cần", "tối thiểu", "ĐẠT", "KHÔNG ĐẠT"),
    "en": ("needs", "at least", "MEETS THE RULE", "DOES NOT MEET THE RULE"),
}


def notes_on(case: Case, tie_scope: TieScope) -> tuple[Note, ...]:
    """Note equal votes above the last place, where the plan's words could give them to the head (reading A6).

    They never change a verdict: all of those names go in, and only the order of listing could be meant.
    """
    if tie_scope != "head_any" or case.selection.mode != "top":
        return ()
    verdict = decide(case)
    straddling = verdict.tie.agree if verdict.tie is not None else None
    names = {one.id: one.name for one in case.candidates}
    groups: dict[int, list[str]] = {}
    for one in verdict.candidates:
        if one.outcome == "selected" and one.agree != straddling:
            groups.setdefault(one.agree, []).append(names[one.id])
    return tuple(_note_of_a_tie(agree, group) for agree, group in groups.items() if len(group) > 1)


def _note_of_a_tie(agree: int, names: list[str]) -> Note:
    text = (
        f"{', '.join(names)} có số phiếu đồng ý bằng nhau ({agree}), đều trong số lượng theo quy định: "
        "kết quả không thay đổi; thứ tự trong danh sách do người đứng đầu xem xét."
    )
    return Note(code="A6", text=text)


def _quota(case: Case) -> int:
    return case.selection.quota if case.selection.quota is not None else 0


def _anybody_meets(rule: Rule, case: Case) -> bool:
    least = minimum(rule, base_of(rule, case))
    return any(one.agree >= least for one in case.candidates)


def _rule_that_counts(case: Case) -> tuple[By, Rule]:
    """Return the fallback where there is one and nobody meets the rule, else the rule."""
    fallback = case.selection.fallback
    if fallback is None or _anybody_meets(case.rule, case):
        return "rule", case.rule
    return "fallback", fallback


def _tie(case: Case, least: int) -> Tie | None:
    """Find the group that somebody has to choose from; the fallback leaves none."""
    if _anybody_meets(case.rule, case):
        return _tie_on_the_last_place(case, least)
    return _tie_at_the_line(case) if case.selection.fallback is None else None


def _tie_at_the_line(case: Case) -> Tie | None:
    """Find those at exactly the share that the rule wants more than: the head may take any number of them."""
    rule, base = case.rule, base_of(case.rule, case)
    group = [one for one in case.candidates if one.agree * rule.den == rule.num * base]
    if rule.at_line is None or base == 0 or not group:
        return None
    places = len(group) if case.selection.mode == "all" else min(_quota(case), len(group))
    return Tie(group[0].agree, tuple(one.id for one in group), places, up_to=True)


def _status(case: Case, tie: Tie | None) -> Status:
    """Tell whom a verdict waits for before anybody chose."""
    if tie is None:
        return "final"
    return "awaiting_vote" if case.selection.tie == "vote" and not tie.up_to else "awaiting_head"


def _tie_on_the_last_place(case: Case, least: int) -> Tie | None:
    """Find the group of equal votes of which only some fit in the quota."""
    if case.selection.mode == "all":
        return None
    quota = _quota(case)
    meeting = [one for one in by_votes(case.candidates) if one.agree >= least]
    if len(meeting) <= quota or meeting[quota - 1].agree != meeting[quota].agree:
        return None
    agree = meeting[quota].agree
    above = sum(one.agree > agree for one in meeting)
    return Tie(agree, tuple(one.id for one in meeting if one.agree == agree), quota - above, up_to=False)


def _decided(verdict: Verdict, choice: HeadChoice) -> Verdict:
    """Check the head's choice against the tie; return the verdict that it makes final."""
    if verdict.tie is None or verdict.status != "awaiting_head":
        raise ImpossibleCase("head_decision: there is no tie for the head, so there is nothing to decide")
    problem = choice_problem(verdict.tie, choice.chosen, choice.on)
    refuse_if(bool(problem), f"head_decision.{problem}")
    return decided(verdict, choice.chosen)


def places_of(candidates: tuple[Counted, ...]) -> dict[int, int]:
    """Give each number of agree votes its place by competition ranking: 1, 2, 2, 4."""
    places: dict[int, int] = {}
    for ahead, one in enumerate(by_votes(candidates)):
        places.setdefault(one.agree, ahead + 1)
    return places


@dataclass(frozen=True, slots=True)
class _Standing:
    """What every name of a case is judged by."""

    case: Case
    by: By
    base: int
    least: int
    tie: Tie | None


def _judge(one: Counted, place: int, among: _Standing) -> Judged:
    return Judged(
        id=one.id,
        agree=one.agree,
        disagree=one.disagree,
        no_opinion=among.case.ballots - among.case.invalid - one.agree - one.disagree,
        percent=percent(one.agree, among.base),
        meets=one.agree >= among.least,
        place=place,
        outcome=_outcome(one, place, among),
    )


def _outcome(one: Counted, place: int, among: _Standing) -> Outcome:
    if among.tie is not None and one.agree == among.tie.agree:
        return "tied"
    if one.agree < among.least:
        return "below"
    if among.case.selection.mode == "all" or among.by == "fallback":
        return "selected"
    # No tie across the last place here, so the place alone says whether the quota still had room.
    return "selected" if place <= _quota(among.case) else "not_selected"
