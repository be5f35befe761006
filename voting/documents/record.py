"""The record (biên bản kiểm phiếu as data): one per paper, a DSSE envelope over canonical JSON (design §5).

Everything on the minutes comes from here and from nowhere else. A record is a function of the finished archive
and both facts files, so a recount gives the same payload byte for byte.
"""

from typing import Literal

import msgspec

from voting.documents.case import Case, Verdict
from voting.documents.conferences.conference import Conference, Note
from voting.documents.envelope import EnvelopeSignature
from voting.documents.facts import CountFacts, RoomFacts

RECORD_TYPE = "application/vnd.phieukin.record+json"
LIST_DECISION_TYPE = "application/vnd.phieukin.list-decision+json"


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
    on paper (form "paper"): `hashes` is null, `facts_signatures` empty, `fingerprint` "".
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
