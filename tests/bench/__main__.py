"""`make bench`: measure everything side by side, checking beside belenios-tool, and write docs/bench.md.

Absolute figures belong to the machine; ratios are of one run. Sizes are chosen so that a slope can be taken.
What is not installed here (Chromium, PostgreSQL, dask) is left out of the page.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tally.audit.engines.checking import cores
from tests.bench import casting, casting_parts, cluster, page, sections, simulation, tablet
from tests.bench.boxes import Box, make_boxes
from tests.bench.checking import Belenios, Measured, as_json, ours, reference, versions
from tests.bench.clock import ROOT, Cost, run
from tests.tools.postgres import Cluster, find_programs
from voting.documents.archives.commitments import sidecar_of

BELENIOS = ROOT / "tests" / "tools" / "belenios-tool"
REFERENCE_BALLOTS = 200  # beyond that one by one takes minutes and says nothing new
SAMPLE = 200  # ballots that belenios-tool checks of a large box of few names; of many names it checks them all
ROOM_NAMES = 11  # of casting, and of the boxes that show growth and memory
STARTS = 5


def main() -> None:
    """Make boxes, measure, write the page."""
    options = _options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.boxes or Path(temporary)
        # Apart, so that this process stays small: Linux counts its memory into the peak of all programs it starts.
        with ProcessPoolExecutor(1) as apart:
            make = partial(apart.submit, make_boxes, folder, workers=cores())
            boxes = {names: make(names=names, sizes=options.ballots).result() for names in options.names}
            large = make(names=ROOM_NAMES, sizes=options.large).result()
        belenios, warm = Belenios(options.belenios), boxes[options.names[-1]][-1]
        for sidecar in (True, False):  # compiles, where nothing is cached yet; the largest certainly needs it
            ours(warm, sidecar=sidecar, cores=1)
        found, theirs, whole = [], {}, {}
        for names, made in boxes.items():  # ours and theirs one right after the other
            found += [one for box in made for one in _measure(box, options.repeat)]
            most = options.ballots[-1] if names == options.names[-1] else SAMPLE
            theirs[names] = belenios.per_ballot(made[-2:], most)
            whole |= {(names, box.ballots): belenios.verify(box) for box in made[-2:]}
        grown = [ours(box, sidecar=True, cores=cores()) for box in large]
        more = _more(options, warm, boxes[options.names[-1]][-2], grown)
        text = _page(options.names, found, theirs, whole, belenios.version, _rates(warm, found), [*grown], more)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    if options.json:
        options.json.write_text(as_json(found), encoding="utf-8")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--names", type=int, nargs="+", default=[10, 30])
    parser.add_argument("--ballots", type=int, nargs="+", default=[20, 200, 2000], help="two sizes or more")
    parser.add_argument("--casts", type=int, default=3000, help="ballots cast on each database, 0 for none")
    parser.add_argument("--large", type=int, nargs="*", default=[2000, 6000, 20000], help="to show growth and memory")
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


def _more(options: argparse.Namespace, box: Box, small: Box, grown: Sequence[Measured]) -> list[str]:
    """The sections beside checking."""
    text = _casting(options.casts) if options.casts else []
    text += sections.tablet([tablet.measure(names) for names in options.names] if tablet.available() else [])
    text += sections.memory(grown)
    if cluster.available() and cores() > 1:
        text += sections.cluster(cluster.measure(box, small))
    return text + sections.start_up(_start_up())


def _start_up() -> dict[str, float]:
    """Seconds until a program has done nothing: medians of several starts."""
    programs = {
        "`phieukin --help`": "from voting.cli.main import main; main(['--help'])",
        "the checking engine, compiled code from its cache": "from tally import fast; assert fast.available()",
        "the room server's application": "import voting.cli.serve, voting.web.app",
    }
    times = {}
    for name, program in programs.items():
        times[name] = statistics.median(run([sys.executable, "-c", program]).wall for _ in range(STARTS))
    return times


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
    grown: Sequence[Measured],
    more: Sequence[str],
) -> str:
    """Put the page together."""
    machine = ", ".join(f"{name} {value}" for name, value in versions().items())
    lines = [
        "# What it costs", "",
        "Written by `make bench`; every figure is of one run on one machine, so compare ratios.", "",
        f"{machine}, {cores()} cores; belenios-tool {version}.", "",
        "## A ballot", "",
        "CPU on one core, as the slope between the two largest boxes, so that start-up does not count.",
        "belenios-tool checks the same ballots of the same archives by `verify-ballot`, one after the other (the",
        "`verify` of 3.x ends before its ballot checks do, and finds no forged ballot reliably): all of the boxes with",
        f"most names, {SAMPLE} evenly spread of a larger one with few. What it takes to load the election is measured",
        "on an empty ballot and taken off, which is to its advantage.", "",
        *page.ballot_table(found, theirs, names),
        "## A whole audit", "", *_audits(found, theirs, whole), "",
        "## Growth", "", *page.growth(found, grown, names), *more,
        "## Every run", "", *page.run_table([*found, *grown]),
        "## A million ballots, a hundred million", "", *page.simulated(rates),
    ]  # fmt: skip
    return "\n".join(lines)


def _audits(found: Sequence[Measured], theirs: dict[int, float], whole: dict[tuple[int, int], Cost]) -> list[str]:
    """Wall time on two cores against what belenios-tool takes: its own checks, and its time for all ballots."""
    lines = []
    for m in found:
        if m.cores == 2 and m.way == page.WITH and m.names in theirs and m.ballots == max(o.ballots for o in found):
            other = theirs[m.names] * m.ballots
            lines.append(
                f"* {m.ballots:,} ballots of {m.names} names on 2 cores: {m.cost.wall:.1f} s from start to end; "
                f"belenios-tool, which is one process, for its ballot checks alone: {other:.0f} s, "
                f"{other / m.cost.wall:.0f} times as long."
            )
            lines.append(
                f"  Its `election verify` ends after {whole[m.names, m.ballots].wall:.1f} s, with as many ballots "
                "checked as it had time for, which differs from run to run: not counted here or above."
            )
    return lines


if __name__ == "__main__":
    main()
