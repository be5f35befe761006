"""Quorum and deadlines: what warns or blocks before a conference, in whole numbers (A18; 2/3 by analogy)."""

import datetime
from collections.abc import Iterator

import msgspec

from keys.message import Sentence
from voting.rounds.round import Round, deadline_of, procedure_of
from voting.rounds.summons import summon

NOTICE = 14
"""Days before a deadline in which the desk reminds of it."""


class Reminder(msgspec.Struct, frozen=True):
    """What is due soon: its name, section of the plan, the day before which, days left, and how many are summoned."""

    name: Sentence
    section: str
    before: datetime.date
    left: int
    people: int


def reminders(plan: Round, day: datetime.date) -> Iterator[Reminder]:
    """Yield what is due within two weeks: conferences and reports without a ballot (B.I, C.1), and the round itself."""
    due = [
        (Sentence(one.name, one.english), one.section, one.before, len(summon(plan.people, one.capacities).people))
        for one in plan.ruleset.milestones
    ]
    procedure, before = procedure_of(plan), deadline_of(plan)
    if before is not None:
        due.append((Sentence(procedure.name, procedure.english), procedure.deadline_section, before, 0))
    for name, section, end, people in sorted(due, key=lambda one: one[2]):
        if 0 < (end - day).days <= NOTICE:
            yield Reminder(name, section, end, (end - day).days, people)


def is_late(plan: Round, day: datetime.date) -> bool:
    """Tell whether a day is past the deadline of a round, which excludes the day that it names; never a block."""
    before = deadline_of(plan)
    return before is not None and day >= before
