"""A range of a file (đoạn của tệp): named by its place, and read by whoever needs it instead of being carried there."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class FileRange:
    """`size` bytes of the file at `path` from byte `offset`; with their hex SHA-256, where they must be those bytes."""

    path: str
    offset: int
    size: int
    sha256: str | None = None


def read_ranges(ranges: Iterable[FileRange]) -> Iterator[bytes | None]:
    """Yield the bytes of range after range; None for one that is not there as a whole, or whose hash is another."""
    with ExitStack() as files:
        opened: dict[str, BinaryIO | None] = {}
        for one in ranges:
            if one.path not in opened:
                opened[one.path] = _open(one.path, files)
            yield _read(opened[one.path], one)


def _open(path: str, files: ExitStack) -> BinaryIO | None:
    """Open a file for as long as it is read from; None where there is none (a pipe would keep us waiting)."""
    try:
        return files.enter_context(open(path, "rb", buffering=0)) if Path(path).is_file() else None
    except OSError:
        return None


def _read(file: BinaryIO | None, one: FileRange) -> bytes | None:
    """Read a range of an open file."""
    if file is None:
        return None
    try:
        file.seek(one.offset)
        found = file.read(one.size)
    except OSError:
        return None
    if len(found) != one.size or (one.sha256 is not None and one.sha256 != hashlib.sha256(found).hexdigest()):
        return None
    return found
