"""A conference's row: find it, hold it for a change, demand a state, count what happened.

Who changes a conference's life holds its row (FOR UPDATE on PostgreSQL; SQLite has one writer). Whoever casts shares
it, so that closing waits for a cast under way and no cast slips in behind it.
"""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voting.documents.states import State
from voting.errors import NoSuchConference, WrongState
from voting.storage.tables import ConferenceRow, CountRow, DeckRow


def find(session: Session, conference: int) -> ConferenceRow:
    """Find a conference; raise NoSuchConference."""
    row = session.get(ConferenceRow, conference)
    if row is None:
        raise NoSuchConference(f"no conference {conference} in this room")
    return row


def hold(session: Session, conference: int) -> ConferenceRow:
    """Find a conference and keep everybody else from changing it until the transaction ends."""
    row = session.get(ConferenceRow, conference, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchConference(f"no conference {conference} in this room")
    return row


def share(session: Session, conference: int) -> ConferenceRow:
    """Find a conference, which stays in its state until the transaction ends, beside others who share it."""
    row = session.get(ConferenceRow, conference, with_for_update={"read": True}, populate_existing=True)
    if row is None:
        raise NoSuchConference(f"no conference {conference} in this room")
    return row


def demand(row: ConferenceRow, *states: State) -> None:
    """Raise WrongState unless the conference is in one of `states`."""
    if row.state not in states:
        message = f"the conference is {row.state}; this belongs to: {', '.join(states)}"
        raise WrongState(message, key="state", state=row.state, states=states)


def deck_in_use(session: Session, conference: int) -> DeckRow | None:
    """The deck of cards in use, None before cards were made."""
    return session.scalar(select(DeckRow).where(DeckRow.conference == conference, DeckRow.status == "in_use"))


def current(session: Session) -> ConferenceRow | None:
    """The room's conference: the newest one."""
    return session.scalar(select(ConferenceRow).order_by(ConferenceRow.id.desc()).limit(1))


def note(session: Session, conference: int, what: str) -> None:
    """Count one more time that something of a fixed list happened; only how often is kept, never when or to whom."""
    row = session.get(CountRow, (conference, what), with_for_update=True)
    if row is None:
        try:
            with session.begin_nested():
                session.add(CountRow(conference=conference, what=what, times=1))
            return
        except IntegrityError:  # another process counted the first one at the same time
            row = session.get_one(CountRow, (conference, what), with_for_update=True)
    row.times += 1


def counts(session: Session, conference: int) -> dict[str, int]:
    """How often each thing of the fixed lists happened."""
    rows = session.scalars(select(CountRow).where(CountRow.conference == conference))
    return {row.what: row.times for row in rows}
