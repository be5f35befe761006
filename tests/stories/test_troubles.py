"""What goes wrong around a voter, at a real room: after each trouble somebody is told the truth, and the card works."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from keys.cards import credential
from keys.group import encode_point
from tests.stories.conftest import OpenRoom
from tests.stories.looking import LENSES, complaints, photographed, picture
from tests.stories.people import Member, hire
from tests.stories.test_from_card_to_record import LIVE, Attendee
from voting.conference import closing, last_call
from voting.documents.envelope import Envelope
from voting.documents.facts import RoomFacts
from voting.rehearsal.conference import TWO_PEOPLE, now
from voting.storage import conference_row
from voting.storage.tables import BallotRow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser
TABLET = {"width": 768, "height": 1024}
WORDS = """() => [document.documentElement.outerHTML, JSON.stringify(history.state), document.cookie,
    document.title, location.href, ...Object.values(localStorage), ...Object.values(sessionStorage)].join(" ")"""
LIAR = """
const honest = onmessage, tell = postMessage.bind(self);
onmessage = ({ data }) => {
  if (data.what === "choose" && data.order.question === 0) data.order.marks = [...data.order.marks].reverse();
  honest({ data });
};
self.postMessage = (message) => {
  for (const one of message.answer?.answers?.slice(0, 1) ?? []) one.marks = [...one.marks].reverse();
  tell(message);
};
"""


@pytest.fixture
def tablet(open_room: OpenRoom, chromium: "Browser") -> Iterator[Attendee]:
    """A tablet that is enrolled at the room."""
    yield from enrolled(open_room, chromium)


@pytest.fixture
def second(open_room: OpenRoom, chromium: "Browser") -> Iterator[Attendee]:
    """Another tablet."""
    yield from enrolled(open_room, chromium)


def enrolled(room: OpenRoom, chromium: "Browser") -> Iterator[Attendee]:
    context = chromium.new_context(viewport=TABLET, ignore_https_errors=True)  # type: ignore[arg-type]
    attendee = Attendee(context.new_page())
    attendee.enrol(room)
    yield attendee
    context.close()


def scan(attendee: Attendee, card: str) -> None:
    """Scan a card and begin."""
    attendee.at("welcome")
    attendee.page.keyboard.type(card)
    attendee.page.keyboard.press("Enter")
    attendee.at("ballot")


def review(attendee: Attendee, card: str, answer: int = 0) -> None:
    """From the card to the review."""
    scan(attendee, card)
    attendee.choose(lambda number: answer)


def cast(attendee: Attendee) -> str:
    """Touch "Bỏ phiếu"; return what the last screen says."""
    attendee.touch("[data-key=cast]")
    attendee.page.wait_for_selector(f"{LIVE} :is(.at-done, .at-stopped)", state="attached")
    return attendee.page.inner_text("main")


def ballot_of(room: OpenRoom, card: str) -> str | None:
    """The tracker of a card's ballot in the box, as tablets show it; None without a ballot."""
    public = encode_point(credential(card, room.election.uuid))
    with room.desk.storage.read() as session:
        found = session.scalar(select(BallotRow.tracker).where(BallotRow.credential == public))
    return found and " ".join(textwrap.wrap(found[:12], 4))


def test_a_reloaded_tablet_has_forgotten_the_voter_and_the_card_still_votes(
    open_room: OpenRoom, tablet: Attendee
) -> None:
    review(tablet, open_room.cards[0])
    tablet.page.reload()
    tablet.at("welcome")
    assert ballot_of(open_room, open_room.cards[0]) is None
    review(tablet, open_room.cards[0])
    assert "đã được ghi nhận" in cast(tablet)
    assert tablet.page.inner_text(".tracker b") == ballot_of(open_room, open_room.cards[0])


def test_a_card_goes_on_at_another_tablet_when_one_dies(
    open_room: OpenRoom, tablet: Attendee, second: Attendee
) -> None:
    review(tablet, open_room.cards[0])
    tablet.page.close()
    assert ballot_of(open_room, open_room.cards[0]) is None
    review(second, open_room.cards[0])
    assert "đã được ghi nhận" in cast(second)
    assert second.page.inner_text(".tracker b") == ballot_of(open_room, open_room.cards[0])


