"""Who asks: the signed-in member of staff, and which roles a page is for.

A page without `@for_roles` is for everybody; a test lists those. The cookie holds a token; roles are read from the
database at each request, so that an account taken away is gone at once.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, ParamSpec, TypeVar

from flask import Response, abort, current_app, g, redirect, request, session, url_for

from voting.conference.steps import STEPS, Pair, Role, Step
from voting.conference.transitions import TwoPeople
from voting.documents.states import PROPERTIES, StateProperties
from voting.errors import SecondPersonNeeded, SignInRefused
from voting.storage.tables import ConferenceRow, StaffRow
from voting.web.access import accounts, known_devices
from voting.web.room import the_room

TOKEN = "staff"
Key = Literal["tablet", "card", "code"]
"""Whose key signs a request, or that it carries the desk's one-time code for enrolling a tablet."""
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Staff:
    """The member of staff behind a request."""

    id: int
    login: str
    name: str
    roles: frozenset[str]


def load_staff() -> None:
    """Before each request: find out who asks; writes the session's last use now and then."""
    g.staff = None
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return
    room = the_room()
    now = room.seconds()
    with room.storage.read() as database:
        found = accounts.find_session(database, token, now)
        if found is None:
            session.clear()
            return
        row, stale = found
        g.staff = Staff(row.id, row.login, row.name, accounts.roles_of(database, row.id))
    if stale:
        with room.storage.write() as database:
            accounts.touch_session(database, token, now)


def staff() -> Staff | None:
    """The member of staff who asks, if they signed in."""
    found = g.get("staff")
    return found if isinstance(found, Staff) else None


def signed_in() -> Staff:
    """The member of staff who asks, on a page for staff."""
    found = staff()
    if found is None:
        abort(403)
    return found


def may(*roles: Role) -> bool:
    """Tell whether the one who asks has one of `roles`; views that are not for everybody are wrapped by `for_roles`."""
    found = staff()
    return found is not None and bool(found.roles & set(roles))


def seconds(endpoint: str) -> tuple[Role, ...] | None:
    """The roles of which the second person beside the one who asks must have one; None for any, or no such step."""
    found, pair = staff(), pair_of(endpoint)
    return pair.seconds(found.roles) if pair is not None and found is not None else None


def pair_of(endpoint: str) -> Pair | None:
    """Which two people take the step of an address; None where one person does."""
    return getattr(current_app.view_functions.get(endpoint), "pair", None)


def can(endpoint: str) -> bool:
    """Tell whether the one who asks is let in by the view of an address: what pages show depends on it, as links do."""
    view = current_app.view_functions[endpoint]
    roles: tuple[Role, ...] | None = getattr(view, "for_roles", None)
    return roles is None or (may(*roles) if roles else staff() is not None)


def offered(step: str, state: str) -> bool:
    """Tell whether a step is taken in a state, and the one who asks may begin it: what pages offer depends on it."""
    return state in STEPS[step].states and may(*STEPS[step].who)


def properties_of(row: ConferenceRow | None) -> StateProperties | None:
    """What holds in the state of a conference; None where there is no conference."""
    return PROPERTIES[row.state] if row is not None else None


def step_at(endpoint: str) -> Step | None:
    """The step of the conference that an address takes, if it takes one."""
    return STEPS.get(getattr(current_app.view_functions.get(endpoint), "step", ""))


def for_step(name: str) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let only those in who may begin a step of the conference; two people take it where the table says so."""
    protect = for_roles(*STEPS[name].who, pair=STEPS[name].pair)

    def mark(view: Callable[P, R]) -> Callable[P, R | Response]:
        protected = protect(view)
        protected.step = name  # type: ignore[attr-defined]
        return protected

    return mark


def by_key(whose: Key) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say of a view that a key or a code in the request lets in, and no session: the view itself looks at it."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.by_key = whose  # type: ignore[attr-defined]
        return view

    return mark


def for_roles(*roles: Role, pair: Pair | None = None) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let only staff with one of `roles` in (with none named: any staff); others sign in, or are refused.

    Where the view asks for two people, they are such a `pair`.
    """

    def protect(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def protected(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            found = staff()
            if found is None:
                if request.method != "GET":
                    abort(403)
                return redirect(url_for("sign_in.form"))  # type: ignore[return-value]
            if roles and not found.roles & set(roles):
                abort(403)
            return view(*args, **kwargs)

        protected.for_roles = roles  # type: ignore[attr-defined]
        protected.pair = pair  # type: ignore[attr-defined]
        return protected

    return protect


def sign_in(login: str, password: str, code: str) -> StaffRow:
    """Sign in: a new session with a new token; raise SignInRefused."""
    room = the_room()
    device = known_devices.this_device(room.keyring)
    row = checked_person(login, password, code, lambda one: device.place(room.keyring, one))
    session.clear()
    with room.storage.write() as database:
        session[TOKEN] = accounts.begin_session(database, row.id, room.seconds())
    return row


def sign_out() -> None:
    """End the session on both sides."""
    token = session.get(TOKEN)
    if isinstance(token, str):
        with the_room().storage.write() as database:
            accounts.end_session(database, token)
    session.clear()


def checked_person(login: str, password: str, code: str, place: accounts.Place) -> StaffRow:
    """Check somebody's name, password and code; a wrong try counts at its place."""
    room = the_room()
    return accounts.sign_in(room.storage, room.keyring, login, password, code, room.seconds(), place)


def two_people(*, pair: Pair | None = None, not_about: str = "") -> TwoPeople:
    """The one signed in and a second person, who gives name, password and code in the same form.

    They are as `pair` says, or that of the address. Neither is the owner of the account `not_about`. Raises
    SignInRefused or SecondPersonNeeded.
    """
    pair = pair or pair_of(request.endpoint or "")
    assert pair is not None, "a view for two people says which"
    first = signed_in()
    form = request.form
    login, password = form.get("second_login", "").strip(), form.get("second_password", "")
    if accounts.same_login(login, first.login):
        raise SecondPersonNeeded("the one signed in cannot be the second person", at="second_login")
    if not_about and any(accounts.same_login(not_about, one) for one in (first.login, login)):
        raise SecondPersonNeeded("nobody changes their own account like this", key="own_account", at="second_login")
    try:
        row = checked_person(login, password, form.get("second_code", "").strip(), lambda _: f"desk {first.id}")
    except SignInRefused as error:
        raise SignInRefused(str(error), at="second_password") from None
    with the_room().storage.read() as database:
        pair.check(first.roles, accounts.roles_of(database, row.id))
    people = TwoPeople(first.login, row.login)
    people.check()
    return people


FOR_PAGES = {"can": can, "seconds": seconds, "offered": offered, "step_at": step_at, "properties_of": properties_of}
"""What templates ask of the one who reads them."""
