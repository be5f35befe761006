"""Events of an archive and how they link (Belenios 3.0, 4.4): names, parents, heights, order, records.

Each check raises BrokenChain for one event; `archive` runs them all while reading, the audit one by one.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from voting.documents.archives.members import EVENT_LIMIT, Member
from voting.documents.archives.outcome import parse_owned, parse_setup_data, parse_sized_tally
from voting.documents.canonical import parse_compact
from voting.documents.errors import BrokenChain, NotCanonical, TooLarge, UnsupportedElection

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

    `digest` is the hex SHA-256 of the event, `offset` its first byte in the file, `payload` the last of its records.
    """

    event: Event
    height: int
    records: tuple[bytes, ...]
    digest: str
    offset: int
    payload: Member | None

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


def entry_of(group: Group, event: Event, height: int) -> Entry:
    """Make an entry of a group whose event is parsed."""
    first = group.records[0] if group.records else group.event
    records = tuple(one.body for one in group.records)
    payload = group.records[-1] if group.records else None
    return Entry(event, height, records, group.event.digest, first.offset, payload)
