"""Ballots that arrive together are verified together, and each sender hears of its own."""

import threading
from collections.abc import Sequence

import pytest

from tally.fast import acceptance
from tally.fast.acceptance import Acceptance, Errors, check_together
from tests.tally.fast.ballots import AGREE, Cast, cast, make_election, spoil
from voting.documents.ballots.ballot import EncryptedBallot, verify_ballot
from voting.documents.conferences.election import Election
from voting.documents.errors import DocumentError, NotCanonical

PATIENCE = 60  # seconds until a test gives up


@pytest.fixture(scope="module")
def election() -> Election:
    return make_election(AGREE)


@pytest.fixture(scope="module")
def ballots(election: Election) -> list[Cast]:
    return [cast(election, [[1, 0]]) for _ in range(4)]


class Gate:
    """A check that holds the first batch until as many senders wait as are named, and notes the batches."""

    def __init__(self, waiting: int) -> None:
        self.waiting, self.batches = waiting, list[int]()
        self.started, self.tick = threading.Event(), threading.Event()
        self.acceptance = Acceptance(self, load_after=0)

    def __call__(self, election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
        self.batches.append(len(raws))
        self.started.set()
        for _ in range(PATIENCE * 1000):
            if len(self.batches) > 1 or len(self.acceptance._queue._waiting) == self.waiting:
                break
            self.tick.wait(0.001)
        return check_together(election, raws, commitments)


def send(gate: Gate, election: Election, one: Cast, heard: dict[bytes, DocumentError | None]) -> threading.Thread:
    def verify() -> None:
        try:
            gate.acceptance.verify(election, one.raw, one.commitments)
            heard[one.raw] = None
        except DocumentError as error:
            heard[one.raw] = error

    thread = threading.Thread(target=verify)
    thread.start()
    return thread


def test_what_arrives_during_a_batch_becomes_the_next_one(election: Election, ballots: list[Cast]) -> None:
    gate, heard = Gate(waiting=4), dict[bytes, DocumentError | None]()
    bad = spoil(ballots[1])
    threads = [send(gate, election, ballots[0], heard)]
    assert gate.started.wait(PATIENCE)
    threads += [send(gate, election, one, heard) for one in (*ballots[1:], bad)]
    for thread in threads:
        thread.join(PATIENCE)
    assert gate.batches == [1, 4]
    assert {raw for raw, error in heard.items() if error is None} == {one.raw for one in ballots}
    assert isinstance(heard[bad.raw], DocumentError)


def test_batches_are_cut_and_elections_kept_apart(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "MOST_POINTS", 2 * 13)
    other = make_election(AGREE, uuid="AnotherE1ection")
    gate, heard = Gate(waiting=4), dict[bytes, DocumentError | None]()
    threads = [send(gate, election, ballots[0], heard)]
    assert gate.started.wait(PATIENCE)
    threads += [send(gate, election, one, heard) for one in ballots[1:]]
    threads.append(send(gate, other, cast(other, [[0, 1]]), heard))
    for thread in threads:
        thread.join(PATIENCE)
    assert max(gate.batches) <= 2
    assert sum(gate.batches) == 5
    assert list(heard.values()) == [None] * 5


def test_a_fault_of_the_engine_refuses_no_ballot(election: Election, ballots: list[Cast]) -> None:
    def broken(election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
        raise RuntimeError("the engine is broken")

    accepting = Acceptance(broken, load_after=0)
    accepting.verify(election, ballots[0].raw, None)
    with pytest.raises(NotCanonical):
        accepting.verify(election, b"{}", None)


def test_the_engine_is_loaded_when_enough_ballots_have_come(election: Election, ballots: list[Cast]) -> None:
    batches = list[int]()

    def check(election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
        batches.append(len(raws))
        return [None] * len(raws)

    accepting = Acceptance(check, load_after=2)
    accepting.verify(election, ballots[0].raw, None)
    with pytest.raises(NotCanonical):
        accepting.verify(election, b"{}", None)
    assert accepting._ready.wait(PATIENCE)
    assert batches == []
    accepting.verify(election, ballots[1].raw, None)
    assert batches == [1]


@pytest.mark.parametrize("found", [[], [None, None, None]])
def test_too_few_or_too_many_verdicts_are_none(
    election: Election, ballots: list[Cast], found: list[DocumentError | None]
) -> None:
    accepting = Acceptance(lambda *_: found, load_after=0)
    with pytest.raises(DocumentError):
        accepting.verify(election, spoil(ballots[0]).raw, None)
    accepting.verify(election, ballots[0].raw, None)


def test_a_fault_on_one_ballot_leaves_nobody_waiting(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither engine nor reference can verify the first ballot; the others are verified all the same."""

    def faulty(of: Election, ballot: EncryptedBallot) -> None:
        if ballot.raw == ballots[0].raw:
            raise MemoryError
        verify_ballot(of, ballot)

    def broken(election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
        raise MemoryError

    monkeypatch.setattr("tally.fast.acceptance.verify_ballot", faulty)
    accepting = Acceptance(broken, load_after=0)
    with pytest.raises(MemoryError):
        accepting.verify(election, ballots[0].raw, None)
    _verified_in_time(accepting, election, ballots[1])


def test_who_ends_a_batch_from_outside_leaves_nobody_waiting_and_nothing_accepted(
    election: Election, ballots: list[Cast]
) -> None:
    calls = list[int]()

    def stopped(election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
        calls.append(len(raws))
        if len(calls) == 1:
            raise KeyboardInterrupt
        return check_together(election, raws, commitments)

    accepting = Acceptance(stopped, load_after=0)
    with pytest.raises(KeyboardInterrupt):
        accepting.verify(election, ballots[0].raw, None)
    _verified_in_time(accepting, election, ballots[1])


def _verified_in_time(accepting: Acceptance, election: Election, one: Cast) -> None:
    thread = threading.Thread(target=accepting.verify, args=(election, one.raw, None), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_the_engine_is_loaded_ahead_once_where_it_was_asked_for(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, together = list[str](), list[int]()

    def available() -> bool:
        loads.append(threading.current_thread().name)
        return True

    def check(election: Election, raws: Sequence[bytes], commitments: Sequence[bytes | None]) -> Errors:
        together.append(len(raws))
        return [None] * len(raws)

    monkeypatch.setattr(acceptance.fast, "available", available)
    accepting = Acceptance(check, load_after=2)
    accepting.load()
    accepting.load()
    assert accepting._ready.wait(PATIENCE)
    for one in ballots:
        accepting.verify(election, one.raw, one.commitments)
    assert (loads, together) == (["load the fast engine"], [1, 1, 1, 1])
