"""Ballots that the tablet's code makes in node, checked by Python and by belenios-tool."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.kiosk_templates.conftest import Cast
from tests.kiosk_templates.meeting import VECTOR, Meeting, new_meeting
from voting.documents.ballots.ballot import parse_ballot, verify_ballot
from voting.documents.ballots.request import ballot_limit, ballot_size, unpack_request
from voting.documents.conferences.election import Election, parse_election
from voting.documents.errors import InvalidBallot

MARKS = ([1, 0], [0, 1], [0, 0])


def vector_election() -> Election:
    return parse_election((VECTOR / "election.json").read_bytes().rstrip(b"\n"))


def vector_card() -> str:
    return str(json.loads((VECTOR / "private_creds.json").read_bytes())["10"])


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return new_meeting()


def test_python_accepts_a_ballot_of_the_tablet(cast_in_node: Cast, meeting: Meeting, tmp_path: Path) -> None:
    election = meeting.election
    (tmp_path / "election.json").write_bytes(election.raw)
    marks = [[0, 1, 0, 1] if len(q.answers) > 2 else MARKS[n % 3] for n, q in enumerate(election.questions)]
    body = cast_in_node(tmp_path / "election.json", meeting.cards[0], marks)
    assert len(body) == ballot_size(election)
    raw, commitments = unpack_request(election, body)
    ballot = parse_ballot(raw, ballot_limit(election))
    verify_ballot(election, ballot)
    assert commitments is not None
    assert commitments == recomputed(election, raw)


def test_a_ballot_that_was_opened_in_a_test_cannot_be_cast_by_somebody_with_another_card(
    cast_in_node: Cast, meeting: Meeting, tmp_path: Path
) -> None:
    (tmp_path / "election.json").write_bytes(meeting.election.raw)
    marks = [[0] * len(question.answers) for question in meeting.election.questions]
    tested, another = meeting.cards[:2]
    raw, _ = unpack_request(meeting.election, cast_in_node(tmp_path / "election.json", tested, marks, signer=another))
    with pytest.raises(InvalidBallot, match="signature"):
        verify_ballot(meeting.election, parse_ballot(raw, ballot_limit(meeting.election)))


def recomputed(election: Election, raw: bytes) -> bytes:
    """Every commitment from its challenge and response, in the sidecar's order."""
    from keys.group import BASE, add, decode_point, public_power, subtract, total

    points: list[bytes] = []
    fields = json.loads(raw)
    credential = decode_point(fields["credential"])

    def one(proofs: list[dict[str, str]], alpha: bytes, beta: bytes, low: int) -> None:
        for value, proof in enumerate(proofs, low):
            c, r = int(proof["challenge"]), int(proof["response"])
            points.append(add(public_power(BASE, r), public_power(alpha, c)))  # type: ignore[arg-type]
            away = subtract(beta, public_power(BASE, value))  # type: ignore[arg-type]
            points.append(add(public_power(election.public_key, r), public_power(away, c)))

    for question, answer in zip(election.questions, fields["answers"], strict=True):
        alphas = [decode_point(choice["alpha"]) for choice in answer["choices"]]
        betas = [decode_point(choice["beta"]) for choice in answer["choices"]]
        for proofs, alpha, beta in zip(answer["individual_proofs"], alphas, betas, strict=True):
            one(proofs, alpha, beta, 0)
        one(answer["overall_proof"], total(alphas), total(betas), question.min)
    proof = fields["signature"]["proof"]
    points.append(add(public_power(BASE, int(proof["response"])), public_power(credential, int(proof["challenge"]))))
    return b"".join(points)


@pytest.mark.interop
def test_belenios_tool_accepts_a_ballot_of_the_tablet(cast_in_node: Cast, belenios_tool: Path, tmp_path: Path) -> None:
    election = vector_election()
    (tmp_path / "e.json").write_bytes(election.raw)
    (tmp_path / f"{election.uuid}.bel").write_bytes(setup_only(VECTOR / f"{election.uuid}.bel"))
    body = cast_in_node(tmp_path / "e.json", vector_card(), [MARKS[n % 3] for n in range(10)])
    (tmp_path / "ballot.json").write_bytes(unpack_request(election, body)[0])
    command = [
        str(belenios_tool),
        "election",
        "verify-ballot",
        "--dir",
        ".",
        "--uuid",
        election.uuid,
        "--ballot",
        "ballot.json",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ballot is valid" in done.stdout + done.stderr


def setup_only(archive: Path) -> bytes:
    """The archive up to its first event, which is Setup."""
    raw, at = archive.read_bytes(), 0
    while True:
        name = raw[at : raw.index(b"\0", at)]
        at += 512 + -(-int(raw[at + 124 : at + 135], 8) // 512) * 512
        if name.endswith(b".event.json"):
            return raw[:at]
