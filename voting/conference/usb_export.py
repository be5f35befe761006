"""Handing over the closed box (bàn giao) to the tally machine: one file to download, or a folder on a USB stick.

The download is a plain ZIP, nothing compressed and without times, so that the same box gives the same bytes. What is
written to a stick is read back and compared before anybody walks away with it. Sticks are the folders where this
machine mounts removable disks; nobody names a path.
"""

import glob
import io
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from keys.errors import UnsafeFile
from keys.files.durable import read_plain, real_folder, write_whole
from voting.conference.closing import Closed
from voting.errors import StickMissing

MOUNTS = ("/media/*/*", "/media/*", "/run/media/*/*", "/mnt/*", "/Volumes/*")
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def handover_files(closed: Closed) -> dict[str, bytes]:
    """The files of a closed box by name: archive, facts and, if there are any, commitments."""
    files = {f"{closed.uuid}.bel": closed.archive, f"{closed.uuid}.facts.json": closed.facts}
    return files | ({f"{closed.uuid}.commitments": closed.commitments} if closed.commitments else {})


def packed(closed: Closed) -> bytes:
    """All of them as one ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, content in sorted(handover_files(closed).items()):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            file.writestr(entry, content)
    return out.getvalue()


def sticks(mounts: Iterable[str] = MOUNTS) -> list[Path]:
    """Folders where removable disks are mounted now and can be written to."""
    found = {Path(name) for pattern in mounts for name in glob.glob(pattern)}
    return sorted(path for path in found if os.path.ismount(path) and os.access(path, os.W_OK))


def write_to(stick: Path, closed: Closed) -> Path:
    """Write the box into a folder of its own on `stick` and read it back; return the folder; raise StickMissing."""
    folder = stick / f"phieukin-{closed.uuid}"
    try:
        folder.mkdir(exist_ok=True)
        real_folder(folder)
        for name, content in handover_files(closed).items():
            write_whole(folder / name, content)
            if read_plain(folder / name) != content:
                raise StickMissing(f"{name}: the stick gives back something else: take another one")
    except UnsafeFile as error:
        raise StickMissing(str(error)) from None
    except OSError as error:
        raise StickMissing(f"the stick cannot be written to: {error.strerror or 'unknown'}") from None
    return folder
