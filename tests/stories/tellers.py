"""The tellers' side of a story: terminals driven as people do, on a machine without Flask, SQLAlchemy or a network.

Every process is a fresh one, and none of them may import what belongs to the room or open a connection: the tellers'
machine is the base package, offline.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pexpect
from click.testing import CliRunner

from keys.cards import credential, new_card
from keys.files.sealing import LEAST_COST
from keys.files.signing import SigningKey, new_signing_key, public_text
from keys.group import encode_point
from keys.trustees import parse_trustees
from tally.audit import audit
from tally.ceremony.own_file import own_path
from tally.ceremony.state import CeremonyState, read_ceremony, tellers_of
from tally.ceremony.usb import UsbStick
from tally.signing.teller_file import TellerFile, write_teller_file
from tests.attacks.lab import Lab, chain, closed
from tests.attacks.records import envelope, room_facts
from tests.tally.ceremony.test_state import Tellers
from tests.voting.documents.elections import UUID, conference, raw_election
from voting.cli.main import main
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.canonical import canonical, compact
from voting.documents.conferences.conference import CeremonyBox, Signer
from voting.documents.conferences.election import parse_election
from voting.documents.envelope import parse_envelope, write_envelope
from voting.documents.facts import CONFIRMATION_TYPE, FACTS_TYPE
from voting.documents.tellers import read_tellers
from voting.procedures.comparison import with_decision

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 300  # seconds; a machine that does much else is slow
PASSPHRASES = (
    "khan trung moi thay song lam", "nhon phong tram vay them do gian bep", "binh minh tren ban sung chao gio lua",
)  # fmt: skip

# What stands for a machine with the base package alone: imports of the room fail, and so does every connection.
ALONE = """
import socket, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"flask", "flask_wtf", "flask_limiter", "sqlalchemy", "alembic",
                                  "granian", "argon2", "pyotp", "openpyxl"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
def refuse(*_):
    raise OSError("this machine has no network")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refuse
from voting.cli.main import main
sys.argv[0] = "phieukin"
main()
"""


@dataclass
class Terminal:
    """One process at a terminal."""

    process: "pexpect.spawn[str]"
    seen: list[str] = field(default_factory=list)

    def see(self, text: str) -> "Terminal":
        """Wait until these words stand on the screen."""
        try:
            self.process.expect_exact(text, timeout=TIMEOUT)
        except (pexpect.EOF, pexpect.TIMEOUT):
            raise AssertionError(f"{text!r} expected; the screen says:\n{self.process.before}") from None
        self.seen.append(f"{self.process.before}{text}")
        return self

    def answer(self, question: str, text: str) -> "Terminal":
        """Wait for a question and answer it."""
        self.see(question)
        self.process.sendline(text)
        return self

    def ends(self, status: int = 0) -> str:
        """Wait for the end; return all that was on the screen since the last question."""
        self.process.expect(pexpect.EOF, timeout=TIMEOUT)
        rest = str(self.process.before)
        self.process.close()
        assert self.process.exitstatus == status, rest
        return rest

    def dies(self) -> None:
        """The machine dies in the middle: no farewell, nothing flushed."""
        self.process.kill(9)
        self.process.close(force=True)


HERE = (sys.executable, "-c", ALONE)
_command: ContextVar[tuple[str, ...]] = ContextVar("command", default=HERE)


@contextmanager
def on_machine(command: tuple[str, ...]) -> Iterator[None]:
    """Tell the stories inside to run this command in place of the program of this checkout."""
    before = _command.set(command)
    try:
        yield
    finally:
        _command.reset(before)


@contextmanager
def phieukin(*words: object) -> Iterator[Terminal]:
    """Run the program at a terminal of its own."""
    first, *more = _command.get()
    env = {**os.environ, "PYTHONUTF8": "1", "TERM": "dumb"}
    env.pop("PYTHONPATH", None)
    process: pexpect.spawn[str] = pexpect.spawn(
        first,
        [*more, *(str(word) for word in words)],
        encoding="utf-8",
        env=env | ({"PYTHONPATH": str(ROOT)} if _command.get() == HERE else {}),
        dimensions=(60, 400),
        echo=False,  # type: ignore[arg-type]
    )
    try:
        yield Terminal(process)
    finally:
        process.close(force=True)


def run(*words: object, status: int = 0) -> str:
    """Run a command that asks nothing; return its output."""
    with phieukin(*words) as terminal:
        return terminal.ends(status)


def repeat(*words: object) -> str:
    """Run in this process what a fresh one took before: the same step, by somebody else or on a copy."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


