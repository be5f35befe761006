"""The wheel: built from a copy of the repository as it would be for a release, it holds all that runs offline."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this checkout, made in a copy so that no other test sees the front end being rebuilt."""
    copy, target = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    call = [sys.executable, "-c", BUILD, str(target)]
    done = subprocess.run(call, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return zipfile.ZipFile(target / done.stdout.split()[-1])


@pytest.mark.slow
def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"keys", "voting", "tally", "kiosk_templates"}
    assert [name for name in wheel.namelist() if "node_modules" in name or "/tests/" in name] == []


@pytest.mark.slow
def test_the_wheel_holds_the_built_pages_and_what_is_read_at_run_time(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert "kiosk_templates/static/built/manifest.json" in names
    for suffix in (".ttf", ".js", ".html", ".typ", ".toml"):
        assert any(name.endswith(suffix) for name in names), suffix


@pytest.mark.slow
def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    names = [name for name in wheel.namelist() if ".dist-info/" in name]
    entry_points = next(name for name in names if name.endswith("entry_points.txt"))
    assert b"phieukin = voting.cli:main" in wheel.read(entry_points)
    assert any(name.endswith("LICENSE") for name in names)
