"""Quorum and deadlines: what warns or blocks before a conference, in whole numbers (A18; 2/3 by analogy)."""

import datetime

from voting.documents.conferences.conference import Override, Quorum
from voting.people.errors import QuorumMissed
from voting.people.words import Words
from voting.procedures.schema import Milestone, Procedure, QuorumRule


def least_present(summoned: int, rule: QuorumRule) -> int:
    """Return the least number of those summoned who must be present, rounded up."""
    return -(-summoned * rule.num // rule.den)


def quorum_for(summoned: int, present: int, rule: QuorumRule | None, override: Override | None) -> Quorum | None:
    """Return the quorum as the conference carries it; raise QuorumMissed where it is missed and not overridden.

    An override without need is left out, so the record says only what mattered.
    """
    if rule is None:
        return None
    needed = least_present(summoned, rule)
    if present >= needed:
        return Quorum(rule.num, rule.den, None)
    if override is None or not override.by.strip() or not override.reason.strip():
        raise QuorumMissed(f"{present} of {summoned} present, {needed} needed: the chair must say why to go on")
    return Quorum(rule.num, rule.den, override)


def lateness(what: Procedure | Milestone, day: datetime.date) -> Words | None:
    """Return a warning if `day` is past the deadline, which excludes the day that it names; never a block."""
    if what.before is None or day < what.before:
        return None
    last = what.before - datetime.timedelta(days=1)
    return Words(
        f"đã quá hạn: trước ngày {what.before:%d/%m/%Y}, chậm nhất {last:%d/%m/%Y}",
        f"late: due before {what.before:%d/%m/%Y}, that is by {last:%d/%m/%Y}",
    )
