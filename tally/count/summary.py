"""A record on the screen: what it says, in a few lines, before somebody signs it and when it is announced.

Names, numbers, the rule in words, who is chosen (ĐƯỢC CHỌN / không chọn), who has signed and who is awaited.
"""

from collections.abc import Iterator

from keys.files.signing import keyid
from tally.dialogue import Guide
from tally.errors import CannotSign
from tally.minutes.agreement import disagreements
from tally.result.rule import rule_line
from voting.documents.bundles.head_decision import HeadDecision, decision_problems, read_head_decision
from voting.documents.bundles.signers import (
    awaited,
    by_key,
    decision_awaited,
    decision_signers,
    must_sign,
    signed_by,
    signers_of,
)
from voting.documents.conferences.conference import Paper
from voting.documents.conferences.moments import day_text
from voting.documents.envelope import Envelope
from voting.documents.kinds import kind_of
from voting.documents.list_decision import ListDecision, read_list_decision
from voting.documents.record import LIST_DECISION_TYPE, PaperResult, Record, read_record
from voting.documents.rule_words import place_words, rule_words, selection_words
from voting.procedures.comparison import catalogue_problems


def tell_result(guide: Guide, paper: Paper, result: PaperResult) -> None:
    """Show a paper's numbers and outcome: rule, quota, each name with its votes and whether it is chosen."""
    for line in result_lines(guide, paper, result):
        guide.plain(line)


def result_lines(guide: Guide, paper: Paper, result: PaperResult) -> Iterator[str]:
    """Spell a paper's outcome, by place."""
    case, verdict = result.case, result.verdict
    vi = guide.language == "vi"
    rule, selection = rule_words(case.rule), selection_words(case.selection)
    yield f"    {rule.vi if vi else rule.en}; {selection.vi if vi else selection.en}"
    numbers = {"summoned": case.summoned, "present": case.present, "issued": result.ballots.issued}
    yield "    " + guide.words("result.numbers", collected=result.ballots.collected, **numbers)
    names = {one.id: one for one in paper.candidates}
    for judged in verdict.candidates:
        line = rule_line(judged, verdict, case.rule, guide.language)
        outcome = guide.words(f"result.{judged.outcome}")
        yield f"    {judged.place}. {names[judged.id].name}: {line} → {outcome}"


def tell_before_signing(guide: Guide, raw: bytes, of: Record | None = None) -> None:
    """Show the document in a file before it is signed, a head's decision `of` a record as well.

    Raises CannotSign where a record contradicts itself, or a decision does not fit its record.
    """
    if of is not None:
        tell_head_decision(guide, read_head_decision(raw), of)
        return
    if f'"{LIST_DECISION_TYPE}"'.encode() in raw:
        envelope, decision = read_list_decision(raw)
        tell_list_decision(guide, decision, envelope)
        return
    envelope, record = read_record(raw)
    problems = list(disagreements(record))
    if problems:
        raise CannotSign(f"the record contradicts itself: {problems[0]}", "contradicts", why=problems[0])
    tell_record(guide, record, envelope)


def tell_record(guide: Guide, record: Record, envelope: Envelope) -> None:
    """Show what a record says, before it is signed."""
    conference = record.conference
    guide.plain(f"    {conference.name}, {day_text(conference.date)}")
    for paper, result in record.results():
        kind = kind_of(paper.kind).phrase
        guide.title("result.title", number=result.paper, title=place_words(paper))
        guide.plain(f"    {kind.vi if guide.language == 'vi' else kind.en}")
        tell_result(guide, paper, result)
    for problem in catalogue_problems(conference):
        guide.warn("setup.refused", text=problem.vi if guide.language == "vi" else problem.en)
    signed = {one.keyid for one in envelope.signatures}
    there = [f"{one.name} ({one.role})" for one in by_key(signers_of(conference)) if keyid(one.key) in signed]
    lacking = [f"{one.name} ({one.role})" for one in must_sign(record) if keyid(one.key) not in signed]
    _tell_signers(guide, there, lacking)


def tell_list_decision(guide: Guide, decision: ListDecision, envelope: Envelope) -> None:
    """Show what a list decision says, before it is signed."""
    guide.title("result.list", name=decision.name, date=day_text(decision.date))
    for one in decision.lists:
        guide.plain(f"    {f'{one.title} ({one.unit})' if one.unit else one.title}")
        for number, listed in enumerate(one.names, 1):
            guide.plain(
                f"    {number}. {'; '.join(part for part in (listed.name, listed.position, listed.born) if part)}"
            )
    signed = {one.keyid for one in envelope.signatures}
    there = [one.name for one in by_key(decision.signers) if keyid(one.key) in signed]
    _tell_signers(guide, there, list(awaited(envelope, decision)))


def tell_head_decision(guide: Guide, read: tuple[Envelope, HeadDecision], record: Record) -> None:
    """Show what a head's decision says, before somebody vouches for it."""
    envelope, decision = read
    for problem in decision_problems(decision, record):
        raise CannotSign(f"the decision does not fit the record: {problem}", "contradicts", why=problem)
    guide.title("head.title", number=decision.paper, by=decision.by, date=day_text(decision.on))
    for one in decision.tied:
        outcome = guide.words("result.selected" if one.id in decision.chosen else "head.not_chosen")
        guide.plain(f"    {one.name} → {outcome}")
    guide.say("head.because", reason=decision.reason)
    signers = decision_signers(record)
    there = [one.name for one in signed_by(envelope, signers)]
    _tell_signers(guide, there, list(decision_awaited(envelope, record)))


def _tell_signers(guide: Guide, there: list[str], lacking: list[str]) -> None:
    guide.say("result.signed" if there else "result.unsigned", names=", ".join(there))
    if lacking:
        guide.say("result.awaited", names=", ".join(lacking))
