"""What tablets and phones ask about a card: count a test of a tablet, and show a card the tracker of its own ballot.

Answers have one length each; a public credential comes in, and nothing of it is logged or kept.
"""

from typing import Final

import msgspec
from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from keys.errors import KeysError
from keys.group import decode_scalar
from keys.proofs.schnorr import Proof
from keys.structs import read_json
from voting.box import card_status
from voting.box.tablet_interface import API
from voting.errors import VotingError
from voting.web.access.sessions import by_key
from voting.web.api import answer, check_device, refuse, refuse_for
from voting.web.room import the_room

LIMIT: Final = 1024  # bytes; both requests are below 400

api = Blueprint("api_cards", __name__, url_prefix=API)


class _Audit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tested ballot: the card's public credential, and the hash that stood on the screen."""

    credential: str
    hash: str


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    challenge: str
    response: str


class _Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A card that asks for its tracker, with its signature on the election's uuid."""

    credential: str
    signature: _Signature


@api.post("/elections/<uuid>/audits")
@by_key("tablet")
def audits(uuid: str) -> Response:
    """Count a test of a tablet; the tablet sends it once, and tells the tester if no answer came."""
    room, body = the_room(), _body()
    try:
        asked = read_json(body, _Audit)
        check_device(room, uuid, body)
        with room.storage.write() as session:
            card_status.count_audit(session, room.keyring, uuid, asked.credential, asked.hash)
    except msgspec.MsgspecError:
        return refuse(400, "bad_request")
    except DBAPIError:
        return refuse(503, "busy")
    except VotingError as error:
        return refuse_for(error)
    return answer({"counted": True})


@api.post("/elections/<uuid>/cards")
@by_key("card")
def card(uuid: str) -> Response:
    """The tracker of the asking card's ballot, or null."""
    try:
        asked = read_json(_body(), _Card)
        proof = Proof(decode_scalar(asked.signature.challenge), decode_scalar(asked.signature.response))
        with the_room().storage.read() as session:
            found = card_status.tracker_of(session, uuid, asked.credential, proof)
    except (msgspec.MsgspecError, KeysError):
        return refuse(400, "bad_request")
    except VotingError as error:
        return refuse_for(error)
    return answer({"tracker": found})


def _body() -> bytes:
    """The body, empty where it is too long: which is no request either."""
    length = request.content_length
    return request.get_data(cache=False) if length is not None and length <= LIMIT else b""
