"""Drafts of the letters as DOCX: submission report (tờ trình) and decision (quyết định), laid out by Decree 30/2020.

They are drafts for the office to finish: numbers and dates are left open, and "DỰ THẢO" stands on top. python-docx is
imported when it is used. A round whose result is a proposal only has no decision of its own.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from voting.rounds.dossier.packed import repack
from voting.rounds.dossier.rows import Line, voting_steps
from voting.rounds.round import Round, procedure_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

FONT = "Times New Roman"
HEADS = ("TT", "Họ và tên", "Ngày sinh", "Chức vụ, đơn vị", "Chức danh quy hoạch", "Kết quả phiếu")
WIDTHS = (9, 31, 24, 31, 30, 38)
"""Of the columns, in millimetres: 163 in all, between margins of 30 and 17."""
HEAD_WIDTHS = (62, 101)
SMALL = 11
"""Points of the text in tables; letters are set in 13."""
OPEN_DATE = "ngày …… tháng …… năm 20……"


class Letter(msgspec.Struct, frozen=True):
    """What a letter says: kind, subject, paragraphs before and after the list, closing, signature, copies."""

    kind: str
    subject: str
    symbol: str
    basis: tuple[str, ...]
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    signer: str
    copies: tuple[str, ...]


def submission(plan: Round, lines: Sequence[Line], *, to: str, signer: str) -> bytes:
    """Draft the submission report (tờ trình) on the names planned and the removals proposed."""
    procedure = procedure_of(plan)
    planned, removed = chosen(lines), [line for line in lines if line.conclusion == "removal_proposed"]
    opening = [
        f"Kính gửi: {to}.",
        f"Thực hiện {plan.ruleset.plan}, {plan.organiser.agency} đã tiến hành {procedure.name[0].lower()}"
        f"{procedure.name[1:]} (nhiệm kỳ {procedure.term}) theo đủ {len(procedure.steps)} bước. "
        f"{plan.organiser.agency} kính đề nghị {to} xem xét, trình cấp có thẩm quyền phê duyệt quy hoạch đối với "
        f"{len(planned):02d} lượt cán bộ như sau:",
    ]
    closing = [_removal_words(removed)] if removed else []
    closing += [
        "Hồ sơ kèm theo: (1) Biên bản kiểm phiếu thực hiện quy trình quy hoạch; "
        "(2) Biểu tổng hợp kết quả rà soát bổ sung và quy hoạch.",
        "Kính trình xem xét, quyết định./.",
    ]
    copies = (f"- {to};", "- Lưu: VT, hồ sơ quy hoạch.")
    subject = f"Về việc đề nghị phê duyệt quy hoạch cán bộ nhiệm kỳ {procedure.term}"
    letter = Letter("TỜ TRÌNH", subject, "TTr", (), tuple(opening), tuple(closing), signer, copies)
    return _write(plan, letter, planned)


def decision(plan: Round, lines: Sequence[Line], *, signer: str) -> bytes | None:
    """Draft the decision (quyết định) that approves the names; None where approval is for the level above."""
    procedure = procedure_of(plan)
    final = procedure.steps[-1].closing
    if final is None or final.hands_on not in ("approval", "proposal_and_approval"):
        return None
    planned = chosen(lines)
    subject = f"Về việc phê duyệt quy hoạch cán bộ nhiệm kỳ {procedure.term}"
    basis = (
        *(f"Căn cứ {source.name};" for source in plan.ruleset.basis),
        "Căn cứ biên bản kiểm phiếu của các hội nghị và Biểu tổng hợp kèm theo.",
    )
    opening = (
        f"Điều 1. Phê duyệt quy hoạch nhiệm kỳ {procedure.term} đối với {len(planned):02d} lượt nhân sự thuộc thẩm "
        "quyền, gồm:",
    )
    closing = (
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
        "Điều 3. Các phòng, ban, đơn vị liên quan và các đồng chí có tên tại Điều 1 chịu trách nhiệm thi hành./.",
    )
    letter = Letter("QUYẾT ĐỊNH", subject, "QĐ", basis, opening, closing, signer, ("- Như Điều 3;", "- Lưu: VT."))
    return _write(plan, letter, planned)


def chosen(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of those who are planned."""
    return [line for line in lines if line.conclusion == "planned"]


