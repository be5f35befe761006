"""The tablet in a real browser: stories of voters, and of what may go wrong around them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kiosk_templates.conftest import SIZE, Tablet, new_tablet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def agree(number: int) -> int:
    return 0


def test_a_voter_scans_chooses_reviews_casts_and_gets_a_receipt(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(lambda number: [0, 1, None][number % 3])
    text = tablet.page.inner_text("#tablet")
    assert "Sau khi bỏ phiếu, phiếu không thể thay đổi." in text
    assert "Còn 02 nhân sự đồng chí chưa cho ý kiến." in text
    assert "Nếu để trống, phiếu vẫn hợp lệ nhưng không tính là đồng ý." in text
    tablet.touch("[data-key=cast]")
    tablet.at("done")
    assert "Phiếu của đồng chí đã được ghi nhận." in tablet.page.inner_text("h1")
    assert len(tablet.room.ballots) == 1


def test_nothing_of_a_voter_is_left_for_the_next(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.touch("[data-key=language]")
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    tablet.at("done")
    assert "Lò Thị Thanh Hương" not in tablet.page.content()
    tablet.touch(".foot .primary")
    tablet.at("welcome")
    assert tablet.page.locator("html").get_attribute("lang") == "vi"
    stored = tablet.page.evaluate(
        """async () => [localStorage.length, sessionStorage.length, document.cookie, history.length,
            (await indexedDB.databases()).map((one) => one.name).join()]"""
    )
    assert stored == [0, 0, "", stored[3], "phieukin"]
    tablet.begin(1)
    assert tablet.page.locator("input:checked").count() == 0


def test_nothing_is_asked_of_the_room_between_the_card_and_the_ballot(tablet: Tablet) -> None:
    tablet.at("welcome")
    asked: list[str] = []
    tablet.page.on("request", lambda request: asked.append(request.url.split("/api/v1")[-1]))
    tablet.begin(0)
    tablet.choose(agree)
    assert {one for one in asked if not one.endswith(".js")} <= {"/room"}


def test_a_lost_answer_is_asked_for_with_the_same_bytes(tablet: Tablet) -> None:
    tablet.room.lose = 4  # browsers repeat some of them by themselves
    tablet.begin(0)
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    for _ in range(20):
        if tablet.page.locator(".at-done").count():
            break
        tablet.page.clock.run_for(1000)
        tablet.breathe()
    tablet.at("done")
    assert len(set(tablet.room.bodies)) == 1 < len(tablet.room.bodies)
    assert len(tablet.room.ballots) == 1


def test_a_second_touch_on_cast_sends_nothing_more(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(agree)
    tablet.ready()
    tablet.page.locator("[data-key=cast]").dblclick()
    tablet.at("done")
    assert len(tablet.room.bodies) == 1


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((409, "closed", False), "Phiếu CHƯA được ghi nhận."),
        ((409, "frozen", False), "Phiếu CHƯA được ghi nhận. Thẻ vẫn còn giá trị."),
        ((409, "card_used", False), "Thẻ này đã được sử dụng để bỏ phiếu."),
        ((403, "card_void", True), "Phiếu ĐÃ được ghi nhận."),
        ((400, "bad_ballot", None), "Chưa biết phiếu đã được ghi nhận hay chưa."),
    ],
)
def test_a_refusal_says_whether_the_ballot_counts(
    tablet: Tablet, refusal: tuple[int, str, bool | None], said: str
) -> None:
    tablet.room.refuse = refusal
    tablet.begin(0)
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    tablet.at("stopped")
    assert said in tablet.page.inner_text("main")


def test_a_receipt_that_the_room_did_not_sign_is_not_taken_for_done(tablet: Tablet) -> None:
    tablet.room.forged = True
    tablet.begin(0)
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    tablet.at("stopped")
    assert "không có chữ ký hợp lệ" in tablet.page.inner_text("h1")
    assert "Chưa biết phiếu đã được ghi nhận hay chưa." in tablet.page.inner_text("main")


def test_a_choice_can_be_changed_from_the_review(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(agree)
    seal = tablet.page.inner_text(".seal span")
    tablet.touch("li:first-child button")
    tablet.at("ballot")
    tablet.touch(".person:nth-of-type(1) label:nth-child(2)")
    tablet.touch("[data-key=next]")
    tablet.at("review")
    assert "Không đồng ý" in tablet.page.inner_text("li:first-child")
    assert tablet.page.inner_text(".seal span") != seal


def test_no_more_names_are_put_forward_than_allowed(tablet: Tablet) -> None:
    tablet.begin(0)
    while not tablet.page.locator("label.person").count():
        tablet.touch("[data-key=next]")
        tablet.ready()
    for name in range(3):
        tablet.page.locator("label.person").nth(name).click()
    assert tablet.page.locator("label.person input:checked").count() == 2
    assert "Đã chọn đủ 02 người." in tablet.page.inner_text("main")


def test_touches_are_dead_right_after_a_change_of_screen(tablet: Tablet) -> None:
    tablet.stop_the_clock()
    tablet.scan(0)
    tablet.at("ballot")
    answer = tablet.page.locator(".person .choices label").first
    answer.click()
    assert tablet.page.locator("input:checked").count() == 0
    tablet.ready()
    answer.click()
    assert tablet.page.locator("input:checked").count() == 1


def test_idling_warns_and_then_clears(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.page.clock.run_for(61_000)
    assert tablet.page.locator("dialog[open]").count() == 1
    tablet.touch("dialog[open] .primary")
    assert tablet.page.locator("dialog[open]").count() == 0
    tablet.page.clock.run_for(95_000)
    tablet.at("welcome")
    assert "chưa được ghi nhận; thẻ vẫn còn giá trị" in tablet.page.inner_text(".remark")


def test_what_somebody_set_and_left_is_not_there_for_the_next(tablet: Tablet) -> None:
    tablet.touch("[data-key=language]")
    assert tablet.page.locator("html").get_attribute("lang") == "en"
    tablet.page.clock.run_for(95_000)
    tablet.page.wait_for_selector("html[lang=vi] .at-welcome", state="attached")
    tablet.page.clock.run_for(95_000)
    assert tablet.page.locator("dialog[open]").count() == 0, "nobody is warned where nothing is set"


def test_the_last_screen_goes_by_itself(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    tablet.at("done")
    tablet.page.clock.run_for(62_000)
    tablet.at("welcome")


def test_closing_while_somebody_votes_is_said_at_once(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.room.state = "closed"
    tablet.page.clock.run_for(5_000)
    tablet.at("stopped")
    assert "Đã hết thời gian bỏ phiếu." in tablet.page.inner_text("h1")
    assert "Phiếu CHƯA được ghi nhận." in tablet.page.inner_text("main")


def test_after_closing_the_receipts_are_handed_over(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    tablet.at("done")
    tablet.touch(".foot .primary")
    tablet.room.state = "closed"
    for _ in range(20):
        tablet.page.clock.run_for(4_000)
        tablet.breathe()
        if tablet.room.receipts:
            break
    tablet.at("waiting")
    kept = json.loads(tablet.room.receipts[0])["receipts"]
    assert [sorted(one) for one in kept] == [["receipt", "tracker"]]


@pytest.mark.parametrize(
    ("state", "said"), [("sealed", "Chưa đến giờ bỏ phiếu."), ("frozen", "Phiên làm việc tạm dừng.")]
)
def test_a_room_that_is_not_open_takes_no_card(tablet: Tablet, state: str, said: str) -> None:
    tablet.room.state = state
    tablet.page.clock.run_for(5_000)
    tablet.at("waiting")
    assert said in tablet.page.inner_text("h1")
    tablet.scan(0)
    assert tablet.page.locator(".at-waiting").count() == 1


def test_a_practice_vote_cannot_be_mistaken(tablet: Tablet) -> None:
    tablet.room.practice = True
    tablet.page.clock.run_for(5_000)
    tablet.page.wait_for_selector(".practice")
    tablet.begin(0)
    assert tablet.page.inner_text(".practice") == "BỎ PHIẾU THỬ – KHÔNG TÍNH KẾT QUẢ"


def test_a_card_of_another_vote_is_turned_away(tablet: Tablet) -> None:
    tablet.page.keyboard.type("1" * 22)
    tablet.page.keyboard.press("Enter")
    tablet.page.wait_for_selector(".remark p")
    tablet.page.get_by_text("Thẻ này không thuộc lần bỏ phiếu này.").wait_for()


def test_a_typed_card_with_one_wrong_character_names_its_group(tablet: Tablet) -> None:
    card = tablet.room.meeting.cards[0].replace("-", "")
    tablet.touch(".foot button")
    tablet.at("keypad")
    tablet.ready()
    for char in card[:7] + ("2" if card[7] != "2" else "3") + card[8:]:
        tablet.page.locator(f'[data-key="key-{char}"]').click()
    tablet.page.locator("[data-key=enter]").click()
    tablet.page.get_by_text("Nhóm 2 có ký tự chưa đúng.").wait_for()


def test_a_whole_ballot_can_be_cast_by_keyboard(tablet: Tablet) -> None:
    tablet.scan(0)
    tablet.at("ballot")
    for _ in range(60):
        tablet.ready()
        if tablet.page.locator(".at-review").count():
            tablet.page.wait_for_selector("[data-key=cast]:enabled")  # the ballot is sealed
        tablet.page.keyboard.press("Tab")
        kind, pressed = tablet.page.evaluate(
            "() => { const at = document.activeElement; return [at.type ?? '', at.dataset.key ?? '']; }"
        )
        if kind in ("radio", "checkbox"):
            tablet.page.keyboard.press("Space")
        elif tablet.page.evaluate("document.activeElement.classList.contains('primary')"):
            tablet.page.keyboard.press("Enter")
            if pressed == "cast":
                break
    tablet.at("done")


def test_testing_instead_of_casting_casts_nothing(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(agree)
    tablet.touch("[data-key=test]")
    tablet.touch("dialog [data-key=test-go]")
    tablet.at("test")
    assert "không được tính" in tablet.page.inner_text("h1")
    tablet.touch(".foot .primary")
    tablet.at("welcome")
    assert tablet.room.bodies == []


def test_testing_asks_first_and_the_way_back_keeps_the_ballot(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.choose(agree)
    seal = tablet.seal()
    tablet.stop_the_clock()
    tablet.touch("[data-key=test]")
    dialog = tablet.page.locator("dialog[open]")
    assert "sẽ bị hủy và các lựa chọn sẽ hiện ra" in dialog.inner_text()
    assert dialog.locator("button").first.inner_text() == "Quay lại"
    assert tablet.page.evaluate("document.activeElement.dataset.key") == "test-back"
    dialog.locator("[data-key=test-go]").click(force=True)  # a second finger, too early: dead
    assert tablet.page.locator(".at-review").count() == 1
    tablet.touch("dialog [data-key=test-back]")
    assert tablet.page.locator("dialog[open]").count() == 0
    assert tablet.seal() == seal and tablet.room.audits == []
    tablet.touch("[data-key=cast]")
    tablet.at("done")


def test_an_election_that_cannot_be_opened_leaves_no_workers_behind(chromium: "Browser", front: Path) -> None:
    with new_tablet(chromium) as tablet:
        tablet.enrol()
        election = replace(tablet.room.meeting.election, raw=tablet.room.meeting.election.raw + b" ")
        tablet.room.meeting = replace(tablet.room.meeting, election=election, credentials=b'["no credential"]')
        opened: list[str] = []
        tablet.page.on("worker", lambda worker: opened.append(worker.url))
        for _ in range(5_000):
            tablet.page.clock.run_for(4_000)
            tablet.breathe()
            if len(opened) > 4:
                break
        tablet.at("waiting")
        assert len(opened) > 4, "each look at the room tries again"
        assert len(tablet.page.workers) <= 1


def test_every_target_is_large_enough(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.page.locator(".person .choices label").first.click()
    small = tablet.page.evaluate(
        """() => [...document.querySelectorAll("button, label.choice")].map((one) => one.getBoundingClientRect())
            .filter((box) => box.width && (box.height < 48 || box.width < 48)).length"""
    )
    assert small == 0


def test_a_booth_whose_script_did_not_come_is_opened_again(tablet: Tablet) -> None:
    tablet.page.route("**/worker-*.js", lambda route: route.abort(), times=1)
    tablet.scan(0)
    tablet.at("ballot")
    tablet.touch("[data-key=cancel]")
    for _ in range(10):
        tablet.scan(0)
        tablet.page.clock.run_for(4_000)
        tablet.breathe()
        if tablet.page.locator(".at-ballot").count():
            break
    tablet.choose(agree)
    tablet.touch("[data-key=cast]")
    tablet.at("done")


COUNT = """
    window.measured = 0;
    const real = Element.prototype.getBoundingClientRect;
    Element.prototype.getBoundingClientRect = function () {
        window.measured += this.matches(".person");
        return real.call(this);
    };"""


def test_names_are_measured_while_a_card_is_looked_for(chromium: "Browser", front: Path) -> None:
    names = "() => [...document.querySelectorAll('.main:not(.stage) .person .who')].map((one) => one.innerText)"
    with new_tablet(chromium, script=COUNT) as tablet:
        tablet.enrol()
        tablet.ready()
        assert tablet.page.locator(".stage").count() == 0, "nothing is left of it"
        assert tablet.page.evaluate("() => window.measured") == 12
        tablet.begin(0)
        assert tablet.page.evaluate("() => window.measured") == 12
        shown = tablet.page.evaluate(names)
        for width in (SIZE[0] - 100, SIZE[0]):
            tablet.page.evaluate("() => { window.measured = 0; }")
            tablet.page.set_viewport_size({"width": width, "height": SIZE[1]})
            tablet.page.wait_for_function("width => window.innerWidth === width && window.measured >= 12", arg=width)
        assert tablet.page.evaluate(names) == shown, "what is measured on the screen itself comes out the same"
