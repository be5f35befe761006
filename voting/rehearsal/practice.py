"""One test vote per enrolled tablet: a practice conference on the room's own address, thrown away afterwards.

The throw-away room has the real one's certificate and its list of tablets, so each tablet does what it will do in
earnest: network, certificate, key, camera, page, ballot, receipt. Each tablet has a test card with its name on it,
printed by the room's printer; cards of a practice conference can never be counted, and its tellers' keys are forgotten.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from keys.cards import credential, with_dashes
from keys.group import encode_point
from voting.box.tablets import Device, devices
from voting.conference import sheets
from voting.conference.draft.agenda import Draft
from voting.rehearsal import sample
from voting.rehearsal.conference import now, prepare, seal_and_open
from voting.rehearsal.room import Desk
from voting.rehearsal.staff import make_staff
from voting.server.serve import prepare as prepare_server
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import BallotRow, ConferenceRow, DeviceRow
from voting.web.settings import Settings, load_settings, write_config

SEED = 3
LEAST = 2  # cards; a conference of one card would open a single ballot
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class TestCard:
    """A card that can never be counted, for one tablet."""

    tablet: Device
    text: str
    public: str


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice room while it runs."""

    storage: Storage
    cards: tuple[TestCard, ...]
    sheet: bytes
    process: subprocess.Popen[bytes]

    def passed(self) -> set[str]:
        """Ids of the tablets whose test card has a ballot in the box."""
        with self.storage.read() as session:
            voted = set(session.scalars(select(BallotRow.credential)))
        return {card.tablet.id for card in self.cards if card.public in voted}


def enrolled(settings: Settings) -> list[DeviceRow]:
    """The tablets of the real room that may cast."""
    storage = Storage(settings.database)
    try:
        with storage.read() as session:
            known = {one.id for one in devices(session) if one.enrolled}
            rows = session.scalars(select(DeviceRow).where(DeviceRow.id.in_(known)).order_by(DeviceRow.label)).all()
            session.expunge_all()
            return list(rows)
    finally:
        storage.close()


@contextmanager
def practice_room(settings: Settings, folder: Path) -> Iterator[Practice]:
    """Run the practice room at the real one's address; nothing of it is left."""
    tablets = enrolled(settings)
    copy = _copy(settings, folder)
    prepare_server(copy)
    storage = Storage(copy.database)
    try:
        cards, sheet = _open(Desk(folder, storage, Keyring(copy.secret)), tablets)
        command = [sys.executable, "-m", "voting.cli.main", "serve", "--folder", str(folder)]
        with open(folder / "server.log", "ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            yield Practice(storage, cards, sheet, process)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        storage.close()


def _copy(settings: Settings, folder: Path) -> Settings:
    fields: dict[str, object] = {"host": settings.host, "port": settings.port, "names": list(settings.names)}
    write_config(folder, processes=1, **fields)
    shutil.copytree(settings.directory / "tls", folder / "tls")
    return load_settings(folder)


def _open(desk: Desk, tablets: list[DeviceRow]) -> tuple[tuple[TestCard, ...], bytes]:
    """Open a practice conference of the sample with a card for each tablet, and write their sheet."""
    staff = make_staff(desk.folder, LEAST, LEAST, SEED)
    papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, SEED)
    count = max(LEAST, len(tablets))
    draft = sample.sample_draft(papers, staff, count, SEED, now().date().isoformat())
    number, deck = prepare(desk, draft, count, staff.trustees)
    with desk.storage.write() as session:
        session.get_one(ConferenceRow, number).practice = True
        session.add_all(DeviceRow(id=one.id, label=one.label, key=one.key, status=one.status) for one in tablets)
    election = seal_and_open(desk, staff, number)
    cards = tuple(
        TestCard(Device(one.id, one.label, True), card.text, encode_point(credential(card.text, election.uuid)))
        for one, card in zip(tablets, deck, strict=False)
    )
    return cards, _sheet(draft, cards)


def _sheet(draft: Draft, cards: tuple[TestCard, ...]) -> bytes:
    content = [
        {"label": card.tablet.label, "qr": sheets.qr_svg(card.text), "groups": with_dashes(card.text)} for card in cards
    ]
    return sheets.check_cards(draft, content)
