"""What rehearsals leave, before the independent audit; and Belenios' own ballots in our box."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.cards import with_dashes
from tally.audit import Verdict
from tally.cli.verify import check_file
from voting.cli.rehearsal import rehearse
from voting.documents.ballots.ballot import SealedBallot, cast_ballot
from voting.documents.conferences.election import Election
from voting.rehearsal import sample
from voting.rehearsal.conference import Held, Marks, close, count, hold, now, prepare, seal_and_open
from voting.rehearsal.room import running_room
from voting.rehearsal.staff import make_staff

Audit = Callable[[Path], int]
pytestmark = [pytest.mark.interop, pytest.mark.usefixtures("proofs_once")]


def sound_everywhere(held: Held, ballots: int, audit: Audit) -> None:
    report = check_file(held.archive, (held.path,))
    assert (report.verdict, report.reached, report.ballots) == (Verdict.SOUND, "result", ballots)
    assert audit(held.archive) == ballots


@pytest.mark.parametrize(
    ("seed", "voters", "ballots", "candidates"),
    [(1, 1, 0, 1), (2, 1, 1, 2), (3, 3, 2, 30), (4, 12, 12, 5), (5, 60, 57, 1)],
)
def test_archives_of_rehearsals_are_sound_for_everybody(
    tmp_path: Path, seed: int, voters: int, ballots: int, candidates: int, belenios_audit: Audit
) -> None:
    sound_everywhere(rehearse(tmp_path / "out", voters, ballots, candidates, seed), ballots, belenios_audit)


def test_the_sample_itself_is_sound_for_everybody(tmp_path: Path, belenios_audit: Audit) -> None:
    held = rehearse(tmp_path / "out", sample.PRESENT, sample.BALLOTS, None, seed=6)
    sound_everywhere(held, sample.BALLOTS, belenios_audit)
    assert [len(one.case.candidates) for one in held.record.papers] == [5, 6]


def test_a_box_in_which_everyone_agrees_is_sound_for_everybody(tmp_path: Path, belenios_audit: Audit) -> None:
    present, names = 9, 4

    def all_agree(election: Election) -> Marks:
        return [[(1, 0)] * len(election.questions)] * present

    staff = make_staff(tmp_path, sample.TELLERS, sample.THRESHOLD, seed=7)
    papers, _ = sample.draw_papers(sample.single_paper(names), seed=7)
    draft = sample.sample_draft(papers, staff, present, 7, now().date().isoformat())
    with running_room(tmp_path / "room") as room:
        held = hold(room, staff, draft, present, all_agree, tmp_path / "out")
    sound_everywhere(held, present, belenios_audit)
    assert {one.agree for one in held.record.papers[0].verdict.candidates} == {present}


def test_ballots_of_belenios_tool_are_taken_counted_and_sound(
    tmp_path: Path, belenios_tool: Path, belenios_audit: Audit
) -> None:
    choices = [[[1, 0], [0, 1]], [[0, 0], [1, 0]], [[1, 0], [0, 0]]]
    staff = make_staff(tmp_path, sample.TELLERS, sample.THRESHOLD, seed=8)
    papers, _ = sample.draw_papers(sample.single_paper(2), seed=8)
    draft = sample.sample_draft(papers, staff, 4, 8, now().date().isoformat())
    with running_room(tmp_path / "room") as room:
        number, deck = prepare(room.desk, draft, 4, staff.trustees)
        election = seal_and_open(room.desk, staff, number)
        folder = tmp_path / "belenios"
        folder.mkdir()
        shutil.copy(room.desk.folder / f"{election.uuid}.setup.bel", folder / f"{election.uuid}.bel")
        for card, choice in zip(deck, choices, strict=False):
            raw = ballot_of_belenios(belenios_tool, folder, with_dashes(card.text), choice)
            room.tablet.cast(election, SealedBallot(raw, b""))
        room.tablet.cast(election, cast_ballot(election, deck[3].text, [[0, 1], [0, 1]]))
        held = count(room.desk, staff, number, *close(room.desk, number, tmp_path / "out"))
    sound_everywhere(held, 4, belenios_audit)
    verdict = held.record.papers[0].case.candidates
    assert [(one.agree, one.disagree) for one in verdict] == [(2, 1), (1, 2)]


def ballot_of_belenios(tool: Path, folder: Path, card: str, choice: list[list[int]]) -> bytes:
    """A ballot made by belenios-tool with a card of ours."""
    (folder / "card").write_text(card + "\n")
    (folder / "choice").write_text(json.dumps(choice))
    words = ["--dir", str(folder), "--privcred", str(folder / "card"), "--choice", str(folder / "choice")]
    made = subprocess.run([tool, "election", "generate-ballot", *words], capture_output=True, check=True)
    return made.stdout.strip()
