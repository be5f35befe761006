"""Records that wait for signatures, side by side (biên bản chờ ký): several of one box, until one has them all.

Each was audited with its finished archive before it came here, so all of them give the numbers of the box; they differ
in what people said of the count (words, complaints, who opened). Nobody has to sign what another one brought first, and
nobody stops the others by not signing.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from keys.transcript import sha256_hex
from voting.documents import record as documents
from voting.documents.bundles.signers import awaited, signed_by, signers_of
from voting.documents.canonical import canonical
from voting.documents.envelope import (
    Envelope,
    add_signatures,
    payload_of,
    write_envelope,
)
from voting.documents.errors import DocumentError
from voting.documents.record import WHAT, Record
from voting.errors import InvalidRecord
from voting.storage.tables import FinishedBoxRow, RecordRow, WaitingRecordRow

MOST_WAITING = 40  # records of one box
CODE = 12  # hex letters that tell one waiting record from another


@dataclass(frozen=True, slots=True)
class Waiting:
    """One record: its file, what it says, and who has yet to sign it with a key."""

    raw: bytes
    record: Record
    signed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Hex SHA-256 of what is signed."""
        return sha256_hex(canonical(self.record))

    @property
    def code(self) -> str:
        """What people tell it by."""
        return self.digest[:CODE]

    @property
    def complete(self) -> bool:
        """Whether no signature by key is awaited."""
        return not self.missing


def read_record(raw: bytes) -> tuple[Envelope, Record]:
    """Read a record's file strictly; raise InvalidRecord."""
    try:
        return documents.read_record(raw)
    except DocumentError as error:
        raise InvalidRecord(str(error), key="record_file", at="records") from None


def waiting(raw: bytes) -> Waiting:
    """Read a record with its signatures."""
    envelope, record = read_record(raw)
    there = signed_by(envelope, signers_of(record.conference))
    return Waiting(raw, record, tuple(one.name for one in there), awaited(envelope, record))


def keep(session: Session, conference: int, raw: bytes) -> None:
    """Keep a record, or add its signatures to those that are there; raise InvalidRecord where too many wait."""
    envelope, _ = read_record(raw)
    digest = sha256_hex(payload_of(envelope, WHAT))
    row = session.get(WaitingRecordRow, (conference, digest))
    if row is not None:
        row.content = write_envelope(add_signatures(read_record(row.content)[0], envelope.signatures))
    else:
        held = select(func.count()).select_from(WaitingRecordRow).where(WaitingRecordRow.conference == conference)
        if (session.scalar(held) or 0) >= MOST_WAITING:
            raise InvalidRecord("too many records wait already", key="record_many", at="records")
        session.add(WaitingRecordRow(conference=conference, digest=digest, content=raw))
    session.flush()


def knows(session: Session, conference: int, digest: str) -> bool:
    """Tell whether a record with this payload was audited and kept."""
    return session.get(WaitingRecordRow, (conference, digest)) is not None


def keep_tail(session: Session, conference: int, archive: str, tail: bytes) -> None:
    """Keep what tellers added to the closed box's archive, by the SHA-256 of the whole finished archive."""
    if session.get(FinishedBoxRow, (conference, archive)) is None:
        session.add(FinishedBoxRow(conference=conference, archive=archive, tail=tail))
        session.flush()


def tails(session: Session, conference: int) -> dict[str, bytes]:
    """Return all that tellers added to this box's archive, by the SHA-256 of the finished archive."""
    rows = session.scalars(select(FinishedBoxRow).where(FinishedBoxRow.conference == conference))
    return {row.archive: row.tail for row in rows}


def all_waiting(session: Session, conference: int) -> list[Waiting]:
    """Return every record that waits."""
    own = select(WaitingRecordRow).where(WaitingRecordRow.conference == conference).order_by(WaitingRecordRow.digest)
    return [waiting(row.content) for row in session.scalars(own)]


def settled(session: Session, conference: int) -> bytes | None:
    """Return the record that was signed in the end, None before."""
    row = session.get(RecordRow, conference)
    return None if row is None else row.content


def standing(session: Session, conference: int) -> Waiting | None:
    """Return the record that stands: the one signed in the end; before, the one that came furthest."""
    signed = settled(session, conference)
    if signed is not None:
        return waiting(signed)
    return max(all_waiting(session, conference), key=_progress, default=None)


def settle(session: Session, conference: int) -> None:
    """Make the record that stands that of the conference, for good."""
    stands = standing(session, conference)
    if stands is not None and settled(session, conference) is None:
        session.add(RecordRow(conference=conference, content=stands.raw))
        session.flush()


def _progress(one: Waiting) -> tuple[bool, int, str]:
    """Order records: complete ones, signatures, any fixed order."""
    return one.complete, len(one.signed), one.digest
