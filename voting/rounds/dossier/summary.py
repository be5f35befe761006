"""A summary as PDF, beside its workbook: the same table on A3 landscape, the header of two rows on every page.

The same table gives the same bytes. Everything goes in as data, never as markup.
"""

import json
from importlib.resources import files
from typing import cast

import msgspec
import typst

from voting.rounds.dossier.tables import Column, Table
from voting.rounds.dossier.typesetting import family, fonts


def summary_pdf(table: Table) -> bytes:
    """Render a summary as PDF."""
    data = json.dumps(_plain(table), ensure_ascii=False).encode()
    template = files("kiosk_templates").joinpath("typst", "summary.typ").read_bytes()
    pdf = typst.compile(  # type: ignore[call-overload] # typst takes virtual files, its stub does not know it
        {"main.typ": template, "summary.json": data}, font_paths=fonts(), format="pdf", timestamp=0
    )
    return cast(bytes, pdf)


def _plain(table: Table) -> dict[str, object]:
    plain = cast(dict[str, object], msgspec.to_builtins(table))
    return plain | {"font": family(), "header": _header(table.columns), "widths": [one.width for one in table.columns]}


def _header(columns: tuple[Column, ...]) -> list[dict[str, object]]:
    """Return the cells of the header: words, row, column and how many rows and columns they span."""
    cells: list[dict[str, object]] = []
    for at, column in enumerate(columns):
        before = columns[at - 1] if at else None
        if before is not None and column.sub and before.sub and before.top == column.top:
            upper = next(cell for cell in reversed(cells) if cell["y"] == 0)
            upper["across"] = cast(int, upper["across"]) + 1
        else:
            cells.append({"text": column.top, "x": at, "y": 0, "across": 1, "down": 1 if column.sub else 2})
        if column.sub:
            cells.append({"text": column.sub, "x": at, "y": 1, "across": 1, "down": 1})
    return cells
