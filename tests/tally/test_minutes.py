"""The minutes say what the record says, name by name and number by number, and come out the same each time."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pikepdf
import pytest
from click.testing import CliRunner

from tally.cli.main import tally_group
from tally.errors import InvalidRecord, OtherRenderer
from tally.minutes import render_minutes, renderer_versions, signature_places
from tally.minutes.qr import qr_svg
from tally.minutes.wording import Language, in_prose
from tests.conftest import missing
from tests.tally.records import (
    EVERYONE,
    GT50,
    PARTY,
    busy_record,
    envelope,
    payload,
    sample_paper,
    sample_record,
    team,
    tied_record,
)
from voting.documents.case import Counted
from voting.documents.conferences.conference import Paper, Rule, Selection
from voting.documents.counted import NUMBERS
from voting.documents.kinds import kinds
from voting.documents.record import Record
from voting.procedures import catalogue

A4 = {(595.28, 841.89)}  # points


def text_of(pdf: bytes, folder: Path, *, layout: bool = False) -> str:
    """Read the text of a PDF with poppler, in one spelling of spaces."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext (poppler-utils)")
    file = folder / "read.pdf"
    file.write_bytes(pdf)
    options = ["-layout"] if layout else ["-raw"]
    raw = subprocess.run(["pdftotext", *options, file, "-"], capture_output=True, check=True).stdout.decode()
    return unicodedata.normalize("NFC", raw).replace("\u00a0", " ")


def plain(text: str) -> str:
    return " ".join(text.split())


def minutes_text(record: Record, folder: Path, language: str = "vi") -> str:
    return plain(text_of(render_minutes(payload(record), language), folder))  # type: ignore[arg-type]


def rows_of(text: str) -> list[tuple[str, ...]]:
    """Find the rows of the main table: number, name (before `sinh`), three counts and the percent."""
    pattern = r"(\d+) (\D+?) sinh \S+ \D+? (\d[\d.]*) (\d[\d.]*) (\d[\d.]*) (\d+,\d\d)% (Đạt|Không đạt)"
    return re.findall(pattern, text)


