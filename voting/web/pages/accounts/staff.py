"""Accounts of staff: list, a new one with roles and perhaps an authenticator, new passwords, taking one away.

Each change takes two people, whatever the account: otherwise one person could become the second one.
"""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from voting.conference.staff_changes import GUARDED, all_changes, demand_changeable, note_change, pair_for_account
from voting.conference.steps import ROLES
from voting.conference.transitions import TwoPeople
from voting.storage.tables import StaffRow
from voting.web.access import accounts
from voting.web.access.sessions import for_roles, may, signed_in, two_people
from voting.web.form_errors import shown_on
from voting.web.pages.hall import qr_code
from voting.web.room import the_room

pages = Blueprint("staff", __name__, url_prefix="/staff")


@pages.get("")
@for_roles("organiser", "chair")
def overview() -> str:
    """All accounts, and who changed them."""
    return _page(None)


@pages.post("")
@for_roles("organiser", "chair")
@shown_on(overview)
def create() -> str:
    """Create an account, two people; the authenticator's code is shown on this answer and nowhere else."""
    room, form = the_room(), request.form
    login, password = form.get("login", "").strip(), form.get("password", "")
    roles = tuple(role for role in ROLES if role in form.getlist("roles"))
    with room.storage.read() as session:
        accounts.check_length(password)
        accounts.check_new(session, login, roles)
    by = _two_people(frozenset(roles), stays=True)
    sealed, address = accounts.new_totp(room.keyring, login) if "totp" in form else (None, None)
    hashed = accounts.hash_password(password)
    with room.storage.write() as session:
        demand_changeable(session, roles)
        accounts.create_staff(session, login, form.get("name", "").strip(), hashed, roles, totp=sealed)
        note_change(session, "made", login, by)
    return _page(qr_code(address) if address else None)


@pages.post("/<int:number>/remove")
@for_roles("organiser", "chair")
@shown_on(overview)
def remove(number: int) -> Response:
    """Take an account away, two people; whoever is signed in with it is out at once."""
    login, roles = _account(number)
    by, me = _two_people(roles, stays=True, about=login), signed_in().id
    with the_room().storage.write() as session:
        demand_changeable(session, roles)
        accounts.remove_staff(session, number, me)
        note_change(session, "removed", login, by)
    return redirect(url_for("staff.overview"), 303)


@pages.post("/<int:number>/password")
@for_roles("organiser", "chair")
@shown_on(overview)
def reset(number: int) -> Response:
    """Give somebody who forgot it another password, two people; a lock ends with it."""
    (login, roles), password = _account(number), request.form.get("password", "")
    accounts.check_length(password)
    by = _two_people(roles, about=login)
    hashed = accounts.hash_password(password)
    with the_room().storage.write() as session:
        accounts.set_password(session, number, hashed)
        note_change(session, "password", login, by)
    return redirect(url_for("staff.overview"), 303)


@pages.post("/<int:number>/totp")
@for_roles("organiser", "chair")
@shown_on(overview)
def renew(number: int) -> str:
    """Give an account a new authenticator, two people; the code is shown on this answer and nowhere else."""
    room = the_room()
    login, roles = _account(number)
    by = _two_people(roles, about=login)
    sealed, address = accounts.new_totp(room.keyring, login)
    with room.storage.write() as session:
        accounts.set_totp(session, number, sealed)
        note_change(session, "authenticator", login, by)
    return _page(qr_code(address))


def _account(number: int) -> tuple[str, frozenset[str]]:
    """Login and roles of an account, which never change; 404 where there is none."""
    with the_room().storage.read() as session:
        row = session.get(StaffRow, number)
        if row is None:
            abort(404)
        return row.login, accounts.roles_of(session, number)


def _two_people(roles: frozenset[str], *, stays: bool = False, about: str = "") -> TwoPeople:
    """Two people for an account of these roles; `stays`: this cannot be done while a conference is under way.

    Nobody vouches for a change of their own account. Raises WrongState, SecondPersonNeeded or SignInRefused.
    """
    if stays:
        with the_room().storage.read() as session:
            demand_changeable(session, roles)
    return two_people(pair=pair_for_account(roles), not_about=about)


def _page(qr: str | None) -> str:
    with the_room().storage.read() as session:
        rows = session.scalars(select(StaffRow).order_by(StaffRow.login)).all()
        listed = [(row, accounts.roles_of(session, row.id)) for row in rows]
        needs_chair = not may("chair")
        return render_template(
            "room/staff.html",
            people=[(row, roles, needs_chair and bool(roles & GUARDED)) for row, roles in listed],
            roles=ROLES,
            needs_chair=needs_chair,
            changes=all_changes(session),
            qr=qr,
            length=accounts.PASSWORD_LENGTH,
        )
