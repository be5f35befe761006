"""What counts once while the box is open (chỉ tính một lần): a tested ballot, and a card that came a second time.

A tablet that repeats a request, or a card that is scanned again and again, would fill the signed facts with numbers
that mean nothing. So what was counted leaves a mark like that of a ciphertext, keyed BLAKE2b in the same table: whoever
reads the database cannot tell a tested ballot from a card or a ciphertext, nor which. The marks go when the box closes.
"""

import hashlib
from typing import Literal

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voting.box.copies import MARK_BYTES
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotMarkRow

PURPOSE = "phieukin/room/once/v1"


def first_time(
    session: Session, keyring: Keyring, uuid: str, what: Literal["tested ballot", "used card"], text: str
) -> bool:
    """Tell whether this is the first time for an open box, and remember it. The caller shares the conference's row."""
    key, message = keyring.derive(PURPOSE), f"{uuid} {what} {text}".encode()
    mark = hashlib.blake2b(message, key=key, digest_size=MARK_BYTES).digest()
    try:
        with session.begin_nested():
            session.execute(insert(BallotMarkRow).values(deck=uuid, mark=mark))
    except IntegrityError:
        return False
    return True