@dataclass
class Table:
    """The tellers' table: the stick that goes around and each teller's own folder."""

    folder: Path
    names: Sequence[str]
    threshold: int

    def __post_init__(self) -> None:
        for folder in (self.stick, *map(self.home, self.numbers)):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def stick(self) -> Path:
        """The stick that goes round."""
        return self.folder / "stick"

    @property
    def numbers(self) -> range:
        """The tellers' numbers, from 1."""
        return range(1, len(self.names) + 1)

    def home(self, index: int) -> Path:
        """A teller's own folder."""
        return self.folder / f"own {index}"

    def passphrase_file(self, index: int) -> Path:
        """A file with this teller's passphrase."""
        path = self.folder / f"passphrase {index}"
        path.write_text(f"{passphrase(index)}\n", encoding="utf-8")
        return path

    def turn(self, index: int, *more: object, status: int = 0, fingerprint: str | None = None) -> str:
        """One teller's turn without questions."""
        plan = [word for name in self.names for word in ("--teller", name)] + ["--threshold", self.threshold]
        words = ["tally", "ceremony", self.stick, "--me", index, "--home", self.home(index), *plan,
                 "--conference", "Hội nghị", "--passphrase-file", self.passphrase_file(index)]  # fmt: skip
        seen = fingerprint or self.fingerprint()
        return run(*words, *(["--fingerprint", seen] if seen else []), *more, status=status)

    def fingerprint(self) -> str | None:
        """What the tellers read aloud, once all announcements are there."""
        stick = UsbStick(self.stick)
        plan = stick.plan() if self.stick.exists() else None
        if plan is None or len(announced := stick.read("1-announcement", plan)) < len(self.names):
            return None
        return CeremonyState(plan, announced, {}, {}, {}).fingerprint


def held_ceremony(folder: Path, size: int = 3, threshold: int = 2, boxes: int = 1) -> tuple[Table, list[TellerFile]]:
    """Hold the ceremony in this process, for stories that begin after it; the tellers' files of box 1 come out."""
    tellers = Tellers(folder, size, threshold, boxes=boxes)
    tellers.all(tellers.announce, tellers.deal, tellers.accept, tellers.rehearse)
    ceremony = read_ceremony(tellers.stick, tellers.plan)
    (tellers.stick.folder / "tellers.json").write_bytes(canonical(tellers_of(ceremony)))
    made = {index: tellers.files(index) for index in tellers.numbers}
    for index, files in made.items():
        tellers.path(index).unlink()
        for one in files:
            path = own_path(tellers.path(index).parent, index, one.box if boxes > 1 else 0)
            write_teller_file(path, one, passphrase(index), LEAST_COST)
    return Table(folder, tellers.plan.tellers, threshold), [files[0] for files in made.values()]


def passphrase(index: int) -> str:
    """A teller's passphrase once the keys are there."""
    return PASSPHRASES[(index - 1) % 3] + f" {index * 'xo '}"


@dataclass
class Meeting:
    """A conference with the tellers' keys: Setup, then a closed box, on the stick."""

    lab: Lab
    stick: Path
    signing: dict[str, SigningKey]

    @property
    def box(self) -> Path:
        """The closed box on the stick."""
        return self.stick / f"{UUID}.bel"

    @property
    def setup(self) -> Path:
        """The archive as it was when Setup was confirmed."""
        return self.stick.parent / "setup.bel"

    def close(self, confirmations: Sequence[bytes] = ()) -> None:
        """Close the box and write what the room hands over."""
        self.stick.mkdir(exist_ok=True)
        self.box.write_bytes(closed(self.lab).raw())
        report = audit(self.box)
        confirmed = tuple(parse_envelope(raw, CONFIRMATION_TYPE, "confirmation") for raw in confirmations)
        room = room_facts(self.lab, report.setup_event, report.end_ballots, report.ballots)
        room = msgspec.structs.replace(room, confirmations=confirmed or room.confirmations)
        facts = envelope(canonical(room), FACTS_TYPE, self.lab, "desk")
        self.stick.joinpath(f"{UUID}.facts.json").write_bytes(write_envelope(facts))


def meeting(table: Table, stick: Path, votes: Sequence[list[list[int]]], box: int = 1, **changes: Any) -> Meeting:
    """Hold the conference with the tellers' public files, up to the closing of the box."""
    brought = read_tellers((table.stick / "tellers.json").read_bytes())
    trustees = parse_trustees(brought.boxes[box - 1].trustees.encode())
    signing = {name: new_signing_key() for name in ("secretary", "chair", "head", "receipt", "desk", "1", "2", "3")}
    made, questions = conference(2, present=4)

    def sign(name: str, role: str) -> Signer:
        return Signer(f"{role} {name}", role, public_text(signing[name]), must_sign=name != "head")

    made = msgspec.structs.replace(
        made,
        tellers=tuple(Signer(one.name, "Kiểm phiếu viên", one.key, must_sign=True) for one in brought.tellers),
        ceremony=CeremonyBox(brought.fingerprint, box),
        secretary=sign("secretary", "Thư ký"),
        chair=sign("chair", "Chủ trì"),
        head=sign("head", "Chánh Văn phòng"),
        receipt_key=public_text(signing["receipt"]),
        desk_key=public_text(signing["desk"]),
        papers=(msgspec.structs.replace(made.papers[0], **changes),),
    )
    if changes:  # what differs from the catalogue is named
        made = msgspec.structs.replace(made, notes=with_decision(made, 1))
    election = parse_election(raw_election(questions, trustees.election_key(), made))
    cards = tuple(new_card() for _ in range(made.drawn + made.spares))
    credentials = compact(sorted(encode_point(credential(card, UUID)) for card in cards))
    ballots = tuple(cast_ballot(election, card, marks).raw for card, marks in zip(cards, votes, strict=False))
    lab = Lab(election, trustees, credentials, cards, (), signing, ballots)
    held = Meeting(lab, stick, signing)
    stick.mkdir(exist_ok=True)
    held.setup.write_bytes(chain(closed(lab).events()[:1]))
    return held
