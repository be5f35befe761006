"""Confirmations of Setup (xác nhận thiết lập): every teller's tool signs what it saw before the box may open.

An envelope is taken only if its payload is exactly this Setup's confirmation for its owner, and the owner's signing
key, which the draft named before the list was frozen, signed it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.errors import KeysError
from voting.conference import setup
from voting.conference.draft.stored import draft_of
from voting.conference.steps import STEPS
from voting.documents.envelope import Envelope, parse_envelope, read_payload, verify_envelope
from voting.documents.errors import DocumentError
from voting.documents.facts import CONFIRMATION_TYPE, Confirmation
from voting.errors import InvalidConfirmation
from voting.storage import conference_row
from voting.storage.tables import ConfirmationRow, SetupRow

FORMAT = 1
ENVELOPE_LIMIT = 16 * 1024  # bytes; a confirmation is below 1 kB


def expected(row: SetupRow, owner: int) -> Confirmation:
    """What teller `owner` must sign for this Setup."""
    return Confirmation(FORMAT, row.uuid, row.event, owner, row.threshold)


def confirm_setup(session: Session, conference: int, raw: bytes) -> int:
    """Take a teller's confirmation; return its owner. The same again changes nothing. Raise InvalidConfirmation."""
    conference_row.demand(conference_row.find(session, conference), *STEPS["confirm_setup"].states)
    written = setup.setup_of(session, conference)
    envelope, owner = _read(raw)
    tellers = draft_of(session, conference).tellers
    if not 1 <= owner.owner <= len(tellers):
        raise InvalidConfirmation(
            f"an owner from 1 to {len(tellers)} expected, {owner.owner} found", key="confirmation_other", at="file"
        )
    wanted = expected(written, owner.owner)
    for field in Confirmation.__struct_fields__:
        if getattr(owner, field) != getattr(wanted, field):
            expects, finds = getattr(wanted, field), getattr(owner, field)
            message = f"{field}: {expects} expected, {finds} found: load this room's Setup again"
            raise InvalidConfirmation(message, key="confirmation_other", at="file")
    _check_signature(envelope, tellers[owner.owner - 1].key)
    if session.get(ConfirmationRow, (conference, owner.owner)) is None:
        session.add(ConfirmationRow(conference=conference, owner=owner.owner, envelope=raw))
        session.flush()
    return owner.owner


def confirmed(session: Session, conference: int) -> dict[int, bytes]:
    """Confirmations so far: owner and envelope, in the order of owners."""
    query = select(ConfirmationRow).where(ConfirmationRow.conference == conference).order_by(ConfirmationRow.owner)
    return {row.owner: row.envelope for row in session.scalars(query)}


def _read(raw: bytes) -> tuple[Envelope, Confirmation]:
    if len(raw) > ENVELOPE_LIMIT:
        raise InvalidConfirmation(
            f"at most {ENVELOPE_LIMIT} bytes expected, {len(raw)} found", key="confirmation_file", at="file"
        )
    try:
        envelope = parse_envelope(raw, CONFIRMATION_TYPE, "confirmation")
        return envelope, read_payload(envelope, Confirmation, "confirmation")
    except DocumentError as error:
        raise InvalidConfirmation(str(error), key="confirmation_file", at="file") from None


def _check_signature(envelope: Envelope, key: str) -> None:
    try:
        found = verify_envelope(envelope, [key])
    except (DocumentError, KeysError) as error:
        raise InvalidConfirmation(str(error), key="confirmation_file", at="file") from None
    if not found:
        raise InvalidConfirmation(
            "not signed by the key that the draft names for this teller", key="confirmation_key", at="file"
        )
