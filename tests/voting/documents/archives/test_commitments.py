"""The sidecar: what is written is read again, and no damage gets further than slowing a verifier down."""

import io
import itertools
import os
from pathlib import Path

import pytest

from voting.documents.archives.commitments import (
    MAGIC,
    DamagedCommitments,
    hints,
    read_header,
    sidecar_of,
    write_commitments,
)
from voting.documents.archives.file_ranges import read_ranges

HASH = bytes(range(32))
BALLOTS = [b"a" * 96, None, b"b" * 96]
SIZE = 96


def written(ballots: list[bytes | None]) -> bytes:
    file = io.BytesIO()
    write_commitments(file, HASH, ballots)
    return file.getvalue()


def found(folder: Path, raw: bytes, count: int) -> list[bytes | None]:
    """The points of the first ballots of a sidecar, as a verifier is given them."""
    path = folder / "box.commitments"
    path.write_bytes(raw)
    places = list(itertools.islice(hints(path, SIZE), count))
    read = read_ranges(one for one in places if one is not None)
    return [None if one is None else next(read) for one in places]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    assert read_header(io.BytesIO(written(BALLOTS))) == HASH
    assert found(tmp_path, written(BALLOTS), 3) == BALLOTS


def test_a_sidecar_of_no_ballots_is_its_header(tmp_path: Path) -> None:
    assert written([]) == MAGIC + HASH
    assert found(tmp_path, written([]), 1) == [None]


def test_it_lies_beside_the_archive() -> None:
    assert sidecar_of("box/KXUBtmaKRXnkFv.bel") == Path("box/KXUBtmaKRXnkFv.commitments")


@pytest.mark.parametrize("ballot", [b"a", b"a" * 33])
def test_half_a_point_is_not_written(ballot: bytes) -> None:
    with pytest.raises(ValueError, match="whole points"):
        written([ballot])


def test_a_short_hash_is_not_written() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        write_commitments(io.BytesIO(), b"short", [])


@pytest.mark.parametrize(
    "raw",
    [b"", MAGIC[:-1], MAGIC.replace(b"v1", b"v2") + HASH, MAGIC + HASH[:-1]],
    ids=["empty", "cut tag", "version 2", "cut hash"],
)
def test_a_wrong_header_is_refused(raw: bytes) -> None:
    with pytest.raises(DamagedCommitments):
        read_header(io.BytesIO(raw))


def test_hints_go_on_without_end_after_damage(tmp_path: Path) -> None:
    whole = written(BALLOTS)
    assert found(tmp_path, whole, 5) == [*BALLOTS, None, None]
    assert found(tmp_path, whole[:-1], 4) == [*BALLOTS[:2], None, None]
    assert found(tmp_path, whole + b"\0", 5) == [*BALLOTS, None, None]
    assert found(tmp_path, whole + b"\0\0\0\3" + b"a" * 95, 5) == [*BALLOTS, None, None]
    assert found(tmp_path, b"no sidecar", 2) == [None, None]


def test_a_sidecar_that_cannot_even_be_looked_for_has_no_hints(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / ("a" * 300), tmp_path / "missing", tmp_path / "pipe", tmp_path):
        assert list(itertools.islice(hints(path, SIZE), 3)) == [None, None, None]


def test_records_of_another_size_are_skipped_whatever_they_claim(tmp_path: Path) -> None:
    others = MAGIC + HASH + b"\0\0\0\1" + b"x" * 32 + written([b"a" * 96])[len(MAGIC + HASH) :] + b"\xff\xff\xff\xff"
    assert found(tmp_path, others, 3) == [None, b"a" * 96, None]
