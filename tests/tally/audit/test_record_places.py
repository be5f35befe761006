"""Places of the audit of records: facts at their limits, every confirmation, signature, proof and word at its place."""

import dataclasses
import json
from typing import Any

import msgspec
import pytest

from keys.files.signing import keyid
from keys.group import Q
from tally.audit import Report
from tally.audit.facts import check_count, check_room
from tally.audit.opening_proofs import check_openings
from tally.audit.record import read_named
from tally.audit.report import Findings
from tally.audit.signatures import check_signatures
from tests.attacks.lab import Lab, counted
from tests.attacks.records import conference_of, confirmation, count_facts, envelope, papers, room_facts
from tests.tally.audit.reading import audited, said
from tests.tally.records import sample_record, team
from voting.documents.bundles.signers import signers_of
from voting.documents.canonical import canonical
from voting.documents.counted import NUMBERS
from voting.documents.envelope import Envelope
from voting.documents.facts import (
    CONFIRMATION_TYPE,
    FACTS_TYPE,
    Cards,
    ChairWord,
    Confirmation,
    Incident,
    SparesActivated,
)
from voting.documents.record import unsigned_record

RECORD = "record.json (paper 1)"


@pytest.fixture(scope="module")
def report(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The audit of a counted box."""
    return audited(counted(lab).raw(), tmp_path_factory.mktemp("box"))


# --- the room's facts ------------------------------------------------------------------------------------------------


def room(lab: Lab, report: Report, **changes: Any) -> list[str]:
    """What is said of honest facts after these changes, signed by the desk."""
    honest = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    facts, findings = msgspec.structs.replace(honest, **changes), Findings()
    signed = envelope(canonical(facts), FACTS_TYPE, lab, "desk")
    check_room(findings, report, conference_of(lab), "room", signed, facts)
    return said(findings)


@pytest.mark.parametrize(
    "changes",
    [
        {"spares_activated": (SparesActivated("lost", 1),)},
        {"incidents": (Incident("server_restarted", 1),)},
        {"cards": Cards(5, 4, 0, 1)},
        {"absent_excused": 0, "absent_unexcused": 1},
        {**dict.fromkeys(NUMBERS, 1), "audits": 0},
        {"closed": "2022-04-10T08:30:12+07:00"},
        {"opened": "2022-04-10T09:30:12+08:00", "closed": "2022-04-10T08:30:13+07:00"},
    ],
)
def test_facts_may_reach_their_limits(lab: Lab, report: Report, changes: dict[str, Any]) -> None:
    assert room(lab, report, **changes) == []


TIME = ["times with seconds and offset expected", "opened at another time than the archive says"]
TWO_REASONS = (SparesActivated("lost", 1), SparesActivated("lost", 1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spares_activated": (SparesActivated("lost", 0),)}, ["a number of spares activated is not positive"]),
        ({"spares_activated": TWO_REASONS}, ["2 spares activated, 1 made", "a reason for spares is duplicated"]),
        ({"cards": Cards(4, 4, -1, 1)}, ["a number of cards is negative"]),
        ({"absent_excused": 2, "absent_unexcused": -1}, ["a number of people absent is negative"]),
        ({"absent_excused": -1, "absent_unexcused": 2}, ["a number of people absent is negative"]),
        ({"absent_excused": 2}, ["those absent are not summoned - present"]),
        *(({name: -1}, [f"the number {name} is negative"]) for name in NUMBERS),
        ({"account_resets": -1}, ["a number of account resets is negative"]),
        ({"format": 2}, ["format 1 expected, 2 found"]),
        ({"opened": "2022-04-10T08:30:12.5+07:00"}, TIME),
        ({"opened": "2022-04-10T08:30:12"}, TIME),
        ({"format": 2, "audits": -1, "ballots": 4}, ["format 1 expected, 2 found", "3 ballots in the archive, 4 in the "
                                                      "facts", "the number audits is negative"]),
    ],
)  # fmt: skip
def test_just_beyond_a_limit_each_is_named_and_nothing_else(
    lab: Lab, report: Report, changes: dict[str, Any], words: list[str]
) -> None:
    assert room(lab, report, **changes) == [f"room: {one}" for one in words]


def test_a_box_that_was_never_closed_has_no_facts(lab: Lab, report: Report) -> None:
    never = dataclasses.replace(report, end_ballots="")
    assert room(lab, never) == ["room: the EndBallots event is not that of the archive"]


# --- confirmations ---------------------------------------------------------------------------------------------------


def confirmed(lab: Lab, report: Report, *others: Envelope) -> list[str]:
    """What is said where the first teller's confirmation is honest and these come after it."""
    return room(lab, report, confirmations=(confirmation(lab, report.setup_event, 1), *others))


def lacking(*owners: int) -> list[str]:
    """What is said of tellers who have not confirmed."""
    return [f"room: teller {one} (Kiểm phiếu viên {one}) has not confirmed this Setup" for one in owners]


def test_two_confirmations_that_are_none_stand_at_their_places(lab: Lab, report: Report) -> None:
    nothing = Envelope("e30=", CONFIRMATION_TYPE, ())
    second, third, *rest = confirmed(lab, report, nothing, nothing)
    assert second.startswith("room, confirmation 2: ") and third.startswith("room, confirmation 3: ")
    assert rest == lacking(2, 3)  # and nobody "is duplicated"


def test_a_confirmation_twice_hides_none_after_it(lab: Lab, report: Report) -> None:
    others = [confirmation(lab, report.setup_event, owner) for owner in (1, 2, 1, 3)]
    assert confirmed(lab, report, *others) == [
        "room, confirmation 2: teller 1 is duplicated",
        "room, confirmation 4: teller 1 is duplicated",
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"owner": 0}, CONFIRMATION_TYPE, "not of this Setup"),
        ({"owner": 4}, CONFIRMATION_TYPE, "not of this Setup"),
        ({}, FACTS_TYPE, "not of this Setup"),
        ({"uuid": "Another1111111"}, CONFIRMATION_TYPE, "not of this Setup"),
        ({"setup": "0" * 64}, CONFIRMATION_TYPE, "not of this Setup"),
        ({"threshold": 3}, CONFIRMATION_TYPE, "of another threshold or format"),
        ({"format": 2}, CONFIRMATION_TYPE, "of another threshold or format"),
        ({"owner": 2}, CONFIRMATION_TYPE, "not signed by teller 2"),
    ],
)
def test_a_confirmation_of_something_else_stands_at_its_place(
    lab: Lab, report: Report, changes: dict[str, Any], kind: str, words: str
) -> None:
    fields = {"format": 1, "uuid": lab.election.uuid, "setup": report.setup_event, "owner": 3, "threshold": 2}
    wrong = envelope(canonical(Confirmation(**fields | changes)), kind, lab, "3")
    found = confirmed(lab, report, wrong, confirmation(lab, report.setup_event, 2))
    assert found == [f"room, confirmation 2: {words}", *lacking(3)]


