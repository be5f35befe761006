"""The mirror: no receipt without a second disk; after the loss of the first, each acknowledged ballot is back."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.voting.rooms import CLOSING, SECRET, TWO, Room
from tests.voting.storage.test_backup import elsewhere as elsewhere
from tests.voting.web.conftest import app as app
from tests.voting.web.conftest import cheap_passwords as cheap_passwords
from tests.voting.web.conftest import clock as clock
from tests.voting.web.conftest import web_room
from tests.voting.web.test_api import Tablet, refusal
from voting.box.mirror import (
    HEADER,
    PATH,
    SECRET_FILE,
    STORE_FILE,
    Mirror,
    SealedBallot,
    Store,
    open_mirror,
    read_secret,
    seal_of,
)
from voting.box.refill import refill
from voting.cli.main import main
from voting.cli.mirror import create_mirror
from voting.conference import cards, closing
from voting.errors import InvalidSettings, WrongState
from voting.storage.backup import back_up, restore
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / STORE_FILE)


def sealed(room: Room, card: str) -> SealedBallot:
    """Cast a card's ballot, and give it as the mirror gets it."""
    body = room.body(card)
    receipt = room.box.cast(room.uuid(), body)
    return SealedBallot(room.uuid(), body.partition(b"\n")[0], None, receipt.signature)


def restored(backup: Path, elsewhere: Storage, room: Room, store: Store) -> Room:
    restore(backup, elsewhere, Keyring(SECRET), fill=lambda session: refill(session, Keyring(SECRET), store))
    return Room(elsewhere, Keyring(SECRET), room.tellers, room.conference, drawn=room.drawn)


def test_every_mirrored_ballot_is_back_after_the_loss_of_the_disk(
    room: Room, elsewhere: Storage, store: Store, tmp_path: Path
) -> None:
    room.open()
    first = sealed(room, room.drawn[0])
    back_up(room.storage, tmp_path / "backup.db")
    later = [sealed(room, card) for card in room.drawn[1:]]
    for one in (first, *later):
        store.add(one)
    other = restored(tmp_path / "backup.db", elsewhere, room, store)
    assert other.state() == "frozen"
    with elsewhere.write() as session:
        closed = closing.close_box(session, other.conference, other.keyring, TWO, CLOSING)
    with elsewhere.engine.connect() as connection:
        there = connection.execute(text("SELECT tracker FROM ballots")).scalars().all()
    assert {one.tracker for one in (first, *later)} == set(there)
    assert b'"kind":"server_restarted","times":1' in closed.facts or b"server_restarted" in _payload(closed.facts)
    assert all(one.ballot in closed.archive for one in (first, *later))


def _payload(facts: bytes) -> bytes:
    import base64

    return base64.b64decode(msgspec.json.decode(facts)["payload"])


def test_the_same_ballot_gets_the_same_receipt_from_the_restored_room(
    room: Room, elsewhere: Storage, store: Store, tmp_path: Path
) -> None:
    room.open()
    back_up(room.storage, tmp_path / "backup.db")
    body = room.body(room.drawn[0])
    receipt = room.box.cast(room.uuid(), body)
    store.add(SealedBallot(room.uuid(), body.partition(b"\n")[0], None, receipt.signature))
    other = restored(tmp_path / "backup.db", elsewhere, room, store)
    assert other.box.cast(other.uuid(), body) == receipt


def forged_receipt(room: Room, one: SealedBallot) -> SealedBallot:
    return msgspec.structs.replace(one, receipt=bytes(64))


def changed_ballot(room: Room, one: SealedBallot) -> SealedBallot:
    return msgspec.structs.replace(one, ballot=one.ballot.replace(b'"', b"'", 1))


def activated_later(room: Room, one: SealedBallot) -> SealedBallot:
    """A spare's ballot: the backup does not know that the spare was activated."""
    with room.storage.write() as session:
        cards.activate_spare(session, room.conference, room.public(room.spares[0]), "lost")
    return sealed(room, room.spares[0])


@pytest.mark.parametrize("change", [forged_receipt, changed_ballot, activated_later])
def test_a_ballot_that_does_not_fit_leaves_the_new_room_empty(
    room: Room, elsewhere: Storage, store: Store, tmp_path: Path, change: Callable[[Room, SealedBallot], SealedBallot]
) -> None:
    room.open()
    back_up(room.storage, tmp_path / "backup.db")
    store.add(change(room, sealed(room, room.drawn[0])))
    with pytest.raises(WrongState, match="annul, and vote again"):
        restored(tmp_path / "backup.db", elsewhere, room, store)
    with elsewhere.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM conferences")).scalar_one() == 0
    restore(tmp_path / "backup.db", elsewhere, Keyring(SECRET), annul_open=True)


def test_only_a_backup_of_an_open_box_is_filled(room: Room, elsewhere: Storage, store: Store, tmp_path: Path) -> None:
    room.seal()
    back_up(room.storage, tmp_path / "backup.db")
    with pytest.raises(WrongState, match="nothing to fill"):
        restored(tmp_path / "backup.db", elsewhere, room, store)


