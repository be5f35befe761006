"""The tablets' interface: every refusal with its code and whether the ballot counts, limits, enrolment."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from keys.files.signing import SigningKey, new_signing_key, public_text, raw_message, sign_raw
from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, Clock, web_room
from voting import errors
from voting.box import receipts, tablets
from voting.box.casting import RECEIPT_TAG
from voting.box.tablets import DEVICE_TAG
from voting.conference import transitions
from voting.errors import ReceiptMissing
from voting.web.api import refuse_for
from voting.web.app import create_app


class Tablet:
    """A tablet: a key, an id, and the requests that it makes."""

    def __init__(self, app: Flask, room: Room) -> None:
        self.app, self.room = app, room
        self.client: FlaskClient = app.test_client()
        self.key: SigningKey = new_signing_key()
        self.id = ""

    def enrol(self, code: str | None = None, key: str | None = None) -> TestResponse:
        shared = web_room(self.app)
        if code is None:
            with shared.storage.write() as session:
                code = tablets.new_code(session, "Máy 01", shared.seconds())
        content = {"code": code, "public_key": key or public_text(self.key), "name": ""}
        answer = self.client.post("/api/v1/devices", json=content, base_url=HERE)
        if answer.status_code == 200:
            assert answer.json is not None
            self.id = answer.json["device"]
        return answer

    def cast(self, body: bytes, *, signer: SigningKey | None = None, uuid: str | None = None) -> TestResponse:
        uuid = uuid or self.room.uuid()
        return self._post(f"/api/v1/elections/{uuid}/ballots", body, uuid, signer)

    def hand_over(self, trackers: list[str], *, signed: bool = True) -> TestResponse:
        kept = [{"tracker": one, "receipt": self._receipt(one) if signed else ""} for one in trackers]
        body = json.dumps({"receipts": kept}).encode()
        return self.post("receipts", body)

    def _receipt(self, tracker: str) -> str:
        """A receipt as this room signs it, for whatever tracker."""
        message = raw_message(RECEIPT_TAG, self.room.uuid().encode(), tracker.encode())
        with self.room.storage.read() as session:
            key = self.room.keyring.key(session, self.room.conference, "receipt")
        return base64.b64encode(sign_raw(key, message)).decode()

    def post(self, what: str, body: bytes) -> TestResponse:
        return self._post(f"/api/v1/elections/{self.room.uuid()}/{what}", body, self.room.uuid(), None)

    def _post(self, path: str, body: bytes, uuid: str, signer: SigningKey | None) -> TestResponse:
        message = raw_message(DEVICE_TAG, uuid.encode(), hashlib.sha256(body).digest())
        signature = base64.b64encode(sign_raw(signer or self.key, message)).decode()
        headers = {"Phieukin-Device": self.id, "Phieukin-Signature": signature}
        kind = "application/octet-stream"
        return self.client.post(path, data=body, content_type=kind, headers=headers, base_url=HERE)


@pytest.fixture
def tablet(app: Flask, room: Room) -> Tablet:
    made = Tablet(app, room)
    made.enrol()
    return made


def refusal(answer: TestResponse) -> tuple[int, str, bool | None]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"], answer.json["recorded"]


def test_the_room_tells_its_state_and_the_election_from_setup_on(room: Room, tablet: Tablet) -> None:
    assert tablet.client.get("/api/v1/room", base_url=HERE).json == {
        "state": "none",
        "uuid": None,
        "fingerprint": None,
        "practice": False,
        "closing": False,
        "name": "",
        "address": "",
    }
    room.seal()
    answer = tablet.client.get("/api/v1/room", base_url=HERE).json
    assert answer is not None
    assert (answer["state"], answer["uuid"], answer["fingerprint"]) == (
        "sealed",
        room.uuid(),
        room.setup().fingerprint,
    )


def test_the_parts_of_setup_are_given_byte_for_byte(room: Room, tablet: Tablet) -> None:
    room.seal()
    written = room.setup()
    for part in ("election", "trustees", "credentials"):
        answer = tablet.client.get(f"/api/v1/elections/{written.uuid}/{part}.json", base_url=HERE)
        assert answer.data == getattr(written, part)
    assert tablet.client.get("/api/v1/elections/11111111111111/election.json", base_url=HERE).status_code == 404


def test_a_cast_is_answered_with_tracker_and_receipt_in_one_length(room: Room, tablet: Tablet) -> None:
    room.open()
    answers = [tablet.cast(room.body(card)) for card in room.drawn]
    assert {answer.status_code for answer in answers} == {200}
    assert len({len(answer.data) for answer in answers}) == 1
    assert answers[0].json is not None
    assert len(answers[0].json["tracker"]) == 43
    assert len(base64.b64decode(answers[0].json["receipt"])) == 64


def test_the_same_request_again_has_the_same_answer(room: Room, tablet: Tablet) -> None:
    room.open()
    body = room.body(room.drawn[0])
    assert tablet.cast(body).data == tablet.cast(body).data


def left_over(room: Room) -> str:
    return next(card.text for card in room.secrets if not card.spare and card.text not in room.drawn)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (lambda room: room.body(room.drawn[0]) + b" ", (400, "wrong_size", False)),
        (lambda room: b"{" * len(room.body(room.drawn[0])), (400, "bad_ballot", False)),
        (lambda room: room.body("1" * 22), (403, "unknown_card", False)),
        (lambda room: room.body(left_over(room)), (403, "card_void", False)),
        (lambda room: room.body(room.spares[0]), (403, "spare_not_active", False)),
    ],
)
def test_refusals_say_why_and_that_the_ballot_does_not_count(
    room: Room, tablet: Tablet, body: Callable[[Room], bytes], expected: tuple[int, str, bool]
) -> None:
    room.open()
    assert refusal(tablet.cast(body(room))) == expected


def test_another_ballot_of_a_card_that_voted_is_refused(room: Room, tablet: Tablet) -> None:
    room.open()
    tablet.cast(room.body(room.drawn[0]))
    assert refusal(tablet.cast(room.body(room.drawn[0]))) == (409, "card_used", False)


def test_before_opening_and_after_closing_nothing_is_taken(room: Room, tablet: Tablet) -> None:
    room.seal()
    bodies = [room.body(card) for card in room.drawn]
    assert refusal(tablet.cast(bodies[0])) == (409, "not_open", False)
    room.confirm()
    with room.storage.write() as session:
        transitions.open_box(session, room.conference, transitions.TwoPeople("a", "b"), web_room(tablet.app).clock())
    assert tablet.cast(bodies[0]).status_code == 200
    with room.storage.write() as session:
        transitions.freeze(session, room.conference)
    assert refusal(tablet.cast(bodies[1])) == (409, "frozen", False)
    room.close()
    assert refusal(tablet.cast(bodies[1])) == (409, "closed", False)
    assert tablet.cast(bodies[0]).status_code == 200


def test_a_request_for_an_election_that_is_not_here_is_refused(room: Room, tablet: Tablet) -> None:
    assert refusal(tablet.cast(b" " * 100, uuid="11111111111111")) == (409, "not_open", False)


def test_a_tablet_that_is_not_enrolled_or_was_revoked_or_lies_is_refused(
    app: Flask, room: Room, tablet: Tablet
) -> None:
    room.open()
    stranger = Tablet(app, room)
    body = room.body(room.drawn[0])
    assert refusal(stranger.cast(body)) == (401, "device_unknown", False)
    assert refusal(tablet.cast(body, signer=stranger.key)) == (401, "device_unknown", False)
    with room.storage.write() as session:
        tablets.revoke(session, tablet.id)
    assert refusal(tablet.cast(body)) == (401, "device_unknown", False)


def test_a_revoked_tablet_hears_that_its_ballot_counts(room: Room, tablet: Tablet) -> None:
    room.open()
    body = room.body(room.drawn[0])
    tablet.cast(body)
    with room.storage.write() as session:
        tablets.revoke(session, tablet.id)
    assert refusal(tablet.cast(body)) == (401, "device_unknown", True)


def test_of_a_request_with_malformed_commitments_the_ballot_alone_says_whether_it_is_recorded(
    room: Room, tablet: Tablet
) -> None:
    room.open()
    inside, outside = (room.body(card) for card in room.drawn[:2])
    tablet.cast(inside)
    for body, recorded in ((inside, True), (outside, False)):
        malformed = (body.partition(b"\n")[0] + b"\n???").ljust(len(body))
        assert refusal(tablet.cast(malformed)) == (400, "bad_ballot", recorded)


def test_a_database_that_does_not_answer_leaves_the_outcome_unknown(
    room: Room, tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.open()
    body = room.body(room.drawn[0])

    def locked(*_: object) -> None:
        raise OperationalError("statement", None, Exception("database is locked"))

    monkeypatch.setattr(web_room(tablet.app).box, "take", locked)
    assert refusal(tablet.cast(body)) == (503, "busy", None)


def test_a_code_enrols_one_tablet_once_and_not_too_late(app: Flask, room: Room, clock: Clock) -> None:
    shared = web_room(app)
    with shared.storage.write() as session:
        code, late = (tablets.new_code(session, "", shared.seconds()) for _ in range(2))
    first, second = Tablet(app, room), Tablet(app, room)
    assert first.enrol("1" * 10).status_code == 403
    assert first.enrol(f"{code[:5]} {code[5:]}").status_code == 200
    assert second.enrol(code).status_code == 403
    clock.forward(minutes=16)
    assert second.enrol(late).status_code == 403


def test_a_key_as_browsers_export_it_is_the_same_tablet(app: Flask, room: Room, tablet: Tablet) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = tablet.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    before = tablet.id
    tablet.enrol(key=base64.b64encode(raw).decode())
    assert tablet.id == before


@pytest.mark.parametrize("key", ["", "AAAA", base64.b64encode(b"\x04" + bytes(64)).decode()])
def test_what_is_no_key_enrols_nothing(app: Flask, room: Room, key: str) -> None:
    shared = web_room(app)
    with shared.storage.write() as session:
        code = tablets.new_code(session, "", shared.seconds())
    content = {"code": code, "public_key": key}
    answer = app.test_client().post("/api/v1/devices", json=content, base_url=HERE)
    assert answer.status_code == 403


def test_receipts_are_compared_with_the_archive_after_closing(room: Room, tablet: Tablet) -> None:
    room.open()
    receipt = room.box.cast(room.uuid(), room.body(room.drawn[0]))
    assert refusal(tablet.hand_over([receipt.tracker])) == (409, "not_closed", None)
    room.close()
    assert tablet.hand_over([receipt.tracker]).json == {"receipts": 1, "missing": 0}
    assert tablet.hand_over([receipt.tracker, "x" * 43], signed=False).json == {"receipts": 2, "missing": 0}
    assert tablet.hand_over([receipt.tracker, "x" * 43]).json == {"receipts": 2, "missing": 1}


def test_a_missing_receipt_keeps_the_archive_in_the_room(room: Room, tablet: Tablet) -> None:
    room.open()
    room.close()
    with room.storage.read() as session:
        receipts.demand_all(session, room.conference)
    tablet.hand_over(["x" * 43])
    with room.storage.read() as session, pytest.raises(ReceiptMissing, match=r"do not count"):
        receipts.demand_all(session, room.conference)


def test_a_tablet_that_casts_too_often_is_told_to_wait_and_others_are_not(
    app: Flask, room: Room, tablet: Tablet
) -> None:
    settings = dataclasses.replace(web_room(app).settings, casts_per_minute=2)
    limited = create_app(settings)
    room.open()
    tablet.client = limited.test_client()
    bodies = [room.body(card) for card in room.drawn]
    assert [tablet.cast(body).status_code for body in bodies] == [200, 200, 429]
    assert refusal(tablet.cast(bodies[2])) == (429, "limit", None)
    other = Tablet(app, room)
    other.enrol()
    other.client = limited.test_client()
    assert other.cast(bodies[2]).status_code == 200
    web_room(limited).storage.close()


def test_a_stranger_who_uses_a_tablets_name_limits_nobody_but_themselves(
    app: Flask, room: Room, tablet: Tablet
) -> None:
    limited = create_app(dataclasses.replace(web_room(app).settings, casts_per_minute=2))
    room.open()
    tablet.client = limited.test_client()
    body = room.body(room.drawn[0])
    stranger = new_signing_key()
    assert [tablet.cast(body, signer=stranger).status_code for _ in range(5)] == [401] * 5
    assert tablet.cast(body).status_code == 200
    web_room(limited).storage.close()


@pytest.mark.parametrize("signature", ["é", "\xe9\xff", "AA", "=", "A" * 5000])
@pytest.mark.parametrize("part", ["ballots", "receipts", "audits"])
def test_a_signature_that_is_none_is_a_strangers_and_no_fault(
    room: Room, tablet: Tablet, part: str, signature: str, caplog: pytest.LogCaptureFixture
) -> None:
    room.open()
    bodies = {
        "ballots": room.body(room.drawn[0]),
        "receipts": b'{"receipts":[]}',
        "audits": b'{"credential":"x","hash":"y"}',
    }
    headers = {"Phieukin-Device": tablet.id, "Phieukin-Signature": signature}
    path = f"/api/v1/elections/{room.uuid()}/{part}"
    answer = tablet.client.post(path, data=bodies[part], headers=headers, base_url=HERE)
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "device_unknown")
    assert "fault" not in caplog.text


def test_receipts_that_are_no_base64_block_nothing_and_hide_no_other(room: Room, tablet: Tablet) -> None:
    room.open()
    room.close()
    missing = "x" * 43
    kept = [{"tracker": "é" * 43, "receipt": "é"}, {"tracker": missing, "receipt": tablet._receipt(missing)}]
    answer = tablet.post("receipts", json.dumps({"receipts": kept}, ensure_ascii=False).encode())
    assert (answer.status_code, answer.json) == (200, {"receipts": 2, "missing": 1})


@pytest.mark.parametrize("kind", [one for one in vars(errors).values() if isinstance(one, type)])
def test_every_error_of_the_room_has_a_refusal(app: Flask, kind: type[Exception]) -> None:
    if not issubclass(kind, errors.VotingError):
        return
    with app.app_context():
        answer = refuse_for(kind("x"), recorded=False)
    assert 400 <= answer.status_code <= 503 and answer.status_code != 500
    assert answer.json is not None and answer.json["recorded"] is False
