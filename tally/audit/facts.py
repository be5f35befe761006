"""Check both facts files of a record: of this box, signed by the desk, in agreement with Setup (design §5, Facts)."""

from collections.abc import Callable, Iterable

from tally.audit.report import Findings, Report
from voting.documents.conferences.conference import ON_PAPER, Conference
from voting.documents.conferences.moments import order_problems, parse_moment
from voting.documents.counted import NUMBERS
from voting.documents.envelope import Envelope, read_payload, signed_alone
from voting.documents.errors import DocumentError
from voting.documents.facts import CONFIRMATION_TYPE, Confirmation, CountFacts, RoomFacts

FACTS, COUNT, CONFIRMATIONS = "facts", "count", "confirmations"
FORMAT = 1
Require = Callable[[bool, str], bool]


def check_room(
    findings: Findings, report: Report, conference: Conference, place: str, envelope: Envelope, facts: RoomFacts
) -> None:
    """Check the room's facts: the desk's signature, the box they speak of, their counts, the tellers' confirmations."""
    require: Require = lambda holds, why: findings.require(FACTS, holds, place, why)  # noqa: E731
    require(_signed_by(findings, envelope, conference.desk_key, place), "not signed by the desk's key alone")
    expected = f"format {RoomFacts.FORMAT} expected, {facts.format} found"
    require(facts.format == RoomFacts.FORMAT, expected)
    require(facts.setup == report.setup_event, "of another Setup")
    _check_box(require, report, facts.uuid, facts.end_ballots)
    require(facts.ballots == report.ballots, f"{report.ballots} ballots in the archive, {facts.ballots} in the facts")
    cards, activated = facts.cards, sum(one.count for one in facts.spares_activated)
    require(cards.drawn == conference.drawn, "cards drawn differ from Setup's")
    require(cards.spares == conference.spares, "spare cards differ from Setup's")
    require(cards.made == cards.drawn + cards.void + cards.spares, "cards made are not drawn + void + spare")
    require(min(cards.made, cards.drawn, cards.void, cards.spares) >= 0, "a number of cards is negative")
    require(all(one.count > 0 for one in facts.spares_activated), "a number of spares activated is not positive")
    require(activated <= conference.spares, f"{activated} spares activated, {conference.spares} made")
    absent = facts.absent_excused + facts.absent_unexcused
    require(min(facts.absent_excused, facts.absent_unexcused) >= 0, "a number of people absent is negative")
    require(absent == conference.summoned - conference.present, "those absent are not summoned - present")
    for name in NUMBERS:
        require(getattr(facts, name) >= 0, f"the number {name} is negative")
    require(facts.account_resets >= 0, "a number of account resets is negative")
    require(facts.decks_voided >= 0, "a number of decks is negative")
    require(
        0 <= facts.cards_handed_back <= activated, f"{facts.cards_handed_back} cards handed back, {activated} spares"
    )
    require(all(one.count > 0 for one in facts.incidents), "a number of incidents is not positive")
    require(len({one.kind for one in facts.incidents}) == len(facts.incidents), "an incident is duplicated")
    reasons = {one.reason for one in facts.spares_activated}
    require(len(reasons) == len(facts.spares_activated), "a reason for spares is duplicated")
    _check_times(require, facts.opened, facts.closed)
    opened = parse_moment(facts.opened)
    same = opened is not None and int(opened.timestamp()) == report.timestamp
    require(same, "opened at another time than the archive says")
    _check_confirmations(findings, report, conference, place, facts.confirmations)


def check_count(findings: Findings, report: Report, place: str, count: CountFacts) -> None:
    """Check the tellers' facts: the box they speak of, the openers, the chair's word on a box of one ballot."""
    require: Require = lambda holds, why: findings.require(COUNT, holds, place, why)  # noqa: E731
    require(count.format == FORMAT, f"format {FORMAT} expected, {count.format} found")
    _check_box(require, report, count.uuid, count.end_ballots)
    opened = sorted(report.decryptions)
    require(list(count.openers) == opened, f"tellers {opened} opened, {list(count.openers)} in the facts")
    _check_times(require, count.begun, count.ended)
    alone = any(word.kind == "single_ballot" for word in count.chair_words)
    require(report.ballots != 1 or alone, "a box of a single ballot was opened without the chair's word")


def _check_box(require: Require, report: Report, uuid: str, end_ballots: str) -> None:
    require(report.election is not None and uuid == report.election.uuid, "of another election")
    require(bool(end_ballots) and end_ballots == report.end_ballots, "the EndBallots event is not that of the archive")


def _check_times(require: Require, first: str, last: str) -> None:
    problems = list(order_problems(first, last))
    require(not problems, "; ".join(problems))


def _check_confirmations(
    findings: Findings, report: Report, conference: Conference, place: str, envelopes: Iterable[Envelope]
) -> None:
    confirmed: set[int] = set()
    for number, envelope in enumerate(envelopes, 1):
        spot = f"{place}, confirmation {number}"
        owner = _confirmed_owner(findings, report, conference, envelope, spot)
        if owner in confirmed:
            findings.failed(CONFIRMATIONS, spot, f"teller {owner} is duplicated")
        confirmed |= {owner} if owner is not None else set()
    for owner, teller in enumerate(conference.tellers, 1):
        if teller.key != ON_PAPER:
            why = f"teller {owner} ({teller.name}) has not confirmed this Setup"
            findings.require(CONFIRMATIONS, owner in confirmed, place, why)


def _confirmed_owner(
    findings: Findings, report: Report, conference: Conference, envelope: Envelope, place: str
) -> int | None:
    """The owner whose valid confirmation of this Setup the envelope holds, or None."""
    try:
        found = read_payload(envelope, Confirmation, "confirmation")
    except DocumentError as error:
        findings.failed(CONFIRMATIONS, place, str(error))
        return None
    known = 1 <= found.owner <= len(conference.tellers) and envelope.payloadType == CONFIRMATION_TYPE
    same = found.setup == report.setup_event and report.election is not None and found.uuid == report.election.uuid
    if not findings.require(CONFIRMATIONS, known and same, place, "not of this Setup"):
        return None
    told = report.trustees is not None and found.threshold == report.trustees.threshold() and found.format == FORMAT
    if not findings.require(CONFIRMATIONS, told, place, "of another threshold or format"):
        return None
    key = conference.tellers[found.owner - 1].key
    signed = _signed_by(findings, envelope, key, place)
    return (
        found.owner if findings.require(CONFIRMATIONS, signed, place, f"not signed by teller {found.owner}") else None
    )


def _signed_by(findings: Findings, envelope: Envelope, key: str, place: str) -> bool:
    return bool(findings.read(FACTS, place, lambda: signed_alone(envelope, key)))
