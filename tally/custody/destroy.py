"""Removing shares before witnesses (tiêu hủy phần khóa): files overwritten and removed, and a statement of it.

As long as k shares exist somewhere, k tellers with other software could open every ballot of the archive, by card.
After the record is signed nobody needs them any more. Flash memory may keep traces: the file was sealed with its
passphrase all the time, and the statement advises to destroy the stick as well.
"""

from pathlib import Path

import msgspec

from keys.files.durable import check_plain, erase, read_plain
from keys.transcript import sha256_hex
from tally.ceremony.own_file import KIND
from tally.custody.find import Found, What
from tally.errors import NotReady
from tally.signing.teller_file import KIND as TELLER_KIND
from tally.signing.teller_file import OfBox, kind_of, of_box

FORMAT = 3
"""Format 1 told the key files alone, format 2 named no box."""


class Gone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file that was found: its place, what it is, the SHA-256 of its bytes (empty: not read)."""

    file: str
    what: What
    sha256: str


class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file that was found and is still there, and why: people keep it, or it could not be removed."""

    file: str
    what: What
    sha256: str
    why: str


class Pages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The printed recovery pages of one key file: how many there were, and how many were destroyed in view of all."""

    file: str
    printed: int
    destroyed: int


class Destruction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`destruction.json`: what was removed and what was kept, when (ISO 8601 with offset), before whom.

    `searched` are the folders looked through with all that lies in them, `closed` those that could not be read;
    `hand_over` tells whether the stick that goes from teller to teller was among them. `ceremony` (fingerprint) and
    `box` say which of the keys of a ceremony were used, and so which box's files alone were removed; empty where Setup
    names none.
    """

    format: int
    uuid: str
    on: str
    removed: tuple[Gone, ...]
    kept: tuple[Left, ...]
    pages: tuple[Pages, ...]
    searched: tuple[str, ...]
    closed: tuple[str, ...]
    hand_over: bool
    witnesses: tuple[str, ...]
    ceremony: str = ""
    box: int = 0


def read_share_file(path: Path, used: OfBox | None = None) -> str:
    """Return the SHA-256 of a teller's sealed file; raise NotReady for any other file, UnsafeFile for a link.

    `used` is the box whose keys were used: the file of another box of a ceremony is no share of it.
    """
    check_plain(path)
    kind = kind_of(path)
    if (box := of_box(kind)) is not None and box != used:
        why = f"{path}: the file of box {box.box} of the ceremony {box.code}…, which this conference did not use"
        raise NotReady(why, "other_box_file", path=path, box=box.box)
    if box is None and kind not in (KIND, TELLER_KIND):
        why = f"{path}: a teller's sealed file expected; nothing else is destroyed by this command"
        raise NotReady(why, "not_a_share", path=path)
    return sha256_hex(read_plain(path))


def remove(found: Found) -> None:
    """Overwrite and remove a file that people saw listed; raise NotReady if it is another one by now, or OSError.

    A file with several names (hard links) was overwritten with the first of them.
    """
    if not found.sha256 or (found.names <= 1 and sha256_hex(read_plain(found.path)) != found.sha256):
        raise NotReady(f"{found.path}: not the file that was listed", "not_as_listed", path=found.path)
    erase(found.path)
