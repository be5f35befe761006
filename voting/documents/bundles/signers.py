"""Who signs a document (người ký): who may, who must, who has signed and who is awaited (design §3, signed).

A record is signed by those whom its Setup names (tellers, secretary, chair), a list decision by those whom it names
itself. Whether these are the right people is for the reader to know: the room compares with its own Setup,
`phieukin verify` with the archive.
"""

from collections.abc import Iterable
from contextlib import suppress

from keys.errors import InvalidKey
from keys.files.signing import keyid
from voting.documents.conferences.conference import ON_PAPER, Conference, Signer
from voting.documents.envelope import Envelope, read_payload, verify_envelope
from voting.documents.errors import DocumentError
from voting.documents.facts import Confirmation
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record

LEAST_THRESHOLD = 2
"""Tellers who must open at least (design §3)."""


def signers_of(conference: Conference) -> tuple[Signer, ...]:
    """Return all who may sign a record of a conference, in the order of the minutes: tellers, secretary, chair."""
    return (*conference.tellers, conference.secretary, conference.chair)


def by_key(signers: Iterable[Signer]) -> tuple[Signer, ...]:
    """Return those who sign with a key, and not on paper."""
    return tuple(one for one in signers if one.key != ON_PAPER)


def on_paper(conference: Conference) -> tuple[Signer, ...]:
    """Return those who must sign a record of a conference, and do so on paper."""
    return tuple(one for one in signers_of(conference) if one.must_sign and one.key == ON_PAPER)


def required_signers(conference: Conference, record: Record | None = None) -> tuple[Signer, ...]:
    """Return those whose signature by key a record needs; without a record, nobody is excused.

    A teller whom the chair's word excuses need not sign, and with such a word the chair signs by key (design §3).
    """
    excused = excused_tellers(conference, record) if record is not None else ()
    tellers = [one for owner, one in enumerate(conference.tellers, 1) if owner not in excused]
    required = [one for one in (*tellers, conference.secretary) if one.must_sign]
    chair = [conference.chair] if conference.chair.must_sign or excused else []
    return by_key((*required, *chair))


def decision_signers(record: Record) -> tuple[Signer, ...]:
    """Return those who sign the head's decision on a tie of a record.

    The head; where Setup says that the head signs on paper, those who vouch for it by key: secretary and chair, or,
    where both sign on paper, whoever must sign the record by key. Nobody has a key in a count that is all on paper.
    """
    conference = record.conference
    if conference.head.key != ON_PAPER:
        return (conference.head,)
    return by_key((conference.secretary, conference.chair)) or required_signers(conference, record)


def decision_awaited(envelope: Envelope, record: Record) -> tuple[str, ...]:
    """Return the names of those who sign a head's decision by key and whose signature is not there, or is false."""
    required = decision_signers(record)
    signed = signed_by(envelope, required)
    return tuple(one.name for one in required if one not in signed)


def must_sign(document: Record | ListDecision) -> tuple[Signer, ...]:
    """Return those whose signature by key a document needs."""
    if isinstance(document, Record):
        return required_signers(document.conference, document)
    return by_key(one for one in document.signers if one.must_sign)


def signed_by(envelope: Envelope, signers: Iterable[Signer]) -> tuple[Signer, ...]:
    """Return those whose signature by key is there and verifies; raise NotCanonical for a malformed envelope.

    A key that cannot be read has signed nothing.
    """
    identifiers = {one: found for one in by_key(signers) if (found := _keyid(one.key))}
    valid = verify_envelope(envelope, [one.key for one in identifiers])
    return tuple(one for one, identifier in identifiers.items() if identifier in valid)


def awaited(envelope: Envelope, document: Record | ListDecision) -> tuple[str, ...]:
    """Return the names of those who must sign by key and whose signature is not there or does not verify."""
    required = must_sign(document)
    signed = signed_by(envelope, required)
    return tuple(one.name for one in required if one not in signed)


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


def _keyid(key: str) -> str | None:
    try:
        return keyid(key)
    except InvalidKey:
        return None
