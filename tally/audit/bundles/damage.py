"""Name the files of a bundle that does not open: changed, missing, or more than its manifest lists.

The bundle is refused already. This only helps whoever reads the report, so any ZIP reader will do, within limits.
"""

import hashlib
import json
import zipfile
import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from voting.documents.bundles.bundle import CHUNK, MANIFEST, MANIFEST_LIMIT, MOST_BYTES, MOST_FILES

_UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, NotImplementedError, RuntimeError,
               EOFError, OSError, NotBase64)  # fmt: skip


def damage(path: Path) -> list[tuple[str, str]] | None:
    """Return name and fault of each file that is not as the manifest says; None where it is no ZIP that can be read."""
    found: list[tuple[str, str]] = []
    try:
        with zipfile.ZipFile(path) as packed:
            try:
                found.extend(_compare(packed))
            except _UNREADABLE:
                found.append((MANIFEST, "cannot be read"))
    except _UNREADABLE:
        return None
    return found


def _compare(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    parts = packed.infolist()
    if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_BYTES:
        return
    names = Counter(part.filename for part in parts if not part.is_dir())
    yield from ((name, f"stands {times} times") for name, times in sorted(names.items()) if times > 1)
    if MANIFEST not in names:
        yield MANIFEST, "missing"
        return
    listed = _listed(packed)
    there = {*names} - {MANIFEST}
    yield from ((name, "missing") for name in sorted({*listed} - there))
    yield from ((name, "not in the manifest") for name in sorted(there - {*listed}))
    for name in sorted(there & {*listed}):
        if _sha256(packed, name) != listed[name]:
            yield name, "changed: not the bytes that the manifest lists"


def _listed(packed: zipfile.ZipFile) -> dict[str, str]:
    if packed.getinfo(MANIFEST).file_size > MANIFEST_LIMIT:
        raise ValueError("manifest")
    manifest = json.loads(b64decode(json.loads(packed.read(MANIFEST))["payload"]))
    return {str(one["name"]): str(one["sha256"]) for one in manifest["files"]}


def _sha256(packed: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with packed.open(name) as part:
            while piece := part.read(CHUNK):
                digest.update(piece)
    except _UNREADABLE:
        return ""
    return digest.hexdigest()
