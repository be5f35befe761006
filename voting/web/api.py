"""The tablets' interface (giao diện của máy tính bảng): the room's state, the election, one request a ballot.

Answers are small JSON. A refusal says whether the ballot counts: `recorded` is true, false, or null where the server
cannot know. Nothing here is logged.
"""

import base64
from typing import Final

import msgspec
from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from keys.structs import read_json
from voting.box import receipts as room_receipts
from voting.box import tablets
from voting.box.casting import Box, CastRequest, Receipt
from voting.box.mirror import SealedBallot
from voting.box.tablet_interface import API, NO_STATE, SIGNATURE_HEADER, Code
from voting.conference import closing, setup
from voting.conference.draft.stored import draft_of
from voting.documents.states import PROPERTIES, WITH_SETUP
from voting.errors import (
    BadBallot,
    BoxClosed,
    BoxFrozen,
    CardAlreadyUsed,
    CardVoid,
    DatabaseBusy,
    InvalidCode,
    InvariantBroken,
    NotOpen,
    SpareNotActive,
    UnknownCard,
    UnknownDevice,
    VotingError,
    WrongSize,
    WrongState,
)
from voting.storage import conference_row
from voting.storage.tables import SetupRow
from voting.web.access.sessions import by_key
from voting.web.protection import count_device, device
from voting.web.room import Room, the_room

REFUSALS: Final[dict[type[VotingError], tuple[int, Code]]] = {
    BadBallot: (400, "bad_ballot"),
    WrongSize: (400, "wrong_size"),
    UnknownDevice: (401, "device_unknown"),
    UnknownCard: (403, "unknown_card"),
    CardVoid: (403, "card_void"),
    SpareNotActive: (403, "spare_not_active"),
    CardAlreadyUsed: (409, "card_used"),
    NotOpen: (409, "not_open"),
    BoxClosed: (409, "closed"),
    BoxFrozen: (409, "frozen"),
    DatabaseBusy: (503, "busy"),
    InvariantBroken: (503, "busy"),  # a race with another process
}
OTHERWISE: Final[tuple[int, Code]] = (409, "fault")
NO_CONFERENCE: Final = {
    "state": NO_STATE,
    "uuid": None,
    "fingerprint": None,
    "practice": False,
    "closing": False,
    "name": "",
    "address": "",
}
ENROLMENT_LIMIT = 4 * 1024  # bytes
RECEIPTS_LIMIT = 1024 * 1024  # bytes: 5,000 receipts of one tablet

api = Blueprint("api", __name__, url_prefix=API)


class _Enrolment(msgspec.Struct, frozen=True):
    """What a tablet sends with its code: `public_key` is base64 of its DER, or of the point's 65 bytes."""

    code: str
    public_key: str
    name: str = ""


class _Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tracker: str
    receipt: str


class _Receipts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    receipts: tuple[_Receipt, ...]


def answer(value: object, status: int = 200) -> Response:
    """Answer with compact JSON."""
    return Response(msgspec.json.encode(value), status, content_type="application/json")


def refuse(status: int, code: Code, recorded: bool | None = None) -> Response:
    """Refuse, and say whether the ballot counts."""
    return answer({"code": code, "recorded": recorded}, status)


def refuse_for(error: VotingError, recorded: bool | None = None) -> Response:
    """Refuse with the code of an error's kind, whatever the kind is."""
    return refuse(*REFUSALS.get(type(error), OTHERWISE), recorded=recorded)


@api.get("/room")
def room_state() -> Response:
    """The state of the room's conference; asked every few seconds by every tablet, never for a voter."""
    with the_room().storage.read() as session:
        row = conference_row.current(session)
        if row is None:
            return answer(NO_CONFERENCE)
        draft = draft_of(session, row.id)
        written = setup.setup_of(session, row.id) if row.state in WITH_SETUP else None
        return answer(
            {
                "state": row.state,
                "uuid": written.uuid if written else None,
                "fingerprint": written.fingerprint if written else None,
                "practice": row.practice,
                "closing": PROPERTIES[row.state].is_open and row.last_call,
                "name": draft.name,
                "address": draft.address,
            }
        )


@api.get("/elections/<uuid>/election.json")
def election(uuid: str) -> Response:
    """election.json, the bytes that the fingerprint is of."""
    return _setup_part(uuid, "election")


@api.get("/elections/<uuid>/trustees.json")
def trustees(uuid: str) -> Response:
    """trustees.json as Setup holds it."""
    return _setup_part(uuid, "trustees")


@api.get("/elections/<uuid>/credentials.json")
def credentials(uuid: str) -> Response:
    """The public credentials of cards and spares, sorted; the tablet looks a card up by itself."""
    return _setup_part(uuid, "credentials")


