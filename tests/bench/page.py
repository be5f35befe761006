"""docs/bench.md: the figures of one run as a page."""

from collections.abc import Iterable, Sequence

from tests.bench import simulation
from tests.bench.checking import PROOFS_A_NAME, Measured
from tests.bench.clock import exponent, slope

WITH, WITHOUT, ONE = "phieukin, with sidecar", "phieukin, without sidecar", "phieukin, one by one (PyNaCl)"


def rows_of(found: Sequence[Measured], way: str, names: int, cores: int = 1) -> list[Measured]:
    """The measurements of one way, by size."""
    return sorted((m for m in found if (m.way, m.names, m.cores) == (way, names, cores)), key=lambda m: m.ballots)


def per_ballot(found: Sequence[Measured], way: str, names: int) -> float | None:
    """CPU seconds a ballot: the slope between the two largest sizes."""
    points = [(float(m.ballots), m.cost.cpu) for m in rows_of(found, way, names)][-2:]
    return slope(points) if len(points) == 2 else None


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def ballot_table(found: Sequence[Measured], belenios: dict[int, float], names: Sequence[int]) -> list[str]:
    """CPU a ballot and a proof, and how many times less than belenios-tool."""
    rows = []
    for count in names:
        for way in (WITH, WITHOUT, ONE):
            cost = per_ballot(found, way, count)
            if cost is not None:
                ratio = f"{belenios[count] / cost:.1f}" if count in belenios else ""
                rows.append((str(count), way, *_costs(cost, count), ratio))
        if count in belenios:
            rows.append((str(count), "belenios-tool verify-ballot", *_costs(belenios[count], count), "1"))
    return markdown(("names", "way", "CPU a ballot", "CPU a proof", "times quicker"), rows)


def _costs(cost: float, names: int) -> tuple[str, str]:
    return f"{cost * 1e3:.2f} ms", f"{cost * 1e6 / (PROOFS_A_NAME * names):.0f} µs"


def run_table(found: Sequence[Measured]) -> list[str]:
    """Every run as it was."""
    rows = (
        (str(m.names), f"{m.ballots:,}", m.way, str(m.cores), f"{m.cost.wall:.2f} s", f"{m.cost.cpu:.2f} s",
         f"{m.cost.memory:.0f} MB")
        for m in sorted(found, key=lambda m: (m.names, m.ballots, m.way, m.cores))
    )  # fmt: skip
    return markdown(("names", "ballots", "way", "cores", "wall", "CPU", "memory"), rows)


def growth(found: Sequence[Measured], grown: Sequence[Measured], names: Sequence[int]) -> list[str]:
    """Exponents of the time over ballots, the smallest box with its start-up taken off, and over names."""
    lines = []
    if len(grown) > 2:
        base = grown[0]
        points = [(m.ballots - base.ballots, m.cost.cpu - base.cost.cpu) for m in grown[1:]]
        lines.append(
            f"* CPU grows as ballots to the power {exponent(points):.2f}: what is beyond the box of {base.ballots:,}, "
            f"up to {grown[-1].ballots:,} ballots of {base.names} names."
        )
    costs = [(float(count), cost) for count in names if (cost := per_ballot(found, WITH, count)) is not None]
    if len(costs) > 1:
        lines.append(f"* The cost of a ballot grows as names to the power {exponent(costs):.2f}.")
    return [*lines, ""]


def simulated(rates: simulation.Rates) -> list[str]:
    """The model's table with its assumptions."""
    said = (
        f"Not measured but computed, from what was: reading {rates.reading * 1e3:.2f} ms and checking "
        f"{rates.checking * 1e3:.2f} ms of CPU a ballot, {rates.size / 1e3:.0f} kB a ballot with its commitments, "
        f"{simulation.CORES} cores a machine like those here, one gigabit a second out of a reading machine, "
        f"{simulation.START:.0f} s of start. No time is counted for machines that fail. An archive has one reader; "
        f"with an archive for every {simulation.ARCHIVE_BALLOTS:,} ballots (a province has its own box) there are many."
    )
    header = ("ballots", "machines", "one archive", "an archive a province")
    return [said, "", *markdown(header, simulation.table(rates))]
