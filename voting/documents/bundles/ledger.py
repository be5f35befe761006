"""The ledger of a round as a document: what was held, in order, signed or annulled (`ledger.json` of a dossier).

Canonical JSON; the manifest's signature covers it. Documents of annulled sittings stay on file and feed nothing.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from voting.documents.bundles.head_decision import HeadDecision, record_hash
from voting.documents.bundles.step_chain import courses_of
from voting.documents.canonical import parse_canonical, unclean_text
from voting.documents.conferences.conference import Course
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record


class Annulment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chair's decision to annul: reason (id of the ruleset's list), words, by whom, when."""

    reason: str
    words: str
    by: str
    on: str


class Sitting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One holding of the N-th turn (lượt) of a round: `uuid` of its election ("" without a ballot), its documents.

    A turn is a sitting or the list decision of a step; several procedures may share one. `documents` are known by the
    hex SHA-256 of their files.

    `decisions` are those of the head on ties of its records, by the hex SHA-256 of their files.
    """

    number: int
    attempt: int
    uuid: str
    state: Literal["held", "signed", "annulled"]
    documents: tuple[str, ...] = ()
    annulment: Annulment | None = None
    decisions: tuple[str, ...] = ()

    @property
    def is_signed(self) -> bool:
        """Whether its documents are signed, and on file."""
        return self.state == "signed"


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sittings of a round, in the order in which they began."""

    sittings: tuple[Sitting, ...] = ()


def parse_ledger(raw: bytes) -> Ledger:
    """Read ledger.json strictly; raise NotCanonical or TooLarge."""
    return parse_canonical(raw, Ledger, what="ledger")


def annulled_documents(ledger: Ledger) -> frozenset[str]:
    """Return the hashes of the documents of annulled sittings."""
    return frozenset(sha256 for one in ledger.sittings if one.state == "annulled" for sha256 in one.documents)


def ledger_problems(
    ledger: Ledger, documents: Mapping[str, Record | ListDecision], decisions: Mapping[str, HeadDecision]
) -> Iterator[str]:
    """Yield where a ledger and the documents on file differ, and sittings that contradict themselves."""
    yield from _decision_problems(ledger, documents, decisions)
    yield from _order_problems(ledger, documents)
    listed = [sha256 for sitting in ledger.sittings for sha256 in sitting.documents]
    for sha256 in sorted({*listed} - {*documents}):
        yield f"ledger: document {sha256[:16]} is not on file"
    for sha256 in sorted({*documents} - {*listed}):
        yield f"ledger: document {sha256[:16]} is on file and in no sitting"
    if len(set(listed)) != len(listed):
        yield "ledger: a document stands in two sittings"
    for at, sitting in enumerate(ledger.sittings):
        place = f"ledger: turn {sitting.number}, attempt {sitting.attempt}"
        yield from (f"{place}: {problem}" for problem in _state_problems(sitting))
        yield from (f"{place}: {problem}" for problem in _turn_problems(sitting, ledger.sittings[:at]))
        yield from _foreign(sitting, documents)
    signed = [sitting.number for sitting in ledger.sittings if sitting.state == "signed"]
    yield from (f"ledger: turn {number} is signed twice" for number in sorted({*signed}) if signed.count(number) > 1)
    if signed != list(range(1, len(signed) + 1)):
        yield f"ledger: turns signed one after the other expected, {', '.join(map(str, signed))} found"


def _decision_problems(
    ledger: Ledger, documents: Mapping[str, Record | ListDecision], decisions: Mapping[str, HeadDecision]
) -> Iterator[str]:
    """Yield which head's decisions are not on file, in no sitting, in two, or in another one than their records."""
    listed = [sha256 for sitting in ledger.sittings for sha256 in sitting.decisions]
    yield from (f"ledger: decision {one[:16]} is not on file" for one in sorted({*listed} - {*decisions}))
    yield from (f"ledger: decision {one[:16]} is on file and in no sitting" for one in sorted({*decisions} - {*listed}))
    if len({*listed}) != len(listed):
        yield "ledger: a decision stands in two sittings"
    for sitting in ledger.sittings:
        found = (documents.get(one) for one in sitting.documents)
        records = {record_hash(one) for one in found if isinstance(one, Record)}
        for sha256 in sitting.decisions:
            decision = decisions.get(sha256)
            if decision is not None and decision.record not in records:
                yield f"ledger: turn {sitting.number}: decision {sha256[:16]} is of no record of the sitting"


def _state_problems(sitting: Sitting) -> Iterator[str]:
    """Yield what is wrong with how a sitting ended: each is signed, or annulled by somebody, some day, for a reason."""
    if (sitting.state == "annulled") != (sitting.annulment is not None):
        yield "an annulment and its reason go together"
    if sitting.state == "held":
        yield "neither signed nor annulled"
    if sitting.state == "signed" and not sitting.documents:
        yield "signed, without a document"
    if sitting.annulment is not None:
        yield from _annulment_problems(sitting.annulment)


def _annulment_problems(annulment: Annulment) -> Iterator[str]:
    for name in ("reason", "words", "by"):
        text = getattr(annulment, name)
        if not text.strip():
            yield f"an annulment without {name}"
        elif problem := unclean_text(text):
            yield f"the text {text[:40]!r} is {problem}"
    try:
        dated = datetime.date.fromisoformat(annulment.on).isoformat() == annulment.on
    except ValueError:
        dated = False
    if not dated:
        yield "the day of an annulment as YYYY-MM-DD expected"


def _turn_problems(sitting: Sitting, before: Sequence[Sitting]) -> Iterator[str]:
    """Yield why it was not this sitting's turn after those before: see `voting.rounds.ledger`, which begins them."""
    attempt = 1 + sum(one.number == sitting.number for one in before)
    if sitting.attempt != attempt:
        yield f"attempt {attempt} expected"
    most = before[-1].number + 1 if before else 1
    if not 1 <= sitting.number <= most:
        yield f"a turn from 1 to {most} expected"
    elif any(one.state != "annulled" for one in before if one.number >= sitting.number):
        yield "held again, or later turns held before it, without their annulment"


def _foreign(sitting: Sitting, documents: Mapping[str, Record | ListDecision]) -> Iterator[str]:
    """Yield the records of a sitting that are of another election than it names."""
    for sha256 in sitting.documents:
        document = documents.get(sha256)
        if isinstance(document, Record) and document.uuid != sitting.uuid:
            yield f"ledger: turn {sitting.number}: document {sha256[:16]} is of the election {document.uuid!r}"


def _order_problems(ledger: Ledger, documents: Mapping[str, Record | ListDecision]) -> Iterator[str]:
    """Yield which procedures were not held step by step: in each turn the step after the one before."""
    held: dict[Course, int] = {}
    for sitting in ledger.sittings:
        if sitting.state != "signed":
            continue
        found = {turn for one in sitting.documents if one in documents for turn in courses_of(documents[one])}
        for course, step in sorted(found):
            wanted = held.get(course, 0) + 1
            if step != wanted:
                yield f"ledger: turn {sitting.number}: step {wanted} of {course[2]} expected, {step} found"
            held[course] = max(step, held.get(course, 0))
