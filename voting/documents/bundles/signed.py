"""Signed documents of a round: read a file, and demand every signature that it requires.

A record requires those whom its Setup names with a key: tellers, secretary, chair. Whether these are the right
people is for the reader to know: the room compares with its own Setup, `phieukin verify` with the archive.
"""

from contextlib import suppress

from voting.documents.conferences.conference import ON_PAPER, Conference, Signer
from voting.documents.envelope import parse_envelope, read_payload
from voting.documents.errors import DocumentError, UnsignedDocument
from voting.documents.facts import Confirmation
from voting.documents.list_decision import ListDecision, missing_of, verify_list_decision
from voting.documents.record import RECORD_TYPE, Record

LEAST_THRESHOLD = 2
"""Tellers who must open at least (design §3)."""


def read_signed(raw: bytes) -> Record | ListDecision:
    """Return the payload of a signed file; raise UnsignedDocument with who is awaited, or another DocumentError."""
    if f'"{RECORD_TYPE}"'.encode() not in raw:
        return verify_list_decision(raw)
    envelope = parse_envelope(raw, RECORD_TYPE, "record")
    record = read_payload(envelope, Record, "record")
    awaited = missing_of(envelope, required_signers(record.conference, record))
    if awaited:
        raise UnsignedDocument(f"record: awaiting signature of {', '.join(awaited)}", awaited)
    return record


def signers_of(conference: Conference) -> tuple[Signer, ...]:
    """Return all who may sign a record of a conference, in the order of the minutes: tellers, secretary, chair."""
    return (*conference.tellers, conference.secretary, conference.chair)


def required_signers(conference: Conference, record: Record | None = None) -> tuple[Signer, ...]:
    """Return those whose signature by key a record needs; without a record, nobody is excused.

    A teller whom the chair's word excuses need not sign, and with such a word the chair signs by key (design §3).
    """
    excused = excused_tellers(conference, record) if record is not None else ()
    tellers = [one for owner, one in enumerate(conference.tellers, 1) if owner not in excused]
    required = [one for one in (*tellers, conference.secretary) if one.must_sign]
    chair = [conference.chair] if conference.chair.must_sign or excused else []
    return tuple(one for one in (*required, *chair) if one.key != ON_PAPER)


def excused_tellers(conference: Conference, record: Record) -> tuple[int, ...]:
    """Return the owners who did not open, and whose absence the chair's word in the count facts records.

    An opener is never excused. With more than n - k of them, or a chair who signs on paper, nobody is excused; nor is
    anybody in a count by hand, where nobody opens.
    """
    if record.form != "electronic" or conference.chair.key == ON_PAPER:
        return ()
    absent = {*range(1, len(conference.tellers) + 1)} - {*record.count.openers}
    words = [one for one in record.count.chair_words if one.kind == "teller_absent"]
    named = [{*one.tellers} or absent for one in words if one.by == conference.chair.name]
    found = sorted(absent & set[int]().union(*named))
    return tuple(found) if len(found) <= len(conference.tellers) - _threshold(record) else ()


def _threshold(record: Record) -> int:
    """Return how many tellers open: what those who confirmed Setup signed; the least number there is, without any."""
    found = [LEAST_THRESHOLD]
    for envelope in record.facts.confirmations:
        with suppress(DocumentError):
            found.append(read_payload(envelope, Confirmation, "confirmation").threshold)
    return max(found)
