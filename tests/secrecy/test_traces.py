"""After a conference: what its server leaves on the disk and in memory, searched byte by byte for marked values.

The server is the real one. Cards are made by its page, so their secrets did pass through its memory; ballots come over
HTTPS; the box is closed at the desk. Then every file of the room's folder, the archive, the log and the memory of
every process of the server are searched for card secrets (in each spelling), the keys derived from them, what the
tablets knew (randomness of ballots, choices in clear), and for names near a card.
"""

import contextlib
import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from keys.cards import credential, derive, with_dashes
from keys.files.signing import new_signing_key, public_text
from keys.group import encode_point
from keys.trustees import encode_trustees
from tests.faults.room import FaultRoom, ForkServer, Tablet, fork_server
from tests.faults.staff import SECOND, Staff, add_staff
from tests.voting.rooms import Room, new_teller, open_room
from voting.box.tablets import enrol, new_code
from voting.conference import closing, setup, transitions
from voting.conference.cards import CardSecret
from voting.server.serve import free_port, prepare
from voting.storage.backup import back_up
from voting.storage.keyring import Keyring
from voting.storage.tables import CardRow
from voting.web.settings import load_settings, write_config

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")]
PEOPLE = 6
LETTERS = "[1-9A-HJ-NP-Za-km-z]"
GROUPS = re.compile(rf"({LETTERS}{{5}})\s*-\s*({LETTERS}{{6}})\s*-\s*({LETTERS}{{5}})\s*-\s*({LETTERS}{{6}})")
NEAR = 300  # bytes: a name and a card's credential this close would be a link
CHUNK = 1 << 24
RUN = 64
ZEROS = re.compile(rb"\0{%d,}" % RUN)


class Conference:
    """A conference held on a real server, its box closed; the server idle."""

    def __init__(self, folder: Path, starter: ForkServer, url: str | None = None, cluster: Path | None = None) -> None:
        fields: dict[str, object] = {"database": url} if url else {}
        write_config(
            folder, host="127.0.0.1", processes=1, threads=4, casts_per_minute=10**6, polls_per_minute=10**6, **fields
        )
        self.folder, self.settings, self.cluster = folder, load_settings(folder), cluster
        prepare(self.settings)
        self.room = open_room(self.settings.database, [new_teller(), new_teller()])
        self.room.keyring = Keyring(self.settings.secret)
        Room.__post_init__(self.room)
        add_staff(self.room.storage)
        self.port = free_port()
        self.group = starter.start(folder=str(folder), port=self.port)
        field = FaultRoom(folder, self.settings, self.room, starter, [], [], new_signing_key(), "", None)  # type: ignore[arg-type]
        field.port = self.port
        field.wait()
        self.trust = field.trust()
        self.staff = lambda login: Staff(self.port, self.trust).sign_in(login)
        self._hold()

    def _hold(self) -> None:
        room = self.room
        room.begin(people=PEOPLE)
        with room.storage.write() as session:
            transitions.freeze_list(session, room.conference)
        status, _, pdf = self.staff("organiser").post("/deck", kind="main", cards=str(PEOPLE), spares="1", once="form")
        assert status == 200
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
        self.cards = ["".join(found) for found in GROUPS.findall(text)]
        assert len(self.cards) == PEOPLE + 1
        with room.storage.read() as session:
            status_of = {row.credential: row.status for row in session.query(CardRow)}
        uuid = room.uuid()
        room.secrets = [
            CardSecret(card, status_of[encode_point(credential(card, uuid))] == "spare") for card in self.cards
        ]
        room.draw(PEOPLE, PEOPLE)
        with room.storage.write() as session:
            transitions.take_roll(session, room.conference)
            setup.upload_trustees(session, room.conference, encode_trustees([one.trustee for one in room.tellers]))
            setup.write_setup(session, room.conference, room.keyring)
        room.confirm()
        key = new_signing_key()
        with room.storage.write() as session:
            device = enrol(session, new_code(session, "máy", 1), public_text(key), 1)
        assert self.staff("teller").post("/desk/open", **SECOND)[0] in (302, 303)
        tablet = Tablet(self.port, self.trust, key, device)
        for card in room.drawn:
            assert tablet.send(uuid, room.body(card))[0] == 200
        tablet.close()
        assert self.staff("teller").post("/desk/close", **SECOND)[0] == 303
        room.storage.close()

    @property
    def room_uuid(self) -> str:
        """The election's uuid, and no connection left open."""
        uuid = self.room.uuid()
        self.room.storage.close()
        return uuid

    def secrets(self) -> dict[str, bytes]:
        """Everything that nobody but the card's owner may know."""
        uuid = self.room.uuid()
        found = {}
        for number, card in enumerate(self.cards):
            derived = bytes(derive(card, uuid))
            found |= {
                f"card {number}": card.encode(),
                f"card {number} with dashes": with_dashes(card).encode(),
                f"card {number} in 16-bit characters": card.encode("utf-16-le"),
                f"key of card {number}": derived,
                f"key of card {number} in decimals": str(int.from_bytes(derived, "little")).encode(),
                f"key of card {number} in hex": derived.hex().encode(),
            }
        self.room.storage.close()
        return found

    def files(self) -> list[Path]:
        """Every file of the room, what may be carried out of it, and on PostgreSQL every file of its server."""
        self._write_pages()
        out = self.folder / "out"
        if not out.exists():
            out.mkdir()
            back_up(self.room.storage, out / "backup.db")
            with self.room.storage.read() as session:
                closed = closing.closed_of(session, self.room.conference)
            (out / "room.bel").write_bytes(closed.archive)
            (out / "facts.json").write_bytes(closed.facts)
        self.room.storage.close()
        folders = [self.folder, *([self.cluster] if self.cluster else [])]
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def tables(self) -> list[Path]:
        """The files that hold the database's tables."""
        self._write_pages()
        base = self.cluster / "data" / "base" if self.cluster else self.folder / "room.db"
        return [path for path in base.rglob("*") if path.is_file()] if base.is_dir() else [base]

    def _write_pages(self) -> None:
        """On PostgreSQL: have pages and log written to the disk."""
        if self.cluster is not None:
            with self.room.storage.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")
            self.room.storage.close()

    def processes(self) -> list[int]:
        """The processes of the server."""
        groups = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    groups[int(entry.name)] = os.getpgid(int(entry.name))
                except ProcessLookupError:
                    continue
        return [pid for pid, group in groups.items() if group == self.group]