@pytest.mark.parametrize("names", [1, 11, 60, 300])
def test_every_name_stands_in_ballot_order_with_its_own_numbers(names: int, tmp_path: Path) -> None:
    record = sample_record(names)
    text = minutes_text(record, tmp_path)
    table = text[text.index("xếp theo thứ tự trong phiếu") : text.index("IV. KẾT LUẬN")]
    # The head of the table repeats on each page, after the page's number; neither belongs to the rows.
    table = re.sub(r"(\d+ )?TT Họ và tên .*? Kết quả", "", table)
    verdict = {one.id: one for one in record.papers[0].verdict.candidates}
    assert rows_of(table) == [
        (str(n), one.name, str(one.agree), str(one.disagree), str(verdict[one.id].no_opinion),
         verdict[one.id].percent, "Đạt" if verdict[one.id].meets else "Không đạt")
        for n, one in enumerate(record.papers[0].case.candidates, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("names", [1, 11, 60, 300])
def test_the_conclusion_lists_those_who_go_on_by_votes(names: int, tmp_path: Path) -> None:
    record = sample_record(names)
    text = minutes_text(record, tmp_path)
    conclusion = re.sub(
        r"(?<=\)\.) \d+ (?=\d+\. Đồng chí)", " ", text[text.index("IV. KẾT LUẬN") : text.index("V. KHIẾU")]
    )
    found = re.findall(r"(\d+)\. Đồng chí (\D+?), \D+?: (\d+)/42 \((\d+,\d\d)%\)", conclusion)
    verdict = {one.id: one for one in record.papers[0].verdict.candidates}
    named = {one.id: one.name for one in record.papers[0].case.candidates}
    assert found == [
        (str(n), named[one], str(verdict[one].agree), verdict[one].percent)
        for n, one in enumerate(record.papers[0].verdict.selected, 1)
    ]
    assert (
        f"{in_prose(len(found), 'vi')} đồng chí sau đây đạt tỉ lệ phiếu đồng ý từ 30% trở lên" in conclusion
        or not found
    )


def conclusion_of(paper: Paper, folder: Path) -> str:
    """The conclusion where all names but the last have all votes."""
    last = len(paper.candidates)
    votes = [Counted(one.id, one.name, 40 if n < last else 0, 0) for n, one in enumerate(paper.candidates, 1)]
    text = minutes_text(sample_record(paper=paper, votes=votes), folder)
    return text[text.index("IV. KẾT LUẬN") : text.index("V. KHIẾU")]


def every_ballot() -> list[tuple[str, str, str]]:
    """Kind and words of every ballot of the catalogue, and whose it is."""
    return sorted(
        (ballot.kind, ballot.hands_on_text, f"{procedure.id} {step.number}")
        for ruleset in catalogue()
        for procedure in ruleset.procedures
        for step in procedure.steps
        for ballot in step.ballots
    )


@pytest.mark.parametrize(("kind", "words", "whose"), every_ballot())
def test_the_minutes_conclude_in_the_catalogue_s_words(kind: str, words: str, whose: str, tmp_path: Path) -> None:
    paper = msgspec.structs.replace(sample_paper(3, kind=kind), hands_on=words)
    assert words in conclusion_of(paper, tmp_path), whose


def elected(base: str, votes: Sequence[int], folder: Path, language: str = "vi") -> str:
    """The minutes of an election of two, on which another ballot decides equal votes."""
    paper = msgspec.structs.replace(
        sample_paper(len(votes), kind="elect"),
        rule=Rule(">", 1, 2, base),  # type: ignore[arg-type]
        selection=Selection("top", 2, tie="vote"),
        tie_scope="none",
    )
    counted = [Counted(one.id, one.name, n, 0) for one, n in zip(paper.candidates, votes, strict=True)]
    return minutes_text(sample_record(paper=paper, votes=counted), folder, language)


def test_minutes_of_an_election_have_a_column_of_votes_and_none_against(tmp_path: Path) -> None:
    text = elected("ballots", [30, 25, 10], tmp_path)
    assert "phiếu bầu trên 50% so với tổng số phiếu thu về (40 phiếu), tức là ít nhất 21 phiếu bầu" in text
    assert "Không được chọn" in text and "Không đồng ý" not in text and "Đồng ý" not in text
    assert "phiếu đồng ý" not in text and "không tính trên số phiếu" not in text
    conclusion = text[text.index("IV. KẾT LUẬN") : text.index("V. KHIẾU")]
    assert "số lượng cần bầu (02 người), 02 đồng chí" in conclusion and "30/40 (75,00%)" in conclusion


@pytest.mark.parametrize(("language", "words"), [
    ("vi", "bằng cách bỏ phiếu lại đối với riêng những người này"),
    ("en", "Another ballot among these names alone decides."),
])  # fmt: skip
def test_equal_votes_for_the_last_place_await_another_ballot_and_not_the_head(
    language: str, words: str, tmp_path: Path
) -> None:
    text = elected("present", [30, 25, 25], tmp_path, language)
    assert words in text and "người đứng đầu" not in text and "head" not in text.replace("heads", "")


@pytest.mark.parametrize("kind", [one.id for one in kinds().values() if one.question == "agree"])
@pytest.mark.parametrize("quota", [None, 3])
def test_minutes_claim_no_approval_of_their_own(kind: str, quota: int | None, tmp_path: Path) -> None:
    text = conclusion_of(sample_paper(3, kind=kind, quota=quota), tmp_path)
    assert kinds()[kind].vi.minutes.hands_on in text
    assert "phê duyệt" not in text


def test_the_minutes_of_an_office_have_all_fields_of_the_specimens(tmp_path: Path) -> None:
    text = minutes_text(busy_record(), tmp_path)
    for words in (
        "ỦY BAN NHÂN DÂN TỈNH SƠN LA", "VĂN PHÒNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
        "Số: 07/BB-VPUB", "LƯU HÀNH NỘI BỘ", "BIÊN BẢN KIỂM PHIẾU",
        "Giới thiệu nhân sự quy hoạch chức danh Trưởng phòng và tương đương, Phòng Tổng hợp, nhiệm kỳ 2026 - 2031",
        "(Hội nghị cán bộ chủ chốt – Bước 3)", "Căn cứ Quy định số 50-QĐ/TW ngày 27/12/2021",
        "bắt đầu vào hồi 08 giờ 30 phút, kết thúc vào hồi 09 giờ 12 phút, ngày 10 tháng 4 năm 2022",
        "Phòng họp tầng 3", "Trưởng các đoàn thể của cơ quan",
        "triệu tập: 45 người; số người có mặt: 42 người; số người vắng mặt: 03 người",
        "(có lý do: 02; không có lý do: 01)",
        "chưa đủ tỉ lệ tối thiểu 19/20 số người được triệu tập (ít nhất 43 người)", "vắng mặt đều có lý do chính đáng",
        "Đồng chí Hoàng Quốc Khánh – Chánh Văn phòng", "Đồng chí Trần Thị Ngọc Ánh – Chuyên viên",
        "Ban kiểm phiếu của hội nghị gồm 03 đồng chí", "(1) Đồng chí", "– Trưởng ban;", "(3) Đồng chí", "– Thành viên.",
        "Lường Văn Giỏi – Chủ tịch Công đoàn cơ quan", "bỏ phiếu kín bằng phiếu điện tử",
        "hòm phiếu điện tử chưa có phiếu",
        "phát ra: 42 phiếu", "thu về: 40 phiếu; số phiếu không thu về: 02 phiếu",
        "hợp lệ: 40 phiếu", "không hợp lệ: 0 phiếu",
        "Thành viên thứ hai bận công tác đột xuất", "Máy chủ khởi động lại", "09 giờ 20 phút",
        "ít nhất 13 phiếu đồng ý",
        "Nhân sự được giới thiệu thêm", "đề nghị kiểm tra lại số phiếu phát ra", "lưu giữ theo quy định", "03 bản",
        "kết thúc vào hồi 09 giờ 32 phút, ngày 10 tháng 4 năm 2022", "cùng nghe./.",
        "TM. BAN KIỂM PHIẾU TRƯỞNG BAN", "THƯ KÝ", "CHỦ TRÌ HỘI NGHỊ", "CÁC THÀNH VIÊN BAN KIỂM PHIẾU", "Lưu: VT",
        "PHỤ LỤC", "9xRvqGoKAKFNTTd9a1", "a1a1 a1a1", "d4d4 d4d4",
        "f6f6 f6f6", renderer_versions().font, "A3: Cơ số là số người có mặt",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(("names", "most"), [(1, 3), (4, 3), (11, 3), (14, 3), (20, 4), (30, 5)])
def test_no_page_of_the_minutes_holds_the_recipients_alone(names: int, most: int, tmp_path: Path) -> None:
    pages = text_of(render_minutes(payload(sample_record(names))), tmp_path).split("\f")
    (annex,) = (number for number, text in enumerate(pages) if text.lstrip("0123456789\n").startswith("PHỤ LỤC"))
    (last,) = (text for text in pages if "Nơi nhận:" in text)
    assert annex <= most
    assert "Thành viên Thành viên" in last


def test_names_put_forward_without_a_vote_are_not_in_the_minutes(tmp_path: Path) -> None:
    record = busy_record()
    pdf_text = minutes_text(record, tmp_path)
    for one in record.papers[0].case.candidates[6:]:
        assert (one.name in pdf_text) == (one.agree > 0)


def test_the_hash_of_the_payload_stands_in_groups_of_four(tmp_path: Path) -> None:
    record = sample_record(3)
    text = minutes_text(record, tmp_path)
    digest = hashlib.sha256(payload(record)).hexdigest()
    assert " ".join(digest[n : n + 4] for n in range(0, 64, 4)) in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_same_record_gives_the_same_bytes(language: str) -> None:
    raw = payload(busy_record())
    assert render_minutes(raw, language) == render_minutes(raw, language)  # type: ignore[arg-type]


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    raw = payload(sample_record(11))
    (tmp_path / "payload").write_bytes(raw)
    program = (
        "import hashlib, sys; from tally.minutes import render_minutes;"
        "print(hashlib.sha256(render_minutes(open(sys.argv[1], 'rb').read())).hexdigest())"
    )
    elsewhere = {"TZ": "America/Bogota", "LC_ALL": "C", "PYTHONPATH": ".", "SOURCE_DATE_EPOCH": "1"}
    command = [sys.executable, "-c", program, str(tmp_path / "payload")]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=elsewhere)
    assert run.stdout.strip() == hashlib.sha256(render_minutes(raw)).hexdigest()


def test_the_payload_is_attached_unsigned_in_a_pdf_a_3b_dated_at_the_end_of_the_count(tmp_path: Path) -> None:
    raw = payload(sample_record(2))
    file = tmp_path / "minutes.pdf"
    file.write_bytes(render_minutes(raw))
    with pikepdf.open(file) as pdf:
        assert list(pdf.attachments) == ["record.json"]
        assert pdf.attachments["record.json"].get_file().read_bytes() == raw
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20220410023230")
        assert {tuple(round(float(side), 2) for side in page.mediabox[2:]) for page in pdf.pages} == A4


def test_names_with_markup_stay_text(tmp_path: Path) -> None:
    name = 'Lò *Văn* #panic() $x^2$ \\ "A" <b> {0} [ ] @ref // ~'
    paper = sample_paper(1)
    one = msgspec.structs.replace(paper.candidates[0], name=name, position="#sys.version {name}")
    record = sample_record(paper=msgspec.structs.replace(paper, candidates=(one,)))
    text = plain(text_of(render_minutes(payload(record)), tmp_path))
    assert plain(name.replace("~", "")) in text.replace("~", "").replace("  ", " ")
    assert "#sys.version {name}" in text


def test_a_tie_awaits_the_head(tmp_path: Path) -> None:
    text = minutes_text(tied_record(), tmp_path).replace(" 3 ", " ")  # a page ends there
    assert "có số phiếu đồng ý bằng nhau (28 phiếu) ở vị trí cuối danh sách" in text
    assert "trong khi số lượng theo quy định chỉ còn 01 người" in text
    assert "Kết quả chờ người đứng đầu quyết định: đồng chí Hoàng Quốc Khánh (Chánh Văn phòng)" in text
    assert "ký trên văn bản đó và kèm theo biên bản này; biên bản này giữ nguyên" in text
    assert "NGƯỜI ĐỨNG ĐẦU" not in text  # nobody signs here for the head


def test_a_removal_says_so_in_its_title_its_columns_and_its_conclusion(tmp_path: Path) -> None:
    text = minutes_text(sample_record(paper=sample_paper(4, kind="remove", rule=GT50)), tmp_path)
    assert "Lấy ý kiến đưa ra khỏi quy hoạch chức danh" in text
    assert "Đồng ý đưa ra" in text and "Không đồng ý đưa ra" in text
    assert "được đề xuất đưa ra khỏi quy hoạch" in text
    assert "danh sách giới thiệu ở bước sau" not in text


def test_a_count_on_paper_goes_through_the_same_minutes(tmp_path: Path) -> None:
    text = minutes_text(sample_record(5, form="paper", invalid=2), tmp_path)
    assert "bỏ phiếu kín bằng phiếu giấy" in text
    assert "Số phiếu không hợp lệ: 02 phiếu (lý do: có dấu riêng)." in text
    assert "Thẻ biểu quyết" not in text and "hòm phiếu điện tử" not in text


def test_a_party_committee_has_its_own_head_and_signs_with_a_slash(tmp_path: Path) -> None:
    text = minutes_text(sample_record(3, organiser=PARTY), tmp_path)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in text and "CỘNG HÒA XÃ HỘI" not in text
    assert "Sơn La, ngày 10 tháng 4 năm 2022" in text
    assert "T/M BAN KIỂM PHIẾU" in text and "MẬT" in text and "-BB/ĐU" in text


def test_the_english_companion_has_the_same_numbers_and_says_that_it_does_not_decide(tmp_path: Path) -> None:
    record = sample_record(11)
    text = minutes_text(record, tmp_path, "en")
    assert "The Vietnamese minutes decide" in text
    for one in record.papers[0].verdict.candidates:
        assert f"{one.percent.replace(',', '.')}%" in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_annex_has_every_number_of_the_facts(language: Language, tmp_path: Path) -> None:
    record = sample_record(2)
    numbers = {name: 7001 + place for place, name in enumerate(NUMBERS)}
    facts = msgspec.structs.replace(record.facts, **numbers)
    text = minutes_text(msgspec.structs.replace(record, facts=facts), tmp_path, language)
    assert [name for name, number in numbers.items() if in_prose(number, language) not in text] == []


@pytest.mark.parametrize("address", ["đồng chí", "ông/bà", "đại biểu"])
def test_the_form_of_address_is_that_of_the_conference(address: str, tmp_path: Path) -> None:
    text = minutes_text(sample_record(2, address=address, votes=None), tmp_path)
    assert f"gồm 03 {address}" in text


@pytest.mark.parametrize("names", [60, 300])
def test_the_head_of_the_table_repeats_on_every_page(names: int, tmp_path: Path) -> None:
    raw = text_of(render_minutes(payload(sample_record(names))), tmp_path, layout=True)
    pages = [page for page in raw.split("\f") if re.search(r"\d+,\d\d%", page) and "/42" not in page]
    assert len(pages) > 1
    assert all("Họ và tên" in page for page in pages)


def test_signature_fields_lie_on_the_page_side_by_side_and_only_for_those_who_sign_digitally() -> None:
    places = signature_places(payload(sample_record(11, people=team(*EVERYONE))))
    assert [one.field for one in places] == ["teller-1", "secretary", "chair", "teller-2", "teller-3"]
    assert places[0].page == places[2].page and places[0].left < places[1].left < places[2].left
    assert all(one.left > 85 and one.left + one.width < 548 and one.height > 50 for one in places)
    assert [one.field for one in signature_places(payload(sample_record(3, people=team("chair"))))] == ["chair"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda raw: raw[:-1], InvalidRecord),
        (lambda raw: raw + b" ", InvalidRecord),
        (lambda raw: raw.replace(b'"paper":1', b'"paper":2', 1), InvalidRecord),
        (lambda raw: raw.replace(b'"kind":"record"', b'"kind":"RECORD"'), InvalidRecord),
        (lambda raw: raw.replace(b"T09:32:30+07:00", b"T09:32:30"), InvalidRecord),
        (lambda raw: json.dumps(json.loads(raw)).encode(), InvalidRecord),
        (lambda raw: raw.replace(b'"renderer":"typst ', b'"renderer":"typst 9'), OtherRenderer),
    ],
)
def test_a_payload_that_is_no_canonical_record_or_of_another_renderer_is_refused(change: object, error: type) -> None:
    raw = payload(sample_record(2))
    changed = change(raw)  # type: ignore[operator]
    assert changed != raw
    with pytest.raises(error):
        render_minutes(changed)


