"""The desk's pages of a round: from an empty one over people, lists and steps to the dossier."""

import datetime
import html
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from keys.files.signing import SigningKey, keyid
from keys.trustees import encode_trustees
from kiosk_templates.words import catalogue as words_of_staff
from tally.count.paper import paper_record, read_hand_count
from tally.signing.signatures import sign_record
from tests.sittings import with_result
from tests.voting.rooms import Room, new_draft, new_teller
from tests.voting.rounds import office
from tests.voting.rounds.conferences import conference_for
from tests.voting.rounds.staff import HEADERS, row
from tests.voting.web.conftest import PASSWORD, Browser, web_room
from voting.conference import cards, results, setup, transitions
from voting.conference.draft.clashes import reason_of
from voting.conference.draft.stored import draft_of
from voting.documents.bundles.bundle import open_bundle, verify_bundle_signature
from voting.documents.bundles.head_decision import head_decision, read_head_decision
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER, Conference
from voting.documents.envelope import sign_envelope, write_envelope
from voting.documents.list_decision import sign_list_decision
from voting.documents.record import HEAD_DECISION_TYPE, MadeBy, read_record, unsigned_record
from voting.rounds import steps as rounds_steps
from voting.rounds import stored
from voting.rounds.round import Round, procedure_of
from voting.rounds.stored import Kept
from voting.storage.tables import RecordRow, ServerKeyRow
from voting.web.built import FOLDER

OFFICE: dict[str, Any] = {"superior": "UBND tỉnh Sơn La", "agency": "Văn phòng", "locality": "Sơn La",
                          "code": "TTr-VPUB", "style": "state", "address": "đồng chí"}  # fmt: skip
RULESET = "SONLA-VPUB-2022-03/1"


def begin(browser: Browser, procedure: str = "CUR-DEPT") -> str:
    answer = browser.post("/rounds/new", procedure=f"{RULESET}/{procedure}", **OFFICE)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def kept(app: Flask, number: int = 1) -> Kept:
    with web_room(app).storage.read() as session:
        return stored.kept_round(session, number)


def put(app: Flask, plan: Round) -> None:
    """Put a whole plan in the place of the round's own."""
    with web_room(app).storage.write() as session:
        old = stored.kept_round(session, 1)
        stored.keep(session, 1, msgspec.structs.replace(old, plan=plan))


def staff_file(*rows: list[str]) -> tuple[io.BytesIO, str]:
    book = openpyxl.Workbook()
    for cells in (HEADERS, *rows):
        book.worksheets[0].append(cells)
    file = io.BytesIO()
    book.save(file)
    return io.BytesIO(file.getvalue()), "can-bo.xlsx"


# Preparing


def test_a_round_is_begun_from_the_catalogue_and_says_what_comes_next(browser: Browser) -> None:
    browser.sign_in("organiser")
    assert "Chưa có đợt quy hoạch nào." in browser.get("/rounds").text
    page = begin(browser)
    assert "Nhập danh sách cán bộ của đơn vị." in browser.get(page).text
    assert "CUR-DEPT" in browser.get("/rounds").text
    browser.post("/language/en", back=page)
    assert "Import the staff list of the office." in browser.get(page).text


def test_a_procedure_that_is_not_in_the_catalogue_is_refused(browser: Browser) -> None:
    browser.sign_in("organiser")
    assert browser.post("/rounds/new", procedure=f"{RULESET}/NONE", **OFFICE).status_code == 400