@api.post("/elections/<uuid>/ballots")
@by_key("tablet")
def cast(uuid: str) -> Response:
    """Take a ballot: one request of one length, signed by the tablet."""
    room = the_room()
    try:
        body = _exact_body(room.box, uuid)
    except VotingError as error:
        return refuse_for(error, recorded=False)
    try:
        check_device(room, uuid, body)
        count_device()  # proved by now: a stranger who uses another's name reaches no limit of that tablet's
        asked = room.box.unpack(uuid, body)
        receipt = room.box.take(asked)
    except DBAPIError:
        return refuse(503, "busy")
    except UnknownDevice as error:
        # Strangers are not told what is in the box; a tablet that was revoked meanwhile can still tell its voter.
        return refuse_for(error, recorded=_was_ours(room, uuid, body) and room.box.holds(uuid, body))
    except VotingError as error:
        return refuse_for(error, recorded=room.box.holds(uuid, body))
    if room.mirror is not None and not room.mirror.keep(_mirrored(asked, receipt)):
        return refuse(503, "busy")  # it is in the box, and acknowledged once a second disk holds it as well
    return answer({"tracker": receipt.tracker, "receipt": base64.b64encode(receipt.signature).decode()})


@api.post("/elections/<uuid>/receipts")
@by_key("tablet")
def receipts(uuid: str) -> Response:
    """After closing: compare the receipts that a tablet kept with the archive; a missing one blocks the count."""
    room = the_room()
    body = _body(RECEIPTS_LIMIT)
    if body is None:
        return refuse(400, "wrong_size")
    try:
        check_device(room, uuid, body)
        kept = read_json(body, _Receipts).receipts
        with room.storage.read() as session:
            row = session.get(SetupRow, uuid)
            if row is None:
                raise NotOpen("no election with this uuid was set up here")
            held = set(closing.trackers(session, row.conference))
            missing = room_receipts.missing(row.election, uuid, [(one.tracker, one.receipt) for one in kept], held)
    except msgspec.MsgspecError:
        return refuse(400, "bad_receipts")
    except WrongState:
        return refuse(409, "not_closed")
    except VotingError as error:
        return refuse_for(error)
    if missing:
        with room.storage.write() as session:
            room_receipts.note_missing(session, row.conference)
    return answer({"receipts": len(kept), "missing": len(missing)})


@api.post("/devices")
@by_key("code")
def enrol() -> Response:
    """Enrol a tablet with the desk's one-time code."""
    room = the_room()
    body = _body(ENROLMENT_LIMIT)
    if body is None:
        return refuse(400, "wrong_size")
    try:
        asked = read_json(body, _Enrolment)
        with room.storage.write() as session:
            identifier = tablets.enrol(session, asked.code, asked.public_key, room.seconds(), name=asked.name)
    except (msgspec.MsgspecError, InvalidCode):
        return refuse(403, "bad_code")
    return answer({"device": identifier})


def _mirrored(asked: CastRequest, receipt: Receipt) -> SealedBallot:
    return SealedBallot(asked.uuid, asked.raw, asked.commitments, receipt.signature)


def _exact_body(box: Box, uuid: str) -> bytes:
    """Read the body of a cast if it has the one length of this election; nothing is read otherwise."""
    size = box.request_size(uuid)
    if request.content_length != size:
        raise WrongSize(f"{size} bytes expected")
    body = request.get_data(cache=False)
    if len(body) != size:
        raise WrongSize(f"{size} bytes expected")
    return body


def _body(limit: int) -> bytes | None:
    length = request.content_length
    return request.get_data(cache=False) if length is not None and length <= limit else None


def check_device(room: Room, uuid: str, body: bytes) -> None:
    """Check the tablet's signature before anything else is done with a body."""
    tablets.check_device(room.storage, device(), _signature(), uuid, body)


def _was_ours(room: Room, uuid: str, body: bytes) -> bool:
    try:
        with room.storage.read() as session:
            return tablets.was_ours(session, device(), _signature(), uuid, body)
    except UnknownDevice:
        return False


def _signature() -> bytes:
    try:
        return base64.b64decode(request.headers.get(SIGNATURE_HEADER, ""), validate=True)
    except ValueError:  # letters outside of ASCII, too
        raise UnknownDevice("the tablet's signature: base64 expected") from None


def _setup_part(uuid: str, part: str) -> Response:
    with the_room().storage.read() as session:
        row = session.get(SetupRow, uuid)
        if row is None:
            return refuse(404, "unknown_election")
        return Response(getattr(row, part), content_type="application/json")
