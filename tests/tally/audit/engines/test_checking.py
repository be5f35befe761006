"""The audit's checker: same findings as one by one, in one process, in several, and when one of them dies."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tally import fast
from tally.audit import Report, audit
from tally.audit.ballots import BallotRules, ChunkFindings, NumberedBallot, check_ballots, one_by_one
from tally.audit.engines import checking
from tally.audit.engines.checking import Work, checker, on_all_cores
from tally.result import sum as sum_module
from tests.attacks.lab import Lab, closed
from tests.attacks.lab import lab as the_lab
from tests.attacks.test_ballots import EDITS, WHOLE, edited
from tests.attacks.test_torsion import torsion_ballot
from tests.tally.fast.ballots import AGREE, BLANK, LIST, Cast, cast, forge, make_election, spoil
from voting.documents.archives.commitments import hints, sidecar_of, write_commitments
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.ballots.request import commitments_size
from voting.documents.conferences.election import Election

VECTORS = Path(__file__).resolve().parents[3] / "vectors"
KEY = bytes(32)


@pytest.fixture(autouse=True)
def _batches_from_the_first_ballot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the fast engine where the reference would be quicker."""
    monkeypatch.setattr(checking, "_FEW_BRANCHES", 0)


@pytest.fixture
def no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fault of the engine be seen."""

    def check(work: Work) -> ChunkFindings:
        return checking._in_batches(*work)

    monkeypatch.setattr(checking, "check_chunk", check)


@pytest.fixture(scope="module")
def election() -> Election:
    return make_election(AGREE, LIST)


@pytest.fixture(scope="module")
def ballots(election: Election) -> list[Cast]:
    return [cast(election, [[1, 0], [1, 0, 0, 0, mark]]) for mark in (0, 1, 0)]


def works(election: Election, chunks: list[list[Cast]]) -> list[Work]:
    rules = BallotRules.of(election, KEY)
    found: list[Work] = []
    for number, chunk in enumerate(chunks):
        numbered = tuple(NumberedBallot(10 * number + at, one.raw) for at, one in enumerate(chunk))
        found.append((rules, numbered, tuple(one.commitments or None for one in chunk)))
    return found


def reference(listed: list[Work]) -> list[ChunkFindings]:
    return [check_ballots(rules, chunk) for rules, chunk, _ in listed]


@pytest.mark.usefixtures("no_net")
def test_a_chunk_gets_the_findings_of_the_reference(election: Election, ballots: list[Cast]) -> None:
    bad = [Cast("", b"", b""), spoil(ballots[0])]
    listed = works(election, [ballots, [*bad, ballots[0], *bad], []])
    assert [checking.check_chunk(work) for work in listed] == reference(listed)


def additions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the additions of ciphertexts, which cost what the election asks for, however small the ballot."""
    made: list[int] = []
    honest = sum_module._times
    monkeypatch.setattr(sum_module, "_times", lambda a, b: made.append(1) or honest(a, b))  # type: ignore[func-returns-value]
    return made


