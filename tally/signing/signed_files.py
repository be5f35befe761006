"""Files that people signed are never replaced (design §3, signed): another one makes way for them, or is refused.

A record, minutes or a confirmation with a signature, and whatever a signed record beside it names by hash: where a
command would write something else in such a place, the old file first gets a name of its own, `signed-1-record.json`,
and stays. Writing the same bytes again changes nothing.
"""

import errno
import os
from pathlib import Path

import msgspec

from keys.files.durable import read_plain, set_aside, write_whole
from keys.structs import read_json
from keys.transcript import sha256_hex
from voting.documents.canonical import DOCUMENT_LIMIT, parse_canonical
from voting.documents.envelope import Envelope, add_signatures, payload_of, write_envelope
from voting.documents.errors import DocumentError
from voting.documents.facts import CountFacts

PDF, SIGNED_PDF = b"%PDF-", b"/ByteRange"


def put(path: Path, raw: bytes) -> Path | None:
    """Write a result in its place; return where a signed file that was there is now, or None."""
    if os.path.lexists(path) and read_plain(path) == raw:
        return None
    aside = make_way(path, raw)
    write_whole(path, raw)
    return aside


def make_way(path: Path, raw: bytes) -> Path | None:
    """Give a file that is to be replaced by `raw` another name, if somebody signed it; return that name."""
    if not os.path.lexists(path):
        return None
    old = read_plain(path)
    if old == raw or raw.startswith(old) or _is_draft(path, old, raw):
        return None
    aside = _free(path)
    set_aside(path, aside)
    return aside


def put_named(path: Path, raw: bytes) -> None:
    """Write a file whose name somebody gave; raise FileExistsError where another file would be lost.

    Signatures on the same payload are joined; minutes take the place of the same minutes with fewer signatures.
    """
    if not os.path.lexists(path):
        write_whole(path, raw)
        return
    old = read_plain(path)
    if (joined := _joined(old, raw)) is not None:
        raw = joined
    elif not (raw.startswith(old) or _same_kind(old, raw)):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if raw != old:
        write_whole(path, raw)


def is_signed_record(raw: bytes) -> bool:
    """Tell whether these bytes are an envelope with a signature."""
    envelope = _envelope(raw)
    return envelope is not None and bool(envelope.signatures)


def _is_draft(path: Path, old: bytes, raw: bytes) -> bool:
    """Tell whether a file is ours, and nobody signed it or anything that names it."""
    if old.startswith(PDF):
        return SIGNED_PDF not in old
    if (envelope := _envelope(old)) is not None:
        return not envelope.signatures
    if _named(path, old):
        return False
    return path.suffix == ".bel" or _is_count(old)


def _named(path: Path, raw: bytes) -> bool:
    """Tell whether a signed record beside a file names it by its hash."""
    digest = sha256_hex(raw).encode()
    for record in path.parent.glob("record*.json"):
        envelope = _envelope(read_plain(record))
        if envelope is not None and envelope.signatures and digest in payload_of(envelope, record.name):
            return True
    return False


def _free(path: Path) -> Path:
    number = 1
    while os.path.lexists(aside := path.with_name(f"signed-{number}-{path.name}")):
        number += 1
    return aside


def _joined(old: bytes, raw: bytes) -> bytes | None:
    """Join the signatures of two envelopes with one payload; None for anything else."""
    before, after = _envelope(old), _envelope(raw)
    if before is None or after is None:
        return None
    if (before.payload, before.payloadType) != (after.payload, after.payloadType):
        return None
    return write_envelope(add_signatures(before, after.signatures))


def _same_kind(old: bytes, raw: bytes) -> bool:
    """Tell whether a file is an unsigned one of the same kind, or the same teller's opening of the same box."""
    if old.startswith(PDF):
        return raw.startswith(PDF) and SIGNED_PDF not in old
    before, after = _envelope(old), _envelope(raw)
    if before is not None:
        return after is not None and before.payloadType == after.payloadType and not before.signatures
    opening = _opening(old)
    return opening is not None and opening == _opening(raw)


class _Opening(msgspec.Struct, frozen=True):
    """Whose opening of which box a file holds."""

    uuid: str
    end_ballots: str
    owner: int


def _opening(raw: bytes) -> _Opening | None:
    try:
        return read_json(raw, _Opening) if b'"partial_decryption"' in raw else None
    except msgspec.MsgspecError:
        return None


def _envelope(raw: bytes) -> Envelope | None:
    try:
        envelope = parse_canonical(raw, Envelope, DOCUMENT_LIMIT, "envelope")
        payload_of(envelope, "envelope")
    except DocumentError:
        return None
    return envelope


def _is_count(raw: bytes) -> bool:
    try:
        parse_canonical(raw, CountFacts, what="count facts")
    except DocumentError:
        return False
    return True
