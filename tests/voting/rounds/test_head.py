"""A tie that the head decided: record and decision together feed the next step, and the chain names every break."""

from functools import cache
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from keys.files.signing import new_signing_key
from tally.signing.signatures import sign_decision_with
from tally.signing.signers import KeySigner
from tests.sittings import changed
from tests.voting.rounds.conferences import conference_for
from tests.voting.rounds.office import (
    KEY,
    attendance,
    everybody_agrees,
    hold,
    meeting,
    office_round,
    read,
    record_of,
    signed,
)
from voting.documents.bundles.head_decision import HeadDecision, decision_hash, head_decision, unsigned_head_decision
from voting.documents.bundles.ledger import Ledger, ledger_problems
from voting.documents.bundles.step_chain import chain_problems
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Conference, Selection
from voting.documents.envelope import sign_envelope, write_envelope
from voting.documents.errors import DocumentError, InvalidHeadDecision, UnsignedDocument
from voting.documents.record import HEAD_DECISION_TYPE, Record
from voting.people.errors import NotFinal, WrongDocument, WrongTurn
from voting.rounds.filing import Filed, file_documents
from voting.rounds.ledger import begin, close, decide, decisions_in_force
from voting.rounds.outcome import outcomes
from voting.rounds.papers import papers_for
from voting.rounds.round import Round, step_of

VOTES = {"d0": 10, "d1": 8, "d2": 8, "d3": 8, "o0": 5}
PLACES = 2


@cache
def tied_step() -> tuple[Round, tuple[bytes, ...]]:
    """Step 2 of CUR-DEPT whose first paper takes two: one stands above, three are level for one place."""
    plan = office_round("CUR-DEPT")
    first = file_documents(hold(plan, 1, (), everybody_agrees), read)
    whole = conference_for(plan, 2, meeting(plan, step_of(plan, 2)), attendance(13), first)
    top = msgspec.structs.replace(whole.papers[0], selection=Selection("top", PLACES))
    conference: Conference = msgspec.structs.replace(whole, papers=(top, *whole.papers[1:]))
    return plan, (signed(record_of(conference, lambda *_: VOTES)),)


def first_step() -> tuple[Filed, ...]:
    return file_documents(hold(tied_step()[0], 1, (), everybody_agrees), read)


def tied_record() -> Record:
    record = read(tied_step()[1][0])
    assert isinstance(record, Record) and record.papers[0].verdict.status == "awaiting_head"
    return record


def decision(chosen: tuple[str, ...] = ("d2",), **changes: Any) -> HeadDecision:
    plain = head_decision(tied_record(), 1, chosen, "Đúng cơ cấu", "2022-04-02")
    return msgspec.structs.replace(plain, **changes)


def by_head(one: HeadDecision) -> bytes:
    return write_envelope(sign_envelope(canonical(one), HEAD_DECISION_TYPE, KEY))


def filed(*heads: bytes) -> tuple[Filed, ...]:
    return file_documents(tied_step()[1], read, heads)


def names(paper: Any) -> list[str]:
    return [one.id for one in paper.candidates]


def test_the_next_step_is_refused_until_the_head_decides() -> None:
    plan, _ = tied_step()
    with pytest.raises(NotFinal):
        papers_for(plan, 3, filed())


def test_record_and_decision_together_give_the_next_list_and_setup_names_both() -> None:
    plan, _ = tied_step()
    files, one = filed(by_head(decision())), decision()
    following = papers_for(plan, 3, files)
    assert names(following[0]) == ["d0", "d2"]
    assert [each.decision for paper in following for each in paper.previous] == [decision_hash(one), UNSET]
    concluded = {each.person: each.votes[-1].outcome for each in outcomes(plan, (*first_step(), *files)) if each.votes}
    assert (concluded["d0"], concluded["d2"], concluded["d1"]) == ("selected", "selected", "not_selected")


def test_an_open_tie_is_called_tied_in_what_came_of_the_round() -> None:
    plan, _ = tied_step()
    found = {each.person: each.votes[-1].outcome for each in outcomes(plan, (*first_step(), *filed())) if each.votes}
    assert (found["d0"], found["d1"], found["d2"]) == ("selected", "tied", "tied")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "of another record": ({"record": "0" * 64}, "of another record"),
    "of another paper": ({"paper": 3}, "paper 1 to 2 expected, 3 found"),
    "too many": ({"chosen": ("d1", "d2")}, "chosen must name 1 of the tied group"),
    "outside the group": ({"chosen": ("d0",)}, "not in the tied group"),
    "before the count": ({"on": "2022-04-01"}, "before the count"),
    "by somebody else": ({"by": "Ai đó"}, "the head that Setup names"),
}


@pytest.mark.parametrize(("changes", "words"), WRONG.values(), ids=WRONG)
def test_a_decision_that_does_not_fit_never_goes_on_file(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidHeadDecision, match=words):
        filed(by_head(decision(**changes)))


