"""What went wrong, in the language of the people before the terminal; the exact words of the program stand beside.

Words stand in the catalogue of tellers, section `fault`: by the key of the error's message, else by its class, so that
no error is left without words in Vietnamese.
"""

import errno
import os
import re
from collections.abc import Mapping
from typing import NoReturn

from keys.errors import KeysError
from tally.dialogue import Guide, Refused
from tally.errors import Stopped, TallyError
from voting.documents.errors import DocumentError

FAULTS = (TallyError, KeysError, DocumentError)
_DISK = {
    errno.ENOSPC: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "disk_read_only",
    errno.EACCES: "disk_no_right",
    errno.EPERM: "disk_no_right",
    errno.ENOENT: "disk_gone",
    errno.ENOTDIR: "disk_gone",
    errno.EIO: "disk_gone",
    errno.ENXIO: "disk_gone",
    errno.ENODEV: "disk_gone",
}


def explain(guide: Guide, error: Exception) -> str:
    """Say what an error means and what to do now."""
    if isinstance(error, Stopped):
        return str(error)
    if isinstance(error, OSError):
        key, values = file_fault(error)
        return guide.words(key, **values)
    if isinstance(error, TallyError) and error.message.key:
        return guide.words(f"fault.{error.message.key}", **_said(guide, error.message.fields))
    for kind in type(error).__mro__:
        if guide.knows(f"fault.{words_of(kind)}"):
            return guide.words(f"fault.{words_of(kind)}", detail=error)
    return str(error)


def file_fault(error: OSError) -> tuple[str, dict[str, object]]:
    """Name the words for what the disk or the USB stick refused, and the values in them."""
    name = re.sub(r"\.[0-9a-f]{8}\.new$", "", os.path.basename(str(error.filename or "")))
    where = f" ({name})" if name else ""
    kind = _DISK.get(error.errno or 0, "file")
    return f"said.{kind}", {"where": where, "why": error.strerror or error}


def _said(guide: Guide, values: Mapping[str, object]) -> dict[str, object]:
    """The values of an error; names of checks in plain words."""
    said = dict(values)
    if isinstance(checks := said.get("checks"), tuple):
        known = (f"check.{one}" for one in checks)
        said["checks"] = "; ".join(guide.words(one) if guide.knows(one) else one.partition(".")[2] for one in known)
    return said


def words_of(kind: type) -> str:
    """The key of the words for a class of errors: `DamagedFile` becomes `damaged_file`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).casefold()


def refuse(error: Exception) -> NoReturn:
    """End a command without a guide: what is wrong in Vietnamese, with the English message beside it."""
    said = explain(Guide("vi"), error)
    raise Refused(said if str(error) in said else f"{said} / {error}") from None
