"""What it costs to check ballots: ours with and without sidecar, ours one by one, and belenios-tool."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from tests.bench.boxes import Box
from tests.bench.clock import ROOT, Cost, median, run, slope
from voting.documents.archives.archive import ArchiveWriter, open_archive
from voting.documents.canonical import compact

PROOFS_A_NAME = 3
_EMPTY = 40  # runs that measure what loading takes
_VERIFY = "from voting.cli.main import main; main()"
_ONE_BY_ONE = (
    "import sys; from tally.audit import audit; from tally.audit.ballots import one_by_one\n"
    "sys.exit(audit(sys.argv[1], checker=one_by_one).verdict != 'sound')"
)


@dataclass(frozen=True)
class Measured:
    """One way of checking one box."""

    way: str
    names: int
    ballots: int
    cores: int
    cost: Cost


def ours(box: Box, *, sidecar: bool, cores: int, times: int = 1) -> Measured:
    """`phieukin verify` on the box."""
    call: list[str | Path] = [sys.executable, "-c", _VERIFY, "verify", box.path if sidecar else box.bare]
    way = "phieukin, with sidecar" if sidecar else "phieukin, without sidecar"
    return Measured(way, box.names, box.ballots, cores, median([run(call, cores=cores) for _ in range(times)]))


def reference(box: Box) -> Measured:
    """The audit with the verifier that needs nothing but PyNaCl."""
    cost = run([sys.executable, "-c", _ONE_BY_ONE, box.bare], cores=1)
    return Measured("phieukin, one by one (PyNaCl)", box.names, box.ballots, 1, cost)


class Belenios:
    """belenios-tool; its `verify-ballot` on one ballot after the other, for `verify` of 3.x does not await them."""

    def __init__(self, program: Path) -> None:
        self.program = program
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        self.version = said.strip()

    def ballots(self, box: Box, most: int) -> float:
        """CPU seconds that `verify-ballot` takes for all ballots of a box; from `most` of them, evenly spread.

        What loading the election takes does not count: that is measured on a ballot without content, which is refused
        at once, and beside each ballot there is its own card alone.
        """
        step = max(1, box.ballots // most)
        with open_archive(box.path) as archive, tempfile.TemporaryDirectory() as name:
            entries = archive.entries()
            election, trustees, *_ = next(entries).records
            spent = []
            for entry in islice(entries, 0, box.ballots, step):
                raw = entry.records[-1]
                card = compact([msgspec.json.decode(raw)["credential"]])
                with (Path(name) / box.path.name).open("wb") as file:
                    ArchiveWriter(file, archive.timestamp).add_setup(election, trustees, card)
                spent.append(self._verify_ballot(Path(name), raw).cpu)
            empty = [self._verify_ballot(Path(name), b"{}", refuses=True).cpu for _ in range(_EMPTY)]
        return (statistics.fmean(spent) - statistics.fmean(empty)) * box.ballots

    def _verify_ballot(self, folder: Path, raw: bytes, *, refuses: bool = False) -> Cost:
        ballot = folder / "ballot.json"
        ballot.write_bytes(raw + b"\n")
        what = ("election", "verify-ballot", "--dir", folder, "--ballot", ballot)
        return run([self.program, *what], cores=1, refuses=refuses)

    def verify(self, box: Box) -> Cost:
        """`election verify` as it is: it ends before its ballot checks do."""
        return run([self.program, "election", "verify", "--dir", box.bare.parent])

    def per_ballot(self, boxes: Sequence[Box], most: int) -> float:
        """CPU seconds a ballot: the slope between two boxes."""
        return slope([(float(box.ballots), self.ballots(box, most)) for box in boxes])


def versions() -> dict[str, str]:
    """Machine and versions that figures belong to."""
    import platform
    from importlib.metadata import version

    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())  # fmt: skip
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True,
                              check=False).stdout.strip()  # fmt: skip
    named = {name: version(name) for name in ("numba", "llvmlite", "numpy", "pynacl", "msgspec")}
    return {"CPU": cpu, "Python": platform.python_version(), **named, "revision": revision}


def as_json(found: Sequence[Measured]) -> str:
    """All figures, for whoever wants to draw them."""
    return json.dumps([{"way": m.way, "names": m.names, "ballots": m.ballots, "cores": m.cores, **vars_of(m.cost)}
                       for m in found], indent=1)  # fmt: skip


def vars_of(cost: Cost) -> dict[str, float]:
    """A cost as plain fields."""
    return {"wall": round(cost.wall, 3), "cpu": round(cost.cpu, 3), "memory": round(cost.memory, 1)}