def _removal_words(removed: Sequence[Line]) -> str:
    names = "; ".join(f"{line.name} ({line.title})" for line in removed)
    return f"Đề xuất đưa ra khỏi quy hoạch {len(removed):02d} trường hợp: {names}."


def _write(plan: Round, letter: Letter, lines: Sequence[Line]) -> bytes:
    import docx
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(17)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    _head(document, plan, letter)
    _paragraph(document, letter.kind, bold=True, centre=True)
    _paragraph(document, letter.subject, bold=True, centre=True)
    for text in (*letter.basis, *letter.opening):
        _paragraph(document, text)
    _names(document, plan, lines)
    for text in letter.closing:
        _paragraph(document, text)
    _foot(document, letter)
    file = io.BytesIO()
    document.save(file)
    return repack(file.getvalue())


def _head(document: "Document", plan: Round, letter: Letter) -> None:
    _paragraph(document, "DỰ THẢO", bold=True, centre=False)
    table = document.add_table(rows=2, cols=2)
    code = plan.organiser.code.rpartition("-")[2]
    _fill(table.cell(0, 0), ((plan.organiser.superior, False), (plan.organiser.agency, True)))
    if plan.organiser.style == "state":
        lines = (("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True), ("Độc lập - Tự do - Hạnh phúc", True))
    else:
        lines = (("ĐẢNG CỘNG SẢN VIỆT NAM", True),)  # type: ignore[assignment] # one line instead of two
    _fill(table.cell(0, 1), lines)
    _fill(table.cell(1, 0), ((f"Số: ……/{letter.symbol}-{code}", False),))
    _fill(table.cell(1, 1), ((f"{plan.organiser.locality}, {OPEN_DATE}", False),), italic=True)
    _set_widths(table, HEAD_WIDTHS)


def _set_widths(table: "Table", widths: Sequence[int]) -> None:
    """Fix the columns' widths, cell by cell: Word reads those of cells, others those of columns."""
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _fill(
    cell: "_Cell", lines: Sequence[tuple[str, bool]], *, italic: bool = False, left: bool = False, size: int = 12
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for at, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _paragraph(document: "Document", text: str, *, bold: bool = False, centre: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.space_after = Pt(6)
    if not centre and not bold:
        paragraph.paragraph_format.first_line_indent = Mm(12.7)
    paragraph.add_run(text).bold = bold


def _names(document: "Document", plan: Round, lines: Sequence[Line]) -> None:
    table = document.add_table(rows=1, cols=len(HEADS))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, HEADS, strict=True):
        _fill(cell, ((head, True),), size=SMALL)
    for at, line in enumerate(lines, 1):
        title = f"{line.title}, {line.seat.unit}"
        texts = (str(at), line.name, line.born, line.position, title)
        *cells, votes = table.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            _fill(cell, ((text, False),), left=True, size=SMALL)
        _fill(votes, tuple((text, False) for text in votes_words(plan, line)), left=True, size=SMALL)
    _set_widths(table, WIDTHS)
    _repeat_header(table)


def _repeat_header(table: "Table") -> None:
    """Let the heads stand on every page, and no row be parted between two."""
    from docx.oxml import OxmlElement

    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def votes_words(plan: Round, line: Line) -> list[str]:
    """Spell a name's votes in every conference, in order."""
    return [f"Bước {step.number}: {line.votes[step.number].text()}" for step in voting_steps(plan)
            if step.number in line.votes]  # fmt: skip


def _foot(document: "Document", letter: Letter) -> None:
    table = document.add_table(rows=1, cols=2)
    _fill(table.cell(0, 0), (("Nơi nhận:", True), *((copy, False) for copy in letter.copies)), left=True)
    _fill(table.cell(0, 1), ((letter.signer.upper(), True),))
