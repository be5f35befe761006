"""Compare a conference with the catalogue that it names: one that is shipped, or one that was given (design §5)."""

from collections.abc import Sequence

from tally.audit.report import Findings
from voting.documents.conferences.conference import Conference
from voting.procedures.comparison import catalogue_problems, catalogue_remarks, ruleset_of
from voting.procedures.schema import Ruleset

CATALOGUE = "catalogue"


def check_catalogue(findings: Findings, conference: Conference, place: str, rulesets: Sequence[Ruleset] = ()) -> None:
    """Check rules and kinds of papers against the catalogue; without one nothing is examined, and a note says so."""
    ruleset = ruleset_of(conference, rulesets)
    if ruleset is None:
        named = f"{conference.ruleset.id[:60]!r} version {conference.ruleset.version}"
        findings.notes.append(f"the catalogue {named} is not known here: its rules were not compared")
        return
    problems = list(catalogue_problems(conference, ruleset))
    for problem in problems:
        findings.failed(CATALOGUE, place, problem.en)
    if not problems:
        findings.passed(CATALOGUE)
    findings.notes += map(str, catalogue_remarks(conference, ruleset))
