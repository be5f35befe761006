"""The conference against Setup: enough tellers, each with a key of their own, no more cards or ballots than people."""

import dataclasses

import msgspec
import pytest

from keys import single
from keys.ceremony import protocol
from keys.trustees import Pedersen, Single, Trustees, encode_trustees, parse_trustees
from tally.audit.report import Findings
from tally.audit.setup.conference import check_conference, check_turnout
from tests.attacks.lab import Lab


def trustees(*items: Single | Pedersen) -> Trustees:
    return parse_trustees(encode_trustees(items))


def problems(lab: Lab, found: Trustees | None, cards: int | None = 5) -> list[str]:
    findings = Findings()
    check_conference(findings, lab.election, cards, found)
    return [place for finding in findings.findings for place in finding.first]


def test_the_conference_of_the_lab_is_in_order(lab: Lab) -> None:
    assert problems(lab, lab.trustees) == []


def test_nobody_opens_the_box_alone(lab: Lab) -> None:
    item = lab.trustees.items[0]
    assert isinstance(item, Pedersen)
    alone = Trustees((dataclasses.replace(item, threshold=1),), b"")
    assert problems(lab, alone) == ["trustees: at least 2 tellers must be needed to open the sum"]
    assert problems(lab, trustees(*(single.new_single()[1] for _ in range(3)))) == []


def test_every_teller_of_setup_is_named(lab: Lab) -> None:
    assert problems(lab, trustees(protocol.rehearse(4, 2)[0][0])) == ["trustees: 3 tellers expected, 4 found"]


@pytest.mark.parametrize("cards", [0, 4, 6])
def test_cards_are_those_drawn_and_the_spares(lab: Lab, cards: int) -> None:
    assert problems(lab, None, cards) == [f"credentials: 5 cards (drawn and spare) expected, {cards} found"]


def test_two_tellers_with_one_key_are_one_person(lab: Lab) -> None:
    conference = lab.election.conference
    assert conference is not None
    tellers = (conference.tellers[0], *conference.tellers[:2])
    election = dataclasses.replace(lab.election, conference=msgspec.structs.replace(conference, tellers=tellers))
    findings = Findings()
    check_conference(findings, election, 5, lab.trustees)
    assert any("election: two tellers have one signing key" in one for one in findings.findings[0].first)


def test_two_tellers_with_one_share_are_one_person(lab: Lab) -> None:
    mine, other = single.new_single()[1], single.new_single()[1]
    assert problems(lab, trustees(mine, other, mine)) == ["trustees: two tellers have one share"]


@pytest.mark.parametrize(
    ("role", "key_of", "problem"),
    [
        ("secretary", "chair", "keys: one key of two people: Chủ trì chair and Thư ký secretary"),
        ("chair", "desk_key", "keys: a key of the room's server is that of a person, too"),
        ("head", "receipt_key", "keys: a key of the room's server is that of a person, too"),
    ],
)
def test_nobody_signs_with_the_key_of_another(lab: Lab, role: str, key_of: str, problem: str) -> None:
    conference = lab.election.conference
    assert conference is not None
    found = getattr(conference, key_of)
    key = found if isinstance(found, str) else found.key
    person = msgspec.structs.replace(getattr(conference, role), key=key)
    election = dataclasses.replace(lab.election, conference=msgspec.structs.replace(conference, **{role: person}))
    findings = Findings()
    check_conference(findings, election, 5, lab.trustees)
    assert findings.findings[0].first == (problem,)


def test_the_head_may_be_in_the_chair(lab: Lab) -> None:
    conference = lab.election.conference
    assert conference is not None
    chair = msgspec.structs.replace(conference.chair, key=conference.head.key, name=conference.head.name)
    election = dataclasses.replace(lab.election, conference=msgspec.structs.replace(conference, chair=chair))
    findings = Findings()
    check_conference(findings, election, 5, lab.trustees)
    assert findings.findings[0].first == ()


@pytest.mark.parametrize(("ballots", "failed"), [(0, 0), (4, 0), (5, 1)])
def test_there_are_no_more_ballots_than_cards_drawn(lab: Lab, ballots: int, failed: int) -> None:
    findings = Findings()
    check_turnout(findings, lab.election, ballots)
    assert findings.findings[0].failed == failed


def test_an_election_without_a_conference_is_not_asked_for_one(lab: Lab) -> None:
    findings = Findings()
    check_conference(findings, dataclasses.replace(lab.election, conference=None), 99, lab.trustees)
    check_turnout(findings, dataclasses.replace(lab.election, conference=None), 99)
    assert findings.findings == ()
