"""Slices of files: read where they lie, and none where the file is not there, is not one, or holds something else."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from voting.documents.archives import slices
from voting.documents.archives.slices import Slice, read_slices

CONTENT = b"abcdefgh"


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    return str(file)


def test_slices_are_read_in_the_order_in_which_they_are_asked_for(path: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"xyz")
    asked = [Slice(path, 6, 2), Slice(str(other), 1, 1), Slice(path, 0, 3), Slice(path, 8, 0)]
    assert list(read_slices(asked)) == [b"gh", b"y", b"abc", b""]


def test_a_slice_that_has_a_hash_is_that_or_none(path: str) -> None:
    right, wrong = sha256(CONTENT[2:5]).hexdigest(), sha256(CONTENT[2:4]).hexdigest()
    assert list(read_slices([Slice(path, 2, 3, right), Slice(path, 2, 3, wrong), Slice(path, 1, 3, right)])) == [
        CONTENT[2:5], None, None,
    ]  # fmt: skip


def test_nothing_is_hashed_that_has_no_hash(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "hashlib", None)
    assert list(read_slices([Slice(path, 2, 3)])) == [CONTENT[2:5]]


def test_what_is_cut_off_or_not_there_is_none_and_nobody_waits_for_a_pipe(path: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    places = [(path, 7), (path, 100), (str(tmp_path / "missing"), 0), (str(tmp_path / "pipe"), 0), (str(tmp_path), 0)]
    assert list(read_slices(Slice(file, offset, 2) for file, offset in places)) == [None] * len(places)
    assert list(read_slices([Slice(str(tmp_path / ("a" * 300)), 0, 2), Slice(path, 0, 2)])) == [None, b"ab"]


def test_a_place_that_no_file_can_have_is_none(path: str) -> None:
    assert list(read_slices([Slice(path, -1, 2)])) == [None]
