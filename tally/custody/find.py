"""Finding every copy of a teller's share in folders and on sticks (tìm mọi bản sao của phần khóa).

A file is known by what it holds, else by its name: sealed files of tellers, recovery sheets as PDF or as typed lines,
what a crash left unfinished, what macOS and Windows put beside a file, files with the very bytes of one of these, and
ZIP archives with one of them inside.
A sealed file that says it is of another kind, as the chair's signing key, is none of them. No link is followed.
"""

import contextlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from keys.ceremony.messages import KIND as SECRET_KIND
from keys.errors import KeysError
from keys.files.durable import is_link, read_plain
from keys.files.plain_text import decode_text
from keys.files.recovery import read_recovery
from keys.teller import KIND as KEY_KIND
from keys.transcript import sha256_hex
from keys.wire import FILE_LIMIT
from tally.ceremony.own_file import KIND as CEREMONY_KIND
from tally.dialogue import Guide
from tally.signing.teller_file import KIND as TELLER_KIND
from tally.signing.teller_file import OfBox, of_box

What = Literal["given", "sealed", "sheet", "named", "equal", "link", "unread"]
"""Named by people; a sealed file; a recovery sheet; known by its name alone; equal bytes; a link; not readable."""

_KINDS = {kind.encode() for kind in (TELLER_KIND, CEREMONY_KIND, KEY_KIND, SECRET_KIND)}
_HEADER = re.compile(rb'\{\s*"format":\s*"phieukin/sealed/[^"]{1,16}",\s*"kind":\s*"([^"]{1,64})"')
_OF_SHEET = re.compile(rb"\[(teller/box-[0-9]{1,2}/[0-9a-f]{16})\]")
_HEAD, _LINES = 2**10, 2**16  # bytes of a file that are looked at: for its header, for lines of a recovery sheet
_MEMBERS = 1000  # files of a ZIP archive that are looked at
_SYSTEM = {"System Volume Information"}


