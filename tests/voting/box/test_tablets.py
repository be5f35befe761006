"""Tablets: a code is good once and for its minutes, a key that was revoked stays out, the desk lists who is in."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.files.signing import new_signing_key, public_text, raw_message, sign_raw
from tests.voting.rooms import Room
from voting.box.tablets import (
    CODE_SECONDS,
    DEVICE_TAG,
    LABEL_LIMIT,
    check_device,
    devices,
    enrol,
    new_code,
    revoke,
    was_ours,
)
from voting.errors import InvalidCode, UnknownDevice
from voting.storage.tables import EnrolmentRow

NOW = 1_649_554_200


def key() -> str:
    """A new tablet's public key."""
    return public_text(new_signing_key())


def labels(session: Session) -> list[tuple[str, bool]]:
    """Each tablet's label, and whether it is enrolled."""
    return [(one.label, one.enrolled) for one in devices(session)]


def test_a_code_is_good_until_its_last_second_and_once(sqlite_room: Room) -> None:
    with sqlite_room.storage.write() as session:
        code, late = new_code(session, "Máy 1", NOW), new_code(session, "Máy 2", NOW)
        with pytest.raises(InvalidCode, match="too old"):
            enrol(session, late, key(), NOW + CODE_SECONDS + 1)
        enrol(session, code, key(), NOW + CODE_SECONDS)
        with pytest.raises(InvalidCode, match="used"):
            enrol(session, code, key(), NOW)
        assert labels(session) == [("Máy 1", True)]


def test_codes_that_ran_out_are_forgotten_when_a_new_one_is_made(sqlite_room: Room) -> None:
    with sqlite_room.storage.write() as session:
        new_code(session, "Máy 1", NOW - CODE_SECONDS - 1)
        good = new_code(session, "Máy 2", NOW - CODE_SECONDS)
        new_code(session, "Máy 3", NOW)
        assert sorted(session.scalars(select(EnrolmentRow.label))) == ["Máy 2", "Máy 3"]
        enrol(session, good, key(), NOW)


def test_a_code_may_be_typed_with_spaces_up_to_twice_its_length(sqlite_room: Room) -> None:
    with sqlite_room.storage.write() as session:
        code = new_code(session, "Máy 1", NOW)
        for spaced in (" " * 11 + code, code + "x", ""):
            with pytest.raises(InvalidCode, match="ask the desk for a new one"):
                enrol(session, spaced, key(), NOW)
        enrol(session, " ".join(code) + " ", key(), NOW)
        assert labels(session) == [("Máy 1", True)]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("", "Máy 1"),
        ("b", "b"),
        ("b" * LABEL_LIMIT, "b" * LABEL_LIMIT),
        ("b" * (LABEL_LIMIT + 1), "Máy 1"),
        ("hai\ndòng", "Máy 1"),
    ],
)
def test_the_name_typed_at_the_tablet_counts_if_it_fits(sqlite_room: Room, typed: str, label: str) -> None:
    with sqlite_room.storage.write() as session:
        enrol(session, new_code(session, "Máy 1", NOW), key(), NOW, name=typed)
        assert labels(session) == [(label, True)]


def test_a_key_enrolled_twice_stays_one_tablet_and_once_revoked_stays_out(sqlite_room: Room) -> None:
    own = key()
    with sqlite_room.storage.write() as session:
        identifier = enrol(session, new_code(session, "a", NOW), own, NOW)
        assert enrol(session, new_code(session, "b", NOW), own, NOW) == identifier
        other = enrol(session, new_code(session, "b", NOW), key(), NOW)
        revoke(session, identifier)
        assert labels(session) == [("a", False), ("b", True)]
        with pytest.raises(InvalidCode, match="was revoked"):
            enrol(session, new_code(session, "c", NOW), own, NOW)
        assert [one.id for one in devices(session)] == [identifier, other]
        with pytest.raises(UnknownDevice, match="no such tablet"):
            revoke(session, "0" * 64)


def test_a_revoked_tablet_casts_nothing_and_was_ours(sqlite_room: Room) -> None:
    signer, body = new_signing_key(), b"a request"
    message = raw_message(DEVICE_TAG, b"uuid", hashlib.sha256(body).digest())
    signature = sign_raw(signer, message)
    with sqlite_room.storage.write() as session:
        identifier = enrol(session, new_code(session, "a", NOW), public_text(signer), NOW)
    check_device(sqlite_room.storage, identifier, signature, "uuid", body)
    for wrong in ((identifier, signature, "uuid", b"another"), (identifier, signature, "other", body)):
        with pytest.raises(UnknownDevice, match="signature"):
            check_device(sqlite_room.storage, *wrong)
    with sqlite_room.storage.write() as session:
        revoke(session, identifier)
        assert was_ours(session, identifier, signature, "uuid", body)
        assert not was_ours(session, identifier, signature, "uuid", b"another")
        assert not was_ours(session, "0" * 64, signature, "uuid", body)
    for unknown in (identifier, "0" * 64):
        with pytest.raises(UnknownDevice, match="not enrolled, or was revoked"):
            check_device(sqlite_room.storage, unknown, signature, "uuid", body)


def test_a_key_comes_as_der_or_as_a_point_and_in_strict_base64(sqlite_room: Room) -> None:
    signer = new_signing_key()
    point = signer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    with sqlite_room.storage.write() as session:
        as_point = enrol(session, new_code(session, "a", NOW), base64.b64encode(point).decode(), NOW)
        assert enrol(session, new_code(session, "a", NOW), public_text(signer), NOW) == as_point
        text = base64.b64encode(point).decode()
        for wrong in (text[:20] + "*" + text[20:], base64.b64encode(point[:-1]).decode(), "", "ồ"):
            with pytest.raises(InvalidCode, match="P-256 public key"):
                enrol(session, new_code(session, "a", NOW), wrong, NOW)
