"""Quorum and deadlines: what warns or blocks before a conference, in whole numbers (A18; 2/3 by analogy)."""

import datetime

from voting.rounds.round import Round, deadline_of


def is_late(plan: Round, day: datetime.date) -> bool:
    """Tell whether a day is past the deadline of a round, which excludes the day that it names; never a block."""
    before = deadline_of(plan)
    return before is not None and day >= before
