"""What an audit did not check, by name, so that nothing is called sound that was not checked (design §5).

A check of which nothing was examined was not made. Whoever adds one of these checks notes what it examined under the
same name, and it goes off the list by itself.
"""

from collections.abc import Iterable, Set

from tally.audit.minutes import MINUTES
from tally.audit.opening_proofs import OPENINGS
from tally.audit.record import RECORD
from tally.audit.report import Finding, Report

CATALOGUE, ROOT, PDF_SIGNATURES, LETTERS = "catalogue", "root", "pdf_signatures", "letters"
ORDER = (RECORD, OPENINGS, CATALOGUE, ROOT, PDF_SIGNATURES, LETTERS)
"""All names, as they are listed. `letters`: letters, tables and briefing, which the desk's signature alone holds."""

_CHECKS = {RECORD: RECORD, OPENINGS: OPENINGS, CATALOGUE: CATALOGUE, ROOT: ROOT, PDF_SIGNATURES: MINUTES}


def unchecked_in(report: Report) -> tuple[str, ...]:
    """Return what was not checked of one archive and the records beside it."""
    missing = unexamined(report.checks)
    return in_order(missing if report.decryptions else missing - {OPENINGS})


def unexamined(findings: Iterable[Finding]) -> Set[str]:
    """Return the names whose check examined nothing."""
    made = {one.check for one in findings if one.examined}
    return {name for name, check in _CHECKS.items() if check not in made}


def in_order(names: Set[str]) -> tuple[str, ...]:
    """Return the names in the order in which they are listed."""
    return tuple(name for name in ORDER if name in names)
