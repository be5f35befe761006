"""An audit goes on where it was interrupted, and believes nobody's journal but its own."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tally.audit import audit
from tally.audit.ballots import ChunkFindings
from tally.audit.engines import resume
from tally.audit.engines.checking import Work, checker, in_this_process
from tally.audit.engines.resume import check_own, resuming
from tally.cli.verify import verify_command
from tally.errors import NotReady
from tests.tally.audit.engines.test_checking import reference, works
from tests.tally.fast.ballots import AGREE, LIST, Cast, cast, make_election, spoil
from voting.documents.conferences.election import Election

VECTORS = Path(__file__).resolve().parents[3] / "vectors"


class Counted:
    """A runner that counts what it is asked to check, and is interrupted after so many chunks."""

    def __init__(self, most: int = 1000) -> None:
        self.checked, self.most = 0, most

    def __call__(self, listed: Iterable[Work]) -> Iterator[ChunkFindings]:
        for found in in_this_process(listed):
            if self.checked == self.most:
                raise KeyboardInterrupt
            self.checked += 1
            yield found


@pytest.fixture(scope="module")
def election() -> Election:
    return make_election(AGREE, LIST)


@pytest.fixture(scope="module")
def chunks(election: Election) -> list[list[Cast]]:
    return [[cast(election, [[1, 0], [1, 0, 0, 0, 0]])] for _ in range(4)]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def interrupted(journal: Path, listed: list[Work], after: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(resuming(journal, Counted(after))(listed))


def test_what_was_found_sound_is_not_checked_again(election: Election, chunks: list[list[Cast]], journal: Path) -> None:
    listed = works(election, chunks)
    interrupted(journal, listed, 2)
    rest = Counted()
    assert list(resuming(journal, rest)(listed)) == reference(listed)
    assert rest.checked == 2
    nothing_left = Counted()
    assert list(resuming(journal, nothing_left)(listed)) == reference(listed)
    assert nothing_left.checked == 0


def test_from_the_first_chunk_that_is_not_sound_all_is_checked_again(
    election: Election, chunks: list[list[Cast]], journal: Path
) -> None:
    listed = works(election, [chunks[0], [spoil(chunks[1][0])], *chunks[2:]])
    assert list(resuming(journal, Counted())(listed)) == reference(listed)
    again = Counted()
    assert list(resuming(journal, again)(listed)) == reference(listed)
    assert again.checked == 3


def test_another_archive_or_program_or_a_damaged_journal_is_checked_from_there(
    election: Election, chunks: list[list[Cast]], journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = works(election, chunks)
    list(resuming(journal, Counted())(listed))
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    changed = {
        "cut off": (b"".join(lines[:4])[:-9], 2),
        "a sum that is none": (b"".join(lines[:2]) + lines[2].split(b" ")[0] + b" []\n" + b"".join(lines[3:]), 3),
        "lines swapped": (lines[0] + lines[2] + lines[1], 4),
        "no line": (lines[0] + b"\0" * 100, 4),
        "empty": (b"", 4),
    }
    for why, (raw, expected) in changed.items():
        journal.write_bytes(raw)
        runner = Counted()
        assert list(resuming(journal, runner)(listed)) == reference(listed), why
        assert runner.checked == expected, why
        assert journal.read_bytes() == whole, why
    other = Counted()
    list(resuming(journal, other)(works(election, [chunks[0], chunks[2]])))
    assert other.checked == 1
    monkeypatch.setattr(resume, "_program", lambda: bytes(32))
    later = Counted()
    list(resuming(journal, later)(listed))
    assert later.checked == 4


def test_a_journal_that_others_can_write_to_is_refused(journal: Path) -> None:
    journal.touch()
    journal.chmod(0o666)
    with pytest.raises(NotReady, match="of your own"):
        list(resuming(journal, Counted())([]))


KINDS = ("another file", "the archive itself", "a link", "a folder", "a pipe", "a cut journal")


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_no_journal_is_refused_and_left_as_it_was(tmp_path: Path, kind: str) -> None:
    archive, path = tmp_path / "x.bel", tmp_path / "journal"
    archive.write_bytes(next(VECTORS.rglob("*.bel")).read_bytes())
    kept = tmp_path / "kept"
    kept.write_bytes(b'{"payload":"the only record"}\n')
    if kind == "another file":
        path.write_bytes(kept.read_bytes())
    elif kind == "the archive itself":
        path = archive
    elif kind == "a link":
        path.symlink_to(kept)
    elif kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(resume._TAG[:9])
    before = {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    found = CliRunner().invoke(verify_command, [str(archive), "--resume", str(path)])
    assert found.exit_code == 2
    assert "sound" not in found.output
    assert {one: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before


def test_the_command_says_the_same_with_a_journal_as_without(tmp_path: Path) -> None:
    archive = next(VECTORS.rglob("*.bel"))
    plain = CliRunner().invoke(verify_command, [str(archive)])
    for _ in range(2):
        kept = CliRunner().invoke(verify_command, [str(archive), "--resume", str(tmp_path / "journal")])
        assert (kept.exit_code, kept.output) == (plain.exit_code, plain.output)
    journal = tmp_path / "own"
    report = audit(archive, checker=checker(archive, runner=resuming(journal, in_this_process)))
    again = audit(archive, checker=checker(archive, runner=resuming(journal, Counted(0))))
    assert report.tally == again.tally
    assert report.checks == again.checks


def test_a_device_is_no_journal() -> None:
    with pytest.raises(NotReady, match="/dev/null: not a file"):
        check_own(Path("/dev/null"))
