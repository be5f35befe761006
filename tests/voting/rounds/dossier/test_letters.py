"""The letters: who approves title by title, the forms of Decree 30/2020 and of the Party, every sentence traced."""

import datetime
import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from msgspec.structs import replace

from tests.voting.rounds.dossier.test_dossier import PAPERWORK, PROCEDURES, REVIEW, whole
from tests.voting.rounds.office import UNIT, held
from voting.procedures.loader import load_ruleset
from voting.rehearsal.office import round_by
from voting.rounds.dossier.assembly import dossier_files
from voting.rounds.dossier.briefing import briefing
from voting.rounds.dossier.letters import HIGHER, authority_of, decision, removal_decision, submission
from voting.rounds.dossier.phrases import phrases
from voting.rounds.dossier.rows import lines_of
from voting.rounds.dossier.tables import summary_table
from voting.rounds.filing import Filed
from voting.rounds.outcome import outcomes
from voting.rounds.round import Leaver, Letters, Round

TO, SIGNER = "Ban Tổ chức Tỉnh ủy", "Chánh Văn phòng"
RULES = Path(__file__).resolve().parents[2] / "procedures" / "trade_union.toml"
FURNITURE = {"TỜ TRÌNH", "QUYẾT ĐỊNH", "CHÁNH VĂN PHÒNG", "ĐẢNG ỦY", ""}
LETTERS = Letters(
    signer_name="Nguyễn Huy Ví Dụ", agency="Văn phòng Ủy ban nhân dân tỉnh", issuer="Chánh Văn phòng UBND tỉnh",
    proposer="Trưởng phòng Tổ chức - Hành chính - Quản trị", basis=("Quyết định số 01/QĐ-UBND ngày 02/01/2022",),
    copies=("Lãnh đạo Văn phòng", "Lưu: VT, TCHCQT"), decision_copies=("Ban Tổ chức Tỉnh ủy (b/c)", "Lưu: VT, TCHCQT"),
    authorities={"dept_head": "Ban Thường vụ Tỉnh ủy"},
)  # fmt: skip


def opened(raw: bytes) -> Any:
    return docx.Document(io.BytesIO(raw))


def body(raw: bytes) -> list[str]:
    """The paragraphs between head and foot."""
    return [paragraph.text for paragraph in opened(raw).paragraphs]


def table(raw: bytes, number: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in opened(raw).tables[number].rows]


def all_words(raw: bytes) -> str:
    cells = (cell for found in opened(raw).tables for row in found.rows for cell in row.cells)
    return "\n".join([*body(raw), *(cell.text for cell in cells)])


def letters_of(plan: Round, files: tuple[Filed, ...]) -> dict[str, bytes]:
    lines = lines_of(plan, files, REVIEW)
    made = {
        "submission": submission(plan, lines, to=TO, signer=SIGNER),
        "decision": decision(plan, lines, signer=SIGNER),
        "removal": removal_decision(plan, lines, signer=SIGNER),
    }
    return {name: raw for name, raw in made.items() if raw is not None}


@cache
def union_round() -> tuple[Round, tuple[Filed, ...]]:
    """A held round of a catalogue that plans nobody."""
    plan = round_by(load_ruleset(RULES), "BCH", 1)
    return plan, held(plan)[1]


# Every sentence is traced


def variants() -> list[tuple[Round, tuple[Filed, ...]]]:
    """Rounds that together need every sentence."""
    found = [(whole(procedure)[0], whole(procedure)[2]) for procedure in PROCEDURES]
    found += [(replace(plan, letters=LETTERS), files) for plan, files in found]
    office, files = found[1]
    found.append((replace(office, letters=Letters(authorities={"deputy_chief": TO})), files))
    found += [(plan, ()) for plan, _ in found[:2]]
    return [*found, union_round(), (union_round()[0], ())]


def test_every_sentence_of_every_letter_is_one_of_the_phrases_and_no_phrase_is_idle() -> None:
    patterns = {
        identity: re.compile(re.sub(r"\\\{[a-z]+\\\}", ".+", re.escape(one.text)))
        for identity, one in phrases().items()
    }
    used: set[str] = set()
    for plan, files in variants():
        for name, raw in letters_of(plan, files).items():
            for text in body(raw):
                matching = {one for one, pattern in patterns.items() if pattern.fullmatch(text)}
                issuer = text == text.upper() and name != "submission"
                assert matching or text in FURNITURE or issuer, f"{name}: {text!r} is traced to nothing"
                used |= matching
    assert used == set(phrases())


