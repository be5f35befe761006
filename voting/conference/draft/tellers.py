"""The tellers of a draft, from what the key ceremony wrote (`tellers.json`), and the reasons for those on a ballot."""

from collections.abc import Mapping

import msgspec

from voting.conference.draft.agenda import TELLERS, Draft
from voting.conference.draft.clashes import CODE, accepted, clash_notes, clashing, reason_of
from voting.documents.conferences.conference import Signer
from voting.documents.errors import DocumentError
from voting.documents.tellers import read_tellers
from voting.errors import InvalidDraft

ROLE = "Thành viên Ban kiểm phiếu"


def with_tellers(draft: Draft, raw: bytes) -> Draft:
    """Take names, keys and accepted clashes from tellers.json; roles that the draft knows stay. Raise InvalidDraft."""
    try:
        brought = read_tellers(raw)
    except DocumentError as error:
        raise InvalidDraft(str(error)) from None
    if len(brought.tellers) not in TELLERS:
        raise InvalidDraft(f"tellers.json: {TELLERS.start} to {TELLERS.stop - 1} tellers expected")
    roles = {one.name: one.role for one in draft.tellers}
    tellers = tuple(Signer(one.name, roles.get(one.name, ROLE), one.key, True) for one in brought.tellers)
    said = {one.name: one.reason for one in brought.clashes}
    return _with_reasons(msgspec.structs.replace(draft, tellers=tellers), said)


def with_teller_reasons(draft: Draft, said: Mapping[str, str]) -> Draft:
    """Put in why tellers on a ballot count all the same, by name; those who do not stand on one need no reason."""
    return _with_reasons(draft, said)


def excused(draft: Draft, reason: str) -> Draft:
    """Give one reason for all tellers on a ballot, as rehearsals do, whose names are drawn."""
    return _with_reasons(draft, dict.fromkeys(clashing(draft.tellers, draft.papers), reason))


def with_clash_notes(draft: Draft) -> Draft:
    """Say the accepted clashes in the notes, as the conference of Setup has them."""
    return msgspec.structs.replace(draft, notes=(*draft.notes, *clash_notes(draft.clashes)))


def _with_reasons(draft: Draft, said: Mapping[str, str]) -> Draft:
    """Keep a reason for a teller as long as it is said, or was said before, and they stand on the teller's list."""
    reasons = {one.name: said.get(one.name, reason_of(one.name, draft.clashes)) for one in draft.tellers}
    notes = tuple(one for one in draft.notes if one.code != CODE)  # of drafts written before 0.2.0
    return msgspec.structs.replace(draft, notes=notes, clashes=accepted(reasons))
