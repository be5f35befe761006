"""The record (biên bản kiểm phiếu as data): one per paper, a DSSE envelope over canonical JSON (design §5).

Everything on the minutes comes from here and from nowhere else. A record is a function of the finished archive
and both facts files, so a recount gives the same payload byte for byte.
"""

from typing import Literal

import msgspec

from voting.documents.case import Case, Verdict
from voting.documents.conferences.conference import Conference, Note
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


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload. `paper` counts from 1; `fingerprint` is the election's.

    `facts` with `facts_signatures` is facts.json (its envelope's payload is the canonical JSON of `facts`). For a count
    on paper (form "paper"): `hashes` is null, `facts_signatures` empty, `fingerprint` "". A tie stays open in it: the
    head's decision is a document of its own (`voting.documents.bundles.head_decision`).
    """

    format: int
    kind: Literal["record"]
    form: Literal["electronic", "paper"]
    uuid: str
    fingerprint: str
    paper: int
    conference: Conference
    ballots: BallotCounts
    case: Case
    verdict: Verdict
    notes: tuple[Note, ...]
    facts: RoomFacts
    facts_signatures: tuple[EnvelopeSignature, ...]
    count: CountFacts
    hashes: Hashes | None
    made_by: MadeBy

    def __post_init__(self) -> None:
        """Refuse a case with a head's decision: it would come after the record that it belongs to."""
        if self.case.head_decision is not None:
            raise ValueError("the case of a record never holds a head's decision")


def unsigned_record(payload: bytes) -> bytes:
    """Wrap a record's payload as record.json, not yet signed."""
    return write_envelope(make_envelope(payload, RECORD_TYPE))


def read_record(raw: bytes) -> tuple[Envelope, Record]:
    """Read record.json strictly, signatures not looked at; raise NotCanonical or TooLarge."""
    envelope = parse_envelope(raw, RECORD_TYPE, WHAT)
    return envelope, read_payload(envelope, Record, WHAT)
