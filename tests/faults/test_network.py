"""The network between tablets and server goes wrong: lost, cut, doubled, delayed, late; and closing in a burst.

Tablets of these tests do what the page does: the same bytes again until a whole answer came. The page itself meets the
same network in tests/stories.
"""

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.room import (
    LOST,
    FaultRoom,
    ForkServer,
    Request,
    check_archive,
    fork_server,
    make_fault_room,
    trust_in,
)
from tests.faults.staff import SECOND, Staff, add_staff
from tests.stories import interference
from tests.stories.interference import Network, between
from voting.conference import closing

pytestmark = pytest.mark.slow
CARDS, TRIES = 18, 40


@pytest.fixture(scope="module")
def starter() -> Iterator[ForkServer]:
    with fork_server() as made:
        yield made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str | None:
    """The URL of a database, None for SQLite in the room's folder."""
    return request.getfixturevalue("postgres_url") if request.param == "postgresql" else None


def persist(field: FaultRoom, port: int, request: Request) -> int:
    """Send a ballot until a whole answer came; return how many tries it took."""
    for number in range(1, TRIES):
        tablet = field.tablet(port)
        with contextlib.suppress(*LOST, ValueError):  # a cut answer is no JSON, a gateway's page neither
            if field.take(request, *tablet.send(field.room_uuid, request.body)):
                tablet.close()
                return number
        tablet.close()
    raise AssertionError("never acknowledged")


def test_answers_lost_doubled_cut_and_late_leave_each_ballot_once(
    tmp_path: Path, starter: ForkServer, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interference, "KILL_SHARE", 0.0)  # kills have tests of their own
    monkeypatch.setattr(Network, "fault", _in_turn())
    with make_fault_room(tmp_path / "room", starter, cards=CARDS, seed=5, url=database) as field:
        field.start()
        with between(field, seed=6) as (network, port):
            network.calm = False
            tries = [persist(field, port, request) for request in field.requests]
            network.settle()
            faults = {one.__name__ for one in interference.FAULTS}
            assert set(network.faults) == faults, "each of them befell somebody"
            assert sum(tries) > CARDS
        held = field.in_the_box()
        assert len(held) == len(set(held.values())) == CARDS
        assert set(field.acknowledged) == set(held)
        field.kill()
        check_archive(field.close(), tmp_path / "out", CARDS)
        field.let_go()


def _in_turn():  # type: ignore[no-untyped-def]
    """Every fault in turn, and a quiet request in between."""
    sequence: list[interference.Fault | None] = []

    def fault(self: Network) -> interference.Fault | None:
        if not sequence:
            sequence.extend((*interference.FAULTS, None))
        chosen = sequence.pop(0)
        if chosen is not None:
            self.faults[chosen.__name__] += 1
        return chosen

    return fault


def test_ballots_that_arrive_in_another_order_and_twice_are_each_taken_once(
    tmp_path: Path, starter: ForkServer, database: str | None
) -> None:
    """Every request three times, on many connections, in an order of its own."""
    with make_fault_room(tmp_path / "room", starter, cards=CARDS, seed=7, url=database, processes=2) as field:
        field.start()
        work = [request for request in field.requests for _ in range(3)]
        random.Random(8).shuffle(work)
        seen: list[int] = []

        def send(mine: list[Request]) -> None:
            tablet = field.tablet()
            for request in mine:
                status, answer = tablet.send(field.room_uuid, request.body)
                field.take(request, status, answer)
                seen.append(status)
            tablet.close()

        _at_once([(send, work[at::6]) for at in range(6)])
        assert seen == [200] * len(work)
        assert len(field.in_the_box()) == CARDS
        field.kill()
        field.let_go()


def _at_once(calls) -> None:  # type: ignore[no-untyped-def]
    threads = [threading.Thread(target=call, args=(argument,)) for call, argument in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_closing_in_the_middle_of_a_burst_counts_whoever_has_a_receipt_and_nobody_else(
    tmp_path: Path, starter: ForkServer, database: str | None
) -> None:
    cards = 60
    with make_fault_room(tmp_path / "room", starter, cards=cards, seed=9, url=database, processes=2) as field:
        add_staff(field.room.storage)
        field.let_go()
        field.start()
        member, told, some = Staff(field.port, field.trust()).sign_in("teller"), [], threading.Event()

        def send(mine: list[Request]) -> None:
            tablet = field.tablet()
            for request in mine:
                status, answer = tablet.send(field.room_uuid, request.body)
                field.take(request, status, answer)
                told.append((status, answer.get("code"), answer.get("recorded")))
                if len(field.acknowledged) >= cards // 6:
                    some.set()
            tablet.close()

        def close(_: object) -> None:
            some.wait()
            assert member.post("/desk/close", **SECOND)[0] == 303

        _at_once([(close, None), *((send, field.requests[at::6]) for at in range(6))])
        assert {one for one in told if one[0] != 200} <= {(409, "closed", False)}
        assert field.room.state() == "closed"
        assert set(field.in_the_box()) == set(field.acknowledged)
        field.kill()
        with field.room.storage.read() as session:
            closed = closing.closed_of(session, field.room.conference)
        check_archive(closed, tmp_path / "out", len(field.acknowledged))
        field.let_go()


def test_a_server_that_dies_before_the_handshake_leaves_no_socket_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = socket.create_connection(server.getsockname())
    with pytest.raises(ConnectionResetError):  # a socket left open is a warning, and any warning fails a test
        trust_in(None).wrap_socket(connection, server_hostname="localhost")
