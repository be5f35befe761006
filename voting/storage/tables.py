"""The room's tables (SQLAlchemy 2). What they leave out matters most.

No time and no order of casting, drawing or attendance; no link from a name to a card; no card secret, ever. A ballot
row, unique by credential, is itself the use of the card. Tables that are filled while people come and vote have no row
number: on SQLite they are WITHOUT ROWID, keyed by something that tells no order.
"""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from voting.documents.states import STATES, TWO_PERSON_STEPS, State
from voting.storage import column_words as words

NO_ROW_NUMBER = {"sqlite_with_rowid": False}
_IN_USE, _ACTIVATED = text("status = 'in_use'"), text("status = 'activated'")


class Base(DeclarativeBase):
    """Root of the room's tables."""


class ConferenceRow(Base):
    """A conference (hội nghị): its state and its numbers; times of opening and closing are facts of the record."""

    __tablename__ = "conferences"
    __table_args__ = (
        CheckConstraint(words.one_of("state", STATES), name="a_known_state"),
        CheckConstraint("drawn >= 0 AND drawn <= present AND present <= summoned", name="drawn_present_summoned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Text, default="draft")
    practice: Mapped[bool] = mapped_column(default=False)
    summoned: Mapped[int] = mapped_column(default=0)
    present: Mapped[int | None]
    drawn: Mapped[int | None]
    override_by: Mapped[str | None] = mapped_column(Text)
    override_reason: Mapped[str | None] = mapped_column(Text)
    over_limit: Mapped[bool] = mapped_column(default=False)
    last_call: Mapped[bool] = mapped_column(default=False)
    opened: Mapped[str | None] = mapped_column(Text)
    closed: Mapped[str | None] = mapped_column(Text)


class DraftRow(Base):
    """The draft (dự thảo hội nghị) as JSON of `voting.conference.draft.agenda.Draft`; fixed once the list is frozen."""

    __tablename__ = "drafts"

    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class PersonRow(Base):
    """One person summoned (người được triệu tập); `place` is the order of the list, given before the meeting."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("conference", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)


class AttendanceRow(Base):
    """A person present (có mặt) or excused (vắng có lý do); no row: not here. Whether they drew a card, never which."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint(words.one_of("presence", words.PRESENCES), name="a_known_presence"),
        CheckConstraint("presence = 'present' OR NOT drew", name="only_the_present_draw"),
        NO_ROW_NUMBER,
    )

    person: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"))
    presence: Mapped[str] = mapped_column(Text)
    drew: Mapped[bool]


class DeckRow(Base):
    """A deck of cards (bộ thẻ) with the election uuid that its cards are derived for; at most one is in use."""

    __tablename__ = "decks"
    __table_args__ = (
        CheckConstraint(words.one_of("kind", words.DECK_KINDS), name="a_known_kind"),
        CheckConstraint(words.one_of("status", words.DECK_STATUSES), name="a_known_deck_status"),
        Index("one_deck_in_use", "conference", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE),
    )

    uuid: Mapped[str] = mapped_column(Text, primary_key=True)
    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"))
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)


class DeckOriginRow(Base):
    """Where a deck comes from: letter on its cards, when and by whom made; `form` is unique: sent twice, one deck."""

    __tablename__ = "deck_origins"

    deck: Mapped[str] = mapped_column(ForeignKey("decks.uuid"), primary_key=True)
    letter: Mapped[str] = mapped_column(Text)
    made: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text, unique=True)
    cards: Mapped[int]
    spares: Mapped[int]


class CardRow(Base):
    """A card (thẻ) by its public credential: made = active + spare + activated + void, by this one status."""

    __tablename__ = "cards"
    __table_args__ = (
        CheckConstraint(words.one_of("status", words.CARD_STATUSES), name="a_known_card_status"),
        CheckConstraint("length(credential) = 64", name="a_credential"),
        UniqueConstraint("deck", "credential"),
        # Every ballot asks whether a spare is active.
        Index("spares_activated", "deck", sqlite_where=_ACTIVATED, postgresql_where=_ACTIVATED),
        NO_ROW_NUMBER,
    )

    credential: Mapped[str] = mapped_column(Text, primary_key=True)
    deck: Mapped[str] = mapped_column(ForeignKey("decks.uuid"))
    status: Mapped[str] = mapped_column(Text)


class TrusteesRow(Base):
    """trustees.json as uploaded: the tellers' public keys, in whose hands the opening lies."""

    __tablename__ = "trustees"

    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ServerKeyRow(Base):
    """A signing key of the room: receipts, or the desk's facts; the private half sealed by the server's secret."""

    __tablename__ = "server_keys"
    __table_args__ = (CheckConstraint(words.one_of("purpose", words.KEY_PURPOSES), name="a_known_purpose"),)

    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    public: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SetupRow(Base):
    """Setup as written: election, trustees, one sorted list of credentials; never changed."""

    __tablename__ = "setups"

    uuid: Mapped[str] = mapped_column(ForeignKey("decks.uuid"), primary_key=True)
    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), unique=True)
    election: Mapped[bytes] = mapped_column(LargeBinary)
    trustees: Mapped[bytes] = mapped_column(LargeBinary)
    credentials: Mapped[bytes] = mapped_column(LargeBinary)
    event: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)
    tellers: Mapped[int]
    threshold: Mapped[int]


class ConfirmationRow(Base):
    """A teller's signed confirmation of Setup, as its envelope came."""

    __tablename__ = "confirmations"

    conference: Mapped[int] = mapped_column(ForeignKey("setups.conference"), primary_key=True)
    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)