@dataclass(frozen=True, slots=True)
class Found:
    """One file: where and what it is, the SHA-256 of its bytes (empty: not read), and how many names it had.

    `box` is the box of a ceremony that it says it is of; None where it says nothing of boxes.
    """

    path: Path
    what: What
    sha256: str
    names: int = 1
    box: OfBox | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, those given last, and the folders that could not be looked into."""

    found: tuple[Found, ...]
    closed: tuple[Path, ...]


def search(given: Iterable[Path], folders: Iterable[Path]) -> Search:
    """Look for shares in folders and what lies in them, and in the folders of the files given; nothing is changed."""
    named = [_real(path) for path in given]
    roots = {path.parent for path in named} | {folder.resolve() for folder in folders}
    top = sorted(root for root in roots if not roots & set(root.parents))
    closed: list[Path] = []
    paths = [path for root in top for path in _files(root, closed)]
    known = {path: one for path in paths if path not in named and (one := _look(path, named)) is not None}
    last = [_read(path, "given") for path in named]
    whole = [one for one in (*known.values(), *last) if one.what in ("given", "sealed", "sheet")]
    hashes, sizes = {one.sha256 for one in whole}, {one.path.stat().st_size for one in whole}
    others = [path for path in paths if path not in known and path not in named]
    equal = [one for path in others if (one := _equal(path, hashes, sizes)) is not None]
    return Search((*sorted([*known.values(), *equal], key=lambda one: one.path), *last), tuple(closed))


def _real(path: Path) -> Path:
    """The place of a file, links among its folders followed, but not one in its own place."""
    return path.parent.resolve() / path.name


def _files(root: Path, closed: list[Path]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        closed.append(Path(error.filename or root))

    for place, inside, names in os.walk(root, onerror=note, followlinks=False):
        folder = Path(place)
        yield from (folder / name for name in inside if is_link(folder / name))
        inside[:] = sorted(name for name in inside if name not in _SYSTEM and not is_link(folder / name))
        yield from (folder / name for name in sorted(names))


def _look(path: Path, given: list[Path]) -> Found | None:
    """Say what a file is; None where it holds no share."""
    named = _is_named(path.name, given)
    if is_link(path):
        return Found(path, "link", "") if named else None
    try:
        if path.stat().st_size > FILE_LIMIT:
            return None
        head = read_plain(path, _HEAD)
        kind = _HEADER.search(head)
        if kind is not None and not _is_share(kind[1]):
            return None
        if kind is not None:
            return _read(path, "sealed")
        if named or _is_sheet(path, head):
            return _read(path, "sheet" if head.startswith(b"%PDF") else "named")
        if _holds_lines(path):
            return _read(path, "sheet")
        return _read(path, "sealed") if head.startswith(b"PK") and _holds_packed(path) else None
    except (OSError, KeysError):  # no right to read, or no plain file
        return Found(path, "unread", "") if named else None


def _read(path: Path, what: What) -> Found:
    raw = read_plain(path)
    return Found(path, what, sha256_hex(raw), path.stat().st_nlink, _box_in(raw))


def _box_in(raw: bytes) -> OfBox | None:
    """Find the one box that a sealed file, a recovery sheet or its lines say they are of; None for archives."""
    if raw.startswith(b"PK"):
        return None
    kinds = set(_OF_SHEET.findall(raw)) if raw.startswith(b"%PDF") else set(_HEADER.findall(raw[:_HEAD]))
    if not kinds and len(raw) <= _LINES:
        with contextlib.suppress(KeysError, ValueError):
            kinds = set(_HEADER.findall(read_recovery(decode_text(raw, "lines", utf_16=True))))
    return of_box(kinds.pop().decode(errors="replace")) if len(kinds) == 1 else None


def _is_share(kind: bytes) -> bool:
    """Tell whether a kind of sealed files holds a share."""
    return kind in _KINDS or of_box(kind.decode(errors="replace")) is not None


def _is_named(name: str, given: list[Path]) -> bool:
    """Tell whether a name is that of a sealed file, its recovery sheet, or what systems make of either."""
    bare = name.casefold().removeprefix("._")
    if ".sealed" in bare or ("recovery" in bare and ".pdf" in bare):
        return True
    return any(bare == one.name.casefold() or bare.startswith(f"{one.name.casefold()}.") for one in given)


def _is_sheet(path: Path, head: bytes) -> bool:
    """Tell whether a PDF is a recovery sheet, whatever its name: its title stands in it as plain bytes."""
    if not head.startswith(b"%PDF"):
        return False
    return _is_titled(read_plain(path, FILE_LIMIT))


def _holds_lines(path: Path) -> bool:
    """Tell whether a text holds the lines of a recovery sheet, typed or scanned."""
    if not 0 < path.stat().st_size <= _LINES:
        return False
    with contextlib.suppress(KeysError, ValueError):
        return bool(read_recovery(decode_text(read_plain(path, _LINES), path.name, utf_16=True)))
    return False


def _holds_packed(path: Path) -> bool:
    """Tell whether a sealed file or its sheet lies in a ZIP archive, packed or as it is."""
    with contextlib.suppress(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist()[:_MEMBERS]:
                with packed.open(member) as file:
                    raw = file.read(_LINES)
                kind = _HEADER.search(raw[:_HEAD])
                if (kind is not None and _is_share(kind[1])) or _is_titled(raw):
                    return True
    return False


def _is_titled(raw: bytes) -> bool:
    """Tell whether what was read of a PDF holds the title of a recovery sheet."""
    return raw.startswith(b"%PDF") and any(
        Guide(language).words("sheet.title").encode() in raw for language in ("vi", "en")
    )


def _equal(path: Path, hashes: set[str], sizes: set[int]) -> Found | None:
    """Find a file with the bytes of one that is known already, under whatever name."""
    try:
        if is_link(path) or path.stat().st_size not in sizes:
            return None
        found = _read(path, "equal")
    except (OSError, KeysError):
        return None
    return found if found.sha256 in hashes else None