def test_sentences_that_rest_on_the_plan_name_their_place() -> None:
    assert all(one.place for one in phrases().values())
    assert {one.source for one in phrases().values()} == {"plan", "form", "setting"}


# Who approves


@pytest.mark.parametrize(("procedure", "decided"), [("CUR-DEPT", ["decision", "removal", "submission"]),
                                                    ("NEXT-DEPT", ["decision", "submission"]),
                                                    ("CUR-OFFICE", ["submission"]),
                                                    ("NEXT-OFFICE", ["submission"])])  # fmt: skip
def test_a_decision_is_drafted_only_where_the_office_approves_itself(procedure: str, decided: list[str]) -> None:
    plan, _, files, _ = whole(procedure)
    assert sorted(letters_of(plan, files)) == decided
    wanted = "" if procedure.endswith("DEPT") else HIGHER
    assert {authority_of(plan, seat.title) for seat in plan.seats} == {wanted}


def test_nobody_is_both_decided_on_and_asked_for() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    made = letters_of(replace(plan, letters=LETTERS), files)
    asked = {row[1] for row in table(made["submission"], 1)[1:]}
    decided = {row[1] for row in table(made["decision"], 1)[1:]}
    assert asked == {"Nguyễn Phó An", "Nguyễn Phó Bình"}
    assert decided == {"Trần Chuyên An", "Trần Chuyên Bình", "Trần Chuyên Cường"}
    assert "removal" not in made, "the one who leaves is of a title that the authority above approves"
    text = "\n".join(body(made["submission"]))
    assert f"kính đề nghị {TO} xem xét, trình Ban Thường vụ Tỉnh ủy phê duyệt quy hoạch đối với 02 lượt cán bộ" in text
    assert "Đồng thời đề nghị đưa ra khỏi quy hoạch 01 trường hợp" in text


def test_a_report_on_what_the_office_decides_itself_asks_nobody_to_approve() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    text = "\n".join(body(letters_of(plan, files)["submission"]))
    assert "báo cáo Ban Tổ chức Tỉnh ủy: 05 lượt cán bộ" in text and "kính đề nghị" not in text


# The form


def test_a_decision_has_the_whole_form_and_nobody_s_votes() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    raw = letters_of(replace(plan, letters=replace(LETTERS, authorities={})), files)["decision"]
    said = body(raw)
    order = ["QUYẾT ĐỊNH", "Về việc phê duyệt quy hoạch cán bộ nhiệm kỳ 2021 - 2026", "CHÁNH VĂN PHÒNG UBND TỈNH",
             "Căn cứ Quyết định số 01/QĐ-UBND ngày 02/01/2022;",
             "Theo đề nghị của Trưởng phòng Tổ chức - Hành chính - Quản trị.", "QUYẾT ĐỊNH:"]  # fmt: skip
    places = [said.index(one) for one in order]
    assert places == sorted(places) and said[places[-1] + 1].startswith("Điều 1. Phê duyệt quy hoạch")
    assert all(one.endswith(";") for one in said if one.startswith("Căn cứ"))
    foot = table(raw, -1)[0]
    assert foot[0].split("\n") == ["Nơi nhận:", "- Như Điều 3;", "- Ban Tổ chức Tỉnh ủy (b/c);", "- Lưu: VT, TCHCQT."]
    assert foot[1].split("\n")[0] == "CHÁNH VĂN PHÒNG" and foot[1].split("\n")[-1] == "Nguyễn Huy Ví Dụ"
    assert "%" not in all_words(raw) and "Bước" not in all_words(raw)


def test_a_decision_to_take_out_names_decision_and_reason_and_who_leaves_without_a_vote() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    source = "Điều 9 Quy định số 50-QĐ/TW"
    gone = replace(plan, leavers=(Leaver("d9", "dept_head", "disciplined", "cảnh cáo"),), leavers_source=source)
    raw = letters_of(gone, files)["removal"]
    head, first, second = table(raw, 1)
    assert head[3:] == ["Chức danh đã quy hoạch", "Quyết định quy hoạch", "Lý do"]
    assert first[1:] == ["Nguyễn Phó Khánh", "Phó Trưởng phòng, Phòng Tổng hợp",
                         f"Trưởng phòng và tương đương, {UNIT}", "Số 12-QĐ/VPUB",
                         "Không đủ tiêu chuẩn, điều kiện"]  # fmt: skip
    assert (second[1], second[5]) == ("Nguyễn Phó Lan", "Bị kỷ luật từ khiển trách trở lên: cảnh cáo")
    assert f"Căn cứ {source};" in body(raw)


