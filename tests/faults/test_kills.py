"""A server killed at named steps and at random: no acknowledged ballot lost, none double, no card burnt."""

import contextlib
import functools
import importlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.faults import powercut
from tests.faults.campaign import campaign
from tests.faults.points import CASTING, CLOSING, OPENING, POINTS
from tests.faults.room import LOST, FaultRoom, ForkServer, check_archive, fork_server, make_fault_room
from tests.faults.staff import SECOND, Staff, add_staff
from tests.tools.postgres import Cluster, find_programs
from voting.conference import closing, transitions
from voting.storage import conference_row

Arena = Callable[..., FaultRoom]
pytestmark = pytest.mark.slow


def _marks(database: str, step: str) -> list[pytest.MarkDecorator]:
    """On PostgreSQL three steps of closing are a sample; `make faults` takes them all."""
    if database == "sqlite":
        return []
    sample = step in ("close: rows written anew", "close: written", "close: file written anew")
    return [pytest.mark.postgres] if sample else [pytest.mark.postgres, pytest.mark.faults]


@pytest.fixture(scope="module")
def starter() -> Iterator[ForkServer]:
    with fork_server() as made:
        yield made


@pytest.fixture(scope="module")
def durable_cluster() -> Iterator[Cluster]:
    programs = find_programs()
    if programs is None:
        missing("postgresql")
        return
    with Cluster.start(programs, durable=True) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "sqlite":
        yield None
        return
    with request.getfixturevalue("durable_cluster").database() as found:
        yield found


@pytest.fixture
def arena(tmp_path: Path, starter: ForkServer) -> Iterator[Arena]:
    """Makes the one fault_room of a test, and clears it."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(make_fault_room(tmp_path / "room", starter, **options))


@pytest.mark.parametrize("name", POINTS)
def test_every_step_is_still_there(name: str) -> None:
    point = POINTS[name]
    module, _, attribute = point.owner.partition(":")
    path = [part for part in (attribute, point.name) if part]
    assert callable(functools.reduce(getattr, path, importlib.import_module(module)))


def test_a_kill_at_each_step_of_casting_loses_nothing_and_burns_no_card(
    tmp_path: Path, arena: Arena, url: str | None
) -> None:
    field = arena(cards=2 * len(CASTING), seed=1, url=url, power=url is None and _can_cut())
    for number, step in enumerate(CASTING):
        first, second = field.requests[2 * number : 2 * number + 2]
        field.start(step=step)
        tablet = field.tablet()
        died = False
        for request in (first, second):
            try:
                field.take(request, *tablet.send(field.room_uuid, request.body))
            except LOST:
                died = True
        assert died, f"{step} was never reached"
        field.gone()
        field.let_go()
        field.kill()
        assert field.lost() == 0, step
        field.let_go()
    field.start()
    tablet = field.tablet()
    for request in field.requests:
        assert field.take(request, *tablet.send(field.room_uuid, request.body)), "a card was burnt"
    tablet.close()
    field.kill()
    assert len(field.in_the_box()) == len(field.requests)
    check_archive(field.close(), tmp_path / "out", len(field.requests))


def test_a_kill_at_each_step_of_opening_leaves_the_box_sealed_or_open(arena: Arena, url: str | None) -> None:
    field = arena(cards=1, seed=2, url=url, power=url is None and _can_cut())
    add_staff(field.room.storage)
    for step in OPENING:
        if field.room.state() == "open":
            with field.room.storage.write() as session:
                transitions.freeze(session, field.room.conference)
        _killed_while(field, step, "/desk/open")
        assert field.room.state() in ("frozen", "open"), step
    field.let_go()
    field.start()
    Staff(field.port, field.trust()).sign_in("teller").post("/desk/open", **SECOND)
    assert field.room.state() == "open"
    field.kill()


@pytest.mark.parametrize(
    ("database", "step"),
    [
        pytest.param(database, step, marks=_marks(database, step))
        for database in ("sqlite", "postgresql")
        for step in CLOSING
    ],
)
def test_a_kill_while_closing_leaves_an_open_box_or_a_sound_archive(
    request: pytest.FixtureRequest, tmp_path: Path, arena: Arena, database: str, step: str
) -> None:
    durable = request.getfixturevalue("durable_cluster").database() if database == "postgresql" else None
    with durable or contextlib.nullcontext() as url:
        _kill_while_closing(tmp_path, arena, url, step)


def _kill_while_closing(tmp_path: Path, arena: Arena, url: str | None, step: str) -> None:
    field = arena(cards=3, seed=3, url=url, power=url is None and _can_cut())
    add_staff(field.room.storage)
    # A server that starts looks first whether a closed box waits to be written anew.
    field.start(step=step, times=2 if step in ("close: committed", "close: done") else 1)
    tablet = field.tablet()
    for request in field.requests[:2]:
        assert field.take(request, *tablet.send(field.room_uuid, request.body))
    tablet.close()
    with pytest.raises(LOST):
        Staff(field.port, field.trust()).sign_in("teller").post("/desk/close", **SECOND)
    field.gone()
    field.let_go()
    field.kill()
    after = field.room.state()
    assert after in ("open", "closed")
    field.let_go()
    field.start()
    if after == "open":
        tablet = field.tablet()
        assert field.take(field.requests[2], *tablet.send(field.room_uuid, field.requests[2].body))
        tablet.close()
        status, _, _ = Staff(field.port, field.trust()).sign_in("teller").post("/desk/close", **SECOND)
        assert status == 303
    field.kill()
    with field.room.storage.read() as session:
        closed = closing.closed_of(session, field.room.conference)
        assert conference_row.find(session, field.room.conference).state == "closed"
        assert session.get_one(closing.ClosingRow, field.room.conference).rewritten, "done at the next start"
    check_archive(closed, tmp_path / "out", len(field.acknowledged))
    field.let_go()


def test_random_kills_with_unsynced_writes_dropped_lose_nothing(tmp_path: Path, starter: ForkServer) -> None:
    figures = campaign(tmp_path / "room", starter, kills=12, seed=random.randrange(1 << 30), power=_can_cut())
    print(figures)
    assert figures.clean(), figures
    assert figures.acknowledged > 0


@pytest.mark.postgres
def test_random_kills_on_postgresql_lose_nothing(tmp_path: Path, starter: ForkServer, durable_cluster: Cluster) -> None:
    with durable_cluster.database() as url:
        figures = campaign(tmp_path / "room", starter, kills=12, seed=random.randrange(1 << 30), url=url)
        print(figures)
    assert figures.clean(), figures


def test_the_layer_would_notice_a_server_that_does_not_sync(arena: Arena) -> None:
    if not _can_cut():
        missing("a SQLite whose functions can be reached")
    field = arena(cards=6, seed=4, power=True)
    field.start(unsafe=True)
    tablet = field.tablet()
    for request in field.requests:
        assert field.take(request, *tablet.send(field.room_uuid, request.body))
    tablet.close()
    field.let_go()
    assert field.kill() > 0
    try:
        lost = field.lost()
    except Exception:  # noqa: BLE001 # a torn database is as good a proof as lost rows
        lost = len(field.requests)
    assert lost > 0


def _can_cut() -> bool:
    return powercut.library() is not None


def _killed_while(field: FaultRoom, step: str, path: str) -> None:
    field.let_go()
    field.start(step=step)
    with pytest.raises(LOST):
        Staff(field.port, field.trust()).sign_in("teller").post(path, **SECOND)
    field.gone()
    field.let_go()
    field.kill()
