"""The desk (bàn điều hành) while the box is open: two people for a step, tablets, last call, freeze, over the limit."""

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy.orm import Session

from tests.stories.conftest import EmptyRoom, OpenRoom
from tests.stories.desk_life import Meeting
from tests.stories.looking import Lens
from tests.stories.people import Member, hire, scanned
from tests.stories.test_from_card_to_record import Attendee
from voting.conference import cards
from voting.conference.cards import CardSecret, DeckKind
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.conferences.election import spoken_fingerprint
from voting.rehearsal.room import CastRefused
from voting.storage import conference_row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LENS = Lens(1280, 800, "vi")
WRONG_CODE = "12345"  # a digit short, so that it is never right by chance


class Staff:
    """Chair, teller and technician at their browsers, and the hall screen."""

    def __init__(self, room: OpenRoom, browser: "Browser", spares: list[str]) -> None:
        hire(room.desk)
        self.room, self.spares, self.problems = room, spares, list[str]()
        self.browser = browser
        self.hall = browser.new_context(ignore_https_errors=True).new_page()
        self.hall.goto(f"{room.url}/hall")

    def member(self, role: str) -> Member:
        """Somebody who signs in."""
        return Member.sign_in(self.browser, self.room.url, role, LENS, self.problems)

    def hall_says(self, words: str) -> None:
        """Wait until the hall screen says something by itself."""
        self.hall.locator("main", has_text=words).wait_for()

    def cast(self, card: str) -> None:
        """Somebody votes."""
        election = self.room.election
        self.room.room.tablet.cast(election, cast_ballot(election, card, [[1, 0]] * len(election.questions)))

    def state(self) -> str:
        with self.room.desk.storage.read() as session:
            return conference_row.find(session, self.room.number).state


