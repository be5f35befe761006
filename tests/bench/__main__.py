"""`make bench`: measure everything side by side, checking beside belenios-tool, and write docs/bench.md.

Absolute figures belong to the machine; ratios are of one run. Sizes are chosen so that a slope can be taken.
What is not installed here (Chromium, PostgreSQL, dask) is left out of the page.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tally.fast.checking import cores
from tests.bench import casting, casting_parts, cluster, page, sections, simulation, tablet
from tests.bench.boxes import Box, make_box
from tests.bench.checking import Belenios, Measured, as_json, ours, reference, versions
from tests.bench.clock import ROOT, Cost
from tests.tools.postgres import Cluster, find_programs
from voting.documents.commitments import sidecar_of

BELENIOS = ROOT / "tests" / "tools" / "belenios-tool"
REFERENCE_BALLOTS = 200  # beyond that one by one takes minutes and says nothing new
SAMPLE = 15
ROOM_NAMES = 11  # of casting, and of the boxes that show memory


def main() -> None:
    """Make boxes, measure, write the page."""
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.boxes or Path(temporary)
        boxes = [make_box(folder, names, size, cores()) for names in options.names for size in options.ballots]
        for sidecar in (True, False):  # compiles, where nothing is cached yet; the largest certainly needs it
            ours(boxes[-1], sidecar=sidecar, cores=1)
        found = [one for box in boxes for one in _measure(box, options.repeat)]
        largest = [max((b for b in boxes if b.names == names), key=lambda b: b.ballots) for names in options.names]
        belenios = Belenios(options.belenios)
        theirs = belenios.per_ballot(largest, SAMPLE) if len(largest) > 1 else {}
        whole = {(box.names, box.ballots): belenios.verify(box) for box in boxes if box.ballots >= page.ENGINE_BALLOTS}
        more = _more(options, folder, boxes)
        text = _page(options.names, found, theirs, whole, belenios.version, _rates(largest[-1], found), more)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    if options.json:
        options.json.write_text(as_json(found), encoding="utf-8")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--names", type=int, nargs="+", default=[10, 30])
    parser.add_argument("--ballots", type=int, nargs="+", default=[20, 200, 700, 2000])
    parser.add_argument("--casts", type=int, default=3000, help="ballots cast on each database, 0 for none")
    parser.add_argument("--memory", type=int, nargs="*", default=[2000, 20000], help="boxes that show memory")
    parser.add_argument("--boxes", type=Path, help="where to keep boxes for another run")
    parser.add_argument("--belenios", type=Path, default=BELENIOS)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "bench.md")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _measure(box: Box, repeat: int) -> list[Measured]:
    """All ways on one box, one right after the other."""
    found = [ours(box, sidecar=sidecar, cores=1, times=repeat) for sidecar in (True, False)]
    if cores() > 1:
        found += [ours(box, sidecar=sidecar, cores=2, times=repeat) for sidecar in (True, False)]
    return [*found, reference(box)] if box.ballots <= REFERENCE_BALLOTS else found


def _more(options: argparse.Namespace, folder: Path, boxes: Sequence[Box]) -> list[str]:
    """The sections beside checking."""
    text = _casting(options.casts) if options.casts else []
    text += sections.tablet([tablet.measure(names) for names in options.names] if tablet.available() else [])
    large = [make_box(folder, ROOM_NAMES, size, cores()) for size in options.memory]
    text += sections.memory([ours(box, sidecar=True, cores=cores()) for box in large])
    if cluster.available() and cores() > 1:
        text += sections.cluster(cluster.measure(boxes[-1], boxes[-2]))
    return text


def _casting(ballots: int) -> list[str]:
    found = [casting.measure(None, names=ROOM_NAMES, ballots=ballots)]
    programs = find_programs()
    if programs is not None:
        with Cluster.start(programs, durable=True) as server, server.database() as url:
            found.append(casting.measure(url, names=ROOM_NAMES, ballots=ballots))
    return sections.casting(found, casting_parts.measure(names=ROOM_NAMES), ROOM_NAMES)


def _rates(box: Box, found: Sequence[Measured]) -> simulation.Rates:
    size = (box.path.stat().st_size + sidecar_of(box.path).stat().st_size) / box.ballots
    return simulation.Rates(simulation.reading_cost(box), page.per_ballot(found, page.WITH, box.names) or 0.0, size)


def _page(
    names: Sequence[int],
    found: Sequence[Measured],
    theirs: dict[int, float],
    whole: dict[tuple[int, int], Cost],
    version: str,
    rates: simulation.Rates,
    more: Sequence[str],
) -> str:
    """Put the page together."""
    machine = ", ".join(f"{name} {value}" for name, value in versions().items())
    lines = [
        "# What it costs", "",
        "Written by `make bench`; every figure is of one run on one machine, so compare ratios.", "",
        f"{machine}, {cores()} cores; belenios-tool {version}.", "",
        "## A ballot", "",
        "CPU as the slope between the two largest boxes, so that start-up does not count. belenios-tool:",
        "`verify-ballot` on one ballot after the other, the slope between ballots of few and of many names; its",
        "`verify` 3.x ends before its ballot checks do, and finds no forged ballot reliably.", "",
        *page.ballot_table(found, theirs, names),
        "## A whole audit", "", *_audits(found, theirs, whole), "",
        "## Growth", "", *page.growth(found, names), *more,
        "## Every run", "", *page.run_table(found),
        "## A million ballots, a hundred million", "", *page.simulated(rates),
    ]  # fmt: skip
    return "\n".join(lines)


def _audits(found: Sequence[Measured], theirs: dict[int, float], whole: dict[tuple[int, int], Cost]) -> list[str]:
    """Wall time on two cores against what belenios-tool takes: its own checks, and its time for all ballots."""
    lines = []
    for m in found:
        if m.cores == 2 and m.way == page.WITH and m.names in theirs and m.ballots == max(o.ballots for o in found):
            own = whole[m.names, m.ballots].wall
            other = own + theirs[m.names] * m.ballots
            lines.append(
                f"* {m.ballots:,} ballots of {m.names} names on 2 cores: {m.cost.wall:.1f} s; belenios-tool, all "
                f"ballots checked: {other:.0f} s (one process; {own:.1f} s for `verify`, the rest ballots): "
                f"{other / m.cost.wall:.0f} times."
            )
            few, many = min(size for names, size in whole if names == m.names), m.ballots
            rest = (whole[m.names, many].cpu - whole[m.names, few].cpu) / max(1, many - few)
            lines.append(
                f"  `election verify` alone grows by {rest * 1e3:.2f} ms a ballot between {few:,} and {many:,} of the "
                "same archives: what it does beside the ballots' proofs, and not counted in the table above."
            )
    return lines


if __name__ == "__main__":
    main()
