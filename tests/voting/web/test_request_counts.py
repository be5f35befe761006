"""Counters of requests: they count, run out, and do not grow without end."""

import pytest
from limits.storage import storage_from_string

from voting.web import request_counts
from voting.web.request_counts import RoomCounts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of a clock that tests set."""
    now = [100.0]
    monkeypatch.setattr(request_counts.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(request_counts.time, "time", lambda: 1_000.0)
    return now


def test_each_key_has_a_count_of_its_own(clock: list[float]) -> None:
    counts = RoomCounts()
    assert [counts.incr("a", 60), counts.incr("a", 60), counts.incr("b", 60, amount=3)] == [1, 2, 3]
    assert (counts.get("a"), counts.get("b"), counts.get("c")) == (2, 3, 0)


def test_a_count_runs_out_and_begins_anew(clock: list[float]) -> None:
    counts = RoomCounts()
    counts.incr("a", 60)
    clock[0] += 59
    assert (counts.incr("a", 60), counts.get_expiry("a")) == (2, 1_001.0)
    clock[0] += 1
    assert (counts.get("a"), counts.get_expiry("a")) == (0, 1_000.0)
    assert (counts.incr("a", 60), counts.get_expiry("a")) == (1, 1_060.0)


def test_one_count_or_all_can_be_forgotten(clock: list[float]) -> None:
    counts = RoomCounts()
    for key in "abc":
        counts.incr(key, 60)
    counts.clear("a")
    counts.clear("never counted")
    assert (counts.get("a"), counts.get("b")) == (0, 1)
    assert (counts.reset(), counts.reset(), counts.get("b")) == (2, 0, 0)


def test_counts_that_ran_out_do_not_stay_in_memory(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_counts, "_MANY", 10)
    counts = RoomCounts()
    for number in range(100):
        counts.incr(f"made up {number}", 60)
        clock[0] += 10
    assert counts.reset() <= 10


def test_the_library_finds_them_by_their_scheme() -> None:
    found = storage_from_string("room://")
    assert isinstance(found, RoomCounts)
    assert found.check()
