"""The lock of an account (khóa tạm tài khoản), and how many wrong tries count where.

Somebody with the right factors must get in although a stranger keeps an account locked, and a stranger must not guess
without end. So tries belong to a place: `ELSEWHERE`, which is all unknown devices together, or one that the room knows
(a device where this account signed in before, a desk where a colleague signed in, the account's own session). Each
place takes `TRIES` wrong ones in `TRIES_SECONDS`; elsewhere a lock that grows with each wrong try holds as well, and in
one's own session one of its own. Another known place that used up its tries is treated as elsewhere. No address is
written down.

Functions work in the caller's transaction, in which the account's row is held.
"""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from voting.storage.tables import StaffRow, StaffTriesRow

ELSEWHERE, OWN_SESSION = "", "own"
TRIES = 10  # wrong tries of one account at one place, over all addresses
TRIES_SECONDS = 60 * 60
FREE_FAILURES = 3  # wrong tries before the lock begins
LOCK_SECONDS = 15  # doubled with each further wrong try
LOCK_LIMIT = 60 * 60


def lock_seconds(failures: int) -> int:
    """How long an account is locked after so many wrong tries in a row."""
    if failures <= FREE_FAILURES:
        return 0
    return int(min(LOCK_LIMIT, LOCK_SECONDS * 2 ** min(failures - FREE_FAILURES - 1, 16)))


def locked(session: Session, row: StaffRow, place: str, now: int) -> bool:
    """Tell whether an account takes no try from this place now."""
    tries = session.get(StaffTriesRow, (row.id, place)) if place != ELSEWHERE else None
    if place == OWN_SESSION:
        return tries is not None and (tries.locked_until > now or _used_up(tries, now))
    if place != ELSEWHERE and not _used_up(tries, now):
        return False
    return row.locked_until > now or _used_up(session.get(StaffTriesRow, (row.id, ELSEWHERE)), now)


def count_failure(session: Session, row: StaffRow, place: str, now: int) -> None:
    """Count a wrong try; elsewhere, and in the account's own session, each one makes a lock grow."""
    if place != OWN_SESSION and _used_up(session.get(StaffTriesRow, (row.id, place)), now):
        place = ELSEWHERE
    session.execute(delete(StaffTriesRow).where(StaffTriesRow.until <= now))
    tries = session.get(StaffTriesRow, (row.id, place), populate_existing=True)
    if tries is None:
        tries = StaffTriesRow(staff=row.id, place=place, times=0, until=now + TRIES_SECONDS, locked_until=0)
        session.add(tries)
    tries.times += 1
    if place == ELSEWHERE:
        row.failures += 1
        row.locked_until = now + lock_seconds(row.failures)
    elif place == OWN_SESSION:
        tries.locked_until = now + lock_seconds(tries.times)
    session.flush()


def count_success(session: Session, row: StaffRow, place: str) -> None:
    """Begin anew at this place; the lock that strangers brought about holds on for them."""
    if place == ELSEWHERE:
        row.failures, row.locked_until = 0, 0
    else:
        session.execute(delete(StaffTriesRow).where(StaffTriesRow.staff == row.id, StaffTriesRow.place == place))
    session.flush()


def unlock(session: Session, row: StaffRow) -> None:
    """Forget all wrong tries of an account, whose password was set anew."""
    row.failures, row.locked_until = 0, 0
    session.execute(delete(StaffTriesRow).where(StaffTriesRow.staff == row.id))
    session.flush()


def _used_up(tries: StaffTriesRow | None, now: int) -> bool:
    return tries is not None and tries.until > now and tries.times >= TRIES
