"""Chunks on machines of a dask cluster; here they are processes of this machine."""

import os
from collections.abc import Iterator

import pytest

distributed = pytest.importorskip("distributed")

from tally.fast.cluster import connect  # noqa: E402
from tests.tally.fast.ballots import AGREE, cast, make_election, spoil  # noqa: E402
from tests.tally.fast.test_checking import reference, works  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, processes=True
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_finds_what_one_machine_finds(address: str) -> None:
    election = make_election(AGREE)
    ballots = [cast(election, [[1, 0]]) for _ in range(4)]
    bad = spoil(ballots[0])
    listed = works(election, [ballots[:2], [bad], ballots[2:], [bad, ballots[0]], ballots])
    with connect(address) as run:
        assert list(run(listed)) == reference(listed)


def test_a_worker_that_dies_loses_nothing(address: str) -> None:
    election = make_election(AGREE)
    listed = works(election, [[cast(election, [[1, 0]]) for _ in range(40)] for _ in range(6)])
    with connect(address) as run, distributed.Client(address, set_as_default=False) as client:
        found = run(listed)
        first = next(found)
        victim = next(iter(client.run(os.getpid).values()))
        os.kill(victim, 9)
        assert [first, *found] == reference(listed)


def test_an_address_where_nobody_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}), pytest.raises((OSError, ValueError)):
        connect("tcp://127.0.0.1:9")
