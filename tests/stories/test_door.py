"""The door (bàn đón tiếp) with a hand scanner, a phone, and the chair: until the cards come out even, and afterwards.

A hand scanner is a keyboard: it types the 22 characters and presses Enter. Forty cards are left in the box.
"""

from typing import TYPE_CHECKING

import pytest

from keys.cards import credential
from keys.group import encode_point
from tests.stories.conftest import EmptyRoom
from tests.stories.looking import Lens
from tests.stories.people import Member, hire
from voting.conference import cards, roll, transitions
from voting.documents.letters import searched
from voting.rehearsal import sample
from voting.rehearsal.conference import now
from voting.storage import conference_row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PHONE, DESK = Lens(390, 844, "vi"), Lens(1280, 800, "vi")
SUMMONED, CAME = 44, 4
DELAY = 4.0  # ms between two keys of a hand scanner


class Door:
    """The door's page, the list frozen and two decks printed."""

    def __init__(self, room: EmptyRoom, browser: "Browser") -> None:
        hire(room.desk)
        self.room, self.problems = room, list[str]()
        papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, seed=5)
        draft = sample.sample_draft(papers, room.staff, SUMMONED, 5, now().date().isoformat())
        with room.desk.storage.write() as session:
            self.number = transitions.new_conference(session, draft)
            transitions.freeze_list(session, self.number)
            main = cards.make_cards(session, self.number, "main", SUMMONED, 3)
            reserve = cards.make_cards(session, self.number, "reserve", SUMMONED, 3)
        self.main, self.reserve = ([card.text for card in deck if not card.spare] for deck in (main, reserve))
        self.spare = next(card.text for card in main if card.spare)
        self.door = Member.sign_in(browser, room.url, "door", PHONE, self.problems)
        self.chair = Member.sign_in(browser, room.url, "chair", DESK, self.problems)

    def count(self) -> roll.RollCount:
        with self.room.desk.storage.read() as session:
            return roll.count(session, self.number)

    def mark(self, person: int, kind: str) -> None:
        """Touch a mark of the n-th person on the list."""
        row = self.door.page.locator(".roll tbody tr").nth(person)
        self.door.turn(row.locator(f"form[action$='/{kind}'] button"))

    def scan(self, card: str) -> str:
        """Scan a leftover as a hand scanner does, key by key."""
        page = self.door.page
        self.door.understand("#scan")
        page.evaluate("document.getElementById('scan-note').dataset.kind = ''")
        page.focus("#scan-field")
        page.keyboard.type(card, delay=DELAY)
        page.keyboard.press("Enter")
        page.wait_for_selector("#scan-note[data-kind=good], #scan-note[data-kind=bad]")
        return page.inner_text("#scan-note")

    def number_of(self, name: str) -> int:
        return int(self.door.page.inner_text(f"[data-number={name}]"))


@pytest.fixture
def door(empty_room: EmptyRoom, chromium: "Browser") -> Door:
    return Door(empty_room, chromium)


def test_people_are_found_without_diacritics_marked_and_taken_back(door: Door) -> None:
    page = door.door.go("/door").page
    first = page.locator(".roll tbody tr th").first.inner_text().split("\n")[0]
    plain = searched(first)
    page.locator("[data-search]").press_sequentially(plain.lower())
    page.locator(".roll tbody tr").nth(SUMMONED - 1).wait_for(state="detached")
    assert first in page.locator(".roll tbody tr").first.inner_text()
    door.mark(0, "drew")
    assert (door.count().present, door.count().drawn) == (1, 1)
    assert first in page.inner_text(".undo")
    assert page.input_value("[data-search]").lower() == plain.lower(), "the search stays"
    door.door.look("door-undo", whole=False)
    door.door.turn(page.locator(".undo button"))
    assert (door.count().present, door.count().drawn) == (0, 0)
    assert page.locator(".undo").count() == 0, "one mark can be taken back, not a history of them"
    door.mark(0, "excused")
    assert door.count().excused == 1
    assert door.problems == []


def test_the_count_at_one_door_moves_with_the_marks_of_another(door: Door, chromium: "Browser") -> None:
    page = door.door.go("/door").page
    other = Member.sign_in(chromium, door.room.url, "door", DESK, door.problems).go("/door")
    other.turn(other.page.locator(".roll tbody tr").nth(1).locator("form[action$='/present'] button"))
    page.locator("[data-live=count] dd", has_text="01/44").wait_for()


