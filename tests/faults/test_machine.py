"""What the machine does to a server: a full disk, a database that goes and comes back, a clock that jumps."""

import datetime
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.faults.room import LOST, FaultRoom, ForkServer, Request, check_archive, fork_server, make_fault_room
from tests.tools.postgres import Cluster, find_programs
from tests.voting.rooms import OPENING, TWO, Room, Teller, new_teller, open_room
from voting.conference import closing
from voting.documents.canonical import parse_canonical
from voting.documents.envelope import Envelope, read_payload
from voting.documents.facts import RoomFacts

pytestmark = pytest.mark.slow
CARDS = 40
PATIENCE = 60  # seconds for a database to come back


@pytest.fixture(scope="module")
def starter() -> Iterator[ForkServer]:
    with fork_server() as made:
        yield made


def cast_all(field: FaultRoom, requests: list[Request]) -> set[int]:
    """Send each ballot once; return the kinds of answers."""
    tablet, seen = field.tablet(), set()
    for request in requests:
        try:
            status, answer = tablet.send(field.room_uuid, request.body)
        except LOST:
            seen.add(0)
            continue
        field.take(request, status, answer)
        seen.add(status)
    tablet.close()
    return seen


def test_a_full_disk_loses_nothing_and_casting_goes_on_once_there_is_space(tmp_path: Path, starter: ForkServer) -> None:
    """The limit on the size of a file stands for the full disk: writes fail in the middle of the log."""
    with make_fault_room(tmp_path / "room", starter, cards=CARDS, seed=1) as field:
        field.let_go()
        field.start(limit=field.database.stat().st_size + 4096)
        seen = cast_all(field, field.requests)
        assert 200 in seen and 503 in seen, seen
        assert seen <= {0, 200, 503}
        field.kill()
        assert field.lost() == 0
        field.let_go()
        field.start()
        assert cast_all(field, field.requests) == {200}
        field.kill()
        assert len(field.in_the_box()) == CARDS
        check_archive(field.close(), tmp_path / "out", CARDS)


@pytest.mark.postgres
def test_a_database_that_is_killed_and_comes_back_has_every_acknowledged_ballot(
    tmp_path: Path, starter: ForkServer
) -> None:
    programs = find_programs()
    if programs is None:
        missing("postgresql")
        return
    with Cluster.start(programs, durable=True) as cluster, cluster.database() as url:
        with make_fault_room(tmp_path / "room", starter, cards=8, seed=2, url=url) as field:
            field.start()
            assert cast_all(field, field.requests[:4]) == {200}
            field.let_go()
            cluster.run("pg_ctl", "-D", cluster.folder / "data", "-m", "immediate", "-w", "stop")
            assert cast_all(field, field.requests[4:5]) == {503}
            data, log, options = (
                cluster.folder / "data",
                cluster.folder / "log",
                f"-k {cluster.folder} -c listen_addresses=''",
            )
            cluster.run("pg_ctl", "-D", data, "-o", options, "-w", "-l", log, "start")
            deadline = time.monotonic() + PATIENCE
            while cast_all(field, field.requests[4:5]) != {200}:
                assert time.monotonic() < deadline
            assert cast_all(field, field.requests) == {200}
            assert field.lost() == 0
            field.kill()
            check_archive(field.close(), tmp_path / "out", 8)
            field.let_go()


@pytest.fixture
def tellers() -> list[Teller]:
    return [new_teller(), new_teller()]


@pytest.mark.parametrize("jump", [datetime.timedelta(days=-400), datetime.timedelta(days=400)])
def test_a_clock_that_jumps_takes_ballots_and_closes_not_before_it_opened(
    tmp_path: Path, tellers: list[Teller], jump: datetime.timedelta
) -> None:
    room: Room = open_room(f"sqlite:///{tmp_path / 'room.db'}", tellers)
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    with room.storage.write() as session:
        closed = closing.close_box(session, room.conference, room.keyring, TWO, OPENING + jump)
    room.storage.close()
    envelope = parse_canonical(closed.facts, Envelope, what="facts")
    facts = read_payload(envelope, RoomFacts, "facts")
    opened, ended = (datetime.datetime.fromisoformat(one) for one in (facts.opened, facts.closed))
    assert opened == OPENING
    assert ended == max(OPENING, OPENING + jump)
