"""A power cut for SQLite: a layer between SQLite and the disk that remembers which writes were synced.

SIGKILL alone never tests durability, since the kernel keeps what a dead process wrote. Here every xWrite, xTruncate,
xSync and xDelete of SQLite's own VFS goes into a journal as well (through ctypes: no compiler, no root, no FUSE).
`cut` then rebuilds the files as a power cut may leave them: what was synced, and of each later write every 512-byte
sector with probability 1/2, in any mixture. The shared-memory index is dropped, as after every restart.

What is assumed durable at once: that a file exists, or was deleted (SQLite syncs folders itself).
"""

import ctypes
import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAGIC = b"\xf1phiek\x1e\x00"
HEAD = struct.Struct("<8scHqq")  # magic, kind, length of the path, offset, length of the data
SECTOR = 512
WRITE, TRUNCATE, BEGIN, SYNC, DELETE = b"W", b"T", b"B", b"S", b"D"
_METHODS = 19  # function pointers of sqlite3_io_methods version 3, after iVersion

# Names are passed on as the pointers that they came as: SQLite keeps them, and reads parameters behind their end.
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
_CLOSE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """The head of sqlite3_vfs, as far as it is changed here."""

    _fields_ = [
        ("iVersion", ctypes.c_int),
        ("szOsFile", ctypes.c_int),
        ("mxPathname", ctypes.c_int),
        ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p),
        ("pAppData", ctypes.c_void_p),
        ("xOpen", ctypes.c_void_p),
        ("xDelete", ctypes.c_void_p),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [("iVersion", ctypes.c_int), ("functions", ctypes.c_void_p * (_METHODS - 1))]


def library() -> ctypes.CDLL | None:
    """The SQLite that this Python uses, None where it hides its functions (statically linked builds)."""
    import _sqlite3

    path = getattr(_sqlite3, "__file__", None)
    found = ctypes.CDLL(path) if path else ctypes.CDLL(None)
    return found if hasattr(found, "sqlite3_vfs_find") else None


_INSTALLED: list["Recorder"] = []  # SQLite calls into them as long as the process lives


class Recorder:
    """Puts itself between SQLite and the disk for this process and its children, from now on."""

    def __init__(self, journal: Path) -> None:
        self._journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._paths: dict[int, bytes] = {}
        self._kept: list[Any] = []
        self._methods: dict[int, _Methods] = {}
        self._originals: dict[int, tuple[Any, Any, Any, Any]] = {}

    def install(self) -> None:
        """Replace xOpen and xDelete of the default VFS."""
        _INSTALLED.append(self)
        found = library()
        assert found is not None, "ask library() first"
        found.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        vfs = found.sqlite3_vfs_find(None).contents
        real_open, real_delete = _OPEN(vfs.xOpen), _DELETE(vfs.xDelete)

        def opened(this: int, name: int | None, file: int, flags: int, out: int) -> int:
            status = int(real_open(this, name, file, flags, out))
            if status == 0 and name:
                self._watch(file, ctypes.string_at(name))
            return status

        def deleted(this: int, name: int, sync: int) -> int:
            status = int(real_delete(this, name, sync))
            self._note(DELETE, ctypes.string_at(name))
            return status

        hooks = _OPEN(opened), _DELETE(deleted)
        self._kept += [hooks, real_open, real_delete]
        vfs.xOpen, vfs.xDelete = (ctypes.cast(hook, ctypes.c_void_p).value for hook in hooks)

    def _watch(self, file: int, name: bytes) -> None:
        """Give an open file methods that write down what goes to the disk."""
        self._paths[file] = name
        place = ctypes.cast(file, ctypes.POINTER(ctypes.c_void_p))
        original = int(place[0] or 0)
        if original not in self._methods:
            self._methods[original] = self._recording(original)
        place[0] = ctypes.addressof(self._methods[original])

    def _recording(self, address: int) -> _Methods:
        copy = _Methods()
        ctypes.memmove(ctypes.addressof(copy), address, ctypes.sizeof(_Methods))
        close, write = _CLOSE(copy.functions[0]), _WRITE(copy.functions[2])
        truncate, sync = _TRUNCATE(copy.functions[3]), _SYNC(copy.functions[4])

        def closed(file: int) -> int:
            self._paths.pop(file, None)
            return int(close(file))

        def written(file: int, data: int, length: int, offset: int) -> int:
            self._note(WRITE, self._paths[file], offset, ctypes.string_at(data, length))
            return int(write(file, data, length, offset))

        def truncated(file: int, size: int) -> int:
            self._note(TRUNCATE, self._paths[file], size)
            return int(truncate(file, size))

        def synced(file: int, flags: int) -> int:
            name = self._paths[file]
            self._note(BEGIN, name, os.getpid())
            status = int(sync(file, flags))
            if status == 0:
                self._note(SYNC, name, os.getpid())
            return status

        hooks = _CLOSE(closed), _WRITE(written), _TRUNCATE(truncated), _SYNC(synced)
        self._kept += [hooks, (close, write, truncate, sync)]
        for at, hook in zip((0, 2, 3, 4), hooks, strict=True):
            copy.functions[at] = ctypes.cast(hook, ctypes.c_void_p).value
        return copy

    def _note(self, kind: bytes, name: bytes, offset: int = 0, data: bytes = b"") -> None:
        os.write(self._journal, HEAD.pack(MAGIC, kind, len(name), offset, len(data)) + name + data)