@pytest.mark.usefixtures("no_net")
def test_ballots_without_form_are_not_added(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = additions(monkeypatch)
    empty = [Cast("", b"{}", b"") for _ in range(20)]
    for work in works(election, [[*ballots, *empty], empty]):
        assert sum(one.failed for one in checking.check_chunk(work).findings) == 20
    assert made == []


def test_a_box_of_ballots_without_form_is_not_added(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lab = the_lab()
    archive = tmp_path / "x.bel"
    archive.write_bytes(closed(lab, *[b"{}"] * 150).raw())
    made = additions(monkeypatch)
    report = audit(archive, checker=one_by_one)
    assert [one.failed for one in report.checks if one.check == "ballot_form"] == [150]
    assert made == []


def forgeries() -> list[tuple[str, Callable[[Lab], bytes]]]:
    """The forged ballots of tests/attacks."""
    changed = [(name, lambda lab, edit=edit: edited(lab, 1, edit)) for name, (edit, _) in EDITS.items()]
    whole = [(name, forge) for name, (forge, _) in WHOLE.items()]
    return [*changed, *whole, ("a point of order two whose equations hold", torsion_ballot)]


@pytest.mark.usefixtures("no_net")
@pytest.mark.parametrize(("name", "forge"), forgeries(), ids=[name for name, _ in forgeries()])
def test_forged_ballots_get_the_findings_of_the_reference(name: str, forge: Callable[[Lab], bytes]) -> None:
    lab = the_lab()
    numbered = tuple(NumberedBallot(at, raw) for at, raw in enumerate((lab.ballots[0], forge(lab), lab.ballots[2])))
    honest = cast_ballot(lab.election, lab.cards[1], [[1, 0], [0, 1]]).commitments
    for given in ((None,) * 3, (None, honest, None), (honest,) * 3):  # without a sidecar, and with one that lies
        work = (BallotRules.of(lab.election, KEY), numbered, given)
        assert checking.check_chunk(work) == check_ballots(work[0], numbered)


def _shift(ballot: Any) -> None:
    """Move every proof behind the first answer one place to the front, its blank proof taking the first."""
    first, second = ballot["answers"]
    proofs = [*second["individual_proofs"], second["overall_proof"], second.pop("blank_proof")]
    first["blank_proof"] = proofs[0]
    second |= {"individual_proofs": proofs[1:-1], "overall_proof": proofs[-1]}


@pytest.mark.usefixtures("no_net")
def test_a_proof_in_the_place_of_another_is_refused_as_the_reference_does() -> None:
    mixed = make_election(AGREE, BLANK)
    honest = cast(mixed, [[1, 0], [0, 1, 0]])
    moved = forge(mixed, honest, _shift)
    for given in (moved.commitments, None):
        numbered = (NumberedBallot(1, honest.raw), NumberedBallot(2, moved.raw))
        work = (BallotRules.of(mixed, KEY), numbered, (honest.commitments, given))
        assert checking.check_chunk(work) == check_ballots(work[0], numbered)
        assert [one.failed for one in checking.check_chunk(work).findings] == [1, 0, 0, 0]


def test_several_processes_find_what_one_finds(election: Election, ballots: list[Cast]) -> None:
    bad = spoil(ballots[0])
    listed = works(election, [ballots, [bad], ballots[:1], [bad, ballots[2]], ballots])
    assert list(on_all_cores(listed, 2)) == reference(listed)
    assert list(on_all_cores(listed, 1)) == reference(listed)
    assert list(on_all_cores([], 2)) == []


def _die_in_a_worker(work: Work) -> ChunkFindings:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return check_ballots(work[0], work[1])


def test_a_worker_that_dies_loses_nothing(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "check_chunk", _die_in_a_worker)
    listed = works(election, [ballots[:1], ballots[1:2], ballots[2:], ballots])
    assert list(on_all_cores(listed, 2)) == reference(listed)


def archive(vector: str, folder: Path) -> Path:
    [path] = (VECTORS / vector).glob("*.bel")
    copy = folder / path.name
    copy.write_bytes(path.read_bytes())
    return copy


def audited(path: Path, **how: Any) -> Report:
    return audit(path, checker=checker(path, **how))


@pytest.mark.parametrize("vector", ["3x2", "per-candidate-10x10"])
@pytest.mark.parametrize("sidecar", ["none", "random", "damaged", "a folder", "a pipe"])
def test_an_audit_says_the_same_whatever_lies_beside_the_archive(vector: str, sidecar: str, tmp_path: Path) -> None:
    path = archive(vector, tmp_path)
    beside = sidecar_of(path)
    if sidecar == "random":
        with beside.open("wb") as file:
            write_commitments(file, bytes(32), [os.urandom(3872)] * 20)
    elif sidecar == "damaged":
        beside.write_bytes(b"phieukin/commitments/v1\n")
    elif sidecar == "a folder":
        beside.mkdir()
    elif sidecar == "a pipe":
        os.mkfifo(beside)
    assert audited(path) == audit(path, checker=one_by_one)


def test_an_audit_without_numba_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive("3x2", tmp_path)
    monkeypatch.setattr(fast, "available", lambda: False)
    assert audited(path, workers=1) == audit(path, checker=one_by_one)


def test_an_audit_on_a_machine_without_numba_needs_nothing_else(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "for name in ('numba', 'numpy', 'llvmlite', 'distributed'): sys.modules[name] = None\n"
        "from tally.audit.engines import checking\n"
        "checking._FEW_BRANCHES = 0\n"
        "from voting.cli.main import main\n"
        "main()\n"
    )
    call = [sys.executable, "-c", program, "verify", archive("3x2", tmp_path)]
    done = subprocess.run(call, cwd=VECTORS.parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_of_the_engine_costs_time_alone(
    election: Election, ballots: list[Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_in_batches", lambda *arguments: 1 / 0)
    [work] = works(election, [ballots])
    assert checking.check_chunk(work) == check_ballots(work[0], work[1])


def test_a_hint_that_is_longer_than_its_ballot_is_not_even_read(tmp_path: Path) -> None:
    path = archive("3x2", tmp_path)
    election = audit(path).election
    assert election is not None
    size = commitments_size(election)
    with sidecar_of(path).open("wb") as file:
        write_commitments(file, bytes(32), [bytes(size)] * 2)
    found = hints(sidecar_of(path), size)
    fitting = checking._fitting([NumberedBallot(1, bytes(size - 1)), NumberedBallot(2, bytes(size))], found)
    assert fitting[0] is None and fitting[1] is not None


def joined(sizes: list[int], total: int) -> list[list[int]]:
    """Sizes of the ballots in each chunk that is made of chunks of three."""
    ballots = [NumberedBallot(height, bytes(size)) for height, size in enumerate(sizes)]
    chunks = [tuple(ballots[at : at + 3]) for at in range(0, len(ballots), 3)]
    found = list(checking._joined(chunks, total))
    assert [ballot for chunk in found for ballot in chunk] == ballots
    return [[len(ballot.raw) for ballot in chunk] for chunk in found]


def test_small_chunks_are_joined_in_their_order() -> None:
    assert [len(chunk) for chunk in joined([1] * 1200, 1200)] == [512, 512, 176]


def test_chunks_are_full_at_first_and_small_in_the_end() -> None:
    found = [sum(chunk) for chunk in joined([100_000] * 600, 60_000_000)]
    assert found[0] == 5_300_000  # the first ballot over 5 MiB closes a chunk
    assert found[:-1] == sorted(found[:-1], reverse=True)
    assert max(found[-4:]) <= 1_100_000


def test_an_archive_of_unknown_size_is_checked_in_small_chunks(tmp_path: Path) -> None:
    assert checking._size(tmp_path / "nothing") == 0
    assert [sum(chunk) for chunk in joined([600_000] * 6, 0)] == [1_200_000] * 3
