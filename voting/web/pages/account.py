"""One's own account: another password, an authenticator. A new authenticator counts once its code was typed.

Until then its secret, sealed, travels in the signed cookie; the database knows nothing of it.
"""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from voting.errors import InvalidSettings
from voting.storage.tables import StaffRow
from voting.web import accounts
from voting.web.pages.hall import qr_code
from voting.web.refusals import shown_on
from voting.web.room import the_room
from voting.web.sessions import for_roles, sign_out, signed_in

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
    me, form = signed_in(), request.form
    with the_room().storage.write() as database:
        accounts.check_password(database, me.id, form.get("present", ""))
        if form.get("password") != form.get("again"):
            raise InvalidSettings("the new password was typed in two ways", told="again_differs", at="again")
        accounts.set_password(database, me.id, form.get("password", ""))
    sign_out()
    return redirect(url_for("sign_in.form"), 303)


@pages.post("/totp")
@for_roles()
def begin_totp() -> Response:
    """Make a new authenticator; it counts only once a code of it was typed."""
    sealed, _ = accounts.new_totp(the_room().keyring, signed_in().login)
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
        raise InvalidSettings("the code is wrong", told="code_wrong", at="code")
    with room.storage.write() as database:
        accounts.set_totp(database, me.id, sealed)
    session.pop(PENDING)
    return redirect(url_for("account.overview"), 303)


def _page(qr: str | None) -> str:
    me = signed_in()
    with the_room().storage.read() as database:
        row = database.get(StaffRow, me.id)
        has = row is not None and row.totp is not None
    return render_template("room/account.html", me=me, has_totp=has, qr=qr, length=accounts.PASSWORD_LENGTH)
