"""Folders that people name: asked about where they are not there, the own one kept apart from the one that goes around.

A USB stick that is not plugged in, or a name that is mistyped, must not become a new folder on the laptop's own disk.
"""

from pathlib import Path

from keys.files.durable import real_folder
from tally.dialogue import Guide
from tally.errors import Stopped


def existing(guide: Guide, folder: Path) -> Path:
    """Return a folder that is there, made only where somebody says so; raise Stopped, UnsafeFile or OSError."""
    if folder.is_dir():
        return folder
    if folder.exists():
        raise Stopped(guide.words("folder.not_one", folder=folder))
    guide.warn("folder.missing", folder=folder)
    if not guide.confirm("folder.make"):
        raise Stopped(guide.words("folder.plug_in", folder=folder))
    return real_folder(folder, parents=True)


def typed(text: str) -> Path:
    """Read a path as people type or paste it: Windows' "Copy as path" puts it in quotes."""
    return Path(text.strip().strip("\"'“”").strip())


def apart(guide: Guide, stick: Path, home: Path) -> None:
    """See that neither folder lies in the other, whatever links lead there; raise Stopped."""
    if _holds(stick, home) or _holds(home, stick):
        raise Stopped(guide.words("ceremony.same_folder", stick=stick, home=home))


def _holds(outer: Path, inner: Path) -> bool:
    """Tell whether `inner` is `outer` or lies in it: by resolved names, and by what the system calls one folder."""
    outer, inner = outer.resolve(), inner.resolve()
    if inner.is_relative_to(outer):
        return True
    return any(one.exists() and outer.exists() and one.samefile(outer) for one in (inner, *inner.parents))
