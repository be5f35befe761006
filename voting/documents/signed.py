"""Signed documents of a round: read a file, and demand every signature that it requires.

A record requires those whom its Setup names with a key: tellers, secretary, chair. Whether these are the right
people is for the reader to know: the room compares with its own Setup, `phieukin verify` with the archive.
"""

from voting.documents.conference import Conference, Signer
from voting.documents.envelope import parse_envelope, read_payload
from voting.documents.errors import UnsignedDocument
from voting.documents.list_decision import ListDecision, missing_signatures, verify_list_decision
from voting.documents.record import RECORD_TYPE, Record


def read_signed(raw: bytes) -> Record | ListDecision:
    """Return the payload of a signed file; raise UnsignedDocument with who is awaited, or another DocumentError."""
    if f'"{RECORD_TYPE}"'.encode() not in raw:
        return verify_list_decision(raw)
    envelope = parse_envelope(raw, RECORD_TYPE, "record")
    record = read_payload(envelope, Record, "record")
    awaited = missing_signatures(envelope, signers_of(record.conference))
    if awaited:
        raise UnsignedDocument(f"record: awaiting signature of {', '.join(awaited)}", awaited)
    return record


def signers_of(conference: Conference) -> tuple[Signer, ...]:
    """Return all who may sign a record of a conference."""
    return (*conference.tellers, conference.secretary, conference.chair)
