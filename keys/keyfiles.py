"""Reading and writing key files on a teller's machine.

Nothing is ever overwritten but a sealed file by its own next state; what is secret is written for its owner alone
(mode 0600). The folder of this package holds code: key files are refused there.
"""

import os
from pathlib import Path

from keys.durable import sync_folder
from keys.errors import InvalidFormat, InvalidKey
from keys.sealing import DEFAULT_COST, Cost, seal, unseal
from keys.wire import FILE_LIMIT

_PACKAGE = Path(__file__).resolve().parent
_PUBLIC, _OWNER_ONLY = 0o644, 0o600


def read_file(path: Path) -> bytes:
    """Read a public file, one newline at its end dropped; raise InvalidFormat over the size limit."""
    with path.open("rb") as file:
        raw = file.read(FILE_LIMIT + 1)
    if len(raw) > FILE_LIMIT:
        raise InvalidFormat(f"{path.name}: at most {FILE_LIMIT} bytes expected")
    return raw.removesuffix(b"\n")


def write_public(path: Path, raw: bytes) -> None:
    """Write a new public file with a newline at its end; raise FileExistsError or InvalidKey."""
    _write_new(path, raw + b"\n", _PUBLIC)


def write_owner_only(path: Path, raw: bytes) -> None:
    """Write a new file that only its owner may read; raise FileExistsError or InvalidKey."""
    _write_new(path, raw, _OWNER_ONLY)


def write_sealed(path: Path, payload: bytes, passphrase: str, *, kind: str, cost: Cost = DEFAULT_COST) -> None:
    """Seal a payload into a new file; raise FileExistsError or InvalidKey."""
    write_owner_only(path, seal(payload, passphrase, kind=kind, cost=cost))


def replace_sealed(path: Path, payload: bytes, passphrase: str, *, kind: str, cost: Cost = DEFAULT_COST) -> None:
    """Put the next state in the place of a sealed file, at once or not at all."""
    fresh = next_state(path)
    fresh.unlink(missing_ok=True)
    write_sealed(fresh, payload, passphrase, kind=kind, cost=cost)
    fresh.replace(path)
    sync_folder(path.parent)


def next_state(path: Path) -> Path:
    """Where the next state of a sealed file is written; a crash may leave it there, whole or in part."""
    return path.with_name(path.name + ".new")


def read_sealed(path: Path, passphrase: str, *, kind: str) -> bytes:
    """Open a sealed file; raise what `keys.sealing.unseal` raises."""
    return unseal(read_file(path), passphrase, kind=kind)


def _write_new(path: Path, raw: bytes, mode: int) -> None:
    if path.resolve().is_relative_to(_PACKAGE):
        raise InvalidKey("the folder of the program's code takes no key files; choose another folder")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
