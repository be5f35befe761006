import errno
import os
from pathlib import Path

import pytest

import keys
from keys.errors import InvalidFormat, InvalidKey, UnsafeFile, WrongPassphrase
from keys.files import key_files
from keys.files.plain_text import first_line
from keys.files.sealing import LEAST_COST
from keys.wire import FILE_LIMIT


def test_a_public_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    key_files.write_public(tmp_path / "a", b"[1]")
    assert (tmp_path / "a").read_bytes() == b"[1]\n"
    assert key_files.read_file(tmp_path / "a") == b"[1]"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    for write in (key_files.write_public, key_files.write_owner_only):
        with pytest.raises(FileExistsError):
            write(tmp_path / "a", b"after")
    with pytest.raises(FileExistsError):
        key_files.write_sealed(tmp_path / "a", b"", "p", kind="k", cost=LEAST_COST)
    assert (tmp_path / "a").read_bytes() == b"before"


def test_a_secret_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    key_files.write_sealed(tmp_path / "a", b"secret", "p", kind="k", cost=LEAST_COST)
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0
    assert key_files.read_sealed(tmp_path / "a", "p", kind="k") == b"secret"
    with pytest.raises(WrongPassphrase):
        key_files.read_sealed(tmp_path / "a", "q", kind="k")


def test_a_sealed_file_takes_its_next_state_whole(tmp_path: Path) -> None:
    key_files.write_sealed(tmp_path / "a", b"one", "p", kind="k", cost=LEAST_COST)
    (tmp_path / "a.new").write_bytes(b"left by a crash")
    key_files.replace_sealed(tmp_path / "a", b"two", "p", kind="k", cost=LEAST_COST)
    assert key_files.read_sealed(tmp_path / "a", "p", kind="k") == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_the_folder_of_the_code_takes_no_key_files(tmp_path: Path) -> None:
    folder = Path(keys.__file__).parent
    (tmp_path / "link").symlink_to(folder)
    for place in (folder / "t1.key", folder / ".." / "keys" / "t1.key", tmp_path / "link" / "t1.key"):
        with pytest.raises(InvalidKey, match="code takes no key files"):
            key_files.write_owner_only(place, b"secret")
        assert not place.exists()


def test_no_key_file_lies_in_the_folder_of_the_code() -> None:
    folder = Path(keys.__file__).parent
    strangers = {path.name for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert strangers == {"py.typed"}  # for type checkers, empty


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    with pytest.raises(InvalidFormat, match="at most"):
        key_files.read_file(tmp_path / "a")


def test_a_link_in_the_place_of_a_key_file_is_not_read(tmp_path: Path) -> None:
    key_files.write_sealed(tmp_path / "a", b"secret", "p", kind="k", cost=LEAST_COST)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(UnsafeFile, match="link"):
        key_files.read_file(tmp_path / "link")
    with pytest.raises(UnsafeFile, match="link"):
        key_files.read_sealed(tmp_path / "link", "p", kind="k")
    with pytest.raises(UnsafeFile, match="link"):
        first_line(tmp_path / "link")


def test_the_next_state_of_a_key_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    for name in ("a", "a.new"):
        (tmp_path / name).symlink_to(tmp_path / "victim")
    key_files.replace_sealed(tmp_path / "a", b"two", "p", kind="k", cost=LEAST_COST)
    assert (tmp_path / "victim").read_bytes() == b"precious"
    assert key_files.read_sealed(tmp_path / "a", "p", kind="k") == b"two"


def test_a_key_file_that_the_disk_has_no_room_for_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    for write in (key_files.write_public, key_files.write_owner_only):
        with pytest.raises(OSError, match="No space"):
            write(tmp_path / "a", b"secret")
    assert list(tmp_path.iterdir()) == []
