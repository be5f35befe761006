"""`make fuzz`: at least a million cases over decoders and endpoints, and the figure.

What is found is written to tests/fuzz/cases/<target>-<n>.bin, to be kept as tests once it is fixed.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.run import Found, fuzz
from tests.fuzz.seeds import make_seeds
from tests.fuzz.targets import decoders, endpoints

CASES = Path(__file__).parent / "cases"
HTTP_SHARE = 0.01  # of all cases: a request costs as much as fifty decodings


def main() -> None:
    """Fuzz, print the figures, exit 1 if anything was found."""
    options = _options()
    begun = time.monotonic()
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        work = [(number, options.jobs, options.cases, options.seed) for number in range(options.jobs)]
        found = [one for part in pool.starmap(run_part, work) for one in part]
    for name in dict.fromkeys(one.name for one in found):
        print(_line([one for one in found if one.name == name]))
    findings = {text: raw for one in found for text, raw in one.findings.items()}
    print(f"{sum(one.cases for one in found):,} cases in {time.monotonic() - begun:.0f} s, {len(findings)} findings")
    for number, (text, raw) in enumerate(findings.items()):
        CASES.mkdir(exist_ok=True)
        (CASES / f"new-{number}.bin").write_bytes(raw)
        print(f"new-{number}.bin: {text}")
    sys.exit(bool(findings))


def run_part(number: int, parts: int, cases: int, seed: int) -> list[Found]:
    """One process's part of the cases."""
    with tempfile.TemporaryDirectory() as folder:
        seeds, room = make_seeds(Path(folder))
        files, http = decoders(seeds), endpoints(Path(folder), room, seeds)
        others = [raw for target in files for raw in target.seeds]
        whole = sum(target.share for target in files)
        found = []
        for at, target in enumerate([*files, *http]):
            count = round(cases * HTTP_SHARE) if target in http else round(cases * target.share / whole)
            found.append(fuzz(target, -(-count // parts), seed * 1000 + number * 100 + at, others))
        room.storage.close()
    return found


def _line(found: list[Found]) -> str:
    places = set().union(*(one.places for one in found))
    cases, accepted = sum(one.cases for one in found), sum(one.accepted for one in found)
    return f"  {found[0].name:26} {cases:9,} cases, {accepted:7,} accepted, {len(places):3} ways out"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_050_000)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--seed", type=int, default=time.time_ns() & 0xFFFF)
    return parser.parse_args()


if __name__ == "__main__":
    main()
