"""The dossier: summaries with the votes of each conference, letters, briefing sheet, and the signed bundle."""

import datetime
import hashlib
import io
from functools import cache
from typing import Any

import docx
import msgspec
import openpyxl
import pypdf
import pytest

from keys.files.signing import public_text
from tests.voting.documents.bundles.whole import verify_bundle_files
from tests.voting.rounds.office import KEY, UNIT, held, office_round, people, read
from voting.documents.bundles.bundle import Bundle, open_bundle, verify_bundle_signature
from voting.documents.bundles.ledger import Annulment, Ledger
from voting.documents.bundles.step_chain import chain_problems
from voting.people.errors import WrongDocument
from voting.rounds.dossier.assembly import Paperwork, dossier_files, write_dossier
from voting.rounds.dossier.briefing import briefing
from voting.rounds.dossier.rows import lines_of
from voting.rounds.dossier.tables import Table, summary_table
from voting.rounds.dossier.workbook import write_workbook
from voting.rounds.editor import with_leavers
from voting.rounds.filing import Filed, file_documents, step_of_document
from voting.rounds.ledger import annul, begin, close
from voting.rounds.round import Round
from voting.rounds.stored import Kept

REVIEW = datetime.date(2022, 4, 1)
PAPERWORK = Paperwork(review=REVIEW, to="Ban Tổ chức Tỉnh ủy", signer="Chánh Văn phòng")
PROCEDURES = ("CUR-DEPT", "CUR-OFFICE", "NEXT-DEPT", "NEXT-OFFICE")


@cache
def whole(procedure: str) -> tuple[Round, Ledger, tuple[Filed, ...], tuple[bytes, ...]]:
    plan = office_round(procedure)
    ledger, files, raws = held(plan)
    return plan, ledger, files, tuple(raws)


def table(procedure: str) -> Table:
    plan, _, files, _ = whole(procedure)
    return summary_table(plan, files, REVIEW)


def cells(found: Table, name: str) -> dict[str, str]:
    """The row of a name, by upper and lower header."""
    row = next(row for group in found.groups for row in group.rows if row[1] == name)
    return {f"{column.top}|{column.sub}": text for column, text in zip(found.columns, row, strict=True)}


def after(found: Table) -> dict[str, str]:
    """The statistics after the round, by label."""
    return {row[0]: row[-1] for row in found.statistics}


# The summary tables


def test_the_review_shows_who_stays_is_added_and_leaves_with_all_votes() -> None:
    found = table("CUR-DEPT")
    headings = [group.heading for group in found.groups]
    assert headings[:4] == [
        f"A. Trưởng phòng và tương đương - {UNIT} (số lượng theo quy định 03, đang quy hoạch 02, còn được bổ sung 02)",
        "I. Danh sách tiếp tục quy hoạch: 01 đồng chí",
        "II. Danh sách bổ sung quy hoạch: 02 đồng chí (lấy phiếu 05 đồng chí)",
        "III. Danh sách đưa ra khỏi quy hoạch: 01 đồng chí",
    ]
    row = cells(found, "Nguyễn Phó Bình")
    assert row["Hội nghị cán bộ chủ chốt|Phiếu đồng ý/có mặt; %"] == "18/19; 94,74%"
    assert row["Hội nghị tập thể lãnh đạo (lần 2)|Phiếu đồng ý/triệu tập; %"] == "8/9; 88,89%"
    assert (row["Ngày sinh|Nam"], row["Ngày sinh|Nữ"]) == ("", "05/04/1981")
    assert (row["Số tháng công tác còn lại|"], row["Kết luận|"]) == ("229", "Đưa vào quy hoạch")
    assert cells(found, "Nguyễn Phó Khánh")["Kết luận|"] == "Đề xuất đưa ra khỏi quy hoạch"
    assert cells(found, "Nguyễn Phó Lan")["Kết luận|"] == "Tiếp tục quy hoạch"


def test_the_result_of_the_new_plan_counts_months_at_the_start_of_the_term() -> None:
    found = table("NEXT-DEPT")
    assert found.title == "BIỂU TỔNG HỢP KẾT QUẢ QUY HOẠCH NHIỆM KỲ 2026 - 2031"
    assert cells(found, "Nguyễn Phó An")["Số tháng công tác còn lại|"] == "192"
    assert [group.heading for group in found.groups][1] == "I. Danh sách nhân sự: 02 đồng chí (lấy phiếu 05 đồng chí)"


def test_the_statistics_count_those_in_the_plan_after_the_round() -> None:
    assert table("CUR-DEPT").statistics[:2] == (
        ("Nội dung", "Trước rà soát", "Sau rà soát"), ("Tổng số lượt quy hoạch", "02", "06"),
    )  # fmt: skip
    statistics = after(table("CUR-DEPT"))
    assert statistics["Tổng số lượt quy hoạch"] == "06"
    assert statistics["Nữ"] == "02 (33,33%; mục tiêu từ 25%: đạt)"
    assert (statistics["Dưới 40 tuổi"], statistics["Từ 40 đến 50 tuổi"], statistics["Trên 50 tuổi"]) == (
        "04",
        "02",
        "00",
    )


