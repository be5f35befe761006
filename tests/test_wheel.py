"""The wheel: built from a copy of the repository as it would be for a release, it holds all that runs offline."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUILD = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"


def built(copy: Path, target: Path) -> Path:
    """Make the wheel of this checkout in a copy, so that no other test sees the front end being rebuilt."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    call = [sys.executable, "-c", BUILD, str(target)]
    done = subprocess.run(call, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel(first: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(first)


@pytest.mark.slow
def test_two_builds_in_two_places_give_the_same_bytes(first: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """So that anybody can build a release again, and compare the hash of the tablet's page with the one in the room."""
    second = built(tmp_path_factory.mktemp("another-copy"), tmp_path_factory.mktemp("another"))
    assert second.name == first.name
    one, two = (zipfile.ZipFile(path) for path in (first, second))
    assert [name for name in one.namelist() if one.read(name) != two.read(name)] == []
    assert first.read_bytes() == second.read_bytes()


def lists() -> list[Path]:
    return sorted(ROOT.glob("requirements*.txt"))


def test_every_package_of_every_list_is_pinned_with_hashes() -> None:
    assert len(lists()) == 6
    for path in lists():
        entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
        packages = [entry for entry in entries if not entry.startswith("#")]
        assert packages, path.name
        pinned = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+")
        wrong = [one.splitlines()[0] for one in packages if not pinned.match(one) or "--hash=sha256:" not in one]
        assert wrong == [], path.name


def test_every_package_of_the_tablets_list_has_its_hash() -> None:
    locked = json.loads((ROOT / "kiosk_templates" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    foreign = {name: entry for name, entry in locked.items() if name and not entry.get("link")}
    assert foreign
    assert [name for name, entry in foreign.items() if not entry.get("integrity", "").startswith("sha512-")] == []


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
    assert b"phieukin = voting.cli.main:main" in wheel.read(entry_points)
    assert any(name.endswith("LICENSE") for name in names)
