"""A record must agree with itself before minutes are made of it: no paper says what its own numbers deny.

The arithmetic is that of count records (domain practice, and the plan's bases): issued <= present <= summoned,
collected <= issued, valid + invalid = collected, and the verdict is the one that the rule gives.
"""

from collections.abc import Iterator

from tally.errors import ImpossibleCase, InvalidRecord
from tally.result.rule import decide
from voting.documents.case import Verdict
from voting.documents.conferences.check import quorum_problems, unprinted_problem
from voting.documents.conferences.conference import Conference, Paper
from voting.documents.record import PaperResult, Record


def check_agreement(record: Record) -> None:
    """Raise InvalidRecord with the first thing in a record that contradicts another."""
    for problem in disagreements(record):
        raise InvalidRecord(f"record: {problem}")


def disagreements(record: Record) -> Iterator[str]:
    """Yield what contradicts what; nothing where the record agrees with itself."""
    conference = record.conference
    absent = record.facts.absent_excused + record.facts.absent_unexcused
    if absent != conference.summoned - conference.present:
        yield f"{conference.summoned - conference.present} absent by the roll, {absent} with and without excuse"
    yield from quorum_problems(conference.quorum, conference.summoned, conference.present)
    for paper, result in record.results():
        yield from (f"paper {result.paper}: {problem}" for problem in _paper_problems(conference, paper, result))


def _paper_problems(conference: Conference, paper: Paper, result: PaperResult) -> Iterator[str]:
    yield from _case_problems(conference, paper, result)
    yield from _count_problems(conference, result)
    try:
        verdict = decide(result.case)
    except ImpossibleCase as error:
        yield f"the case is impossible: {error}"
        return
    if verdict != result.verdict:
        yield f"the verdict is not the one that the rule gives: {_difference(result.verdict, verdict)}"


def _difference(found: Verdict, expected: Verdict) -> str:
    """Name the first part in which a verdict differs, as it should be and as it is."""
    pairs = ((name, getattr(expected, name), getattr(found, name)) for name in Verdict.__struct_fields__)
    name, own, given = next(pair for pair in pairs if pair[1] != pair[2])
    if name == "candidates":
        wrong = [(one, other) for one, other in zip(own, given, strict=False) if one != other]
        own, given = wrong[0] if wrong else (len(own), len(given))
    return f"{name}: {own} expected, {given} found"


def _case_problems(conference: Conference, paper: Paper, result: PaperResult) -> Iterator[str]:
    case = result.case
    if [(one.id, one.name) for one in paper.candidates] != [(one.id, one.name) for one in case.candidates]:
        yield "the names of the case are not those of the paper, in its order"
    if (case.rule, case.selection) != (paper.rule, paper.selection):
        yield "the case has another rule than the paper"
    if problem := unprinted_problem(paper):
        yield problem
    if result.previous != paper.previous:
        yield "the documents before are not those of the paper"
    if (case.summoned, case.present) != (conference.summoned, conference.present):
        yield "the case counts other persons than the conference"


def _count_problems(conference: Conference, result: PaperResult) -> Iterator[str]:
    ballots, case = result.ballots, result.case
    if not 0 <= ballots.collected <= ballots.issued <= conference.present:
        yield "collected <= issued <= present expected"
    if ballots.valid + ballots.invalid != ballots.collected or min(ballots.valid, ballots.invalid) < 0:
        yield "valid + invalid = collected expected"
    if (case.ballots, case.invalid) != (ballots.collected, ballots.invalid):
        found = f"the case counts {case.ballots}, {case.invalid} of them invalid"
        yield f"{ballots.collected} ballots collected, {ballots.invalid} of them invalid, but {found}"
