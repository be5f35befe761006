"""Files are read in a process of their own (đọc tệp ở tiến trình riêng), with limits, never where ballots are taken.

The child gets the file on its input and prints its sheets as JSON; whatever a file was made to do ends with it.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from keys.message import Sentence
from keys.process_limits import give_way
from voting.people.border.cells import Cell, NotATable, Sheet
from voting.people.border.kinds import sheets_here
from voting.people.workbook_process import FAULTS, MEMORY, SECONDS, TooMuch, cell_name, run_child

MOST_BYTES: Final = 8 * 1024 * 1024


def sheets_of(raw: bytes, *, seconds: float = SECONDS, memory: int = MEMORY) -> tuple[Sheet, ...]:
    """Read every sheet of a file, of hidden ones the name alone; raise NotATable with what to do."""
    if len(raw) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise NotATable(Sentence(f"tệp lớn quá {most} MB: bỏ bớt ảnh", f"larger than {most} MB: take pictures out"))
    command = [sys.executable, "-m", __name__, str(memory), str(int(seconds) + 1)]
    printed, status = run_child(command, raw, seconds)
    if status == 1:
        raise NotATable(_save_again(FAULTS["unreadable"]))
    try:
        answer = json.loads(printed)
        if "words" in answer:
            raise NotATable(Sentence(*answer["words"]))
        if "fault" in answer:
            raise NotATable(_save_again(FAULTS[answer["fault"]], answer["cell"]))
        return tuple(_sheet(one) for one in answer["sheets"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotATable(_save_again(FAULTS["costly"])) from None


def _save_again(words: Sentence, cell: str = "") -> Sentence:
    at = f"{cell}: " if cell else ""
    return Sentence(
        f"{at}{words.vi}; mở tệp bằng Excel hoặc LibreOffice, chép bảng sang một tệp mới rồi lưu thành .xlsx",
        f"{at}{words.en}; open it in Excel or LibreOffice, copy the table into a new file and save that as .xlsx",
    )


def _sheet(one: Mapping[str, Any]) -> Sheet:
    """Return a sheet as `_spelled` spells it."""
    cells: dict[int, dict[int, Cell]] = {}
    for row, column, kind, text, struck in one["cells"]:
        cells.setdefault(row, {})[column] = Cell(text, kind, bool(struck))
    merged = tuple((a, b, c, d) for a, b, c, d in one["merged"])
    notes = {row: Sentence(vi, en) for row, vi, en in one["notes"]}
    return Sheet(one["name"], cells, frozenset(one["rows"]), frozenset(one["columns"]), merged, one["hidden"], notes)


# In the child


def _spelled(sheet: Sheet) -> dict[str, object]:
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "cells": [
            (row, column, one.kind, one.text, one.struck)
            for row, cells in sheet.cells.items()
            for column, one in cells.items()
        ],
        "rows": sorted(sheet.hidden_rows),
        "columns": sorted(sheet.hidden_columns),
        "merged": sheet.merged,
        "notes": [(row, words.vi, words.en) for row, words in sheet.notes.items()],
    }


def _main(memory: int, seconds: int) -> None:
    """Print what a file on the input holds, or what is wrong with it; any other error ends with status 1."""
    sys.modules |= dict.fromkeys(("numpy", "pandas", "PIL"))  # type: ignore[arg-type] # unneeded: openpyxl loads them
    give_way(memory=memory, seconds=seconds)
    answer: dict[str, object]
    try:
        answer = {"sheets": [_spelled(one) for one in sheets_here(sys.stdin.buffer.read())]}
    except NotATable as error:
        answer = {"words": (error.words.vi, error.words.en)}
    except TooMuch as error:
        cell = cell_name(error.row, error.column) if error.kind == "length" else ""
        answer = {"fault": error.kind, "cell": cell}
    except MemoryError:
        answer = {"fault": "costly", "cell": ""}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
