"""Accounts made, reset and removed by two people (tài khoản bộ phận giúp việc), kept with both sign-ins and no time.

Steps of two people are worth what their accounts are. So between the frozen list and the closed box no account of
chair, teller or door comes or goes. A password or an authenticator that was reset meanwhile stands on the hall screen,
in the conference's log, and as a number in its facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from voting.conference.steps import CHAIR, Pair
from voting.conference.transitions import TwoPeople
from voting.documents.states import UNDER_WAY
from voting.errors import WrongState
from voting.storage import conference_row
from voting.storage.tables import ConferenceRow, StaffChangeRow

Change = Literal["made", "password", "authenticator", "removed"]
RESETS: tuple[Change, ...] = ("password", "authenticator")
GUARDED = frozenset({"chair", "teller", "door"})
"""Roles on which a conference rests."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of an account; `first` and `second` are empty where it was done at the server itself."""

    what: str
    login: str
    first: str
    second: str


def pair_for_account(roles: frozenset[str]) -> Pair:
    """Who may make, reset or remove an account of these roles; the other roles' need an organiser or a chair.

    An account counts as a person because nobody makes, resets or removes one alone.
    """
    return CHAIR if roles & GUARDED else Pair(("chair", "organiser"))


def demand_changeable(session: Session, roles: Iterable[str]) -> None:
    """Raise WrongState where an account of these roles can be neither made nor removed now."""
    if GUARDED & set(roles) and _under_way(session):
        raise WrongState(
            "accounts of chair, teller and door stay as they are from the frozen list to the closed box",
            key="accounts_stay",
        )


def note_change(session: Session, what: Change, login: str, by: TwoPeople | None) -> None:
    """Keep a change of an account for the conference that is under way, else the newest; `by` nobody at the server."""
    if by is not None:
        by.check()
    first, second = (by.first, by.second) if by else ("", "")
    newest, held = conference_row.current(session), _under_way(session)
    about: list[int | None] = [*held] or [newest.id if newest is not None else None]
    for conference in about:
        session.add(
            StaffChangeRow(
                conference=conference, under_way=bool(held), what=what, login=login, first=first, second=second
            )
        )
        session.flush()


def changes(session: Session, conference: int) -> list[Changed]:
    """All changes of accounts since this conference began and before the next one did, in order."""
    return _changed(session, StaffChangeRow.conference == conference)


def all_changes(session: Session) -> list[Changed]:
    """All changes of accounts that this room knows, in order."""
    return _changed(session, true())


def resets(session: Session, conference: int) -> list[Changed]:
    """The passwords and authenticators that were reset between the frozen list and now, or closing."""
    kept = _changed(session, and_(StaffChangeRow.conference == conference, StaffChangeRow.under_way))
    return [one for one in kept if one.what in RESETS]


def _changed(session: Session, wanted: ColumnElement[bool]) -> list[Changed]:
    rows = session.scalars(select(StaffChangeRow).where(wanted).order_by(StaffChangeRow.number))
    return [Changed(row.what, row.login, row.first, row.second) for row in rows]


def _under_way(session: Session) -> list[int]:
    """The conferences between frozen list and closing; until the transaction ends none of the room's moves on."""
    rows = session.scalars(select(ConferenceRow).with_for_update(read=True)).all()
    return [row.id for row in rows if row.state in UNDER_WAY]
