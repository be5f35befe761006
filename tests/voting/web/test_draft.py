"""The draft in pages: begun from the catalogue, filled in part by part, looked at, frozen."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import msgspec
import openpyxl
import pytest
from werkzeug.test import TestResponse

from keys.ceremony.protocol import rehearse
from keys.files.signing import new_signing_key, public_text
from keys.trustees import encode_trustees
from tests.voting.rooms import Room, new_draft
from tests.voting.web.conftest import Browser
from voting.conference import transitions
from voting.conference.draft.agenda import Draft, Person, draft_problems
from voting.conference.draft.stored import draft_of as stored_draft
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Previous, Quorum, Rule, Selection
from voting.documents.tellers import BoxKeys, Clash, TellerKeys, Tellers
from voting.storage import conference_row

STEP = "SONLA-VPUB-2022-03/1/CUR-DEPT/2"
BASICS: dict[str, Any] = {
    "name": " Hội  nghị cán bộ chủ chốt",
    "place": "Hội trường",
    "date": "2022-04-10",
    "term": "2021 - 2026",
    "section": "B.II.1.1.3(2)",
    "composition": "",
    "address": "đồng chí",
    "quorum": "on",
    "quorum_num": "2",
    "quorum_den": "3",
    "put_forward_max": "2",
    "style": "party",
    "superior": "TỈNH ỦY",
    "agency": "VĂN PHÒNG",
    "locality": "Sơn La",
    "code": "BB",
    "stamp": "",
    "basis": "Quy định 50\n\nHướng dẫn 16",
}
PAPER: dict[str, Any] = {
    "kind": "introduce",
    "title": "Trưởng phòng",
    "unit": "",
    "op": ">=",
    "num": "3",
    "den": "10",
    "base": "present",
    "mode": "all",
    "quota": "",
    "tie_scope": "none",
    "listed": "Trần Văn An; Phó Trưởng phòng; 1980\nLê Thị Bình\tChuyên viên\t1985",
    "put_forward": "Phạm Văn Cường",
}


def draft_of(room: Room) -> Draft:
    with room.storage.read() as session:
        row = conference_row.current(session)
        assert row is not None
        return stored_draft(session, row.id)


def signers() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for number in (1, 2):
        fields |= {f"teller{number}_name": f"Kiểm {number}", f"teller{number}_role": "Tổ trưởng"}
        fields[f"teller{number}_key"] = public_text(new_signing_key()) + "\n"
    for office in ("chair", "secretary", "head"):
        fields |= {f"{office}_name": f"Người {office}", f"{office}_role": office, f"{office}_key": ""}
    return fields


def take_people(browser: Browser, **form: object) -> TestResponse:
    """Bring a list, and confirm what the page shows of it."""
    shown = browser.post("/draft/people", **form)
    assert shown.status_code == 200, shown.text
    return browser.post("/draft/people/confirm", **shown_people(shown.text))


def shown_people(page: str) -> dict[str, str]:
    """The hidden fields of the page that confirms a list."""
    return {name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0]) for name in ("mark", "taken")}


def test_a_conference_is_written_in_pages_alone(room: Room, browser: Browser) -> None:
    browser.sign_in("organiser")
    assert browser.post("/draft/new", step=STEP).status_code == 303
    assert browser.post("/draft/basics", **BASICS).status_code == 303
    assert browser.post("/draft/papers/1", **PAPER).status_code == 303
    for number in range(len(draft_of(room).papers), 1, -1):
        assert browser.post(f"/draft/papers/{number}/remove").status_code == 303
    assert browser.post("/draft/signers", **signers()).status_code == 303
    assert take_people(browser, people="1. Trần Văn Dũng; Phòng A\n2. Lê Thị Em\tPhòng B").status_code == 303
    draft = draft_of(room)
    assert list(draft_problems(draft)) == []
    assert (draft.name, draft.organiser.style) == ("Hội nghị cán bộ chủ chốt", "party")
    assert draft.basis == ("Quy định 50", "Hướng dẫn 16")
    assert [one.name for one in draft.papers[0].candidates] == ["Trần Văn An", "Lê Thị Bình", "Phạm Văn Cường"]
    assert [one.put_forward for one in draft.papers[0].candidates] == [False, False, True]
    assert draft.papers[0].candidates[1].born == "1985"
    assert draft.people == (Person("Trần Văn Dũng", "Phòng A"), Person("Lê Thị Em", "Phòng B"))
    assert "Dự thảo đã đủ" in browser.get("/draft").text
    assert browser.post("/desk/freeze-list").status_code == 303


def test_a_rule_that_the_organiser_changes_at_the_desk_is_named_by_a_note(room: Room, browser: Browser) -> None:
    room.begin()
    browser.sign_in("organiser")
    browser.post("/draft/papers/1", **{**PAPER, "num": "1"})
    assert [one.code for one in draft_of(room).notes] == ["KHAC-0", "KHAC-1"]
    assert (
        "từ 10% trở lên so với tổng số người có mặt; danh mục quy định: đồng ý từ 30%" in draft_of(room).notes[1].text
    )
    browser.post("/draft/basics", **BASICS)
    assert [one.code for one in draft_of(room).notes] == ["KHAC-1"]
    browser.post("/draft/papers/0", **{**PAPER, "title": "Phó Trưởng phòng", "base": "summoned"})
    browser.post("/draft/papers/1/remove")
    assert [one.code for one in draft_of(room).notes] == ["KHAC-1"]
    assert "người được triệu tập" in draft_of(room).notes[0].text
    browser.post("/draft/papers/1", **PAPER)
    assert draft_of(room).notes == ()


DIFFERENT: dict[str, tuple[dict[str, Any], str]] = {
    "another rule": ({"rule": Rule(">=", 1, 10, "present")}, "từ 10% trở lên"),
    "another kind": ({"kind": "remove"}, "bước 2 không có phiếu đưa ra khỏi quy hoạch"),
    "a quota": ({"selection": Selection("top", 1)}, "cho đủ số lượng 01 người"),
    "ties": ({"tie_scope": "head_any"}, "giao người đứng đầu quyết định"),
}


@pytest.mark.parametrize(("changes", "words"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_file_that_differs_from_the_catalogue_without_a_note_is_not_frozen(
    room: Room, browser: Browser, changes: dict[str, Any], words: str
) -> None:
    room.begin()
    draft = draft_of(room)
    raw = canonical(msgspec.structs.replace(draft, papers=(msgspec.structs.replace(draft.papers[0], **changes),)))
    browser.sign_in("organiser").post("/draft/replace", file=(io.BytesIO(raw), "draft.json"))
    assert browser.post("/desk/freeze-list").status_code == 409
    assert words in browser.get("/draft").text


PEOPLE: dict[str, tuple[Callable[[Draft], dict[str, Any]], str]] = {
    "nobody must sign": (
        lambda d: {"tellers": tuple(msgspec.structs.replace(one, must_sign=False) for one in d.tellers)},
        "có khóa thì phải ký biên bản",
    ),
    "neither chair nor secretary": (
        lambda d: {office: msgspec.structs.replace(getattr(d, office), must_sign=False)
                   for office in ("chair", "secretary")},
        "Chủ trì hoặc thư ký phải ký biên bản",
    ),
    "a teller as chair": (
        lambda d: {"chair": msgspec.structs.replace(d.chair, key=d.tellers[0].key)}, "chủ trì có cùng một khóa ký",
    ),
    "two tellers of one name": (
        lambda d: {"tellers": (d.tellers[0], msgspec.structs.replace(d.tellers[1], name=d.tellers[0].name))},
        "trùng tên",
    ),
    "a quorum above all": (lambda d: {"quorum": Quorum(5, 3, None)}, "phải là một phần"),
    "a document before of paper 0": (
        lambda d: {"papers": (msgspec.structs.replace(d.papers[0], previous=(Previous(0, "record", "a" * 64),)),)},
        "được dẫn sai",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), PEOPLE.values(), ids=PEOPLE)
def test_what_the_audit_would_refuse_is_not_frozen(
    room: Room, browser: Browser, changes: Callable[[Draft], dict[str, Any]], words: str
) -> None:
    room.begin()
    draft = draft_of(room)
    raw = canonical(msgspec.structs.replace(draft, **changes(draft)))
    browser.sign_in("organiser").post("/draft/replace", file=(io.BytesIO(raw), "draft.json"))
    assert browser.post("/desk/freeze-list").status_code == 409
    assert words in browser.get("/draft").text


def test_what_is_missing_is_said_in_words(browser: Browser) -> None:
    browser.sign_in("organiser").post("/draft/new", step=STEP)
    page = browser.get("/draft").text
    assert "Thiếu địa điểm." in page
    assert "Ban kiểm phiếu: cần từ 2 đến 15 người, hiện có 0." in page
    assert "chưa có nhân sự" in browser.get("/desk").text


def test_a_step_outside_of_the_catalogue_is_refused(browser: Browser) -> None:
    assert browser.sign_in("organiser").post("/draft/new", step="X/1/Y/2").status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"kind": "other"}, {"num": "-1"}, {"den": "0"}, {"op": "<"}, {"mode": "top", "quota": "0"}]
)
def test_a_paper_that_does_not_fit_is_refused(room: Room, browser: Browser, wrong: dict[str, str]) -> None:
    room.begin()
    browser.sign_in("organiser")
    before = draft_of(room)
    assert browser.post("/draft/papers/1", **{**PAPER, **wrong}).status_code == 409
    assert draft_of(room) == before


def test_names_that_stay_keep_their_ids(room: Room, browser: Browser) -> None:
    room.begin(candidates=2)
    browser.sign_in("organiser")
    lines = "Người Mới; ; 1990\nTrần Thị 2; Trưởng phòng; 1980"
    browser.post("/draft/papers/1", **{**PAPER, "listed": lines, "put_forward": ""})
    assert [(one.id, one.name) for one in draft_of(room).papers[0].candidates] == [
        ("c3", "Người Mới"),
        ("c2", "Trần Thị 2"),
    ]


def test_two_people_of_one_name_keep_an_id_each_when_the_paper_is_saved_again(room: Room, browser: Browser) -> None:
    room.begin()
    browser.sign_in("organiser")
    lines = ["Lò Văn Một; Trưởng phòng", "Lò Văn Một; Chuyên viên", "Cầm Thị Ba; Kế toán"]
    listed = [
        {**PAPER, "listed": "\n".join(names), "put_forward": ""}
        for names in (lines, lines, [lines[1], lines[2], lines[0]])
    ]
    found = []
    for fields in listed:
        assert browser.post("/draft/papers/1", **fields).status_code == 303
        found.append({(one.name, one.position): one.id for one in draft_of(room).papers[0].candidates})
    assert len(set(found[0].values())) == 3 and found[1] == found[0] == found[2]


def test_people_come_from_a_workbook_by_their_headers(room: Room, browser: Browser) -> None:
    room.begin()
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["DANH SÁCH"], ["TT", "Họ và tên", "Đơn vị"], [1, "Trần Văn An", "Phòng A"], [2, "Lê Bình", None]):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    take_people(browser.sign_in("organiser"), file=(io.BytesIO(file.getvalue()), "people.xlsx"))
    assert draft_of(room).people == (Person("Trần Văn An", "Phòng A"), Person("Lê Bình", ""))


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        ("Họ và tên,Đơn vị\nTrần Văn An,Phòng A\n", (Person("Trần Văn An", "Phòng A"),)),
        (
            "STT;Họ và tên;Đơn vị\n1;Trần Văn An;Phòng A\n2;Lê Bình;\n",
            (Person("Trần Văn An", "Phòng A"), Person("Lê Bình", "")),
        ),
    ],
)
def test_people_come_from_csv(room: Room, browser: Browser, raw: str, people: tuple[Person, ...]) -> None:
    room.begin()
    take_people(browser.sign_in("organiser"), file=(io.BytesIO(raw.encode()), "people.csv"))
    assert draft_of(room).people == people


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"PK\x03\x04nothing"])
def test_a_file_that_is_no_list_is_refused(room: Room, browser: Browser, raw: bytes) -> None:
    room.begin()
    answer = browser.sign_in("organiser").post("/draft/people", file=(io.BytesIO(raw), "people.xlsx"))
    assert answer.status_code == 409
    assert "Không đọc được danh sách này" in answer.text


def test_nothing_changes_once_the_list_is_frozen(room: Room, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("organiser")
    before = draft_of(room)
    for path in ("/draft/basics", "/draft/papers/1", "/draft/signers", "/draft/people"):
        assert browser.post(path, **{**BASICS, **PAPER}).status_code == 409, path
        assert browser.get(path).status_code == 409, path
    assert draft_of(room) == before
    assert browser.get("/draft/preview").status_code == 200


def test_the_preview_has_the_tablets_words_and_every_name(room: Room, browser: Browser) -> None:
    room.begin(candidates=3)
    page = browser.sign_in("chair").get("/draft/preview").text
    for name in ("Trần Thị 1", "Trần Thị 2", "Trần Thị 3"):
        assert name in page
    assert page.count("Đồng ý</span>") == page.count("Không đồng ý</span>") == 3
    assert "checked" not in page
    assert "Chọn “Đồng ý” hoặc “Không đồng ý” đối với từng nhân sự." in page


def test_warnings_name_a_teller_on_the_ballot_a_small_room_and_names_alike(room: Room, browser: Browser) -> None:
    draft = new_draft(room.tellers)
    listed = draft.papers[0].candidates[0]
    twins = tuple(msgspec.structs.replace(listed, id=f"c{n}", name=name) for n, name in enumerate(("Lê Bá", "Lê Ba")))
    teller = msgspec.structs.replace(listed, id="t", name="Kiểm phiếu viên 1")
    paper = msgspec.structs.replace(draft.papers[0], candidates=(*twins, teller))
    with room.storage.write() as session:
        transitions.new_conference(session, msgspec.structs.replace(draft, papers=(paper,)))
    page = browser.sign_in("organiser").get("/draft").text
    assert "Kiểm phiếu viên 1 là thành viên Ban kiểm phiếu và có tên trên phiếu" in page
    assert "Lê Bá và Lê Ba chỉ khác dấu" in page
    assert "Chỉ có 04 người" in page


def test_the_planner_counts_whole_turns_and_whole_minutes(room: Room, browser: Browser) -> None:
    room.begin()
    page = browser.sign_in("organiser").get("/draft/planner?people=2000&seconds=60&minutes=58").text
    assert "Cần 35 máy để xong trong 58 phút." in page


def test_the_draft_goes_out_and_comes_back_as_a_file(room: Room, browser: Browser) -> None:
    room.begin()
    raw = browser.sign_in("organiser").get("/draft/draft.json").data
    browser.post("/draft/basics", **BASICS)
    assert browser.post("/draft/replace", file=(io.BytesIO(raw), "draft.json")).status_code == 303
    assert browser.get("/draft/draft.json").data == raw


def test_tellers_come_from_the_ceremony_and_one_on_a_ballot_needs_a_reason(room: Room, browser: Browser) -> None:
    room.begin()
    keys = tuple(TellerKeys(name, public_text(new_signing_key())) for name in ("Lò Thị Ước", "Trần Thị 1"))
    [(item, _)] = rehearse(2, 2)
    boxes = (BoxKeys(encode_trustees([item]).decode(), 7),)
    raw = canonical(Tellers(2, "HN", 2, "11" * 32, keys, (), boxes))
    browser.sign_in("organiser")
    assert browser.post("/draft/tellers", file=(io.BytesIO(raw), "tellers.json")).status_code == 303
    assert "Trần Thị 1 vừa kiểm phiếu vừa có tên trên phiếu" in browser.get("/draft").text
    assert browser.post("/desk/freeze-list").status_code == 409
    page = browser.get("/draft/signers").text
    assert 'name="teller2_reason"' in page and 'name="teller1_reason"' not in page
    fields = signers()
    for number, one in enumerate(draft_of(room).tellers, 1):
        fields |= {f"teller{number}_name": one.name, f"teller{number}_key": one.key}
    browser.post("/draft/signers", **fields, teller2_reason=" Cả phòng chỉ có  ba đảng viên ")
    assert draft_of(room).clashes == (Clash("Trần Thị 1", "Cả phòng chỉ có ba đảng viên"),)
    assert 'value="Cả phòng chỉ có ba đảng viên"' in browser.get("/draft/signers").text
    assert list(draft_problems(draft_of(room))) == []
