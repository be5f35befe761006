"""The sidecar UUID.commitments next to an archive UUID.bel: the commitments of all ballots' proofs (design, section 5).

It needs no trust. A verifier hashes the commitments to compare with the challenges and proves them equal to what the
responses imply; a bad or missing sidecar never changes a verdict, only the time that it takes.

    header    24 bytes  phieukin/commitments/v1 and a line end
              32 bytes  SHA-256 of the archive as it was closed, up to and with EndBallots
    a ballot   4 bytes  number of points, big-endian; 0 where the ballot's commitments are not known
              32 bytes  for each point, as in RFC 8032

Ballots stand in the order of the archive. Points of a ballot: for each question the individual proofs, the overall
proof and, where there is one, the blank proof, each as A0, B0, A1, B1, …; last the A of the signature.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from voting.documents.archives.file_ranges import FileRange
from voting.documents.errors import DocumentError

MAGIC = b"phieukin/commitments/v1\n"
POINT = 32
"""Bytes of a point (RFC 8032)."""
HASH = 32
"""Bytes of the archive's hash."""
_COUNT = 4


class DamagedCommitments(DocumentError):
    """A sidecar breaks a rule of its format, or is cut off."""


def sidecar_of(archive: str | Path) -> Path:
    """Return where the sidecar of an archive would be."""
    return Path(archive).with_suffix(".commitments")


def write_commitments(file: BinaryIO, archive_hash: bytes, ballots: Iterable[bytes | None]) -> None:
    """Write a sidecar.

    Args:
        file: open for writing.
        archive_hash: 32 bytes, SHA-256 of the closed archive.
        ballots: for each ballot of the archive, in its order, its points joined, or None. Raises ValueError for others.
    """
    if len(archive_hash) != HASH:
        raise ValueError("a hash of 32 bytes expected")
    file.write(MAGIC + archive_hash)
    for points in ballots:
        count, rest = divmod(len(points or b""), POINT)
        if rest:
            raise ValueError("whole points of 32 bytes expected")
        file.write(count.to_bytes(_COUNT, "big") + (points or b""))


def read_header(file: BinaryIO) -> bytes:
    """Read the header; return the archive's hash. Raises DamagedCommitments."""
    if file.read(len(MAGIC)) != MAGIC:
        raise DamagedCommitments("commitments: not a sidecar of version 1")
    return _read(file, HASH)


def hints(path: str | Path, size: int) -> Iterator[FileRange | None]:
    """Yield where a sidecar has the points of ballot after ballot; None where they are not, and in the end for ever.

    Args:
        path: the sidecar. One that is missing, damaged or cut off has no hints, or none from there on.
        size: bytes of the points of a ballot of the election (`commitments_size`); records of others are skipped.
    """
    try:
        if Path(path).is_file():  # a pipe would keep us waiting
            with open(path, "rb") as file:
                yield from _hints(file, str(Path(path).absolute()), size)
    except (DamagedCommitments, OSError):
        pass
    while True:
        yield None


def _hints(file: BinaryIO, path: str, size: int) -> Iterator[FileRange | None]:
    read_header(file)
    end = os.fstat(file.fileno()).st_size
    for place, found in _records(file):
        yield FileRange(path, place, size) if found == size and place + size <= end else None


def _records(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield place and length of each ballot's points; raise DamagedCommitments where the file ends within a length."""
    place = file.tell()
    while head := file.read(_COUNT):
        if len(head) != _COUNT:
            raise DamagedCommitments("commitments: cut off")
        place, size = place + _COUNT, POINT * int.from_bytes(head, "big")
        yield place, size
        place = file.seek(place + size)


def _read(file: BinaryIO, size: int) -> bytes:
    """Read exactly so many bytes; raise DamagedCommitments."""
    found = file.read(size)
    if len(found) != size:
        raise DamagedCommitments(f"commitments: cut off, {size} bytes expected, {len(found)} found")
    return found
