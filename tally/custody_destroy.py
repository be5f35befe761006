"""Destroying shares before witnesses (tiêu hủy phần khóa): key files overwritten and deleted, and a statement of it.

As long as k shares exist somewhere, k tellers with other software could open every ballot of the archive, by card.
After the record is signed nobody needs them any more. Flash memory may keep traces: the file was sealed with its
passphrase all the time, and the statement advises to destroy the stick as well.
"""

import os
import secrets
from pathlib import Path

import msgspec

from keys.keyfiles import next_state
from keys.transcript import sha256_hex
from tally.ceremony_own import KIND, kind_of
from tally.errors import NotReady
from tally.teller_file import KIND as TELLER_KIND

FORMAT = 1


class Destroyed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key file: name, SHA-256 of the sealed bytes, and how many copies and recovery sheets went with it."""

    file: str
    sha256: str
    copies: int
    sheets: int


class Destruction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`destruction.json`: which files were destroyed, when (ISO 8601 with offset), before whom."""

    format: int
    uuid: str
    on: str
    files: tuple[Destroyed, ...]
    witnesses: tuple[str, ...]


def read_share_file(path: Path) -> str:
    """Return the SHA-256 of a teller's sealed file; raise NotReady for any other file: nothing else is deleted here."""
    if kind_of(path) not in (KIND, TELLER_KIND):
        why = f"{path}: a teller's sealed file expected; nothing else is destroyed by this command"
        raise NotReady(why, "not_a_share", path=path)
    return sha256_hex(path.read_bytes())


def destroy(path: Path) -> None:
    """Overwrite a teller's sealed file with random bytes, once, durably, and delete it.

    What a crash may have left beside it of its next state, which holds the share as well, goes first.
    """
    read_share_file(path)
    for one in (next_state(path), path):
        if one.exists():
            _overwrite(one)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
