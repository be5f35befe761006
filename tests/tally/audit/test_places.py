"""Places and counts of the audit of an archive: each fault stands at its exact place, and hides no other one."""

import dataclasses
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from keys.group import Q, decode_point
from tally.audit import Report, copies
from tally.audit import box as box_module
from tally.audit.ballots import BallotRules, Chunk, ChunkFindings, NumberedBallot, check_ballots
from tally.audit.box import check_box
from tally.audit.copies import Copies
from tally.audit.report import Findings
from tally.audit.setup.credentials import Credentials
from tests.attacks.lab import TIME, Events, Lab, chain, closed, counted, digest, edited, failed
from tests.tally.audit.reading import audited
from voting.documents.archives.members import encode_member
from voting.documents.canonical import parse_compact

KINDS = ("ballot_form", "ballot_election", "ballot_signature", "ballot_proofs")


def examined(report: Report) -> dict[str, int]:
    """How much of each check was examined."""
    return {one.check: one.examined for one in report.checks}


def test_an_honest_archive_shows_how_much_of_each_was_examined(lab: Lab, tmp_path: Path) -> None:
    report = audited(counted(lab).raw(), tmp_path)
    assert failed(report) == {}
    assert {check: one for check, one in examined(report).items() if check not in ("trustees", "conference")} == {
        "archive": 9, "events": 9, "order": 10, "records": 9, "election": 1, "credentials": 5, "election_key": 1,
        "catalogue": 1,
        **dict.fromkeys(KINDS[:3], 3), "ballot_proofs": 6, "ballot_cards": 3, "ballot_copies": 3,
        "encrypted_tally": 3, "partial_decryptions": 2, "result": 1,
    }  # fmt: skip


# --- ballots ---------------------------------------------------------------------------------------------------------


def found_in(lab: Lab, *ballots: bytes) -> ChunkFindings:
    """What is found in these ballots."""
    numbered = [NumberedBallot(height, raw) for height, raw in enumerate(ballots, 1)]
    return check_ballots(BallotRules.of(lab.election, b"key"), numbered)


def places(found: ChunkFindings, check: str) -> list[str]:
    """Where one check failed."""
    return [place for one in found.findings if one.check == check for place in one.first]


def wrong_proof(number: int) -> Callable[[dict[str, Any]], None]:
    """Spoil the proof of one answer."""

    def edit(ballot: dict[str, Any]) -> None:
        proof = ballot["answers"][number - 1]["overall_proof"][0]
        proof["response"] = str((int(proof["response"]) + 1) % Q)

    return edit


def without_a_choice(number: int) -> Callable[[dict[str, Any]], None]:
    """Take one choice out of a ballot."""
    return lambda ballot: ballot["answers"][number - 1]["choices"].pop()


@pytest.mark.parametrize("question", [1, 2])
def test_a_wrong_proof_and_a_wrong_shape_stand_at_their_question(lab: Lab, question: int) -> None:
    found = found_in(lab, edited(lab, 0, wrong_proof(question)), edited(lab, 1, without_a_choice(question)))
    (proof,), (form,) = places(found, "ballot_proofs"), places(found, "ballot_form")
    assert proof.startswith(f"event 1 (Ballot): overall_proof: question {question}")
    assert form.startswith(f"event 2 (Ballot): shape: question {question}: ")


def test_both_wrong_answers_of_one_ballot_are_named(lab: Lab) -> None:
    def edit(ballot: dict[str, Any]) -> None:
        for question in (1, 2):
            wrong_proof(question)(ballot)

    first, second = places(found_in(lab, edited(lab, 0, edit)), "ballot_proofs")
    assert "question 1" in first and "question 2" in second


def test_a_ballot_without_form_hides_none_after_it(lab: Lab) -> None:
    found = found_in(lab, b"{}", lab.ballots[1], b"no", lab.ballots[2])
    assert [one.height for one in found.voted] == [2, 4]
    assert found.tally == found_in(lab, *lab.ballots[1:]).tally
    assert [place.split(":")[0] for place in places(found, "ballot_form")] == ["event 1 (Ballot)", "event 3 (Ballot)"]