class Wire:
    """The server's mirror, its requests handed to the mirror's application without a network."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        self.secret = read_secret(folder / SECRET_FILE, make=True)
        self.client: FlaskClient = create_mirror(folder).test_client()
        self.store, self.up, self.sent = Store(folder / STORE_FILE), True, 0
        (folder / "mirror.pem").write_text("")
        monkeypatch.setattr("ssl.create_default_context", lambda cafile: None)
        self.mirror = Mirror("https://mirror.test:8444", folder / "mirror.pem", self.secret)
        monkeypatch.setattr(self.mirror, "_send", self.send)

    def send(self, body: bytes) -> int:
        self.sent += 1
        if not self.up:
            raise ConnectionRefusedError
        return self.post(body, seal_of(self.secret, body))

    def post(self, body: bytes, seal: str) -> int:
        return self.client.post(PATH, data=body, headers={HEADER: seal}).status_code


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(tmp_path / "mirror", monkeypatch)


@pytest.fixture
def mirrored(app: Flask, tellers: list, wire: Wire) -> Iterator[tuple[Room, Tablet]]:  # type: ignore[type-arg]
    shared = web_room(app)
    object.__setattr__(shared, "mirror", wire.mirror)
    room = Room(shared.storage, shared.keyring, tellers)
    room.open()
    tablet = Tablet(app, room)
    tablet.enrol()
    yield room, tablet


def test_a_receipt_is_given_once_the_mirror_holds_the_ballot(mirrored: tuple[Room, Tablet], wire: Wire) -> None:
    room, tablet = mirrored
    answer = tablet.cast(room.body(room.drawn[0]))
    assert answer.status_code == 200 and answer.json is not None
    [kept] = wire.store.ballots(room.uuid())
    assert kept.tracker == answer.json["tracker"]
    assert kept.commitments is not None


def test_without_the_mirror_nobody_gets_a_receipt_and_afterwards_the_same_ballot_does(
    mirrored: tuple[Room, Tablet], wire: Wire
) -> None:
    room, tablet = mirrored
    wire.up = False
    body = room.body(room.drawn[0])
    assert refusal(tablet.cast(body)) == (503, "busy", None)
    assert refusal(tablet.cast(body)) == (503, "busy", None)
    assert wire.store.ballots(room.uuid()) == []
    wire.up = True
    assert tablet.cast(body).status_code == 200
    sent = wire.sent
    assert tablet.cast(body).status_code == 200
    assert wire.sent == sent, "what this process saw mirrored is not sent again"
    assert len(wire.store.ballots(room.uuid())) == 1


def test_a_mirror_that_refuses_gives_no_receipt(
    mirrored: tuple[Room, Tablet], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, tablet = mirrored
    monkeypatch.setattr(wire.mirror, "_send", lambda body: 403)
    assert refusal(tablet.cast(room.body(room.drawn[0]))) == (503, "busy", None)


def test_nobody_without_the_secret_puts_anything_into_the_mirror(wire: Wire) -> None:
    body = msgspec.json.encode(SealedBallot("u", b"{}", None, b""))
    for seal in ("", "0" * 64, seal_of(bytes(32), body), seal_of(wire.secret, body + b" "), "ồ"):
        assert wire.post(body, seal.encode().decode("latin-1")) == 403
    assert wire.post(b"{}", seal_of(wire.secret, b"{}")) == 400
    assert wire.store.ballots("u") == []
    assert wire.client.get(PATH).status_code == 405


def test_what_is_in_the_mirror_stays_and_its_file_tells_no_order_afterwards(store: Store, tmp_path: Path) -> None:
    made = [SealedBallot("u", f"ballot {number}".encode(), None, bytes(64)) for number in range(8)]
    for one in made:
        store.add(one)
        store.add(msgspec.structs.replace(one, receipt=bytes([1]) * 64))
    store.finish()
    found = store.ballots("u")
    assert {one.receipt for one in found} == {bytes(64)}
    assert [one.tracker for one in found] == sorted(one.tracker for one in made)
    wal = tmp_path / f"{STORE_FILE}-wal"
    assert not wal.exists() or wal.stat().st_size == 0
    content = (tmp_path / STORE_FILE).read_bytes()
    places = [content.index(one.tracker.encode()) for one in found]
    assert places in (sorted(places), sorted(places, reverse=True))


def test_settings_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    assert open_mirror(tmp_path, None) is None
    with pytest.raises(InvalidSettings, match="mirror.key"):
        open_mirror(tmp_path, "https://mirror:8444")
    read_secret(tmp_path / SECRET_FILE, make=True)
    assert (tmp_path / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(InvalidSettings, match="certificate authority expected"):
        open_mirror(tmp_path, "https://mirror:8444")
    with pytest.raises(InvalidSettings, match="https"):
        open_mirror(tmp_path, "http://mirror:8444")


def test_the_command_fills_a_room_from_its_mirror(sqlite_room: Room, tmp_path: Path) -> None:
    room = sqlite_room.open()
    back_up(room.storage, tmp_path / "backup.db")
    mirror, other = tmp_path / "mirror", tmp_path / "other"
    mirror.mkdir(), other.mkdir()
    (other / "room.key").write_bytes(base64.b64encode(SECRET))
    Store(mirror / STORE_FILE).add(sealed(room, room.drawn[0]))
    call = ["restore", "--folder", str(other), "--mirror", str(mirror), str(tmp_path / "backup.db")]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 0, done.output
    assert "ballots from the mirror 1" in done.output
    assert CliRunner().invoke(main, [*call, "--annul-open"]).exit_code == 2
    assert CliRunner().invoke(main, ["mirror", "finish", "--folder", str(mirror)]).exit_code == 0