def memory_of(process: int) -> Iterator[bytes]:
    """Everything writable that a process holds in memory, region by region; long runs of zeros are cut short.

    Most of it was never written to, and no marked value holds that many zeros in a row: so each value is searched in
    what is left.
    """
    regions = Path(f"/proc/{process}/maps").read_text().splitlines()
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in regions:
            bounds, rights = line.split()[:2]
            if "rw" not in rights:
                continue
            begin, end = (int(part, 16) for part in bounds.split("-"))
            try:
                memory.seek(begin)
                yield ZEROS.sub(bytes(RUN), memory.read(end - begin))
            except (OSError, ValueError, OverflowError):
                continue


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def conference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conference]:
    with fork_server() as starter, contextlib.ExitStack() as stack:
        url = cluster = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_cluster")
            url, cluster = stack.enter_context(server.database()), server.folder
        held = Conference(tmp_path_factory.mktemp("held") / "room", starter, url, cluster)
        yield held
        held.room.storage.close()


def found_in(content: bytes, marked: dict[str, bytes]) -> set[str]:
    """The names of the marked values that stand in some bytes."""
    return {name for name, value in marked.items() if value in content}


def test_no_file_of_the_room_holds_a_cards_secret(conference: Conference) -> None:
    marked, seen = conference.secrets(), 0
    wrong = {}
    for path in conference.files():
        content = path.read_bytes()
        seen += conference.room_uuid.encode() in content
        wrong |= {path.name: names} if (names := found_in(content, marked)) else {}
    assert wrong == {}
    assert seen >= 3, "the election's uuid is found in the database, the backup and the archive: the search works"


def test_no_file_of_the_system_for_temporary_things_holds_a_cards_secret(conference: Conference) -> None:
    begun = (conference.folder / "room.json").stat().st_mtime
    marked, wrong = conference.secrets(), {}
    for path in Path("/tmp").glob("*"):
        if path.is_file() and path.stat().st_mtime >= begun and path.stat().st_size < CHUNK:
            wrong |= {path.name: names} if (names := found_in(path.read_bytes(), marked)) else {}
    assert wrong == {}


def test_the_memory_of_the_idle_server_holds_no_cards_secret(conference: Conference) -> None:
    marked = {name: value for name, value in conference.secrets().items() if not name.endswith(("decimals", "hex"))}
    assert not any(bytes(RUN) in value for value in marked.values())
    known = {"the election's uuid": conference.room.uuid().encode(), "the room's key": conference.settings.secret}
    conference.room.storage.close()
    seen: set[str] = set()
    for process in conference.processes():
        for region in memory_of(process):
            seen |= found_in(region, {**marked, **known})
    assert seen == set(known), "what the server must know is found, so the search works; and nothing else"


def test_no_name_stands_near_a_card_and_no_file_is_as_old_as_a_ballot(conference: Conference) -> None:
    uuid, seen = conference.room_uuid, 0
    for path in conference.tables():
        content = path.read_bytes()
        for card in conference.cards:
            public = encode_point(credential(card, uuid)).encode()
            for found in re.finditer(re.escape(public), content):
                around = content[max(0, found.start() - NEAR) : found.end() + NEAR]
                assert "Nguyễn Văn".encode() not in around
                seen += 1
    assert seen >= len(conference.cards)
    closed = time.time()
    assert all(path.stat().st_mtime <= closed for path in conference.folder.rglob("*"))


def test_the_log_holds_no_line_about_a_voter(conference: Conference) -> None:
    log = (conference.folder / "server.log").read_text()
    assert not re.search(r"ballots|tracker|POST|GET|[A-Za-z0-9+/]{43}", log), log
