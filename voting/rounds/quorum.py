"""Quorum and deadlines: what warns or blocks before a conference, in whole numbers (A18; 2/3 by analogy)."""

import datetime

from voting.procedures.schema import Procedure


def is_late(procedure: Procedure, day: datetime.date) -> bool:
    """Tell whether a day is past the deadline of a procedure, which excludes the day that it names; never a block."""
    return procedure.before is not None and day >= procedure.before