@pytest.mark.parametrize("ballots", [(), (b"{}",)])
def test_a_chunk_names_all_its_checks_though_nothing_came_to_them(lab: Lab, ballots: tuple[bytes, ...]) -> None:
    found = found_in(lab, *ballots)
    counts = [(one.check, one.examined) for one in found.findings]
    assert counts == [(KINDS[0], len(ballots)), *((check, 0) for check in KINDS[1:])]


# --- the box ---------------------------------------------------------------------------------------------------------


def cut(lab: Lab, sizes: Iterable[int], limit: int) -> list[list[int]]:
    """The chunks that ballots of these sizes come in, by height."""
    chunks: list[list[int]] = []

    def note(rules: BallotRules, found: Iterable[Chunk]) -> Iterator[ChunkFindings]:
        for chunk in found:
            chunks.append([one.height for one in chunk])
            yield check_ballots(rules, chunk)

    ballots = [NumberedBallot(height, b"x" * size) for height, size in enumerate(sizes, 1)]
    rules = dataclasses.replace(BallotRules.of(lab.election, b"key"), limit=limit)
    box = check_box(Findings(), rules, Credentials(), ballots, note)
    assert box.ballots == len(ballots)
    return chunks


def test_a_chunk_ends_at_so_many_ballots_or_so_many_bytes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_module, "CHUNK_BALLOTS", 3)
    monkeypatch.setattr(box_module, "CHUNK_BYTES", 10)
    assert cut(lab, [1] * 7, 20) == [[1, 2, 3], [4, 5, 6], [7]]
    assert cut(lab, [5, 5, 4, 5, 1], 20) == [[1, 2], [3, 4, 5]]
    assert cut(lab, [9, 1, 9, 1, 9], 20) == [[1, 2], [3, 4], [5]]
    assert cut(lab, [10, 10, 10], 20) == [[1], [2], [3]]
    assert cut(lab, [100, 100], 3) == [[1, 2]]
    assert cut(lab, [], 20) == []


def test_a_box_names_strangers_repeats_and_copies_and_counts_the_rest(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Copies] = []
    close = Copies.close
    monkeypatch.setattr(Copies, "close", lambda self: (ended.append(self), close(self)))
    texts = parse_compact(lab.credentials, tuple[str, ...], 10_000, "cards")
    known = Credentials.of(decode_point(one) for one in texts if one != lab.public(lab.cards[2]))
    ballots = [NumberedBallot(7 + height, lab.ballots[number]) for height, number in enumerate((0, 1, 2, 0, 1, 0))]
    findings, rules = Findings(), BallotRules.of(lab.election, b"key")
    box = check_box(
        findings, rules, known, ballots, lambda rules, chunks: (check_ballots(rules, one) for one in chunks)
    )
    found = {one.check: one for one in findings.findings}
    assert (found["ballot_cards"].examined, found["ballot_cards"].failed) == (6, 4)
    assert found["ballot_cards"].first == (
        "event 9 (Ballot): its card is not one of Setup's",
        "event 10 (Ballot): a second ballot of the card of event 7",
        "event 11 (Ballot): a second ballot of the card of event 8",
        "event 12 (Ballot): a second ballot of the card of event 7",
    )
    assert (found["ballot_copies"].examined, found["ballot_copies"].failed) == (6, 3)
    assert found["ballot_copies"].first == tuple(
        f"event {later} (Ballot): holds a ciphertext of the ballot in event {first}"
        for later, first in ((10, 7), (11, 8), (12, 7))
    )
    assert (box.ballots, len(ended)) == (6, 1)


def test_the_file_of_the_copies_is_opened_once_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[Any] = []
    temporary = tempfile.TemporaryFile

    def opened() -> Any:
        files.append(temporary())
        return files[-1]

    monkeypatch.setattr(copies.tempfile, "TemporaryFile", opened)
    found = Copies()
    found.add(1, range(0, 1024 * 600, 1024))  # 600 marks in one bucket: two parts of it in the file
    found.add(2, [1024 * 3, 1024 * 590])
    assert list(found.found()) == [(1, 2), (1, 2)]
    assert [file.closed for file in files] == [False]
    found.close()
    assert [file.closed for file in files] == [True]


