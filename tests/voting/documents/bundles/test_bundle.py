"""Bundles: the same files give the same bytes; every other spelling, and every change, is refused by name."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.files.signing import SigningKey, keyid, new_signing_key, public_text
from tests.voting.documents.bundles.whole import verify_bundle_files
from voting.documents.bundles import bundle as bundles
from voting.documents.bundles.bundle import (
    MANIFEST,
    Manifest,
    ManifestFile,
    open_bundle,
    verify_bundle_signature,
    write_bundle,
)
from voting.documents.canonical import canonical
from voting.documents.envelope import sign_envelope, write_envelope
from voting.documents.errors import InvalidBundle

FILES = {"step-2/record.json": b"{}" * 50, "step-10/record.json": b"[]", "a.pdf": b"", "to-trinh.docx": b"word"}


@cache
def key() -> SigningKey:
    return new_signing_key()


@cache
def good() -> bytes:
    return write_bundle("dossier", FILES, key(), "phieukin test")


def verify(raw: bytes) -> int:
    bundle = open_bundle(io.BytesIO(raw))
    verify_bundle_signature(bundle, [public_text(key())])
    return verify_bundle_files(bundle)


def test_a_bundle_is_read_back_with_all_its_files() -> None:
    bundle = open_bundle(io.BytesIO(good()))
    assert {name: bundle.read(name, 1000) for name in bundle.names()} == FILES
    assert (bundle.manifest.kind, verify(good())) == ("dossier", 4)


def test_every_other_program_can_open_it() -> None:
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        assert plain.testzip() is None
        assert plain.namelist() == sorted([*FILES, MANIFEST])
        assert {info.date_time for info in plain.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_files_give_the_same_bytes_but_for_the_signature() -> None:
    backwards = dict(reversed(FILES.items()))
    one, two = (open_bundle(io.BytesIO(write_bundle("dossier", files, key(), "x"))) for files in (FILES, backwards))
    assert one.manifest == two.manifest
    assert list(one.entries) == list(two.entries)


def test_the_signature_names_who_made_it() -> None:
    bundle = open_bundle(io.BytesIO(good()))
    stranger = public_text(new_signing_key())
    assert verify_bundle_signature(bundle, [stranger, public_text(key())]) == keyid(public_text(key()))
    with pytest.raises(InvalidBundle, match="not signed by a desk key"):
        verify_bundle_signature(bundle, [stranger])


def test_no_byte_can_be_changed() -> None:
    for at in range(0, len(good()), 5):
        raw = bytearray(good())
        raw[at] ^= 0x20
        with pytest.raises(InvalidBundle):
            verify(bytes(raw))


@pytest.mark.parametrize("length", [0, 1, 21, 22, 100, -1])
def test_a_cut_bundle_is_refused(length: int) -> None:
    with pytest.raises(InvalidBundle):
        verify(good()[:length])


def rewritten(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The good bundle with its stored files changed and all headers made anew, the manifest kept."""
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        stored = {name: plain.read(name) for name in plain.namelist()}
    change(stored)
    return stored_as(sorted(stored.items()))


def stored_as(files: list[tuple[str, bytes]]) -> bytes:
    out, entries = io.BytesIO(), []
    for name, content in files:
        entries.append(bundles._Entry(name.encode(), out.tell(), len(content), zlib.crc32(content)))
        out.write(entries[-1].local() + content)
    return out.getvalue() + bundles._directory(entries, out.tell())