def records(raw: bytes) -> Iterator[tuple[bytes, str, int, bytes]]:
    """Read a journal; a record that the kill cut off is left out: its write never went on to the disk."""
    at = 0
    while (at := raw.find(MAGIC, at)) >= 0 and at + HEAD.size <= len(raw):
        _, kind, length, offset, size = HEAD.unpack_from(raw, at)
        end = at + HEAD.size + length + size
        if end > len(raw) or (end < len(raw) and raw[end : end + len(MAGIC)] != MAGIC):
            at += 1
            continue
        name = raw[at + HEAD.size : at + HEAD.size + length]
        yield kind, os.fsdecode(name), offset, raw[end - size : end]
        at = end


def snapshot(database: Path) -> dict[str, bytes]:
    """The files of a database as they are: the durable state that a server starts from."""
    names = (database, Path(f"{database}-wal"), Path(f"{database}-journal"))
    return {str(path): path.read_bytes() for path in names if path.exists()}


def cut(database: Path, before: dict[str, bytes], journal: bytes, chance: random.Random) -> int:
    """Leave the files of `database` as a power cut may; return how many writes were not synced."""
    files = {name: bytearray(content) for name, content in before.items()}
    pending: dict[str, list[tuple[bytes, int, bytes]]] = {}
    begun: dict[tuple[str, int], int] = {}
    for kind, name, offset, data in records(journal):
        waiting = pending.setdefault(name, [])
        if kind == DELETE:
            files.pop(name, None)
            waiting.clear()
        elif kind == BEGIN:
            begun[name, offset] = len(waiting)
        elif kind == SYNC:
            done = min(begun.pop((name, offset), 0), len(waiting))
            for one in waiting[:done]:
                _apply(files.setdefault(name, bytearray()), *one)
            del waiting[:done]
        else:
            waiting.append((kind, offset, data))
    lost = 0
    for name, waiting in pending.items():
        for kind, offset, data in waiting:
            lost += 1
            _tear(files.setdefault(name, bytearray()), kind, offset, data, chance)
    for path in (database, Path(f"{database}-wal"), Path(f"{database}-journal"), Path(f"{database}-shm")):
        path.unlink(missing_ok=True)
    for name, content in files.items():
        Path(name).write_bytes(content)
    return lost


def _apply(file: bytearray, kind: bytes, offset: int, data: bytes) -> None:
    if kind == TRUNCATE:
        del file[offset:]
        return
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def _tear(file: bytearray, kind: bytes, offset: int, data: bytes, chance: random.Random) -> None:
    """Apply an unsynced write sector by sector, or not."""
    if kind == TRUNCATE:
        if chance.random() < 0.5:
            _apply(file, kind, offset, data)
        return
    for at in range(0, len(data), SECTOR):
        if chance.random() < 0.5:
            _apply(file, WRITE, offset + at, data[at : at + SECTOR])
