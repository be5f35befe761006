"""Reading and writing key files on a teller's machine.

Nothing is ever overwritten but a sealed file by its own next state; what is secret is written for its owner alone
(mode 0600). The folder of this package holds code: key files are refused there. Files are written whole or not at all,
and no link is followed (`keys.files.durable`).
"""

from pathlib import Path

from keys.errors import InvalidFormat, InvalidKey
from keys.files.durable import OWNER_ONLY, PUBLIC, read_plain, unfinished, write_new, write_whole
from keys.files.sealing import DEFAULT_COST, Cost, seal, unseal
from keys.wire import FILE_LIMIT

_PACKAGE = Path(__file__).resolve().parents[1]


def read_file(path: Path) -> bytes:
    """Read a file, one newline at its end dropped; raise InvalidFormat over the size limit, UnsafeFile for a link."""
    raw = read_plain(path, FILE_LIMIT + 1)
    if len(raw) > FILE_LIMIT:
        raise InvalidFormat(f"{path.name}: at most {FILE_LIMIT} bytes expected")
    return raw.removesuffix(b"\n")


def write_public(path: Path, raw: bytes) -> None:
    """Write a new public file with a newline at its end; raise FileExistsError or InvalidKey."""
    _outside_code(path)
    write_new(path, raw + b"\n", mode=PUBLIC)


def write_owner_only(path: Path, raw: bytes) -> None:
    """Write a new file that only its owner may read; raise FileExistsError or InvalidKey."""
    _outside_code(path)
    write_new(path, raw, mode=OWNER_ONLY)


def write_sealed(path: Path, payload: bytes, passphrase: str, *, kind: str, cost: Cost = DEFAULT_COST) -> None:
    """Seal a payload into a new file; raise FileExistsError or InvalidKey."""
    write_owner_only(path, seal(payload, passphrase, kind=kind, cost=cost))


def replace_sealed(path: Path, payload: bytes, passphrase: str, *, kind: str, cost: Cost = DEFAULT_COST) -> None:
    """Put the next state in the place of a sealed file, at once or not at all."""
    _outside_code(path)
    sealed = seal(payload, passphrase, kind=kind, cost=cost)
    for left in unfinished(path):  # of a crash, and of no use beside a whole state
        left.unlink(missing_ok=True)
    write_whole(path, sealed, mode=OWNER_ONLY)


def read_sealed(path: Path, passphrase: str, *, kind: str) -> bytes:
    """Open a sealed file; raise what `keys.files.sealing.unseal` raises."""
    return unseal(read_file(path), passphrase, kind=kind)


def _outside_code(path: Path) -> None:
    if path.resolve().is_relative_to(_PACKAGE):
        raise InvalidKey("the folder of the program's code takes no key files; choose another folder")