def test_a_staff_list_with_faults_names_each_by_cell_and_takes_nothing(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    rows = [row(1, birth="31/02/1980"), row(2), row(3, sex="?", post="Không có")]
    answer = browser.post("/rounds/1/people", file=staff_file(*rows))
    assert answer.status_code == 409
    assert "03 lỗi trong tệp" in answer.text
    assert re.findall(r"<code>([A-Z]+\d+)</code>", answer.text) == ["C2", "D4", "J4"]
    assert kept(app).plan.people == ()


def test_a_right_staff_list_is_shown_with_its_structure_and_look_alikes(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    rows = [row(1, name="Lò Văn Hòa"), row(2, name="Lò Văn Hoà", unit="Phòng Kinh tế"), row(3)]
    assert browser.post("/rounds/1/people", file=staff_file(*rows)).status_code == 303
    assert confirm(browser) == 303
    page = browser.get("/rounds/1/people").text
    assert "03 cán bộ" in page
    assert "Lò Văn Hòa · Lò Văn Hoà" in page
    assert "Dân tộc thiểu số" in page
    assert len(kept(app).plan.people) == 3


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_template_can_be_filled_in_and_imported(kind: str, app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    template = browser.get(f"/rounds/1/people/template.{kind}")
    assert template.headers["Content-Disposition"].endswith(f'.{kind}"')
    answer = browser.post("/rounds/1/people", file=(io.BytesIO(template.data), f"x.{kind}"))
    assert answer.status_code == 303 and confirm(browser) == 303
    assert [one.name for one in kept(app).plan.people] == ["Nguyễn Văn Ví Dụ"]


def confirm(browser: Browser) -> int:
    """Confirm the staff list that waits."""
    mark = re.search(r'name="mark" value="([0-9a-f]{64})"', browser.get("/rounds/1/people/changes").text)
    assert mark is not None
    return browser.post("/rounds/1/people/changes", mark=mark.group(1)).status_code


def with_office(app: Flask, browser: Browser, procedure: str = "CUR-DEPT", **changes: object) -> None:
    """A round with the people of the made-up office, and one title without names."""
    begin(browser, procedure)
    plan = office.office_round(procedure, **changes)
    put(app, msgspec.structs.replace(plan, seats=(), nominees=(), eligible=(), removals=()))


def test_titles_and_lists_are_made_of_those_who_are_eligible_alone(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    with_office(app, browser)
    assert browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="2").status_code == 303
    seats = browser.get("/rounds/1/seats").text
    for said in ("đang quy hoạch 02", "số lượng theo quy định 02", "còn được bổ sung 00", "Cơ cấu quy hoạch hiện có"):
        assert said in seats
    refused = browser.post("/rounds/1/seats", title="dept_head", unit="Phòng Tong hop", quota="2")
    assert refused.status_code == 409 and "Không có đơn vị “Phòng Tong hop”" in refused.text
    page = browser.get("/rounds/1/seats/1").text
    assert "đủ điều kiện" in page and "Đánh giá 3 năm" in page
    assert browser.post("/rounds/1/seats/1/lists", listed=["d0", "d1"], more=["d2"]).status_code == 303
    plan = kept(app).plan
    assert [one.person for one in plan.nominees] == ["d0", "d1"]
    assert [one.person for one in plan.eligible] == ["d2"]
    refused = browser.post("/rounds/1/seats/1/lists", listed=["l0"])
    assert refused.status_code == 409 and "dữ liệu của đợt không khớp" in refused.text


def test_a_case_in_amber_waits_until_somebody_decides_with_a_reason(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    with_office(app, browser)
    borderline = msgspec.structs.replace(office.people()[9], discipline="khiển trách (2019)")
    others = tuple(one for one in office.people() if one.id != borderline.id)
    put(app, msgspec.structs.replace(kept(app).plan, people=(borderline, *others)))
    browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="2")
    assert "cần quyết định" in browser.get("/rounds/1/seats/1").text
    assert browser.post("/rounds/1/seats/1/lists", listed=[borderline.id]).status_code == 409
    said: dict[str, Any] = {"person": borderline.id, "check": "discipline"}
    hard = browser.post("/rounds/1/seats/1/confirm", person=borderline.id, check="months", reason="Đủ theo hồ sơ gốc")
    assert hard.status_code == 409 and "Điều kiện này là bắt buộc" in hard.text
    assert browser.post("/rounds/1/seats/1/confirm", reason=" ", **said).status_code == 409
    assert browser.post("/rounds/1/seats/1/confirm", reason="Đủ theo hồ sơ gốc", **said).status_code == 303
    assert "quyết định: Đủ theo hồ sơ gốc" in browser.get("/rounds/1/seats/1").text
    assert browser.post("/rounds/1/seats/1/lists", listed=[borderline.id]).status_code == 303


def test_a_removal_is_proposed_with_its_reason_and_taken_back(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    with_office(app, browser)
    browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT)
    assert browser.post("/rounds/1/seats/1/removals", person="d1", reason="x").status_code == 409  # is not planned
    assert browser.post("/rounds/1/seats/1/removals", person="d8", reason="Không đủ tiêu chuẩn").status_code == 303
    assert "Không đủ tiêu chuẩn" in browser.get("/rounds/1/seats/1").text
    assert browser.post("/rounds/1/seats/1/removals", person="d8", back="1").status_code == 303
    assert kept(app).plan.removals == ()


def test_who_leaves_without_a_vote_is_taken_note_of_with_the_text_that_says_so(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    staff = tuple(
        msgspec.structs.replace(one, discipline="cảnh cáo") if one.id == "d9" else one for one in office.people()
    )
    with_office(app, browser, people=staff)
    browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="3")
    assert "Nguyễn Phó Lan: bị kỷ luật" in browser.get("/rounds/1").text
    refused = browser.post("/rounds/1/leavers", source=" ")
    assert refused.status_code == 409 and "Ghi văn bản quy định" in refused.text
    assert browser.post("/rounds/1/leavers", source="Điều 9 Quy định số 50-QĐ/TW").status_code == 303
    assert [one.person for one in kept(app).plan.leavers] == ["d9"]
    assert "theo Điều 9 Quy định số 50-QĐ/TW" in browser.get("/rounds/1").text
    assert "còn được bổ sung 02" in browser.get("/rounds/1/seats").text
    assert browser.post("/rounds/1/seats/1/removals", person="d9", reason="x").status_code == 409
    assert browser.post("/rounds/1/leavers", back="1").status_code == 303
    assert kept(app).plan.leavers == ()


def test_recipients_signers_deadline_and_authorities_are_settled_once_for_the_round(
    app: Flask, browser: Browser
) -> None:
    browser.sign_in("organiser")
    with_office(app, browser)
    said: dict[str, Any] = {
        "to": "Ban Tổ chức Tỉnh ủy", "signer": "Chánh Văn phòng", "authority_dept_head": "Ban Thường vụ Tỉnh ủy",
        "copies": "Lãnh đạo Văn phòng;\nLưu: VT", "deadline": "30/04/2022",
    }  # fmt: skip
    refused = browser.post("/rounds/1/letters", **(said | {"deadline": "31/02/2022"}))
    assert refused.status_code == 409 and "Ghi ngày theo dạng 15/04/2022." in refused.text
    assert browser.post("/rounds/1/letters", **said).status_code == 303
    letters = kept(app).plan.letters
    assert (letters.copies, letters.authorities) == (
        ("Lãnh đạo Văn phòng", "Lưu: VT"), {"dept_head": "Ban Thường vụ Tỉnh ủy"},
    )  # fmt: skip
    assert letters.deadline == datetime.date(2022, 4, 30)
    page = browser.get("/rounds/1/dossier").text
    assert 'value="30/04/2022"' in page and "cơ quan phê duyệt" in page
    tomorrow = web_room(app).clock().date() + datetime.timedelta(days=1)
    said["deadline"] = tomorrow.isoformat()
    assert browser.post("/rounds/1/letters", **said).status_code == 303
    assert f"trước ngày {tomorrow.strftime('%d/%m/%Y')}, còn 01 ngày" in browser.get("/rounds/1").text


# Steps


def test_a_composition_that_the_plan_lacks_must_be_confirmed_first(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser, "CUR-OFFICE")
    put(app, office.office_round("CUR-OFFICE"))
    assert "phải được xác nhận." in browser.get("/rounds/1/steps/2").text
    text = procedure_of(kept(app).plan).steps[1].composition.text
    assert browser.post("/rounds/1/steps/2/composition", text=text).status_code == 303
    assert "Organiser xác nhận ngày 2022-04-10" in browser.get("/rounds/1/steps/2").text


def test_somebody_is_left_out_with_a_reason_before_the_conference_alone(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    put(app, office.office_round("CUR-DEPT"))
    assert "09 người được triệu tập" in browser.get("/rounds/1/steps/1").text
    assert browser.post("/rounds/1/steps/1/exclusions", person="l0", reason="").status_code == 409
    assert (
        browser.post("/rounds/1/steps/1/exclusions", person="l0", reason="Đang công tác biệt phái").status_code == 303
    )
    page = browser.get("/rounds/1/steps/1").text
    assert "08 người được triệu tập" in page and "Đang công tác biệt phái (Organiser)" in page
    assert browser.post("/rounds/1/steps/1/conference").status_code == 303
    assert browser.post("/rounds/1/steps/1/exclusions", person="l1", reason="Muộn").status_code == 409
    assert "Hội nghị tập thể lãnh đạo" in browser.get("/desk").text


def test_a_step_out_of_turn_or_without_names_begins_nothing(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    put(app, office.office_round("CUR-DEPT"))
    assert "Chưa đến bước này" in browser.get("/rounds/1/steps/2").text
    assert browser.post("/rounds/1/steps/2/conference").status_code == 409
    put(app, office.office_round("CUR-DEPT", nominees=(), removals=()))
    assert "Không có nhân sự nào ở bước này." in browser.get("/rounds/1/steps/1").text
    assert browser.post("/rounds/1/steps/1/conference").status_code == 409


def decide(browser: Browser, step: int) -> None:
    """Write the list decision of a step, sign it, and bring it back."""
    form: dict[str, Any] = {"place": "Phòng họp", "adopted_by": "Tập thể lãnh đạo", "name": office.CHAIR.name,
                            "role": "Chủ trì", "key": office.CHAIR.key}  # fmt: skip
    assert browser.post(f"/rounds/1/steps/{step}/decision", **form).status_code == 303
    written = browser.get(f"/rounds/1/steps/{step}/list-decision.json").data
    again = browser.post(f"/rounds/1/steps/{step}/signed-decision", file=(io.BytesIO(written), "x.json"))
    assert again.status_code == 409 and "Còn thiếu chữ ký" in again.text
    signed = io.BytesIO(sign_list_decision(written, [office.KEY]))
    assert browser.post(f"/rounds/1/steps/{step}/signed-decision", file=(signed, "x.json")).status_code == 303


def begin_ballots(app: Flask, browser: Browser) -> None:
    """A round of NEXT-OFFICE whose lists are decided: its first ballot is step 3."""
    browser.sign_in("organiser")
    begin(browser, "NEXT-OFFICE")
    put(app, office.office_round("NEXT-OFFICE"))
    decide(browser, 1)
    decide(browser, 2)


def hold(app: Flask, room: Room, step: int, *, machine: bool = False, ink: bool = False, tied: bool = False) -> None:
    """Hold a conference of the step to the end, its records signed, by key or in ink, and taken in by the desk."""
    room.open(people=3, made=3, spares=0)
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    room.close()
    with room.storage.write() as session:
        now = stored.kept_round(session, 1)
        files = stored.in_force(session, 1, now)
        chair = msgspec.structs.replace(office.CHAIR, key=ON_PAPER) if ink else office.CHAIR
        meeting = office.meeting(now.plan, procedure_of(now.plan).steps[step - 1], chair=chair)
        conference = conference_for(now.plan, step, meeting, office.attendance(len(meeting.summons.people)), files)

        def votes(held: Conference, paper: int) -> dict[str, int]:
            agree = office.everybody_agrees(held, paper)
            return dict.fromkeys(agree, held.present) if tied else agree

        record = office.record_of(conference, votes, uuid=room.uuid())
        own = msgspec.structs.replace(conference, desk_key=desk_key(session, room.conference))
        record = msgspec.structs.replace(record, form="electronic" if machine else "paper", conference=own)
        raw = unsigned_record(canonical(record)) if ink else office.signed(record)
        session.add(RecordRow(conference=room.conference, content=raw))
        session.flush()
        transitions.mark_counted(session, room.conference)
        transitions.mark_signed(session, room.conference)
        held = {**now.conferences, step: room.conference}
        stored.keep(session, 1, msgspec.structs.replace(now, conferences=held))


def test_signed_documents_feed_the_next_step_down_to_the_dossier(app: Flask, browser: Browser, room: Room) -> None:
    begin_ballots(app, browser)
    for step in (3, 4, 5):
        assert "Bắt đầu hội nghị" in browser.get(f"/rounds/1/steps/{step}").text
        hold(app, room, step)
        assert "Nhận biên bản đã ký vào đợt" in browser.get(f"/rounds/1/steps/{step}").text
        assert browser.post(f"/rounds/1/steps/{step}/records").status_code == 303
        page = browser.get(f"/rounds/1/steps/{step}").text
        assert "Nguyễn Phó An" in page and re.search(r"\d+/\d+; \d+,\d\d%", page)
        running = browser.get("/rounds/1/dossier").text
        assert "không đưa vào" not in running or step == 5
        assert ("tai-lieu-hoi-nghi" in running or "briefing.pdf" in running) == (step == 4)
        if step == 3:
            assert "chưa kết luận (đến lượt bước 4)" in running
            assert browser.get("/rounds/1/briefing.pdf").status_code == 409
    page = browser.get("/rounds/1/dossier").text
    assert "đưa vào quy hoạch" in page and "step-3/minutes.pdf" in page
    assert browser.get("/rounds/1/briefing.pdf").data.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(make_dossier(browser))) as packed:
        names = packed.namelist()
    assert {"ledger.json", "bieu-ket-qua.xlsx", "bieu-ket-qua.pdf", "step-2/list-decision.json"} <= set(names)
    assert "step-5/record.json" in names


def written(app: Flask, step: int, *chosen: int, **changes: Any) -> bytes:
    """The head's decision on the tie of a step's record, for those who stand at these places of the tied group."""
    with web_room(app).storage.read() as session:
        sitting = next(one for one in kept(app).ledger.sittings if one.number == step)
        record = rounds_steps._record(session, 1, sitting)
    assert record is not None
    tie = record.papers[0].verdict.tie
    assert tie is not None
    one = head_decision(record, 1, [tie.candidates[place] for place in chosen], "Đúng cơ cấu", "2999-01-01")
    one = msgspec.structs.replace(one, **changes)
    return write_envelope(sign_envelope(canonical(one), HEAD_DECISION_TYPE, office.KEY))


def bring_decision(browser: Browser, raw: bytes) -> TestResponse:
    return browser.post("/rounds/1/steps/5/head-decision", decision=(io.BytesIO(raw), "head-decision-1.json"))


@pytest.mark.parametrize("machine", [True, False], ids=["by machine", "by hand"])
def test_the_heads_decision_enters_the_round_beside_its_signed_record(
    app: Flask, browser: Browser, room: Room, machine: bool
) -> None:
    begin_ballots(app, browser)
    for step in (3, 4, 5):
        hold(app, room, step, machine=machine, tied=step == 5)
        assert browser.post(f"/rounds/1/steps/{step}/records").status_code == 303
    page = browser.get("/rounds/1/steps/5").text
    assert "Bằng phiếu ở vị trí cuối" in page and "Tệp quyết định đã ký" in page
    assert "chờ người đứng đầu" in browser.get("/rounds/1/dossier").text
    assert browser.post("/rounds/1/steps/5/head-decision").status_code == 409
    for wrong in (written(app, 5, 0, record="0" * 64), written(app, 5, 0, paper=9), written(app, 5, 0, 1)):
        assert bring_decision(browser, wrong).status_code == 409
    right = written(app, 5, 1)
    assert bring_decision(browser, right).status_code == 303
    assert bring_decision(browser, right).status_code == 303
    second = bring_decision(browser, written(app, 5, 0))
    assert second.status_code == 409 and "đã có quyết định của người đứng đầu" in second.text
    page = browser.get("/rounds/1/steps/5").text
    assert "quyết định trường hợp bằng phiếu" in page and "Tệp quyết định đã ký" not in page
    assert "step-5/head-decision-1.pdf" in page, "its page is asked for"
    for content in (b"%PDF-1.7", carrying(b"{}")):
        answer = browser.post("/rounds/1/steps/5/files", files=(io.BytesIO(content), "head-decision-1.pdf"))
        assert answer.status_code == 409 and "không kèm dữ liệu quyết định" in answer.text
    payload = canonical(read_head_decision(right)[1])
    files = (io.BytesIO(carrying(payload)), "head-decision-1.pdf")
    assert browser.post("/rounds/1/steps/5/files", files=files).status_code == 303
    with zipfile.ZipFile(io.BytesIO(make_dossier(browser))) as packed:
        assert packed.read("step-5/head-decision-1.json") == right
        assert "step-5/head-decision-1.pdf" in packed.namelist()


def test_a_decision_that_the_desk_took_before_the_round_goes_along_with_its_records(
    app: Flask, browser: Browser, room: Room
) -> None:
    begin_ballots(app, browser)
    for step in (3, 4):
        hold(app, room, step, machine=True)
        assert browser.post(f"/rounds/1/steps/{step}/records").status_code == 303
    hold(app, room, 5, machine=True, tied=True)
    with room.storage.read() as session:
        raw = session.scalars(select(RecordRow.content).where(RecordRow.conference == room.conference)).one()
    record = read_record(raw)[1]
    assert record.papers[0].verdict.tie is not None
    decision = head_decision(record, 1, record.papers[0].verdict.tie.candidates[:1], "Đúng cơ cấu", "2999-01-01")
    signed = write_envelope(sign_envelope(canonical(decision), HEAD_DECISION_TYPE, office.KEY))
    with room.storage.write() as session:
        results.take_head_decision(session, room.conference, signed)
    assert browser.post("/rounds/1/steps/5/records").status_code == 303
    assert len(kept(app).ledger.sittings[-1].decisions) == 1
    assert "quyết định trường hợp bằng phiếu" in browser.get("/rounds/1/steps/5").text


def desk_key(session: Session, conference: int) -> str:
    row = session.get(ServerKeyRow, (conference, "desk"))
    assert row is not None
    return row.public


@pytest.mark.parametrize("machine", [(), (3,), (3, 4), (3, 4, 5)])
def test_the_desk_of_the_last_step_signs_the_dossier_of_those_counted_by_machine_if_there_are_any(
    app: Flask, browser: Browser, room: Room, machine: tuple[int, ...]
) -> None:
    begin_ballots(app, browser)
    conferences = {}
    for step in (3, 4, 5):
        hold(app, room, step, machine=step in machine)
        conferences[step] = room.conference
        assert browser.post(f"/rounds/1/steps/{step}/records").status_code == 303
    room.open(people=3, made=3, spares=0)  # a later conference, of which nothing is signed
    with room.storage.read() as session:
        wanted = conferences[max(machine, default=5)]
        assert rounds_steps.desk_of(session, 1) == wanted
        key = desk_key(session, wanted)
    bundle = open_bundle(io.BytesIO(make_dossier(browser)))
    assert verify_bundle_signature(bundle, [key]) == keyid(key)


def test_a_round_counted_by_hand_that_nobody_signed_throughout_has_no_dossier_and_says_what_to_do(
    app: Flask, browser: Browser, room: Room
) -> None:
    begin_ballots(app, browser)
    form: dict[str, Any] = {"to": "Ban Tổ chức Tỉnh ủy", "signer": "Chánh Văn phòng"}
    early = browser.post("/rounds/1/dossier", **form)
    assert early.status_code == 409 and "Bước 3 chưa ký xong." in early.text
    for step in (3, 4, 5):
        hold(app, room, step, ink=step == 4)
        assert browser.post(f"/rounds/1/steps/{step}/records").status_code == 303
    refused = browser.post("/rounds/1/dossier", **form)
    assert refused.status_code == 409
    assert "mọi bước đều kiểm phiếu bằng tay" in refused.text
    assert "Đợt sau: để một người (thư ký hoặc chủ trì) ký mọi văn bản của đợt bằng cùng một khóa" in refused.text


def make_dossier(browser: Browser) -> bytes:
    answer = browser.post("/rounds/1/dossier", to="Ban Tổ chức Tỉnh ủy", signer="Chánh Văn phòng")
    assert (answer.status_code, answer.content_type) == (200, "application/zip"), answer.text
    return bytes(answer.data)


def carrying(payload: bytes) -> bytes:
    """A PDF with a record attached."""
    made, out = pikepdf.new(), io.BytesIO()
    made.attachments["record.json"] = payload
    made.save(out)
    return out.getvalue()


def test_minutes_are_taken_for_the_dossier_and_other_files_are_not(app: Flask, browser: Browser, room: Room) -> None:
    begin_ballots(app, browser)
    hold(app, room, 3)
    assert browser.post("/rounds/1/steps/3/records").status_code == 303
    with web_room(app).storage.read() as session:
        own = rounds_steps._record(session, 1, kept(app).ledger.sittings[-1])
    assert own is not None
    other = msgspec.structs.replace(own, uuid="3NGX6NdhdXaBGB")
    for content in (b"%PDF-1.7", carrying(canonical(other))):
        answer = browser.post("/rounds/1/steps/3/files", files=(io.BytesIO(content), "minutes.pdf"))
        assert answer.status_code == 409 and "không kèm dữ liệu biên bản của bước này" in answer.text
    minutes = (io.BytesIO(carrying(canonical(own))), "minutes.pdf")
    assert browser.post("/rounds/1/steps/3/files", files=minutes).status_code == 303
    assert "step-3/minutes.pdf" not in browser.get("/rounds/1/steps/3").text
    for name, content in (("x.bel", b"x"), ("minutes-2.pdf", b"no PDF"), ("../minutes.pdf", b"%PDF")):
        assert browser.post("/rounds/1/steps/3/files", files=(io.BytesIO(content), name)).status_code == 409


def count_by_hand(form: bytes, keys: list[SigningKey], folder: Path) -> bytes:
    """Fill the form in, have the tally machine make the record, and sign it."""
    content = json.loads(form)
    people = content["conference"]["present"]
    for at, paper in enumerate(content["papers"]):
        paper["ballots"] = {"issued": people, "collected": people, "valid": people, "invalid": 0, "invalid_reason": ""}
        listed = {one["id"] for one in content["conference"]["papers"][at]["candidates"] if not one["put_forward"]}
        for place, one in enumerate(paper["votes"]):
            agree = people - min(place, people // 2) if one["id"] in listed else 0
            one["agree"], one["disagree"] = agree, people - agree if one["id"] in listed else 0
    path = folder / "count.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    record = paper_record(read_hand_count(path), MadeBy("test", "test", "test"))
    return sign_record(unsigned_record(canonical(record)), keys)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_step_moved_to_paper_enters_the_round_by_its_hand_count(
    app: Flask, browser: Browser, room: Room, sealed: bool, tmp_path: Path
) -> None:
    begin_ballots(app, browser)
    meet_on_paper(room, 3, sealed)
    two: dict[str, Any] = {"second_login": "chair", "second_password": PASSWORD, "reason": "Mất điện"}
    assert browser.post("/desk/on-paper", **two).status_code == 303
    page = browser.get("/rounds/1/steps/3").text
    assert "Kiểm phiếu giấy" in page and "/sheets/paper_ballot.pdf" in page
    assert browser.get("/sheets/paper_ballot.pdf").data.startswith(b"%PDF")
    keys = [office.KEY, *(one.signing for one in room.tellers)]
    form = browser.get("/rounds/1/steps/3/hand-count.json").data
    with room.storage.read() as session:  # so that this hand count can name who makes the dossier
        assert json.loads(form)["conference"]["desk_key"] == desk_key(session, room.conference)
    raw = count_by_hand(form, keys, tmp_path)
    none = browser.post("/rounds/1/steps/3/hand-count")
    assert none.status_code == 409 and "Chọn tệp." in none.text
    changed = read_record(raw)[1]
    changed = msgspec.structs.replace(changed, conference=msgspec.structs.replace(changed.conference, place="Nơi khác"))
    other = sign_record(unsigned_record(canonical(changed)), keys)
    judged = read_record(raw)[1].papers[0].verdict
    assert judged.selected
    verdict = msgspec.structs.replace(judged, selected=judged.selected[1:])
    false = sign_record(unsigned_record(canonical(with_result(read_record(raw)[1], verdict=verdict))), keys)
    both = f"selected: {judged.selected} expected, {verdict.selected} found"
    answer = browser.post("/rounds/1/steps/3/hand-count", record=(io.BytesIO(false), "record.json"))
    assert answer.status_code == 409 and both in html.unescape(answer.text), answer.text
    for wrong, words in ((other, "của một hội nghị khác"), (b"{}", "không đúng khuôn dạng")):
        answer = browser.post("/rounds/1/steps/3/hand-count", record=(io.BytesIO(wrong), "record.json"))
        assert answer.status_code == 409 and words in answer.text, answer.text
    files = (io.BytesIO(raw), "record.json")
    assert browser.post("/rounds/1/steps/3/hand-count", record=files).status_code == 303
    assert [(one.number, one.state) for one in kept(app).ledger.sittings][2:] == [(3, "signed")]
    page = browser.get("/rounds/1/steps/3").text
    assert "step-3/minutes.pdf" in page and ".bel</code>" not in page
    assert "Bắt đầu hội nghị" in browser.get("/rounds/1/steps/4").text


def meet_on_paper(room: Room, step: int, sealed: bool) -> None:
    """Begin the step's conference, take the roll and write Setup or not; then it goes on with paper."""
    secretary = msgspec.structs.replace(office.CHAIR, role="Thư ký")
    with room.storage.write() as session:
        room.conference = rounds_steps.begin_conference(session, 1, step, datetime.date(2022, 4, 10))
        draft = draft_of(session, room.conference)
        transitions.change_draft(session, room.conference, msgspec.structs.replace(
            draft, place="Hội trường", tellers=new_draft(room.tellers).tellers,
            chair=office.CHAIR, secretary=secretary, head=office.CHAIR))  # fmt: skip
        transitions.freeze_list(session, room.conference)
        people = len(draft.people)
        room.secrets = cards.make_cards(session, room.conference, "main", people, 2)
    room.draw(present=people - 1, drawn=people - 1)
    if sealed:
        with room.storage.write() as session:
            transitions.take_roll(session, room.conference)
            trustees = encode_trustees([new_teller().trustee for _ in room.tellers])  # keys are for one box
            setup.upload_trustees(session, room.conference, trustees)
            setup.write_setup(session, room.conference, room.keyring)


def test_a_teller_of_the_conference_before_who_is_on_the_ballot_counts_for_a_reason_alone(
    app: Flask, browser: Browser, room: Room
) -> None:
    begin_ballots(app, browser)
    first, *others = new_draft(room.tellers).tellers
    with room.storage.write() as session:
        number = rounds_steps.begin_conference(session, 1, 3, datetime.date(2022, 4, 10))
        draft = draft_of(session, number)
        name = draft.papers[0].candidates[0].name
        tellers = (msgspec.structs.replace(first, name=name), *others)
        transitions.change_draft(session, number, msgspec.structs.replace(draft, tellers=tellers))
        again = rounds_steps.step_draft(session, 1, 3, datetime.date(2022, 4, 11))
    assert again.tellers == tellers  # the signers of the conference before are offered
    listed = f"{name} vừa kiểm phiếu vừa có tên trên phiếu"
    assert listed in browser.get("/draft").text
    assert f"{name} là thành viên Ban kiểm phiếu và có tên trên phiếu" in browser.get("/draft/signers").text
    form: dict[str, Any] = {"teller1_reason": "Cả phòng chỉ có ba đảng viên"}
    for at, one in enumerate(tellers, 1):
        form |= {f"teller{at}_{part}": getattr(one, part) for part in ("name", "role", "key")}
    assert browser.post("/draft/signers", **form).status_code == 303
    assert listed not in browser.get("/draft").text
    with room.storage.read() as session:
        assert reason_of(name, draft_of(session, number).clashes) == "Cả phòng chỉ có ba đảng viên"


def test_an_annulled_step_stays_on_file_and_is_held_again(app: Flask, browser: Browser, room: Room) -> None:
    begin_ballots(app, browser)
    hold(app, room, 3)
    browser.post("/rounds/1/steps/3/records")
    reason = kept(app).plan.ruleset.revote_reasons[0].id
    form: dict[str, Any] = {
        "reason": reason,
        "words": "Niêm phong bị rách",
        "second_login": "chair",
        "second_password": PASSWORD,
    }
    assert browser.post("/rounds/1/steps/3/annul", **(form | {"second_login": "organiser"})).status_code != 303
    assert browser.post("/rounds/1/steps/3/annul", **form).status_code == 303
    page = browser.get("/rounds/1/steps/3").text
    assert "Lần 1 đã hủy (Organiser, Chair): Niêm phong bị rách" in page
    assert "Bắt đầu hội nghị" in page
    hold(app, room, 3)
    assert browser.post("/rounds/1/steps/3/records").status_code == 303
    assert [(one.number, one.attempt, one.state) for one in kept(app).ledger.sittings][2:] == [
        (3, 1, "annulled"), (3, 2, "signed")]  # fmt: skip


def test_those_on_a_paper_are_not_summoned_where_the_organiser_chose_so(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser, "CUR-OFFICE")
    plan = office.office_round("CUR-OFFICE")
    leader = msgspec.structs.replace(plan.people[9], capacities=("leadership",))
    put(app, msgspec.structs.replace(plan, people=(*plan.people[:9], leader, *plan.people[10:])))
    assert "10 người được triệu tập" in browser.get("/rounds/1/steps/1").text
    chosen: dict[str, Any] = {"adopt": "ballot", "put_forward_max": "3", "recusal": "on"}
    assert browser.post("/rounds/1/options", **chosen).status_code == 303
    page = browser.get("/rounds/1/steps/1").text
    assert "09 người được triệu tập" in page and "có tên trên phiếu" in page
    assert browser.post("/rounds/1/steps/1/conference").status_code == 303


def test_more_places_than_the_regulation_has_are_warned_of(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    with_office(app, browser)
    browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="3")
    assert "377-QĐ/TW" not in browser.get("/rounds/1/seats").text
    browser.post("/rounds/1/seats", title="dept_head", unit=office.UNIT, quota="4")
    assert "377-QĐ/TW" in browser.get("/rounds/1/seats").text


# Words


def test_pages_of_a_round_ask_for_words_that_are_there() -> None:
    words = words_of_staff("staff", "vi").keys()
    for page in sorted(Path(FOLDER, "pages", "room", "round").glob("*.html")):
        asked = set(re.findall(r"""say\(["']([a-z_.]+)["'][,)]""", page.read_text()))
        assert asked - words == set(), page.name


def test_a_round_that_is_not_there_is_not_found(browser: Browser) -> None:
    browser.sign_in("organiser")
    for path in ("/rounds/7", "/rounds/7/people", "/rounds/7/seats", "/rounds/7/steps/1", "/rounds/7/dossier"):
        assert browser.get(path).status_code == 404, path


def test_after_the_deadline_the_round_warns_and_goes_on(browser: Browser, clock: object) -> None:
    browser.sign_in("organiser")
    page = begin(browser)
    assert "Đã quá hạn" not in browser.get(page).text
    clock.now += datetime.timedelta(days=6)  # type: ignore[attr-defined]
    browser.sign_in("organiser")
    assert "Đã quá hạn: phải hoàn thành trước ngày 15/04/2022." in browser.get(page).text
