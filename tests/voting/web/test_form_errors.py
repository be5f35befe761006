"""A form that was refused comes back: what was typed is kept, the error stands at its field, in the reader's words."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import voting
from keys.message import Message, UserError
from tests.voting.rooms import Room
from tests.voting.web.conftest import PASSWORD, Browser
from tests.voting.web.test_rounds import begin
from voting.web.words import catalogue

# Forms of staff that have no page to go back to: they answer a script, or nothing can be wrong in them.
WITHOUT_PAGE = {
    "card.tell", "door.activate_spare", "door.void_leftover", "sign_in.out", "sign_in.speak",
    "sign_in.submit",
}  # fmt: skip
SECOND = {"second_login": "teller", "second_password": PASSWORD}


def fault(page: str) -> str:
    """The words at the field that is to be mended, of which a page has one."""
    found = re.findall(r'<(?:span|p) class="fault" id="fault"[^>]*>(.*?)</', page)
    assert len(found) == 1, page
    return str(found[0])


def asks_for_mending(page: str, name: str) -> None:
    assert re.search(rf'name="{name}"[^>]*aria-invalid="true" aria-describedby="fault" autofocus', page), page


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every error of the room that names its words, with the fields that it gives them."""
    for path in Path(voting.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for one in node.keywords if isinstance(node, ast.Call) else ():
                if one.arg == "key" and isinstance(one.value, ast.Constant) and isinstance(node, ast.Call):
                    yield str(one.value.value), node


def test_every_error_that_names_its_words_has_them_with_its_fields() -> None:
    words, found = catalogue("vi"), list(raised())
    assert len(found) > 50
    for key, call in found:
        given = {one.arg for one in call.keywords} - {"key", "at"}
        assert set(re.findall(r"\{(\w+)\}", words[f"refusal.{key}"])) <= given, key


def test_no_words_of_errors_are_left_over() -> None:
    assert {key for key in catalogue("vi") if key.startswith("refusal.")} == {f"refusal.{key}" for key, _ in raised()}


def test_every_form_of_staff_names_the_page_that_it_is_shown_on(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    forms = {one for one in posts if not one.startswith("api")}
    assert {one for one in forms if not hasattr(app.view_functions[one], "shown_on")} == WITHOUT_PAGE


def test_a_wrong_second_person_keeps_reason_and_name_and_never_the_password(room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("chair")
    answer = browser.post("/desk/freeze", reason="Mất điện", second_login="teller", second_password="sai mật khẩu")
    assert answer.status_code == 409
    assert fault(answer.text) == "Tên, mật khẩu hoặc mã của người thứ hai không đúng."
    asks_for_mending(answer.text, "second_password")
    assert 'value="Mất điện"' in answer.text and 'name="second_login" value="teller"' in answer.text
    assert "sai mật khẩu" not in answer.text
    assert 'data-page="/desk"' in answer.text and 'name="back" value="/desk"' in answer.text


def test_nobody_is_their_own_second_person(room: Room, browser: Browser) -> None:
    room.open()
    answer = browser.sign_in("chair").post("/desk/freeze", reason="x", second_login="chair", second_password=PASSWORD)
    assert fault(answer.text) == "Bước này cần hai người khác nhau."
    asks_for_mending(answer.text, "second_login")


def test_a_missing_reason_is_asked_for_at_its_field(room: Room, browser: Browser) -> None:
    room.open()
    answer = browser.sign_in("chair").post("/desk/annul", reason=" ", **SECOND)
    asks_for_mending(answer.text, "reason")
    assert fault(answer.text).startswith("Bước này cần ghi lý do")
    assert '<details class="card" open><summary>Trường hợp khác' in answer.text


def test_the_words_are_those_of_the_reader(room: Room, browser: Browser) -> None:
    room.freeze_list()
    browser.sign_in("chair")
    said = fault(browser.post("/desk/take-roll", late="Xin chờ", **SECOND).text)
    assert said == "Còn 6 thẻ có hiệu lực, mới ghi 0 thẻ đã rút. Quét mọi thẻ còn lại trong hộp, đến thẻ cuối cùng."
    browser.post("/language/en", back="/desk")
    answer = browser.post("/desk/take-roll", late="Xin chờ", **SECOND).text
    assert fault(answer).startswith("6 cards are still active, 0 are marked as drawn.")
    assert ">Xin chờ</textarea>" in answer


def test_a_step_too_early_says_where_the_conference_is(room: Room, browser: Browser) -> None:
    room.begin()
    answer = browser.sign_in("chair").post("/desk/close", **SECOND)
    assert (
        "Hội nghị đang ở bước “Dự thảo”. Việc này chỉ làm được ở bước: Đã mở bỏ phiếu, Đã tạm khóa hòm phiếu."
        in answer.text
    )
    assert "belongs to" not in answer.text


@pytest.mark.parametrize(
    ("path", "form", "at", "words"),
    [
        ("/draft/papers/1", {"title": "Trưởng phòng mới", "num": "x"}, "num", "Nhập một số nguyên từ 0 đến 1000."),
        ("/draft/papers/1", {"title": "Trưởng phòng mới", "mode": "top", "quota": "0"}, "quota", "từ 1 đến 1000"),
        ("/draft/basics", {"name": "Trưởng phòng mới", "put_forward_max": "-1"}, "put_forward_max", "từ 0 đến 1000"),
        ("/draft/people", {"people": "Trưởng phòng mới\n; x"}, "people", "Chưa nhận: có 2 lỗi"),
        ("/deck", {"kind": "reserve", "once": "a", "cards": "0", "spares": "7"}, "cards", "Cần ít nhất 1 thẻ"),
        ("/deck", {"kind": "main", "once": "b", "cards": "nhiều", "spares": "7"}, "cards", "Nhập một số nguyên"),
        ("/staff", {"login": "door", "name": "Trưởng phòng mới", "password": PASSWORD}, "login", "Đã có"),
        ("/staff", {"login": "x", "name": "Trưởng phòng mới", "password": "ngắn"}, "password", "ít nhất 10"),
        ("/staff", {"login": "x", "name": "Trưởng phòng mới", "password": PASSWORD}, "roles", "ít nhất một vai trò"),
        ("/account/password", {"present": "sai", "password": PASSWORD, "again": PASSWORD}, "present", "không đúng"),
        ("/account/password", {"present": PASSWORD, "password": PASSWORD, "again": "x"}, "again", "không giống nhau"),
    ],
)  # fmt: skip
def test_a_form_comes_back_with_its_error_and_its_input(
    room: Room, browser: Browser, path: str, form: dict[str, Any], at: str, words: str
) -> None:
    room.begin()
    usual = {"kind": "introduce", "op": ">=", "num": "2", "den": "3", "base": "present", "listed": "An"}
    browser.sign_in("organiser")
    answer = browser.post(path, **(usual | form if path.startswith("/draft/papers") else form))
    assert answer.status_code == 409
    assert words in fault(answer.text)
    asks_for_mending(answer.text, at)
    assert "expected" not in answer.text
    if "Trưởng phòng mới" in form.values():
        assert "Trưởng phòng mới" in answer.text
    assert PASSWORD not in answer.text


def test_a_file_that_is_no_list_is_said_so_and_replaces_nothing(room: Room, browser: Browser) -> None:
    room.begin()
    browser.sign_in("organiser")
    for content, words in (
        (b"PK\x03\x04nonsense", "Tệp này không đọc được"),
        (b"\n\n", "tệp trống"),
        (b"a;b\n", "có 1 lỗi"),
    ):
        answer = browser.post("/draft/people", file=(io.BytesIO(content), "people.xlsx"))
        assert words in fault(answer.text)
        assert "Người 1" in browser.get("/draft/people").text or "; " in browser.get("/draft/people").text


def show_authenticator(browser: Browser) -> str:
    """Begin an authenticator and show its page."""
    browser.post("/account/totp")
    return browser.get("/account/totp").text


def test_a_wrong_code_shows_the_same_authenticator_again(browser: Browser) -> None:
    browser.sign_in("door")
    first = re.search(r'<img class="qr" src="([^"]+)"', show_authenticator(browser))
    again = browser.post("/account/totp/confirm", code="000000")
    shown = re.search(r'<img class="qr" src="([^"]+)"', again.text)
    assert first and shown and first.group(1) == shown.group(1)
    assert "nhập mã đang hiện trên điện thoại" in fault(again.text)


def test_a_file_that_is_damaged_keeps_its_detail_for_the_technician(room: Room, browser: Browser) -> None:
    room.take_roll()
    answer = browser.sign_in("technician").post("/setup/trustees", file=(io.BytesIO(b"[]"), "trustees.json"))
    assert "Tệp này không phải tellers.json hoặc trustees.json" in fault(answer.text)
    assert "Chi tiết cho kỹ thuật" in answer.text and '<p lang="en">trustees: ' in answer.text


def test_a_page_that_cannot_be_shown_any_more_gives_way_to_one_that_says_why(room: Room, browser: Browser) -> None:
    room.freeze_list()
    answer = browser.sign_in("organiser").post("/draft/basics", name="x")
    assert answer.status_code == 409 and "Hội nghị đang ở bước “Đã chốt danh sách”" in answer.text
    assert "Quay lại" in answer.text


def test_forms_of_a_round_come_back_too(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    seat = browser.post("/rounds/1/seats", unit="Phòng Kinh tế", title="dept_head", quota="nhiều")
    asks_for_mending(seat.text, "quota")
    assert 'value="Phòng Kinh tế" selected' in seat.text and 'value="nhiều"' in seat.text
    dossier = browser.post("/rounds/1/dossier", to="Ban Tổ chức", signer=" ")
    assert dossier.status_code == 409 and "Ghi nơi nhận tờ trình và người ký." in dossier.text
    assert "expected" not in dossier.text


def test_an_error_is_never_its_root() -> None:
    with pytest.raises(UserError, match="x") as found:
        raise UserError("x", key="whole", at="y", least=1)
    assert (found.value.message, found.value.at) == (Message("whole", "x", {"least": 1}), "y")
