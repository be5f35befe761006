"""Bundles: one deterministic ZIP with a signed manifest, for the dossier (hồ sơ) and for custody (bàn giao, lưu trữ).

The same files give the same bytes: names sorted, times fixed to 1980-01-01, nothing compressed, no extra fields. A
reader MUST refuse every other spelling, so nothing hides between the files, no name is duplicated or leads out of the
folder, and what is stored is as large as it says. `manifest.json` is a DSSE envelope over canonical JSON with kind and
SHA-256 of every other file; all of them, and no more, must be there.

    bundle = open_bundle(file)                       # structure and manifest
    verify_bundle_signature(bundle, [desk_key])      # who made it
    for listed in bundle.manifest.files:
        verify_bundle_file(bundle, listed)           # every byte
"""

import hashlib
import io
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Literal

import msgspec

from keys.files.signing import SigningKey
from voting.documents.canonical import canonical
from voting.documents.envelope import (
    Envelope,
    parse_envelope,
    read_payload,
    sign_envelope,
    verify_envelope,
    write_envelope,
)
from voting.documents.errors import DocumentError, InvalidBundle

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_TYPE = "application/vnd.phieukin.manifest+json"
MOST_FILES = 4000
MOST_BYTES = 2**32 - 1  # of the whole bundle: no ZIP64
MANIFEST_LIMIT = 4 * 1024 * 1024
CHUNK = 1024 * 1024
MOST_NAME = 200  # letters of a name with its folders: with a folder before it, Windows takes 259
WINDOWS_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin|conout|com[0-9]|lpt[0-9])(?:\..*)?", re.ASCII | re.IGNORECASE)
"""What Windows takes for a device, with any ending (Microsoft, "Naming Files, Paths, and Namespaces")."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,79}){0,3}", re.ASCII)

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_VERSION, _UNIX, _DAY, _MODE = 20, 3 << 8, 0x21, 0o100644 << 16

BundleKind = Literal["dossier", "custody"]


class ManifestFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a bundle: name, size in bytes, SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle holds; `made_by` is the version of the software."""

    format: int
    kind: BundleKind
    made_by: str
    files: tuple[ManifestFile, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One stored file: where its header begins, its size and CRC-32."""

    name: bytes
    offset: int
    size: int
    crc: int

    @property
    def start(self) -> int:
        """The offset of the file's own bytes, behind its header."""
        return self.offset + _LOCAL.size + len(self.name)

    def local(self) -> bytes:
        """The header before the file's bytes."""
        sizes = (self.crc, self.size, self.size, len(self.name), 0)
        return _LOCAL.pack(0x04034B50, _VERSION, 0, 0, 0, _DAY, *sizes) + self.name

    def central(self) -> bytes:
        """The entry of the directory at the end."""
        sizes = (self.crc, self.size, self.size, len(self.name), 0, 0, 0, 0)
        head = (0x02014B50, _UNIX | _VERSION, _VERSION, 0, 0, 0, _DAY)
        return _CENTRAL.pack(*head, *sizes, _MODE, self.offset) + self.name


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle: structure and manifest are checked, the files' bytes are not yet."""

    file: BinaryIO
    manifest: Manifest
    envelope: Envelope
    entries: Mapping[str, _Entry]

    def names(self) -> tuple[str, ...]:
        """Return the names of all files but the manifest, sorted."""
        return tuple(name for name in self.entries if name != MANIFEST)

    def read(self, name: str, limit: int) -> bytes:
        """Return a file's bytes; raise InvalidBundle if it is not there or larger than `limit`."""
        entry = self.entries.get(name)
        if entry is None:
            raise InvalidBundle(f"bundle: there is no {name!r}")
        if entry.size > limit:
            raise InvalidBundle(f"bundle: {name}: at most {limit} bytes expected, {entry.size} found")
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes in pieces."""
        entry = self.entries[name]
        done = 0
        while done < entry.size:
            self.file.seek(entry.start + done)
            piece = self.file.read(min(CHUNK, entry.size - done))
            if not piece:
                raise InvalidBundle(f"bundle: {name}: cut after {done} bytes")
            done += len(piece)
            yield piece


def write_bundle(kind: BundleKind, files: Mapping[str, bytes], key: SigningKey, made_by: str) -> bytes:
    """Write a bundle of files by name, its manifest signed with `key`; raise InvalidBundle for a name or size."""

    def sign(payload: bytes, payload_type: str) -> Envelope:
        return sign_envelope(payload, payload_type, key)

    return write_bundle_with(kind, files, sign, made_by)


def write_bundle_with(
    kind: BundleKind, files: Mapping[str, bytes], sign: Callable[[bytes, str], Envelope], made_by: str
) -> bytes:
    """Write a bundle whose manifest `sign` puts into its envelope: by a token, for one; raise InvalidBundle."""
    listed = tuple(
        ManifestFile(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in sorted(files.items())
    )
    _check_names([*files, MANIFEST])
    payload = canonical(Manifest(FORMAT, kind, made_by, listed))
    stored = {**files, MANIFEST: write_envelope(sign(payload, MANIFEST_TYPE))}
    out = io.BytesIO()
    entries = []
    for name in sorted(stored):
        entry = _Entry(name.encode("ascii"), out.tell(), len(stored[name]), zlib.crc32(stored[name]))
        entries.append(entry)
        out.write(entry.local() + stored[name])
        if out.tell() > MOST_BYTES:
            raise InvalidBundle(f"bundle: at most {MOST_BYTES} bytes expected")
    out.write(_directory(entries, out.tell()))
    return out.getvalue()


def _directory(entries: list[_Entry], at: int) -> bytes:
    central = b"".join(entry.central() for entry in entries)
    return central + _END.pack(0x06054B50, 0, 0, len(entries), len(entries), len(central), at, 0)


def _check_names(names: list[str]) -> None:
    if len(names) > MOST_FILES:
        raise InvalidBundle(f"bundle: at most {MOST_FILES} files expected, {len(names)} found")
    for name in names:
        if not NAME.fullmatch(name):
            raise InvalidBundle(f"bundle: {name[:120]!r} is not a name of a file in a bundle")
        parts = name.split("/")
        if len(name) > MOST_NAME or any(part.endswith(".") or WINDOWS_DEVICE.fullmatch(part) for part in parts):
            raise InvalidBundle(f"bundle: {name[:120]!r} cannot be unpacked everywhere: choose another name")
    _check_clashes(names)


def _check_clashes(names: list[str]) -> None:
    """Refuse names that are one name where capitals do not count, files and folders alike."""
    spelled: dict[str, str] = {}
    for name in names:
        for depth in range(1, name.count("/") + 1):
            folder = "/".join(name.split("/")[:depth])
            if spelled.setdefault(folder.casefold(), folder) != folder:
                raise InvalidBundle(f"bundle: the folder {folder!r} is spelled in two ways")
    folded = [name.casefold() for name in names]
    folders = {"/".join(name.split("/")[:depth]) for name in folded for depth in range(1, name.count("/") + 1)}
    for name, times in Counter(folded).items():
        if times > 1 or name in folders:
            raise InvalidBundle(f"bundle: {name!r} is duplicated, or is a file and a folder")


def open_bundle(file: BinaryIO) -> Bundle:
    """Open a bundle; raise InvalidBundle unless structure, names and manifest are exactly as they must be."""
    entries = _read_directory(file)
    names = [entry.name.decode("ascii") for entry in entries]
    _check_names(names)
    by_name = dict(zip(names, entries, strict=True))
    if names != sorted(names):
        raise InvalidBundle("bundle: files are not sorted by name")
    shell = Bundle(file, Manifest(FORMAT, "dossier", "", ()), Envelope("", "", ()), by_name)
    raw = shell.read(MANIFEST, MANIFEST_LIMIT)
    try:
        envelope = parse_envelope(raw, MANIFEST_TYPE, "manifest")
        manifest = read_payload(envelope, Manifest, "manifest")
    except DocumentError as error:
        raise InvalidBundle(f"bundle: {error}") from None
    bundle = Bundle(file, manifest, envelope, by_name)
    _check_manifest(bundle)
    return bundle


def _check_manifest(bundle: Bundle) -> None:
    manifest = bundle.manifest
    if manifest.format != FORMAT:
        raise InvalidBundle(f"bundle: manifest: format {FORMAT} expected, {manifest.format} found")
    listed = tuple(one.name for one in manifest.files)
    there = bundle.names()
    for name in sorted({*listed} ^ {*there}):
        raise InvalidBundle(f"bundle: {name}: {'missing' if name in listed else 'not in the manifest'}")
    if listed != there:
        raise InvalidBundle("bundle: manifest: each file once, sorted by name, expected")
    for one in manifest.files:
        if one.size != bundle.entries[one.name].size:
            raise InvalidBundle(f"bundle: {one.name}: {one.size} bytes expected")


def _read_directory(file: BinaryIO) -> list[_Entry]:
    """Read the directory and compare every header with the one that a writer makes."""
    size = file.seek(0, io.SEEK_END)
    if not _END.size <= size <= MOST_BYTES + MOST_FILES * 512:
        raise InvalidBundle("bundle: not a bundle, or too large")
    file.seek(size - _END.size)
    end = _END.unpack(file.read(_END.size))
    count, length, at = end[3], end[5], end[6]
    if count > MOST_FILES or at + length + _END.size != size:
        raise InvalidBundle("bundle: the directory at the end does not fit the file")
    file.seek(at)
    directory = file.read(length + _END.size)
    entries = list(_entries(directory, count))
    if directory != _directory(entries, at):
        raise InvalidBundle("bundle: the directory is not in its one spelling")
    where = 0
    for entry in entries:
        file.seek(entry.offset)
        if entry.offset != where or file.read(entry.start - entry.offset) != entry.local():
            raise InvalidBundle(f"bundle: {entry.name[:120]!r}: its header is not in its one spelling")
        where = entry.start + entry.size
    if where != at:
        raise InvalidBundle("bundle: bytes that belong to no file")
    return entries


def _entries(directory: bytes, count: int) -> Iterator[_Entry]:
    where = 0
    for _ in range(count):
        if where + _CENTRAL.size > len(directory):
            raise InvalidBundle("bundle: the directory is cut")
        fields = _CENTRAL.unpack_from(directory, where)
        where += _CENTRAL.size
        name = directory[where : where + fields[10]]
        where += len(name)
        if not name.isascii():
            raise InvalidBundle("bundle: a name that is not ASCII")
        yield _Entry(name, fields[16], fields[9], fields[7])


def verify_bundle_file(bundle: Bundle, listed: ManifestFile) -> None:
    """Check every byte of one file against the manifest; raise InvalidBundle with its name."""
    digest, crc = hashlib.sha256(), 0
    for piece in bundle.chunks(listed.name):
        digest.update(piece)
        crc = zlib.crc32(piece, crc)
    if digest.hexdigest() != listed.sha256:
        raise InvalidBundle(f"bundle: {listed.name}: SHA-256 {listed.sha256} expected, {digest.hexdigest()} found")
    if crc != bundle.entries[listed.name].crc:
        raise InvalidBundle(f"bundle: {listed.name}: its CRC-32 does not fit")


def verify_bundle_signature(bundle: Bundle, public_texts: list[str]) -> str:
    """Return the key id, among `public_texts`, that signed the manifest; raise InvalidBundle if none did."""
    for found in verify_envelope(bundle.envelope, public_texts):
        return found
    raise InvalidBundle("bundle: the manifest is not signed by a desk key of its records")
