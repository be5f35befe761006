"""Trying mutants: a copy of the tree, the tests that reach each line, and one forked process a mutant.

A process imports pytest and the libraries once and none of our code; for each mutant it forks a child that imports the
changed module in place of the real one and runs the tests that reach the changed line, the quickest first, until one
fails. Which tests reach a line is measured beforehand, by a run over the unchanged module, which must be green.
"""

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from tests.mutation.mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("keys", "voting", "tally", "kiosk_templates", "tests", "pyproject.toml", "docs", "CHANGELOG.md")
MARKS = "not (postgres or browser or interop or slow or faults or office)"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "-m", MARKS,
           "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip # libraries are there before pytest begins
LIBRARIES = ("hypothesis.stateful", "sqlalchemy.orm", "sqlalchemy.dialects.sqlite", "alembic.command", "flask_wtf",
             "nacl.bindings", "cryptography.x509", "msgspec", "rfc8785", "securesystemslib.dsse", "click.testing",
             "numba", "argon2", "pyotp", "pikepdf", "pypdf", "pyhanko.sign.signers", "typst")  # fmt: skip
PATIENCE, LEAST_SECONDS = 10, 60  # a mutant may take so many times as long as its tests did, and at least so long
PASSED, FAILED, INTERRUPTED = 0, 1, 2  # pytest's statuses; interrupted is what does not even import
Outcome = Literal["killed", "survived", "not reached", "timeout", "broken"]


@dataclass(frozen=True, slots=True)
class Reach:
    """The tests that reach each line of a module, the quickest first, and how long each took."""

    tests: dict[int, list[str]]
    seconds: dict[str, float]


@contextlib.contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree as it is now, without what npm leaves."""
    with tempfile.TemporaryDirectory(prefix="phieukin-mutation-") as name:
        folder = Path(name)
        ignored = shutil.ignore_patterns("node_modules", "__pycache__", "screens", "*.png")
        for part in PARTS:
            if (ROOT / part).is_file():
                shutil.copy(ROOT / part, folder / part)
            elif (ROOT / part).exists():
                shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        yield folder


def reach(folder: Path, module: str, tests: Sequence[str]) -> Reach:
    """Run the tests over the unchanged module; exit where they are not green."""
    with tempfile.TemporaryDirectory() as name:
        data, report = Path(name) / "data", Path(name) / "report.json"
        surroundings = {**os.environ, "PYTHONPATH": str(folder), "COVERAGE_FILE": str(data), REPORT: str(report)}
        config = Path(name) / "coveragerc"
        config.write_text("[run]\nconcurrency = thread\n")
        options = ["-p", "tests.mutation.trial", "--cov-context=test", "--cov-report=", f"--cov-config={config}"]
        command = [sys.executable, "-m", "pytest", *OPTIONS, *options, f"--cov={_dotted(module)}", *tests]
        done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{module}: its tests fail without any mutant\n{done.stdout[-3000:]}")
        seconds: dict[str, float] = json.loads(report.read_text())
        return Reach(_tests_by_line(data, folder / module, seconds), seconds)


def _tests_by_line(data: Path, module: Path, seconds: dict[str, float]) -> dict[int, list[str]]:
    from coverage import CoverageData

    found = CoverageData(str(data))
    found.read()
    name = next((one for one in found.measured_files() if Path(one).samefile(module)), None)
    if name is None:
        return {}
    named = {line: {context.partition("|")[0] for context in contexts if "|" in context}
             for line, contexts in found.contexts_by_lineno(name).items()}  # fmt: skip
    return {line: sorted(tests & seconds.keys(), key=seconds.__getitem__) for line, tests in named.items()}


REPORT = "PHIEUKIN_MUTATION_REPORT"
_seconds: dict[str, float] = {}


def pytest_runtest_logreport(report: object) -> None:
    """As a plugin of pytest: add up what each test took."""
    nodeid, duration = str(report.nodeid), float(report.duration)  # type: ignore[attr-defined]
    _seconds[nodeid] = _seconds.get(nodeid, 0.0) + duration


def pytest_sessionfinish() -> None:
    """As a plugin of pytest: write it down."""
    if REPORT in os.environ:
        Path(os.environ[REPORT]).write_text(json.dumps(_seconds))


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def warm(folder: Path) -> None:
    """Prepare this process for forking: libraries imported, none of our code, the copy in place of the tree."""
    for library in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    sys.path[:] = [str(folder), *(one for one in sys.path if Path(one or ".").resolve() != ROOT)]
    ours = [name for name in sys.modules if name.split(".")[0] in ("keys", "voting", "tally", "kiosk_templates")]
    assert not ours, f"imported before the fork: {ours}"
    for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
        del sys.modules[name]
    os.chdir(folder)


def attempt(folder: Path, module: str, mutant: Mutant, found: Reach) -> Outcome:
    """Run the tests that reach a mutant in a forked child; "broken" is neither: pytest itself gave up, or crashed."""
    tests = found.tests.get(mutant.line, [])
    if not tests:
        return "not reached"
    deadline = time.monotonic() + max(LEAST_SECONDS, PATIENCE * sum(found.seconds[one] for one in tests))
    child = os.fork()
    if child == 0:
        _run(folder, module, mutant.text, tests)
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            outcomes: dict[int, Outcome] = {PASSED: "survived", FAILED: "killed", INTERRUPTED: "killed"}
            return outcomes.get(os.waitstatus_to_exitcode(status), "broken")
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def check_unchanged(folder: Path, module: str, found: Reach) -> None:
    """The unchanged module survives every test that reaches it: else all mutants would seem to be killed."""
    text = (folder / module).read_text(encoding="utf-8")
    every = sorted({one for tests in found.tests.values() for one in tests}, key=found.seconds.__getitem__)
    outcome = attempt(folder, module, Mutant(0, "none", text), Reach({0: every}, found.seconds))
    if outcome != "survived":
        raise SystemExit(f"{module}: {outcome}, though nothing was changed")


def _run(folder: Path, module: str, text: str, tests: Sequence[str]) -> None:
    """In the child: import the mutant, run pytest, end with its status."""
    os.setsid()
    status: int = FAILED
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(silent, stream)
        sys.meta_path.insert(0, _Changed(_dotted(module), folder / module, text))
        import pytest

        with tempfile.TemporaryDirectory(prefix="phieukin-mutant-") as name:
            base = f"--basetemp={name}/base"
            status = int(pytest.main([*OPTIONS, "-x", "--no-header", "--tb=no", base, *tests]))
    finally:
        os._exit(status)


class _Changed(importlib.machinery.SourceFileLoader):
    """Finds and loads one module with another text."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        super().__init__(name, str(path))
        self._text = text

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """The module's spec, None for every other module."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        """The code of the changed text; nothing is cached."""
        return compile(self._text, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Run it."""
        exec(self.get_code(self.name), module.__dict__)  # type: ignore[arg-type]
