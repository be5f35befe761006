"""`make mutation`: break the rule, the audit and casting in one place at a time; the tests must notice.

Prints what survived with its line: each is either an equivalent change, which docs/mutation.md explains, or a test
that is missing. Exits 1 below the goal.
"""

import argparse
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from tests.mutation import trial
from tests.mutation.mutants import Mutant, mutants

RULE = (
    *(f"tests/tally/result/test_rule{part}.py" for part in ("", "_edges", "_modes")),
    "tests/tally/cli/test_rule.py",
    "tests/tally/cli/test_rule_refusals.py",
)
ATTACKS = ("tests/attacks", "tests/tally/audit")
BOX = ("tests/voting/box", "tests/voting/storage/test_model.py", "tests/voting/web/test_api.py")
MODULES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("tally/result/rule.py", "tally/result/case.py"), RULE),
    **{f"voting/box/{name}.py": BOX for name in ("casting", "copies", "queries", "receipts", "refill", "tablets")},
    "voting/documents/ballots/batches.py": ("tests/voting/documents/ballots", *BOX),
    "voting/conference/closing.py": ("tests/voting/conference/test_closing.py", *BOX),
    **{
        f"tally/audit/{name}.py": ATTACKS
        for name in ("ballots", "box", "bundles/boxes", "copies", "facts", "opening_proofs", "outcome", "record",
                     "setup/conference", "signatures", "walk")
    },
}  # fmt: skip


def main() -> None:
    """Test the mutants, print the share that was killed, exit 1 below the goal."""
    options = _options()
    total: Counter[str] = Counter()
    with trial.copied() as folder:
        for module in options.modules:
            total += _module(folder, module, options)
    whole, killed = sum(total.values()), total["killed"] + total["timeout"]
    print(f"{killed} of {whole} mutants killed: {killed / max(1, whole):.1%}; {dict(total)}")
    sys.exit(killed < options.goal * whole)


def _module(folder: Path, module: str, options: argparse.Namespace) -> Counter[str]:
    """Try one module's mutants."""
    begun = time.monotonic()
    found = trial.reach(folder, module, MODULES[module])
    made = list(mutants((folder / module).read_text(encoding="utf-8")))
    random.Random(options.seed).shuffle(made)
    made = made[: options.most]
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(options.jobs, max(1, len(made))), trial.warm, [folder]) as pool:
        pool.apply(trial.check_unchanged, (folder, module, found))
        work = [(folder, module, one, found) for one in made]
        outcomes = pool.starmap(trial.attempt, work, chunksize=1)
    counted: Counter[str] = Counter(outcomes)
    seconds = time.monotonic() - begun
    print(f"{module}: {counted['killed'] + counted['timeout']} of {len(made)} killed, {seconds:.0f} s", flush=True)
    _print_survivors(folder, module, [(one, how) for one, how in zip(made, outcomes, strict=True)])
    return counted


def _print_survivors(folder: Path, module: str, tried: list[tuple[Mutant, trial.Outcome]]) -> None:
    lines = (folder / module).read_text(encoding="utf-8").splitlines()
    for one, outcome in sorted(tried, key=lambda pair: pair[0].line):
        if outcome not in ("killed", "timeout"):
            print(f"    line {one.line}, {one.change} ({outcome}): {lines[one.line - 1].strip()}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--most", type=int, default=10_000, help="at most so many of each module, at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--goal", type=float, default=0.9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