def test_a_decision_that_the_head_did_not_sign_never_goes_on_file() -> None:
    with pytest.raises(UnsignedDocument, match="awaiting signature of Bạc Cầm Chánh"):
        filed(unsigned_head_decision(decision()))
    stranger = write_envelope(sign_envelope(canonical(decision()), HEAD_DECISION_TYPE, new_signing_key()))
    with pytest.raises(UnsignedDocument, match="awaiting signature"):
        filed(stranger)
    with pytest.raises(DocumentError):
        filed(tied_step()[1][0])


def test_a_second_decision_on_a_paper_is_refused_and_the_same_one_is_not() -> None:
    with pytest.raises(WrongDocument, match="the head has decided already"):
        filed(by_head(decision()), by_head(decision(("d1",))))
    again = sign_decision_with(unsigned_head_decision(decision()), [KeySigner(KEY)], tied_record())
    assert filed(by_head(decision()), again)[0].decisions == (decision(),)


# --- the chain -------------------------------------------------------------------------------------------------------


@cache
def chained() -> dict[str, Any]:
    """The documents of three steps, the third built on the head's decision."""
    plan, _ = tied_step()
    files = (*first_step(), *filed(by_head(decision())))
    files = (*files, *file_documents(hold(plan, 3, files, everybody_agrees), read))
    return {one.sha256: one.document for one in files}


def named(value: Any) -> dict[str, Any]:
    """The documents with another decision named by the step after."""
    found = dict(chained())
    for sha256, one in found.items():
        if isinstance(one, Record) and one.conference.papers[0].step == 3:
            papers = tuple(msgspec.structs.replace(paper, previous=tuple(
                msgspec.structs.replace(each, decision=value) if each.decision is not UNSET else each
                for each in paper.previous)) for paper in one.conference.papers)  # fmt: skip
            conference = msgspec.structs.replace(one.conference, papers=papers)
            found[sha256] = msgspec.structs.replace(one, conference=conference)
    return found


def test_a_chain_with_the_heads_decision_holds() -> None:
    assert list(chain_problems(chained(), decisions=[decision()])) == []


def test_a_missing_decision_that_a_later_step_used_is_named() -> None:
    problems = list(chain_problems(chained()))
    assert any(
        "the head's decision on the tie in the record of CUR-DEPT, step 2, paper 1" in one for one in problems
    )


def test_a_tie_that_nothing_was_taken_from_may_be_open() -> None:
    files = (*first_step(), *filed())
    assert list(chain_problems({one.sha256: one.document for one in files})) == []


def test_a_step_after_an_open_tie_that_takes_nothing_from_it_is_named() -> None:
    plan, _ = tied_step()
    files = (*first_step(), *filed(by_head(decision())))
    records = file_documents(hold(plan, 3, files, everybody_agrees), read)
    cut = [
        Filed(one.sha256, msgspec.structs.replace(
            one.document, conference=changed(one.document.conference, previous=())))
        for one in records if isinstance(one.document, Record)
    ]  # fmt: skip
    documents = {one.sha256: one.document for one in (*files, *cut)}
    problems = list(chain_problems(documents))
    assert any("record of CUR-DEPT, step 2, paper 1" in one and "does not take up" in one for one in problems)


BREAKS: dict[str, tuple[Any, list[HeadDecision], str]] = {
    "another one on file": (None, [decision(("d1",))], "another decision of the head named"),
    "none named": (UNSET, [decision()], "another decision of the head named"),
    "another one named": ("0" * 64, [decision()], "another decision of the head named"),
    "two on file": (None, [decision(), decision(("d1",))], "two decisions of the head on paper 1"),
}


@pytest.mark.parametrize(("value", "heads", "words"), BREAKS.values(), ids=BREAKS)
def test_every_break_at_a_decision_is_named(value: Any, heads: list[HeadDecision], words: str) -> None:
    documents = chained() if value is None else named(value)
    assert any(words in one for one in chain_problems(documents, decisions=heads))


# --- the ledger ------------------------------------------------------------------------------------------------------


def ledger_of(*decisions: str) -> Ledger:
    plan, _ = tied_step()
    ledger = Ledger()
    for step, files in ((1, first_step()), (2, filed())):
        uuid = next((one.document.uuid for one in files if isinstance(one.document, Record)), "")
        ledger = close(begin(ledger, plan, step, f"{uuid}{step}"), step, tuple(one.sha256 for one in files))
    return decide(ledger, 2, decisions) if decisions else ledger


def test_the_ledger_names_decisions_once_with_the_sitting_of_their_records() -> None:
    documents = {one.sha256: one.document for one in (*first_step(), *filed())}
    ledger = ledger_of("aa", "aa")
    assert decisions_in_force(ledger) == ("aa",)
    said = [one for one in ledger_problems(ledger, documents, {"aa": decision()}) if "decision" in one]
    assert said == []
    for heads, words in (({}, "decision aa is not on file"),
                         ({"aa": decision(), "bb": decision()}, "decision bb is on file and in no sitting"),
                         ({"aa": decision(record="0" * 64)}, "is of no record of the sitting")):  # fmt: skip
        assert any(words in one for one in ledger_problems(ledger, documents, heads))


def test_a_step_that_is_not_signed_takes_no_decision() -> None:
    with pytest.raises(WrongTurn, match="signed records expected first"):
        decide(ledger_of(), 3, ("aa",))
