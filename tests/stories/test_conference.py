"""A whole conference by its pages: organiser, door, technician, tellers, chair and secretary, and two attendees.

Everybody has a browser of their own; what happens outside of browsers are the tellers' own tools. Every page is looked
at on the way; `make browsers` holds it once more at two other sizes, in both languages, with letters of double size.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from keys.cards import credential
from keys.group import encode_point
from tally.count.steps import confirm_setup
from tally.signing.teller_file import read_teller_file
from tests.stories.conftest import EmptyRoom
from tests.stories.looking import LENSES, Lens, in_turn
from tests.stories.people import Member, hire, printed_cards
from tests.stories.test_from_card_to_record import Attendee
from voting.conference.draft.agenda import write_draft
from voting.rehearsal import sample
from voting.rehearsal.conference import now
from voting.storage.tables import CardRow, DeckRow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PRESENT = 8


class Conference:
    """The story, act by act."""

    def __init__(self, room: EmptyRoom, browser: "Browser", lens: Lens, folder: Path) -> None:
        self.room, self.browser, self.lens, self.folder = room, browser, lens, folder
        self.members: dict[str, Member] = {}
        self.deck: list[str] = []
        self.problems: list[str] = []

    def member(self, role: str) -> Member:
        """Somebody of staff, who signs in when they are first needed."""
        if role not in self.members:
            self.members[role] = Member.sign_in(self.browser, self.room.url, role, self.lens, self.problems)
        return self.members[role]

    def plan(self) -> None:
        """The organiser begins a conference, freezes its list and prints the cards."""
        organiser, draft = self.member("organiser"), self.folder / "draft.json"
        organiser.look("desk-empty")
        papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, seed=5)
        content = sample.sample_draft(papers, self.room.staff, 9, 5, now().date().isoformat())
        draft.write_text(write_draft(content), encoding="utf-8")
        organiser.upload("/desk/new", draft)
        organiser.look("desk-draft")
        organiser.press("/desk/freeze-list")
        organiser.go("/staff").look("accounts")
        organiser.go("/deck").look("deck")
        self.deck = printed_cards(organiser.fetch("form[action='/deck'] button", self.folder / "cards.pdf"))
        assert len(self.deck) == len(set(self.deck)) == 12
        reserve = organiser.fetch("form[action='/deck'] >> nth=1 >> button", self.folder / "reserve.pdf")
        assert not set(self.deck) & set(printed_cards(reserve))

    def by_status(self, status: str) -> list[str]:
        """Cards of the deck by what the room's books say of them; only a test can look there with secrets in hand."""
        with self.room.desk.storage.read() as session:
            uuid = session.scalars(select(DeckRow.uuid).where(DeckRow.kind == "main", DeckRow.status == "in_use")).one()
            rows = {row.credential: row.status for row in session.scalars(select(CardRow).where(CardRow.deck == uuid))}
        return [card for card in self.deck if rows[encode_point(credential(card, uuid))] == status]

    def receive(self) -> None:
        """The door marks who came and drew; the card left in the box is scanned; the chair freezes the number."""
        door = self.member("door").go("/door")
        rows = door.page.locator(".roll tbody tr").count()
        assert rows == 9
        for number in range(PRESENT):
            row = door.page.locator(".roll tbody tr").nth(number)
            for mark in ("present", "drew"):
                door.turn(row.locator(f"form[action$='/{mark}'] button"))
        door.page.fill("[name=q]", "nguyen")
        door.look("door", whole=False)
        chair = self.member("chair").go("/desk")
        chair.together("/desk/take-roll", "teller")
        chair.look("refused")
        door.go("/door/leftovers").look("leftovers")
        door.scan(self.by_status("active")[-1])
        assert door.page.inner_text("[data-number=active]") == str(PRESENT)
        assert "22" in door.scan("abc") or door.page.locator("#scan-note").count()
        chair.go("/desk").look("desk-roll")
        chair.together("/desk/take-roll", "teller")

    def seal(self) -> None:
        """The technician brings the tellers' keys and writes Setup; every teller's tool confirms it."""
        technician, trustees = self.member("technician").go("/setup"), self.folder / "trustees.json"
        technician.look("setup-before")
        trustees.write_bytes(self.room.staff.trustees)
        technician.upload("/setup/trustees", trustees)
        technician.press("/setup/write")
        archive = technician.fetch("a[href='/setup/setup.bel']", self.folder / "setup.bel")
        for number, teller in enumerate(self.room.staff.tellers):
            own = read_teller_file(teller.path, teller.passphrase)
            confirmation = self.folder / f"confirmation-{number}.json"
            confirmation.write_bytes(confirm_setup(archive, own))
            technician.upload("/setup/confirmations", confirmation)
        technician.look("setup")

    def open(self) -> Attendee:
        """Chair and teller open the box; the technician enrols a tablet with a code of the desk."""
        chair = self.member("chair").go("/desk")
        chair.look("desk-sealed")
        chair.together("/desk/open", "teller")
        chair.go("/desk").look("desk-open")
        page = self.browser.new_context(ignore_https_errors=True).new_page()
        hall = Member(page, self.room.url, "hall", self.lens, self.problems)
        hall.page.set_viewport_size({"width": max(self.lens.width, 1280), "height": 800})
        hall.go("/hall").look("hall", whole=False)
        technician = self.member("technician").go("/tablets")
        technician.together("/tablets/codes", "teller")  # the box is open
        technician.look("tablets")
        code = technician.page.inner_text(".code code").replace(" ", "")
        context = self.browser.new_context(viewport={"width": 768, "height": 1024}, ignore_https_errors=True)
        attendee = Attendee(context.new_page())
        attendee.page.goto(f"{self.room.url}/kiosk")
        attendee.page.fill("#enrol-code", code)
        attendee.touch("button.primary")
        attendee.at("welcome")
        return attendee

    def vote(self, attendee: Attendee, card: str, answer: int | None) -> str:
        """An attendee scans a card and casts a ballot; return the heading of the last screen."""
        attendee.at("welcome")
        attendee.page.keyboard.type(card)
        attendee.page.keyboard.press("Enter")
        attendee.at("ballot")
        attendee.choose(lambda number: answer)
        attendee.touch("[data-key=cast]")
        attendee.page.wait_for_selector(".at-done, .at-stopped", state="attached")
        said = attendee.page.inner_text("h1")
        attendee.touch(".foot button")
        return said

    def replace_a_lost_card(self, attendee: Attendee) -> None:
        """A card that was lost: a spare does nothing until staff activate it, and then votes."""
        spare = self.by_status("spare")[0]
        assert "chưa được Ban kiểm phiếu kích hoạt" in self.vote(attendee, spare, 0)
        teller = self.member("teller").go("/door/spares")
        teller.look("spares")
        active = "The spare is active." if self.lens.language == "en" else "Thẻ dự phòng đã có hiệu lực."
        assert teller.replace(spare, "chair") == active
        assert teller.page.inner_text("[data-number=spares]") == "2"
        assert "đã được ghi nhận" in self.vote(attendee, spare, 0)

    def close(self) -> None:
        """Teller and chair close the box; the secretary takes the files along and notes what came back."""
        teller = self.member("teller").go("/desk")
        teller.together("/desk/close", "chair")
        teller.go("/results").look("results")
        secretary = self.member("secretary").go("/results")
        secretary.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        archive = secretary.fetch("a[href$='.bel']", self.folder / "box.bel")
        facts = json.loads(secretary.fetch("a[href$='.facts.json']", self.folder / "facts.json").read_bytes())
        assert archive.stat().st_size > 0 and facts["signatures"]
        secretary.go("/trackers").look("trackers")
        assert secretary.page.locator(".trackers li").count() == 2
        secretary.go("/hall")
        secretary.page.wait_for_selector("h1")
        secretary.look("hall-closed")


@pytest.mark.parametrize("lens", in_turn(*LENSES))
def test_a_conference_is_held_by_its_pages(
    empty_room: EmptyRoom, chromium: "Browser", lens: Lens, tmp_path: Path
) -> None:
    hire(empty_room.desk)
    story = Conference(empty_room, chromium, lens, tmp_path)
    story.plan()
    story.receive()
    story.seal()
    attendee = story.open()
    assert "đã được ghi nhận" in story.vote(attendee, story.by_status("active")[0], 1)
    assert "đã được sử dụng" in story.vote(attendee, story.by_status("active")[0], 0)
    story.replace_a_lost_card(attendee)
    story.close()
    assert story.problems == []
