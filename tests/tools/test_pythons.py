"""What depends on Python's version is tried under more than one."""

import subprocess
import sys

import pytest

from tests.test_house import ROOT, modules
from tests.tools.pythons import ALWAYS, ELSEWHERE, LOADED, dependent, depends, files


def test_every_module_loads_without_a_warning() -> None:
    names = sorted(name for name in modules() if ".migrations." not in name)  # alembic runs those, in its own context
    program = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\n"
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_module_that_depends_on_the_version_is_tried_or_named_as_loaded_alone() -> None:
    assert {name for name, tests in dependent().items() if not tests} == LOADED


def test_who_is_tried_elsewhere_depends_on_the_version_and_the_files_are_there() -> None:
    assert dependent().keys() >= ELSEWHERE.keys()
    assert [name for name in files() if not (ROOT / name).is_file()] == []
    assert set(files()) >= {*ALWAYS, "tests/keys/files/test_durable.py", "tests/voting/storage/test_backup.py"}


@pytest.mark.parametrize(
    ("name", "moves"), [("sqlite3", True), ("xml.etree", True), ("importlib.resources.files", True),
                        ("importlib.import_module", False), ("sqlite3x", False), ("hashlib", False)],
)  # fmt: skip
def test_a_library_is_known_by_whole_names(name: str, moves: bool) -> None:
    assert depends([name]) is moves
