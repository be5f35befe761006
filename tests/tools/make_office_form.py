"""Makes the sample of an office's own form, kiosk_templates/office/minutes.docx.

Run as `python -m tests.tools.make_office_form`.
"""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

TARGET = Path(__file__).resolve().parents[2] / "kiosk_templates" / "office" / "minutes.docx"
CENTRE = WD_ALIGN_PARAGRAPH.CENTER

LINES = (
    "{%p for text in basis %}", "Căn cứ {{ text }};", "{%p endfor %}",
    "1. Thời gian: bỏ phiếu từ {{ opened }} đến {{ closed }}, {{ day }}.",
    "2. Địa điểm: {{ place }}.",
    "3. Thành phần được triệu tập: {{ composition }}. Tổng số người được triệu tập: {{ summoned }}; "
    "có mặt: {{ present }}; vắng mặt: {{ absent }} (có lý do: {{ absent_excused }}; "
    "không có lý do: {{ absent_unexcused }}).",
    "4. Chủ trì: {{ chair[0].name }} – {{ chair[0].role }}.",
    "5. Thư ký: {{ secretary[0].name }} – {{ secretary[0].role }}.",
    "6. Ban kiểm phiếu:",
    "{%p for one in tellers %}", "- {{ one.name }} – {{ one.role }};", "{%p endfor %}",
    "{%p if witnesses %}",
    "7. Đại diện chứng kiến:", "{%p for one in witnesses %}", "- {{ one }};", "{%p endfor %}",
    "{%p endif %}",
    "Hình thức: {{ form }}",
    "{%p for paper in papers %}",
    "{{ paper.heading }}",
    "Số phiếu phát ra: {{ paper.issued }}; thu về: {{ paper.collected }}; không thu về: {{ paper.not_collected }}; "
    "hợp lệ: {{ paper.valid }}; không hợp lệ: {{ paper.invalid }}"
    "{% if paper.invalid_reason %} (lý do: {{ paper.invalid_reason }}){% endif %}.",
    "Nguyên tắc: {{ paper.share }} so với {{ paper.base }} ({{ paper.base_count }} người), tức là ít nhất "
    "{{ paper.minimum }} phiếu đồng ý{% if paper.quota %}; số lượng theo quy định: {{ paper.quota }} người{% endif %}.",
)  # fmt: skip
AFTER = (
    "{%p if paper.further %}", "Nhân sự được giới thiệu thêm:", "{%p for row in paper.further %}",
    "{{ row.number }}. {{ row.name }} – {{ row.position }}: {{ row.agree }} phiếu "
    "({{ row.percent }}), {{ row.result }};",
    "{%p endfor %}", "{%p endif %}",
    "{%p for text in paper.conclusion %}", "{{ text }}", "{%p endfor %}",
    "{%p endfor %}",
    "Khiếu nại: {% if complaints %}{{ complaints | join('; ') }}{% else %}không có.{% endif %}",
    "Kết thúc vào hồi {{ ended }}, {{ ended_day }}.",
    "Mã phiên: {{ session }}; mã SHA-256 dữ liệu biên bản: {{ record_hash }}; {{ software }}.",
)  # fmt: skip
COLUMNS = (
    ("TT", "number"), ("Họ và tên", "name"), ("Ngày sinh", "born"), ("Chức vụ, đơn vị", "position"),
    ("Đồng ý", "agree"),
    ("Không đồng ý", "disagree"), ("Không có ý kiến", "no_opinion"), ("Tỉ lệ", "percent"), ("Kết quả", "result"),
    ("Ghi chú", "note"),
)  # fmt: skip


def make() -> bytes:
    """Build the form; the same bytes each time."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.7)
    section.top_margin = section.bottom_margin = Cm(2)
    add_head(document)
    for line in LINES:
        document.add_paragraph(line)
    add_table(document)
    for line in AFTER:
        document.add_paragraph(line)
    add_signatures(document)
    raw = BytesIO()
    document.save(raw)
    return without_times(raw.getvalue())


def add_head(document: Any) -> None:
    """The headers of state and agency, title and subject."""
    head = document.add_table(rows=1, cols=2)
    left, right = head.rows[0].cells
    left.text = "{{ superior | upper }}\n{{ agency | upper }}\n{{ number }}\n{{ stamp }}"
    right.text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n{{ locality }}, {{ ended_day }}"
    for cell in (left, right):
        cell.paragraphs[0].alignment = CENTRE
    for line, bold in (("BIÊN BẢN KIỂM PHIẾU", True), ("{{ subject }}", True), ("{{ meeting }}", False)):
        paragraph = document.add_paragraph()
        paragraph.alignment = CENTRE
        paragraph.add_run(line).bold = bold


def add_table(document: Any) -> None:
    """The table of results: a row for each name."""
    table = document.add_table(rows=4, cols=len(COLUMNS), style="Table Grid")
    table.rows[1].cells[0].text = "{%tr for row in paper.results %}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for number, (title, name) in enumerate(COLUMNS):
        table.rows[0].cells[number].text = title
        table.rows[2].cells[number].text = "{{ row." + name + " }}"
    for row in table.rows:
        for cell in row.cells:
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(10)


def add_signatures(document: Any) -> None:
    """Three blocks for signatures."""
    table = document.add_table(rows=1, cols=3)
    names = ("tellers[0].name", "secretary[0].name", "chair[0].name")
    titles = ("TM. BAN KIỂM PHIẾU\nTRƯỞNG BAN", "THƯ KÝ\n", "CHỦ TRÌ HỘI NGHỊ\n")
    for cell, title, name in zip(table.rows[0].cells, titles, names, strict=True):
        cell.text = f"{title}\n\n\n\n\n{{{{ {name} }}}}"
        cell.paragraphs[0].alignment = CENTRE


def without_times(docx: bytes) -> bytes:
    """Pack again with fixed times, and without the times of making inside."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(docx)) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as again:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            again.writestr(entry, parts.read(name))
    return packed.getvalue()


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(make())
