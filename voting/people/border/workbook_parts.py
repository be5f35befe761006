"""The parts of a workbook (XLSX, strict too); `voting.people.border.reading` has them read in a process of their own.

A cell gives what the spreadsheet shows: of a formula the value that was kept with it. Formulas without one, and errors,
stay what they are, so that they are refused by cell. Names of XML are known without their namespaces, which differ.
"""

import datetime
import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from voting.people.border.cells import Cell, Range, Sheet, tidy
from voting.people.workbook_process import (
    MOST_CELLS,
    MOST_LENGTH,
    MOST_TEXT,
    PICTURES,
    TooMuch,
    cell_place,
    check_parts,
)

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_KINDS: Final = {"str": "text", "s": "text", "inlineStr": "text", "e": "error", "b": "truth", "d": "date"}


@dataclass
class _Found:
    """What was read of one sheet."""

    name: str
    hidden: bool
    cells: list[tuple[int, int, str, str, bool]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)


@dataclass
class _Book:
    """What the cells of all sheets refer to: strings, styles, the first day of its dates; and what is counted."""

    strings: list[tuple[str, bool]] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)
    struck: list[bool] = field(default_factory=list)
    from_1904: bool = False
    cells: int = 0
    letters: int = 0


def _walk(raw: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str, str], None]) -> None:
    """Call `start` with each element and its attributes, `end` with it and its own text, names without namespace."""
    texts: list[list[str]] = [[]]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        texts.append([])
        start(name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def finish(name: str) -> None:
        end(name.rpartition(":")[2], "".join(texts.pop()))

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.CharacterDataHandler = lambda text: texts[-1].append(text)
    parser.Parse(raw, True)


def read_workbook(raw: bytes) -> tuple[Sheet, ...]:
    """Read every sheet of a workbook, of hidden ones the name alone; raise TooMuch, or what the libraries raise."""
    check_parts(raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        names = {name.lower(): name for name in packed.namelist()}

        def part(path: str) -> bytes:
            name = names[path.lower().lstrip("/")]
            if name.startswith(PICTURES):  # what is there was not checked
                raise ValueError(name)
            return packed.read(name)

        main = next(target for kind, target in _links(part, "").values() if kind == "officeDocument")
        links = _links(part, main)
        by_kind = dict(links.values())
        book, listed = _Book(), _listed(part(main))
        book.from_1904 = listed[1]
        if "sharedStrings" in by_kind:
            book.strings = list(_strings(part(by_kind["sharedStrings"])))
        if "styles" in by_kind:
            _styles(part(by_kind["styles"]), book)
        found = []
        for name, hidden, link in listed[0]:
            kind, target = links[link]
            if kind == "worksheet":
                found.append(_Found(name, hidden) if hidden else _cells(part(target), _Found(name, hidden), book))
        return tuple(map(_sheet, found))


def _sheet(found: _Found) -> Sheet:
    cells: dict[int, dict[int, Cell]] = {}
    for row, column, kind, text, struck in found.cells:
        if shown := tidy(text):
            cells.setdefault(row, {})[column] = Cell(shown, kind, bool(struck))
    rows = frozenset(row for row in found.rows if row in cells)
    columns = {at for first, last in found.columns for at in range(first, min(last, LAST_COLUMN) + 1)}
    if sum(min(last - first + 1, len(cells)) for first, _, last, _ in found.merged) > MOST_CELLS:
        raise TooMuch("cells")
    return Sheet(found.name, cells, rows, frozenset(columns), tuple(found.merged), found.hidden)


def _links(part: Callable[[str], bytes], owner: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: kind and path by id."""
    folder, name = posixpath.split(owner)
    links: dict[str, tuple[str, str]] = {}

    def start(tag: str, values: dict[str, str]) -> None:
        if tag == "Relationship" and values.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", folder, values["Target"]))
            links[values["Id"]] = values["Type"].rpartition("/")[2], path.lstrip("/")

    _walk(part(posixpath.join(folder, "_rels", f"{name}.rels")), start, lambda *_: None)
    return links


def _listed(raw: bytes) -> tuple[list[tuple[str, bool, str]], bool]:
    """Return name, whether hidden, and link of each sheet, in their order; and whether dates begin in 1904."""
    found: list[tuple[str, bool, str]] = []
    from_1904: list[bool] = []

    def start(tag: str, values: dict[str, str]) -> None:
        if tag == "sheet":
            found.append((values.get("name", ""), values.get("state", "visible") != "visible", values["id"]))
        elif tag == "workbookPr":
            from_1904.append(values.get("date1904") in ("1", "true"))

    _walk(raw, start, lambda *_: None)
    return found, any(from_1904)


def _strings(raw: bytes) -> Iterator[tuple[str, bool]]:
    """Return the shared texts, and whether letters of them are struck through; not how they are pronounced."""
    found: list[tuple[str, bool]] = []
    state: dict[str, Any] = {"text": [], "struck": False, "spoken": 0}

    def start(tag: str, values: dict[str, str]) -> None:
        if tag == "si":
            state.update(text=[], struck=False)
        state["spoken"] += tag == "rPh"
        state["struck"] |= tag == "strike" and _on(values)

    def end(tag: str, text: str) -> None:
        state["spoken"] -= tag == "rPh"
        if tag == "t" and not state["spoken"]:
            state["text"].append(text)
        elif tag == "si":
            found.append(("".join(state["text"]), state["struck"]))

    _walk(raw, start, end)
    return iter(found)


def _on(values: dict[str, str]) -> bool:
    return values.get("val", "1") not in ("0", "false")


def _styles(raw: bytes, book: _Book) -> None:
    """Note of each style whether it shows a date, and whether it strikes letters through."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    fonts: list[bool] = []
    path: list[str] = []

    def start(tag: str, values: dict[str, str]) -> None:
        above = path[-1] if path else ""
        path.append(tag)
        if tag == "numFmt" and above == "numFmts":
            formats[int(values["numFmtId"])] = values.get("formatCode", "")
        elif tag == "font" and above == "fonts":
            fonts.append(False)
        elif tag == "strike" and above == "font" and "fonts" in path:
            fonts[-1] = _on(values)
        elif tag == "xf" and above == "cellXfs":
            font = int(values.get("fontId", 0))
            book.dates.append(bool(is_date_format(formats.get(int(values.get("numFmtId", 0)), "General"))))
            book.struck.append(font < len(fonts) and fonts[font])

    _walk(raw, start, lambda *_: path.__delitem__(-1))


class _Reader:
    """Takes the cells of one sheet as the parser comes by."""

    def __init__(self, found: _Found, book: _Book) -> None:
        self.found, self.book = found, book
        self.row, self.column = 0, 0
        self.cell: dict[str, str] = {}
        self.text: list[str] = []
        self.value: str | None = None
        self.formula = self.struck = False
        self.spoken = 0

    def start(self, tag: str, values: dict[str, str]) -> None:
        """Note what an element says when it begins: row, cell, formula, merged cells, hidden rows and columns."""
        if tag == "row":
            self.row, self.column = int(values.get("r", self.row + 1)), 0
            if values.get("hidden") in ("1", "true") or float(values.get("ht", 1)) == 0:
                self.found.rows.append(self.row)
        elif tag == "c":
            self.row, self.column = _place(values["r"]) if "r" in values else (self.row, self.column + 1)
            self.cell, self.text, self.value, self.formula, self.struck = values, [], None, False, False
        elif tag == "f":
            self.formula = True
        elif tag == "mergeCell":
            first, _, last = values["ref"].partition(":")
            self.found.merged.append((*_place(first), *_place(last or first)))
        elif tag == "col" and (values.get("hidden") in ("1", "true") or float(values.get("width", 1)) == 0):
            self.found.columns.append((int(values["min"]), int(values["max"])))
        self.spoken += tag == "rPh"
        self.struck |= tag == "strike" and _on(values)

    def end(self, tag: str, text: str) -> None:
        """Take the text of an element that ends, but for how words are pronounced; a cell is whole then."""
        self.spoken -= tag == "rPh"
        if tag == "v":
            self.value = text
        elif tag == "t" and not self.spoken:
            self.text.append(text)
        elif tag == "c":
            self._take()

    def _take(self) -> None:
        kind, text, struck = self._read()
        if not text and kind != "formula":
            return
        if len(text) > MOST_LENGTH:
            raise TooMuch("length", self.row, self.column)
        self.book.cells += 1
        self.book.letters += len(text)
        if self.book.cells > MOST_CELLS or self.book.letters > MOST_TEXT:
            raise TooMuch("cells" if self.book.cells > MOST_CELLS else "text")
        self.found.cells.append((self.row, self.column, kind, text, struck))

    def _read(self) -> tuple[str, str, bool]:
        """Return kind, text, and whether it is struck through."""
        style, kind = int(self.cell.get("s", 0)), self.cell.get("t", "n")
        struck = self.struck or (style < len(self.book.struck) and self.book.struck[style])
        if kind == "inlineStr":
            return "text", "".join(self.text), struck
        if self.formula and not self.value and kind != "str":
            return "formula", "=", struck
        if self.value is None:
            return ("formula", "=", struck) if self.formula else ("text", "", struck)
        if kind == "s":
            text, partly = self.book.strings[int(self.value)]
            return "text", text, struck or partly
        if kind != "n":
            return _KINDS[kind], _iso(self.value) if kind == "d" else self.value, struck
        dated = style < len(self.book.dates) and self.book.dates[style]
        return *_number(self.value, self.book, dated=dated), struck


def _cells(raw: bytes, found: _Found, book: _Book) -> _Found:
    reader = _Reader(found, book)
    _walk(raw, reader.start, reader.end)
    return found


def _number(value: str, book: _Book, *, dated: bool) -> tuple[str, str]:
    """Return kind and text of a number: a day where its style shows days, whole numbers without a point."""
    if not value.strip():
        return "text", ""
    number = float(value)
    if dated:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

        try:
            day = from_excel(number, CALENDAR_MAC_1904 if book.from_1904 else CALENDAR_WINDOWS_1900)
        except (ValueError, OverflowError):
            day = None
        if isinstance(day, datetime.datetime):
            return "date", f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
    return "number", str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)


def _iso(text: str) -> str:
    day = datetime.datetime.fromisoformat(text.removesuffix("Z")).date()
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def _place(name: str) -> tuple[int, int]:
    """Return row and column of a cell's name; raise ValueError for one that no sheet has."""
    row, column = cell_place(name.replace("$", ""))
    if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
        raise ValueError(name)
    return row, column
