"""How functions of this package are compiled, and where their machine code is kept.

numba compiles on first use (some seconds) and caches the result. Its own default writes beside the source and looks at
one source file only, which goes stale when a function that was inlined from another module changes. So the machine
code lives in the user's cache folder, in a folder named after the hash of all sources of this package, readable and
writable by its owner alone (cached code is executed: nobody else may put any there). Where no such folder can be made,
functions are compiled anew by each process.

``NUMBA_CACHE_DIR``, where set, wins.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic as _intrinsic

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def _user_cache() -> Path:
    """Return the folder that this system keeps for caches of the user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local")))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))


def _fingerprint_of_sources() -> str:
    """Hash all sources that are compiled, so that a changed line never meets code compiled from an older one."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        text = source.read_bytes()
        if b"\n@kernel\n" in text or source.name == Path(__file__).name:
            digest.update(source.name.encode() + b"\0" + text + b"\0")
    return digest.hexdigest()[:16]


def _cache_folder() -> str | None:
    """Make the cache folder; return its path, or None where it cannot be made or is not ours alone."""
    try:
        folder = _user_cache() / "phieukin" / f"numba-{_fingerprint_of_sources()}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid"):
            status = folder.stat()
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                return None
        return str(folder) if os.access(folder, os.W_OK) else None
    except (OSError, RuntimeError):
        return None


_CONFIG: Any = numba.config
_FOLDER = os.environ.get("NUMBA_CACHE_DIR") or _cache_folder()


def kernel(function: Compiled) -> Compiled:
    """Compile ``function`` with numba on first use: without the interpreter lock, cached for the user."""
    before = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = _FOLDER or before
    try:
        return cast(Compiled, numba.njit(cache=_FOLDER is not None, nogil=True, error_model="numpy")(function))
    finally:
        _CONFIG.CACHE_DIR = before


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function that writes LLVM code itself."""
    return cast(Callable[..., Any], _intrinsic(function))
