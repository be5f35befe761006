"""Files written whole and durably, or not at all; symbolic links are never followed (ghi tệp trọn vẹn).

A file is written beside its place under a new name, waited for, renamed, and its folder is waited for: whoever pulls a
USB stick out finds the old file or the new one, never half of one. Names are given by whoever prepared the stick, so a
link in the place of a file is replaced, not written through, and a link is not read (POSIX open, O_NOFOLLOW).

    write_whole(path, raw)          put raw in the place of whatever is there
    write_new(path, raw)            the same, but FileExistsError where something is there
    with whole_file(path) as fresh: build a file step by step under the name `fresh`
    take_name(built, path)          give a file that was built elsewhere on the same disk a name that is free
    read_plain(path)                read a file that is neither a link nor a device
    erase(path)                     overwrite such a file and take its name away
"""

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from keys.errors import UnsafeFile

PUBLIC, OWNER_ONLY = 0o644, 0o600
"""Modes of files: for all to read, or for their owner alone."""

_WINDOWS = os.name == "nt"
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries to rename on Windows, where a virus scanner or a preview may hold the file for a moment."""

_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
_NO_LINKS = {*_NO_SYNC, errno.EPERM, errno.ENOSYS, errno.EMLINK, errno.EACCES}


def write_whole(path: Path, raw: bytes, *, mode: int = PUBLIC) -> None:
    """Write a file whole and durably in the place of whatever is there, or leave what was there; raise OSError."""
    with _written(path, raw, mode) as fresh:
        _rename(fresh, path)


def write_new(path: Path, raw: bytes, *, mode: int = PUBLIC) -> None:
    """Write a new file whole and durably; raise FileExistsError where anything is there, a link included."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    with _written(path, raw, mode) as fresh:
        _rename_new(fresh, path)


@contextmanager
def whole_file(path: Path, source: Path | None = None, *, mode: int = PUBLIC) -> Iterator[Path]:
    """Give the name of a new file, a copy of `source` or empty; it takes the place of `path` at the end of the block.

    Where the block raises, the new file is removed and `path` stays as it was.
    """
    with _fresh(path, mode) as (fresh, descriptor):
        with os.fdopen(descriptor, "wb") as target:
            if source is not None:
                with os.fdopen(_open_plain(source), "rb") as read:
                    shutil.copyfileobj(read, target, 2**20)
        yield fresh
        _sync_file(fresh)
        _rename(fresh, path)
    sync_folder(path.parent)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a plain file, whole and durably; raise UnsafeFile where the source is a link."""
    with whole_file(target, source):
        pass


def take_name(built: Path, path: Path) -> None:
    """Give a finished file, built on the same disk, a name that is free, durably; raise FileExistsError."""
    _sync_file(built)
    _rename_new(built, path)
    sync_folder(path.parent)


def unused(path: Path) -> Path:
    """Return the first that is free of a name and its numbered siblings: `a.txt`, `a-2.txt`, `a-3.txt`."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def set_aside(path: Path, aside: Path) -> None:
    """Give a file another name, durably; raise FileExistsError where that name is taken."""
    _rename_new(path, aside)
    sync_folder(path.parent)


def read_plain(path: Path, limit: int | None = None) -> bytes:
    """Read a file, at most `limit` bytes of it; raise UnsafeFile for a link, a folder or a device, or OSError."""
    with os.fdopen(_open_plain(path), "rb") as file:
        return file.read() if limit is None else file.read(limit)


def check_plain(path: Path) -> None:
    """Raise UnsafeFile for a link, a folder or a device, or OSError."""
    os.close(_open_plain(path))


def erase(path: Path) -> None:
    """Overwrite a file with random bytes, once, durably, and remove it; raise UnsafeFile, or OSError."""
    with os.fdopen(_open_plain(path, os.O_RDWR), "r+b") as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(secrets.token_bytes(min(left, 2**20)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def is_link(path: Path) -> bool:
    """Tell whether a name is a symbolic link, or a junction of Windows."""
    is_junction = getattr(os.path, "isjunction", None)  # from Python 3.12
    return path.is_symlink() or bool(is_junction is not None and is_junction(path))


def real_folder(path: Path, *, parents: bool = False) -> Path:
    """Make a folder unless it is there; raise UnsafeFile where its name is a link.

    Those that it lies in are made only where `parents` says so: a stick that is not plugged in is never made (OSError).
    """
    if is_link(path):
        raise UnsafeFile(f"{path} is a link to another place: nothing is written there; take the link away")
    if not path.is_dir():
        path.mkdir(parents=parents)
        sync_folder(path.parent)
    return path


def unfinished(path: Path) -> list[Path]:
    """List what a crash may have left of a file's next state, whole or in part."""
    listed = sorted(path.parent.glob(f"{escape(path.name)}.*.new"))
    plain = path.with_name(path.name + ".new")  # the name that versions up to 1.1 gave
    return [*([plain] if os.path.lexists(plain) else []), *listed]


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if _WINDOWS:  # Windows cannot open a folder, and journals renames by itself.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:  # some drivers of exFAT and of network disks cannot sync a folder
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _written(path: Path, raw: bytes, mode: int) -> Iterator[Path]:
    """Write `raw` under a new name beside `path`, which the block renames."""
    with _fresh(path, mode) as (fresh, descriptor):
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    sync_folder(path.parent)


@contextmanager
def _fresh(path: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """Open a new file beside `path` under a name that nobody can foresee; remove it where the block raises."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, mode)
    try:
        yield fresh, descriptor
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _open_plain(path: Path, way: int = os.O_RDONLY) -> int:
    """Open a file unless its name is a link, or it is no plain file (a pipe would wait for ever)."""
    linked = f"{path} is a link to another place, or not a plain file: it is not read; take it away"
    if is_link(path):
        raise UnsafeFile(linked)
    try:
        descriptor = os.open(path, way | _PLAIN | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafeFile(linked) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnsafeFile(linked)
    return descriptor


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | _PLAIN)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename(source: Path, target: Path) -> None:
    """Rename, in the place of whatever is there; wait on Windows while another program holds one of the files."""
    waits = iter(_WAITS if _WINDOWS else ())
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if (wait := next(waits, None)) is None:
                raise
            time.sleep(wait)


def _rename_new(source: Path, target: Path) -> None:
    """Rename to a name that is free; raise FileExistsError.

    A hard link takes the name or fails, at once; FAT and exFAT have none, and there a look comes before the rename.
    """
    if not _WINDOWS:
        try:
            os.link(source, target)
            source.unlink()
            return
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    _rename(source, target)
