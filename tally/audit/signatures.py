"""Check who signed a record: all that Setup asks for, and nobody else."""

from keys.errors import KeysError
from keys.files.signing import keyid
from tally.audit.report import Findings
from voting.documents.bundles.signers import by_key, excused_tellers, required_signers, signers_of
from voting.documents.conferences.conference import Conference, Signer
from voting.documents.envelope import Envelope, read_payload, verify_envelope
from voting.documents.errors import DocumentError
from voting.documents.record import Record

SIGNATURES = "signatures"


def check_signatures(findings: Findings, conference: Conference, place: str, envelope: Envelope) -> None:
    """Check every signature of a record, and that no required one is missing."""
    by_id = {_keyid(one): one for one in by_key(signers_of(conference))}
    present = [one.keyid for one in envelope.signatures]
    valid = findings.read(SIGNATURES, place, lambda: verify_envelope(envelope, {one.key for one in by_id.values()}))
    findings.require(SIGNATURES, len(set(present)) == len(present), place, "two signatures by one key")
    for number, found in enumerate(present, 1):
        why = "by nobody of Setup" if found not in by_id else f"of {by_id[found].name} does not verify"
        findings.require(SIGNATURES, found in (valid or ()), place, f"signature {number}: {why}")
    record = _record_in(envelope)
    required = required_signers(conference, record)
    if record is not None:
        findings.excused += [conference.tellers[owner - 1].name for owner in excused_tellers(conference, record)]
    for signer in required:
        findings.signed(SIGNATURES, _keyid(signer) in present, place, f"{signer.name} ({signer.role})")
    if not required:
        why = "nobody signed by key: a record that is on paper alone cannot be checked here"
        findings.require(SIGNATURES, bool(valid), place, why)


def _record_in(envelope: Envelope) -> Record | None:
    """The record that is signed, or None where it cannot be read, which other checks name."""
    try:
        return read_payload(envelope, Record, "record")
    except DocumentError:
        return None


def _keyid(signer: Signer) -> str:
    try:
        return keyid(signer.key)
    except KeysError:
        return signer.key  # an unreadable key, which the check of the conference names
