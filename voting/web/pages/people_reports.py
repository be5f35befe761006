"""What an import of people says (kết quả kiểm tra danh sách) on the pages that take a list, as `people check` does.

A report with refusals becomes an error of the form that brought the list; its page shows the report below the error.
"""

from collections.abc import Callable, Sequence
from typing import Final

from flask import g

from keys.message import UserError
from voting.people.border.cells import NotATable
from voting.people.border.pasted import line_of
from voting.people.border.report import Remark, Report
from voting.web.words import language


def demand_taken(check: Callable[[], Report], error: type[UserError], at: str) -> Report:
    """Return the report of a list without refusals; raise `error` for any other one, with the field to mend."""
    try:
        report = check()
    except NotATable as found:
        raise error(str(found), key="people_file", at=at, vi=found.words.vi, en=found.words.en) from None
    g.people_report = report
    if report.sheets:
        count = len(report.sheets)
        raise error(f"{count} sheets hold lists of people", key="people_sheets", at="sheet", sheets=count)
    if report.refused:
        count = len(report.refused)
        raise error(f"{count} cells are refused", key="people_cells", at=at, faults=count)
    return report


def refused_report() -> Report | None:
    """Return the report of the list that this request brought and that was refused."""
    found = g.get("people_report")
    return found if isinstance(found, Report) else None


def remarks(found: Sequence[Remark]) -> list[tuple[str, int, str]]:
    """Return cell, row and words of remarks, in the language of the request; "" and 0 for the file as a whole."""
    shown = ((one.cell or "", one.words) for one in found)
    return [(cell, line_of(cell) if cell else 0, words.vi if language() == "vi" else words.en) for cell, words in shown]


def left_out(report: Report) -> list[tuple[str, str]]:
    """Return the rows that are left out, and why, in the language of the request."""
    return [(_spans(one.rows), one.words.vi if language() == "vi" else one.words.en) for one in report.left_out]


def _spans(rows: Sequence[int]) -> str:
    """Spell rows in their order: 1–3, 7."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], row]
        else:
            spans.append([row])
    return ", ".join("–".join(map(str, span)) for span in spans)


FOR_PAGES: Final = {"refused_report": refused_report, "remarks": remarks, "left_out": left_out}
"""What templates need to show a report."""
