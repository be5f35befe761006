"""A hand count on paper: same rule, same record, same minutes; numbers that deny each other are refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from keys.errors import UnreadableText
from keys.files.signing import new_signing_key
from tally.audit.minutes import check_hand_count
from tally.audit.record import read_named
from tally.audit.report import Findings
from tally.cli.main import tally_group
from tally.count import record_files
from tally.count.paper import paper_record, read_hand_count
from tally.count.record_files import keep_record
from tally.errors import CannotRecord, CannotSign, ImpossibleCase
from tally.minutes import renderer_versions
from tally.result.record import record_payload
from tally.signing.signatures import sign_record
from tests.tally.records import EVERYONE, Team, sample_conference, sample_paper, team
from voting.documents.conferences.conference import Conference, Selection
from voting.documents.record import unsigned_record

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def people() -> Team:
    return team(*EVERYONE)


@pytest.fixture(scope="module")
def conference(people: Team) -> Conference:
    return sample_conference(sample_paper(3), people)


def plain(conference: Conference) -> dict[str, Any]:
    """The input as people write it: 42 present, 40 ballots collected, one of them invalid."""
    absent = conference.summoned - conference.present
    return {
        "format": 1,
        "opened": "2022-04-10T08:30:00+07:00",
        "closed": "2022-04-10T09:10:00+07:00",
        "begun": "2022-04-10T09:20:00+07:00",
        "ended": "2022-04-10T09:55:00+07:00",
        "absent_excused": absent,
        "absent_unexcused": 0,
        "papers": [
            {
                "paper": 1,
                "ballots": {"issued": 40, "collected": 40, "valid": 39, "invalid": 1, "invalid_reason": "gạch hai ô"},
                "votes": [
                    {"id": "c1", "agree": 30, "disagree": 9},
                    {"id": "c2", "agree": 12, "disagree": 20},
                    {"id": "c3", "agree": 13, "disagree": 26},
                ],
            }
        ],
        "conference": msgspec.to_builtins(conference),
    }


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "count.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_hand_count_goes_through_rule_record_and_minutes(conference: Conference, tmp_path: Path) -> None:
    count = read_hand_count(write(tmp_path, plain(conference)))
    path, record = keep_record(paper_record(count, renderer_versions()), tmp_path)
    assert (record.form, record.hashes, record.fingerprint) == ("paper", None, "")
    assert record.papers[0].verdict.base == conference.present
    assert (record.papers[0].case.ballots, record.papers[0].case.invalid) == (40, 1)
    assert {one.id: one.no_opinion for one in record.papers[0].verdict.candidates} == {"c1": 0, "c2": 7, "c3": 0}
    assert set(record.papers[0].verdict.selected) == {
        one.id for one in record.papers[0].case.candidates if 10 * one.agree >= 3 * conference.present
    }
    assert path.with_name("minutes.pdf").read_bytes().startswith(b"%PDF")


def test_a_hand_count_saved_by_notepad_is_read_and_utf_16_is_named(conference: Conference, tmp_path: Path) -> None:
    path = write(tmp_path, plain(conference))
    text, expected = path.read_text(encoding="utf-8"), read_hand_count(path)
    path.write_bytes(text.encode("utf-8-sig"))
    assert read_hand_count(path) == expected
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(UnreadableText, match="UTF-16"):
        read_hand_count(path)


def test_its_record_is_accepted_by_its_signatures_and_its_own_numbers(
    conference: Conference, people: Team, tmp_path: Path
) -> None:
    count = read_hand_count(write(tmp_path, plain(conference)))
    path, _ = keep_record(paper_record(count, renderer_versions()), tmp_path)
    signed = sign_record(path.read_bytes(), list(people.keys.values()))
    findings = Findings()
    check_hand_count(findings, "record.json", read_named("record.json", signed))
    assert findings.sound
    with pytest.raises(CannotSign):
        sign_record(path.read_bytes(), [new_signing_key()])
    lacking = Findings()
    check_hand_count(lacking, "record.json", read_named("record.json", path.read_bytes()))
    assert not lacking.sound


def test_toml_does_with_the_conference_of_a_setup(conference: Conference, tmp_path: Path) -> None:
    path = tmp_path / "count.toml"
    path.write_text(
        f"""
        format = 1
        opened = "2022-04-10T08:30:00+07:00"
        closed = "2022-04-10T09:10:00+07:00"
        begun = "2022-04-10T09:20:00+07:00"
        ended = "2022-04-10T09:55:00+07:00"
        absent_excused = {conference.summoned - conference.present}
        absent_unexcused = 0
        [[papers]]
        paper = 1
        ballots = {{ issued = 40, collected = 40, valid = 40, invalid = 0, invalid_reason = "" }}
        votes = [ {{ id = "c1", agree = 30, disagree = 9 }}, {{ id = "c2", agree = 1 }}, {{ id = "c3", agree = 40 }} ]
        """,
        encoding="utf-8",
    )
    record = paper_record(read_hand_count(path, conference, "9xRvqGoKAKFNTTd9a1"), renderer_versions())
    assert (record.uuid, record.papers[0].case.ballots) == ("9xRvqGoKAKFNTTd9a1", 40)


def ballots(**change: object) -> Change:
    return lambda one: one["papers"][0]["ballots"].update(change)


def votes(**change: object) -> Change:
    return lambda one: one["papers"][0]["votes"][0].update(change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (ballots(valid=40), "valid [+] invalid = collected"),
        (ballots(collected=41, valid=40), "collected <= issued <= present"),
        (ballots(issued=43), "collected <= issued <= present"),
        (ballots(invalid_reason=""), "a reason for 1 invalid ballots"),
        (votes(agree=31), "more votes|agree"),
        (votes(id="c2"), "votes for each of c1, c2, c3 once"),
        (votes(id="c9"), "votes for each of"),
        (votes(agree="30"), "Expected `int`"),
        (votes(more=1), "unknown field"),
        (lambda one: one.update(format=2), "format 1 expected"),
        (lambda one: one["papers"].append(one["papers"][0]), r"papers 1 to 1, in order, expected; \[1, 1\]"),
        (lambda one: one.update(papers=[]), "papers 1 to 1"),
        (lambda one: one.pop("conference"), "the conference is missing"),
        (lambda one: one.update(absent_unexcused=1), "absent"),
    ],
)
def test_numbers_that_deny_each_other_are_refused(
    conference: Conference, tmp_path: Path, change: Change, words: str
) -> None:
    content = plain(conference)
    change(content)
    asked = ["paper", str(write(tmp_path, content)), "--out", str(tmp_path / "out"), "--make-folder"]
    result = CliRunner().invoke(tally_group, asked)
    assert result.exit_code == 1
    assert not (tmp_path / "out" / "record.json").exists()
    with pytest.raises((CannotRecord, ImpossibleCase), match=words):
        paper_record(read_hand_count(write(tmp_path, content)), renderer_versions())


def test_another_conference_than_the_setups_is_refused(conference: Conference, tmp_path: Path) -> None:
    other = msgspec.structs.replace(conference, name="Hội nghị khác")
    with pytest.raises(CannotRecord, match="of another conference"):
        read_hand_count(write(tmp_path, plain(conference)), other, "")


def test_times_that_run_backwards_are_named_of_vote_and_count(conference: Conference, tmp_path: Path) -> None:
    record = paper_record(read_hand_count(write(tmp_path, plain(conference))), renderer_versions())
    facts = msgspec.structs.replace(record.facts, opened=record.facts.closed, closed=record.facts.opened)
    wrong = msgspec.structs.replace(record, facts=facts, count=msgspec.structs.replace(record.count, ended="later"))
    findings = Findings()
    check_hand_count(findings, "record.json", read_named("record.json", unsigned_record(record_payload(wrong))))
    said = [place for one in findings.findings for place in one.first if one.check == "hand_count"]
    assert [one.rpartition(": ")[2] for one in said] == [
        "ends before it begins", "times with seconds and offset expected"
    ]  # fmt: skip


def test_half_a_record_is_not_taken_for_the_one_that_was_made(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    assert not record_files._holds(path, b"{}")
    path.write_bytes(b'{"payload":')
    assert not record_files._holds(path, b"{}")
    path.write_bytes(unsigned_record(b"{}"))
    assert record_files._holds(path, b"{}") and not record_files._holds(path, b"[]")


def elected(people: Team) -> dict[str, Any]:
    """A count of an election of one among three."""
    paper = msgspec.structs.replace(sample_paper(3, kind="elect"), selection=Selection("top", 1, tie="vote"))
    return plain(sample_conference(paper, people))


def test_names_chosen_from_a_list_have_votes_and_none_against(people: Team, tmp_path: Path) -> None:
    content = elected(people)
    content["papers"][0]["votes"] = [{"id": f"c{n}", "agree": agree} for n, agree in ((1, 20), (2, 12), (3, 7))]
    record = paper_record(read_hand_count(write(tmp_path, content)), renderer_versions())
    verdict = record.papers[0].verdict.candidates
    assert [(one.agree, one.disagree, one.no_opinion) for one in verdict] == [(20, 0, 19), (12, 0, 27), (7, 0, 32)]


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ([20, 12, 8], "at most 39 votes in all valid ballots expected, 40 found"),
        ([20, 12, (7, 1)], "nobody votes against a name"),
    ],
)
def test_more_choices_than_the_valid_ballots_hold_are_refused(
    people: Team, tmp_path: Path, votes: list[int | tuple[int, int]], why: str
) -> None:
    content = elected(people)
    pairs = [one if isinstance(one, tuple) else (one, 0) for one in votes]
    content["papers"][0]["votes"] = [
        {"id": f"c{n}", "agree": agree, "disagree": against} for n, (agree, against) in enumerate(pairs, 1)
    ]
    with pytest.raises(CannotRecord, match=why):
        paper_record(read_hand_count(write(tmp_path, content)), renderer_versions())
