"""Limits that the system sets for this process (giới hạn của tiến trình): memory, time, open files, no core dumps.

Windows knows none of them. A stricter limit that holds already stays, and macOS knows no limit of memory.
"""

import contextlib
import importlib.util
import os
from typing import Any

# Any, since a system without it has no such module.
_resource: Any = importlib.import_module("resource") if importlib.util.find_spec("resource") else None


def no_core_dumps() -> None:
    """Forbid a picture of memory on the disk after a crash: it would hold secrets."""
    if _resource is not None:
        _resource.setrlimit(_resource.RLIMIT_CORE, (0, 0))


def give_way(*, memory: int, seconds: int | None = None) -> None:
    """Let everything else go first, and take so many bytes of memory and seconds of the processor and no more."""
    if hasattr(os, "nice"):
        os.nice(10)
    if _resource is None:
        return
    no_core_dumps()
    _at_most(_resource.RLIMIT_AS, memory)
    if seconds is not None:
        _at_most(_resource.RLIMIT_CPU, seconds)


def allow_files(wanted: int) -> None:
    """Let this process open as many files as it has connections, where the system allows it."""
    if _resource is None:
        return
    soft, hard = _resource.getrlimit(_resource.RLIMIT_NOFILE)
    most = wanted if hard == _resource.RLIM_INFINITY else min(wanted, hard)
    if soft != _resource.RLIM_INFINITY and soft < most:
        _resource.setrlimit(_resource.RLIMIT_NOFILE, (most, hard))


def _at_most(kind: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):
        _resource.setrlimit(kind, (most, most))
