"""Hand-over: the same box gives the same file, and only mounted disks are sticks."""

import io
import zipfile
from pathlib import Path

import pytest

from voting.conference.closing import Closed
from voting.conference.usb_export import handover_files, packed, sticks, write_to
from voting.errors import StickMissing

BOX = Closed("uuid", b"archive", b"{}", None)


def test_the_same_box_gives_the_same_file_without_times() -> None:
    assert packed(BOX) == packed(BOX)
    with zipfile.ZipFile(io.BytesIO(packed(BOX))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert file.namelist() == ["uuid.bel", "uuid.facts.json"]


def test_commitments_go_along_where_there_are_any() -> None:
    assert "uuid.commitments" in handover_files(Closed("uuid", b"archive", b"{}", b"more"))


def test_a_folder_that_is_no_disk_is_no_stick(tmp_path: Path) -> None:
    assert sticks([f"{tmp_path}/*", str(tmp_path)]) == []


def test_writing_twice_is_the_same_and_a_stick_that_went_away_is_said(tmp_path: Path) -> None:
    assert write_to(tmp_path, BOX) == write_to(tmp_path, BOX)
    with pytest.raises(StickMissing):
        write_to(tmp_path / "gone" / "away", BOX)


def test_links_on_a_prepared_stick_are_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "room.key").write_bytes(b"precious")
    folder = write_to(tmp_path / "stick", BOX)
    archive = next(folder.glob("*.bel"))
    archive.unlink()
    archive.symlink_to(tmp_path / "room.key")
    write_to(tmp_path / "stick", BOX)
    assert (tmp_path / "room.key").read_bytes() == b"precious" and not archive.is_symlink()
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StickMissing, match="link"):
        write_to(tmp_path / "stick", BOX)
