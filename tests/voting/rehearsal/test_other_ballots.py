"""Ballots of other kinds than the plan's, on a real server: from the catalogue to minutes that others find sound."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from tally.cli.verify import verify_command
from voting.cli.rehearsal import rehearsal_command
from voting.procedures import catalogue
from voting.rehearsal.office import RULESET

pytestmark = [pytest.mark.slow, pytest.mark.interop]
ROOT = Path(__file__).resolve().parents[3]
KINDS, CATALOGUES = ROOT / "voting" / "procedures" / "kinds", ROOT / "voting" / "procedures"
OTHERS = [one.id for ruleset in catalogue() if ruleset.id != RULESET for one in ruleset.procedures]
RUN = "from voting.cli.main import main; main()"
Audit = Callable[[Path], int]


def taken_apart(dossier: Path, folder: Path) -> list[str]:
    with zipfile.ZipFile(dossier) as file:
        file.extractall(folder)
        return file.namelist()


@pytest.mark.parametrize("procedure", OTHERS)
def test_a_shipped_procedure_runs_to_signed_papers_that_everybody_finds_sound(
    procedure: str, tmp_path: Path, belenios_audit: Audit
) -> None:
    done = CliRunner().invoke(rehearsal_command, ["--out", str(tmp_path / "out"), "--procedure", procedure])
    assert done.exit_code == 0, done.output
    (dossier,) = (tmp_path / "out").iterdir()
    checked = CliRunner().invoke(verify_command, [str(dossier)])
    assert checked.exit_code == 0, checked.output
    names = taken_apart(dossier, tmp_path / "in")
    assert [belenios_audit(tmp_path / "in" / name) > 0 for name in names if name.endswith(".bel")] == [True]
    assert any(name.endswith("minutes.pdf") for name in names)


def with_a_new_kind(folder: Path) -> Path:
    """The program with one more kind of ballot, a TOML file, and a catalogue that uses it; not a line of code else."""
    copytree(ROOT / "voting", folder / "voting")
    for other in ("keys", "tally", "kiosk_templates"):
        (folder / other).symlink_to(ROOT / other)
    kind = (KINDS / "elect.toml").read_text("utf-8")
    for old, new in (
        ('id = "elect"', 'id = "nominate"'), ("place = 5", "place = 9"), ('most = "quota"', "most = 1"),
        ('title = "Bầu {post}"', 'title = "Đề cử {post}"'), ("trúng cử", "được đề cử"),
        ("Số phiếu bầu", "Số phiếu đề cử"), ('vote = "phiếu bầu"', 'vote = "phiếu đề cử"'),
    ):  # fmt: skip
        assert old in kind
        kind = kind.replace(old, new)
    (folder / "voting/procedures/kinds/nominate.toml").write_text(kind, "utf-8")
    ruleset = (CATALOGUES / "bau-cu-190.toml").read_text("utf-8")
    ruleset = ruleset.replace("BAU-CU-190", "DE-CU").replace("BAU-CAP-UY", "DE-CU").replace('"elect"', '"nominate"')
    more_than_half = 'op = ">"\nnum = 1\nden = 2\nbase = "summoned"'
    assert more_than_half in ruleset
    ruleset = ruleset.replace(more_than_half, 'op = ">="\nnum = 1\nden = 10\nbase = "ballots"')
    (folder / "voting/procedures/de-cu.toml").write_text(ruleset, "utf-8")
    return folder


def run(program: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", RUN, *words], cwd=program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_kind_added_by_one_file_runs_from_ballots_to_minutes(tmp_path: Path, belenios_audit: Audit) -> None:
    program = with_a_new_kind(tmp_path / "program")
    run(program, "rehearsal", "--out", str(tmp_path / "out"), "--procedure", "DE-CU")
    dossier = tmp_path / "out" / "de-cu-dossier.zip"
    run(program, "verify", str(dossier))
    names = taken_apart(dossier, tmp_path / "in")
    (archive,) = (name for name in names if name.endswith(".bel"))
    assert belenios_audit(tmp_path / "in" / archive) > 0
    (minutes,) = (name for name in names if name.endswith("minutes.pdf"))
    text = " ".join(
        subprocess.run(["pdftotext", str(tmp_path / "in" / minutes), "-"], capture_output=True, text=True, check=True)
        .stdout.replace("\u00a0", " ").split()
    )  # fmt: skip
    assert "Đề cử chức danh Ủy viên Ban Chấp hành" in text
    assert "phiếu đề cử từ 10% trở lên so với tổng số phiếu thu về (11 phiếu)" in text
    assert "Không được chọn" in text and "được đề cử" in text
