"""The page on an office's own form (docs/office-form.md): every placeholder, what it says, and an example."""

from tally.minutes.office_form import Facts, Row, facts_for
from tests.tally.records import busy_record, payload
from voting.documents.record import MadeBy

HEAD = """# Mẫu của cơ quan · The office's own form

Made from the program by `make docs`; a test finds this page stale.

Cơ quan có thể in biên bản theo mẫu riêng của mình (tệp Word, DOCX). Chương trình điền số liệu của biên bản vào các ô
giữ chỗ. Bản được ký và kiểm tra vẫn là tệp PDF; bản Word chỉ để in theo thể thức của cơ quan.

An office can print the minutes in its own layout: a Word file (DOCX) with placeholders, which the program fills in from
the record. What is signed and checked stays the PDF.

```
pip install 'phieukin[office]'
phieukin tally office-form record.json --form mau-co-quan.docx --out bien-ban.docx
```

1. Bắt đầu từ mẫu có sẵn, `kiosk_templates/office/minutes.docx`, dùng đủ mọi ô.
   Begin with the sample, which uses every placeholder.
2. Sửa bằng Word hoặc LibreOffice như mọi văn bản: phông, lề, tiêu đề, khung ký. Gõ mỗi ô giữ chỗ liền một lần, một kiểu
   chữ. Change it as any document; type a placeholder in one go, in one style.
3. Một giá trị: `{{ present }}`. Một dòng của bảng lặp lại giữa `{%tr for row in paper.results %}` và `{%tr endfor %}`,
   một đoạn văn giữa `{%p for line in basis %}` và `{%p endfor %}`. Chỉ in khi có: `{%p if stamp %}` … `{%p endif %}`.
   Phần của từng phiếu nằm giữa `{%p for paper in papers %}` và `{%p endfor %}`. A value; rows of a table, paragraphs
   and papers that repeat; a part that is printed where there is something to print.
4. Ô không có trong bảng dưới đây là lỗi, không bao giờ để trống. Tên người vào mẫu như chữ thường.
   An unknown placeholder is an error, never a blank; names go in as text and bring no markup along.
5. Cùng một biên bản và cùng một mẫu cho ra cùng một tệp, từng byte.
   The same record fills the same form to the same bytes.

"""

WORDS = {
    "superior": ("cơ quan cấp trên", "superior body"),
    "agency": ("cơ quan ban hành", "issuing body"),
    "locality": ("địa danh", "place name"),
    "number": ("số, ký hiệu", "number and symbol"),
    "stamp": ("dấu chỉ độ mật; trống nếu không có", "secrecy stamp, or empty"),
    "subject": ("trích yếu", "what the minutes are about"),
    "meeting": ("hội nghị, bước", "meeting and step"),
    "basis": ("các căn cứ", "legal basis"),
    "place": ("địa điểm", "place"),
    "composition": ("thành phần được triệu tập", "who is summoned"),
    "day": ("ngày bỏ phiếu", "day of the vote"),
    "opened": ("giờ bắt đầu bỏ phiếu", "when voting opened"),
    "closed": ("giờ kết thúc bỏ phiếu", "when voting closed"),
    "summoned": ("số người được triệu tập", "people summoned"),
    "present": ("số người có mặt", "people present"),
    "absent": ("số người vắng mặt", "people absent"),
    "absent_excused": ("vắng có lý do", "absent with a reason"),
    "absent_unexcused": ("vắng không có lý do", "absent without one"),
    "chair": ("chủ trì", "chair"),
    "secretary": ("thư ký", "secretary"),
    "tellers": ("Ban kiểm phiếu, người đầu là trưởng ban", "tellers, the head first"),
    "witnesses": ("người chứng kiến", "witnesses"),
    "issued": ("số phiếu phát ra", "ballots issued"),
    "collected": ("số phiếu thu về", "ballots collected"),
    "not_collected": ("số phiếu không thu về", "ballots not collected"),
    "valid": ("số phiếu hợp lệ", "valid ballots"),
    "invalid": ("số phiếu không hợp lệ", "invalid ballots"),
    "invalid_reason": ("lý do không hợp lệ", "why they are invalid"),
    "form": ("hình thức bỏ phiếu", "electronic or on paper"),
    "share": ("tỉ lệ cần đạt", "share that is needed"),
    "base": ("tính trên", "of whom"),
    "base_count": ("số người làm cơ số", "number of the base"),
    "minimum": ("số phiếu đồng ý ít nhất", "least agree votes"),
    "quota": ("số lượng theo quy định; trống nếu không có", "quota, or empty"),
    "results": ("kết quả theo thứ tự trong phiếu", "results in ballot order"),
    "further": ("nhân sự được giới thiệu thêm", "names put forward"),
    "conclusion": ("kết luận, từng đoạn", "conclusion, by paragraph"),
    "complaints": ("khiếu nại", "complaints"),
    "ended": ("giờ kiểm phiếu xong", "when the count ended"),
    "ended_day": ("ngày kiểm phiếu xong", "day the count ended"),
    "heading": ("phiếu nào, về việc gì", "which paper, and what it is about"),
    "session": ("mã phiên bỏ phiếu", "the election's uuid"),
    "record_hash": ("mã SHA-256 của dữ liệu biên bản", "SHA-256 of the record's payload"),
    "software": ("phiên bản phần mềm", "version of the software"),
}
ROW = {
    "number": ("thứ tự trong phiếu", "number"),
    "name": ("họ và tên", "name"),
    "role": ("chức vụ, chức danh khi ký", "post or role"),
    "position": ("chức vụ, đơn vị", "post and unit"),
    "born": ("ngày sinh", "day of birth"),
    "agree": ("đồng ý", "agree"),
    "disagree": ("không đồng ý", "disagree"),
    "no_opinion": ("không có ý kiến", "no opinion"),
    "percent": ("tỉ lệ", "percent of the base"),
    "result": ("kết quả", "met or not"),
    "note": ("ghi chú", "note"),
}


