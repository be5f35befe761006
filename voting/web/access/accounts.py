"""Accounts of staff (bộ phận giúp việc): roles, argon2 passwords, TOTP.

Wrong tries are counted by `voting.web.access.locks`. Signing in costs the same time for a name that does not exist.
What is wrong is never said: name, password or code. A password is hashed and verified outside of any transaction, since
the room's ballots wait for the database's one writer; what was verified is compared with what stands there once the row
is held.
"""

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from voting.conference.steps import ROLES, Role
from voting.conference.transitions import TwoPeople
from voting.documents.letters import compared
from voting.errors import InvalidSettings, SignInRefused, TooManySignIns
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import StaffRoleRow, StaffRow, StaffSessionRow
from voting.web.access import locks
from voting.web.access.locks import lock_seconds as lock_seconds

PASSWORD_LENGTH = 10  # characters, at least
IDLE_SECONDS = 30 * 60
SEEN_SECONDS = 60  # a session's last use is written at most once in this time
CODE_DIGITS = 6
_HASHER = PasswordHasher()  # argon2id, RFC 9106's second recommended option: 64 MiB, 3 passes


def hash_of_nothing(hasher: PasswordHasher) -> str:
    """Make a hash that no password has: to verify it costs what every other costs, and to make it nothing."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


_NOBODY = hash_of_nothing(_HASHER)
STRANGERS = threading.BoundedSemaphore(2)
"""Turns for passwords from places that nobody knows: to verify one takes all cores and 64 MiB."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """The argon2 hash of a password that is long enough."""

    text: str


def hash_password(password: str) -> Hashed:
    """Hash a new password, before the transaction that keeps it; raise InvalidSettings for a short one."""
    check_length(password)
    return Hashed(_HASHER.hash(_composed(password)))


def check_length(password: str) -> None:
    """Raise InvalidSettings for a password that is too short."""
    if len(_composed(password)) < PASSWORD_LENGTH:
        message = f"a password of {PASSWORD_LENGTH} characters expected"
        raise InvalidSettings(message, key="password_short", at="password", least=PASSWORD_LENGTH)


def check_new(session: Session, login: str, roles: tuple[Role, ...]) -> None:
    """Raise InvalidSettings for a login that is empty or taken, and where no role is given, or one that is none."""
    if not login:
        raise InvalidSettings("a login expected", key="login_missing", at="login")
    if account_of(session, login) is not None:
        raise InvalidSettings("another account has this login", key="login_taken", at="login")
    if not roles or not set(roles) <= set(ROLES):
        raise InvalidSettings(f"a role of {ROLES} expected", key="roles_missing", at="roles")


def account_of(session: Session, login: str, *, lock: bool = False) -> StaffRow | None:
    """Return the account of a login as people type it: capitals, spaces and Unicode form aside; None for nobody's."""
    known = session.execute(select(StaffRow.id, StaffRow.login).order_by(StaffRow.id)).all()
    found = [number for number, one in known if one == login]
    found = found or [number for number, one in known if same_login(one, login)]
    return session.get(StaffRow, found[0], with_for_update=lock or None) if found else None


def same_login(one: str, other: str) -> bool:
    """Tell whether two logins are one account's, as people type them."""
    return compared(one) == compared(other)


def create_staff(
    session: Session,
    login: str,
    name: str,
    password: str | Hashed,
    roles: tuple[Role, ...],
    *,
    totp: bytes | None = None,
) -> int:
    """Create an account; `totp` is the sealed TOTP secret, None where no code is asked for. Raises InvalidSettings.

    Whoever serves a room meanwhile hashes the password beforehand.
    """
    hashed = hash_password(password) if isinstance(password, str) else password
    check_new(session, login, roles)
    row = StaffRow(login=login, name=name, password=hashed.text, totp=totp)
    session.add(row)
    session.flush()
    session.add_all(StaffRoleRow(staff=row.id, role=role) for role in roles)
    session.flush()
    return row.id


def new_totp(keyring: Keyring, login: str) -> tuple[bytes, str]:
    """Make a TOTP secret: sealed for the database, and as the address that an authenticator scans."""
    sealed = keyring.seal(pyotp.random_base32().encode())
    return sealed, totp_address(keyring, login, sealed)


Place = Callable[[StaffRow], str]
"""Where an account's try was made, as `voting.web.access.locks` counts it."""


def _same(kept: str, stored: str | None) -> bool:
    """Whether the hash that was verified outside of the transaction is still the account's."""
    return hmac.compare_digest(kept.encode(), (stored or "").encode())


def sign_in(
    storage: Storage, keyring: Keyring, login: str, password: str, code: str, now: int, place: Place
) -> StaffRow:
    """Check name, password and, where the account has one, the TOTP code; raise SignInRefused.

    The code's step is compared with the last one used while the row is held, so that of two at once one is refused.
    Places that nobody knows share `STRANGERS`: raise TooManySignIns where they are all taken.
    """
    with storage.read() as session:
        found = account_of(session, login)
        stored = None if found is None else found.password
        known = found is not None and place(found) != locks.ELSEWHERE
    with _turn(known):
        right = _password_right(stored or _NOBODY, password)
    with storage.write() as session:
        row = account_of(session, login, lock=True)
        if row is not None and not locks.locked(session, row, place(row), now):
            step = _code_step(keyring, row, code, now)
            if right and _same(row.password, stored) and step is not None:
                locks.count_success(session, row, place(row))
                row.totp_used = step
                return row
            locks.count_failure(session, row, place(row), now)
    raise SignInRefused("name, password or code is wrong, or the account is locked for a while")