def test_who_sent_a_ballot_from_a_tablet_that_died_learns_at_another_that_it_counts(
    open_room: OpenRoom, tablet: Attendee, second: Attendee
) -> None:
    arrived: list[int] = []

    def die(route: "Route") -> None:
        arrived.append(route.fetch().status)
        route.abort()

    tablet.page.route("**/ballots", die)
    review(tablet, open_room.cards[0])
    tablet.touch("[data-key=cast]")
    tablet.page.locator(".again").wait_for()
    tablet.page.close()
    assert arrived[0] == 200
    kept = ballot_of(open_room, open_room.cards[0])
    review(second, open_room.cards[0], 1)
    assert "trong hòm đã có một phiếu của thẻ này" in cast(second)
    assert kept is not None and ballot_of(open_room, open_room.cards[0]) == kept


def test_a_slow_network_takes_its_time_and_the_ballot_counts(open_room: OpenRoom, tablet: Attendee) -> None:
    slow = {"offline": False, "latency": 1500, "downloadThroughput": 4_000, "uploadThroughput": 8_000}
    review(tablet, open_room.cards[0])
    wire = tablet.page.context.new_cdp_session(tablet.page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", slow)
    tablet.touch("[data-key=cast]")
    tablet.page.wait_for_selector(".at-casting", state="attached")
    assert "giữ nguyên vị trí" in tablet.page.inner_text("main")
    tablet.page.wait_for_selector(".at-done", state="attached")
    assert tablet.page.inner_text(".tracker b") == ballot_of(open_room, open_room.cards[0])


def test_of_two_tablets_with_one_card_the_first_ballot_stays(
    open_room: OpenRoom, tablet: Attendee, second: Attendee
) -> None:
    review(tablet, open_room.cards[0], 0)
    review(second, open_room.cards[0], 1)
    assert "đã được ghi nhận" in cast(tablet)
    first = tablet.page.inner_text(".tracker b")
    said = cast(second)
    assert "Thẻ này đã được sử dụng" in said and "Lá phiếu vừa rồi KHÔNG được ghi nhận" in said
    assert ballot_of(open_room, open_room.cards[0]) == first


def test_a_tablet_without_a_network_says_so_and_sends_when_it_is_back(open_room: OpenRoom, tablet: Attendee) -> None:
    review(tablet, open_room.cards[0])
    tablet.page.context.set_offline(True)
    tablet.touch("[data-key=cast]")
    tablet.page.get_by_text("Gửi lại nhiều lần, phiếu vẫn chỉ được tính một lần.").wait_for()
    picture(tablet.page, "tablet-casting-again")
    assert ballot_of(open_room, open_room.cards[0]) is None
    tablet.page.context.set_offline(False)
    tablet.page.wait_for_selector(".at-done")
    assert tablet.page.inner_text(".tracker b") == ballot_of(open_room, open_room.cards[0])


def test_the_last_call_is_seen_by_whoever_votes_and_closing_is_said_at_once(
    open_room: OpenRoom, tablet: Attendee
) -> None:
    scan(tablet, open_room.cards[0])
    with open_room.desk.storage.write() as session:
        last_call.call(session, open_room.number)
    tablet.page.get_by_text("Sắp đóng bỏ phiếu.").wait_for()
    picture(tablet.page, "tablet-last-call")
    with open_room.desk.storage.write() as session:
        closing.close_box(session, open_room.number, open_room.desk.keyring, TWO_PEOPLE, now())
    tablet.page.wait_for_selector(".at-stopped")
    said = tablet.page.inner_text("main")
    assert "Đã hết thời gian bỏ phiếu." in said and "Phiếu CHƯA được ghi nhận." in said
    assert ballot_of(open_room, open_room.cards[0]) is None


def test_nothing_of_the_vote_is_left_and_one_request_went_out(open_room: OpenRoom, tablet: Attendee) -> None:
    names = [one.name for paper in conference_papers(open_room) for one in paper]
    history = tablet.page.evaluate("history.length")
    tablet.sent.clear()
    review(tablet, open_room.cards[0])
    assert any(name in tablet.page.content() for name in names)
    cast(tablet)
    tablet.touch(".foot button")
    tablet.at("welcome")
    everywhere = tablet.page.evaluate(WORDS)
    traces = [one for one in [*names, open_room.cards[0], open_room.cards[0][:5]] if one in everywhere]
    assert traces == []
    assert tablet.page.evaluate("history.length") == history
    stored = tablet.page.evaluate(
        """async () => [(await caches.keys()).length, (await indexedDB.databases()).map((one) => one.name),
            [...document.querySelectorAll("input")].map((one) => one.value + (one.checked ? "x" : "")).join("")]"""
    )
    assert stored == [0, ["phieukin"], "on" * stored[2].count("on")]
    assert [request.url.rsplit("/", 1)[1] for request in tablet.sent] == ["ballots"]


def conference_papers(room: OpenRoom) -> list[tuple]:  # type: ignore[type-arg]
    assert room.election.conference is not None
    return [paper.candidates for paper in room.election.conference.papers]


def lookup(page: "Page", room: OpenRoom, card: str) -> str:
    """A phone asks for the tracker of a card."""
    page.goto(f"{room.url}/card/mine")
    page.fill("#mine-field", card)
    page.click("#mine button:not([type])")
    page.locator("#mine-note", has_text="hòm phiếu").wait_for()
    return page.inner_text("#mine-tracker")


def test_a_doubter_tests_the_tablet_votes_and_finds_the_ballot_again(
    open_room: OpenRoom, tablet: Attendee, chromium: "Browser", front: Path, tmp_path: Path
) -> None:
    hire(open_room.desk)
    card = open_room.cards[0]
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, ignore_https_errors=True).new_page()
    assert lookup(phone, open_room, card) == ""
    review(tablet, card, 1)
    verdict, _ = audited(open_room, tablet, front, tmp_path)
    assert "good" in verdict
    tablet.page.get_by_text("Lần thử này đã được đếm.").wait_for()
    picture(tablet.page, "tablet-test")
    tablet.touch(".foot .primary")
    problems: list[str] = []
    teller = Member.sign_in(chromium, open_room.url, "teller", LENSES[0], problems)
    teller.go("/card").scan(card)
    assert "CHƯA GHI NHẬN. Thẻ vẫn còn giá trị" in teller.page.inner_text(".standing")
    review(tablet, card, 0)
    cast(tablet)
    tracker = tablet.page.inner_text("b.mono")
    assert lookup(phone, open_room, card) == tracker
    assert complaints(phone) == []
    picture(phone, "phone-tracker")
    teller.scan(card)
    assert "ĐÃ GHI NHẬN" in teller.page.inner_text(".standing")
    teller.look("card")
    with open_room.desk.storage.write() as session:
        closed = closing.close_box(session, open_room.number, open_room.desk.keyring, TWO_PEOPLE, now())
    phone.goto(f"{open_room.url}/trackers")
    phone.fill("#lookup-field", tracker)
    assert phone.inner_text("#lookup-note") == "Có trong hòm phiếu."
    phone.fill("#lookup-field", "0" * 12)
    assert "Không có mã này" in phone.inner_text("#lookup-note")
    assert facts_of(closed.facts).audits == 1
    assert (problems, complaints(phone)) == ([], [])


