"""The tellers' keys by boxes: what key ceremonies brought, and which Setup uses which (design §3, Keys for a round).

A ceremony makes the keys of several boxes. Each Setup takes the next that no other Setup used; what a Setup took is
never given out again, also where that conference was annulled.
"""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.transcript import sha256_hex
from voting.errors import InvalidSetup
from voting.storage.tables import Base


class TellerKeysRow(Base):
    """trustees.json of one box by its SHA-256, from which key ceremony, and the Setup that used it: one, once."""

    __tablename__ = "teller_keys"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="a_digest_of_keys"),
        UniqueConstraint("ceremony", "box"),
        UniqueConstraint("setup"),
    )

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    ceremony: Mapped[str | None] = mapped_column(Text)
    box: Mapped[int | None]
    setup: Mapped[str | None] = mapped_column(ForeignKey("setups.uuid"))


def keep(session: Session, ceremony: str, contents: Iterable[bytes]) -> None:
    """Keep trustees.json of each box of a ceremony, in order; what is there already stays. Raise InvalidSetup."""
    for box, content in enumerate(contents, 1):
        digest = sha256_hex(content)
        there = select(TellerKeysRow).where(TellerKeysRow.ceremony == ceremony, TellerKeysRow.box == box)
        found = session.get(TellerKeysRow, digest) or session.scalar(there)
        if found is None:
            session.add(TellerKeysRow(digest=digest, content=content, ceremony=ceremony, box=box))
        elif (found.digest, found.ceremony, found.box) != (digest, ceremony, box):
            message = "tellers.json: these keys came with another ceremony, or as those of another box"
            raise InvalidSetup(message, key="trustees_file", at="file")
    session.flush()


def next_unused(session: Session, ceremony: str) -> TellerKeysRow | None:
    """The keys of the first box of a ceremony that no Setup uses."""
    return session.scalar(
        select(TellerKeysRow)
        .where(TellerKeysRow.ceremony == ceremony, TellerKeysRow.setup.is_(None))
        .order_by(TellerKeysRow.box)
        .limit(1)
    )


def left(session: Session, ceremony: str) -> int:
    """How many boxes of a ceremony no Setup uses."""
    unused = (TellerKeysRow.ceremony == ceremony, TellerKeysRow.setup.is_(None))
    return session.scalar(select(func.count()).select_from(TellerKeysRow).where(*unused)) or 0


def ceremony_of(session: Session, content: bytes) -> str | None:
    """The fingerprint of the ceremony that made these keys; None where the room knows none."""
    found = session.get(TellerKeysRow, sha256_hex(content))
    return None if found is None else found.ceremony


def for_setup(session: Session, content: bytes) -> TellerKeysRow:
    """The keys for a Setup: these, or the next of the same ceremony where another Setup uses these.

    Raises InvalidSetup where none is left.
    """
    found = session.get(TellerKeysRow, sha256_hex(content))
    if found is None:
        found = TellerKeysRow(digest=sha256_hex(content), content=content)
        session.add(found)
        session.flush()
    if found.setup is None:
        return found
    following = next_unused(session, found.ceremony) if found.ceremony is not None else None
    if following is None:
        message = "another Setup used these keys, and no others are left: hold a new ceremony"
        raise InvalidSetup(message, key="keys_used", at="file")
    return following
