"""docs/bench.md: casting, the tablet, memory, a cluster."""

from collections.abc import Mapping, Sequence

from tests.bench.casting import PROCESSES, THREADS, WARM_UP, Throughput
from tests.bench.checking import Measured
from tests.bench.cluster import Scaling
from tests.bench.page import markdown
from tests.bench.tablet import Sealing

DATABASES = {"sqlite": "SQLite, synchronous=FULL", "postgresql": "PostgreSQL, fsync"}


def casting(found: Sequence[Throughput], parts: Mapping[str, float], names: int) -> list[str]:
    """Throughput and latency, and where the time goes."""
    said = (
        f"The real server with TLS 1.3, {PROCESSES} processes of {THREADS} threads; tablets on the same cores, each on "
        "a connection that it keeps, each sending its next ballot as soon as it has its receipt. Ballots are made "
        f"beforehand; the first {WARM_UP} do not count. Each is verified in full, and on the disk before its answer."
    )
    rows = (
        (DATABASES[one.database], str(one.names), str(one.tablets), f"{one.rate:.0f}",
         *(f"{one.percentile(percent) * 1e3:.0f} ms" for percent in (50, 95, 99)), f"{one.server_cpu * 1e3:.1f} ms")
        for one in found
    )  # fmt: skip
    header = (
        "database",
        "names",
        "tablets",
        "ballots a second",
        "half within",
        "95 %",
        "99 %",
        "server's CPU a ballot",
    )
    steps = ((step, f"{cost * 1e3:.2f} ms") for step, cost in sorted(parts.items(), key=lambda part: -part[1]))
    return [
        "## Casting", "", said, "", *markdown(header, rows),
        f"Where it goes, CPU a ballot of {names} names, {THREADS} senders inside one process, without network and TLS "
        "(a handshake is once a tablet, not once a ballot):", "",
        *markdown(("step", "CPU a ballot"), steps),
    ]  # fmt: skip


def tablet(found: Sequence[Sealing]) -> list[str]:
    """The worker in a browser."""
    if not found:
        return []
    rows = (
        (str(one.names), *(f"{time:.1f} ms" for time in
         (one.open, one.card, one.answer, one.answers, one.seal + one.cast, one.main)))
        for one in found
    )  # fmt: skip
    header = (
        "names",
        "opening, tables",
        "a card",
        "an answer",
        "all answers at once",
        "after the touch",
        "main thread",
    )
    said = (
        f"The worker as it is shipped, in {found[0].browser}; medians of several ballots. An answer is encrypted when "
        "it is chosen; after the touch on “cast” sealing and signature are left. The last column is how long the "
        "main thread waited at most while a whole ballot was encrypted."
    )
    return ["## The tablet", "", said, "", *markdown(header, rows)]


def memory(found: Sequence[Measured]) -> list[str]:
    """Peak memory of the largest process, with many ballots and with ten times as many."""
    if not found:
        return []
    rows = (
        (
            f"{one.ballots:,}",
            str(one.names),
            f"{one.cost.memory:.0f} MB",
            f"{one.cost.wall:.1f} s",
            f"{one.cost.cpu:.1f} s",
        )
        for one in found
    )
    more = found[-1].cost.memory / found[0].cost.memory - 1
    return [
        "## Memory", "",
        f"Peak of the largest process (they share nothing); {more:+.0%} from the first to the last.",
        "", *markdown(("ballots", "names", "peak", "wall", "CPU"), rows),
    ]  # fmt: skip


def cluster(found: Sequence[Scaling]) -> list[str]:
    """One dask worker against two."""
    rows = [
        (f"{one.ballots:,}", str(one.names), "with" if one.sidecar else "without", f"{one.wall[1]:.2f} s",
         f"{one.wall[2]:.2f} s", f"{one.ratio:.2f}")
        for one in found
    ]  # fmt: skip
    return [
        "## A cluster", "",
        "Audits on dask workers of this machine, started as tally/README.md says. Scheduler and reader share its "
        "cores: beside one worker they have a core for themselves, beside two they have none.", "",
        *markdown(("ballots", "names", "sidecar", "one worker", "two", "of it"), rows),
    ]  # fmt: skip


def start_up(times: Mapping[str, float]) -> list[str]:
    """How long programs take until they do something."""
    return [
        "## Starting", "",
        *markdown(("what", "seconds"), ((name, f"{seconds:.2f} s") for name, seconds in times.items())),
    ]  # fmt: skip
