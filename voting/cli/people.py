"""`phieukin people …`: see what an import of a list of people would do, without a room (kiểm tra danh sách)."""

import datetime
import json
import sys
from pathlib import Path

import click

from keys.message import Sentence
from voting.people.border.cells import NotATable
from voting.people.border.check import Kind, check_people
from voting.people.border.report import Report, refusal
from voting.procedures import catalogue


@click.group("people")
def people_group() -> None:
    """Lists of people (danh sách): see what an import would do."""


@people_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "kind", type=click.Choice(["staff", "summoned"]), default="staff", show_default=True,
              help="What the list is: the staff of an office, or the people summoned.")  # fmt: skip
@click.option("--sheet", metavar="NAME", help="The sheet to read, where several hold a list.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: Path, kind: Kind, sheet: str | None, as_json: bool) -> None:
    """Say what an import of FILE (XLSX or CSV) would do, without doing it: who is taken, left out, refused by cell.

    Exit 0: taken. Exit 1: refused. Exit 2: not a table that can be read, and what to do.
    """
    status = 0
    try:
        report = check_people(file.read_bytes(), kind, catalogue()[-1], today=_today(), sheet=sheet)
        status = 1 if report.refused else 0
    except NotATable as error:
        report, status = refusal(error.words), 2
    except OSError as error:
        what = error.strerror or type(error).__name__
        report = refusal(Sentence(f"không đọc được tệp {file.name}: {what}", f"{file.name} cannot be read: {what}"))
        status = 2
    if as_json:
        click.echo(_json(report))
    else:
        click.echo(_text(report, status))
    sys.exit(status)


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()


def _json(report: Report) -> bytes:
    """Return the report in the form of design §5, in UTF-8 whatever the terminal."""
    spelled = {
        "people": [
            {"row": one.row, "name": one.name, "position": one.position, "unit": one.unit} for one in report.people
        ],
        "left_out": [{"rows": list(one.rows), "why": _both(one.words)} for one in report.left_out],
        "refused": [{"cell": one.cell, "why": _both(one.words)} for one in report.refused],
        "warnings": [{"cell": one.cell, "why": _both(one.words)} for one in report.warnings],
    }
    return json.dumps(spelled, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _both(words: Sentence) -> str:
    return f"{words.vi} / {words.en}"


def _text(report: Report, status: int) -> str:
    verdict = ("Nhập được / Taken", "Không nhập / Refused", "Không đọc được / Not readable")[status]
    lines = [f"{verdict}: {len(report.people)} người / people"]
    lines += [f"  {one.row}: {', '.join(filter(None, (one.name, one.position, one.unit)))}" for one in report.people]
    for title, remarks in (("Từ chối / Refused", report.refused), ("Lưu ý / Look at", report.warnings)):
        if remarks:
            lines += [f"{title}:", *(f"  {f'{one.cell}: ' if one.cell else ''}{_both(one.words)}" for one in remarks)]
    if report.left_out:
        lines.append("Bỏ qua các dòng / Rows left out:")
        lines += [f"  {', '.join(map(str, one.rows))}: {_both(one.words)}" for one in report.left_out]
    return "\n".join(lines)
