"""Checking in chunks: however the box is cut, the findings and the sum are the same."""

from hypothesis import given
from hypothesis import strategies as st

from keys.group import decode_point
from tally.audit.ballots import BallotRules, ChunkFindings, NumberedBallot, check_ballots, one_by_one
from tally.audit.box import Box, check_box
from tally.audit.report import Finding, Findings
from tally.audit.setup.credentials import Credentials
from tests.attacks.lab import Lab, counted
from tests.attacks.lab import lab as made
from tests.attacks.test_ballots import overvote
from voting.documents.archives.outcome import encode_tally
from voting.documents.canonical import parse_compact


def numbered(lab: Lab, *more: bytes) -> list[NumberedBallot]:
    return [NumberedBallot(height, raw) for height, raw in enumerate((*lab.ballots, *more), 1)]


def judged(lab: Lab, sizes: list[int], ballots: list[NumberedBallot]) -> tuple[tuple[Finding, ...], Box]:
    """Check in chunks of these sizes."""
    findings, rules = Findings(), BallotRules.of(lab.election, b"key")
    texts = parse_compact(lab.credentials, tuple[str, ...], 10_000, "cards")
    box = Box(findings, rules, Credentials.of(map(decode_point, texts)))
    rest = list(ballots)
    for size in [*sizes, len(rest)]:
        chunk, rest = rest[:size], rest[size:]
        box.add(check_ballots(rules, chunk))
    box.close()
    return findings.findings, box


@given(sizes=st.lists(st.integers(0, 3), max_size=4))
def test_any_cut_gives_the_same_findings_and_sum(sizes: list[int]) -> None:
    lab = made()
    ballots = numbered(lab, lab.ballots[1], b"not a ballot")
    findings, box = judged(lab, sizes, ballots)
    whole, other = judged(lab, [], ballots)
    assert findings == whole
    assert box.tally == other.tally
    assert box.ballots == 5


def test_the_sum_of_a_sound_box_is_the_tally(lab: Lab) -> None:
    findings, box = judged(lab, [], numbered(lab))
    assert encode_tally(box.tally) == counted(lab).tally
    assert not any(finding.failed for finding in findings)


def test_an_empty_box_shows_its_checks_with_nothing_examined(lab: Lab) -> None:
    findings, _ = judged(lab, [], [])
    assert {finding.examined for finding in findings} == {0}


def test_a_checker_takes_chunks_as_they_come(lab: Lab) -> None:
    asked: list[int] = []

    def ballots() -> "object":
        for one in numbered(lab):
            asked.append(one.height)
            yield one

    def lazy(rules: BallotRules, chunks: "object") -> "object":
        assert asked == []
        for chunk in chunks:  # type: ignore[attr-defined]
            yield check_ballots(rules, chunk)

    findings = Findings()
    check_box(findings, BallotRules.of(lab.election, b"key"), Credentials(), ballots(), lazy)  # type: ignore[arg-type]
    assert asked == [1, 2, 3]
    assert {one.check: one.failed for one in findings.findings}["ballot_cards"] == 3


def test_an_overlong_ballot_is_cut_before_it_is_kept(lab: Lab) -> None:
    seen: list[int] = []

    def note(rules: BallotRules, chunks: "object") -> "object":
        for chunk in chunks:  # type: ignore[attr-defined]
            seen.extend(len(one.raw) for one in chunk)
            yield check_ballots(rules, chunk)

    rules = BallotRules.of(lab.election, b"key")
    check_box(Findings(), rules, Credentials(), [NumberedBallot(1, bytes(10_000_000))], note)  # type: ignore[arg-type]
    assert seen == [rules.limit + 1]


def test_a_chunk_says_what_is_wrong_with_each_ballot(lab: Lab) -> None:
    rules = BallotRules.of(lab.election, b"key")
    found: ChunkFindings = check_ballots(rules, numbered(lab, overvote(lab), b"{}"))
    assert {one.check: (one.examined, one.failed) for one in found.findings} == {
        "ballot_form": (5, 1),
        "ballot_election": (4, 0),
        "ballot_signature": (4, 0),
        "ballot_proofs": (8, 1),
    }
    assert next(one_by_one(rules, [numbered(lab)])).ballots == 3
