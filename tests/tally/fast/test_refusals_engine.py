"""Where the engine cannot be used or is wrong: it is noticed before anybody relies on it, and costs time alone."""

import functools
import importlib.util
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.group import BASE
from tally import fast
from tally.audit.ballots import BallotRules, ChunkFindings, NumberedBallot, check_ballots
from tally.audit.engines import checking
from tally.fast import acceptance, batch
from tally.fast.acceptance import Acceptance
from tally.fast.arithmetic import compiled, curve, field, powers, selfcheck, sums
from tally.fast.batch import accept
from tally.fast.chunk import verify_chunk_one_by_one
from tests.tally.fast.ballots import AGREE, LIST, Cast, cast, make_election
from voting.documents.conferences.election import Election


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


@given(a=st.integers(0, field.P - 1), b=st.integers(0, field.P - 1))
@settings(max_examples=20)
def test_products_compiled_anew_are_those_of_python(a: int, b: int) -> None:
    multiply, square = compiled_anew()
    assert field.number(multiply(field.limbs(a), field.limbs(b))) == a * b % field.P
    assert field.number(square(field.limbs(a))) == a * a % field.P


@functools.cache
def compiled_anew() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The two functions that write LLVM code themselves, whatever is in the cache."""
    multiply, square = field.multiply, field.square
    return numba.njit(lambda a, b: multiply(a, b)), numba.njit(lambda a: square(a))


def test_a_table_of_what_is_no_point_is_not_made() -> None:
    for base in (b"\xff" * 32, b"", bytes(BASE) * 2):
        with pytest.raises(ValueError, match="the base of a table is not a point"):
            powers.table_of(base)


@pytest.mark.parametrize("shape", [(1, 4), (2, 3)])
def test_a_sum_takes_one_number_of_four_words_for_each_point(shape: tuple[int, int]) -> None:
    points = curve.decode(bytes(BASE) * 2)[0]
    with pytest.raises(ValueError, match="one number of four words for each decoded point"):
        sums.is_zero_sum(points, np.zeros(shape, dtype=np.uint64), 0)


# --- hints -----------------------------------------------------------------------------------------------------------


def test_commitments_that_are_no_points_are_of_no_use_and_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    one = ballots()[0]
    monkeypatch.setattr(batch, "hashes_match", lambda *_: True)
    junk = b"\xff" * len(one.commitments)
    found = accept(election(), [one.raw], [junk])
    assert [each is not None for each in found] == [True]


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
