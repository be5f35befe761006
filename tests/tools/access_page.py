"""Who may what, as a page of Markdown: docs/access.md, from the views and the table of steps that they go by.

The tests keep a table of their own, written by hand: `tests/access/table.py`, `tests/voting/web/access/test_pairs.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from voting.conference.steps import ROLES, STEPS, Pair, Role, Step

EVERYBODY, STAFF = "everybody", "staff"
_WORDS = {"none": "–", "may": "may be said", "must": "must be said"}
_BY_ITSELF = "a record by itself"


def audience(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return for whom a view is: roles in their order, else staff, a key, a code or everybody."""
    roles: tuple[Role, ...] | None = getattr(view, "for_roles", None)
    if roles is None:
        return (getattr(view, "by_key", EVERYBODY),)
    return _ordered(roles) or (STAFF,)


def document(app: Flask) -> str:
    """Return the page: every route with the first sentence of its code, then every step of a conference."""
    lines = [
        "# Who may what",
        "",
        "Made from the program by `make docs`: from what its views let in, and from the one table of steps",
        "(`voting/conference/steps.py`). `tests/access/table.py` says the same by hand; `tests/access/test_routes.py`",
        "tries every route with every role, without signing in, with foreign keys and with forged forms.",
        "",
        "*staff* is anybody who signed in; *tablet*, *card* and *code* are not sessions: the request itself is signed",
        "by an enrolled tablet's key, by the card's secret, or carries the desk's one-time code.",
        "",
        "| method | address | for | what it is |",
        "|---|---|---|---|",
        *sorted(_routes(app), key=_place),
        "",
        "## The steps of a conference",
        "",
        "| step | in the states | leads to | begun by | second person | reason |",
        "|---|---|---|---|---|---|",
        *(_step(name, step) for name, step in STEPS.items()),
    ]
    return "\n".join(lines) + "\n"


def _place(line: str) -> tuple[str, str]:
    _, method, rule, *_ = line.split("|")
    return rule.strip(" `"), method


def _routes(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        what = " ".join((view.__doc__ or "").split("\n\n")[0].split()).replace("|", "\\|")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield f"| {method} | `{rule.rule}` | {', '.join(audience(view))} | {what} |"


def _step(name: str, step: Step) -> str:
    cells = (", ".join(step.states), step.to or "–", ", ".join(_ordered(step.who)) or _BY_ITSELF)
    return f"| `{name}` | {' | '.join(cells)} | {_second(step.pair)} | {_WORDS[step.words]} |"


def _second(pair: Pair | None) -> str:
    if pair is None:
        return "–"
    each = f"; each: {' or '.join(_ordered(pair.each))}" if pair.each else ""
    return f"one of the two: {' or '.join(_ordered(pair.one_of))}{each}"


def _ordered(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(role for role in ROLES if role in roles)
