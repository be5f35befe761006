"""Caps on unfinished requests: who goes where there are too many."""

import pytest

from voting.server.unfinished import Counter, Unfinished


class Ended(list[str]):
    """Names of the requests that were ended, in order."""

    def begin(self, counter: Counter, name: str, address: str) -> Unfinished:
        return counter.begin(address, lambda: self.append(name))


@pytest.fixture
def ended() -> Ended:
    return Ended()


def test_the_oldest_of_an_address_goes_where_it_has_too_many(ended: Ended) -> None:
    counter = Counter(per_address=2)
    for name in ("first", "second", "third", "fourth"):
        ended.begin(counter, name, "a")
    ended.begin(counter, "tablet", "b")
    assert ended == ["first", "second"]


def test_in_total_the_oldest_of_whoever_has_most_goes(ended: Ended) -> None:
    counter = Counter(per_address=9, in_total=4)
    ended.begin(counter, "tablet", "b")
    for name in ("first", "second", "third", "fourth"):
        ended.begin(counter, name, "a")
    assert ended == ["first"]


def test_a_whole_request_is_never_ended(ended: Ended) -> None:
    counter = Counter(per_address=1)
    whole = ended.begin(counter, "whole", "a")
    assert counter.whole(whole)
    for name in ("first", "second"):
        ended.begin(counter, name, "a")
    assert ended == ["first"]


def test_bytes_are_taken_from_whoever_holds_most(ended: Ended) -> None:
    counter = Counter(most_bytes=100)
    tablet = ended.begin(counter, "tablet", "b")
    counter.add(tablet, bytes(30))
    stranger = ended.begin(counter, "stranger", "a")
    counter.add(stranger, bytes(70))
    counter.add(tablet, bytes(1))
    assert ended == ["stranger"]
    counter.add(stranger, bytes(70))
    assert not stranger.body, "what still comes of it is dropped"
    assert counter.whole(tablet)


def test_whole_bodies_count_until_they_are_answered(ended: Ended) -> None:
    counter = Counter(most_bytes=100)
    first, second = (ended.begin(counter, name, name) for name in ("first", "second"))
    counter.add(first, bytes(80))
    assert counter.whole(first)
    counter.add(second, bytes(30))
    assert ended == ["second"], "the whole one stays, the other finds no room"
    counter.free(first)
    third = ended.begin(counter, "third", "third")
    counter.add(third, bytes(100))
    assert counter.whole(third)
