"""Practice and test cards: nobody mistakes them for the real thing, and nothing of them ever reaches the box."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.stories.conftest import OpenRoom
from tests.stories.looking import complaints, picture
from tests.stories.test_from_card_to_record import Attendee
from tests.stories.test_troubles import cast, enrolled, review, scan
from voting.conference import cards, closing
from voting.documents.ballots.ballot import cast_ballot
from voting.rehearsal import sample
from voting.rehearsal.conference import TWO_PEOPLE, now, prepare, seal_and_open
from voting.rehearsal.room import CastRefused
from voting.rehearsal.staff import make_staff
from voting.storage.tables import BallotRow, ConferenceRow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
BANNER = "BỎ PHIẾU THỬ – KHÔNG TÍNH KẾT QUẢ"


@pytest.fixture
def tablet(open_room: OpenRoom, chromium: "Browser", front: Path) -> Iterator[Attendee]:
    """A tablet that is enrolled at the room."""
    yield from enrolled(open_room, chromium)


def ballots(room: OpenRoom) -> int:
    """How many ballots all boxes of the room hold."""
    with room.desk.storage.read() as session:
        return session.scalar(select(func.count()).select_from(BallotRow)) or 0


def after_the_practice(room: OpenRoom, folder: Path) -> None:
    """Close the practice; the real conference of the same room opens, with keys of its own: a share opens one box."""
    papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, seed=6)
    room.staff = make_staff(folder, sample.TELLERS, sample.THRESHOLD, seed=6)
    draft = sample.sample_draft(papers, room.staff, 9, 6, now().date().isoformat())
    with room.desk.storage.write() as session:
        closing.close_box(session, room.number, room.desk.keyring, TWO_PEOPLE, now())
    room.number, deck = prepare(room.desk, draft, 8, room.staff.trustees)
    room.cards[:] = [card.text for card in deck[:8]]
    room.election = seal_and_open(room.desk, room.staff, room.number)


def test_practice_says_so_on_every_screen_and_nothing_of_it_reaches_the_box(
    open_room: OpenRoom, tablet: Attendee, tmp_path: Path
) -> None:
    page, practised = tablet.page, open_room.cards[0]
    with open_room.desk.storage.write() as session:
        session.get_one(ConferenceRow, open_room.number).practice = True
    page.wait_for_selector(".practising")
    assert page.inner_text("h1").startswith("Bỏ phiếu thử.")
    picture(page, "tablet-practice")
    scan(tablet, practised)
    assert page.inner_text(".practice") == BANNER
    tablet.choose(lambda number: 0)
    assert page.inner_text(".practice") == BANNER
    assert page.inner_text("[data-key=cast]") == "Bỏ phiếu thử"
    tablet.sent.clear()
    said = cast(tablet)
    assert "không tính vào kết quả" in said and "PHIẾU THỬ" in said and "✓" not in said
    assert page.inner_text(".practice") == BANNER
    assert complaints(page) == []
    request, before = tablet.sent[0], ballots(open_room)
    tablet.touch(".foot .primary")

    (folder := tmp_path / "real").mkdir()
    after_the_practice(open_room, folder)
    page.wait_for_selector(".practising", state="detached")
    page.wait_for_selector(".at-welcome", state="attached")
    page.keyboard.type(practised)
    page.keyboard.press("Enter")
    page.get_by_text("Thẻ này không thuộc lần bỏ phiếu này.").wait_for()
    body = request.post_data_buffer
    answer = page.request.post(
        f"{open_room.url}/api/v1/elections/{open_room.election.uuid}/ballots",
        headers={key: request.headers[key] for key in ("phieukin-device", "phieukin-signature", "content-type")},
        data=body,
    )
    assert (answer.status, answer.json()["recorded"]) in ((400, False), (401, False), (401, None), (400, None))
    assert ballots(open_room) == before
    review(tablet, open_room.cards[0])
    assert "đã được ghi nhận" in cast(tablet)
    assert ballots(open_room) == before + 1


def test_a_test_card_checks_the_tablet_and_can_never_be_counted(open_room: OpenRoom, tablet: Attendee) -> None:
    (card,) = cards.make_test_cards(1)
    tablet.sent.clear()
    tablet.page.keyboard.type(card.text)
    tablet.page.keyboard.press("Enter")
    tablet.page.get_by_text("Thẻ thử: máy này đọc mã tốt. Thẻ thử không bỏ phiếu được.").wait_for()
    picture(tablet.page, "tablet-test-card")
    assert tablet.page.locator(".at-welcome").count() == 1
    tablet.touch(".foot button")
    for char in card.text:
        tablet.touch(f'[data-key="key-{char}"]')
    tablet.touch("[data-key=enter]")
    tablet.page.get_by_text("Thẻ thử: máy này đọc mã tốt.").wait_for()
    assert tablet.sent == []
    marks = [[1, 0]] * len(open_room.election.questions)
    with pytest.raises(CastRefused, match="unknown_card"):
        open_room.room.tablet.cast(open_room.election, cast_ballot(open_room.election, card.text, marks))
    assert ballots(open_room) == 0
