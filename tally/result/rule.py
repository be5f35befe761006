"""The percentage rule of a step (nguyên tắc lựa chọn, giới thiệu), exact and pure (design §5, plan B.II).

Everything is decided by whole numbers: a name meets the rule when agree * den >= num * base (or >). Percents are
made for the eye and decide nothing. Nobody but the head (người đứng đầu) breaks equal votes across the last place.

    >>> verdict = decide(case)          # raises ImpossibleCase
    >>> verdict.minimum, verdict.selected
    (13, ('c1',))
"""

from datetime import date
from typing import Literal, assert_never

from tally.errors import ImpossibleCase
from voting.documents.case import Case, Counted, HeadDecision, Judged, Tie, Verdict
from voting.documents.conferences.conference import Note, Rule, TieScope

Outcome = Literal["selected", "not_selected", "below", "tied"]
Language = Literal["vi", "en"]


def decide(case: Case) -> Verdict:
    """Apply the rule and the selection to a case.

    Raises ImpossibleCase where the numbers contradict each other, an id stands twice, or the head decided
    something that was not theirs to decide.
    """
    _check_numbers(case)
    base = base_of(case)
    least = minimum(case.rule, base)
    tie = _tie_on_the_last_place(case, least)
    chosen = _chosen_by_the_head(case.head_decision, tie)
    places = _places(case.candidates)
    judged = tuple(_judge(one, places[one.agree], case, least, tie, chosen) for one in by_votes(case.candidates))
    return Verdict(
        base=base,
        minimum=least,
        status="awaiting_head" if tie is not None and chosen is None else "final",
        candidates=judged,
        selected=tuple(one.id for one in judged if one.outcome == "selected"),
        tie=tie,
    )


def base_of(case: Case) -> int:
    """Return the number of persons that the rule counts from: present (có mặt) or summoned (được triệu tập)."""
    return case.present if case.rule.base == "present" else case.summoned


def minimum(rule: Rule, base: int) -> int:
    """Return the least number of agree votes that meets the rule on `base` persons."""
    if rule.op == ">=":
        return -(-rule.num * base // rule.den)
    if rule.op == ">":
        return rule.num * base // rule.den + 1
    assert_never(rule.op)


def percent(agree: int, base: int) -> str:
    """Write agree of base in percent: two decimals, rounded half up, decimal comma. For the eye alone."""
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


def _check_numbers(case: Case) -> None:
    """Refuse what cannot have happened, in the order in which a reader meets it."""
    rule, selection = case.rule, case.selection
    for place, number in (
        ("rule.num", rule.num),
        ("rule.den", rule.den),
        ("summoned", case.summoned),
        ("present", case.present),
        ("ballots", case.ballots),
    ):
        _refuse_if(number < 0, f"{place} is negative: {number}")
    _refuse_if(rule.den < 1, "rule.den must be at least 1, found 0")
    _refuse_if(case.present > case.summoned, f"present ({case.present}) is more than summoned ({case.summoned})")
    _refuse_if(case.ballots > case.present, f"ballots ({case.ballots}) are more than present ({case.present})")
    _refuse_if(base_of(case) == 0, f"nobody is {rule.base}, so the base of the rule is 0")
    if selection.mode == "top":
        _refuse_if(selection.quota is None, 'selection.quota is missing, and mode "top" needs it')
        _refuse_if(_quota(case) < 1, f"selection.quota must be at least 1, found {selection.quota}")
    else:
        _refuse_if(selection.quota is not None, 'selection.quota has no meaning with mode "all"')
    _check_candidates(case)


def _check_candidates(case: Case) -> None:
    seen: set[str] = set()
    for one in case.candidates:
        _refuse_if(one.id in seen, f"candidate id {one.id!r} stands twice")
        seen.add(one.id)
        _refuse_if(one.agree < 0, f"candidate {one.id!r}: agree is negative: {one.agree}")
        _refuse_if(one.disagree < 0, f"candidate {one.id!r}: disagree is negative: {one.disagree}")
        _refuse_if(
            one.agree + one.disagree > case.ballots,
            f"candidate {one.id!r}: agree + disagree ({one.agree} + {one.disagree}) > ballots ({case.ballots})",
        )


def _quota(case: Case) -> int:
    return case.selection.quota if case.selection.quota is not None else 0


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
    return Tie(agree, tuple(one.id for one in meeting if one.agree == agree), quota - above)


def _chosen_by_the_head(decision: HeadDecision | None, tie: Tie | None) -> frozenset[str] | None:
    """Check the head's decision against the tie; return whom it lets in, or None while it is awaited."""
    if decision is None:
        return None
    if tie is None:
        raise ImpossibleCase("head_decision: there is no tie on the last place, so there is nothing to decide")
    chosen = frozenset(decision.chosen)
    _refuse_if(len(chosen) != len(decision.chosen), "head_decision.chosen names somebody twice")
    _refuse_if(
        len(chosen) != tie.places, f"head_decision.chosen must name {tie.places} of the tied group, found {len(chosen)}"
    )
    outside = [one for one in decision.chosen if one not in tie.candidates]
    _refuse_if(bool(outside), f"head_decision.chosen: {', '.join(map(repr, outside))} not in the tied group")
    _refuse_if(not _is_date(decision.on), f"head_decision.on must be a date as 2022-04-10, found {decision.on!r}")
    return chosen


def _is_date(text: str) -> bool:
    """Tell whether text is a real day in the one spelling YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _places(candidates: tuple[Counted, ...]) -> dict[int, int]:
    """Give each number of agree votes its place by competition ranking: 1, 2, 2, 4."""
    places: dict[int, int] = {}
    for ahead, one in enumerate(by_votes(candidates)):
        places.setdefault(one.agree, ahead + 1)
    return places


def _judge(one: Counted, place: int, case: Case, least: int, tie: Tie | None, chosen: frozenset[str] | None) -> Judged:
    return Judged(
        id=one.id,
        agree=one.agree,
        disagree=one.disagree,
        no_opinion=case.ballots - one.agree - one.disagree,
        percent=percent(one.agree, base_of(case)),
        meets=one.agree >= least,
        place=place,
        outcome=_outcome(one, place, case, least, tie, chosen),
    )


def _outcome(
    one: Counted, place: int, case: Case, least: int, tie: Tie | None, chosen: frozenset[str] | None
) -> Outcome:
    if one.agree < least:
        return "below"
    if case.selection.mode == "all":
        return "selected"
    if tie is not None and one.agree == tie.agree:
        if chosen is None:
            return "tied"
        return "selected" if one.id in chosen else "not_selected"
    # No tie across the last place here, so the place alone says whether the quota still had room.
    return "selected" if place <= _quota(case) else "not_selected"


def _refuse_if(wrong: bool, message: str) -> None:
    if wrong:
        raise ImpossibleCase(message)
