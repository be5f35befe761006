"""The ledger of a round as a document: what was held, in order, signed or annulled (`ledger.json` of a dossier).

Canonical JSON; the manifest's signature covers it. Documents of annulled sittings stay on file and feed nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from voting.documents.canonical import parse_canonical
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record


class Annulment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chair's decision to annul: reason (id of the ruleset's list), words, by whom, when."""

    reason: str
    words: str
    by: str
    on: str


class Sitting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One holding of a step: `uuid` of its election ("" without a ballot), hex SHA-256 of its signed documents."""

    step: int
    attempt: int
    uuid: str
    state: Literal["held", "signed", "annulled"]
    documents: tuple[str, ...] = ()
    annulment: Annulment | None = None


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sittings of a round, in the order in which they began."""

    sittings: tuple[Sitting, ...] = ()


def parse_ledger(raw: bytes) -> Ledger:
    """Read ledger.json strictly; raise NotCanonical or TooLarge."""
    return parse_canonical(raw, Ledger, what="ledger")


def annulled_documents(ledger: Ledger) -> frozenset[str]:
    """Return the hashes of the documents of annulled sittings."""
    return frozenset(sha256 for one in ledger.sittings if one.state == "annulled" for sha256 in one.documents)


def ledger_problems(ledger: Ledger, documents: Mapping[str, Record | ListDecision]) -> Iterator[str]:
    """Yield where a ledger and the documents on file differ, and sittings that contradict themselves."""
    listed = [sha256 for sitting in ledger.sittings for sha256 in sitting.documents]
    for sha256 in sorted({*listed} - {*documents}):
        yield f"ledger: document {sha256[:16]} is not on file"
    for sha256 in sorted({*documents} - {*listed}):
        yield f"ledger: document {sha256[:16]} is on file and in no sitting"
    if len(set(listed)) != len(listed):
        yield "ledger: a document stands in two sittings"
    for sitting in ledger.sittings:
        if (sitting.state == "annulled") != (sitting.annulment is not None):
            yield f"ledger: step {sitting.step}, attempt {sitting.attempt}: an annulment and its reason go together"
        yield from _foreign(sitting, documents)
    signed = [sitting.step for sitting in ledger.sittings if sitting.state == "signed"]
    yield from (f"ledger: step {step} is signed twice" for step in sorted({*signed}) if signed.count(step) > 1)


def _foreign(sitting: Sitting, documents: Mapping[str, Record | ListDecision]) -> Iterator[str]:
    for sha256 in sitting.documents:
        document = documents.get(sha256)
        if isinstance(document, Record):
            found = document.conference.step, document.uuid
        elif document is not None:
            found = document.step, sitting.uuid
        else:
            continue
        if found != (sitting.step, sitting.uuid):
            yield f"ledger: step {sitting.step}: document {sha256[:16]} is of step {found[0]}, election {found[1]!r}"