def test_automatic_leavers_are_listed_with_their_reason_and_without_votes() -> None:
    changed = tuple(
        msgspec.structs.replace(person, discipline="khiển trách (2021)") if person.id == "d9" else person
        for person in people()
    )
    noted = with_leavers(Kept(plan=office_round("CUR-DEPT", people=changed)), "Điều 9 Quy định số 50-QĐ/TW", REVIEW)
    found = summary_table(noted.plan, whole("CUR-DEPT")[2], REVIEW)
    assert [row[1] for group in found.groups for row in group.rows].count("Nguyễn Phó Lan") == 1
    row = cells(found, "Nguyễn Phó Lan")
    assert row["Kết luận|"] == "Đương nhiên ra khỏi quy hoạch"
    assert row["Ghi chú|"] == "Bị kỷ luật từ khiển trách trở lên: khiển trách (2021)"


# Workbooks


def sheet(procedure: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(table(procedure)))).worksheets[0]


def test_the_workbook_prints_landscape_with_its_header_on_every_page() -> None:
    found = sheet("CUR-DEPT")
    assert (found.page_setup.orientation, found.page_setup.paperSize) == ("landscape", 8)
    assert found.print_title_rows == "$6:$8"
    assert {"C6:D6", "A6:A7"} <= {str(area) for area in found.merged_cells.ranges}
    filled = [cell for row in found.iter_rows() for cell in row if cell.value is not None]
    assert {cell.font.name for cell in filled} == {"Times New Roman"}
    assert [found.cell(8, at).value for at in (1, 2, 3)] == [1, 2, 3]


def test_the_workbook_fills_a3_without_being_shrunk_below_what_one_reads() -> None:
    found = sheet("CUR-DEPT")
    digits = sum(one.width for one in found.column_dimensions.values())
    across = 420 - 2 * 0.4 * 25.4  # A3 landscape between its margins, in millimetres
    shrunk = across / (digits * 7 * 25.4 / 96)  # a digit of a sheet is 7 pixels wide
    assert 10 * shrunk > 8, "points of the text as printed"


def test_the_same_table_gives_the_same_bytes() -> None:
    assert write_workbook(table("NEXT-DEPT")) == write_workbook(table("NEXT-DEPT"))
    assert write_workbook(table("NEXT-DEPT"), "A4") != write_workbook(table("NEXT-DEPT"), "A3")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_text_of_a_person_runs_in_the_workbook(text: str) -> None:
    changed = tuple(msgspec.structs.replace(person, home=text, note=text) for person in people())
    found = summary_table(office_round("NEXT-DEPT", people=changed), whole("NEXT-DEPT")[2], REVIEW)
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(found)))
    values = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in values if cell.data_type == "f" or str(cell.value).startswith(("=", "+", "-", "@"))]
    assert any(cell.value == f"'{text}" for cell in values)


# Letters


def words(raw: bytes) -> str:
    document = docx.Document(io.BytesIO(raw))
    rows = (cell.text for found in document.tables for row in found.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *rows])


def made(procedure: str) -> dict[str, bytes]:
    plan, ledger, files, _ = whole(procedure)
    return dossier_files(plan, ledger, files, PAPERWORK)


# The briefing sheet


def test_the_briefing_sheet_shows_both_conferences_before_the_last_step() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    data: Any = briefing(plan, tuple(file for file in files if step_of_document(plan, file.document) < 4), REVIEW)  # type: ignore[union-attr]
    assert data["steps"] == ["Bước 2. Hội nghị cán bộ chủ chốt", "Bước 3. Hội nghị Tập thể lãnh đạo mở rộng"]
    assert data["seats"][0]["quota"] == "03"
    assert data["seats"][0]["standing"] == (
        "đang quy hoạch 02 người (Nguyễn Phó Khánh, Nguyễn Phó Lan); đưa ra 01 người (Nguyễn Phó Khánh); "
        "còn được bổ sung 02 người"
    )
    assert data["seats"][0]["names"][0][-3:] == ["241", "19/19; 100,00%", "9/9; 100,00%"]
    assert data["seats"][0]["names"][0][4:6] == ["Thạc sĩ Luật; LLCT: Cao cấp", "HTTNV, HTXSNV, HTTNV"]
    assert data["structure"][:2] == [
        ["Tổng số lượt", "02", "10"], ["Nữ", "01 (50,00%; mục tiêu từ 25%: đạt)", "03 (30,00%; mục tiêu từ 25%: đạt)"],
    ]  # fmt: skip


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_briefing_sheet_is_a_pdf_that_says_so(procedure: str) -> None:
    pdf = pypdf.PdfReader(io.BytesIO(made(procedure)["tai-lieu-hoi-nghi.pdf"]))
    text = pdf.pages[0].extract_text()
    assert "TÀI LIỆU PHỤC VỤ" in text and "Nguyễn Phó An" in text


