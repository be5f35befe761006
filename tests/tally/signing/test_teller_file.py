import os
import stat
from pathlib import Path

import msgspec
import pytest

from keys.ceremony.protocol import rehearse
from keys.errors import DamagedFile, InvalidFormat, WrongPassphrase
from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import new_signing_key, public_text
from tally.errors import OtherBox
from tally.signing.teller_file import (
    KIND,
    TellerFile,
    bind_to_box,
    new_teller_file,
    note_records,
    read_teller_file,
    write_teller_file,
)
from tests.tally.records import sample_record
from voting.documents.canonical import canonical

PASSPHRASE = "núi cao sông dài"
BOX, OTHER = "3c" * 32, "4d" * 32


@pytest.fixture(scope="module")
def teller() -> TellerFile:
    [(_, keys)] = rehearse(3, 2)
    return new_teller_file("Lò Thị Ước", keys[1], new_signing_key())


@pytest.fixture
def path(tmp_path: Path, teller: TellerFile) -> Path:
    target = tmp_path / "teller-2.sealed"
    write_teller_file(target, teller, PASSPHRASE, LEAST_COST)
    return target


def test_share_signing_key_and_name_come_back_from_one_file(path: Path, teller: TellerFile) -> None:
    again = read_teller_file(path, PASSPHRASE)
    assert again == teller
    assert (again.name, again.share.index, again.opened) == ("Lò Thị Ước", 2, "")
    assert public_text(again.signer) == again.public_signer


def test_the_file_holds_no_open_secret_and_is_its_owners_alone(path: Path, teller: TellerFile) -> None:
    raw = path.read_bytes()
    assert teller.signing_key.encode() not in raw
    assert teller.share.secret.hex().encode() not in raw
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_wrong_passphrase_opens_nothing(path: Path) -> None:
    with pytest.raises(WrongPassphrase, match="does not open"):
        read_teller_file(path, PASSPHRASE + " ")


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_damaged_file_says_that_it_is_damaged(path: Path, at: float) -> None:
    raw = bytearray(path.read_bytes())
    raw[int(len(raw) * at)] ^= 1
    path.write_bytes(raw)
    with pytest.raises(DamagedFile):
        read_teller_file(path, PASSPHRASE)


def test_a_cut_file_says_that_it_is_damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DamagedFile):
        read_teller_file(path, PASSPHRASE)


@pytest.mark.parametrize(("kind", "error"), [("signing-key", InvalidFormat), (KIND, DamagedFile)])
def test_a_sealed_file_of_another_content_is_refused(tmp_path: Path, kind: str, error: type[Exception]) -> None:
    target = tmp_path / "other"
    write_sealed(target, b'{"format":1}', PASSPHRASE, kind=kind, cost=LEAST_COST)
    with pytest.raises(error):
        read_teller_file(target, PASSPHRASE)


def test_a_second_file_is_never_written_over_the_first(path: Path, teller: TellerFile) -> None:
    with pytest.raises(FileExistsError):
        write_teller_file(path, teller, PASSPHRASE, LEAST_COST)


def test_the_box_is_in_the_file_before_anything_is_opened(path: Path, teller: TellerFile) -> None:
    bound = bind_to_box(path, teller, PASSPHRASE, BOX, LEAST_COST)
    assert bound.opened == BOX
    assert read_teller_file(path, PASSPHRASE) == bound


def test_the_same_box_may_be_opened_again(path: Path, teller: TellerFile) -> None:
    bound = bind_to_box(path, teller, PASSPHRASE, BOX, LEAST_COST)
    before = path.read_bytes()
    assert bind_to_box(path, bound, PASSPHRASE, BOX, LEAST_COST) == bound
    assert path.read_bytes() == before


def test_a_second_box_is_refused_and_the_file_stays(path: Path, teller: TellerFile) -> None:
    bind_to_box(path, teller, PASSPHRASE, BOX, LEAST_COST)
    with pytest.raises(OtherBox, match="a share opens one box only"):
        bind_to_box(path, read_teller_file(path, PASSPHRASE), PASSPHRASE, OTHER, LEAST_COST)
    assert read_teller_file(path, PASSPHRASE).opened == BOX


def test_a_file_sealed_as_that_of_another_box_is_damaged(tmp_path: Path, teller: TellerFile) -> None:
    target = tmp_path / "other"
    write_sealed(target, canonical(teller), PASSPHRASE, kind=of_a_box(teller, 2), cost=LEAST_COST)
    with pytest.raises(DamagedFile, match="of another box than it says on its outside"):
        read_teller_file(target, PASSPHRASE)


def of_a_box(teller: TellerFile, box: int) -> str:
    """The kind of the same teller's file of a box of a ceremony."""
    return msgspec.structs.replace(teller, ceremony="ab" * 32, box=box, boxes=2).kind


def test_a_count_by_hand_is_noted_without_a_box(path: Path, teller: TellerFile) -> None:
    record = msgspec.structs.replace(sample_record(2), uuid="")
    noted = note_records(path, teller, PASSPHRASE, [record], LEAST_COST)
    assert len(noted.signed) == 1 and read_teller_file(path, PASSPHRASE) == noted
    before = path.read_bytes()
    assert note_records(path, noted, PASSPHRASE, [record], LEAST_COST) == noted
    assert path.read_bytes() == before
