"""The page of a head's decision: what it says, that it follows from record and decision alone, and no other passes."""

from pathlib import Path

import msgspec
import pikepdf
import pytest

from tally.errors import InvalidMinutes, InvalidRecord, OtherRenderer
from tally.minutes.head_page import check_head_page, render_head_decision
from tests.tally.records import PARTY, payload, sample_record, team, tied_record
from tests.tally.test_minutes import plain, text_of
from voting.documents.bundles.head_decision import HeadDecision, head_decision
from voting.documents.canonical import canonical
from voting.documents.record import Record


def decision(record: Record, *chosen: str, **changes: str) -> HeadDecision:
    return msgspec.structs.replace(head_decision(record, 1, chosen or ("c3",), "Đúng cơ cấu.", "2022-04-12"), **changes)


def pages(record: Record, one: HeadDecision, folder: Path, language: str = "vi") -> str:
    return plain(text_of(render_head_decision(payload(record), canonical(one), language), folder))  # type: ignore[arg-type]


def test_it_says_who_is_chosen_why_and_when_and_who_signs(tmp_path: Path) -> None:
    record = tied_record(people=team("head"))
    text = pages(record, decision(record), tmp_path)
    names = {one.id: one.name for one in record.papers[0].case.candidates}
    assert f"Điều 1. Lựa chọn đồng chí {names['c3']}." in text
    assert f"Điều 2. Không lựa chọn các đồng chí {names['c1']}, {names['c4']}." in text
    assert "Điều 3. Lý do: Đúng cơ cấu." in text
    assert "Biên bản giữ nguyên" in text
    assert "Đồng chí Hoàng Quốc Khánh – Chánh Văn phòng quyết định:" in text
    assert "CHÁNH VĂN PHÒNG (Ký, ghi rõ họ tên)" in text and "XÁC NHẬN" not in text
    assert "/QĐ-VPUB" in text and "Sơn La, ngày 12 tháng 4 năm 2022" in text
    assert "phieukin verify record.json --head head-decision-1.json" in text


def test_where_the_head_signs_on_paper_secretary_and_chair_vouch(tmp_path: Path) -> None:
    record = tied_record()
    text = pages(record, decision(record), tmp_path)
    assert "XÁC NHẬN THƯ KÝ" in text.replace("XÁC NHẬN XÁC NHẬN", "XÁC NHẬN") and "CHỦ TRÌ HỘI NGHỊ" in text


def test_it_speaks_english_and_for_a_party_body_as_well(tmp_path: Path) -> None:
    record = tied_record(organiser=PARTY)
    assert "Article 1. Chosen is" in pages(record, decision(record), tmp_path, "en")
    text = pages(record, decision(record), tmp_path)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in text and "-QĐ/ĐU" in text and "MẬT" in text


def test_a_code_that_is_no_count_records_stays_as_setup_gives_it(tmp_path: Path) -> None:
    organiser = tied_record().conference.organiser
    record = tied_record(organiser=msgspec.structs.replace(organiser, code="12/KL-VPUB"))
    text = pages(record, decision(record), tmp_path)
    assert "/KL-VPUB" in text and "/QĐ-" not in text


def test_the_decision_is_attached_and_the_same_two_give_the_same_bytes(tmp_path: Path) -> None:
    record = tied_record()
    raw = canonical(decision(record))
    page = render_head_decision(payload(record), raw)
    assert page == render_head_decision(payload(record), raw)
    (tmp_path / "page.pdf").write_bytes(page)
    with pikepdf.open(tmp_path / "page.pdf") as pdf:
        assert pdf.attachments["head-decision.json"].get_file().read_bytes() == raw
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20220411170000")


def test_another_page_is_refused() -> None:
    record = tied_record()
    raw, other = canonical(decision(record)), canonical(decision(record, reason="Lý do khác"))
    page = render_head_decision(payload(record), raw)
    check_head_page(page, payload(record), raw)
    for wrong in (page + b"\n", page[:-1], render_head_decision(payload(record), other), b""):
        with pytest.raises(InvalidMinutes, match="not the page rebuilt"):
            check_head_page(wrong, payload(record), raw)


def test_a_page_of_another_renderer_is_not_compared() -> None:
    plain_record = tied_record()
    record = msgspec.structs.replace(
        plain_record, made_by=msgspec.structs.replace(plain_record.made_by, renderer="typst 0.0")
    )
    with pytest.raises(OtherRenderer):
        check_head_page(b"%PDF-", payload(record), canonical(decision(record)))
    with pytest.raises(OtherRenderer):
        render_head_decision(payload(record), canonical(decision(record)))


def test_no_page_is_made_of_what_does_not_fit() -> None:
    record, without = tied_record(), sample_record(3)
    with pytest.raises(InvalidRecord, match="of another record"):
        render_head_decision(payload(without), canonical(decision(record)))
    with pytest.raises(InvalidRecord, match="not in the tied group"):
        render_head_decision(payload(record), canonical(decision(record, "c9")))
    with pytest.raises(InvalidRecord):
        render_head_decision(payload(record), b"{}")
    with pytest.raises(ValueError, match="a paper with a tie expected"):
        head_decision(without, 1, (), "x", "2022-04-12")
