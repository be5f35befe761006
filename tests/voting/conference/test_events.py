"""The catalogue of events: complete, the only way into the log, and in the documents."""

import ast
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from voting.conference import events
from voting.documents.facts import IncidentKind, SpareReason
from voting.documents.states import TWO_PERSON_STEPS
from voting.server import serve

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("voting", "keys", "tally")
LOGGING = {"logging", "structlog", "loguru", "syslog"}


def test_the_catalogue_has_every_kind_that_the_code_counts_or_keeps() -> None:
    counted = {*get_args(IncidentKind), *(f"spare_{reason}" for reason in get_args(SpareReason))}
    assert counted <= events.COUNTED
    assert set(TWO_PERSON_STEPS) <= {one.name for one in events.CATALOGUE}


def test_what_the_code_counts_by_name_is_in_the_catalogue() -> None:
    noted = set()
    for path in (ROOT / "voting").rglob("*.py"):
        noted |= set(re.findall(r'\bnote\([^)]*?, "(\w+)"\)', path.read_text()))
    assert noted
    assert noted <= events.COUNTED


def test_nothing_but_the_catalogue_writes_a_log() -> None:
    wrong = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path == ROOT / "voting" / "conference" / "events.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                source = node.module if isinstance(node, ast.ImportFrom) else None
                called = node.attr if isinstance(node, ast.Attribute) else ""
                if (
                    LOGGING & {*(name.split(".")[0] for name in names), (source or "").split(".")[0]}
                    or called == "logger"
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}")
    assert wrong == []


def test_nothing_but_the_commands_prints() -> None:
    """`click.echo` of a command goes to whoever typed it; the server has nobody to print to."""
    wrong = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                name = node.func if isinstance(node, ast.Call) else None
                if isinstance(name, ast.Name) and name.id in ("print", "breakpoint", "pprint"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


@pytest.fixture
def as_in_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers as the server's processes have them, put back afterwards."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    events.keep_to_catalogue()


def test_in_the_server_every_other_logger_is_silent(as_in_the_server: None, capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(sys.stderr)
    for name in ("", "flask-limiter", "sqlalchemy.pool", "werkzeug", "voting.web", "phieukin.other"):
        logging.getLogger(name).critical("10.0.0.7 cast tracker x")
    events.log("fault", kind="ValueError", place="box.py:1")
    captured = capsys.readouterr()
    assert captured.out + captured.err == "fault kind=ValueError place=box.py:1\n"


@pytest.mark.parametrize("start", [serve.application, lambda: serve.serve(None)])  # type: ignore[arg-type]
def test_the_servers_processes_begin_with_it(start: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Exception):
        """Raised in place of silencing, so that nothing else happens."""

    def silent() -> None:
        raise Silent

    monkeypatch.setattr(events, "keep_to_catalogue", silent)
    with pytest.raises(Silent):
        start()


def test_an_event_with_its_fields_is_logged_without_a_time(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="phieukin"):
        events.log("fault", kind="ValueError", place="box.py:1")
    assert [record.getMessage() for record in caplog.records] == ["fault kind=ValueError place=box.py:1"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [("vote", {}), ("fault", {}), ("fault", {"kind": "x", "place": "y", "card": "z"}), ("close", {"first": "a"})],
)
def test_what_the_catalogue_does_not_have_cannot_be_logged(name: str, fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        events.log(name, **fields)


def test_the_page_of_events_is_up_to_date() -> None:
    assert (ROOT / "docs" / "events.md").read_text(encoding="utf-8") == events.document()


def test_every_event_says_what_it_is_in_both_languages() -> None:
    assert all(one.meaning.endswith(".") and one.vietnamese.endswith(".") for one in events.CATALOGUE)
    assert {one.meaning for one in events.CATALOGUE} & {one.vietnamese for one in events.CATALOGUE} == set()
