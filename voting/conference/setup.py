"""Setup (thiết lập): election, trustees and one sorted list of credentials, written once the roll is taken (design §3).

After it the conference is sealed and empty. What Setup says is fixed for ever: names, rule, numbers present and drawn,
the tellers' keys, the room's keys. Its event's hash is what every teller's tool confirms.
"""

import io
from dataclasses import dataclass

from msgspec import UNSET, UnsetType
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
from voting.documents.conferences.conference import (
    Attendance,
    CeremonyBox,
    Override,
    Quorum,
    conference_of,
)
from voting.documents.conferences.election import Election, parse_election, write_election
from voting.documents.conferences.questions import number_papers
from voting.documents.errors import DocumentError
from voting.documents.tellers import read_tellers
from voting.errors import InvalidSetup
from voting.storage import conference_row, teller_keys
from voting.storage.keyring import Keyring
from voting.storage.tables import ConferenceRow, DeckRow, SetupRow, TrusteesRow

TRUSTEES_LIMIT = 1024 * 1024  # bytes
_TELLERS = b'{"'  # tellers.json is an object, trustees.json a list


@dataclass(frozen=True, slots=True)
class KeysLeft:
    """The fingerprint of a key ceremony, and how many of its boxes no Setup uses."""

    ceremony: str
    left: int


@dataclass(frozen=True, slots=True)
class SetupKeys:
    """The tellers' keys that a Setup uses, and which box of which ceremony they are."""

    trustees: Trustees
    ceremony: str | None
    box: int | None

    @property
    def named(self) -> CeremonyBox | UnsetType:
        """What Setup says of them."""
        return UNSET if self.ceremony is None or self.box is None else CeremonyBox(self.ceremony, self.box)


def upload_trustees(session: Session, conference: int, raw: bytes) -> Trustees:
    """Keep the tellers' keys for Setup after verifying all of them; raise InvalidSetup.

    `raw` is tellers.json of a key ceremony, of whose boxes the next unused one is taken, or trustees.json alone.
    """
    conference_row.demand(conference_row.hold(session, conference), *STEPS["upload_trustees"].states)
    if raw.startswith(_TELLERS):
        raw = _next_of(session, raw)
    trustees = _read_trustees(raw)
    _check_tellers(trustees, draft_of(session, conference))
    row = session.get(TrusteesRow, conference)
    if row is None:
        session.add(TrusteesRow(conference=conference, content=raw))
    else:
        row.content = raw
    session.flush()
    return trustees


def keys_left(session: Session, conference: int) -> KeysLeft | None:
    """How many boxes of this conference's ceremony no Setup uses; None where its keys are of no ceremony."""
    row = session.get(TrusteesRow, conference)
    ceremony = teller_keys.ceremony_of(session, row.content) if row is not None else None
    return None if ceremony is None else KeysLeft(ceremony, teller_keys.left(session, ceremony))


def write_setup(session: Session, conference: int, keyring: Keyring) -> SetupRow:
    """Write Setup from draft, roll, deck and trustees, and seal the box; raise InvalidSetup or WrongState."""
    row = conference_row.hold(session, conference)
    conference_row.demand(row, *STEPS["seal"].states)
    draft = draft_of(session, conference)
    deck = conference_row.deck_in_use(session, conference)
    uploaded = session.get(TrusteesRow, conference)
    if deck is None or uploaded is None:
        raise InvalidSetup("the tellers' trustees.json is missing: let them hand it in first", key="no_trustees")
    keys = teller_keys.for_setup(session, uploaded.content)
    trustees = _read_trustees(keys.content)
    _check_tellers(trustees, draft)
    election = _election(session, row, draft, deck, SetupKeys(trustees, keys.ceremony, keys.box), keyring)
    listed = compact(cards.credentials_for_setup(session, deck.uuid))
    setup = SetupRow(
        uuid=deck.uuid,
        conference=conference,
        election=election.raw,
        trustees=keys.content,
        credentials=listed,
        event=setup_event(election.raw, keys.content, listed),
        fingerprint=election.fingerprint,
        tellers=len(draft.tellers),
        threshold=trustees.threshold(),
    )
    session.add(setup)
    session.flush()
    keys.setup = deck.uuid
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
    session: Session, row: ConferenceRow, draft: Draft, deck: DeckRow, keys: SetupKeys, keyring: Keyring
) -> Election:
    papers, questions = number_papers(draft.papers, draft.put_forward_max)
    attendance = Attendance(
        present=row.present or 0,
        drawn=row.drawn or 0,
        spares=cards.count(session, deck.uuid).spares,
        receipt_key=keyring.make(session, row.id, "receipt"),
        desk_key=keyring.make(session, row.id, "desk"),
        ceremony=keys.named,
    )
    conference = conference_of(with_clash_notes(draft), papers, quorum_of(row, draft), row.summoned, attendance)
    raw = write_election(
        uuid=deck.uuid,
        public_key=encode_point(keys.trustees.election_key()),
        questions=questions,
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


def _next_of(session: Session, raw: bytes) -> bytes:
    """Keep the keys of all boxes of a ceremony; return trustees.json of the first that no Setup uses."""
    try:
        brought = read_tellers(raw)
    except DocumentError as error:
        raise InvalidSetup(str(error), key="trustees_file", at="file") from None
    contents = [one.trustees.encode() for one in brought.boxes]
    for content in contents:
        trustees = _read_trustees(content)
        if (len(trustees.shares()), trustees.threshold()) != (len(brought.tellers), brought.threshold):
            message = "tellers.json: keys of as many tellers, and of the threshold, that it names expected"
            raise InvalidSetup(message, key="trustees_file", at="file")
    teller_keys.keep(session, brought.fingerprint, contents)
    found = teller_keys.next_unused(session, brought.fingerprint)
    if found is None:
        raise InvalidSetup("all keys of this ceremony were used: hold a new ceremony", key="keys_used", at="file")
    return found.content


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
