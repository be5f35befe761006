"""One server for a folder and for a port (một thư mục, một cổng: một máy chủ).

The folder is held by a lock on room.lock, which the system lets go when the server's processes end, however they end.
The port is taken once, exclusively, before the server's processes share it: they bind with SO_REUSEPORT, and the kernel
would deal the connections of two servers out between both. What is taken stays taken as long as the server runs.
"""

import contextlib
import errno
import importlib.util
import ipaddress
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voting.errors import AddressUnusable, FolderInUse, InvalidSettings

# Any, since not every build of Python has this part of the standard library.
_ctypes: Any = importlib.import_module("ctypes") if importlib.util.find_spec("ctypes") else None

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_FILE = "room.lock"


@contextmanager
def hold_folder(directory: Path) -> Iterator[None]:
    """Hold a room's folder: nobody else serves it or fills it meanwhile. Raises FolderInUse."""
    descriptor = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _lock(descriptor):
            raise FolderInUse(
                f"Thư mục {directory} đang có một máy chủ (hoặc lệnh khác) dùng: dừng nó trước, hoặc chọn thư mục khác "
                f"bằng --folder. / The folder {directory} is in use by a server or another command: stop it first, "
                "or name another folder with --folder."
            )
        yield
    finally:
        os.close(descriptor)


def is_held(directory: Path) -> bool:
    """Tell whether somebody holds this room's folder now."""
    if not (directory / LOCK_FILE).exists():
        return False
    try:
        with hold_folder(directory):
            return False
    except FolderInUse:
        return True


@contextmanager
def hold_port(host: str, port: int) -> Iterator[None]:
    """Hold an address and port for the processes of one server. Raises AddressUnusable."""
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        raise InvalidSettings(
            f"host: cần một địa chỉ IP như 0.0.0.0 hoặc 192.168.1.10, không phải {host[:80]!r}. / "
            f"an IP address such as 0.0.0.0 or 192.168.1.10 expected, found {host[:80]!r}."
        ) from None
    with socket.socket(family, socket.SOCK_STREAM) as holder:
        try:
            _take(holder, host, port)
        except (OSError, OverflowError) as error:
            raise _unusable(host, port, error) from None
        if sys.platform != "linux":  # there the server's first process shares the one socket that it binds
            holder.close()
        yield


def _take(holder: socket.socket, host: str, port: int) -> None:
    """Bind and listen without sharing, which only one socket can; then let this user's own processes share the port.

    Connections that a server which ended has left in TIME_WAIT are no obstacle; a socket that listens is one. When it
    listens no more it still holds the port, and only against those that ask for it alone, as each server does first.
    """
    if os.name == "nt":
        holder.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", -5), 1)
    else:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((host, port))
    holder.listen(1)
    if sys.platform == "linux":
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.shutdown(socket.SHUT_RDWR)


def _unusable(host: str, port: int, error: OSError | OverflowError) -> AddressUnusable:
    """Say why an address cannot be served, and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    if number in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)}:
        return AddressUnusable(
            f"Cổng {port} đang được một chương trình khác dùng (có thể là máy chủ phieukin khác): dừng nó trước, hoặc "
            f"chọn cổng khác bằng --port. / Port {port} is in use by another program, maybe another phieukin server: "
            "stop it first, or name another port with --port."
        )
    if number == errno.EADDRNOTAVAIL:
        return AddressUnusable(
            f"Máy này không có địa chỉ {host}: dùng 0.0.0.0 cho mọi địa chỉ, hoặc sửa --host. / This machine does not "
            f"have the address {host}: use 0.0.0.0 for all of its addresses, or mend --host."
        )
    if number == errno.EACCES:
        return AddressUnusable(
            f"Tài khoản này không được dùng cổng {port}: chọn cổng từ 1024 trở lên bằng --port. / This account may not "
            f"use port {port}: name a port from 1024 with --port."
        )
    return AddressUnusable(f"{host}:{port}: {error}. Sửa --host, --port. / Mend --host, --port.")


def end_with_the_server() -> None:
    """In a process of the server: end when the first process is killed, so that port and folder are free again."""
    parent = multiprocessing.parent_process()
    if sys.platform != "linux" or parent is None or _ctypes is None:
        return
    parent_death_signal = 1
    with contextlib.suppress(OSError, AttributeError):
        _ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent.pid:  # it was killed before
        os.kill(os.getpid(), signal.SIGKILL)


def _lock(descriptor: int) -> bool:
    """Lock a file for this process and those that it forks, without waiting; tell whether nobody else had it."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
