"""Those who come while others are served are served together, and each hears of their own."""

import threading
from collections.abc import Sequence

import pytest

from voting.documents.ballots.batches import BatchQueue, at_most

PATIENCE = 60  # seconds until a test gives up


class Counter:
    """Serves numbers, doubled; odd ones are refused, and nothing is served before `opened` is set."""

    def __init__(self, most: int) -> None:
        self.groups: list[list[int]] = []
        self.opened, self.begun = threading.Event(), threading.Event()
        self.queue = BatchQueue[int, int](self.serve, at_most(most))

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
                heard[number] = self.queue.wait(number)
            except (ValueError, OSError) as error:
                heard[number] = error

        threads = [threading.Thread(target=wait, args=(number,)) for number in numbers]
        threads[0].start()
        assert self.begun.wait(PATIENCE)
        for thread in threads[1:]:
            thread.start()
        for _ in range(PATIENCE * 1000):
            if len(self.queue._waiting) == len(numbers) - 1:
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
    assert counter.queue.wait(8) == 16


def test_a_refusal_is_raised() -> None:
    counter = Counter(most=1)
    counter.opened.set()
    with pytest.raises(ValueError, match="7"):
        counter.queue.wait(7)


def test_too_few_results_are_none_and_leave_nobody_waiting() -> None:
    results: list[list[int | Exception]] = [[], [4]]
    queue = BatchQueue[int, int](lambda _: results.pop(0), at_most(1))
    with pytest.raises(RuntimeError, match="1 results expected, 0 found"):
        queue.wait(2)
    heard: list[int] = []
    thread = threading.Thread(target=lambda: heard.append(queue.wait(2)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert heard == [4]


@pytest.mark.parametrize("number", [0, -1, 99])
def test_a_cut_takes_one_item_at_least_and_no_more_than_wait(number: int) -> None:
    groups: list[list[int]] = []

    def serve(group: Sequence[int]) -> Sequence[int]:
        groups.append(list(group))
        return group

    assert BatchQueue[int, int](serve, at_most(number)).wait(2) == 2
    assert groups == [[2]]


def test_a_cut_is_told_all_that_wait_the_front_first() -> None:
    counter, told = Counter(most=10), list[list[int]]()

    def cut(waiting: Sequence[int]) -> int:
        told.append(list(waiting))
        return 1

    counter.queue = BatchQueue[int, int](counter.serve, cut)
    heard = counter.come([2, 4, 6, 8])
    assert [len(each) for each in told] == [1, 3, 2, 1]
    assert [each[1:] for each in told[1:]] == [*told[2:], []]
    assert counter.groups == [each[:1] for each in told]
    assert heard == {2: 4, 4: 8, 6: 12, 8: 16}


def test_a_cut_that_fails_takes_its_own_item_back_and_leaves_nobody_waiting() -> None:
    fails, groups = [ZeroDivisionError("cut")], list[list[int]]()

    def cut(_: Sequence[int]) -> int:
        if fails:
            raise fails.pop()
        return 2

    def serve(group: Sequence[int]) -> list[int]:
        groups.append(list(group))
        return [one + 1 for one in group]

    queue = BatchQueue[int, int](serve, cut)
    with pytest.raises(ZeroDivisionError):
        queue.wait(1)
    heard: list[int] = []
    thread = threading.Thread(target=lambda: heard.append(queue.wait(2)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert (heard, groups) == ([3], [[2]])


def test_who_ends_a_batch_from_outside_leaves_nobody_waiting_and_nothing_served() -> None:
    counter, heard = Counter(most=10), dict[int, object]()
    ended = threading.Event()

    def serve(group: Sequence[int]) -> list[int | Exception]:
        if 7 in group and not ended.is_set():
            ended.set()
            raise KeyboardInterrupt
        return counter.serve(group)

    counter.opened.set()
    queue = BatchQueue[int, int](serve, at_most(10))
    with pytest.raises(KeyboardInterrupt):
        queue.wait(7)
    thread = threading.Thread(target=lambda: heard.update({2: queue.wait(2)}), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert heard == {2: 4}
    assert counter.groups == [[2]]


def test_each_of_many_threads_hears_of_its_own_items_and_of_each_once() -> None:
    served: list[int] = []

    def serve(group: Sequence[int]) -> list[int | Exception]:
        served.extend(group)
        return [ValueError(str(one)) if one % 7 == 0 else -one for one in group]

    queue, wrong = BatchQueue[int, int](serve, at_most(3)), list[object]()

    def send(numbers: range) -> None:
        for number in numbers:
            try:
                found: object = queue.wait(number)
            except ValueError as error:
                found = str(error)
            if found != (str(number) if number % 7 == 0 else -number):
                wrong.append((number, found))

    threads = [threading.Thread(target=send, args=(range(at * 100, at * 100 + 100),), daemon=True) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []
    assert sorted(served) == list(range(800))
    assert not queue._waiting
