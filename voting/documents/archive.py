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
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, get_args

import msgspec

from voting.documents.canonical import compact, parse_compact
from voting.documents.errors import (
    ArchiveChanged,
    BrokenChain,
    DamagedArchive,
    NotCanonical,
    TooLarge,
    UnsupportedElection,
)
from voting.documents.members import EVENT_LIMIT, FIRST_NAME, TIME_LIMIT, Member, MemberReader, encode_member
from voting.documents.outcome import Owned, SetupData, SizedTally, parse_owned, parse_setup_data, parse_sized_tally

EventKind = Literal[
    "Setup",
    "Ballot",
    "EndBallots",
    "EncryptedTally",
    "Shuffle",
    "EndShuffles",
    "PartialDecryption",
    "Result",
]
ORDER: tuple[EventKind, ...] = get_args(EventKind)
REPEATED = ("Ballot", "PartialDecryption")
RECORDS = {
    "Setup": 4,
    "Ballot": 1,
    "EndBallots": 0,
    "EncryptedTally": 2,
    "Shuffle": 2,
    "EndShuffles": 0,
    "PartialDecryption": 2,
    "Result": 1,
}
MOST_RECORDS = max(RECORDS.values())


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Content of the first member; `timestamp` is in seconds, spelled as a text."""

    version: int
    timestamp: str


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An event; `parent` and `payload` are hex SHA-256, absent in the first event and where there is no payload."""

    parent: str | None = None
    height: int
    type: EventKind
    payload: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """An event's member with the data members before it: nothing in it is checked yet."""

    records: tuple[Member, ...]
    event: Member


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its records. `height` is its place in the file, counted by us from 0, whatever the event claims.

    `digest` is the hex SHA-256 of the event, `offset` its first byte in the file.
    """

    event: Event
    height: int
    records: tuple[bytes, ...]
    digest: str
    offset: int

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"event {self.height} ({self.event.type})"


@dataclass(slots=True)
class Chain:
    """The end of a chain so far: what the next event must link to; `height` counts events, `expected` their heights."""

    height: int = 0
    expected: int = 0
    digest: str | None = None
    kind: EventKind | None = None
    has_tally: bool = False
    end_ballots: str | None = None
    ballots: int = 0

    def check_link(self, event: Event) -> None:
        """Check height and parent of the next event; raise BrokenChain."""
        if event.height != self.expected:
            raise BrokenChain("events", f"event {self.height}", f"height {self.expected} expected, not {event.height}")
        if event.parent != self.digest:
            raise BrokenChain("events", f"event {self.height}", "its parent is not the event before it")

    def check_order(self, event: Event) -> None:
        """Check that the next event may come now; raise BrokenChain, or UnsupportedElection for a shuffle."""
        place = f"event {self.height}"
        if event.type in ("Shuffle", "EndShuffles"):
            raise UnsupportedElection(f"{place}: {event.type}: shuffles are not supported")
        if self.kind is None:
            if event.type != "Setup":
                raise BrokenChain("order", place, f"Setup expected first, {event.type} found")
            return
        again = event.type == self.kind and event.type in REPEATED
        if not again and ORDER.index(event.type) <= ORDER.index(self.kind):
            raise BrokenChain("order", place, f"{event.type} after {self.kind}")
        if event.type in ("PartialDecryption", "Result") and not self.has_tally:
            raise BrokenChain("order", place, f"{event.type} without an EncryptedTally before it")

    def skip(self, digest: str) -> None:
        """Take an event that cannot be read as the end of the chain."""
        self.height, self.expected, self.digest = self.height + 1, self.expected + 1, digest

    def extend(self, event: Event, digest: str) -> None:
        """Take the event as the end of the chain."""
        self.height, self.expected = self.height + 1, event.height + 1
        self.digest, self.kind = digest, event.type
        self.has_tally |= event.type == "EncryptedTally"
        self.ballots += event.type == "Ballot"
        if event.type == "EndBallots":
            self.end_ballots = digest


def parse_event(group: Group, height: int) -> Event:
    """Parse the event of a group that should have `height`; raise BrokenChain if it is not canonical."""
    try:
        return parse_compact(group.event.body, Event, EVENT_LIMIT, "event")
    except NotCanonical as error:
        raise BrokenChain("events", f"event {height}", str(error)) from None


def check_names(group: Group, height: int) -> None:
    """Check that every member is named by the hash of its content; raise BrokenChain."""
    for member in (*group.records, group.event):
        if not member.holds:
            raise BrokenChain("archive", f"event {height}, byte {member.offset}", "content and name (hash) differ")


def check_records(event: Event, records: tuple[Member, ...], height: int) -> None:
    """Check number and order of the records by the hashes that event and payload name; raise BrokenChain."""
    place = f"event {height} ({event.type})"
    if len(records) != RECORDS[event.type]:
        raise BrokenChain("records", place, f"{RECORDS[event.type]} records expected, {len(records)} found")
    if event.payload != (records[-1].digest if records else None):
        raise BrokenChain("records", place, "the payload is not the record before the event")
    try:
        named = referred(event.type, records[-1].body if records else b"")
    except (NotCanonical, TooLarge) as error:
        raise BrokenChain("records", place, str(error)) from None
    if event.type != "Shuffle" and named != tuple(one.digest for one in records[:-1]):
        raise BrokenChain("records", place, "the records are not those that the payload names, in their order")


def referred(kind: EventKind, payload: bytes) -> tuple[str, ...]:
    """Hashes of the records that a payload names; raise NotCanonical."""
    if kind == "Setup":
        setup = parse_setup_data(payload)
        return setup.election, setup.trustees, setup.credentials
    if kind == "EncryptedTally":
        return (parse_sized_tally(payload).encrypted_tally,)
    if kind == "PartialDecryption":
        return (parse_owned(payload).payload,)
    return ()


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


def entry_of(group: Group, event: Event, height: int) -> Entry:
    """Make an entry of a group whose event is parsed."""
    first = group.records[0] if group.records else group.event
    return Entry(event, height, tuple(one.body for one in group.records), group.event.digest, first.offset)


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

    @property
    def last_event_hash(self) -> str | None:
        """Hex SHA-256 of the last event written, None before Setup."""
        return self._chain.digest

    @property
    def end_ballots_hash(self) -> str | None:
        """Hex SHA-256 of the EndBallots event that the tellers compare, None while the box is open."""
        return self._chain.end_ballots

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
        """Write an event after its records (payload last); return its hash. Raises BrokenChain out of order."""
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
