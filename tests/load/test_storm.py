"""A small storm: every ballot is acknowledged once, on both databases and from several processes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.faults.room import FaultRoom, check_archive, fork_server, make_fault_room
from tests.load.storm import Storm, storm

pytestmark = pytest.mark.slow


FieldMaker = Callable[..., AbstractContextManager[FaultRoom]]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def fault_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FieldMaker]:
    """Make a room on each database, run by several processes."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with fork_server() as starter:
        yield partial(make_fault_room, tmp_path / "room", starter, seed=1, url=url)


def test_many_connections_to_several_processes_lose_nothing(fault_room: FieldMaker, tmp_path: Path) -> None:
    with fault_room(cards=40, processes=3) as field:
        field.start()
        found = storm(field, field.requests, connections=20, seconds=0.5, seed=2)
        assert (found.refused, found.lost, found.double, len(found.seconds)) == ([], 0, 0, 40)
        field.kill()
        check_archive(field.close(), tmp_path / "out", 40)


def test_a_hundred_tablets_with_one_card_at_one_instant_leave_one_ballot(fault_room: FieldMaker) -> None:
    with fault_room(cards=1, processes=2, same_card=100) as field:
        field.start()
        found = storm(field, field.rivals, connections=100, seconds=0.0, seed=3)
        assert len(found.seconds) == 1
        assert len(found.refused) == 99
        assert all("card_used" in one for one in found.refused), found.refused[:3]
        assert len(field.in_the_box()) == 1


def test_quantiles_are_of_what_was_measured() -> None:
    assert Storm(seconds=[float(n) for n in range(1, 101)]).quantile(0.99) == 99.0
