"""Where the time of a run of the tests goes: minutes by group, told at its end (`make test` under CI)."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

import pytest

DEPTH = 2  # folders below tests/ that make a group


def group_of(test: str) -> str:
    """The group of a test by its path: tests/voting/web/test_pages.py::test_x belongs to voting/web."""
    path = PurePosixPath(test.partition("::")[0])
    folders = path.parent.parts[1 : 1 + DEPTH]
    return "/".join(folders) or path.name


def minutes_by_group(timed: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Sum seconds by group; return minutes, the longest first."""
    seconds: Counter[str] = Counter()
    for test, duration in timed:
        seconds[group_of(test)] += duration  # type: ignore[assignment]
    return [(group, total / 60) for group, total in seconds.most_common()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the minutes of each group, preparation and tidying up included, summed over the processes of the run."""
    reports = [one for kind in terminalreporter.stats.values() for one in kind if isinstance(one, pytest.TestReport)]
    found = minutes_by_group((one.nodeid, one.duration) for one in reports)
    terminalreporter.section("minutes by group")
    for group, minutes in found:
        terminalreporter.line(f"{minutes:7.1f}  {group}")
    terminalreporter.line(f"{sum(minutes for _, minutes in found):7.1f}  in all, over all processes")
