"""How an audit scales over workers of a dask cluster: one worker against two, on the same archive, on this machine."""

import importlib.util
import time
from dataclasses import dataclass
from pathlib import Path

from tally.audit import audit
from tally.audit.engines.checking import checker
from tally.audit.report import Report
from tests.bench.boxes import Box

SETTINGS = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "10s",
}
"""Of scheduler and workers, as tally/README.md has them started."""


@dataclass(frozen=True)
class Scaling:
    """Seconds of wall time of an audit by number of workers; loading the engine does not count."""

    names: int
    ballots: int
    sidecar: bool
    wall: dict[int, float]

    @property
    def ratio(self) -> float:
        """Time of two workers over that of one."""
        return self.wall[2] / self.wall[1]


def available() -> bool:
    """Tell whether dask is installed."""
    return importlib.util.find_spec("distributed") is not None


def measure(box: Box, warm: Box, *, rounds: int = 2, times: int = 3) -> list[Scaling]:
    """Audit a box, with its sidecar and without, on one worker and on two in turns; the best of all runs of each.

    Before a round its workers audit the box `warm`.
    """
    found = []
    for path in (box.path, box.bare):
        walls = [(workers, _wall(path, warm.path, workers, times)) for _ in range(rounds) for workers in (1, 2)]
        best = {workers: min(wall for each, wall in walls if each == workers) for workers in (1, 2)}
        found.append(Scaling(box.names, box.ballots, path is box.path, best))
    return found


def _wall(box: Path, warm: Path, workers: int, times: int) -> float:
    import dask
    from distributed import LocalCluster

    from tally.audit.engines.cluster import connect

    def verify(archive: Path) -> Report:
        with connect(cluster.scheduler_address) as runner:
            return audit(archive, checker=checker(archive, runner=runner))

    with (
        dask.config.set(SETTINGS),
        LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
    ):
        verify(warm)
        found = []
        for _ in range(times):
            started = time.perf_counter()
            report = verify(box)
            found.append(time.perf_counter() - started)
            assert report.verdict == "sound", report
        return min(found)
