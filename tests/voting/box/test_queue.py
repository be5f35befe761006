"""Those who come while others are served are served together, and each hears of their own."""

import threading
from collections.abc import Sequence

import pytest

from voting.box.queue import Line

PATIENCE = 60  # seconds until a test gives up


class Counter:
    """Serves numbers, doubled; odd ones are refused, and nothing is served before `opened` is set."""

    def __init__(self, most: int) -> None:
        self.groups: list[list[int]] = []
        self.opened, self.begun = threading.Event(), threading.Event()
        self.line = Line[int, int](self.serve, most)

    def serve(self, group: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(group))
        self.begun.set()
        assert self.opened.wait(PATIENCE)
        if 13 in group:
            raise OSError("the disk is full")
        return [ValueError(str(one)) if one % 2 else 2 * one for one in group]

    def come(self, numbers: Sequence[int]) -> dict[int, object]:
        """Let the first one be served while all the others come; return what each heard."""
        heard: dict[int, object] = {}

        def wait(number: int) -> None:
            try:
                heard[number] = self.line.wait(number)
            except (ValueError, OSError) as error:
                heard[number] = error

        threads = [threading.Thread(target=wait, args=(number,)) for number in numbers]
        threads[0].start()
        assert self.begun.wait(PATIENCE)
        for thread in threads[1:]:
            thread.start()
        for _ in range(PATIENCE * 1000):
            if len(self.line._waiting) == len(numbers) - 1:
                break
            threading.Event().wait(0.001)
        self.opened.set()
        for thread in threads:
            thread.join(PATIENCE)
        return heard


def test_who_comes_meanwhile_is_served_in_the_next_group_and_hears_of_their_own() -> None:
    counter = Counter(most=10)
    heard = counter.come([2, 4, 5, 6])
    assert [len(group) for group in counter.groups] == [1, 3]
    assert (heard[2], heard[4], heard[6]) == (4, 8, 12)
    assert str(heard[5]) == "5"


def test_groups_are_cut() -> None:
    counter = Counter(most=2)
    counter.come([2, 4, 6, 8, 10])
    assert [len(group) for group in counter.groups] == [1, 2, 2]


def test_what_goes_wrong_with_a_group_goes_wrong_for_each_of_it_and_nobody_else() -> None:
    counter = Counter(most=10)
    heard = counter.come([2, 4, 13])
    assert heard[2] == 4
    assert [str(heard[number]) for number in (4, 13)] == ["the disk is full"] * 2
    assert counter.line.wait(8) == 16


def test_a_refusal_is_raised() -> None:
    counter = Counter(most=1)
    counter.opened.set()
    with pytest.raises(ValueError, match="7"):
        counter.line.wait(7)


def test_too_few_results_are_none_and_leave_nobody_waiting() -> None:
    results: list[list[int | Exception]] = [[], [4]]
    line = Line[int, int](lambda _: results.pop(0), most=1)
    with pytest.raises(RuntimeError, match="1 results expected, 0 found"):
        line.wait(2)
    heard: list[int] = []
    thread = threading.Thread(target=lambda: heard.append(line.wait(2)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert heard == [4]
