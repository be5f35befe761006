"""How near a result is to another one: names whose outcome the ballots of activated spares could change (design §3).

Whoever votes with a spare after a first ballot with a card that was called lost has voted twice, and nothing in the box
tells it. So the minutes and `verify` name whoever the removal of any 1 to `spares` ballots could give another outcome.

    >>> could_change(case, decide(case), spares=1)
    ('c3', 'c4')
"""

from tally.result.rule import minimum
from voting.documents.case import Case, Counted, Judged, Verdict
from voting.documents.record import PaperResult, Record


def could_change(case: Case, verdict: Verdict, spares: int) -> tuple[str, ...]:
    """Return the ids, in ballot order, of names that the removal of any 1 to `spares` ballots could change.

    These are names at the minimum (agree - spares < minimum <= agree; where the minimum depends on the ballots it is
    computed anew for each number taken out), and with a quota names within `spares` votes of one on the other side of
    the line. A ballot holds any answer on every name, so each name may lose up to `spares` agree votes by itself.
    """
    if spares < 1:
        return ()
    least = [minimum(case.rule, _base_without(case, removed)) for removed in range(spares + 1)]
    near = {one.id for one in case.candidates if _near_the_minimum(one, least)}
    near |= _near_the_line(verdict, spares)
    return tuple(one.id for one in case.candidates if one.id in near)


def spares_of(record: Record) -> int:
    """Return how many spares were activated for the box of a record; none where ballots were of paper."""
    return 0 if record.form == "paper" else sum(one.count for one in record.facts.spares_activated)


def names_of(record: Record, result: PaperResult) -> tuple[str, ...]:
    """Return the names of a paper, in ballot order, that the spares could change: for the minutes and for verify."""
    near = set(could_change(result.case, result.verdict, spares_of(record)))
    return tuple(one.name for one in result.case.candidates if one.id in near)


def _base_without(case: Case, removed: int) -> int:
    """Return the base of the rule with so many ballots taken out: the people present or summoned stay as many."""
    bases = {"present": case.present, "summoned": case.summoned, "ballots": max(0, case.ballots - removed)}
    return bases[case.rule.base]


def _near_the_minimum(one: Counted, least: list[int]) -> bool:
    meets = one.agree >= least[0]
    losing = any((one.agree - removed >= now) != meets for removed, now in enumerate(least))
    return losing or any((one.agree >= now) != meets for now in least)


def _near_the_line(verdict: Verdict, spares: int) -> set[str]:
    """With a quota: the names tied on the last place, and those on either side of it within so many votes."""
    tied = set(verdict.tie.candidates) if verdict.tie is not None else set()
    line = [one for one in verdict.candidates if one.id in tied]
    above = [one for one in verdict.candidates if one.outcome == "selected" and one.id not in tied]
    beyond = [one for one in verdict.candidates if one.outcome == "not_selected" and one.id not in tied]
    reached = max((one.agree for one in (*line, *beyond)), default=None)
    last = min((one.agree for one in (*above, *line)), default=None)
    near: list[Judged] = list(line)
    near += [one for one in above if reached is not None and one.agree - reached <= spares]
    near += [one for one in beyond if last is not None and last - one.agree <= spares]
    return {one.id for one in near}
