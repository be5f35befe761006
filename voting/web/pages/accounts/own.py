"""One's own account: another password, an authenticator. A new authenticator counts once its code was typed.

Until then its secret, sealed, travels in the signed cookie; the database knows nothing of it.
"""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from voting.errors import InvalidSettings
from voting.storage.tables import StaffRow
from voting.web.access import accounts
from voting.web.access.sessions import for_roles, sign_out, signed_in
from voting.web.form_errors import shown_on
from voting.web.pages.hall import qr_code
from voting.web.room import the_room

PENDING = "totp"

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("")
@for_roles()
def overview() -> str:
    """Password and authenticator."""
    return _page(None)


@pages.post("/password")
@for_roles()
@shown_on(overview)
def password() -> Response:
    """Change one's password by the present one; everybody signed in with it signs in anew."""
    room, me, form = the_room(), signed_in(), request.form
    accounts.check_present(room.storage, room.keyring, me.id, form.get("present", ""), None, room.seconds())
    if form.get("password") != form.get("again"):
        raise InvalidSettings("the new password was typed in two ways", key="again_differs", at="again")
    hashed = accounts.hash_password(form.get("password", ""))
    with room.storage.write() as database:
        accounts.set_password(database, me.id, hashed)
    sign_out()
    return redirect(url_for("sign_in.form"), 303)


@pages.post("/totp")
@for_roles()
@shown_on(overview)
def begin_totp() -> Response:
    """Make a new authenticator; it counts only once a code of it was typed. Replacing one takes what opens the account.

    Otherwise a browser that was left alone would be enough to take over the account.
    """
    room, me, form = the_room(), signed_in(), request.form
    if _has_totp(me.id):
        code = form.get("present_code", "").strip()
        accounts.check_present(room.storage, room.keyring, me.id, form.get("present", ""), code, room.seconds())
    sealed, _ = accounts.new_totp(room.keyring, me.login)
    session[PENDING] = sealed.decode()
    return redirect(url_for("account.new_totp"), 303)


@pages.get("/totp")
@for_roles()
def new_totp() -> str:
    """The new authenticator's code, to be scanned: also in the other language, and after a wrong code."""
    pending = session.get(PENDING)
    if not isinstance(pending, str):
        abort(404)
    return _page(qr_code(accounts.totp_address(the_room().keyring, signed_in().login, pending.encode())))


@pages.post("/totp/confirm")
@for_roles()
@shown_on(new_totp)
def confirm_totp() -> Response:
    """Take the new authenticator once a code of it is right."""
    room, me, pending = the_room(), signed_in(), session.get(PENDING)
    if not isinstance(pending, str):
        abort(400)
    sealed = pending.encode()
    if not accounts.code_fits(room.keyring, sealed, request.form.get("code", "").strip(), room.seconds()):
        raise InvalidSettings("the code is wrong", key="code_wrong", at="code")
    with room.storage.write() as database:
        accounts.set_totp(database, me.id, sealed)
    session.pop(PENDING)
    return redirect(url_for("account.overview"), 303)


def _has_totp(number: int) -> bool:
    with the_room().storage.read() as database:
        row = database.get(StaffRow, number)
        return row is not None and row.totp is not None


def _page(qr: str | None) -> str:
    me = signed_in()
    return render_template(
        "room/account.html", me=me, has_totp=_has_totp(me.id), qr=qr, length=accounts.PASSWORD_LENGTH
    )
