"""Compare a conference with the catalogues that its papers name: shipped ones, or those given (design §5)."""

from collections.abc import Sequence

from tally.audit.report import Findings
from voting.documents.conferences.conference import Conference
from voting.procedures.comparison import (
    catalogue_problems,
    catalogue_remarks,
    rulesets_of,
    unknown_rulesets,
)
from voting.procedures.schema import Ruleset

CATALOGUE = "catalogue"


def check_catalogue(findings: Findings, conference: Conference, place: str, rulesets: Sequence[Ruleset] = ()) -> None:
    """Check rules and kinds of papers against their catalogues; where one is not known here, a note says so."""
    for named in unknown_rulesets(conference, rulesets):
        known = f"{named.id[:60]!r} version {named.version}"
        findings.notes.append(f"the catalogue {known} is not known here: its rules were not compared")
    if not rulesets_of(conference, rulesets):
        return
    problems = list(catalogue_problems(conference, rulesets))
    for problem in problems:
        findings.failed(CATALOGUE, place, problem.en)
    if not problems:
        findings.passed(CATALOGUE)
    findings.notes += map(str, catalogue_remarks(conference, rulesets))