def document() -> str:
    """Write the page; KeyError for a placeholder without words here."""
    facts = facts_for(payload(busy_record(made_by=MadeBy("phieukin 0.2.0", "typst", "Tinos"))))
    lines = ["## Các ô giữ chỗ · Placeholders", "", "| ô | nội dung | what it is | ví dụ |", "|---|---|---|---|"]
    lines += [_line(f"`{{{{ {name} }}}}`", name, facts, WORDS) for name in facts if isinstance(facts[name], str)]
    lines += ["", "## Danh sách · Lists", "", "| danh sách | nội dung | what it is | một dòng có |"]
    lines += ["|---|---|---|---|", *(_list(name, value) for name, value in facts.items()
              if isinstance(value, list) and name != "papers")]
    (paper,) = facts["papers"]
    assert isinstance(paper, dict)
    lines += ["", "Một phiếu (`paper`) · of a paper:", "", "| ô | nội dung | what it is | ví dụ |", "|---|---|---|---|"]
    own = [name for name in paper if isinstance(paper[name], str)]
    lines += [_line(f"`{{{{ paper.{name} }}}}`", name, paper, WORDS) for name in own]
    lines += ["", "Danh sách của một phiếu · lists of a paper:", ""]
    lines += ["| danh sách | nội dung | what it is | một dòng có |"]
    lines += ["|---|---|---|---|"]
    lines += [_list(f"paper.{name}", value) for name, value in paper.items() if isinstance(value, list)]
    lines += ["", "Một dòng (`row`) · of a row:", "", "| ô | nội dung | what it is | ví dụ |", "|---|---|---|---|"]
    results, tellers = paper["results"], facts["tellers"]
    assert isinstance(results[0], dict) and isinstance(tellers[0], dict)
    example: Facts = {**tellers[0], **results[0]}
    lines += [_line(f"`{{{{ row.{name} }}}}`", name, example, ROW) for name in ROW]
    return HEAD + "\n".join(lines) + "\n"


def _list(name: str, value: list[Row] | list[str]) -> str:
    vi, en = WORDS[name.removeprefix("paper.")]
    parts = ", ".join(f"`row.{part}`" for part in value[0]) if value and isinstance(value[0], dict) else "`line`"
    return f"| `{name}` | {vi} | {en} | {parts} |"


def _line(shown: str, name: str, facts: Facts, words: dict[str, tuple[str, str]]) -> str:
    vi, en = words[name]
    example = str(facts[name]).replace("\u00a0", " ").replace("|", "\\|")
    return f"| {shown} | {vi} | {en} | {example} |"