def test_forty_leftovers_by_hand_scanner_then_the_number_is_frozen_and_latecomers_hear_why(door: Door) -> None:
    page = door.door.go("/door").page
    for person in range(CAME):
        door.mark(person, "drew")
    door.door.go("/door/leftovers")
    assert "Còn 40 thẻ" in page.inner_text("[data-live=verdict]")
    for card in door.main[CAME:]:
        assert door.scan(card) == "Thẻ đã hủy."
        assert page.is_checked("#scan [name=understood]"), "read once, for all cards"
    assert (door.number_of("active"), door.number_of("void")) == (CAME, SUMMONED - CAME)
    assert door.scan(door.main[-1]) == "Thẻ đã hủy." and door.number_of("void") == SUMMONED - CAME, "twice is once"
    assert "Đây là thẻ dự phòng" in door.scan(door.spare)
    assert "không thuộc bộ thẻ" in door.scan(door.reserve[0])
    assert "Không đọc được" in door.scan("abc")
    page.locator("[data-live=verdict]", has_text="Khớp").wait_for()
    assert "chưa ai rút" not in page.inner_text("main")
    door.door.look("leftovers-even")
    door.chair.go("/desk").page.fill("[name=override_reason]", "Đủ thành phần cần thiết")
    door.chair.page.fill("[name=late]", "Mời đồng chí dự, lượt này không bỏ phiếu.")
    door.chair.together("/desk/take-roll", "teller")
    assert "Đã chốt điểm danh" in door.chair.page.inner_text(".state")
    door.door.go("/door")
    assert "Mời đồng chí dự, lượt này không bỏ phiếu." in page.inner_text(".late blockquote")
    assert page.locator(".roll button:not([disabled])").count() == 0
    door.door.look("door-late", whole=False)
    door.door.go("/door/leftovers")
    assert page.locator("#scan-field").count() == 0, "nothing can be voided any more"
    assert door.problems == []


def test_a_drawn_card_voided_by_mistake_leads_to_the_reserve_deck(door: Door) -> None:
    door.door.go("/door")
    for person in range(CAME):
        door.mark(person, "drew")
    door.door.go("/door/leftovers")
    with door.room.desk.storage.write() as session:
        for card in door.main[CAME:]:
            cards.void_leftover(session, door.number, public(door, card))
    door.scan(door.main[0])
    page = door.door.go("/door/leftovers").page
    assert "Thiếu 01 thẻ" in page.inner_text("[data-live=verdict]")
    chair = door.chair.go("/desk")
    chair.page.fill("[name=override_reason]", "Đủ thành phần cần thiết")
    chair.together("/desk/take-roll", "teller")
    assert "Dùng bộ thẻ thay thế" in chair.page.inner_text("#fault")
    assert chair.page.input_value("[name=override_reason]") == "Đủ thành phần cần thiết"
    chair.look("desk-uneven")
    chair.page.locator("details:has(form[action='/desk/reserve-deck'])").first.evaluate("(one) => one.open = true")
    chair.page.fill("form[action='/desk/reserve-deck'] [name=reason]", "Quét nhầm một thẻ đã rút")
    chair.together("/desk/reserve-deck", "chair")
    assert "hai người khác nhau" in chair.page.inner_text("#fault"), "nobody confirms their own step"
    chair.together("/desk/reserve-deck", "teller")
    assert door.count().drawn == 0, "everybody draws again"
    door.door.go("/door")
    for person in range(CAME):
        door.mark(person, "drew")
    door.door.go("/door/leftovers")
    assert "không thuộc bộ thẻ" in door.scan(door.main[0]), "the old deck is void"
    for card in door.reserve[CAME:]:
        door.scan(card)
    assert door.number_of("active") == CAME
    chair.go("/desk").page.fill("[name=override_reason]", "Đủ thành phần cần thiết")
    chair.together("/desk/take-roll", "teller")
    assert "Đã chốt điểm danh" in chair.page.inner_text(".state")
    assert door.problems == []


def public(door: Door, card: str) -> str:
    """The public credential of a card of the deck in use."""
    with door.room.desk.storage.read() as session:
        deck = conference_row.deck_in_use(session, door.number)
        assert deck is not None
        return encode_point(credential(card, deck.uuid))
