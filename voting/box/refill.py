"""After the loss of the server's disk: a backup of the open box, filled by its mirror (khôi phục hòm phiếu).

Every ballot that was acknowledged is in the mirror, and every ballot in the mirror was in the box. Each is verified
again: its receipt by the receipt key of Setup, its card, its proofs, and the guards of the database. If one does not
fit (a spare, say, that was activated after the backup), nothing is restored: annul, and vote again. The box comes back
frozen, and the break is counted as an incident.
"""

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.files.signing import raw_message, verify_raw
from voting.box.casting import RECEIPT_TAG, check_card, verify_alone
from voting.box.copies import add_marks, mark_key, marks_of
from voting.box.mirror import SealedBallot, Store
from voting.documents.ballots.ballot import parse_ballot_text
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.election import Election, parse_election
from voting.documents.errors import DocumentError
from voting.errors import VotingError, WrongState
from voting.storage import conference_row
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotRow, ConferenceRow, SetupRow


def refill(session: Session, keyring: Keyring, mirror: Store) -> int:
    """Put the mirror's ballots into an open box just restored, and freeze it; return how many were added.

    Raises WrongState where no box is open, or a ballot does not fit; then the caller must not commit.
    """
    row = session.scalar(select(ConferenceRow).where(ConferenceRow.state == "open"))
    if row is None:
        raise WrongState("this backup was not made while the box was open: there is nothing to fill")
    written = session.scalars(select(SetupRow).where(SetupRow.conference == row.id)).one()
    election = parse_election(written.election)
    there = set(session.scalars(select(BallotRow.tracker).where(BallotRow.deck == written.uuid)))
    fresh = [one for one in mirror.ballots(written.uuid) if one.tracker not in there]
    try:
        for sealed in fresh:
            _put_in(session, election, keyring, sealed)
    except (DocumentError, KeysError, DBAPIError, VotingError) as error:
        raise WrongState(
            f"a ballot of the mirror does not fit this backup ({type(error).__name__}): annul, and vote again"
        ) from None
    conference_row.note(session, row.id, "server_restarted")
    session.flush()
    row.state = "frozen"
    return len(fresh)


def _put_in(session: Session, election: Election, keyring: Keyring, sealed: SealedBallot) -> None:
    credential, marks = _checked(election, keyring, sealed)
    check_card(session, sealed.uuid, credential)
    session.add(_row(sealed, credential))
    session.flush()
    add_marks(session, sealed.uuid, marks)


def _checked(election: Election, keyring: Keyring, sealed: SealedBallot) -> tuple[str, tuple[bytes, ...]]:
    """The credential and marks of a ballot whose receipt and proofs verify; raise DocumentError or KeysError."""
    assert election.conference is not None, "an election of this room has a conference"
    message = raw_message(RECEIPT_TAG, sealed.uuid.encode(), sealed.tracker.encode())
    verify_raw(election.conference.receipt_key, message, sealed.receipt)
    verify_alone(election, sealed.ballot, None)
    ballot = parse_ballot_text(sealed.ballot, ballot_limit(election))
    return ballot.credential, marks_of(mark_key(keyring), sealed.uuid, ballot)


def _row(sealed: SealedBallot, credential: str) -> BallotRow:
    return BallotRow(
        tracker=sealed.tracker,
        deck=sealed.uuid,
        credential=credential,
        ballot=sealed.ballot,
        commitments=sealed.commitments,
        receipt=sealed.receipt,
    )
