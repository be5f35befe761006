"""Where the engine cannot be used or is wrong: it is noticed before anybody relies on it, and costs time alone."""

import functools
import importlib.util
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tally import fast
from tally.audit.ballots import BallotRules, ChunkFindings, NumberedBallot, check_ballots
from tally.fast import acceptance, batch, checking, compiled, selfcheck
from tally.fast.acceptance import Acceptance
from tally.fast.batch import accept
from tally.fast.chunk import verify_chunk_one_by_one
from tests.tally.fast.ballots import AGREE, LIST, Cast, cast, make_election
from voting.documents.election import Election


@pytest.fixture
def afresh() -> Iterator[None]:
    """Ask anew whether the engine works, now and afterwards."""
    fast.why_not.cache_clear()
    yield
    fast.why_not.cache_clear()


@functools.cache
def election() -> Election:
    return make_election(AGREE, LIST)


@functools.cache
def ballots() -> tuple[Cast, ...]:
    return tuple(cast(election(), [[1, 0], [0, 1, 0, 0, 1]]) for _ in range(2))


# --- which engine ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("afresh")
def test_without_numba_ballots_are_verified_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert fast.why_not() == "numba is not installed (extra [fast])"
    raws = [one.raw for one in ballots()] + [b"no ballot"]
    found, expected = fast.verify_chunk(election(), raws), verify_chunk_one_by_one(election(), raws)
    assert [str(one) for one in found.errors] == [str(one) for one in expected.errors]
    assert list(found.errors[:2]) == [None, None]
    assert found.errors[2] is not None


def test_where_the_engine_does_not_work_casting_stays_with_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptance.fast, "available", lambda: False)
    checked = Acceptance(lambda *_: pytest.fail("the engine was used"), load_after=1)
    checked._load()
    assert not checked._ready.is_set()
    checked.verify(election(), ballots()[0].raw, None)


WRONG: list[tuple[str, Callable[..., Any], str]] = [
    ("is_zero_sum", lambda points, scalars, count: False, "a sum of two known points"),
    ("members", lambda points: np.array([True, False]), "membership of two known points"),
    ("are_members_in_bulk", lambda points: False, "membership of two known points"),
    ("extend", lambda points: selfcheck.multiply_ballots([points, points], 2), "encoding"),
    ("multiply_ballots", lambda ballots, count: selfcheck.extend(ballots[0])[:count], "the product of two ballots"),
    (
        "multiply_ranges",
        lambda points, ranges: selfcheck.extend(points)[:2],
        "the product of two choices",
    ),
    ("implied", lambda *arguments: arguments[-1].__setitem__(0, arguments[0][0] * 0 + 1), "implied commitments"),
]


@pytest.mark.parametrize(("name", "answer", "words"), WRONG, ids=[one[0] for one in WRONG])
def test_each_compiled_function_is_held_to_a_known_answer(
    monkeypatch: pytest.MonkeyPatch, name: str, answer: Callable[..., Any], words: str
) -> None:
    selfcheck.check_arithmetic()
    monkeypatch.setattr(selfcheck, name, answer)
    with pytest.raises(selfcheck.WrongArithmetic, match=words):
        selfcheck.check_arithmetic()


# --- hints -----------------------------------------------------------------------------------------------------------


def test_commitments_that_are_no_points_are_of_no_use_and_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    one = ballots()[0]
    monkeypatch.setattr(batch, "hashes_match", lambda *_: True)
    junk = b"\xff" * len(one.commitments)
    found = accept(election(), [one.raw], [junk])
    assert [each is not None for each in found] == [True]


def test_a_sidecar_that_cannot_even_be_looked_for_is_none(tmp_path: Path) -> None:
    archive = tmp_path / ("a" * (255 - len(".bel")) + ".bel")
    archive.write_bytes(b"")  # the longest name that there can be: that of its sidecar cannot
    with checking._hints_of(archive, 32) as hints:
        assert [next(hints) for _ in range(3)] == [None, None, None]


# --- processes -------------------------------------------------------------------------------------------------------


def work(cast: Cast) -> checking.Work:
    return BallotRules.of(election(), bytes(32)), (NumberedBallot(1, cast.raw),), (None,)


def broken(work: checking.Work) -> Future[ChunkFindings]:
    raise BrokenProcessPool("a process died")


def test_chunks_that_no_process_takes_any_more_are_computed_here() -> None:
    works = [work(one) for one in ballots()]
    found = list(checking._in_order(works, broken, 1))
    assert found == [check_ballots(rules, chunk) for rules, chunk, _ in works]
    assert [part.ballots for part in found] == [1, 1]


# --- where compiled code is kept -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "environment", "ending"),
    [
        ("win32", {"LOCALAPPDATA": "C:/local"}, ("C:/local",)),
        ("win32", {}, ("AppData", "Local")),
        ("darwin", {}, ("Library", "Caches")),
        ("linux", {"XDG_CACHE_HOME": "/cache"}, ("/cache",)),
        ("linux", {}, (".cache",)),
    ],
)
def test_compiled_code_lies_where_the_system_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, environment: dict[str, str], ending: tuple[str, ...]
) -> None:
    monkeypatch.setattr(compiled.sys, "platform", platform)
    for name in ("LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    expected = Path(*ending) if environment else tmp_path.joinpath(*ending)
    assert compiled._user_cache() == expected


def test_where_users_have_no_numbers_the_folder_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compiled, "_user_cache", lambda: tmp_path)
    folder = compiled._cache_folder()
    assert folder is not None
    Path(folder).chmod(0o777)
    assert compiled._cache_folder() is None
    monkeypatch.delattr(os, "getuid")
    assert compiled._cache_folder() == folder