class BallotRow(Base):
    """A ballot in the box (phiếu trong hòm). Keyed by tracker, unique by credential: nothing else tells of its use."""

    __tablename__ = "ballots"
    __table_args__ = (
        ForeignKeyConstraint(["deck", "credential"], ["cards.deck", "cards.credential"]),
        CheckConstraint("length(tracker) = 43", name="a_tracker"),
        Index("ballots_of_a_deck", "deck"),
        NO_ROW_NUMBER,
    )

    tracker: Mapped[str] = mapped_column(Text, primary_key=True)
    deck: Mapped[str] = mapped_column(ForeignKey("setups.uuid"))
    credential: Mapped[str] = mapped_column(Text, unique=True)
    ballot: Mapped[bytes] = mapped_column(LargeBinary)
    commitments: Mapped[bytes | None] = mapped_column(LargeBinary)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)


class BallotMarkRow(Base):
    """A keyed mark of one ciphertext in an open box (`voting.box.copies`), or of what counts once (`voting.box.once`).

    Gone once the box is closed.
    """

    __tablename__ = "ballot_marks"
    __table_args__ = (NO_ROW_NUMBER,)

    deck: Mapped[str] = mapped_column(Text, primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class CountRow(Base):
    """How often something of a fixed list happened in the room: incidents, spares by reason, refusals, audits."""

    __tablename__ = "counts"
    __table_args__ = (CheckConstraint("times > 0", name="happened"),)

    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True)
    what: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[int]


class ClosingRow(Base):
    """What closing wrote: archive up to EndBallots, facts, commitments; `rewritten` once the box was rewritten."""

    __tablename__ = "closings"

    conference: Mapped[int] = mapped_column(ForeignKey("setups.conference"), primary_key=True)
    archive: Mapped[bytes] = mapped_column(LargeBinary)
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    commitments: Mapped[bytes | None] = mapped_column(LargeBinary)
    rewritten: Mapped[bool] = mapped_column(default=False)


class RecordRow(Base):
    """The record of a sitting (biên bản kiểm phiếu as data) with all signatures that it needs."""

    __tablename__ = "records"

    conference: Mapped[int] = mapped_column(ForeignKey("setups.conference"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class WaitingRecordRow(Base):
    """A record that waits for signatures, by the SHA-256 of what is signed; several may wait."""

    __tablename__ = "waiting_records"

    conference: Mapped[int] = mapped_column(ForeignKey("setups.conference"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FinishedBoxRow(Base):
    """What tellers added to the archive of a closed box, by the SHA-256 of the whole finished archive."""

    __tablename__ = "finished_boxes"

    conference: Mapped[int] = mapped_column(ForeignKey("setups.conference"), primary_key=True)
    archive: Mapped[str] = mapped_column(primary_key=True)
    tail: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseRow(Base):
    """The chair lets the hall screen show the signed result (công bố); no row: it stays hidden."""

    __tablename__ = "releases"

    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True, autoincrement=False)


class TwoPersonStepRow(Base):
    """A step that two people took together, by their sign-ins, with their reason; in the order of `number`."""

    __tablename__ = "ways"
    __table_args__ = (CheckConstraint(words.one_of("way", TWO_PERSON_STEPS), name="a_known_way"),)

    conference: Mapped[int] = mapped_column(ForeignKey("conferences.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    way: Mapped[str] = mapped_column(Text)
    first: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class DeviceRow(Base):
    """An enrolled tablet: id (hex SHA-256 of its public key), key, and whether it was revoked."""

    __tablename__ = "devices"
    __table_args__ = (CheckConstraint(words.one_of("status", words.DEVICE_STATUSES), name="a_known_device_status"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)


class EnrolmentRow(Base):
    """A one-time enrolment code: its hash, the label of the tablet to come, and until when it may be used."""

    __tablename__ = "enrolments"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    label: Mapped[str] = mapped_column(Text)
    until: Mapped[int]


class StaffRow(Base):
    """A member of staff (bộ phận giúp việc): argon2 hash, sealed TOTP secret, growing lock-out."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password: Mapped[str] = mapped_column(Text)
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_used: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[int] = mapped_column(default=0)


class StaffRoleRow(Base):
    """One role of a member of staff."""

    __tablename__ = "staff_roles"

    staff: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)


class StaffTriesRow(Base):
    """Wrong tries to sign in to an account from one place until the hour is over (`voting.web.access`); no address."""

    __tablename__ = "staff_tries"

    staff: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[int]
    until: Mapped[int]
    locked_until: Mapped[int]


class StaffChangeRow(Base):
    """An account made, reset or removed by two people, in the order of `number`: never changed, and without a time.

    `conference` is the newest one, `under_way` if it was between its frozen list and closing. `first` and `second` are
    empty where it was done at the server itself.
    """

    __tablename__ = "staff_changes"
    __table_args__ = (CheckConstraint(words.one_of("what", words.STAFF_CHANGES), name="a_known_staff_change"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    conference: Mapped[int | None] = mapped_column(ForeignKey("conferences.id"))
    under_way: Mapped[bool]
    what: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text)
    first: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text)


class StaffSessionRow(Base):
    """A signed-in browser of staff: hash of its token, and when it was last used (staff, never voters)."""

    __tablename__ = "staff_sessions"

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    staff: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    seen: Mapped[int]


class RoundRow(Base):
    """A round (đợt quy hoạch): plan, ledger and what the organiser decided, as JSON of `voting.rounds.stored.Kept`."""

    __tablename__ = "rounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RoundFileRow(Base):
    """A file of a round: a signed document by the SHA-256 of its bytes, or a paper by its name in the dossier."""

    __tablename__ = "round_files"

    round: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
