"""Slices of files: read where they lie, and none where the file is not there, is not one, or holds something else."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from voting.documents.archives import file_ranges
from voting.documents.archives.file_ranges import FileRange, read_ranges

CONTENT = b"abcdefgh"


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    return str(file)


def test_ranges_are_read_in_the_order_in_which_they_are_asked_for(path: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"xyz")
    asked = [FileRange(path, 6, 2), FileRange(str(other), 1, 1), FileRange(path, 0, 3), FileRange(path, 8, 0)]
    assert list(read_ranges(asked)) == [b"gh", b"y", b"abc", b""]


def test_a_range_that_has_a_hash_is_that_or_none(path: str) -> None:
    right, wrong = sha256(CONTENT[2:5]).hexdigest(), sha256(CONTENT[2:4]).hexdigest()
    asked = [FileRange(path, 2, 3, right), FileRange(path, 2, 3, wrong), FileRange(path, 1, 3, right)]
    assert list(read_ranges(asked)) == [CONTENT[2:5], None, None]


def test_nothing_is_hashed_that_has_no_hash(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_ranges, "hashlib", None)
    assert list(read_ranges([FileRange(path, 2, 3)])) == [CONTENT[2:5]]


def test_what_is_cut_off_or_not_there_is_none_and_nobody_waits_for_a_pipe(path: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    places = [(path, 7), (path, 100), (str(tmp_path / "missing"), 0), (str(tmp_path / "pipe"), 0), (str(tmp_path), 0)]
    assert list(read_ranges(FileRange(file, offset, 2) for file, offset in places)) == [None] * len(places)
    assert list(read_ranges([FileRange(str(tmp_path / ("a" * 300)), 0, 2), FileRange(path, 0, 2)])) == [None, b"ab"]


def test_a_place_that_no_file_can_have_is_none(path: str) -> None:
    assert list(read_ranges([FileRange(path, -1, 2)])) == [None]
