"""Members of an archive: the old-style tar of Belenios 3.0, 4.4, byte for byte.

Every header MUST be exactly the one that the writer makes from name, size and time; names are `BELENIOS` first, then
`SHA256.data.json` and `SHA256.event.json`; padding is zero; nothing follows the last member, not even zero blocks.
Sizes are limited before a body is read, so a hostile file cannot fill the memory.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from voting.documents.errors import DamagedArchive

BLOCK = 512  # bytes
FIRST_NAME = "BELENIOS"
SETUP_LIMIT = 64 * 1024 * 1024  # bytes of one record up to Setup: about 900,000 credentials
RECORD_LIMIT = 8 * 1024 * 1024  # bytes of one later record: a ballot with some thousand answers
EVENT_LIMIT = 1024  # bytes of an event, and of the first member
TIME_LIMIT = 8**11  # eleven octal digits
_NAME = re.compile(r"([0-9a-f]{64})\.(data|event)\.json")
_OCTAL = re.compile(rb"[0-7]{11}\0")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: its name, content, the byte at which its header starts, and the content's SHA-256."""

    name: str
    body: bytes
    offset: int
    sha256: str

    @property
    def is_event(self) -> bool:
        """True for events, False for data and the first member."""
        return self.name.endswith(".event.json")

    @property
    def digest(self) -> str:
        """The SHA-256 that the name announces; `holds` compares it with the content."""
        return self.name[:64]

    @property
    def holds(self) -> bool:
        """True if the name is the hash of the content."""
        return self.sha256 == self.digest


def encode_member(name: str, body: bytes, timestamp: int) -> bytes:
    """Write one member: header, content, zero padding to whole blocks."""
    return header(name, len(body), timestamp) + body + bytes(-len(body) % BLOCK)


def header(name: str, size: int, timestamp: int) -> bytes:
    """Write the 512 bytes of a header as belenios-tool does: no magic, no owner names."""
    block = bytearray(BLOCK)
    fields = (
        (0, name.encode("ascii")),
        (100, b"0000644"),
        (108, b"0000000"),
        (116, b"0000000"),
        (124, b"%011o" % size),
        (136, b"%011o" % timestamp),
        (148, b" " * 8),
        (156, b"0"),
    )
    for at, field in fields:
        block[at : at + len(field)] = field
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


class MemberReader:
    """Reads members one after the other; `offset` is the next byte, `timestamp` the time of all members."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.timestamp = 0
        self.offset = 0

    def sha256(self) -> str:
        """Hex SHA-256 of what was read: of the whole file, once all members were read."""
        return self._hash.hexdigest()

    def members(self) -> Iterator[Member]:
        """Yield every member up to the end of the file; raise DamagedArchive at the first byte that is wrong."""
        limit = SETUP_LIMIT
        while head := self._read(BLOCK):
            member = self._member(head, limit)
            yield member
            if member.is_event:
                limit = RECORD_LIMIT

    def _member(self, head: bytes, limit: int) -> Member:
        offset = self.offset - len(head)
        name, size, timestamp = _parse_header(head, offset)
        if offset == 0:
            self.timestamp = timestamp
        if (name == FIRST_NAME) != (offset == 0):
            raise DamagedArchive(offset, f"the member {FIRST_NAME} expected first, and only there")
        if timestamp != self.timestamp:
            raise DamagedArchive(offset, "a member has another time than the first one")
        most = limit if name.endswith(".data.json") else EVENT_LIMIT
        if size > most:
            raise DamagedArchive(offset, f"a member of at most {most} bytes expected, {size} announced")
        body = self._body(size)
        return Member(name, body, offset, hashlib.sha256(body).hexdigest())

    def _body(self, size: int) -> bytes:
        body, padding = self._read(size), self._read(-size % BLOCK)
        if len(body) + len(padding) != size + -size % BLOCK:
            raise DamagedArchive(self.offset, "the file ends within a member")
        if any(padding):
            raise DamagedArchive(self.offset - len(padding), "padding that is not zero")
        return body

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._hash.update(data)
        self.offset += len(data)
        return data


def _parse_header(head: bytes, offset: int) -> tuple[str, int, int]:
    if len(head) < BLOCK:
        raise DamagedArchive(offset, "the file ends within a header")
    raw_name = head[: head.find(b"\0") if b"\0" in head[:100] else 0]
    name = raw_name.decode("ascii", errors="replace")
    if name != FIRST_NAME and not _NAME.fullmatch(name):
        raise DamagedArchive(offset, "not a member of a Belenios archive")
    if not _OCTAL.fullmatch(head[124:136]) or not _OCTAL.fullmatch(head[136:148]):
        raise DamagedArchive(offset, "size or time of a member is not in its one spelling")
    size, timestamp = int(head[124:135], 8), int(head[136:147], 8)
    if header(name, size, timestamp) != head:
        raise DamagedArchive(offset, "the header of a member is not the one that belongs to it")
    return name, size, timestamp
