"""Files written whole: what a crash, a full disk, a prepared link or another program leaves behind."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.errors import UnsafeFile
from keys.files import durable


def left_in(folder: Path) -> list[str]:
    """The names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def failing(error: OSError) -> Callable[..., None]:
    """A system call that fails."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


WRITERS = {
    "write_whole": lambda path: durable.write_whole(path, b"after"),
    "write_new": lambda path: durable.write_new(path, b"after"),
    "whole_file": lambda path: _in_a_block(path),
}


def _in_a_block(path: Path) -> None:
    with durable.whole_file(path) as fresh:
        fresh.write_bytes(b"after")


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"after"
    assert left_in(tmp_path) == ["a"]


@pytest.mark.parametrize("name", WRITERS)
def test_the_folder_is_synced_after_the_file_got_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    seen: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        what = "folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file"
        seen.append((what, (tmp_path / "a").exists()))
        real(descriptor)

    monkeypatch.setattr(durable.os, "fsync", fsync)
    WRITERS[name](tmp_path / "a")
    assert seen == [("file", False), ("folder", True)]


FAILING = (("write_whole", "replace"), ("whole_file", "replace"), ("write_new", "link"))


@pytest.mark.parametrize(("name", "call"), [*((name, "fsync") for name in WRITERS), *FAILING])
def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: str
) -> None:
    (tmp_path / "other").write_bytes(b"before")
    target = tmp_path / ("new" if name == "write_new" else "other")
    monkeypatch.setattr(durable.os, call, failing(OSError(errno.ENOSPC, "no space")))
    with pytest.raises(OSError, match="no space"):
        WRITERS[name](target)
    assert left_in(tmp_path) == ["other"]
    assert (tmp_path / "other").read_bytes() == b"before"


@pytest.mark.parametrize("name", ["write_whole", "whole_file"])
def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    stick = tmp_path / "stick"
    stick.mkdir()
    for link in ("a", "a.new"):
        (stick / link).symlink_to(victim)
    WRITERS[name](stick / "a")
    assert victim.read_bytes() == b"precious"
    assert (stick / "a").read_bytes() == b"after" and not (stick / "a").is_symlink()


def test_a_new_file_takes_no_name_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("a", "link"):
        with pytest.raises(FileExistsError):
            durable.write_new(tmp_path / name, b"after")
    assert (tmp_path / "a").read_bytes() == b"before"
    assert left_in(tmp_path) == ["a", "link"]


def test_a_name_taken_while_the_file_was_written_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        (tmp_path / "a").write_bytes(b"somebody else")
        real(descriptor)

    monkeypatch.setattr(durable.os, "fsync", fsync)
    with pytest.raises(FileExistsError):
        durable.write_new(tmp_path / "a", b"after")
    assert (tmp_path / "a").read_bytes() == b"somebody else"
    assert left_in(tmp_path) == ["a"]


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_new_file_is_written_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(durable.os, "link", failing(OSError(number, "FAT has no hard links")))
    durable.write_new(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        durable.write_new(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"one"


@pytest.mark.parametrize("times", [1, 6])
def test_windows_waits_while_another_program_holds_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    waited: list[float] = []
    real, left = os.replace, [PermissionError(13, "held by a scanner")] * times

    def replace(source: Path, target: Path) -> None:
        if left:
            raise left.pop()
        real(source, target)

    monkeypatch.setattr(durable, "_WINDOWS", True)
    monkeypatch.setattr(durable.os, "replace", replace)
    monkeypatch.setattr(durable.time, "sleep", waited.append)
    durable.write_whole(tmp_path / "a", b"after")
    assert (tmp_path / "a").read_bytes() == b"after"
    assert len(waited) == times


def test_windows_gives_up_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"before")
    monkeypatch.setattr(durable, "_WINDOWS", True)
    monkeypatch.setattr(durable.os, "replace", failing(PermissionError(13, "held for ever")))
    monkeypatch.setattr(durable.time, "sleep", lambda _: None)
    with pytest.raises(PermissionError):
        durable.write_whole(tmp_path / "a", b"after")
    assert left_in(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"before"


def test_a_file_for_its_owner_alone_is_so_from_the_first_byte(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"open to all")
    durable.write_whole(tmp_path / "a", b"secret", mode=durable.OWNER_ONLY)
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder"):
        with pytest.raises(UnsafeFile, match=name):
            durable.read_plain(tmp_path / name)
    assert durable.read_plain(tmp_path / "secret", 3) == b"sec"
    with pytest.raises(FileNotFoundError):
        durable.read_plain(tmp_path / "nothing")


def test_a_copy_of_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(UnsafeFile):
        durable.copy_whole(tmp_path / "link", tmp_path / "copy")
    durable.copy_whole(tmp_path / "secret", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"secret"
    assert left_in(tmp_path) == ["copy", "link", "secret"]


def test_a_finished_file_takes_a_free_name_and_no_other(tmp_path: Path) -> None:
    for name in ("built", "taken"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        durable.take_name(tmp_path / "built", tmp_path / "taken")
    durable.take_name(tmp_path / "built", tmp_path / "free")
    assert {name: (tmp_path / name).read_text() for name in left_in(tmp_path)} == {"free": "built", "taken": "taken"}


@pytest.mark.parametrize("windows", [False, True])
def test_without_hard_links_a_look_comes_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, windows: bool
) -> None:
    for name in ("built", "taken"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(durable, "_WINDOWS", windows)
    monkeypatch.setattr(durable.os, "link", failing(OSError(errno.EPERM, "FAT has no hard links")))
    with pytest.raises(FileExistsError, match="taken"):
        durable.set_aside(tmp_path / "built", tmp_path / "taken")
    durable.set_aside(tmp_path / "built", tmp_path / "free")
    assert {name: (tmp_path / name).read_text() for name in left_in(tmp_path)} == {"free": "built", "taken": "taken"}


def test_a_name_that_is_taken_by_a_file_or_a_link_gets_a_number(tmp_path: Path) -> None:
    assert durable.unused(tmp_path / "a.txt") == tmp_path / "a.txt"
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "a-2.txt").symlink_to(tmp_path / "nowhere")
    assert durable.unused(tmp_path / "a.txt") == tmp_path / "a-3.txt"


def test_what_is_erased_is_overwritten_before_its_name_is_gone(tmp_path: Path) -> None:
    secret = b"secret" * 200_000
    (tmp_path / "a").write_bytes(secret)
    os.link(tmp_path / "a", tmp_path / "same file")
    durable.erase(tmp_path / "a")
    left = (tmp_path / "same file").read_bytes()
    assert left_in(tmp_path) == ["same file"]
    assert len(left) == len(secret) and b"secret" not in left


def test_what_is_no_plain_file_is_not_erased(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    durable.check_plain(tmp_path / "a")
    for refuse in (durable.check_plain, durable.erase):
        with pytest.raises(UnsafeFile, match="link"):
            refuse(tmp_path / "link")
    assert (tmp_path / "a").read_bytes() == b"precious" and (tmp_path / "link").is_symlink()


def test_a_file_that_becomes_a_link_while_it_is_opened_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    monkeypatch.setattr(durable, "is_link", lambda _: False)
    with pytest.raises(UnsafeFile, match="link"):
        durable.read_plain(tmp_path / "link")


def test_a_folder_that_is_a_link_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafeFile, match="link"):
        durable.real_folder(tmp_path / "link")
    with pytest.raises(FileNotFoundError):
        durable.real_folder(tmp_path / "made" / "here")
    assert durable.real_folder(tmp_path / "made" / "here", parents=True).is_dir()
    assert durable.real_folder(tmp_path / "made" / "here").is_dir()


def test_a_file_set_aside_takes_no_name_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(FileExistsError):
        durable.set_aside(tmp_path / "a", tmp_path / "b")
    durable.set_aside(tmp_path / "a", tmp_path / "c")
    assert left_in(tmp_path) == ["b", "c"] and (tmp_path / "b").read_bytes() == b"b"


def test_what_a_crash_left_of_a_next_state_is_listed(tmp_path: Path) -> None:
    for name in ("t[1].sealed", "t[1].sealed.new", "t[1].sealed.0a1b2c3d.new", "t1.sealed.0a1b2c3d.new"):
        (tmp_path / name).write_bytes(b"")
    found = [path.name for path in durable.unfinished(tmp_path / "t[1].sealed")]
    assert found == ["t[1].sealed.new", "t[1].sealed.0a1b2c3d.new"]


def test_a_folder_that_cannot_be_synced_by_its_driver_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable.os, "fsync", failing(OSError(errno.EINVAL, "not here")))
    durable.sync_folder(tmp_path)
    monkeypatch.setattr(durable.os, "fsync", failing(OSError(errno.EIO, "broken")))
    with pytest.raises(OSError, match="broken"):
        durable.sync_folder(tmp_path)
