"""Workbooks (XLSX) are read in a process of their own, with limits on time and memory, never in one that takes ballots.

The child gets the file on its input and prints what it holds as JSON; whatever a file was made to do ends with it. No
part that is read may declare a DOCTYPE, in whatever encoding: there are no entities and no attributes that grow.
Pictures (xl/media) are never read, so they count for nothing. The parser runs in the child alone.
"""

import contextlib
import io
import subprocess
import threading
import zipfile
from collections.abc import Iterable
from typing import Final
from xml.parsers import expat

from keys.message import Sentence

MOST_UNPACKED = 64 * 1024 * 1024  # bytes of all parts that may be read
MOST_PARTS = 2048  # parts that may be read: one for each box to tick or drawing of a sheet
MOST_LENGTH = 32_767  # characters of one cell, as in Excel
MOST_TEXT = 8 * 1024 * 1024  # characters of all cells
MOST_CELLS = 200_000  # cells that have something in them
SECONDS = 60  # 5,000 rows of 20 columns take about 6 on a busy machine
MEMORY = 1024**3  # bytes of address space
_MOST_PRINTED = 8 * MOST_TEXT
PICTURES = "xl/media/"
_ONE_AT_A_TIME = threading.Lock()

FAULTS: Final = {
    "unreadable": Sentence("không đọc được tệp Excel", "not a readable workbook"),
    "unpacked": Sentence("tệp Excel quá lớn khi giải nén", "the workbook unpacks to more than is allowed"),
    "doctype": Sentence("tệp Excel có khai báo DOCTYPE", "the workbook declares a DOCTYPE"),
    "length": Sentence(f"ô dài quá {MOST_LENGTH} ký tự", f"the cell has more than {MOST_LENGTH} characters"),
    "text": Sentence(f"tệp có quá {MOST_TEXT} ký tự chữ", f"the file has more than {MOST_TEXT} characters of text"),
    "cells": Sentence(f"tệp có quá {MOST_CELLS} ô có nội dung", f"the file has more than {MOST_CELLS} cells filled in"),
    "costly": Sentence("đọc tệp Excel tốn quá nhiều thời gian hoặc bộ nhớ", "reading takes too much time or memory"),
}


class TooMuch(ValueError):
    """A limit is passed: which one, and in which cell (from 1), or the first one where it is no single cell."""

    def __init__(self, kind: str, row: int = 1, column: int = 1) -> None:
        """Keep a key of FAULTS, and the place."""
        super().__init__(kind)
        self.kind, self.row, self.column = kind, row, column


def cell_name(row: int, column: int) -> str:
    """Return the spreadsheet's name of a cell, both counted from 1."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def cell_place(name: str) -> tuple[int, int]:
    """Return row and column of a cell by its name, as `cell_name` spells it; raise ValueError for other text."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]), column


def limited(rows: Iterable[list[str]]) -> list[list[str]]:
    """Take rows within the limits on cells and text; raise TooMuch at the first that is beyond."""
    found: list[list[str]] = []
    cells = text = 0
    for row in rows:
        found.append(row)
        for column, cell in enumerate(row, 1):
            cells += cell != ""
            text += len(cell)
            if len(cell) > MOST_LENGTH:
                raise TooMuch("length", len(found), column)
        if cells > MOST_CELLS or text > MOST_TEXT:
            raise TooMuch("cells" if cells > MOST_CELLS else "text")
    return found


# In the process that takes ballots


def run_child(command: list[str], raw: bytes, seconds: float) -> tuple[bytes, int]:
    """Run a child that reads a workbook, one at a time; return what it printed, cut if it was ended, and its status."""
    with _ONE_AT_A_TIME:
        return _run(command, raw, seconds)


def _run(command: list[str], raw: bytes, seconds: float) -> tuple[bytes, int]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        clock = threading.Timer(seconds, process.kill)
        clock.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            with contextlib.suppress(OSError):  # it ended before it read all
                process.stdin.write(raw)
                process.stdin.flush()
            with contextlib.suppress(OSError):
                process.stdin.close()
            printed = process.stdout.read(_MOST_PRINTED)
            if len(printed) == _MOST_PRINTED:
                process.kill()
            return printed, process.wait()
        finally:
            process.kill()
            clock.cancel()


# In the child


def check_parts(raw: bytes) -> None:
    """Refuse workbooks that unpack to more than they may, or declare a DOCTYPE, before they are read."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        parts = [part for part in packed.infolist() if not part.filename.startswith(PICTURES)]
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TooMuch("unpacked")
        for part in parts:
            with packed.open(part) as file:
                if _declares(iter(lambda: file.read(1 << 14), b"")):
                    raise TooMuch("doctype")


def _declares(chunks: Iterable[bytes]) -> bool:
    """Tell whether XML declares a DOCTYPE, which comes before its first element; what is no XML declares none."""
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append("doctype")
    parser.StartElementHandler = lambda *_: found.append("element")
    with contextlib.suppress(expat.ExpatError):
        for chunk in chunks:
            parser.Parse(chunk)
            if found:
                break
    return found[:1] == ["doctype"]
