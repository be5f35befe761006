"""Signatures on records and on the head's decisions: who must sign, and signing with a key (ký biên bản).

Those who must sign are named in Setup with their keys: tellers, secretary, chair. Nobody else's signature is put on a
record, and "on paper" means that no electronic signature is expected.
"""

from collections.abc import Sequence

from keys.files.signing import SigningKey
from tally.errors import CannotSign
from tally.signing.signers import DocumentSigner, KeySigner, envelope_signature
from voting.documents.bundles.head_decision import decision_problems, read_head_decision
from voting.documents.bundles.signers import by_key, decision_signers, signers_of
from voting.documents.envelope import (
    Envelope,
    add_signatures,
    payload_of,
    write_envelope,
)
from voting.documents.list_decision import read_list_decision
from voting.documents.record import Record, read_record


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


def sign_decision_with(raw: bytes, signers: Sequence[DocumentSigner], record: Record) -> bytes:
    """Add signatures to a head's decision on a record's tie.

    Raises CannotSign for a decision that is not of this record, and for a key that does not sign it: the head's does,
    or those who vouch where Setup says that the head signs on paper.
    """
    envelope, decision = read_head_decision(raw)
    for problem in decision_problems(decision, record):
        raise CannotSign(f"the decision does not fit the record: {problem}", "contradicts", why=problem)
    for signer in signers:
        check_decision_signer(signer, record)
    return _signed(envelope, signers)


def check_decision_signer(signer: DocumentSigner, record: Record) -> None:
    """Raise CannotSign unless this key signs a head's decision on the record's tie."""
    expected = by_key(decision_signers(record))
    if signer.public_text not in {one.key for one in expected}:
        names = ", ".join(one.name for one in expected)
        raise CannotSign(f"the decision is signed by the key of {names}", "head_other_key", head=names)
