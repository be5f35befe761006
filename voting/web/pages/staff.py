"""Accounts of staff: list, and a new one with its roles and, if wished, an authenticator."""

from flask import Blueprint, render_template, request
from sqlalchemy import select

from voting.storage.tables import StaffRow
from voting.web import accounts
from voting.web.pages.hall import qr_code
from voting.web.room import the_room
from voting.web.sessions import for_roles

pages = Blueprint("staff", __name__, url_prefix="/staff")


@pages.get("")
@for_roles("organiser")
def overview() -> str:
    """All accounts."""
    return _page(None)


@pages.post("")
@for_roles("organiser")
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


def _page(qr: str | None) -> str:
    with the_room().storage.read() as session:
        rows = session.scalars(select(StaffRow).order_by(StaffRow.login)).all()
        people = [(row, accounts.roles_of(session, row.id)) for row in rows]
    return render_template(
        "room/staff.html", people=people, roles=accounts.ROLES, qr=qr, length=accounts.PASSWORD_LENGTH
    )