def check_present(storage: Storage, keyring: Keyring, staff: int, password: str, code: str | None, now: int) -> None:
    """Check the present password of somebody who is signed in, and the code unless it is None; raise SignInRefused.

    Wrong ones are counted: a browser that was left alone must not be a place to guess at.
    """
    with storage.read() as session:
        stored = session.scalar(select(StaffRow.password).where(StaffRow.id == staff))
    right = _password_right(stored or _NOBODY, password)
    with storage.write() as session:
        row = session.get(StaffRow, staff, with_for_update=True)
        if row is None or locks.locked(session, row, locks.OWN_SESSION, now):
            raise SignInRefused("too many wrong tries", key="present_locked", at="present")
        step = row.totp_used if code is None else _code_step(keyring, row, code, now)
        if right and _same(row.password, stored) and step is not None:
            locks.count_success(session, row, locks.OWN_SESSION)
            row.totp_used = step
            return
        locks.count_failure(session, row, locks.OWN_SESSION, now)
    raise SignInRefused("the present password is wrong", key="present_wrong", at="present")


def set_password(session: Session, staff: int, password: str | Hashed) -> None:
    """Give an account another password, end its sessions and any lock; raise InvalidSettings.

    Devices where it signed in before are unknown from now on: their marks hold the hash of the old password.
    """
    hashed = hash_password(password) if isinstance(password, str) else password
    row = _find(session, staff)
    row.password = hashed.text
    locks.unlock(session, row)
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
    return _step_of(keyring, totp, code, now, after=-1) is not None


def remove_staff(session: Session, staff: int, by: int) -> None:
    """Remove an account and its sessions; raise InvalidSettings for one's own, and for the last organiser's or chair's.

    Without a chair nobody could make an account in the room any more.
    """
    row = _find(session, staff)
    if staff == by:
        raise InvalidSettings("nobody removes their own account", key="own_account")
    if _is_last(session, staff, "organiser"):
        raise InvalidSettings("one organiser must stay", key="last_organiser")
    if _is_last(session, staff, "chair"):
        raise InvalidSettings("one chair must stay", key="last_chair")
    session.delete(row)
    session.flush()


def _is_last(session: Session, staff: int, role: Role) -> bool:
    holders = set(session.scalars(select(StaffRoleRow.staff).where(StaffRoleRow.role == role)))
    return holders == {staff}


def _name_of(session: Session, login: str) -> str:
    return session.scalar(select(StaffRow.name).where(StaffRow.login == login)) or login


def _find(session: Session, staff: int) -> StaffRow:
    row = session.get(StaffRow, staff)
    if row is None:
        raise InvalidSettings("no such account", key="no_account")
    return row


def roles_of(session: Session, staff: int) -> frozenset[str]:
    """The roles of an account."""
    return frozenset(session.scalars(select(StaffRoleRow.role).where(StaffRoleRow.staff == staff)))


def names_of(session: Session, people: TwoPeople) -> tuple[str, str]:
    """The names of two people as papers hold them; the login where an account has no name."""
    return _name_of(session, people.first), _name_of(session, people.second)


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


@contextmanager
def _turn(known: bool) -> Iterator[None]:
    """Let known places go on; others take one of a few turns, or raise TooManySignIns at once."""
    if not known and not STRANGERS.acquire(blocking=False):
        raise TooManySignIns("other people sign in at this moment")
    try:
        yield
    finally:
        if not known:
            STRANGERS.release()


def _password_right(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, _composed(password))
    except VerificationError:
        return False


def _composed(password: str) -> str:
    """Return a password as every keyboard means it: macOS may spell its letters in pieces (NFD)."""
    return unicodedata.normalize("NFC", password)


def _code_step(keyring: Keyring, row: StaffRow, code: str, now: int) -> int | None:
    """The time step of a right and fresh code (0 where none is asked for), None for a wrong or used one."""
    return 0 if row.totp is None else _step_of(keyring, row.totp, code, now, after=row.totp_used)


def _step_of(keyring: Keyring, sealed: bytes, code: str, now: int, *, after: int) -> int | None:
    """The time step of a code, if it is one of the three of about now and later than `after`.

    Spaces, which authenticators show inside, are left out. Comparing in constant time takes ASCII alone, so that other
    digits are wrong before.
    """
    code = "".join(code.split())
    if len(code) != CODE_DIGITS or not code.isascii():
        return None
    totp = pyotp.TOTP(keyring.unseal(sealed).decode())
    current = now // totp.interval
    steps = (step for step in (current, current - 1, current + 1) if step > after)
    return next((step for step in steps if secrets.compare_digest(totp.at(step * totp.interval), code)), None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