# --- structure -------------------------------------------------------------------------------------------------------


def test_an_event_that_cannot_be_read_hides_nothing_after_it(lab: Lab, tmp_path: Path) -> None:
    events: Events = counted(lab).events()
    events.insert(2, ("Closing", [b"{}"]))
    events.insert(6, events[2])
    report = audited(chain(events), tmp_path)
    (finding,) = [one for one in report.checks if one.failed]
    assert (finding.check, finding.examined, finding.failed) == ("events", 11, 2)
    assert [place.split(":")[0] for place in finding.first] == ["event 2", "event 6"]
    assert (report.reached, report.ballots, examined(report)["order"]) == ("result", 3, 10)


def test_every_member_under_a_name_that_is_not_its_hash_stands_at_its_byte(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    raw = draft.raw()
    spots = []
    for ballot in (draft.ballots[0], draft.ballots[2]):
        honest = encode_member(f"{digest(ballot)}.data.json", ballot, TIME)
        spots.append(raw.index(honest))
        raw = raw.replace(honest, encode_member(f"{'0' * 64}.data.json", ballot, TIME))
    found = failed(audited(raw, tmp_path))["archive"].split(" | ")
    why = "content and name (hash) differ"
    assert found == [f"event {height}, byte {spot}: {why}" for height, spot in zip((1, 3), spots, strict=True)]


def test_a_ballot_whose_event_names_another_payload_is_still_judged(lab: Lab, tmp_path: Path) -> None:
    def change(height: int, event: dict[str, Any]) -> None:
        if height in (1, 3):
            event["payload"] = "0" * 64

    draft = closed(lab, lab.ballots[0], lab.ballots[1], edited(lab, 2, wrong_proof(2)))
    report = audited(chain(draft.events(), change), tmp_path)
    found = failed(report)
    assert [place.split(":")[0] for place in found["records"].split(" | ")] == ["event 1 (Ballot)", "event 3 (Ballot)"]
    assert found["ballot_proofs"].startswith("event 3 (Ballot): overall_proof: question 2")
    assert examined(report)["ballot_form"] == 3


# --- what the tellers announced --------------------------------------------------------------------------------------


def test_a_share_twice_hides_no_share_after_it(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    draft.shares.insert(1, draft.shares[0])
    report = audited(draft.raw(), tmp_path)
    twice = "event 7 (PartialDecryption): a second partial decryption of teller 1"
    assert failed(report) == {"partial_decryptions": twice}
    assert sorted(report.decryptions) == [1, 3]
    assert (examined(report)["partial_decryptions"], examined(report)["result"]) == (3, 1)


def test_every_wrong_share_is_named(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab, owners=(1, 2, 3))
    for number in (0, 2):
        fields = json.loads(draft.shares[number][1])
        fields["decryption_factors"].reverse()
        draft.shares[number] = number + 1, json.dumps(fields, separators=(",", ":")).encode()
    report = audited(draft.raw(), tmp_path)
    assert list(report.decryptions) == [2]
    first, second = failed(report)["partial_decryptions"].split(" | ")
    assert first.startswith("event 6 (PartialDecryption), teller 1: ")
    assert second.startswith("event 8 (PartialDecryption), teller 3: ")


def test_a_tally_that_cannot_be_read_is_named_as_such_and_both_its_sizes(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    draft.tally += b" "
    draft.sized = {"num_tallied": 2, "total_weight": 4}
    report = audited(draft.raw(), tmp_path)
    (finding,) = [one for one in report.checks if one.check == "encrypted_tally"]
    place = "event 5 (EncryptedTally)"
    assert (finding.examined, finding.failed) == (4, 4)
    assert finding.first[1:] == (
        f"{place}: not the sum of the ballots in the archive",
        f"{place}: num_tallied: 3 ballots, 2 announced",
        f"{place}: total_weight: 3 ballots, 4 announced",
    )