CHANGED = {
    "a file more": (lambda stored: stored.update({"more.txt": b"x"}), "more.txt: not in the manifest"),
    "a file less": (lambda stored: stored.pop("a.pdf"), "a.pdf: missing"),
    "other bytes of the same length": (lambda stored: stored.update({"to-trinh.docx": b"wird"}), "to-trinh.docx: SHA"),
    "other bytes": (lambda stored: stored.update({"to-trinh.docx": b"words"}), "to-trinh.docx: 4 bytes expected"),
    "no manifest": (lambda stored: stored.pop(MANIFEST), "there is no 'manifest.json'"),
    "no DSSE": (lambda stored: stored.update({MANIFEST: b"{}"}), "manifest"),
    "a huge manifest": (lambda stored: stored.update({MANIFEST: b" " * (4 * 1024 * 1024 + 1)}), "at most 4194304"),
    "a way out": (lambda stored: stored.update({"../evil": b"x"}), "is not a name"),
    "an absolute name": (lambda stored: stored.update({"/etc/passwd": b"x"}), "is not a name"),
    "a backslash": (lambda stored: stored.update({"a\\b": b"x"}), "is not a name"),
    "a drive": (lambda stored: stored.update({"c:x": b"x"}), "is not a name"),
    "a hidden file": (lambda stored: stored.update({"x/.bashrc": b"x"}), "is not a name"),
    "a name in other letters": (lambda stored: stored.update({"a.PDF": b"x"}), "is duplicated"),
    "folders in other letters": (lambda stored: stored.update({"x/a": b"", "X/b": b""}), "spelled in two ways"),
    "a device": (lambda stored: stored.update({"CON": b""}), "cannot be unpacked everywhere"),
    "a device with an ending": (lambda stored: stored.update({"x/aux.json": b""}), "cannot be unpacked everywhere"),
    "a numbered device": (lambda stored: stored.update({"lpt1": b""}), "cannot be unpacked everywhere"),
    "a device as a folder": (lambda stored: stored.update({"nul/a": b""}), "cannot be unpacked everywhere"),
    "a point at the end": (lambda stored: stored.update({"a.": b""}), "cannot be unpacked everywhere"),
    "a folder with a point at the end": (lambda stored: stored.update({"x./a": b""}), "cannot be unpacked everywhere"),
    "a space at the end": (lambda stored: stored.update({"a ": b""}), "is not a name"),
    "a name too long": (lambda stored: stored.update({"/".join(["a" * 80] * 3): b""}), "cannot be unpacked everywhere"),
    "a file that is a folder": (lambda stored: stored.update({"a.pdf/x": b"x", "a.pdf.z": b""}), "file and a folder"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), CHANGED.values(), ids=CHANGED.keys())
def test_what_the_manifest_does_not_say_is_refused(change: Callable[[dict[str, bytes]], None], message: str) -> None:
    with pytest.raises(InvalidBundle, match=message):
        verify(rewritten(change))


def unsorted() -> bytes:
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        return stored_as([(name, plain.read(name)) for name in reversed(plain.namelist())])


def twice() -> bytes:
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        files = [(name, plain.read(name)) for name in plain.namelist()]
    return stored_as(sorted([*files, ("a.pdf", b"")]))


def between() -> bytes:
    """Bytes between two files, all offsets put right."""
    out, entries = io.BytesIO(b""), []
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        for name in plain.namelist():
            content = plain.read(name)
            entries.append(bundles._Entry(name.encode(), out.tell(), len(content), zlib.crc32(content)))
            out.write(entries[-1].local() + content + b"hidden")
    return out.getvalue() + bundles._directory(entries, out.tell())


def many() -> bytes:
    return stored_as([(f"f{number:05d}", b"") for number in range(4001)])


