"""`make faults`: a thousand random kills during casting on each database, and the figures.

SQLite runs over a layer that drops and tears unsynced writes; PostgreSQL with fsync, synchronous_commit and
full_page_writes on.
"""

import argparse
import contextlib
import dataclasses
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults.campaign import KILLS, Figures, campaign
from tests.faults.powercut import library
from tests.faults.room import ForkServer, fork_server
from tests.tools.postgres import Cluster, find_programs


def main() -> None:
    """Run the campaigns, print the figures, exit 1 if anything was lost."""
    options = _options()
    bad = False
    with fork_server() as starter:
        for database in options.database:
            begun = time.monotonic()
            with _databases(database) as cluster:
                found = _campaigns(starter, database, cluster, options.kills, options.seed)
            bad |= not found.clean() or found.kills < options.kills
            how = "unsynced writes dropped" if database == "sqlite" and library() else "SIGKILL"
            print(f"{database} ({how}), {time.monotonic() - begun:.0f} s: {found}", flush=True)
            if options.json:
                with options.json.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"database": database, **vars(found)}) + "\n")
    sys.exit(bad)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seed", type=int, default=time.time_ns() & 0xFFFF_FFFF, help="of times and order of kills")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


@contextlib.contextmanager
def _databases(database: str) -> Iterator[Cluster | None]:
    programs = find_programs() if database == "postgresql" else None
    if programs is None:
        yield None
        return
    with Cluster.start(programs, durable=True) as cluster:
        yield cluster


def _campaigns(starter: ForkServer, database: str, cluster: Cluster | None, kills: int, seed: int) -> Figures:
    """Conference after conference, `KILLS` kills each."""
    total = Figures()
    for number in range(0, kills, KILLS):
        folder = Path(tempfile.mkdtemp(prefix="phieukin-faults-"))
        share = min(KILLS, kills - number)
        with cluster.database() if cluster else contextlib.nullcontext() as url:
            power = database == "sqlite" and library() is not None
            _add(total, campaign(folder / "room", starter, share, seed + number, url=url, power=power))
        shutil.rmtree(folder)
        print(f"  {database}: {total}", file=sys.stderr, flush=True)
    return total


def _add(total: Figures, more: Figures) -> None:
    for field in dataclasses.fields(Figures):
        value = getattr(more, field.name)
        if isinstance(value, Counter):
            getattr(total, field.name).update(value)
        else:
            setattr(total, field.name, getattr(total, field.name) + value)


if __name__ == "__main__":
    main()