# The bundle


def written(procedure: str) -> bytes:
    plan, ledger, files, raws = whole(procedure)
    by_hash = {hashlib.sha256(raw).hexdigest(): raw for raw in raws}
    minutes = {"step-2/minutes.pdf": b"%PDF"}
    return write_dossier([plan], ledger, files, by_hash, PAPERWORK, KEY, "phieukin test", minutes)


def signed_documents(bundle: Bundle) -> dict[str, Any]:
    names = [name for name in bundle.names() if "/record" in name or name.endswith("list-decision.json")]
    return {one.sha256: one.document for one in file_documents((bundle.read(name, 10**7) for name in names), read)}


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_dossier_of_a_round_is_one_signed_bundle_whose_chain_holds(procedure: str) -> None:
    bundle = open_bundle(io.BytesIO(written(procedure)))
    verify_bundle_signature(bundle, [public_text(KEY)])
    assert verify_bundle_files(bundle) == len(bundle.names())
    assert {"ledger.json", "to-trinh.docx", "step-2/minutes.pdf"} <= set(bundle.names())
    documents = signed_documents(bundle)
    assert len(documents) == len(whole(procedure)[3])
    assert list(chain_problems(documents)) == []


def test_what_was_annulled_stays_in_the_dossier_in_a_folder_of_its_own() -> None:
    plan, ledger, files, raws = whole("CUR-OFFICE")
    why = Annulment("nobody_passed", "Bỏ phiếu lại", "Chánh Văn phòng", "2022-04-05")
    again = close(begin(annul(ledger, plan, 4, why), plan, 4, "again"), 4, ledger.sittings[-1].documents)
    first = msgspec.structs.replace(again.sittings[3], documents=ledger.sittings[0].documents)
    kept = Ledger((*again.sittings[:3], first, again.sittings[4]))
    by_hash = {hashlib.sha256(raw).hexdigest(): raw for raw in raws}
    names = open_bundle(io.BytesIO(write_dossier([plan], kept, files, by_hash, PAPERWORK, KEY, "x"))).names()
    assert {"step-4/record.json", "step-4-annulled-1/record.json"} <= set(names)


def test_a_document_of_the_ledger_that_is_missing_stops_the_dossier() -> None:
    plan, ledger, files, _ = whole("CUR-OFFICE")
    with pytest.raises(WrongDocument, match="missing"):
        write_dossier([plan], ledger, files[:-1], {}, PAPERWORK, KEY, "x")
    with pytest.raises(WrongDocument, match="the signed document"):
        write_dossier([plan], ledger, files, {}, PAPERWORK, KEY, "x")


# What was signed, and what the staff list says meanwhile


def test_summaries_and_letters_name_those_who_were_voted_on_whatever_the_staff_list_says() -> None:
    plan, ledger, files, _ = whole("CUR-DEPT")
    swapped = tuple(
        msgspec.structs.replace(one, name="Tòng Lãnh Quế", sex="F") if one.id == "d0" else one for one in people()
        if one.id != "d1"
    )  # fmt: skip
    changed = msgspec.structs.replace(plan, people=swapped)
    found = summary_table(changed, files, REVIEW)
    row = cells(found, "Nguyễn Phó An")
    assert (row["Kết luận|"], row["Dân tộc|"]) == ("Đưa vào quy hoạch", "")
    assert row["Ghi chú|"] == "Không còn trong danh sách cán bộ"
    assert cells(found, "Nguyễn Phó Bình")["Kết luận|"] == "Đưa vào quy hoạch"
    assert after(found)["Tổng số lượt quy hoạch"] == "06"
    lines = lines_of(changed, files, REVIEW)
    assert [line.name for line in lines] == [line.name for line in lines_of(plan, files, REVIEW)]
    report = words(dossier_files(changed, ledger, files, PAPERWORK)["to-trinh.docx"])
    assert "Nguyễn Phó An" in report and "Tòng Lãnh Quế" not in report


def test_while_the_round_runs_nobody_is_concluded_not_to_be_planned() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    early = tuple(one for one in files if step_of_document(plan, one.document) <= 2)
    found = [line for line in lines_of(plan, early, REVIEW) if line.conclusion not in ("stays", "removal_proposed")]
    assert found and {line.concluded() for line in found} == {"Chưa kết luận (đến lượt bước 3)"}
    assert "Không đưa vào" not in str(summary_table(plan, early, REVIEW))