def test_the_submission_report_names_the_recipient_as_above_and_keeps_its_foot_together() -> None:
    plan, _, files, _ = whole("CUR-OFFICE")
    raw = letters_of(replace(plan, letters=LETTERS), files)["submission"]
    assert "Kính gửi: Ban Tổ chức Tỉnh ủy." in body(raw)
    assert table(raw, 0)[1][0] == "Số: ……/TTr-VPUB"
    copies = table(raw, -1)[0][0].split("\n")
    assert copies == ["Nơi nhận:", "- Như trên;", "- Lãnh đạo Văn phòng;", "- Lưu: VT, TCHCQT."]
    document = opened(raw)
    assert document.paragraphs[-1].paragraph_format.keep_with_next
    assert document.tables[-1]._tbl.xpath(".//w:cantSplit")
    section = document.sections[0]
    assert section.first_page_header.paragraphs[0].text == "DỰ THẢO" and "DỰ THẢO" not in body(raw)
    assert "Văn phòng Ủy ban nhân dân tỉnh đã tiến hành" in "\n".join(body(raw))


def test_an_office_in_capitals_stands_in_a_sentence_as_one_writes_it() -> None:
    plan, _, files, _ = whole("CUR-DEPT")
    named = replace(plan, organiser=replace(plan.organiser, agency="VĂN PHÒNG ỦY BAN NHÂN DÂN TỈNH"))
    text = "\n".join(body(letters_of(named, files)["submission"]))
    assert "Văn phòng Ủy ban nhân dân tỉnh đã tiến hành" in text and "VĂN PHÒNG đã" not in text


def test_a_party_body_writes_under_its_own_head_and_number() -> None:
    plan, _, files, _ = whole("NEXT-DEPT")
    organiser = replace(plan.organiser, style="party", superior="ĐẢNG BỘ TỈNH", agency="ĐẢNG ỦY", code="BB/ĐU")
    for name, symbol in (("submission", "TTr"), ("decision", "QĐ")):
        raw = letters_of(replace(plan, organiser=organiser), files)[name]
        head = table(raw, 0)
        assert head[0][0].split("\n") == ["ĐẢNG BỘ TỈNH", "ĐẢNG ỦY", "*"] and "ĐẢNG CỘNG SẢN VIỆT NAM" in head[0][1]
        assert head[1][0] == f"Số ……-{symbol}/ĐU" and "CỘNG HÒA" not in all_words(raw)
        assert table(raw, -1)[0][1].startswith("T/M ĐẢNG ỦY\nCHÁNH VĂN PHÒNG")


# Nothing is called a plan that the catalogue does not call so


def test_no_paper_of_a_catalogue_that_plans_nobody_speaks_of_a_plan() -> None:
    plan, files = union_round()
    assert not plan.ruleset.structure
    said = [all_words(raw) for raw in letters_of(plan, files).values()]
    said += [str(summary_table(plan, files, REVIEW)), str(briefing(plan, files, REVIEW))]
    said += [line.concluded() for line in lines_of(plan, files, REVIEW)]
    for text in said:
        assert "quy hoạch" not in text.casefold() and "phê duyệt" not in text.casefold()
    assert {"Được lựa chọn"} <= {line.concluded() for line in lines_of(plan, files, REVIEW)}


def test_where_no_ballot_closes_a_procedure_the_last_vote_is_its_result() -> None:
    plan, _ = union_round()
    procedure = plan.ruleset.procedures[0]
    [step] = procedure.steps
    introduced = replace(step, ballots=(replace(step.ballots[0], kind="introduce", top_down="", quota=None,
                                                tie_scope="none"),))  # fmt: skip
    ruleset = replace(plan.ruleset, procedures=(replace(procedure, steps=(introduced,)),))
    changed = replace(plan, ruleset=ruleset)
    done = held(changed)[1]
    found = outcomes(changed, done)
    passed = {one.person for one in found if one.votes[-1].outcome == "selected"}
    assert passed and {one.person for one in found if one.conclusion == "planned"} == passed
    assert {one.conclusion for one in found} <= {"planned", "not_planned"}


def test_the_dossier_holds_a_decision_to_take_out_where_the_office_may_take_it() -> None:
    plan, ledger, files, _ = whole("CUR-DEPT")
    assert "quyet-dinh-dua-ra.docx" in dossier_files(plan, ledger, files, PAPERWORK)
    assert isinstance(PAPERWORK.review, datetime.date)
