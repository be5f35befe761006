"""What the box asks its database for every ballot: statements built once, since building costs more than asking."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, literal_column, or_, select
from sqlalchemy.orm import Session

from voting.documents.states import State
from voting.storage.engine import Storage
from voting.storage.tables import BallotRow, CardRow, ConferenceRow

_CONFERENCES, _CARDS, _BALLOTS = ConferenceRow.__table__.c, CardRow.__table__.c, BallotRow.__table__.c

_LOOK = (
    select(
        _CONFERENCES.state, _CARDS.deck, _CARDS.status, _BALLOTS.deck.label("box"), _BALLOTS.tracker, _BALLOTS.receipt
    )
    .select_from(ConferenceRow.__table__)
    .outerjoin(CardRow.__table__, _CARDS.credential == bindparam("credential"))
    .outerjoin(BallotRow.__table__, _BALLOTS.tracker == bindparam("tracker"))
    .where(_CONFERENCES.id == bindparam("conference"))
)
# The word stands in the statement itself, so that the index of active spares answers.
_SPARE = (
    select(_CARDS.credential)
    .where(_CARDS.deck == bindparam("uuid"), _CARDS.status == literal_column("'activated'"))
    .limit(1)
)
_ENTER = select(_CONFERENCES.state, _CONFERENCES.drawn).where(_CONFERENCES.id == bindparam("conference"))
_ENTER_SHARED, _ENTER_ALONE = _ENTER.with_for_update(read=True), _ENTER.with_for_update()
_COUNT = select(func.count()).select_from(BallotRow.__table__).where(_BALLOTS.deck == bindparam("uuid"))
_GROUP_CARDS = select(_CARDS.credential, _CARDS.deck, _CARDS.status).where(
    _CARDS.credential.in_(bindparam("credentials", expanding=True))
)
_GROUP_BALLOTS = select(_BALLOTS.tracker, _BALLOTS.credential, _BALLOTS.receipt).where(
    or_(
        _BALLOTS.tracker.in_(bindparam("trackers", expanding=True)),
        _BALLOTS.credential.in_(bindparam("credentials", expanding=True)),
    )
)
_INSERT = insert(BallotRow.__table__)  # type: ignore[arg-type] # a declared table is a Table


class Look(NamedTuple):
    """What one question tells of a ballot before it is verified."""

    state: State
    deck: str | None
    status: str | None
    box: str | None
    tracker: str | None
    receipt: bytes | None


class Entered(NamedTuple):
    """The conference as a transaction holds it."""

    state: State
    drawn: int | None


class StoredBallot(NamedTuple):
    """A ballot that is in, without its bytes."""

    tracker: str
    credential: str
    receipt: bytes


def look(storage: Storage, conference: int, credential: str, tracker: str) -> Look:
    """The box's state, the card's deck and status, and the ballot if it is in: one question, asked for every ballot."""
    found = storage.ask(_LOOK, {"conference": conference, "credential": credential, "tracker": tracker})
    assert found is not None, "a conference stays"
    return Look._make(found)


def spare_active(session: Session, uuid: str) -> bool:
    """Tell whether a spare card of the deck is active."""
    return session.connection().execute(_SPARE, {"uuid": uuid}).first() is not None


def enter(session: Session, conference: int, *, alone: bool) -> Entered:
    """Hold the conference's row, alone or shared with other casts."""
    statement = _ENTER_ALONE if alone else _ENTER_SHARED
    return Entered._make(session.connection().execute(statement, {"conference": conference}).one())


def count(session: Session, uuid: str) -> int:
    """How many ballots of the deck are in."""
    return int(session.connection().execute(_COUNT, {"uuid": uuid}).scalar_one())


def cards_of(session: Session, credentials: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Deck and status of the cards there are, by credential."""
    rows = session.connection().execute(_GROUP_CARDS, {"credentials": credentials})
    return {credential: (deck, status) for credential, deck, status in rows}


def ballots_of(session: Session, trackers: Sequence[str], credentials: Sequence[str]) -> list[StoredBallot]:
    """The ballots that are in by one of these trackers, or of one of these cards."""
    values = {"trackers": trackers, "credentials": credentials}
    return [StoredBallot._make(row) for row in session.connection().execute(_GROUP_BALLOTS, values)]


def insert_ballots(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Put rows of ballots in, in the order given."""
    if rows:
        session.connection().execute(_INSERT, list(rows))
