"""Chunks on machines of a dask cluster; here they are processes of this machine."""

import dataclasses
import hashlib
import os
import pickle
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

distributed = pytest.importorskip("distributed")

from tally.audit import audit  # noqa: E402
from tally.audit.ballots import ChunkFindings, NumberedBallot  # noqa: E402
from tally.audit.engines import cluster  # noqa: E402
from tally.audit.engines.checking import Work, check_chunk, checker, read_hints  # noqa: E402
from tally.audit.engines.cluster import _Named, _Parcel, connect  # noqa: E402
from tests.tally.audit.engines.test_checking import archive, reference, works  # noqa: E402
from tests.tally.fast.ballots import AGREE, cast, make_election, spoil  # noqa: E402
from voting.documents.archives.commitments import sidecar_of, write_commitments  # noqa: E402
from voting.documents.archives.file_ranges import FileRange, read_ranges  # noqa: E402
from voting.documents.ballots.request import commitments_size  # noqa: E402

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

    def keep(raw: bytes, ending: str, digest: str | None) -> FileRange:
        with path.with_suffix(ending).open("ab") as file:
            file.write(raw)
            return FileRange(file.name, file.tell() - len(raw), len(raw), digest)

    for rules, chunk, hints in listed:
        ballots = tuple(
            NumberedBallot(
                one.height, one.raw[: rules.limit + 1], keep(one.raw, ".bel", hashlib.sha256(one.raw).hexdigest())
            )
            for one in chunk
        )
        found.append(
            (rules, ballots, tuple(keep(one, ".commitments", None) if isinstance(one, bytes) else one for one in hints))
        )
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
    monkeypatch.setattr(cluster, "_AHEAD", len(listed) + 1)  # all are sent before the first comes back
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


@pytest.mark.parametrize("gone", ["box.bel", "box.commitments"])
def test_files_that_go_while_they_are_read_change_nothing(
    address: str, listed: list[Work], sent: list[type], tmp_path: Path, gone: str
) -> None:
    def going() -> Iterator[Work]:
        yield listed[0]
        (tmp_path / gone).write_bytes(b"")
        yield from listed[1:]

    with connect(address) as run:
        assert list(run(going())) == reference(listed)
    assert sent[-1] is _Parcel, "somebody did not see them any more"


class Sick:
    """A client whose workers do not answer, or of which there are none."""

    def __init__(self, answers: dict[str, object]) -> None:
        self.answers = answers

    def run(self, function: Callable[[], bool], *, on_error: str) -> dict[str, object]:
        assert on_error == "return", "a worker that does not answer must not end the audit"
        return self.answers

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(self.answers, 1)

    def submit(self, check: Callable[[object], object], parcel: object, **_: object) -> Future[object]:
        done = Future[object]()
        done.set_result(check(parcel))
        return done


@pytest.mark.parametrize(
    ("answers", "way"),
    [({"a": True, "b": OSError("closed")}, _Parcel), ({"a": True, "b": False}, _Parcel), ({"a": True}, _Named),
     ({}, _Named)],
)  # fmt: skip
def test_chunks_go_by_name_only_where_no_worker_says_otherwise(
    listed: list[Work], sent: list[type], answers: dict[str, object], way: type
) -> None:
    assert list(cluster._Post(Sick(answers)).run(listed)) == reference(listed)
    assert sent == [way] * 4


def test_over_long_ballots_are_cut_one_by_one(tmp_path: Path) -> None:
    election = make_election(AGREE)
    long = dataclasses.replace(cast(election, [[1, 0]]), raw=bytes(1_000_000))
    [work] = filed(works(election, [[long] * 50]), tmp_path / "box")
    named = _Named.of(work)
    assert named is not None
    tracemalloc.start()
    try:
        assert named.work() == (work[0], work[1], tuple(read_hints(work[2])))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_real_archive_and_its_sidecar_go_by_name(address: str, sent: list[type], tmp_path: Path) -> None:
    path = archive("per-candidate-10x10", tmp_path)
    report = audit(path)
    assert report.election is not None and report.ballots == 10
    with sidecar_of(path).open("wb") as file:
        lies = [os.urandom(commitments_size(report.election)) for _ in range(report.ballots)]
        write_commitments(file, bytes(32), lies)
    read: list[Work] = []

    def note(listed: Iterable[Work]) -> Iterator[ChunkFindings]:
        for work in listed:
            read.append(work)
            yield check_chunk(work)

    with connect(address) as run:
        assert audit(path, checker=checker(path, runner=run)) == report
    assert set(sent) == {_Named}
    assert audit(path, checker=checker(path, runner=note)) == report
    [(_, chunk, hints)] = read
    assert list(read_ranges(one.kept for one in chunk if one.kept is not None)) == [one.raw for one in chunk]
    assert read_hints(hints) == lies


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
