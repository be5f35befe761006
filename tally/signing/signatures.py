"""Signatures on records and on the head's decisions: who must sign, and signing with a key (ký biên bản).

Those who must sign are named in Setup with their keys: tellers, secretary, chair. Nobody else's signature is put on a
record, and "on paper" means that no electronic signature is expected.
"""

from collections.abc import Sequence

from keys.files.signing import SigningKey
from tally.errors import CannotSign
from tally.signing.signers import DocumentSigner, KeySigner, envelope_signature, signed_envelope
from voting.documents.bundles.signers import signers_of
from voting.documents.canonical import canonical
from voting.documents.envelope import (
    Envelope,
    add_signatures,
    payload_of,
    write_envelope,
)
from voting.documents.facts import HEAD_DECISION_TYPE, HeadWord, SignedDecision
from voting.documents.list_decision import read_list_decision
from voting.documents.record import Record, read_record

FORMAT = 1


def sign_record(raw: bytes, keys: Sequence[SigningKey]) -> bytes:
    """Add signatures by keys in memory to record.json; raise CannotSign for a key that Setup does not name."""
    return sign_record_with(raw, [KeySigner(key) for key in keys])


def sign_record_with(raw: bytes, signers: Sequence[DocumentSigner]) -> bytes:
    """Add signatures by keys or tokens to record.json; raise CannotSign for a key that Setup does not name."""
    envelope, record = read_record(raw)
    for signer in signers:
        check_signer(signer, record)
    return _signed(envelope, signers)


def check_signer(signer: DocumentSigner, record: Record) -> None:
    """Raise CannotSign unless Setup names the signer's key among those who sign the record."""
    if signer.public_text not in {one.key for one in signers_of(record.conference)}:
        raise CannotSign("this key is not one that Setup names for this record", "not_a_signer")


def sign_list_with(raw: bytes, signers: Sequence[DocumentSigner]) -> bytes:
    """Add signatures by keys or tokens to list-decision.json; raise CannotSign for a key that it does not name."""
    envelope, decision = read_list_decision(raw)
    if any(signer.public_text not in {one.key for one in decision.signers} for signer in signers):
        raise CannotSign("this key is not one that the list decision names")
    return _signed(envelope, signers)


def _signed(envelope: Envelope, signers: Sequence[DocumentSigner]) -> bytes:
    """Add a signature by each signer; write the file."""
    payload = payload_of(envelope, "envelope")
    fresh = [envelope_signature(signer, payload, envelope.payloadType) for signer in signers]
    return write_envelope(add_signatures(envelope, fresh))


def head_word(
    uuid: str, paper: int, chosen: Sequence[str], by: str, reason: str, on: str, key: SigningKey | None
) -> HeadWord:
    """Write the head's decision on a tie, signed by a key in memory, or marked "on paper" where there is none."""
    return head_word_with(uuid, paper, chosen, by, reason, on, KeySigner(key) if key is not None else None)


def head_word_with(
    uuid: str, paper: int, chosen: Sequence[str], by: str, reason: str, on: str, signer: DocumentSigner | None
) -> HeadWord:
    """Write the head's decision on a tie, signed by key or token, or marked "on paper" where there is none."""
    envelope = None
    if signer is not None:
        decision = SignedDecision(FORMAT, uuid, paper, tuple(chosen), by, reason, on)
        envelope = signed_envelope(signer, canonical(decision), HEAD_DECISION_TYPE)
    return HeadWord(paper, tuple(chosen), by, reason, on, envelope)