def by_zipfile(**options: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as plain, zipfile.ZipFile(out, "w", **options) as other:  # type: ignore[call-overload]
        for name in plain.namelist():
            other.writestr(name, plain.read(name))
    return out.getvalue()


SPELLINGS = {
    "files not sorted": unsorted(),
    "a file twice": twice(),
    "bytes between files": between(),
    "bytes before": b"MZ" + good(),
    "a comment behind": good()[:-2] + struct.pack("<H", 2) + b"hi",
    "compressed": by_zipfile(compression=zipfile.ZIP_DEFLATED),
    "other times": by_zipfile(compression=zipfile.ZIP_STORED),
    "too many files": many(),
    "not a ZIP": b"BELENIOS" * 100,
}


@pytest.mark.parametrize("raw", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_there_is_one_spelling(raw: bytes) -> None:
    with pytest.raises(InvalidBundle):
        verify(raw)


UNPACKED = ("CON", "con.txt", "a.", "a/b.", "Prn/x", "com9.tar.gz", "a ", "a/" + "/".join(["b" * 80] * 3))


@pytest.mark.parametrize("name", ["", "../x", "Ký.pdf", "a/b/c/d/e", "a//b", "a/", "x" * 81, MANIFEST, *UNPACKED])
def test_bad_names_are_not_written(name: str) -> None:
    with pytest.raises(InvalidBundle):
        write_bundle("custody", {name: b"", "Manifest.JSON": b""} if name == MANIFEST else {name: b""}, key(), "x")


def test_a_file_larger_than_its_limit_is_not_read() -> None:
    bundle = open_bundle(io.BytesIO(good()))
    with pytest.raises(InvalidBundle, match="at most 3 bytes"):
        bundle.read("to-trinh.docx", 3)
    with pytest.raises(InvalidBundle, match="there is no 'x'"):
        bundle.read("x", 3)


def manifest_of(number: int, *names: str) -> bytes:
    """The good bundle under another manifest of ours: its format, and the order of its files."""
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        stored = {name: plain.read(name) for name in plain.namelist()}
    listed = tuple(
        ManifestFile(name, len(stored[name]), hashlib.sha256(stored[name]).hexdigest())
        for name in names or sorted(FILES)
    )
    payload = canonical(Manifest(number, "dossier", "x", listed))
    stored[MANIFEST] = write_envelope(sign_envelope(payload, bundles.MANIFEST_TYPE, key()))
    return stored_as(sorted(stored.items()))


def with_other_directory(change: Callable[[list[bundles._Entry]], list[bundles._Entry]], between: bytes = b"") -> bytes:
    """The good files under another directory, with some bytes before it."""
    out, entries = io.BytesIO(), []
    with zipfile.ZipFile(io.BytesIO(good())) as plain:
        for name in plain.namelist():
            content = plain.read(name)
            [entry] = change([bundles._Entry(name.encode(), out.tell(), len(content), zlib.crc32(content))])
            entries.append(entry)
            out.write(entry.local() + content)
    out.write(between)
    return out.getvalue() + bundles._directory(entries, out.tell())


def other_crc(entries: list[bundles._Entry]) -> list[bundles._Entry]:
    return [replace(one, crc=one.crc ^ (one.name == b"to-trinh.docx")) for one in entries]


def counting(count: int) -> bytes:
    """The good bundle, whose end counts so many files."""
    fields = list(bundles._END.unpack(good()[-bundles._END.size :]))
    fields[3] = fields[4] = count
    return good()[: -bundles._END.size] + bundles._END.pack(*fields)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (lambda: manifest_of(2), "manifest: format 1 expected, 2 found"),
        (lambda: manifest_of(1, *sorted(FILES, reverse=True)), "each file once, sorted by name"),
        (lambda: manifest_of(1, "a.pdf", *sorted(FILES)), "each file once, sorted by name"),
        (lambda: with_other_directory(lambda entries: entries, b"hidden"), "bytes that belong to no file"),
        (lambda: with_other_directory(other_crc), "to-trinh.docx: its CRC-32 does not fit"),
        (lambda: counting(6), "the directory is cut"),
        (lambda: counting(4001), "does not fit the file"),
    ],
)
def test_what_a_bundle_says_of_itself_is_compared_with_what_is_there(raw: Callable[[], bytes], message: str) -> None:
    with pytest.raises(InvalidBundle, match=message):
        verify(raw())


def test_the_same_files_under_their_own_manifest_and_directory_pass() -> None:
    assert verify(manifest_of(1)) == verify(with_other_directory(lambda entries: entries)) == verify(counting(5)) == 4


def test_more_files_or_bytes_than_can_be_read_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_FILES", len(FILES))
    with pytest.raises(InvalidBundle, match="at most 4 files expected, 5 found"):
        write_bundle("dossier", FILES, key(), "x")
    monkeypatch.undo()
    monkeypatch.setattr(bundles, "MOST_BYTES", 100)
    with pytest.raises(InvalidBundle, match="at most 100 bytes expected"):
        write_bundle("dossier", FILES, key(), "x")


def test_a_file_that_is_cut_while_it_is_read_is_named() -> None:
    file = io.BytesIO(good())
    bundle = open_bundle(file)
    file.truncate(bundle.entries["to-trinh.docx"].start + 1)
    with pytest.raises(InvalidBundle, match="to-trinh.docx: cut after 1 bytes"):
        bundle.read("to-trinh.docx", 1000)


PARTS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,6}", fullmatch=True).filter(
    lambda part: not part.endswith(".") and not bundles.WINDOWS_DEVICE.fullmatch(part)
)


@given(st.dictionaries(st.tuples(PARTS, PARTS).map("/".join), st.binary(max_size=40), max_size=8))
def test_any_files_come_back_as_they_were(files: dict[str, bytes]) -> None:
    bundle = open_bundle(io.BytesIO(write_bundle("custody", files, key(), "x")))
    assert {name: bundle.read(name, 40) for name in bundle.names()} == files
    assert verify_bundle_files(bundle) == len(files)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_be_refused(raw: bytes) -> None:
    with pytest.raises(InvalidBundle):
        open_bundle(io.BytesIO(raw))
    with pytest.raises(InvalidBundle):
        open_bundle(io.BytesIO(raw + good()[-22:]))
