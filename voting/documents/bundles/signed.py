"""Signed documents of a round: read a file, and demand every signature that it requires."""

from voting.documents.bundles.signers import awaited
from voting.documents.errors import UnsignedDocument
from voting.documents.list_decision import ListDecision, read_list_decision
from voting.documents.record import RECORD_TYPE, Record, read_record


def read_signed(raw: bytes) -> Record | ListDecision:
    """Return the payload of a signed file; raise UnsignedDocument with who is awaited, or another DocumentError."""
    is_record = f'"{RECORD_TYPE}"'.encode() in raw
    envelope, document = read_record(raw) if is_record else read_list_decision(raw)
    names = awaited(envelope, document)
    if names:
        what = "record" if is_record else "list decision"
        raise UnsignedDocument(f"{what}: awaiting signature of {', '.join(names)}", names)
    return document
