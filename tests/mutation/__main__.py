"""`make mutation`: break the rule, the audit and casting in one place at a time; the tests must notice.

Each mutant is one change of one module's syntax tree (a comparison, a boolean, a number, a call left out, a raise left
out), tested in a copy of the tree by that module's own tests. Survivors are printed with their line: each is either
an equivalent change or a test that is missing. A type annotation or a docstring is never changed.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("keys", "voting", "tally", "kiosk_templates", "tests", "pyproject.toml", "docs")
ATTACKS = ("tests/attacks", "tests/tally/audit", "tests/tally/test_verify_cli.py")
MODULES: dict[str, tuple[str, ...]] = {
    "tally/rule.py": ("tests/tally/test_rule.py", "tests/tally/test_rule_cli.py"),
    "tally/rule_case.py": ("tests/tally/test_rule.py", "tests/tally/test_rule_cli.py"),
    "voting/box.py": ("tests/voting/test_box.py",),
    **{f"tally/audit/{name}.py": ATTACKS for name in ("ballots", "box", "copies", "outcome", "record", "setup")},
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module's text after one change."""

    module: str
    line: int
    change: str
    text: str


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    source = (ROOT / module).read_text(encoding="utf-8")
    tree = ast.parse(source)
    for number, node in enumerate(_places(tree)):
        for change in _changes(node):
            other = copy.deepcopy(tree)
            _apply(_places(other)[number], change, other)
            yield Mutant(module, getattr(node, "lineno", 0), change, ast.unparse(other))


def _places(tree: ast.AST) -> list[ast.AST]:
    """The nodes inside of functions, in a fixed order; annotations and docstrings left out."""
    found: list[ast.AST] = []
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                    found += [node for node in ast.walk(statement) if node not in found]
    return found


def _changes(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        return ["another comparison"]
    if isinstance(node, ast.BoolOp):
        return ["and for or"]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not isinstance(node.left, ast.JoinedStr):
        return ["another operator"]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ["without not"]
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ["one more"]
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        return ["the other truth"]
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return ["left out"]
    return []


def _apply(node: ast.AST, change: str, tree: ast.AST) -> None:
    match change, node:
        case "another comparison", ast.Compare():
            node.ops[0] = COMPARISONS[type(node.ops[0])]()
        case "and for or", ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case "another operator", ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case "one more", ast.Constant():
            node.value += 1  # type: ignore[operator]
        case "the other truth", ast.Constant():
            node.value = not node.value
        case _:
            _replace(node, tree)


def _replace(node: ast.AST, tree: ast.AST) -> None:
    """Leave out a statement, or a `not`."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list) and node in value:
                value[value.index(node)] = node.operand if isinstance(node, ast.UnaryOp) else ast.Pass()
            elif value is node and isinstance(node, ast.UnaryOp):
                setattr(parent, field, node.operand)


def survives(mutant: Mutant) -> bool:
    """Run the module's tests on a copy of the tree with the mutant in it."""
    with tempfile.TemporaryDirectory(prefix="phieukin-mutant-") as name:
        folder = Path(name)
        for part in PARTS:
            if (ROOT / part).exists():
                _link(ROOT / part, folder / part, mutant.module)
        (folder / mutant.module).write_text(mutant.text, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
        command += ["-m", "not (postgres or browser or interop or slow)", *MODULES[mutant.module]]
        surroundings = {**os.environ, "PYTHONPATH": str(folder)}
        try:
            done = subprocess.run(
                command, cwd=folder, env=surroundings, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _link(source: Path, target: Path, module: str) -> None:
    """Copy Python and data, but not what npm and the build leave."""
    if source.is_file():
        shutil.copy(source, target)
        return
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", "__pycache__", "screens", "*.png"))
    assert not module.startswith("/")


def main() -> None:
    """Test the mutants, print the share that was killed, exit 1 below the goal."""
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--most", type=int, default=10_000, help="at most so many of each module, at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--goal", type=float, default=0.9)
    options = parser.parse_args()
    whole = killed = 0
    for module in options.modules:
        unchanged = Mutant(module, 0, "none", (ROOT / module).read_text(encoding="utf-8"))
        if not survives(unchanged):
            sys.exit(f"{module}: its tests fail without any mutant")
        made = list(mutants(module))
        random.Random(options.seed).shuffle(made)
        made = made[: options.most]
        with ThreadPoolExecutor(options.jobs) as pool:
            alive = [one for one, lives in zip(made, pool.map(survives, made), strict=True) if lives]
        whole, killed = whole + len(made), killed + len(made) - len(alive)
        print(f"{module}: {len(made) - len(alive)} of {len(made)} killed", flush=True)
        for one in sorted(alive, key=lambda mutant: mutant.line):
            print(f"    line {one.line}: {one.change}", flush=True)
    print(f"{killed} of {whole} mutants killed: {killed / whole:.0%}")
    sys.exit(killed < options.goal * whole)


if __name__ == "__main__":
    main()
