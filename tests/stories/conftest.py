"""The real room: a server process with TLS, its database, a deck of cards, and a Chromium that trusts the room."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.room import assert_no_crash
from tests.kiosk_templates.conftest import front as front
from voting.box.tablets import new_code
from voting.documents.conferences.election import Election
from voting.rehearsal import sample
from voting.rehearsal.conference import now, prepare, seal_and_open
from voting.rehearsal.room import Desk, RunningRoom, running_room
from voting.rehearsal.staff import Staff, make_staff


@dataclass
class ServedRoom:
    """A room and its server."""

    room: RunningRoom

    @property
    def url(self) -> str:
        """Where the room's pages are."""
        return f"https://localhost:{self.room.tablet.port}"

    @property
    def desk(self) -> Desk:
        """What people at the desk work with."""
        return self.room.desk


@dataclass
class OpenRoom(ServedRoom):
    """A room whose box is open: election, number of the conference, cards drawn, staff."""

    election: Election
    number: int
    cards: list[str]
    staff: Staff
    out: Path

    def enrolment_code(self) -> str:
        """A fresh code for a tablet."""
        with self.desk.storage.write() as session:
            return new_code(session, "story", int(now().timestamp()))


@dataclass
class EmptyRoom(ServedRoom):
    """A room without a conference: its server, and tellers whose keys exist."""

    staff: Staff


@pytest.fixture
def empty_room(tmp_path: Path, front: Path) -> Iterator[EmptyRoom]:
    """A room before its first conference."""
    staff = make_staff(tmp_path, sample.TELLERS, sample.THRESHOLD, seed=5)
    with running_room(tmp_path / "room") as room:
        yield EmptyRoom(room, staff)
    assert_no_crash(tmp_path / "room", "Unexpected exit")


@pytest.fixture
def open_room(tmp_path: Path, front: Path) -> Iterator[OpenRoom]:
    """The sample's conference with 8 people present, open for voting."""
    staff = make_staff(tmp_path, sample.TELLERS, sample.THRESHOLD, seed=5)
    papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, seed=5)
    draft = sample.sample_draft(papers, staff, 9, 5, now().date().isoformat())
    with running_room(tmp_path / "room") as room:
        number, deck = prepare(room.desk, draft, 8, staff.trustees)
        election = seal_and_open(room.desk, staff, number)
        yield OpenRoom(room, election, number, [card.text for card in deck[:8]], staff, tmp_path / "out")
    assert_no_crash(tmp_path / "room", "Unexpected exit")
