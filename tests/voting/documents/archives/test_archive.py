"""The archive: written event by event, read back the same, appended to, and refused where anything does not fit."""

import hashlib
import io
import json
import os
from pathlib import Path

import pytest

from voting.documents.archives.archive import ArchiveReader, ArchiveWriter, open_archive, open_archive_for_append
from voting.documents.archives.events import Entry
from voting.documents.archives.members import encode_member
from voting.documents.errors import ArchiveChanged, BrokenChain, DamagedArchive, NotCanonical, UnsupportedElection

VECTORS = sorted((Path(__file__).resolve().parents[3] / "vectors").glob("*/*.bel"))
TIME = 1_700_000_000


def entries(raw: bytes) -> list[Entry]:
    return list(ArchiveReader(io.BytesIO(raw)).entries())


def written(*, ballots: int = 2, close: bool = True) -> bytes:
    file = io.BytesIO()
    writer = ArchiveWriter(file, TIME)
    writer.add_setup(b"election", b"trustees", b"[]")
    for number in range(ballots):
        writer.add_ballot(b"ballot %d" % number)
    if close:
        writer.add_end_ballots()
    return file.getvalue()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.parent.name)
def test_the_archives_of_belenios_are_written_again_byte_for_byte(vector: Path) -> None:
    with open_archive(vector) as archive:
        read = list(archive.entries())
    file = io.BytesIO()
    writer = ArchiveWriter(file, archive.timestamp)
    for entry in read:
        assert writer.add_event(entry.event.type, *entry.records) == entry.digest
    assert file.getvalue() == vector.read_bytes()


def test_the_writer_names_payloads_and_hashes_itself() -> None:
    file = io.BytesIO()
    writer = ArchiveWriter(file, TIME)
    writer.add_setup(b"election", b"trustees", b"[]")
    writer.add_ballot(b"ballot")
    closing = writer.add_end_ballots()
    writer.add_tally(b"[]", 1)
    writer.add_partial_decryption(2, b"{}")
    last = writer.add_result(b'{"result":[]}')
    read = entries(file.getvalue())
    assert [one.event.type for one in read] == [
        "Setup", "Ballot", "EndBallots", "EncryptedTally", "PartialDecryption", "Result",
    ]  # fmt: skip
    assert [one.event.height for one in read] == [0, 1, 2, 3, 4, 5]
    assert json.loads(read[3].records[1])["num_tallied"] == 1
    assert json.loads(read[4].records[1])["owner"] == 2
    assert (read[2].digest, read[5].digest) == (closing, last)


def test_reading_holds_one_event_at_a_time() -> None:
    archive = ArchiveReader(io.BytesIO(written(ballots=50)))
    first = next(archive.entries())
    assert first.event.type == "Setup"
    assert archive.offset < len(written(ballots=50)) / 4


def test_the_hash_of_the_whole_file_comes_with_reading(tmp_path: Path) -> None:
    archive = ArchiveReader(io.BytesIO(written()))
    list(archive.entries())
    assert archive.sha256() == hashlib.sha256(written()).hexdigest()
    assert archive.chain.ballots == 2


@pytest.mark.parametrize(
    ("kind", "records"),
    [("Ballot", (b"x",)), ("EndBallots", ()), ("Setup", (b"", b"", b"", b"")), ("PartialDecryption", (b"", b""))],
)
def test_the_writer_refuses_another_order(kind: str, records: tuple[bytes, ...]) -> None:
    file = io.BytesIO(b"")
    writer = ArchiveWriter(file, TIME)
    writer.add_setup(b"election", b"trustees", b"[]")
    writer.add_end_ballots()
    with pytest.raises(BrokenChain, match="order"):
        writer.add_event(kind, *records)  # type: ignore[arg-type]


@pytest.mark.parametrize("records", [(), (b"a", b"b")])
def test_the_writer_refuses_another_number_of_records(records: tuple[bytes, ...]) -> None:
    writer = ArchiveWriter(io.BytesIO(), TIME)
    writer.add_setup(b"election", b"trustees", b"[]")
    with pytest.raises(BrokenChain, match="1 records expected"):
        writer.add_event("Ballot", *records)


def test_shuffles_are_refused_as_not_supported() -> None:
    writer = ArchiveWriter(io.BytesIO(), TIME)
    writer.add_setup(b"election", b"trustees", b"[]")
    with pytest.raises(UnsupportedElection, match="shuffles"):
        writer.add_event("EndShuffles")


@pytest.mark.parametrize("timestamp", [-1, 8**11])
def test_a_time_that_has_no_eleven_octal_digits_is_refused(timestamp: int) -> None:
    with pytest.raises(ValueError, match="octal"):
        ArchiveWriter(io.BytesIO(), timestamp)


def first(body: bytes) -> bytes:
    return encode_member("BELENIOS", body, TIME)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", DamagedArchive),
        (first(b"{}"), NotCanonical),
        (first(b'{"version":1,"timestamp":1700000000}'), NotCanonical),
        (first(b'{"version": 1,"timestamp":"1700000000"}'), NotCanonical),
        (first(b'{"version":1,"timestamp":"01700000000"}'), DamagedArchive),
        (first(b'{"version":1,"timestamp":"1700000001"}'), DamagedArchive),
        (first(b'{"version":2,"timestamp":"1700000000"}'), UnsupportedElection),
        (first(b'{"version":1,"timestamp":"1700000000","more":1}'), NotCanonical),
    ],
)
def test_another_first_member_is_refused(raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        entries(raw)


def test_records_at_the_end_without_their_event_are_refused() -> None:
    with pytest.raises(BrokenChain, match="without their event"):
        entries(written() + encode_member("0" * 64 + ".data.json", b"", TIME))


def test_a_content_that_is_not_that_of_its_name_is_refused() -> None:
    with pytest.raises(BrokenChain, match="content and name"):
        entries(written().replace(b"ballot 1", b"ballot 2"))


# --- appending -----------------------------------------------------------------------------------------------------


def test_events_are_appended_after_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(written())
    with open_archive_for_append(path) as archive:
        archive.add_tally(b"[]", 2)
    assert path.read_bytes().startswith(written())
    *_, last, added = entries(path.read_bytes())
    assert added.event.parent == last.digest
    with open_archive_for_append(path) as archive:
        archive.add_partial_decryption(1, b"{}")
    assert len(entries(path.read_bytes())) == 6


def test_what_fails_half_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(written())
    with pytest.raises(BrokenChain), open_archive_for_append(path) as archive:
        archive.add_tally(b"[]", 2)
        archive.add_ballot(b"late")
    assert path.read_bytes() == written()


def test_a_broken_archive_is_not_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(written()[:-1])
    with pytest.raises(DamagedArchive), open_archive_for_append(path) as archive:
        archive.add_tally(b"[]", 2)
    assert path.read_bytes() == written()[:-1]


# --- a file that changes -------------------------------------------------------------------------------------------


def test_a_file_that_grows_while_it_is_read_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(written(close=False))
    with open_archive(path) as archive:
        events = archive.entries()
        next(events)
        with open_archive_for_append(path) as other:
            other.add_end_ballots()
        with pytest.raises(ArchiveChanged, match="written to while it was read"):
            list(events)


def test_a_file_that_was_touched_while_it_was_read_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "box.bel"
    path.write_bytes(written())
    with open_archive(path) as archive:
        events = archive.entries()
        next(events)
        os.utime(path, ns=(1, 1))
        with pytest.raises(ArchiveChanged):
            list(events)
