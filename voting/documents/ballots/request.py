"""The casting request (một lần gửi phiếu): ballot and commitments, padded to one length (design §7).

The length is fixed by the questions alone, so traffic tells that somebody voted and nothing of the choice.
"""

import base64
import binascii

from keys.group import POINT_BYTES, SCALAR_DIGITS
from voting.documents.ballots.ballot import SealedBallot
from voting.documents.canonical import compact
from voting.documents.conferences.election import Election
from voting.documents.errors import InvalidBallot


def ballot_limit(election: Election) -> int:
    """Most bytes that the JSON of a ballot of this election can have: every number with all its digits."""
    proof = {"challenge": "9" * SCALAR_DIGITS, "response": "9" * SCALAR_DIGITS}
    point = "f" * 2 * POINT_BYTES
    size = len(compact({"election_uuid": election.uuid, "election_hash": election.fingerprint, "credential": point}))
    size += len(compact({"answers": [], "signature": {"hash": election.fingerprint, "proof": proof}})) - 1
    one_proof = len(compact(proof)) + 1
    one_choice = len(compact({"alpha": point, "beta": point})) + 1
    for question in election.questions:
        size += len(b'{"choices":[],"individual_proofs":[],"overall_proof":[]},')
        size += question.width * (one_choice + 2 * one_proof + 2) + question.branches * one_proof
        size += (len(b',"blank_proof":[]') + 2 * one_proof) if question.blank else 0
    return size


def commitments_size(election: Election) -> int:
    """Bytes of the commitments of one ballot: two points a branch, and one of the signature."""
    branches = sum(2 * q.width + q.branches + 2 * q.blank for q in election.questions)
    return POINT_BYTES * (2 * branches + 1)


def ballot_size(election: Election) -> int:
    """Length in bytes of every casting request of this election: ballot, line end, base64 commitments, spaces."""
    return ballot_limit(election) + 1 + (commitments_size(election) + 2) // 3 * 4


def unpack_request(election: Election, body: bytes) -> tuple[bytes, bytes | None]:
    """Split a padded casting request into ballot and commitments (None where they were not sent).

    Raises DocumentError leaves when the length or the commitments do not fit the election.
    """
    if len(body) != ballot_size(election):
        raise InvalidBallot("size", "", f"{ballot_size(election)} bytes expected, {len(body)} found")
    raw, line, rest = _parts(body)
    if not line:
        return raw, None
    try:
        points = base64.b64decode(rest, validate=True)
    except binascii.Error:
        raise InvalidBallot("commitments", "", "base64 expected") from None
    if len(points) != commitments_size(election):
        raise InvalidBallot("commitments", "", f"{commitments_size(election)} bytes expected, {len(points)} found")
    return raw, points


def ballot_in(body: bytes) -> bytes:
    """Return the ballot of a padded casting request, whatever its length and its commitments are."""
    return _parts(body)[0]


def pack_request(election: Election, ballot: SealedBallot, *, commitments: bool = True) -> bytes:
    """Pad a ballot to the one length of its election's casting requests."""
    body = ballot.raw + (b"\n" + base64.b64encode(ballot.commitments) if commitments else b"")
    return body.ljust(ballot_size(election))


def _parts(body: bytes) -> tuple[bytes, bytes, bytes]:
    """Ballot, line end and commitments of a request without its padding."""
    return body.rstrip(b" ").partition(b"\n")
