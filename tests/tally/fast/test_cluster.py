"""Chunks on machines of a dask cluster; here they are processes of this machine."""

import dataclasses
import hashlib
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

distributed = pytest.importorskip("distributed")

from tally.audit.ballots import ChunkFindings, NumberedBallot  # noqa: E402
from tally.fast import cluster  # noqa: E402
from tally.fast.checking import Work, check_chunk  # noqa: E402
from tally.fast.cluster import _Named, _Parcel, connect  # noqa: E402
from tests.tally.fast.ballots import AGREE, cast, make_election, spoil  # noqa: E402
from tests.tally.fast.test_checking import reference, works  # noqa: E402
from voting.documents.errors import ArchiveChanged  # noqa: E402
from voting.documents.slices import Slice  # noqa: E402

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


def filed(listed: list[Work], path: Path) -> list[Work]:
    """The same chunks, their ballots and hints in a file."""
    found: list[Work] = []
    with path.open("ab") as file:

        def keep(raw: bytes) -> Slice:
            file.write(raw)
            return Slice(str(path), file.tell() - len(raw), len(raw), hashlib.sha256(raw).hexdigest())

        for rules, chunk, hints in listed:
            kept = tuple(NumberedBallot(one.height, one.raw[: rules.limit + 1], keep(one.raw)) for one in chunk)
            found.append((rules, kept, tuple(keep(one) if isinstance(one, bytes) else one for one in hints)))
    return found


@pytest.fixture
def listed(tmp_path: Path) -> list[Work]:
    """Chunks in a file: honest ballots, a spoilt one, one that is too long, hints that lie and that are missing."""
    election = make_election(AGREE)
    ballots = [cast(election, [[1, 0]]) for _ in range(4)]
    long = dataclasses.replace(ballots[0], raw=ballots[0].raw + bytes(1_000_000))
    lying = dataclasses.replace(ballots[1], commitments=ballots[2].commitments)
    bare = dataclasses.replace(ballots[3], commitments=b"")
    return filed(works(election, [ballots, [spoil(ballots[0]), long], [lying, bare], ballots]), tmp_path / "box")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """How chunks travel."""
    found: list[type] = []
    submit = cluster._Post._submit

    def note(post: cluster._Post, parcel: _Named | _Parcel) -> object:
        found.append(type(parcel))
        return submit(post, parcel)

    monkeypatch.setattr(cluster._Post, "_submit", note)
    return found


def test_chunks_go_by_name_where_workers_see_the_files(address: str, listed: list[Work], sent: list[type]) -> None:
    with connect(address) as run:
        assert list(run(listed)) == reference(listed)
    assert sent == [_Named] * 4


def test_chunks_bring_their_ballots_where_workers_do_not_see_the_files(
    address: str, listed: list[Work], sent: list[type], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Named, "seen", property(lambda named: nobody_sees))
    with connect(address) as run:
        assert list(run(listed)) == reference(listed)
    assert sent == [_Parcel] * 4


def nobody_sees() -> bool:
    """A worker of another machine."""
    return False


def test_a_worker_that_comes_late_and_does_not_see_the_files_gets_the_ballots(
    address: str, listed: list[Work], sent: list[type], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_check", blind)
    with connect(address) as run:
        assert list(run(listed)) == reference(listed)
    assert sent == [_Named] * 4 + [_Parcel] * 4
    with connect(address) as run:
        monkeypatch.setattr(cluster, "_AHEAD", 0)
        assert list(run(listed[:2])) == reference(listed[:2])
    assert sent[8:] == [_Named, _Parcel, _Parcel], "after the first that came back, they bring their ballots along"


def blind(parcel: _Named | _Parcel) -> ChunkFindings | None:
    """A worker that sees no files."""
    return None if isinstance(parcel, _Named) else check_chunk(parcel.work())


def test_an_archive_that_goes_while_it_is_read_ends_the_audit(
    address: str, listed: list[Work], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def going() -> Iterator[Work]:
        yield listed[0]
        (tmp_path / "box").write_bytes(b"")
        yield from listed[1:]

    with connect(address) as run, pytest.raises(ArchiveChanged):
        list(run(going()))


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
