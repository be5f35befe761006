"""How an audit scales over workers of a dask cluster: one worker against two, on the same archive, on this machine."""

import importlib.util
import time
from dataclasses import dataclass

from tally.audit import audit
from tally.audit.report import Report
from tally.fast.checking import checker
from tests.bench.boxes import Box


@dataclass(frozen=True)
class Scaling:
    """Seconds of wall time of an audit by number of workers; loading the engine does not count."""

    names: int
    ballots: int
    wall: dict[int, float]

    @property
    def ratio(self) -> float:
        """Time of two workers over that of one."""
        return self.wall[2] / self.wall[1]


def available() -> bool:
    """Tell whether dask is installed."""
    return importlib.util.find_spec("distributed") is not None


def measure(box: Box, warm: Box, *, times: int = 3) -> Scaling:
    """Audit a box on one worker and on two; the best of a few runs each, after one on the box `warm`."""
    return Scaling(box.names, box.ballots, {workers: _wall(box, warm, workers, times) for workers in (1, 2)})


def _wall(box: Box, warm: Box, workers: int, times: int) -> float:
    from distributed import LocalCluster

    from tally.fast.cluster import connect

    def verify(one: Box) -> Report:
        with connect(cluster.scheduler_address) as runner:
            return audit(one.path, checker=checker(one.path, runner=runner))

    with LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        verify(warm)
        found = []
        for _ in range(times):
            started = time.perf_counter()
            report = verify(box)
            found.append(time.perf_counter() - started)
            assert report.verdict == "sound", report
        return min(found)
