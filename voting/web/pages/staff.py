"""Accounts of staff: list, a new one with roles and perhaps an authenticator, new passwords, taking one away."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from voting.storage.tables import StaffRow
from voting.web import accounts
from voting.web.pages.hall import qr_code
from voting.web.refusals import shown_on
from voting.web.room import the_room
from voting.web.sessions import for_roles, signed_in

pages = Blueprint("staff", __name__, url_prefix="/staff")


@pages.get("")
@for_roles("organiser")
def overview() -> str:
    """All accounts."""
    return _page(None)


@pages.post("")
@for_roles("organiser")
@shown_on(overview)
def create() -> str:
    """Create an account; the authenticator's code is shown on this answer and nowhere else."""
    room, form = the_room(), request.form
    login = form.get("login", "").strip()
    roles = tuple(role for role in accounts.ROLES if role in form.getlist("roles"))
    sealed, address = accounts.new_totp(room.keyring, login) if "totp" in form else (None, None)
    with room.storage.write() as session:
        accounts.create_staff(
            session, login, form.get("name", "").strip(), form.get("password", ""), roles, totp=sealed
        )
    return _page(qr_code(address) if address else None)


@pages.post("/<int:number>/remove")
@for_roles("organiser")
@shown_on(overview)
def remove(number: int) -> Response:
    """Take an account away; whoever is signed in with it is out at once."""
    by = signed_in().id
    with the_room().storage.write() as session:
        accounts.remove_staff(session, number, by)
    return redirect(url_for("staff.overview"), 303)


@pages.post("/<int:number>/password")
@for_roles("organiser")
@shown_on(overview)
def reset(number: int) -> Response:
    """Give somebody who forgot it another password; a lock-out ends with it."""
    with the_room().storage.write() as session:
        accounts.set_password(session, number, request.form.get("password", ""))
    return redirect(url_for("staff.overview"), 303)


@pages.post("/<int:number>/totp")
@for_roles("organiser")
@shown_on(overview)
def renew(number: int) -> str:
    """Give an account a new authenticator; the code is shown on this answer and nowhere else."""
    room = the_room()
    with room.storage.write() as session:
        row = session.get(StaffRow, number)
        sealed, address = accounts.new_totp(room.keyring, row.login if row else "")
        accounts.set_totp(session, number, sealed)
    return _page(qr_code(address))


def _page(qr: str | None) -> str:
    with the_room().storage.read() as session:
        rows = session.scalars(select(StaffRow).order_by(StaffRow.login)).all()
        people = [(row, accounts.roles_of(session, row.id)) for row in rows]
    return render_template(
        "room/staff.html", people=people, roles=accounts.ROLES, qr=qr, length=accounts.PASSWORD_LENGTH
    )
