"""A room of tests: two tellers with keys of their own, and a conference that is pushed from state to state."""

import datetime
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from sqlalchemy import text

from keys.cards import credential
from keys.files.signing import SigningKey, new_signing_key, public_text
from keys.group import base_power, encode_point, random_secret
from keys.proofs.schnorr import prove_possession
from keys.trustees import Single, TrusteeKey, encode_trustees
from voting.box.casting import Box
from voting.conference import cards, closing, confirmations, roll, setup, transitions
from voting.conference.draft.agenda import Draft, Person
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.ballots.request import pack_request
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import (
    ON_PAPER,
    Candidate,
    Organiser,
    Paper,
    Quorum,
    Rule,
    Ruleset,
    Selection,
    Signer,
)
from voting.documents.envelope import sign_envelope
from voting.documents.facts import CONFIRMATION_TYPE
from voting.documents.tellers import Clash
from voting.procedures.comparison import with_decision
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.migrate import migrate
from voting.storage.tables import SetupRow

OPENING = datetime.datetime(2022, 4, 10, 8, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
CLOSING = OPENING + datetime.timedelta(minutes=45)
TWO = transitions.TwoPeople("chair", "teller")
SECRET = bytes(range(32))


@dataclass
class Teller:
    """A teller of tests, who holds a whole share and a signing key."""

    trustee: Single
    signing: SigningKey


def new_teller() -> Teller:
    """Make a teller."""
    secret = random_secret()
    public = base_power(secret)
    return Teller(Single(TrusteeKey(public, prove_possession(secret))), new_signing_key())


def names(count: int) -> tuple[Person, ...]:
    """People with names that differ."""
    return tuple(Person(f"Nguyễn Văn {number:03}", "Phòng Tổng hợp") for number in range(1, count + 1))


def new_draft(
    tellers: list[Teller],
    *,
    people: int = 4,
    candidates: int = 1,
    quorum: Quorum | None = None,
    clashes: tuple[Clash, ...] = (),
) -> Draft:
    """A draft of one paper."""
    listed = tuple(
        Candidate(f"c{number}", f"Trần Thị {number}", "Phó Trưởng phòng", "1980", "", False, (0, 0))
        for number in range(1, candidates + 1)
    )
    paper = Paper(
        ruleset=Ruleset("SONLA-VPUB-2022-03", 1),
        procedure="CUR-DEPT",
        step=2,
        section="B.II.1.1.3(2)",
        term="2021 - 2026",
        kind="introduce",
        unit="",
        title="Trưởng phòng",
        rule=Rule(">=", 3, 10, "present"),
        selection=Selection("all"),
        tie_scope="none",
        candidates=listed,
    )
    draft = Draft(
        name="Hội nghị cán bộ chủ chốt",
        place="Hội trường",
        date="2022-04-10",
        organiser=Organiser("state", "UBND TỈNH SƠN LA", "VĂN PHÒNG", "Sơn La", "BB-VPUB", ""),
        basis=(),
        composition="",
        address="đồng chí",
        quorum=quorum,
        tellers=tuple(
            Signer(f"Kiểm phiếu viên {number}", "Tổ kiểm phiếu", public_text(one.signing), True)
            for number, one in enumerate(tellers, 1)
        ),
        chair=Signer("Lê Chủ Trì", "Chủ trì", ON_PAPER, True),
        secretary=Signer("Phạm Thư Ký", "Thư ký", ON_PAPER, True),
        head=Signer("Lê Chủ Trì", "Chánh Văn phòng", ON_PAPER, False),
        papers=(paper,),
        put_forward_max=0,
        notes=(),
        people=names(people),
        clashes=clashes,
    )
    return msgspec.structs.replace(draft, notes=with_decision(draft, 0))


@dataclass
class Room:
    """A room whose conference tests push from state to state."""

    storage: Storage
    keyring: Keyring
    tellers: list[Teller]
    conference: int = 0
    secrets: list[cards.CardSecret] = field(default_factory=list)
    reserve: list[cards.CardSecret] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    spares: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.box = Box(self.storage, self.keyring)

    def begin(self, **draft: object) -> "Room":
        """A draft."""
        with self.storage.write() as session:
            self.conference = transitions.new_conference(session, new_draft(self.tellers, **draft))  # type: ignore[arg-type]
        return self

    def freeze_list(self, *, made: int = 6, spares: int = 2, **draft: object) -> "Room":
        """The list frozen, the cards made."""
        self.begin(**draft)
        with self.storage.write() as session:
            transitions.freeze_list(session, self.conference)
            self.secrets = cards.make_cards(session, self.conference, "main", made, spares)
            self.reserve = cards.make_cards(session, self.conference, "reserve", made, spares)
        return self

    def people(self) -> list[int]:
        """The ids of those summoned."""
        with self.storage.read() as session:
            return [entry.person for entry in roll.search(session, self.conference, "", limit=10_000)]

    def draw(self, present: int = 3, drawn: int = 3, secrets: list[cards.CardSecret] | None = None) -> "Room":
        """Let people come and draw; void every leftover."""
        deck = secrets or self.secrets
        plain = [card.text for card in deck if not card.spare]
        self.drawn, self.spares = plain[:drawn], [card.text for card in deck if card.spare]
        with self.storage.write() as session:
            for number, person in enumerate(self.people()[:present]):
                roll.mark_present(session, self.conference, person)
                if number < drawn:
                    roll.card_drawn(session, self.conference, person)
            for left in plain[drawn:]:
                cards.void_leftover(session, self.conference, self.public(left))
        return self

    def take_roll(self, present: int = 3, drawn: int = 3, **options: object) -> "Room":
        """So many present, so many cards drawn; the roll is taken."""
        self.freeze_list(**options)  # type: ignore[arg-type]
        self.draw(present, drawn)
        with self.storage.write() as session:
            transitions.take_roll(session, self.conference)
        return self

    def seal(self, **options: object) -> "Room":
        """The trustees brought, drawn for this conference alone; Setup written."""
        self.take_roll(**options)  # type: ignore[arg-type]
        self.tellers = [Teller(new_teller().trustee, one.signing) for one in self.tellers]
        with self.storage.write() as session:
            raw = encode_trustees([teller.trustee for teller in self.tellers])
            setup.upload_trustees(session, self.conference, raw)
            setup.write_setup(session, self.conference, self.keyring)
        return self

    def confirm(self) -> "Room":
        """Setup confirmed by every teller."""
        for owner in range(1, len(self.tellers) + 1):
            with self.storage.write() as session:
                confirmations.confirm_setup(session, self.conference, self.confirmation(owner))
        return self

    def confirmation(self, owner: int, signer: int | None = None) -> bytes:
        """A teller's signed confirmation, by another signer where that is asked."""
        payload = canonical(confirmations.expected(self.setup(), owner))
        key = self.tellers[(signer or owner) - 1].signing
        return canonical(sign_envelope(payload, CONFIRMATION_TYPE, key))

    def open(self, **options: object) -> "Room":
        """The box open."""
        self.seal(**options).confirm()
        with self.storage.write() as session:
            transitions.open_box(session, self.conference, TWO, OPENING)
        return self

    def close(self) -> closing.Closed:
        """The box closed; what the database kept beside it written anew."""
        with self.storage.write() as session:
            closed = closing.close_box(session, self.conference, self.keyring, TWO, CLOSING)
        closing.rewrite_closed(self.storage)
        return closed

    def setup(self) -> SetupRow:
        """The room's Setup."""
        with self.storage.read() as session:
            return setup.setup_of(session, self.conference)

    def uuid(self) -> str:
        """The election's uuid."""
        with self.storage.read() as session:
            deck = cards._deck(session, self.conference)
            return deck.uuid

    def public(self, card: str) -> str:
        """The public credential of a card."""
        return encode_point(credential(card, self.uuid()))

    def body(self, card: str, marks: list[int] | None = None, *, commitments: bool = True) -> bytes:
        """A casting request of a card."""
        uuid = self.uuid()
        _, election = self.box.election(uuid)
        ballot = cast_ballot(election, card, [marks or [1, 0] for _ in election.questions])
        return pack_request(election, ballot, commitments=commitments)

    def sql(self, statement: str, **values: object) -> None:
        """Raw SQL past all of the code, as somebody with the database's password would write it."""
        with self.storage.engine.begin() as connection:
            connection.execute(text(statement), values)

    def state(self) -> str:
        """Where the conference stands."""
        with self.storage.read() as session:
            return transitions.conference_row.find(session, self.conference).state

    def sql_without_other_guards(self, kept: str, statement: str, **values: object) -> None:
        """Raw SQL with one guard of the conference's life alone left; everything is rolled back."""
        guards = import_module("voting.storage.migrations.versions.0002_guards").LIFE
        with self.storage.engine.connect() as connection:
            for guard in guards:
                on = " ON conferences" if self.storage.dialect == "postgresql" else ""
                if guard.name != kept:
                    connection.exec_driver_sql(f"DROP TRIGGER {guard.name}{on}")
            connection.execute(text(statement), values)


def open_room(url: str, tellers: list[Teller]) -> Room:
    """A room with an empty, migrated database."""
    return Room(migrated(url), Keyring(SECRET), tellers)


def migrated(url: str) -> Storage:
    """Open a database at the newest migration; a new one of SQLite begins as a copy of one that was migrated once."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        path.write_bytes(_blank())
    storage = Storage(url)
    migrate(storage)
    return storage


@cache
def _blank() -> bytes:
    """The file of an empty, migrated database of SQLite."""
    with TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{folder}/room.db")
        migrate(storage)
        storage.close()
        return (Path(folder) / "room.db").read_bytes()
