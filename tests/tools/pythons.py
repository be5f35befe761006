"""Which tests depend on the version of Python they run under: `make python` runs them, `.ci/run` under the newest one.

A module of the product depends on it where it imports, itself, a part of the standard library whose behaviour moves
from version to version, or what compiles for one version. It is tried by the test file of its own name, else by those
of its folder that import it, or by the one that ELSEWHERE names; commands, migrations and the loading of every module
are tried in any case. The rest is arithmetic, law and words in the plain language: `make pythons` runs all fast tests
under every version, which is done before a release.

Run as a program, it prints the files, one a line.
"""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.test_house import ROOT, modules

LIBRARY = frozenset({
    "asyncio", "codecs", "concurrent", "csv", "email", "fcntl", "http", "importlib.metadata",
    "importlib.resources", "inspect", "ipaddress", "llvmlite",
    "logging", "mmap", "multiprocessing", "numba", "pickle", "resource", "shutil", "signal", "socket", "sqlite3", "ssl",
    "subprocess", "tempfile", "threading", "tomllib", "traceback", "unicodedata", "urllib", "wsgiref", "xml", "zipfile",
    "zlib",
})  # fmt: skip
ALWAYS = (
    "tests/tools/test_pythons.py", "tests/keys/test_cli.py", "tests/tally/cli/test_main.py",
    "tests/voting/cli/test_serve.py", "tests/voting/storage/test_migrate.py",
)  # fmt: skip
# Who tries a module that has no test file of its own name, where it is not those of its folder that import it.
ELSEWHERE = {
    "tally.audit.bundles.bundle": "tests/tally/audit/test_refusals_bundles.py",
    "tally.audit.bundles.damage": "tests/tally/audit/test_refusals_bundles.py",
    "tally.count.head_decision": "tests/attacks/test_head.py",
    "tally.minutes.office_form": "tests/tally/test_minutes_office_form.py",
    "tally.minutes.renderer": "tests/tally/test_refusals_pdf.py",
    "tally.pdf.attached": "tests/tally/pdf/test_signatures_cli.py",
    "tally.pdf.stamps": "tests/tally/test_refusals_pdf.py",
    "voting.conference.draft.editor": "tests/voting/procedures/test_comparison.py",
    "voting.documents.conferences.look_alikes": "tests/voting/documents/test_letters.py",
    "voting.people.border.kinds": "tests/voting/people/test_staff_list.py",
    "voting.people.border.letters": "tests/voting/people/border/test_check.py",
    "voting.people.border.workbook_parts": "tests/voting/people/border/test_check.py",
    "voting.rounds.dossier.packed": "tests/voting/rounds/dossier/test_dossier.py",
    "voting.rounds.dossier.typesetting": "tests/voting/rounds/dossier/test_office.py",
    "voting.web.built": "tests/voting/web/test_pages.py",
    "voting.web.host_names": "tests/voting/server/test_certificates.py",
    "voting.web.trust": "tests/voting/server/test_certificates.py",
}
# Tried by long tests alone, which run under one version: here they are loaded.
LOADED = frozenset({
    "voting.cli.demo", "voting.cli.rehearsal", "voting.cli.room", "voting.rehearsal.practice", "voting.rehearsal.room",
    "voting.web.pages.rounds.round",
})  # fmt: skip


@cache
def imported(path: Path) -> frozenset[str]:
    """Everything that a file imports: modules, and names of modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return frozenset(found)


def depends(names: Iterable[str]) -> bool:
    """Tell whether one of the imported names is of a library that moves with Python."""
    return any(name == one or name.startswith(f"{one}.") for name in names for one in LIBRARY)


@cache
def dependent() -> dict[str, frozenset[str]]:
    """The modules that depend on Python's version, and the test files that try them."""
    return {name: _tests_of(name, path) for name, path in modules().items() if depends(imported(path))}


def _tests_of(name: str, path: Path) -> frozenset[str]:
    if name in ELSEWHERE:
        return frozenset({ELSEWHERE[name]})
    folder = (ROOT / "tests" / path.relative_to(ROOT)).parent
    named = folder / f"test_{path.stem}.py"
    tests = [named] if named.is_file() else [one for one in folder.glob("test_*.py") if name in imported(one)]
    return frozenset(str(one.relative_to(ROOT)) for one in tests)


def files() -> list[str]:
    """The test files that depend on Python's version."""
    return sorted({*ALWAYS}.union(*dependent().values()))


if __name__ == "__main__":
    print(*files(), sep="\n")
