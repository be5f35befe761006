"""What the guided destruction asks again and leaves in its place."""

from pathlib import Path

import pytest

from keys.transcript import sha256_hex
from tally.custody.find import Found, Search
from tally.dialogue import Guide
from tally.errors import Stopped
from tally.guide.destroy import Destroyer


@pytest.fixture
def destroyer(tmp_path: Path) -> Destroyer:
    return Destroyer(Guide("en"), tmp_path / "record.json", tmp_path)


def test_nothing_is_destroyed_without_a_witness(destroyer: Destroyer, asked: list[str]) -> None:
    asked += ["", "Lò Thị Ước", "Hà Văn Đạt", ""]
    with pytest.raises(Stopped, match=destroyer.guide.words("destroy.need_witness")):
        destroyer._witnesses()
    assert destroyer._witnesses() == ("Lò Thị Ước", "Hà Văn Đạt")


def test_folders_are_asked_for_until_they_are_there(
    destroyer: Destroyer, tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    asked += [str(tmp_path / "gone"), str(tmp_path / "one"), f'"{tmp_path / "two"}"', ""]
    assert destroyer._more() == [tmp_path / "one", tmp_path / "two"]
    assert destroyer.guide.words("destroy.no_folder", folder=tmp_path / "gone") in capsys.readouterr().out


def test_folders_that_could_not_be_listed_are_named(
    destroyer: Destroyer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    destroyer._list(Search((), (tmp_path / "closed",)))
    assert destroyer.guide.words("destroy.closed", folder=tmp_path / "closed") in capsys.readouterr().out


@pytest.mark.parametrize("what", ["link", "unread"])
def test_links_and_files_that_cannot_be_read_are_left_without_a_question(
    destroyer: Destroyer, tmp_path: Path, what: str
) -> None:
    found = Found(tmp_path / "a", what, "")  # type: ignore[arg-type] # a word of the table
    assert destroyer._one(found) == destroyer.guide.words(f"destroy.why_{what}")


def test_a_file_that_changed_since_it_was_listed_is_kept_and_said_so(
    destroyer: Destroyer, tmp_path: Path, asked: list[str]
) -> None:
    path = tmp_path / "teller-1.sealed"
    path.write_bytes(b"another file")
    asked += ["y"]
    removed, kept = destroyer._all([Found(path, "sealed", sha256_hex(b"the file"))])
    assert removed == () and [one.file for one in kept] == [str(path)]
    assert kept[0].why == destroyer.guide.words("fault.not_as_listed", path=path)
    assert path.read_bytes() == b"another file"
