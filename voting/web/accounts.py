"""Accounts of staff (người phục vụ): roles, argon2 passwords, TOTP, a lock-out that grows with each wrong try.

Signing in costs the same time for a name that does not exist. What is wrong is never said: name, password or code.
"""

import hashlib
import secrets
from typing import Literal, get_args

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from voting.errors import InvalidSettings, SignInRefused
from voting.setup_keys import Keyring
from voting.storage.tables import StaffRoleRow, StaffRow, StaffSessionRow

Role = Literal["organiser", "door", "teller", "chair", "secretary", "technician"]
ROLES: tuple[Role, ...] = get_args(Role)
PASSWORD_LENGTH = 10  # characters, at least
IDLE_SECONDS = 30 * 60
SEEN_SECONDS = 60  # a session's last use is written at most once in this time
FREE_FAILURES = 3  # wrong tries before the lock-out begins
LOCK_SECONDS = 15  # doubled with each further wrong try
LOCK_LIMIT = 60 * 60
_HASHER = PasswordHasher()  # argon2id, RFC 9106's second recommended option: 64 MiB, 3 passes
_NOBODY = _HASHER.hash(secrets.token_hex(16))


def create_staff(
    session: Session, login: str, name: str, password: str, roles: tuple[Role, ...], *, totp: bytes | None = None
) -> int:
    """Create an account; `totp` is the sealed TOTP secret, None where no code is asked for. Raises InvalidSettings."""
    if not login:
        raise InvalidSettings("a login expected", told="login_missing", at="login")
    if session.scalar(select(StaffRow.id).where(StaffRow.login == login)) is not None:
        raise InvalidSettings("another account has this login", told="login_taken", at="login")
    _check_length(password)
    if not roles or not set(roles) <= set(ROLES):
        raise InvalidSettings(f"a role of {ROLES} expected", told="roles_missing", at="roles")
    row = StaffRow(login=login, name=name, password=_HASHER.hash(password), totp=totp)
    session.add(row)
    session.flush()
    session.add_all(StaffRoleRow(staff=row.id, role=role) for role in roles)
    session.flush()
    return row.id


def new_totp(keyring: Keyring, login: str) -> tuple[bytes, str]:
    """Make a TOTP secret: sealed for the database, and as the address that an authenticator scans."""
    sealed = keyring.seal(pyotp.random_base32().encode())
    return sealed, totp_address(keyring, login, sealed)


def sign_in(session: Session, keyring: Keyring, login: str, password: str, code: str, now: int) -> StaffRow:
    """Check name, password and, where the account has one, the TOTP code; raise SignInRefused.

    The caller commits in either case: a wrong try is counted.
    """
    row = session.scalar(select(StaffRow).where(StaffRow.login == login).with_for_update())
    right = _password_right(row.password if row else _NOBODY, password)
    if row is None or row.locked_until > now:
        raise SignInRefused("name, password or code is wrong, or the account is locked for a while")
    step = _code_step(keyring, row, code, now)
    if not right or step is None:
        row.failures += 1
        row.locked_until = now + lock_seconds(row.failures)
        session.flush()
        raise SignInRefused("name, password or code is wrong, or the account is locked for a while")
    row.failures, row.locked_until, row.totp_used = 0, 0, step
    session.flush()
    return row


def check_password(session: Session, staff: int, password: str) -> None:
    """Check the password of somebody who is signed in already; raise SignInRefused."""
    row = session.get(StaffRow, staff)
    if row is None or not _password_right(row.password, password):
        raise SignInRefused("the present password is wrong", told="present_wrong", at="present")


def set_password(session: Session, staff: int, password: str) -> None:
    """Give an account another password and end its sessions; raise InvalidSettings."""
    row = _find(session, staff)
    _check_length(password)
    row.password, row.failures, row.locked_until = _HASHER.hash(password), 0, 0
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.staff == staff))
    session.flush()


