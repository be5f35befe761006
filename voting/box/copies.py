"""Copied ciphertexts (phiếu sao chép) are refused at the box, since the audit refuses a whole box that holds any.

Proofs bind a ciphertext to its card, so nobody can copy somebody else's; two who collude, or one booth that repeats its
randomness, can still bring the same ciphertext in two valid ballots. Equal here is what is equal to
`tally.audit.copies`: the same alpha and beta. While the box is open, each ciphertext leaves a mark: 16 bytes of keyed
BLAKE2b, of which the database keeps one of a kind, whoever writes to it. The marks go when the box closes, and tell
nothing of casting that the ballots do not.
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import ARRAY, LargeBinary, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from voting.documents.ballots.ballot import BallotText
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotMarkRow

MARK_BYTES = 16  # as collision-resistant as 64 bits, against those who do not know the key
PURPOSE = "phieukin/room/copies/v1"
_TOGETHER = 500  # marks of one query
_INSERT = insert(BallotMarkRow.__table__)  # type: ignore[arg-type] # a declared table is a Table
_INSERT_ALL = _INSERT.from_select(
    ["deck", "mark"],
    select(bindparam("uuid", type_=BallotMarkRow.deck.type), func.unnest(bindparam("marks", type_=ARRAY(LargeBinary)))),
)
"""All marks of a group in one statement, on PostgreSQL, where each statement is a message."""


def mark_key(keyring: Keyring) -> bytes:
    """Derive the key of the marks, the same in all processes of a server."""
    return keyring.derive(PURPOSE)


def marks_of(key: bytes, uuid: str, ballot: BallotText) -> tuple[bytes, ...]:
    """Mark every ciphertext of a ballot; each point has one spelling, which verifying the ballot demands."""
    return tuple(
        hashlib.blake2b(f"{uuid} {choice.alpha} {choice.beta}".encode(), key=key, digest_size=MARK_BYTES).digest()
        for answer in ballot.answers
        for choice in answer.choices
    )


def add_marks(session: Session, uuid: str, marks: Iterable[bytes]) -> None:
    """Add the marks of ballots that go in; the database raises IntegrityError where one is there already."""
    # In one order in all processes, so that none waits for another in a circle.
    ordered = sorted(marks)
    connection = session.connection()
    if not ordered:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_INSERT_ALL, {"uuid": uuid, "marks": ordered})
    else:
        connection.execute(_INSERT, [{"deck": uuid, "mark": mark} for mark in ordered])


def is_copy(session: Session, uuid: str, marks: Sequence[bytes]) -> bool:
    """Tell whether a ballot repeats a ciphertext, of its own or of a ballot in the box."""
    if len(set(marks)) < len(marks):
        return True
    for start in range(0, len(marks), _TOGETHER):
        there = select(BallotMarkRow.mark).where(
            BallotMarkRow.deck == uuid, BallotMarkRow.mark.in_(marks[start : start + _TOGETHER])
        )
        if session.scalar(there.limit(1)) is not None:
            return True
    return False


def forget_marks(session: Session, uuid: str) -> None:
    """Delete the marks of a closed box, which nothing can enter any more."""
    session.execute(delete(BallotMarkRow).where(BallotMarkRow.deck == uuid))
