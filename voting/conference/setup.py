"""Setup (thiết lập): election, trustees and one sorted list of credentials, written once the roll is taken (design §3).

After it the conference is sealed and empty. What Setup says is fixed for ever: names, rule, numbers present and drawn,
the tellers' keys, the room's keys. Its event's hash is what every teller's tool confirms.
"""

import io

from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.group import encode_point
from keys.trustees import Trustees, parse_trustees, verify_trustees
from voting.conference import cards
from voting.conference.draft.agenda import Draft
from voting.conference.draft.stored import draft_of
from voting.conference.draft.tellers import with_clash_notes
from voting.conference.steps import STEPS
from voting.documents.archives.archive import ArchiveWriter
from voting.documents.canonical import compact
from voting.documents.conferences.check import check_conference
from voting.documents.conferences.conference import Attendance, Override, Quorum, conference_of
from voting.documents.conferences.election import Election, parse_election, write_election
from voting.documents.conferences.questions import number_papers
from voting.documents.errors import DocumentError
from voting.errors import InvalidSetup
from voting.storage import conference_row
from voting.storage.keyring import Keyring
from voting.storage.tables import ConferenceRow, DeckRow, SetupRow, TrusteesRow

TRUSTEES_LIMIT = 1024 * 1024  # bytes
AUTHORITY = "phieukin"


def upload_trustees(session: Session, conference: int, raw: bytes) -> Trustees:
    """Keep trustees.json for Setup after verifying all of it; raise InvalidSetup."""
    conference_row.demand(conference_row.hold(session, conference), *STEPS["upload_trustees"].states)
    trustees = _read_trustees(raw)
    _check_tellers(trustees, draft_of(session, conference))
    row = session.get(TrusteesRow, conference)
    if row is None:
        session.add(TrusteesRow(conference=conference, content=raw))
    else:
        row.content = raw
    session.flush()
    return trustees


def write_setup(session: Session, conference: int, keyring: Keyring) -> SetupRow:
    """Write Setup from draft, roll, deck and trustees, and seal the box; raise InvalidSetup or WrongState."""
    row = conference_row.hold(session, conference)
    conference_row.demand(row, *STEPS["seal"].states)
    draft = draft_of(session, conference)
    deck = conference_row.deck_in_use(session, conference)
    uploaded = session.get(TrusteesRow, conference)
    if deck is None or uploaded is None:
        raise InvalidSetup("the tellers' trustees.json is missing: let them hand it in first", key="no_trustees")
    trustees = _read_trustees(uploaded.content)
    _check_tellers(trustees, draft)
    election = _election(session, row, draft, deck, trustees, keyring)
    listed = compact(cards.credentials_for_setup(session, deck.uuid))
    setup = SetupRow(
        uuid=deck.uuid,
        conference=conference,
        election=election.raw,
        trustees=uploaded.content,
        credentials=listed,
        event=setup_event(election.raw, uploaded.content, listed),
        fingerprint=election.fingerprint,
        tellers=len(draft.tellers),
        threshold=trustees.threshold(),
    )
    session.add(setup)
    session.flush()
    row.state = "sealed"
    session.flush()
    return setup


def setup_event(election: bytes, trustees: bytes, credentials: bytes) -> str:
    """Hex SHA-256 of the Setup event, which does not depend on the archive's time."""
    return ArchiveWriter(io.BytesIO(), 0).add_setup(election, trustees, credentials)


def setup_of(session: Session, conference: int) -> SetupRow:
    """Find a conference's Setup; raise InvalidSetup before it was written."""
    deck = conference_row.deck_in_use(session, conference)
    setup = session.get(SetupRow, deck.uuid) if deck else None
    if setup is None:
        raise InvalidSetup("Setup was not written yet", key="no_setup")
    return setup


def _election(
    session: Session, row: ConferenceRow, draft: Draft, deck: DeckRow, trustees: Trustees, keyring: Keyring
) -> Election:
    papers, questions = number_papers(draft.papers, draft.put_forward_max)
    attendance = Attendance(
        present=row.present or 0,
        drawn=row.drawn or 0,
        spares=cards.count(session, deck.uuid).spares,
        receipt_key=keyring.make(session, row.id, "receipt"),
        desk_key=keyring.make(session, row.id, "desk"),
    )
    conference = conference_of(with_clash_notes(draft), papers, quorum_of(row, draft), row.summoned, attendance)
    raw = write_election(
        uuid=deck.uuid,
        name=draft.name,
        description=draft.section,
        public_key=encode_point(trustees.election_key()),
        questions=questions,
        administrator=AUTHORITY,
        credential_authority=AUTHORITY,
        conference=conference,
    )
    try:
        election = parse_election(raw)
        check_conference(election)
    except DocumentError as error:
        raise InvalidSetup(str(error)) from None
    return election


def quorum_of(row: ConferenceRow, draft: Draft) -> Quorum | None:
    """The quorum of the draft, with the chair's word where it was missed."""
    if draft.quorum is None:
        return None
    word = Override(row.override_by, row.override_reason or "") if row.override_by else None
    return Quorum(draft.quorum.num, draft.quorum.den, word)


def _read_trustees(raw: bytes) -> Trustees:
    if len(raw) > TRUSTEES_LIMIT:
        message = f"trustees: at most {TRUSTEES_LIMIT} bytes expected, {len(raw)} found"
        raise InvalidSetup(message, key="trustees_file", at="file")
    try:
        trustees = parse_trustees(raw)
        verify_trustees(trustees)
    except KeysError as error:
        raise InvalidSetup(f"trustees: {error}", key="trustees_file", at="file") from None
    return trustees


def _check_tellers(trustees: Trustees, draft: Draft) -> None:
    owners = len(trustees.shares())
    if owners != len(draft.tellers):
        message = f"trustees: a share for each of {len(draft.tellers)} tellers expected, {owners} found"
        raise InvalidSetup(message, key="trustees_owners", at="file", tellers=len(draft.tellers))
    if trustees.threshold() < 2:
        message = "trustees: at least two tellers must be needed to open the sum"
        raise InvalidSetup(message, key="trustees_two", at="file")
