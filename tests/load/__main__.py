"""`make bench-load`: 2,000 cards at random over 60 s on 200 connections; then 100 at one instant; prints figures."""

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.room import check_archive, fork_server, make_fault_room
from tests.load.storm import storm
from tests.tools.postgres import Cluster, find_programs


def main() -> None:
    """Make the ballots, cast them, print, check the archive."""
    options = _options()
    bad = False
    with fork_server() as starter, contextlib.ExitStack() as stack:
        url = None
        if options.database == "postgresql":
            programs = find_programs()
            assert programs is not None, "PostgreSQL is not installed"
            url = stack.enter_context(stack.enter_context(Cluster.start(programs, durable=True)).database())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        begun = time.monotonic()
        cards = options.cards + options.instant
        field = stack.enter_context(
            make_fault_room(
                folder / "room", starter, cards=cards, seed=options.seed, url=url, names=options.names,
                processes=options.processes,
            )
        )  # fmt: skip
        print(f"{cards} ballots of {options.names} names made in {time.monotonic() - begun:.0f} s", flush=True)
        field.start()
        for requests, seconds in (
            (field.requests[: options.cards], options.seconds),
            (field.requests[options.cards :], 0),
        ):
            found = storm(field, requests, min(options.connections, len(requests)), seconds, options.seed)
            how = f"over {seconds} s" if seconds else "at one instant"
            print(
                f"{options.database}, {options.processes} processes, {len(requests)} cards {how}: {found}", flush=True
            )
            bad |= bool(found.lost or found.double or len(found.seconds) != len(requests))
        field.kill()
        if options.audit:
            check_archive(field.close(), folder / "out", cards)
    sys.exit(bad)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-load", description=__doc__)
    parser.add_argument("--cards", type=int, default=2000)
    parser.add_argument("--instant", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--names", type=int, default=11)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--audit", action="store_true", help="close the box and audit the archive afterwards")
    return parser.parse_args()


if __name__ == "__main__":
    main()
