"""The desk's keys by boxes: each Setup takes the next unused ones of the ceremony, and no Setup those of another."""

import subprocess
import sys

import msgspec
import pytest
from sqlalchemy.exc import DBAPIError

from keys.ceremony.protocol import rehearse
from keys.files.signing import public_text
from keys.trustees import encode_trustees
from tests.voting.records import conference_of
from tests.voting.rooms import Room
from voting.conference import setup
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import CeremonyBox
from voting.documents.tellers import BoxKeys, TellerKeys, Tellers
from voting.errors import InvalidSetup
from voting.storage import teller_keys

FINGERPRINT = "ab" * 32


@pytest.fixture(scope="module")
def boxes() -> tuple[BoxKeys, ...]:
    """The keys of three boxes for two tellers."""
    return tuple(BoxKeys(encode_trustees([item]).decode(), 7) for item, _ in rehearse(2, 2, boxes=3))


def brought(room: Room, boxes: tuple[BoxKeys, ...], fingerprint: str = FINGERPRINT) -> bytes:
    """What the ceremony of the room's tellers hands to the desk."""
    keys = tuple(
        TellerKeys(f"Kiểm phiếu viên {number}", public_text(one.signing)) for number, one in enumerate(room.tellers, 1)
    )
    return canonical(Tellers(2, "HN", 2, fingerprint, keys, (), boxes))


def sealed(room: Room, raw: bytes) -> str:
    """Hold a conference up to Setup with these keys; return trustees.json of it."""
    room.take_roll()
    with room.storage.write() as session:
        setup.upload_trustees(session, room.conference, raw)
    with room.storage.write() as session:
        setup.write_setup(session, room.conference, room.keyring)
    return room.setup().trustees.decode()


def left(room: Room) -> int:
    with room.storage.read() as session:
        found = setup.keys_left(session, room.conference)
    assert found is not None and found.ceremony == FINGERPRINT
    return found.left


def test_each_setup_takes_the_next_unused_keys_and_names_ceremony_and_box(
    room: Room, boxes: tuple[BoxKeys, ...]
) -> None:
    raw = brought(room, boxes)
    for number, box in enumerate(boxes, 1):
        assert sealed(room, raw) == box.trustees
        assert conference_of(room).ceremony == CeremonyBox(FINGERPRINT, number)
        assert left(room) == len(boxes) - number
    room.take_roll()
    with room.storage.write() as session, pytest.raises(InvalidSetup, match="all keys of this ceremony were used"):
        setup.upload_trustees(session, room.conference, raw)


def test_two_drafts_with_one_file_get_the_keys_of_two_boxes(room: Room, boxes: tuple[BoxKeys, ...]) -> None:
    """Both were brought the file while box 1 was unused; whoever seals first takes it."""
    raw, waiting = brought(room, boxes), []
    for _ in range(2):
        room.take_roll()
        with room.storage.write() as session:
            setup.upload_trustees(session, room.conference, raw)
        waiting.append(room.conference)
    found = []
    for conference in waiting:
        with room.storage.write() as session:
            found.append(setup.write_setup(session, conference, room.keyring).trustees.decode())
    assert found == [boxes[0].trustees, boxes[1].trustees]


def test_the_same_keys_in_two_setups_of_one_room_are_refused(room: Room, boxes: tuple[BoxKeys, ...]) -> None:
    """Also where they come as trustees.json, which names no ceremony."""
    alone = boxes[0].trustees.encode()
    assert sealed(room, alone) == boxes[0].trustees
    assert isinstance(conference_of(room).ceremony, msgspec.UnsetType)
    with pytest.raises(InvalidSetup, match="another Setup used these keys"):
        sealed(room, alone)
    with room.storage.write() as session, pytest.raises(InvalidSetup, match="came with another ceremony"):
        setup.upload_trustees(session, room.conference, brought(room, boxes))


def test_trustees_json_of_a_box_that_the_room_knows_is_that_box(room: Room, boxes: tuple[BoxKeys, ...]) -> None:
    sealed(room, brought(room, boxes))
    assert sealed(room, boxes[2].trustees.encode()) == boxes[2].trustees
    assert conference_of(room).ceremony == CeremonyBox(FINGERPRINT, 3)
    assert left(room) == 1


def test_a_ceremony_with_other_keys_under_its_fingerprint_or_in_another_order_is_refused(
    room: Room, boxes: tuple[BoxKeys, ...]
) -> None:
    sealed(room, brought(room, boxes))
    room.take_roll()
    for raw in (brought(room, boxes[::-1]), brought(room, boxes, "cd" * 32), brought(room, (boxes[1], boxes[1]))):
        with room.storage.write() as session, pytest.raises(InvalidSetup, match="came with another ceremony"):
            setup.upload_trustees(session, room.conference, raw)


@pytest.mark.parametrize("change", ["format", "tellers", "threshold", "key", "none", "no file"])
def test_a_file_that_does_not_hold_the_keys_it_names_is_refused(
    room: Room, boxes: tuple[BoxKeys, ...], change: str
) -> None:
    room.take_roll()
    raw = brought(room, boxes)
    said = msgspec.json.decode(raw, type=Tellers)
    changed = {
        "format": raw.replace(b'"format":2', b'"format":1'),
        "tellers": canonical(msgspec.structs.replace(said, tellers=said.tellers[:1])),
        "threshold": canonical(msgspec.structs.replace(said, threshold=3)),
        "key": canonical(msgspec.structs.replace(said, boxes=(BoxKeys("[]", 7),))),
        "none": canonical(msgspec.structs.replace(said, boxes=())),
        "no file": b'{"',
    }[change]
    with room.storage.write() as session, pytest.raises(InvalidSetup):
        setup.upload_trustees(session, room.conference, changed)


def test_used_keys_stay_used_whatever_is_written_past_the_code(room: Room, boxes: tuple[BoxKeys, ...]) -> None:
    sealed(room, brought(room, boxes))
    for statement, guard in (
        ("UPDATE teller_keys SET setup = NULL WHERE setup IS NOT NULL", "keys_are_used_once"),
        ("UPDATE teller_keys SET box = 9", "keys_are_used_once"),
        ("UPDATE teller_keys SET content = ''", "keys_are_used_once"),
        ("DELETE FROM teller_keys", "used_keys_stay"),
        ("UPDATE teller_keys SET setup = (SELECT uuid FROM setups) WHERE box = 2", "setup"),
    ):
        with pytest.raises(DBAPIError, match=guard):
            room.sql(statement)
    with room.storage.read() as session:
        assert teller_keys.left(session, FINGERPRINT) == 2


def test_whoever_opens_a_room_knows_the_table_of_keys() -> None:
    """Backups and restores go over all tables that are known: this one has a module of its own."""
    script = "import voting.storage.engine; from voting.storage.tables import Base; print(*Base.metadata.tables)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "teller_keys" in said.split()
