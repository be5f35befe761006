"""Mutants: a module's text after one small change inside a function.

A comparison, a boolean operator, an operator, a condition, a number, a truth value changed; a call or a `raise` left
out; another way out of a loop. Annotations, docstrings, messages of errors and asserts are never changed.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module's text after one change."""

    line: int
    change: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module's text."""
    tree = ast.parse(source)
    for number, node in enumerate(_places(tree)):
        change = _change(node)
        if change:
            other = copy.deepcopy(tree)
            _apply(_places(other)[number], change, other)
            yield Mutant(getattr(node, "lineno", 0), change, ast.unparse(other))


def _places(tree: ast.AST) -> list[ast.AST]:
    """The nodes inside of functions, in a fixed order."""
    found: dict[int, ast.AST] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                found |= {id(node): node for node in _inside(statement)}
    return list(found.values())


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """A node and what is below it that decides something."""
    if isinstance(node, ast.Assert | ast.JoinedStr) or (isinstance(node, ast.Expr) and _is_text(node.value)):
        return
    yield node
    if isinstance(node, ast.Raise):  # its message decides nothing
        return
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _inside(child)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _change(node: ast.AST) -> str:
    """What is changed at a node; nothing where it decides nothing."""
    match node:
        case ast.Compare(ops=[first, *_]) if type(first) in COMPARISONS:
            return "another comparison"
        case ast.BoolOp():
            return "and for or"
        case ast.BinOp() if type(node.op) in OPERATORS and not _is_text(node.left):
            return "another operator"
        case ast.UnaryOp(op=ast.Not()):
            return "without not"
        case ast.If(test=ast.Name() | ast.Attribute() | ast.Call()) | ast.IfExp(test=ast.Name() | ast.Attribute()):
            return "not the condition"
        case ast.Constant(value=bool()):
            return "the other truth"
        case ast.Constant(value=int()):
            return "one more"
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return ""  # for mypy alone
        case ast.Raise() | ast.Expr(value=ast.Call()):
            return "left out"
        case ast.Continue() | ast.Break():
            return "another jump"
    return ""


def _apply(node: ast.AST, change: str, tree: ast.AST) -> None:
    match change, node:
        case "another comparison", ast.Compare():
            node.ops[0] = COMPARISONS[type(node.ops[0])]()
        case "and for or", ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case "another operator", ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case "not the condition", ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case "one more", ast.Constant():
            node.value += 1  # type: ignore[operator]
        case "the other truth", ast.Constant():
            node.value = not node.value
        case "without not", ast.UnaryOp():
            _put(node, node.operand, tree)
        case "another jump", ast.Continue():
            _put(node, ast.Break(), tree)
        case "another jump", ast.Break():
            _put(node, ast.Continue(), tree)
        case _:
            _put(node, ast.Pass(), tree)


def _put(node: ast.AST, other: ast.AST, tree: ast.AST) -> None:
    """Put another node in a node's place."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for at, child in enumerate(value):
                    if child is node:
                        value[at] = other
            elif value is node:
                setattr(parent, field, other)
