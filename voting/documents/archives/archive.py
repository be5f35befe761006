"""The archive UUID.bel: a chain of events, each after its data records (Belenios 3.0, 4.4).

Invariants, each a MUST of the reader: every name is the hash of its content; every event is canonical, names the event
before it as parent and has the next height; events come in the order Setup, Ballot*, EndBallots?, EncryptedTally?,
PartialDecryption*, Result?; exactly the records of an event stand before it, in their order, and none stands alone.
Reading and writing hold one event in memory, never the box.

    with open_archive(path) as archive:
        for entry in archive.entries():
            entry.event.type, entry.records
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from voting.documents.archives.events import (
    MOST_RECORDS,
    RECORDS,
    Chain,
    Entry,
    Event,
    EventKind,
    Group,
    check_names,
    check_records,
    entry_of,
    parse_event,
)
from voting.documents.archives.members import EVENT_LIMIT, FIRST_NAME, TIME_LIMIT, Member, MemberReader, encode_member
from voting.documents.archives.outcome import Owned, SetupData, SizedTally
from voting.documents.canonical import compact, parse_compact
from voting.documents.errors import ArchiveChanged, BrokenChain, DamagedArchive, UnsupportedElection


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Content of the first member; `timestamp` is in seconds, spelled as a text."""

    version: int
    timestamp: str


class ArchiveReader:
    """Reads an archive once from its start; `chain` is the chain read so far, `sha256()` hashes the whole file."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the first member; raise DamagedArchive if the file does not begin like an archive."""
        self._file = file
        self._before = _state(file)
        self._reader = MemberReader(file)
        self._members = self._reader.members()
        self.timestamp = self._first()
        self.chain = Chain()

    def sha256(self) -> str:
        """Hex SHA-256 of the bytes read: of the archive, once it is read to its end."""
        return self._reader.sha256()

    @property
    def offset(self) -> int:
        """Bytes read so far."""
        return self._reader.offset

    def groups(self) -> Iterator[Group]:
        """Yield events with the records before them, unchecked; raise DamagedArchive, BrokenChain, ArchiveChanged."""
        pending: list[Member] = []
        for member in self._members:
            if member.is_event:
                yield Group(tuple(pending), member)
                pending = []
            elif len(pending) == MOST_RECORDS:
                raise BrokenChain("records", f"byte {member.offset}", "more records than any event has")
            else:
                pending.append(member)
        if _state(self._file) != self._before:
            raise ArchiveChanged("the archive was written to while it was read: read it again")
        if pending:
            raise BrokenChain("records", f"byte {pending[0].offset}", "records at the end without their event")

    def entries(self) -> Iterator[Entry]:
        """Yield every event, all of the module's invariants checked; raise the first error."""
        for group in self.groups():
            height = self.chain.height
            check_names(group, height)
            event = parse_event(group, height)
            self.chain.check_link(event)
            self.chain.check_order(event)
            check_records(event, group.records, height)
            self.chain.extend(event, group.event.digest)
            yield entry_of(group, event, height)

    def _first(self) -> int:
        first = next(self._members, None)
        if first is None:
            raise DamagedArchive(0, "the file is empty")
        found = parse_compact(first.body, Header, EVENT_LIMIT, FIRST_NAME)
        if found.version != 1:
            raise UnsupportedElection(f"an archive of version 1 expected, {found.version} found")
        if first.body != _first_member(self._reader.timestamp):
            raise DamagedArchive(0, "the first member has another time than its header")
        return self._reader.timestamp


@contextmanager
def open_archive(path: str | Path) -> Iterator[ArchiveReader]:
    """Open an archive for reading; raise DamagedArchive, NotCanonical, UnsupportedElection or OSError."""
    with open(path, "rb") as file:
        yield ArchiveReader(file)


class ArchiveWriter:
    """Writes an archive event by event, each with its records in one write."""

    def __init__(self, file: BinaryIO, timestamp: int) -> None:
        """Begin an archive; all its times are `timestamp`, in seconds since 1970."""
        if not 0 <= timestamp < TIME_LIMIT:
            raise ValueError("a time of eleven octal digits expected")
        self._file, self._timestamp, self._chain = file, timestamp, Chain()
        file.write(encode_member(FIRST_NAME, _first_member(timestamp), timestamp))

    @classmethod
    def _resume(cls, file: BinaryIO, reader: ArchiveReader) -> "ArchiveWriter":
        writer = cls.__new__(cls)
        writer._file, writer._timestamp, writer._chain = file, reader.timestamp, reader.chain
        return writer

    def add_setup(self, election: bytes, trustees: bytes, credentials: bytes) -> str:
        """Write Setup; return the hash of the event."""
        data = SetupData(*map(_digest, (election, trustees, credentials)))
        return self.add_event("Setup", election, trustees, credentials, compact(data))

    def add_ballot(self, ballot: bytes) -> str:
        """Write one ballot; return the hash of the event."""
        return self.add_event("Ballot", ballot)

    def add_end_ballots(self) -> str:
        """Close the box; return the hash of the event."""
        return self.add_event("EndBallots")

    def add_tally(self, tally: bytes, ballots: int) -> str:
        """Write the encrypted tally of that many ballots, each of weight 1; return the hash of the event."""
        return self.add_event("EncryptedTally", tally, compact(SizedTally(ballots, ballots, _digest(tally))))

    def add_partial_decryption(self, owner: int, decryption: bytes) -> str:
        """Write one teller's partial decryption; return the hash of the event."""
        return self.add_event("PartialDecryption", decryption, compact(Owned(owner, _digest(decryption))))

    def add_result(self, result: bytes) -> str:
        """Write the result; return the hash of the event."""
        return self.add_event("Result", result)

    def add_event(self, kind: EventKind, *records: bytes) -> str:
        """Write an event after its records (payload last); return its hash.

        Raises BrokenChain out of order, or with another number of records than the event has.
        """
        if len(records) != RECORDS[kind]:
            raise BrokenChain("records", kind, f"{RECORDS[kind]} records expected, {len(records)} given")
        payload = _digest(records[-1]) if records else None
        event = Event(parent=self._chain.digest, height=self._chain.height, type=kind, payload=payload)
        self._chain.check_order(event)
        body = compact(event)
        names = [f"{_digest(record)}.data.json" for record in records]
        members = [*zip(names, records, strict=True), (f"{_digest(body)}.event.json", body)]
        self._file.write(b"".join(encode_member(name, content, self._timestamp) for name, content in members))
        self._chain.extend(event, _digest(body))
        return _digest(body)


@contextmanager
def open_archive_for_append(path: str | Path) -> Iterator[ArchiveWriter]:
    """Read an archive to its end and go on writing there; on an error the file is cut back to what it was."""
    with open(path, "r+b") as file:
        reader = ArchiveReader(file)
        for _ in reader.entries():
            pass
        end = file.seek(0, os.SEEK_END)
        try:
            yield ArchiveWriter._resume(file, reader)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.flush()
            file.truncate(end)
            raise


def _first_member(timestamp: int) -> bytes:
    return compact(Header(1, str(timestamp)))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _state(file: BinaryIO) -> tuple[int, int, int] | None:
    try:
        found = os.fstat(file.fileno())
    except OSError:  # a file in memory
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