def facts_of(raw: bytes) -> RoomFacts:
    """The facts that closing signed."""
    import msgspec

    from voting.documents.envelope import read_payload

    return read_payload(msgspec.json.decode(raw, type=Envelope), RoomFacts, "facts")


def audited(room: OpenRoom, tablet: Attendee, front: Path, folder: Path) -> tuple[str, str]:
    """Test instead of casting; return the class and the table of the tester's page on a second device."""
    seal = tablet.seal()
    tablet.touch("[data-key=test]")
    tablet.touch("dialog [data-key=test-go]")
    tablet.at("test")
    photos = photographed(tablet.page, folder)
    page = tablet.page.context.browser.new_page()  # type: ignore[union-attr]
    (folder / "election.json").write_bytes(room.election.raw)
    page.goto((front.parent / json.loads(front.read_bytes())["files"]["auditor.html"]["file"]).as_uri())
    page.set_input_files("input[type=file]", folder / "election.json")
    page.set_input_files("input[accept='image/*']", photos)
    page.wait_for_selector(".verdict")
    picture(page, "auditor")
    assert complaints(page) == []
    assert page.locator("code").last.inner_text() == seal
    return page.locator(".verdict").get_attribute("class") or "", page.inner_text("main")


def test_a_tablet_that_changes_a_choice_before_encrypting_is_caught(
    open_room: OpenRoom, chromium: "Browser", front: Path, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport=TABLET, ignore_https_errors=True)  # type: ignore[arg-type]

    def lie(route: "Route") -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + LIAR)

    context.route("**/worker-*.js", lie)
    attendee = Attendee(context.new_page())
    attendee.enrol(open_room)
    review(attendee, open_room.cards[0], 1)
    verdict, said = audited(open_room, attendee, front, tmp_path)
    assert "bad" in verdict and "SAI" in said.upper()
    context.close()
    with open_room.desk.storage.read() as session:
        assert conference_row.counts(session, open_room.number).get("audits") == 1
