"""The head's decision on a tie (quyết định của người đứng đầu): a document of its own, chained to the signed record.

A record stays as it was signed, with its tie open. Whom of the tied group the head lets in, why and on which day
stands here, bound to the payload of that record (design §3, §5). Record and decision together give the selected names.
What a choice may be, and what a verdict is with it, is said once: the tally's rule asks this module, too.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

import msgspec

from keys.transcript import sha256_hex
from voting.documents.canonical import canonical, unclean_text
from voting.documents.case import Judged, Tie, Verdict
from voting.documents.conferences.moments import in_vietnam, parse_moment
from voting.documents.envelope import Envelope, make_envelope, parse_envelope, read_payload, write_envelope
from voting.documents.record import HEAD_DECISION_TYPE, PaperResult, Record

FORMAT = 1
WHAT = "head's decision"
HEAD_DECISIONS = "head-decision*.json"
"""What the files of decisions are called, however many papers there are."""


class TiedName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of the tied group, as the record has it."""

    id: str
    name: str


class HeadDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload. `record` is the hex SHA-256 of the record's payload; `tied` stands in the verdict's order.

    With `up_to`, any number of the group up to `places` may be chosen, none included; else exactly that many.
    """

    format: int
    kind: Literal["head_decision"]
    record: str
    uuid: str
    paper: int
    tied: tuple[TiedName, ...]
    places: int
    up_to: bool
    chosen: tuple[str, ...]
    by: str
    reason: str
    on: str


def head_decision(record: Record, paper: int, chosen: Collection[str], reason: str, on: str) -> HeadDecision:
    """Write a decision on a paper's tie by the head that Setup names; `decision_problems` checks it.

    Raises ValueError for a paper without a tie.
    """
    result = record.of(paper)
    tie = result.verdict.tie
    if tie is None:
        raise ValueError("a paper with a tie expected")
    return HeadDecision(
        format=FORMAT,
        kind="head_decision",
        record=record_hash(record),
        uuid=record.uuid,
        paper=paper,
        tied=_tied(result, tie),
        places=tie.places,
        up_to=tie.up_to,
        chosen=(
            *(one for one in tie.candidates if one in chosen),
            *(one for one in chosen if one not in tie.candidates),
        ),
        by=record.conference.head.name,
        reason=reason,
        on=on,
    )


def decision_name(paper: int) -> str:
    """Return the name of the file of a decision on a paper."""
    return f"head-decision-{paper}.json"


def page_name(decision: str) -> str:
    """Return the name of the page that goes with a decision's file."""
    return decision.removesuffix(".json") + ".pdf"


def record_hash(record: Record) -> str:
    """Return the hex SHA-256 of a record's payload, by which decisions name it."""
    return sha256_hex(canonical(record))


def decision_hash(decision: HeadDecision) -> str:
    """Return the hex SHA-256 of a decision's payload, by which the next Setup names it."""
    return sha256_hex(canonical(decision))


def unsigned_head_decision(decision: HeadDecision) -> bytes:
    """Wrap a decision as a file, not yet signed."""
    return write_envelope(make_envelope(canonical(decision), HEAD_DECISION_TYPE))


def read_head_decision(raw: bytes) -> tuple[Envelope, HeadDecision]:
    """Read the file strictly, signatures and record not looked at; raise NotCanonical or TooLarge."""
    envelope = parse_envelope(raw, HEAD_DECISION_TYPE, WHAT)
    return envelope, read_payload(envelope, HeadDecision, WHAT)


def is_head_decision(raw: bytes) -> bool:
    """Tell whether a file says that it is a head's decision, without reading it."""
    return f'"{HEAD_DECISION_TYPE}"'.encode() in raw


def decision_problems(decision: HeadDecision, record: Record) -> Iterator[str]:
    """Yield everything in a decision that does not fit the record it is said to be of."""
    if decision.format != FORMAT:
        yield f"format {FORMAT} expected, {decision.format} found"
    if decision.record != record_hash(record):
        yield "of another record"
    if decision.uuid != record.uuid:
        yield f"the election {record.uuid!r} expected"
    if not 1 <= decision.paper <= len(record.papers):
        yield f"paper 1 to {len(record.papers)} expected, {decision.paper} found"
        return
    result = record.of(decision.paper)
    tie = result.verdict.tie
    if tie is None or result.verdict.status != "awaiting_head":
        yield f"there is no tie for the head on paper {decision.paper}, so there is nothing to decide"
        return
    if (decision.tied, decision.places, decision.up_to) != (_tied(result, tie), tie.places, tie.up_to):
        yield "the tied group and its places are not those of the record"
    if decision.by != record.conference.head.name:
        yield f"the head that Setup names is {record.conference.head.name}, not {decision.by[:60]!r}"
    if problem := choice_problem(tie, decision.chosen, decision.on):
        yield problem
    elif decision.on < (counted := counted_on(record)).isoformat():
        yield f"the decision is of {decision.on}, before the count of {counted.isoformat()}"
    if not decision.reason.strip():
        yield "a reason expected"
    elif unclean := unclean_text(decision.reason):
        yield f"the reason is {unclean}"


def counted_on(record: Record) -> datetime.date:
    """Return the day in Việt Nam on which the count ended; the first that there is where it cannot be read."""
    ended = parse_moment(record.count.ended)
    return datetime.date.min if ended is None else in_vietnam(ended).date()


def choice_problem(tie: Tie, chosen: Sequence[str], on: str) -> str:
    """Say why these names, chosen on this day, are no choice among a tied group; "" where they are one."""
    return group_problem(tie, chosen) or ("" if _is_day(on) else f"on must be a date as 2022-04-10, found {on!r}")


def group_problem(tie: Tie, chosen: Sequence[str]) -> str:
    """Say why these names are not as many of a tied group as may go in; "" where they are."""
    if len({*chosen}) != len(chosen):
        return "chosen names somebody twice"
    fits = len(chosen) <= tie.places if tie.up_to else len(chosen) == tie.places
    if not fits:
        most = f"at most {tie.places}" if tie.up_to else str(tie.places)
        return f"chosen must name {most} of the tied group, found {len(chosen)}"
    outside = [one for one in chosen if one not in tie.candidates]
    if outside:
        return f"chosen: {', '.join(map(repr, outside))} not in the tied group"
    return ""


def decided(verdict: Verdict, chosen: Collection[str]) -> Verdict:
    """Return the verdict in which the chosen of the tied group are selected, and the others are not."""
    judged = tuple(_after(one, chosen) for one in verdict.candidates)
    selected = tuple(one.id for one in judged if one.outcome == "selected")
    return msgspec.structs.replace(verdict, status="final", candidates=judged, selected=selected)


def verdict_with(result: PaperResult, decision: HeadDecision | None) -> Verdict:
    """Return the verdict of a paper, with the head's decision on its tie where there is one."""
    return result.verdict if decision is None else decided(result.verdict, decision.chosen)


def ties_for_the_head(record: Record) -> tuple[int, ...]:
    """Return the papers of a record whose ties await the head."""
    return tuple(one.paper for one in record.papers if one.verdict.status == "awaiting_head")


def _after(one: Judged, chosen: Collection[str]) -> Judged:
    if one.outcome != "tied":
        return one
    return msgspec.structs.replace(one, outcome="selected" if one.id in chosen else "not_selected")


def _tied(result: PaperResult, tie: Tie) -> tuple[TiedName, ...]:
    names = {one.id: one.name for one in result.case.candidates}
    return tuple(TiedName(one, names.get(one, "")) for one in tie.candidates)


def _is_day(text: str) -> bool:
    """Tell whether text is a real day in the one spelling YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
