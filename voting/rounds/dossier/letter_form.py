"""How a letter is laid out as DOCX: Decree 30/2020 for state offices, the Party's own style for its committees.

The letters are drafts for the office to finish: "DỰ THẢO" stands at the head of the first page, above the text.
python-docx is imported when it is used.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from voting.rounds.dossier.packed import repack

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
HEAD_WIDTHS = (65, 98)
FOOT_WIDTHS = (75, 88)
BODY, SMALL = 13, 11
"""Points of the text (13 to 14), and of tables."""
OPEN_DATE = "ngày …… tháng …… năm 20……"
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"

Style = Literal["text", "basis", "centre", "address"]


class Words(msgspec.Struct, frozen=True):
    """A paragraph: text, a line of the basis (in italics), a line in the middle (bold), or the address."""

    text: str
    style: Style = "text"


class Grid(msgspec.Struct, frozen=True):
    """A table: heads, widths in millimetres, rows."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Words | Grid


class Letter(msgspec.Struct, frozen=True):
    """What a letter says: kind, subject, head, blocks, who signs, copies."""

    kind: str
    subject: str
    superior: str
    agency: str
    number: str
    locality: str
    party: bool
    blocks: tuple[Block, ...]
    signed: tuple[str, ...]
    name: str
    copies: tuple[str, ...]


def write_letter(letter: Letter) -> bytes:
    """Write a letter as DOCX; the same letter gives the same bytes."""
    import docx
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(17)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    style.paragraph_format.space_after = Pt(0)
    _page_heads(section)
    _head(document, letter)
    _line(document, letter.kind, bold=True, before=12)
    _line(document, letter.subject, bold=True)
    _rule(document.add_paragraph(), 163, 55)
    for block in letter.blocks:
        if isinstance(block, Words):
            _words(document, block)
        else:
            _grid(document, block)
    _foot(document, letter)
    file = io.BytesIO()
    document.save(file)
    return repack(file.getvalue())


def _page_heads(section: "Section") -> None:
    """Put the draft's mark at the head of the first page, and the number at that of the others."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    section.different_first_page_header_footer = True
    mark = section.first_page_header.paragraphs[0]
    mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(mark, "DỰ THẢO", SMALL, bold=True)
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = number.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(_attribute("fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _head(document: "Document", letter: Letter) -> None:
    table = document.add_table(rows=2, cols=2)
    left, right = table.cell(0, 0), table.cell(0, 1)
    size = 14 if letter.party else 13
    _fill(left, ((letter.superior.upper(), False), (letter.agency.upper(), True)), size=size)
    if letter.party:
        _fill(left, (("*", False),), size=size, more=True)
        _fill(right, ((PARTY, True),), size=15)
        _rule(right.add_paragraph(), HEAD_WIDTHS[1], 78)
    else:
        _rule(left.add_paragraph(), HEAD_WIDTHS[0], 24)
        _fill(right, ((MOTTO[0], True),), size=12)
        _fill(right, ((MOTTO[1], True),), size=13, more=True)
        _rule(right.add_paragraph(), HEAD_WIDTHS[1], 58)
    _fill(table.cell(1, 0), ((letter.number, False),), size=size)
    _fill(table.cell(1, 1), ((f"{letter.locality}, {OPEN_DATE}", False),), size=14, italic=True)
    _set_widths(table, HEAD_WIDTHS)


def _line(document: "Document", text: str, *, bold: bool = False, before: int = 0) -> "Paragraph":
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, text, BODY, bold=bold)
    return paragraph


def _rule(paragraph: "Paragraph", across: int, width: int) -> None:
    """Draw a line of this width, in millimetres, in the middle of what is `across`."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm((across - width) // 2)
    form.space_before, form.space_after, form.line_spacing = Pt(0), Pt(4), Pt(4)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(_attribute(name), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _words(document: "Document", block: Words) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    if block.style in ("centre", "address"):
        line = _line(document, block.text, bold=block.style == "centre", before=6)
        line.paragraph_format.space_after = Pt(8)
        return
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(3)
    form.first_line_indent = Mm(12.7)
    form.keep_with_next = block.text.endswith(":")
    label, dot, rest = block.text.partition(". ")
    if label.startswith("Điều ") and dot:
        _run(paragraph, f"{label}. ", BODY, bold=True)
        _run(paragraph, rest, BODY)
    else:
        _run(paragraph, block.text, BODY, italic=block.style == "basis")


def _grid(document: "Document", grid: Grid) -> None:
    from docx.oxml import OxmlElement

    table = document.add_table(rows=1, cols=len(grid.heads))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, grid.heads, strict=True):
        _fill(cell, ((head, True),), size=SMALL)
    for row in grid.rows:
        for at, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _fill(cell, tuple((line, False) for line in text.split("\n")), left=at > 0, size=SMALL)
    _set_widths(table, grid.widths)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _keep_rows(table)


def _keep_rows(table: "Table") -> None:
    """Let no row be parted between two pages."""
    from docx.oxml import OxmlElement

    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _foot(document: "Document", letter: Letter) -> None:
    """Write recipients and signature side by side, on one page with the line before them."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=2)
    left, right = table.cell(0, 0), table.cell(0, 1)
    _fill(left, (("Nơi nhận:", True),), left=True, size=12, italic=True)
    _fill(left, tuple((copy, False) for copy in letter.copies), left=True, size=11, more=True)
    _fill(right, tuple((line, True) for line in letter.signed), size=BODY)
    _fill(right, (("", False),) * 4 + ((letter.name, True),), size=BODY, more=True)
    _set_widths(table, FOOT_WIDTHS)
    _keep_rows(table)


def _fill(
    cell: "_Cell", lines: Sequence[tuple[str, bool]], *, left: bool = False, size: int, italic: bool = False,
    more: bool = False,
) -> None:  # fmt: skip
    """Write lines into a cell, a paragraph each; `more` keeps what is there."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for at, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if at == 0 and not more else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, size, bold=bold, italic=italic)


def _run(paragraph: "Paragraph", text: str, size: int, *, bold: bool = False, italic: bool = False) -> None:
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _set_widths(table: "Table", widths: Sequence[int]) -> None:
    """Fix the columns' widths, cell by cell: Word reads those of cells, others those of columns."""
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _attribute(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))
