"""A small storm: every ballot is acknowledged once, on both databases and from several processes."""

from pathlib import Path

import pytest

from tests.faults.room import check_archive, make_battlefield, zygote
from tests.load.storm import Storm, storm

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_many_connections_to_several_processes_lose_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with (
        zygote() as starter,
        make_battlefield(tmp_path / "room", starter, cards=40, seed=1, url=url, processes=3) as field,
    ):
        field.start()
        found = storm(field, field.requests, connections=20, seconds=0.5, seed=2)
        assert (found.refused, found.lost, found.double, len(found.seconds)) == ([], 0, 0, 40)
        field.kill()
        check_archive(field.close(), tmp_path / "out", 40)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_hundred_tablets_with_one_card_at_one_instant_leave_one_ballot(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with (
        zygote() as starter,
        make_battlefield(tmp_path / "room", starter, cards=1, seed=1, url=url, processes=2, same_card=100) as field,
    ):
        field.start()
        found = storm(field, field.rivals, connections=100, seconds=0.0, seed=3)
        assert len(found.seconds) == 1
        assert len(found.refused) == 99
        assert all("card_used" in one for one in found.refused), found.refused[:3]
        assert len(field.in_the_box()) == 1


def test_quantiles_are_of_what_was_measured() -> None:
    assert Storm(seconds=[float(n) for n in range(1, 101)]).quantile(0.99) == 99.0
