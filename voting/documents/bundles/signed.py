"""Signed documents of a round: read a file, and demand every signature that it requires."""

from collections.abc import Iterable

from voting.documents.bundles.head_decision import (
    WHAT,
    HeadDecision,
    decision_problems,
    read_head_decision,
    record_hash,
)
from voting.documents.bundles.signers import awaited, decision_awaited, decision_signers, signed_by
from voting.documents.errors import InvalidHeadDecision, UnsignedDocument
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


def read_signed_decision(raw: bytes, records: Iterable[Record]) -> tuple[HeadDecision, Record]:
    """Return a head's decision on the tie of one of these records, with that record.

    Raises InvalidHeadDecision where it is of none of them, does not fit or has a signature that does not count,
    UnsignedDocument with who is awaited, or another DocumentError.
    """
    envelope, decision = read_head_decision(raw)
    record = next((one for one in records if record_hash(one) == decision.record), None)
    if record is None:
        raise InvalidHeadDecision(f"{WHAT}: of another record, {decision.record[:16]}…, than those here")
    for problem in decision_problems(decision, record):
        raise InvalidHeadDecision(f"{WHAT}: {problem}")
    names = decision_awaited(envelope, record)
    if names:
        raise UnsignedDocument(f"{WHAT}: awaiting signature of {', '.join(names)}", names)
    if len(signed_by(envelope, decision_signers(record))) != len(envelope.signatures):
        raise InvalidHeadDecision(f"{WHAT}: a signature by somebody else, or one that does not verify")
    return decision, record
