"""Chunks on machines of a dask cluster; here they are processes of this machine."""

import os
import pickle
from collections.abc import Iterator

import pytest

distributed = pytest.importorskip("distributed")

from tally.fast.cluster import _Parcel, connect  # noqa: E402
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


def test_ballots_and_hints_travel_beside_the_pickle_and_arrive_as_they_left() -> None:
    election = make_election(AGREE)
    ballots = [cast(election, [[1, 0]]), spoil(cast(election, [[0, 1]]))]
    for listed in ([], ballots):
        [(rules, chunk, hints)] = works(election, [listed])
        for given in (hints, (b"",) * len(chunk), (None,) * len(chunk)):
            beside: list[pickle.PickleBuffer] = []
            sent = pickle.dumps(_Parcel.of((rules, chunk, given)), 5, buffer_callback=beside.append)
            passed_on = pickle.dumps(pickle.loads(sent, buffers=beside), 5, buffer_callback=beside.append)
            assert not any(one.raw[:100] in passed_on for one in chunk)
            assert pickle.loads(passed_on, buffers=beside[1:]).work() == (rules, chunk, given)


def test_an_address_where_nobody_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}), pytest.raises((OSError, ValueError)):
        connect("tcp://127.0.0.1:9")
