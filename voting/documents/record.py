"""The record (biên bản kiểm phiếu as data): one per sitting, a DSSE envelope over canonical JSON (design §5).

Everything on the minutes comes from here and from nowhere else. A record is a function of the finished archive
and both facts files, so a recount gives the same payload byte for byte.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from voting.documents.case import Case, Verdict
from voting.documents.conferences.conference import Conference, Note, Paper, Previous
from voting.documents.envelope import (
    Envelope,
    EnvelopeSignature,
    make_envelope,
    parse_envelope,
    read_payload,
    write_envelope,
)
from voting.documents.facts import CountFacts, RoomFacts

RECORD_TYPE = "application/vnd.phieukin.record+json"
LIST_DECISION_TYPE = "application/vnd.phieukin.list-decision+json"
HEAD_DECISION_TYPE = "application/vnd.phieukin.head-decision+json"
WHAT = "record"
FORMAT = 2


class BallotCounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ballots issued (phát ra), collected (thu về), valid (hợp lệ) and invalid (không hợp lệ)."""

    issued: int
    collected: int
    valid: int
    invalid: int
    invalid_reason: str


class Hashes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hex SHA-256 of the archive, of its last event, of its EndBallots event, of both facts files."""

    archive: str
    last_event: str
    end_ballots: str
    facts: str
    count: str


class MadeBy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Versions that made the record: software, renderer of the minutes, font."""

    software: str
    renderer: str
    font: str


class PaperResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one paper came to (kết quả của một phiếu); `paper` counts from 1 in the order of Setup.

    `previous` are the signed documents that its list comes from.
    """

    paper: int
    case: Case
    verdict: Verdict
    ballots: BallotCounts
    previous: tuple[Previous, ...]
    notes: tuple[Note, ...]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload: `papers` in the order of Setup; `fingerprint` is the election's.

    `facts` with `facts_signatures` is facts.json (its envelope's payload is the canonical JSON of `facts`). For a count
    on paper (form "paper"): `hashes` is null, `facts_signatures` empty, `fingerprint` "". A tie stays open in it: the
    head's decision is a document of its own (`voting.documents.bundles.head_decision`).
    """

    format: int
    kind: Literal["record"]
    form: Literal["electronic", "paper"]
    uuid: str
    fingerprint: str
    conference: Conference
    papers: tuple[PaperResult, ...]
    facts: RoomFacts
    facts_signatures: tuple[EnvelopeSignature, ...]
    count: CountFacts
    hashes: Hashes | None
    made_by: MadeBy

    def __post_init__(self) -> None:
        """Refuse papers that are not those of Setup, in order, and a head's decision: it comes after its record."""
        numbers = [one.paper for one in self.papers]
        if not numbers or numbers != [*range(1, len(self.conference.papers) + 1)]:
            raise ValueError(f"papers 1 to {len(self.conference.papers)}, in order, expected; {numbers} found")
        if any(one.case.head_decision is not None for one in self.papers):
            raise ValueError("the case of a record never holds a head's decision")

    def of(self, paper: int) -> PaperResult:
        """Return what a paper came to; raise IndexError where the record has no such paper."""
        if not 1 <= paper <= len(self.papers):
            raise IndexError(f"paper 1 to {len(self.papers)} expected, {paper} found")
        return self.papers[paper - 1]

    def results(self) -> Iterator[tuple[Paper, PaperResult]]:
        """Yield every paper of Setup with what it came to."""
        yield from zip(self.conference.papers, self.papers, strict=True)


def unsigned_record(payload: bytes) -> bytes:
    """Wrap a record's payload as record.json, not yet signed."""
    return write_envelope(make_envelope(payload, RECORD_TYPE))


def read_record(raw: bytes) -> tuple[Envelope, Record]:
    """Read record.json strictly, signatures not looked at; raise NotCanonical or TooLarge."""
    envelope = parse_envelope(raw, RECORD_TYPE, WHAT)
    return envelope, read_payload(envelope, Record, WHAT)
