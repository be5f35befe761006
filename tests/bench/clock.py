"""Run a program and say what it cost; straight lines and powers through what was measured."""

import math
import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of CPU (user and system, children included), and peak memory in MB of one process."""

    wall: float
    cpu: float
    memory: float


def run(call: Sequence[str | Path], *, cores: int | None = None, cwd: Path = ROOT, refuses: bool = False) -> Cost:
    """Run a program to its end on so many cores; raise CalledProcessError unless it is content, or `refuses`."""
    limit = None if cores is None else lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    started = time.perf_counter()
    with subprocess.Popen(call, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=limit) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if bool(process.returncode) != refuses:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, call)), said)
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    """Take the medians of repeated runs."""
    return Cost(
        *(statistics.median(column) for column in zip(*((c.wall, c.cpu, c.memory) for c in costs), strict=True))
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope: what one more costs, start-up not counted."""
    xs, ys = zip(*points, strict=True)
    return statistics.linear_regression(xs, ys).slope


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return e of the power law y = c x^e that fits best."""
    return slope([(math.log(x), math.log(y)) for x, y in points])


def cpu_of_group(leader: int) -> float:
    """CPU seconds of a running process and all that descend from it, by /proc."""
    ticks, parents = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(") ")[2].split()
        except OSError:  # ended meanwhile
            continue
        process = int(place.parent.name)
        parents[process], ticks[process] = int(fields[1]), int(fields[11]) + int(fields[12])
    family = {leader}
    while grown := {child for child, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(ticks.get(one, 0) for one in family) / os.sysconf("SC_CLK_TCK")