def test_without_readable_tellers_no_threshold_was_confirmed(lab: Lab, report: Report) -> None:
    found = room(lab, dataclasses.replace(report, trustees=None))
    assert found[:3] == [f"room, confirmation {one}: of another threshold or format" for one in (1, 2, 3)]


# --- the tellers' facts and proofs -----------------------------------------------------------------------------------


def count(lab: Lab, report: Report, **changes: Any) -> list[str]:
    """What is said of the count's facts after these changes."""
    findings = Findings()
    honest = count_facts(lab, counted(lab), report.end_ballots)
    check_count(findings, report, "count", msgspec.structs.replace(honest, **changes))
    return said(findings)


@pytest.mark.parametrize(("ballots", "kind", "sound"), [
    (0, "no_ballot", True), (1, "teller_absent", False), (1, "single_ballot", True), (2, "teller_absent", True),
])  # fmt: skip
def test_only_a_box_of_one_ballot_asks_for_the_chairs_word_on_it(
    lab: Lab, report: Report, ballots: int, kind: Any, sound: bool
) -> None:
    found = count(lab, dataclasses.replace(report, ballots=ballots), chair_words=(ChairWord(kind, "X", "y"),))
    assert found == ([] if sound else ["count: a box of a single ballot was opened without the chair's word"])


def test_a_count_may_end_in_the_second_in_which_it_began_and_has_one_format(lab: Lab, report: Report) -> None:
    assert count(lab, report, ended="2022-04-10T09:20:00+07:00") == []
    assert count(lab, report, ended="2022-04-10T09:19:59+07:00") == ["count: ends before it begins"]
    assert count(lab, report, format=2) == ["count: format 1 expected, 2 found"]


def test_a_count_of_an_election_that_cannot_be_read_is_of_another_one(lab: Lab, report: Report) -> None:
    assert count(lab, dataclasses.replace(report, election=None)) == ["count: of another election"]


def test_every_opening_proof_that_lacks_or_fails_is_named_with_its_teller(lab: Lab, report: Report) -> None:
    facts = count_facts(lab, counted(lab), report.end_ballots)
    first, last = facts.opening_proofs
    wrong = [msgspec.structs.replace(one, response=str((int(one.response) + 1) % Q)) for one in (first, last)]
    for proofs, words in (((), "the opening proof is missing"), (wrong, "does not verify")):
        findings = Findings()
        other = msgspec.structs.replace(facts, opening_proofs=tuple(proofs))
        check_openings(findings, report, lab.election, "count", other)
        one, three = said(findings)
        assert one.startswith("count, teller 1 (Kiểm phiếu viên 1): ") and words in one
        assert three.startswith("count, teller 3 (Kiểm phiếu viên 3): ") and words in three
    findings = Findings()
    nobody = dataclasses.replace(lab.election, conference=None)
    check_openings(findings, report, nobody, "count", msgspec.structs.replace(facts, opening_proofs=()))
    assert said(findings) == [f"count, teller {owner}: the opening proof is missing" for owner in (1, 3)]


# --- signatures and the head's words ---------------------------------------------------------------------------------


def test_every_wrong_signature_stands_at_its_number(lab: Lab) -> None:
    fields = json.loads(papers(lab, counted(lab)).sign())
    found = fields["signatures"]
    names = {keyid(one.key): one.name for one in signers_of(conference_of(lab))}
    first, third = (names[found[at]["keyid"]] for at in (0, 2))
    found[0]["sig"], found[2]["sig"] = found[2]["sig"], found[0]["sig"]
    found.append({"keyid": "0" * 64, "sig": found[1]["sig"]})
    raw = json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()
    findings, conference = Findings(), conference_of(lab)
    check_signatures(findings, conference, "record", read_named("record.json", raw).envelope)
    assert said(findings) == [
        f"record: signature 1: of {first} does not verify",
        f"record: signature 3: of {third} does not verify",
        "record: signature 6: by nobody of Setup",
    ]
    assert sum(one.examined for one in findings.findings) == 1 + 6 + 5


def test_whoever_has_a_key_signs_and_whoever_signs_on_paper_is_not_awaited() -> None:
    record = sample_record(1, people=team("teller-2", "chair"))
    findings = Findings()
    signed = read_named("record.json", unsigned_record(canonical(record))).envelope
    check_signatures(findings, record.conference, RECORD, signed)
    two, chair = record.conference.tellers[1], record.conference.chair
    assert said(findings) == [f"{RECORD}: awaiting signature of {one.name} ({one.role})" for one in (two, chair)]