@pytest.fixture(autouse=True)
def spares(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The spares as they are printed: the room's books never know their codes."""
    printed: list[str] = []
    make = cards.make_cards

    def make_and_print(session: Session, conference: int, kind: DeckKind, number: int, more: int) -> list[CardSecret]:
        made = make(session, conference, kind, number, more)
        printed.extend(card.text for card in made if card.spare)
        return made

    monkeypatch.setattr(cards, "make_cards", make_and_print)
    return printed


@pytest.fixture
def staff(open_room: OpenRoom, chromium: "Browser", spares: list[str]) -> Staff:
    return Staff(open_room, chromium, spares)


def unfold(member: Member, endpoint: str) -> None:
    """Open the fold that a form lies in."""
    fold = member.page.locator(f"details:has(form[action='{endpoint}'])")
    fold.first.evaluate("(one) => one.open = true")


def test_the_box_is_frozen_opened_again_and_closed_by_two_people_after_a_last_call(staff: Staff) -> None:
    chair = staff.member("chair").go("/desk")
    unfold(chair, "/desk/freeze")
    chair.page.fill("form[action='/desk/freeze'] [name=reason]", "Mất điện nửa phòng")
    chair.together("/desk/freeze", "chair")
    assert "Bước này cần hai người khác nhau." in chair.page.inner_text("#fault") and staff.state() == "open"
    assert chair.page.input_value("form[action='/desk/freeze'] [name=reason]") == "Mất điện nửa phòng"
    chair.together("/desk/freeze", "door")
    assert staff.state() == "frozen", "the chair's role is enough, the second person is whoever else has an account"
    staff.hall_says("tạm dừng")
    with pytest.raises(CastRefused):
        staff.cast(staff.room.cards[0])
    chair.look("desk-frozen")
    chair.together("/desk/open", "teller")
    staff.hall_says("Mời bỏ phiếu")
    staff.cast(staff.room.cards[0])
    chair.press("/last-call")
    assert "Đã báo sắp đóng" in chair.page.inner_text(".next")
    staff.hall_says("Sắp đóng bỏ phiếu")
    staff.cast(staff.room.cards[1])
    chair.press("/last-call/take-back")
    staff.hall_says("Mời bỏ phiếu")
    chair.press("/last-call")
    chair.look("desk-last-call")
    chair.together("/desk/close", "teller")
    assert staff.state() == "closed"
    staff.hall_says("Đã đóng bỏ phiếu")
    log = chair.go("/log").page.inner_text("main")
    assert all(words in log for words in ("Tạm khóa hòm phiếu.", "Mất điện nửa phòng", "chair và door", "Mở lại"))
    assert staff.problems == []


def test_one_ballot_more_than_cards_freezes_and_the_chair_can_only_close_or_annul(staff: Staff) -> None:
    *early, last = staff.room.cards
    for card in early:
        staff.cast(card)
    spare = staff.spares[0]
    assert staff.member("door").go("/door/spares").replace(spare, "chair") == "Thẻ dự phòng đã có hiệu lực."
    staff.hall_says("Thẻ dự phòng đã kích hoạt")
    staff.cast(last)  # whose owner had said that it was lost
    staff.hall_says("08")
    with pytest.raises(CastRefused):
        staff.cast(spare)
    assert staff.state() == "frozen"
    chair = staff.member("chair").go("/desk")
    assert "hòm phiếu bị khóa" in chair.page.inner_text(".next")
    assert chair.page.locator("form[action='/desk/open']").count() == 0
    chair.look("desk-over-limit")
    chair.together("/desk/close", "teller")
    assert "Phiếu thu về: 08. Thẻ phát ra: 08." in chair.page.inner_text("main")
    assert "quá số thẻ" in chair.go("/desk").page.inner_text(".notes")
    assert staff.problems == []


class Phone:
    """The authenticator of somebody, filled by scanning the code on their page; the room's clock is a real one."""

    def __init__(self, owner: Member, folder: Path) -> None:
        totp = pyotp.parse_uri(scanned(owner.page.locator("img.qr"), folder))
        assert isinstance(totp, pyotp.TOTP) and totp.name == owner.role
        self.totp, self.step = totp, 0

    def code(self) -> str:
        """The code of now; where that was shown before, the one that comes next."""
        self.step = max(int(time.time()) // self.totp.interval, self.step + 1)
        return str(self.totp.at(self.step * self.totp.interval))


def enrol(owner: Member, folder: Path) -> Phone:
    """Give somebody an authenticator: a wrong code is told at its field, the right one counts."""
    owner.go("/account").press("/account/totp")
    phone = Phone(owner, folder)
    owner.look("authenticator")
    owner.page.fill("[name=code]", WRONG_CODE)
    owner.press("/account/totp/confirm")
    assert "Mã không đúng" in owner.page.inner_text("#fault")
    assert scanned(owner.page.locator("img.qr"), folder) == phone.totp.provisioning_uri()
    owner.speak("en").look("authenticator-en")
    owner.speak("vi").page.fill("[name=code]", phone.code())
    owner.press("/account/totp/confirm")
    assert "Đăng nhập cần mã của ứng dụng xác thực." in owner.page.inner_text("main")
    phone.step = 0  # the room has not seen this code at a sign-in yet
    return phone


def sign_in_with(owner: Member, phone: Phone) -> None:
    """Sign in by the authenticator: no wrong code, no code twice, then in."""
    owner.leave().try_code(WRONG_CODE)
    refused = owner.page.inner_text("[role=alert]")
    assert "Tên, mật khẩu hoặc mã không đúng" in refused and "Đợi mã mới" in refused
    assert owner.page.input_value("[name=login]") == owner.role
    assert owner.page.input_value("[name=password]") + owner.page.input_value("[name=code]") == ""
    owner.look("sign-in-refused")
    code = phone.code()
    owner.try_code(code)
    owner.page.wait_for_url("**/desk")
    owner.leave().speak("en").try_code(code)
    assert "a code that was used already" in owner.page.inner_text("[role=alert]")
    owner.look("sign-in-refused-en")
    owner.speak("vi").try_code(phone.code())
    owner.page.wait_for_url("**/desk")


def test_the_desk_sees_tablets_come_go_and_be_revoked_by_a_technician_with_an_authenticator(
    staff: Staff, tmp_path: Path
) -> None:
    technician, chair = staff.member("technician"), staff.member("chair").go("/desk")
    sign_in_with(technician, enrol(technician, tmp_path))
    context = staff.browser.new_context(viewport={"width": 768, "height": 1024}, ignore_https_errors=True)
    tablet = Attendee(context.new_page())
    tablet.enrol(staff.room)
    chair.go("/desk")
    chair.page.wait_for_selector("[data-live=tablets] .tag.here")
    assert "trang thật" in chair.page.inner_text("[data-live=tablets]")
    chair.look("desk-tablets")
    context.set_offline(True)
    chair.page.wait_for_selector("[data-live=tablets] .tag.lost")
    context.set_offline(False)
    chair.page.wait_for_selector("[data-live=tablets] .tag.here")
    technician.go("/tablets").look("tablets-live")
    technician.understand("tr:has-text('story') form[action$='/revoke']")
    technician.turn(technician.page.locator("tr:has-text('story') form[action$='/revoke'] button"))
    technician.page.wait_for_selector("tr:has-text('story') >> text=đã thu hồi")
    assert "story" not in chair.go("/desk").page.inner_text("main")
    context.close()
    assert staff.problems == []


def test_a_card_that_does_not_work_is_asked_for_and_replaced(staff: Staff) -> None:
    teller, card = staff.member("teller"), staff.room.cards[0]
    staff.cast(card)
    teller.go("/card")
    teller.scan(card)
    assert "ĐÃ GHI NHẬN" in teller.page.inner_text("[data-number=answer]")
    teller.scan(staff.room.cards[1])
    assert "CHƯA GHI NHẬN. Thẻ vẫn còn giá trị" in teller.page.inner_text("[data-number=answer]")
    spare = staff.spares[0]
    teller.scan(spare)
    assert "HỎI BAN KIỂM PHIẾU" in teller.page.inner_text("[data-number=answer]")
    teller.go("/door/spares").page.click("summary")
    assert "Gõ 22 ký tự" in teller.page.inner_text("main")
    assert "đã bỏ phiếu" in teller.replace(spare, "chair", reason="damaged", returned=card)
    assert teller.replace(spare, "chair", reason="unreadable") == "Thẻ dự phòng đã có hiệu lực."
    assert "lấy thẻ khác" in teller.replace(spare, "chair")
    staff.cast(spare)
    teller.go("/desk")
    assert "Thẻ dự phòng: không quét được: 01" in teller.page.inner_text(".notes")
    assert staff.problems == []


def test_paper_ballots_print_once_the_conference_moves_to_paper(staff: Staff, tmp_path: Path) -> None:
    chair = staff.member("chair").go("/desk")
    unfold(chair, "/desk/on-paper")
    chair.beside("/desk/on-paper", "organiser").click()
    assert chair.page.locator("form[action='/desk/on-paper'] [name=reason]:invalid:focus").count() == 1
    assert staff.state() == "open", "a reason is asked for"
    chair.page.fill("form[action='/desk/on-paper'] [name=reason]", "Máy chủ hỏng")
    chair.together("/desk/on-paper", "organiser")
    assert staff.state() == "on_paper"
    staff.hall_says("Tiếp tục bằng phiếu giấy")
    href = chair.page.locator(".next a[href='/sheets/paper_ballot.pdf']").get_attribute("href")
    pdf = tmp_path / "ballots.pdf"
    pdf.write_bytes(chair.page.request.get(f"{staff.room.url}{href}").body())
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert staff.room.election.conference is not None
    for paper in staff.room.election.conference.papers:
        assert all(" ".join(one.name.split()) in " ".join(text.split()) for one in paper.candidates)
    chair.look("desk-on-paper")
    assert staff.problems == []


def test_the_hall_shows_the_result_only_after_signing_and_the_chairs_word(
    empty_room: EmptyRoom, chromium: "Browser", tmp_path: Path
) -> None:
    meeting = Meeting(empty_room, tmp_path)
    hire(empty_room.desk)
    hall = chromium.new_context(viewport={"width": 1280, "height": 800}, ignore_https_errors=True).new_page()
    problems: list[str] = []
    for stage in ("roll_taken", "sealed", "open"):
        getattr(meeting, stage)()
    hall.goto(f"{empty_room.url}/hall")
    spoken, short = hall.locator(".fingerprint").all_inner_texts()
    assert "".join(spoken.split()) == spoken_fingerprint(meeting.election.fingerprint)
    assert meeting.election.fingerprint[:4] in short
    assert "Phiếu trong hòm" not in hall.inner_text("main"), "below two steps of cards, only all is shown"
    meeting.closed()
    hall.reload()
    assert "Phiếu trong hòm" in hall.inner_text("main") and hall.locator(".lookup .qr").count() == 1
    assert "/trackers" in hall.inner_text(".lookup")
    meeting.counted()
    hall.reload()
    assert hall.locator(".chart").count() == 0, "signed, and not shown yet"
    chair = Member.sign_in(chromium, empty_room.url, "chair", LENS, problems).go("/results")
    chair.press("/results/release")
    hall.wait_for_selector(".chart .rule-card")
    assert hall.locator(".chart").count() == len(meeting.content.papers)
    assert hall.locator(".bars li").count() == sum(len(one.candidates) for one in meeting.content.papers)
    assert "ít nhất" in hall.locator(".rule-card").first.inner_text()
    chair.look("results-released")
    chair.press("/results/release")
    hall.locator(".chart").first.wait_for(state="detached")
    assert problems == []
