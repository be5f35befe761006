"""The ledger and the documents on file say the same, or the difference is named."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest

from tests.voting.rounds.office import held, office_round
from voting.documents.bundles.ledger import (
    Annulment,
    Ledger,
    Sitting,
    annulled_documents,
    ledger_problems,
    parse_ledger,
)
from voting.documents.canonical import canonical
from voting.documents.errors import NotCanonical

WHY = Annulment("integrity", "Sự cố", "Chánh Văn phòng", "2022-04-05")


@cache
def round_held() -> tuple[Ledger, dict[str, Any]]:
    ledger, files, _ = held(office_round("NEXT-OFFICE"))
    return ledger, {one.sha256: one.document for one in files}


def changed(at: int, **changes: Any) -> Ledger:
    sittings = list(round_held()[0].sittings)
    sittings[at] = msgspec.structs.replace(sittings[at], **changes)
    return Ledger(tuple(sittings))


def box_of(at: int) -> str:
    """The uuid that the documents of a sitting name; the tests' own boxes all have one name."""
    ledger, documents = round_held()
    document = documents[ledger.sittings[at].documents[0]]
    return getattr(document, "uuid", "")


@cache
def matching() -> Ledger:
    """The ledger with the uuids of the records that it lists."""
    ledger = round_held()[0]
    return Ledger(tuple(msgspec.structs.replace(one, uuid=box_of(at)) for at, one in enumerate(ledger.sittings)))


def test_a_ledger_is_read_back_and_agrees_with_its_documents() -> None:
    assert parse_ledger(canonical(matching())) == matching()
    assert list(ledger_problems(matching(), round_held()[1], {})) == []
    assert annulled_documents(matching()) == frozenset()
    states = ("held", "signed", "annulled")
    assert [Sitting(2, 1, "", state).is_signed for state in states] == [False, True, False]


def with_sittings(*sittings: Sitting) -> Ledger:
    return Ledger((*matching().sittings[:-1], *sittings))


def annulled(**changes: str) -> Sitting:
    """The last sitting, annulled before it left any document."""
    why = msgspec.structs.replace(WHY, **changes)
    return msgspec.structs.replace(matching().sittings[LAST], state="annulled", documents=(), annulment=why)


LAST = -1


def with_sittings_of(first: int, second: int) -> Ledger:
    """Two sittings, each with the other's documents and election."""
    sittings = list(matching().sittings)
    one, other = sittings[first], sittings[second]
    sittings[first] = msgspec.structs.replace(one, documents=other.documents, uuid=other.uuid)
    sittings[second] = msgspec.structs.replace(other, documents=one.documents, uuid=one.uuid)
    return Ledger(tuple(sittings))


PROBLEMS: dict[str, tuple[Callable[[], Ledger], str]] = {
    "a document that is not there": (
        lambda: with_sittings(msgspec.structs.replace(matching().sittings[LAST], documents=("ff" * 32,))),
        "ffffffffffffffff is not on file"),
    "a document of no sitting": (lambda: with_sittings(), "in no sitting"),
    "a document of two sittings": (
        lambda: with_sittings(matching().sittings[LAST], matching().sittings[LAST]), "in two sittings"),
    "a step signed twice": (
        lambda: with_sittings(matching().sittings[LAST], matching().sittings[LAST]), "turn 5 is signed twice"),
    "annulled without a reason": (
        lambda: with_sittings(msgspec.structs.replace(matching().sittings[LAST], state="annulled")), "go together"),
    "documents of two turns exchanged": (
        lambda: with_sittings_of(3, 4), "turn 4: step 4 of NEXT-OFFICE expected, 5 found"),
    "a sitting that goes on": (
        lambda: with_sittings(msgspec.structs.replace(matching().sittings[LAST], state="held")), "neither signed nor"),
    "signed with nothing": (
        lambda: with_sittings(msgspec.structs.replace(matching().sittings[LAST], documents=())), "without a document"),
    "sittings turned round": (lambda: Ledger(matching().sittings[::-1]), "a turn from 1 to 1 expected"),
    "two sittings exchanged": (
        lambda: Ledger((*matching().sittings[:3], matching().sittings[4], matching().sittings[3])),
        "one after the other"),
    "annulled by nobody": (
        lambda: with_sittings(annulled(by=" "), matching().sittings[LAST]), "an annulment without by"),
    "annulled without words": (
        lambda: with_sittings(annulled(words=""), matching().sittings[LAST]), "an annulment without words"),
    "annulled by somebody with marks in the name": (
        lambda: with_sittings(annulled(by="a\u202eb"), matching().sittings[LAST]), "the text .* is"),
    "annulled on a day in another spelling": (
        lambda: with_sittings(annulled(on="20220405"), matching().sittings[LAST]), "as YYYY-MM-DD expected"),
    "annulled on no day": (
        lambda: with_sittings(annulled(on="2022-04-31"), matching().sittings[LAST]), "as YYYY-MM-DD expected"),
    "the attempt before the first": (
        lambda: with_sittings(msgspec.structs.replace(matching().sittings[LAST], attempt=-1)), "attempt 1 expected"),
    "a second attempt that is called the first": (
        lambda: with_sittings(annulled(), matching().sittings[LAST]), "attempt 2 expected"),
    "a step before the first": (
        lambda: Ledger((Sitting(0, 1, "", "signed", ("ff" * 32,)), *matching().sittings)), "from 1 to 1 expected"),
    "held again while the first is in force": (
        lambda: Ledger((*matching().sittings, msgspec.structs.replace(matching().sittings[LAST], attempt=2))),
        "without their annulment"),
    "an earlier step annulled under a later one": (
        lambda: changed(2, state="annulled", annulment=WHY), "one after the other"),
    "another election": (
        lambda: with_sittings(msgspec.structs.replace(matching().sittings[LAST], uuid="other")), "election 'box'"),
}  # fmt: skip


@pytest.mark.parametrize(("ledger", "message"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_every_difference_is_named(ledger: Callable[[], Ledger], message: str) -> None:
    assert any(re.search(message, problem) for problem in ledger_problems(ledger(), round_held()[1], {}))


def test_a_step_that_was_annulled_and_held_again_agrees_with_its_documents() -> None:
    again = msgspec.structs.replace(matching().sittings[LAST], attempt=2)
    assert list(ledger_problems(with_sittings(annulled(), again), round_held()[1], {})) == []


def test_documents_of_annulled_sittings_are_known() -> None:
    ledger = changed(LAST, state="annulled", annulment=WHY)
    assert annulled_documents(ledger) == frozenset(ledger.sittings[LAST].documents)


@pytest.mark.parametrize("raw", [b"", b"{}x", b'{"sittings": []}', b'{"sittings":[],"more":1}', b"[]"])
def test_another_spelling_of_a_ledger_is_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_ledger(raw)


def test_a_decision_of_the_head_stands_in_one_sitting() -> None:
    sittings = [msgspec.structs.replace(one, decisions=("ab" * 32,)) for one in matching().sittings[:2]]
    for listed, twice in ((sittings, True), (sittings[:1], False)):
        ledger = Ledger((*listed, *matching().sittings[len(listed) :]))
        found = list(ledger_problems(ledger, round_held()[1], {}))
        assert ("ledger: a decision stands in two sittings" in found) is twice
        assert f"ledger: decision {'ab' * 8} is not on file" in found
