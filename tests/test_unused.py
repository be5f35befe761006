"""No public function of the product is there for the tests alone."""

import ast
import functools
from collections import Counter
from collections.abc import Iterator

from tests.test_house import imported, modules, parsed

NOT_CALLED_BY_US = {
    "voting.conference.events.document": "writes docs/events.md, by `make docs`",
    "voting.web.request_counts.RoomCounts": "found by the library limits through its scheme",
}
"""What no module of ours names, and why it stays."""
TRANSPARENT = {"cache", "lru_cache", "contextmanager", "dataclass", "wraps", "njit", "final", "total_ordering"}
"""Decorators that hand nothing on. Under others (a route, a command, a hook) the library calls the function."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@functools.cache
def names(module: str) -> Counter[str]:
    """How often a module names each thing of its own or imported, and `.x` for each attribute that it takes."""
    nodes = [node for node in ast.walk(parsed(modules()[module])) if isinstance(node, ast.Name | ast.Attribute)]
    return Counter(node.id if isinstance(node, ast.Name) else f".{node.attr}" for node in nodes)


@functools.cache
def strings() -> frozenset[str]:
    nodes = (node for name in modules() for node in ast.walk(parsed(modules()[name])))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@functools.cache
def imports(name: str) -> frozenset[str]:
    return frozenset(imported(name))


def is_used(module: str, node: Definition) -> bool:
    """Tell whether the product names a function or class outside of itself: here, by import, or as module.name."""
    own, taken = node.name, f".{node.name}"
    inside = sum(isinstance(one, ast.Name) and one.id == own for one in ast.walk(node))
    if names(module)[own] > inside or f"{module}:{own}" in strings():
        return True
    faces = [name for name in modules() if is_package(name) and f"{module}.{own}" in imports(name)]
    if any(names(name)[own] for name in faces):
        return True
    places = {module, *faces}
    full = {f"{place}.{own}" for place in places}
    for name in modules().keys() - {module}:
        named = not is_package(name) and bool(full & imports(name))
        if named or (names(name)[taken] and (places & imports(name) or module in strings())):
            return True
    return False


def is_package(name: str) -> bool:
    """Tell whether a module is the face of a package, whose imports are names for others."""
    return modules()[name].name == "__init__.py"


def definitions() -> Iterator[tuple[str, Definition]]:
    """Yield the public functions and classes at the top of each module, but those that a library is handed."""
    for name, path in modules().items():
        for node in parsed(path).body:
            if isinstance(node, Definition) and not node.name.startswith("_") and not decorators(node) - TRANSPARENT:
                yield name, node


def decorators(node: Definition) -> set[str]:
    called = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "?") for one in called}


def test_the_product_uses_each_of_its_public_functions_and_classes() -> None:
    migrations = "voting.storage.migrations.versions."  # called by alembic, each its upgrade and downgrade
    found = [(name, node) for name, node in definitions() if not name.startswith(migrations)]
    unused = {f"{name}.{node.name}" for name, node in found if not is_used(name, node)}
    assert unused - set(NOT_CALLED_BY_US) == set()