def test_the_command_writes_the_minutes_byte_for_byte(tmp_path: Path) -> None:
    record = busy_record()
    source, target = tmp_path / "record.json", tmp_path / "minutes.pdf"
    source.write_bytes(envelope(record))
    result = CliRunner().invoke(tally_group, ["minutes", str(source), "--out", str(target)])
    assert result.exit_code == 0, result.output
    assert target.read_bytes() == render_minutes(payload(record))
    source.write_bytes(b"{}")
    result = CliRunner().invoke(tally_group, ["minutes", str(source), "--out", str(target)])
    assert (result.exit_code, result.output[:12]) == (1, "Lỗi / Error:")


def test_a_qr_code_is_a_function_of_its_text() -> None:
    assert qr_svg("ab" * 32) == qr_svg("ab" * 32) != qr_svg("ac" * 32)


def test_the_qr_code_of_the_minutes_reads_as_the_hash_of_the_payload(tmp_path: Path) -> None:
    if shutil.which("zbarimg") is None:
        missing("zbarimg (zbar-tools)")
    raw = payload(sample_record(2))
    (tmp_path / "m.pdf").write_bytes(render_minutes(raw))
    subprocess.run(["pdftoppm", "-r", "150", "-png", tmp_path / "m.pdf", tmp_path / "m"], check=True)
    found = subprocess.run(
        ["zbarimg", "-q", "--raw", *sorted(tmp_path.glob("m-*.png"))], capture_output=True, text=True
    )
    assert found.stdout.strip() == hashlib.sha256(raw).hexdigest()
