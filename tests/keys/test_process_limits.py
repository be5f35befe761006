"""Limits of this process: they are set where the system knows them, and a stricter one stays."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator

import pytest

from keys import process_limits

GIVE_WAY = """
import json, os, resource
from keys.process_limits import give_way
give_way(memory=2**31, seconds=600)
once = [os.nice(0), *(resource.getrlimit(kind) for kind in (resource.RLIMIT_CORE, resource.RLIMIT_AS))]
give_way(memory=2**32)
print(json.dumps([once, *(resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU))]))
"""


@pytest.fixture
def few_files() -> Iterator[int]:
    """Let this process open few files; give how many the system would allow."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def open_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_a_process_opens_more_files_where_it_is_allowed(few_files: int) -> None:
    process_limits.allow_files(300)
    assert open_files() == 300
    process_limits.allow_files(250)
    assert open_files() == 300
    if few_files != resource.RLIM_INFINITY:
        process_limits.allow_files(few_files + 1)
        assert open_files() == few_files


def test_a_process_that_gives_way_keeps_the_stricter_limit() -> None:
    ran = subprocess.run([sys.executable, "-c", GIVE_WAY], capture_output=True, check=True, timeout=60)
    [once, memory, seconds] = json.loads(ran.stdout)
    assert once == [min(os.nice(0) + 10, 19), [0, 0], [2**31, 2**31]]
    assert (memory, seconds) == ([2**31, 2**31], [600, 600])


def test_a_system_without_limits_sets_none(monkeypatch: pytest.MonkeyPatch, few_files: int) -> None:
    monkeypatch.setattr(process_limits, "_resource", None)
    monkeypatch.delattr(os, "nice")
    process_limits.no_core_dumps()
    process_limits.allow_files(few_files)
    process_limits.give_way(memory=2**20, seconds=1)
    assert open_files() == 200
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 2**20
