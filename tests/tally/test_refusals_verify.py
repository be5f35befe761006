"""What `phieukin verify` says of files that vanish, exhaust the machine, or lie on a cluster that is not there."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tally.audit import Verdict
from tally.cli import gathered, verify
from tests.attacks.lab import Lab, closed


@pytest.mark.parametrize("error", [ImportError("no dask"), OSError("no route"), ValueError("no address")])
def test_a_cluster_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    cluster = pytest.importorskip("tally.audit.engines.cluster")

    def connect(address: str) -> None:
        raise error

    monkeypatch.setattr(cluster, "connect", connect)
    with pytest.raises(click.BadParameter, match=f"tcp://x: {error}"), verify._runner("tcp://x"):
        pass


def test_a_journal_that_cannot_be_kept_or_a_bundle_is_refused(lab: Lab, tmp_path: Path) -> None:
    box, bundle = tmp_path / "box.bel", tmp_path / "x.zip"
    box.write_bytes(closed(lab).raw())
    bundle.write_bytes(b"PK\x03\x04")
    for file, journal, words in (
        (bundle, tmp_path / "journal", "a bundle is checked as a whole"),
        (box, tmp_path / "no folder" / "journal", "No such file or directory"),
    ):
        result = CliRunner().invoke(verify.verify_command, [str(file), "--resume", str(journal)])
        assert result.exit_code == 2
        assert words in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize("error", [MemoryError(), RecursionError()])
@pytest.mark.parametrize("kind", ["archive", "bundle"])
def test_a_file_made_to_exhaust_the_machine_is_unreadable(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, error: Exception
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise error

    path = tmp_path / "x"
    path.write_bytes(b"PK\x03\x04" if kind == "bundle" else closed(lab).raw())
    monkeypatch.setattr(verify, "check_bundle" if kind == "bundle" else "audit", exhausted)
    report = verify.check_file(path, ())
    assert report.verdict is Verdict.UNREADABLE
    assert report.why == f"x: {type(error).__name__}: made to exhaust this machine"


def test_a_file_that_vanishes_or_is_locked_is_no_bundle(tmp_path: Path) -> None:
    assert gathered.is_bundle(tmp_path / "none") is False
    report = verify.check_file(tmp_path / "none", ())
    assert report.verdict is Verdict.UNREADABLE
    assert report.why.endswith(f"{tmp_path / 'none'}: no file or folder of that name")


def test_a_bundle_with_a_record_beside_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04")
    report = verify.check_file(tmp_path / "x.zip", (tmp_path / "record.json",))
    assert "x.zip brings its own records and decisions: to name others" in report.why


def test_a_bar_moves_while_a_large_archive_is_checked(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[int] = []

    class Bar:
        n = 0

        def __init__(self, **_: object) -> None: ...

        def __enter__(self) -> "Bar":
            return self

        def __exit__(self, *_: object) -> None: ...

        def update(self, by: int) -> None:
            self.n += by
            moved.append(self.n)

    monkeypatch.setattr(verify, "tqdm", Bar)
    path = tmp_path / "x.bel"
    path.write_bytes(closed(lab).raw())
    assert verify.check_file(path, ()).verdict is Verdict.SOUND
    assert moved and moved == sorted(moved) and moved[-1] <= path.stat().st_size