def set_totp(session: Session, staff: int, totp: bytes | None) -> None:
    """Give an account another sealed TOTP secret, or none."""
    row = _find(session, staff)
    row.totp, row.totp_used = totp, 0
    session.flush()


def totp_address(keyring: Keyring, login: str, totp: bytes) -> str:
    """The address of a sealed TOTP secret, which an authenticator scans."""
    secret = keyring.unseal(totp).decode()
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="phieukin")


def code_fits(keyring: Keyring, totp: bytes, code: str, now: int) -> bool:
    """Tell whether a code belongs to a sealed TOTP secret at this time."""
    return pyotp.TOTP(keyring.unseal(totp).decode()).verify(code, for_time=now, valid_window=1)


def remove_staff(session: Session, staff: int, by: int) -> None:
    """Remove an account and its sessions; raise InvalidSettings for one's own, and for the last organiser's."""
    row = _find(session, staff)
    if staff == by:
        raise InvalidSettings("nobody removes their own account", told="own_account")
    others = select(StaffRoleRow.staff).where(StaffRoleRow.role == "organiser", StaffRoleRow.staff != staff)
    if "organiser" in roles_of(session, staff) and session.scalar(others.limit(1)) is None:
        raise InvalidSettings("one organiser must stay", told="last_organiser")
    session.delete(row)
    session.flush()


def _check_length(password: str) -> None:
    if len(password) < PASSWORD_LENGTH:
        message = f"a password of {PASSWORD_LENGTH} characters expected"
        raise InvalidSettings(message, told="password_short", at="password", least=PASSWORD_LENGTH)


def _find(session: Session, staff: int) -> StaffRow:
    row = session.get(StaffRow, staff)
    if row is None:
        raise InvalidSettings("no such account", told="no_account")
    return row


def lock_seconds(failures: int) -> int:
    """How long an account is locked after so many wrong tries in a row."""
    if failures <= FREE_FAILURES:
        return 0
    return int(min(LOCK_LIMIT, LOCK_SECONDS * 2 ** min(failures - FREE_FAILURES - 1, 16)))


def roles_of(session: Session, staff: int) -> frozenset[str]:
    """The roles of an account."""
    return frozenset(session.scalars(select(StaffRoleRow.role).where(StaffRoleRow.staff == staff)))


def begin_session(session: Session, staff: int, now: int) -> str:
    """Begin a session for somebody who signed in; return its token, of which only a hash is kept."""
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.seen < now - IDLE_SECONDS))
    token = secrets.token_urlsafe(32)
    session.add(StaffSessionRow(token=_hash(token), staff=staff, seen=now))
    session.flush()
    return token


def find_session(session: Session, token: str, now: int) -> tuple[StaffRow, bool] | None:
    """Whose session a token is, and whether its last use should be written; None if it ended or never was."""
    row = session.get(StaffSessionRow, _hash(token))
    if row is None or row.seen < now - IDLE_SECONDS:
        return None
    staff = session.get(StaffRow, row.staff)
    return (staff, now - row.seen >= SEEN_SECONDS) if staff else None


def touch_session(session: Session, token: str, now: int) -> None:
    """Note that a session is in use."""
    row = session.get(StaffSessionRow, _hash(token))
    if row is not None:
        row.seen = now


def end_session(session: Session, token: str) -> None:
    """End a session."""
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.token == _hash(token)))


def _password_right(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except VerificationError:
        return False


def _code_step(keyring: Keyring, row: StaffRow, code: str, now: int) -> int | None:
    """The time step of a right and fresh code (0 where none is asked for), None for a wrong or used one."""
    if row.totp is None:
        return 0
    totp = pyotp.TOTP(keyring.unseal(row.totp).decode())
    current = now // totp.interval
    steps = (step for step in (current, current - 1, current + 1) if step > row.totp_used)
    return next((step for step in steps if secrets.compare_digest(totp.at(step * totp.interval), code)), None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
