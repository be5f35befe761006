"""Files that people signed: whatever else is written, they stay, under their name or one of their own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from keys.transcript import sha256_hex
from tally.signing.signatures import sign_record
from tally.signing.signed_files import put, put_named
from tests.attacks.lab import Lab, counted
from tests.attacks.records import Papers, papers
from voting.documents.canonical import canonical

SIGNED_PDF = b"%PDF-1.7\n... /ByteRange [0 1 2 3] ..."


@pytest.fixture
def made(lab: Lab) -> Papers:
    return papers(lab, counted(lab))


def unsigned(made: Papers) -> bytes:
    made.signers = ()
    return made.sign()


def other(made: Papers) -> bytes:
    """The unsigned record of the same box with another complaint."""
    made.count = msgspec.structs.replace(made.count, complaints=("Một ý kiến",))
    return unsigned(made)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_signed_record_makes_way_and_stays(made: Papers, tmp_path: Path) -> None:
    path, signed, fresh = tmp_path / "record.json", made.sign(), other(made)
    path.write_bytes(signed)
    assert put(path, fresh) == tmp_path / "signed-1-record.json"
    assert (tmp_path / "signed-1-record.json").read_bytes() == signed
    assert path.read_bytes() == fresh


def test_each_signed_file_gets_a_name_of_its_own(made: Papers, tmp_path: Path) -> None:
    path, signed = tmp_path / "record.json", made.sign()
    (tmp_path / "signed-1-record.json").write_bytes(b"an earlier one")
    path.write_bytes(signed)
    assert put(path, other(made)) == tmp_path / "signed-2-record.json"
    assert (tmp_path / "signed-1-record.json").read_bytes() == b"an earlier one"


def test_the_same_bytes_again_change_nothing(made: Papers, tmp_path: Path) -> None:
    path, signed = tmp_path / "record.json", made.sign()
    path.write_bytes(signed)
    before = path.stat().st_ino
    assert put(path, signed) is None
    put_named(path, signed)
    assert (path.stat().st_ino, names(tmp_path)) == (before, ["record.json"])


def test_what_nobody_signed_is_written_over(made: Papers, tmp_path: Path) -> None:
    drafts: dict[str, Callable[[], bytes]] = {
        "record.json": lambda: unsigned(made),
        "minutes.pdf": lambda: b"%PDF-1.7 unsigned",
        "x.count.json": lambda: canonical(made.count),
        "x.bel": lambda: b"archive",
    }
    for name, draft in drafts.items():
        (tmp_path / name).write_bytes(draft())
        assert put(tmp_path / name, b"%PDF-1.7 another") is None
    assert names(tmp_path) == sorted(drafts)


def test_what_a_signed_record_names_by_hash_makes_way(made: Papers, tmp_path: Path) -> None:
    count, archive = canonical(made.count), b"archive"
    made.box = replace(made.box, archive=sha256_hex(archive))
    (tmp_path / "record.json").write_bytes(made.sign())
    (tmp_path / "x.count.json").write_bytes(count)
    fresh = canonical(msgspec.structs.replace(made.count, witnesses=("Người khác",)))
    assert put(tmp_path / "x.count.json", fresh) == tmp_path / "signed-1-x.count.json"
    assert (tmp_path / "signed-1-x.count.json").read_bytes() == count
    (tmp_path / "x.bel").write_bytes(archive)
    assert put(tmp_path / "x.bel", b"another") == tmp_path / "signed-1-x.bel"


@pytest.mark.parametrize("worth", [SIGNED_PDF, b"a letter of somebody", b'{"payload":"half a fi'])
def test_what_is_not_known_or_signed_is_neither_replaced_nor_lost(tmp_path: Path, worth: bytes) -> None:
    path = tmp_path / "minutes.pdf"
    path.write_bytes(worth)
    with pytest.raises(FileExistsError):
        put_named(path, b"%PDF-1.7 another")
    assert path.read_bytes() == worth
    aside = put(path, b"%PDF-1.7 another")
    assert aside is not None and aside.read_bytes() == worth


def test_minutes_grow_by_signatures_and_never_shrink(tmp_path: Path) -> None:
    path = tmp_path / "minutes.pdf"
    path.write_bytes(b"%PDF-1.7 whole")
    put_named(path, b"%PDF-1.7 whole /ByteRange one")
    put_named(path, b"%PDF-1.7 whole /ByteRange one /ByteRange two")
    with pytest.raises(FileExistsError):
        put_named(path, b"%PDF-1.7 whole")
    with pytest.raises(FileExistsError):
        put_named(path, b"%PDF-1.7 whole /ByteRange three")
    assert path.read_bytes().endswith(b"two")


def test_signatures_that_two_people_made_apart_are_joined(lab: Lab, made: Papers, tmp_path: Path) -> None:
    bare = unsigned(made)
    one, two = (sign_record(bare, [lab.signing[name]]) for name in ("1", "2"))
    path = tmp_path / "record.json"
    for raw in (one, two, bare):
        put_named(path, raw)
    assert path.read_bytes() == sign_record(bare, [lab.signing["1"], lab.signing["2"]])


def test_an_unsigned_record_is_not_joined_with_another_payload(made: Papers, tmp_path: Path) -> None:
    path, signed = tmp_path / "record.json", made.sign()
    path.write_bytes(signed)
    with pytest.raises(FileExistsError):
        put_named(path, other(made))
    assert path.read_bytes() == signed


def test_half_an_opening_is_not_replaced_by_another_file(tmp_path: Path) -> None:
    path = tmp_path / "opening.json"
    path.write_bytes(b'{"partial_decryption":')
    with pytest.raises(FileExistsError):
        put_named(path, b"{}")
    assert path.read_bytes() == b'{"partial_decryption":'
