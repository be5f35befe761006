"""A tally machine as tellers have it: a fresh venv with the base wheel, its own dependencies, and nothing of the room.

The dependencies are those that the wheel itself names, followed to the end, taken from where the tests run: so no
network is needed to make it. Where the system lets us, its processes have no network either (`unshare --net`).
"""

import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Machine:
    """How to call the program there."""

    command: tuple[str, ...]
    python: Path

    def says(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run its Python."""
        return subprocess.run(
            [*self.command[:-1], str(self.python), *words], capture_output=True, text=True, check=False
        )


def set_up(folder: Path) -> Machine:
    """Build the wheel, make the venv, install the wheel alone, and put the dependencies that it names beside it."""
    wheel = build_wheel(folder)
    place = folder / "tally machine"
    venv.create(place, with_pip=True, symlinks=True)
    python = place / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", "install"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    [packages] = (place / "lib").glob("python*/site-packages")
    [info] = packages.glob("phieukin-*.dist-info")
    for one in closure(Distribution.at(info)):
        copy(one, packages)
    return Machine((*no_network(), str(place / "bin" / "phieukin")), python)


def build_wheel(folder: Path) -> Path:
    """The wheel without the tablet's pages: tellers show none."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", "wheel"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run([*pip, *options], env=without_hooks(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("phieukin-*.whl")
    return wheel


def without_hooks() -> dict[str, str]:
    """The environment for a build that makes no front end."""
    import os

    return {**os.environ, "HATCH_BUILD_NO_HOOKS": "true"}


def closure(root: Distribution) -> list[Distribution]:
    """What a distribution needs without extras, and what that needs, to the end; `pip check` judges the versions."""
    found: dict[str, Distribution] = {}
    waiting = list(root.requires or ())
    while waiting:
        wanted, _, marker = waiting.pop().partition(";")
        name = spelled(re.match(r"[\w.-]+", wanted)[0])  # type: ignore[index] # every requirement begins with a name
        if "extra" in marker or name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            assert marker, f"{name}: needed on every system, and not installed here"
            continue
        waiting += found[name].requires or ()
    return list(found.values())


def spelled(name: str) -> str:
    """A distribution's name as PyPI compares names."""
    return re.sub(r"[-_.]+", "-", name).casefold()


def copy(one: Distribution, packages: Path) -> None:
    """Link every file of a distribution into another venv; scripts and compiled caches stay behind."""
    for file in one.files or ():
        source = Path(str(file.locate()))
        if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
            continue
        target = packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)


def installed_on(machine: Machine) -> set[str]:
    """Names of all distributions there."""
    listing = "from importlib.metadata import distributions; print(*{one.name for one in distributions()})"
    return {spelled(name) for name in machine.says("-c", listing).stdout.split()}


def installed_here() -> set[str]:
    """The names of all distributions of this environment."""
    return {spelled(one.name) for one in distributions()}


def no_network() -> tuple[str, ...]:
    """What keeps a process off every network, if this account may ask for it."""
    for words in (("unshare", "--net"), ("unshare", "--user", "--map-root-user", "--net")):
        if (
            shutil.which(words[0])
            and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
        ):
            return words
    return ()
