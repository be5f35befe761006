"""Names read aloud: only on request and by a voice of the device; the choice only where that was asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kiosk_templates.conftest import Tablet, new_tablet
from tests.stories.shown_page import shown_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
VOICES = """(voices) => {
    window.said = [];
    Object.defineProperty(window, "speechSynthesis", {value: Object.assign(new EventTarget(), {
        getVoices: () => voices, cancel: () => said.push("silence"), speak: (one) => said.push(one.text)})});
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}"""
LOCAL = '[{lang: "vi-VN", localService: true}, {lang: "en-US", localService: true}]'
REMOTE = '[{lang: "vi-VN", localService: false}, {lang: "en-US", localService: true}]'
FIRST, POST = "Lò Thị Thanh Hương", "Phó Trưởng phòng Tổng hợp"


@pytest.fixture
def speaker(chromium: "Browser", front: Path) -> Iterator[Tablet]:
    """A tablet whose device has a Vietnamese voice."""
    with new_tablet(chromium, script=f"({VOICES})({LOCAL})") as one:
        one.enrol()
        yield one


def ask_for(tablet: Tablet, voicing: str) -> None:
    """Ask for the voice on the welcome screen, for the choices on the ballot, and begin."""
    tablet.touch("[data-key=voice]")
    assert "đeo tai nghe" in tablet.page.inner_text("dialog[open]")
    assert tablet.page.locator("dialog [data-key=choices]").count() == 0, "the next person would hear theirs"
    tablet.touch("dialog [data-key=names]")
    tablet.touch("dialog [data-key=close]")
    tablet.begin(0)
    if voicing != "names":
        tablet.touch("[data-key=display]")
        tablet.touch(f"dialog [data-key={voicing}]")
        tablet.touch("dialog [data-key=close]")
    tablet.ready()


def disagree_with_all(tablet: Tablet) -> None:
    """Answer every name of this page by touch."""
    tablet.ready()
    for choices in tablet.page.locator(".person .choices").all():
        choices.locator("label").nth(1).click()


def heard(tablet: Tablet) -> list[str]:
    """What was read since the last time, without the silences."""
    said: list[str] = tablet.page.evaluate("said.splice(0)")
    return [one for one in said if one != "silence"]


def test_nothing_is_read_until_somebody_asks(speaker: Tablet) -> None:
    speaker.begin(0)
    speaker.choose(lambda number: 0)
    assert speaker.page.locator(".listen").count() == 0
    assert heard(speaker) == []


def test_a_name_is_read_when_it_is_touched_and_the_choice_is_not(speaker: Tablet) -> None:
    ask_for(speaker, "names")
    speaker.page.locator(".person .choices label").first.click()
    assert heard(speaker) == []
    speaker.page.locator(".listen").first.click()
    assert heard(speaker) == [FIRST, POST]
    speaker.choose(lambda number: 0)
    speaker.ready()
    for one in speaker.page.locator(".listen").all():
        one.click()
    assert not [one for one in heard(speaker) if "ồng ý" in one]


def test_the_choice_is_read_where_that_was_asked_for(speaker: Tablet) -> None:
    ask_for(speaker, "choices")
    speaker.page.locator(".person .choices label").first.click()
    assert heard(speaker) == ["Đồng ý"]
    while not speaker.page.locator(".at-review").count():
        disagree_with_all(speaker)
        speaker.touch("[data-key=next]")
    speaker.ready()
    heard(speaker)
    speaker.page.locator(".at-review .listen").first.click()
    assert heard(speaker) == [FIRST, "Không đồng ý"]


def test_no_page_turns_under_somebody_who_hears_the_choices(speaker: Tablet) -> None:
    ask_for(speaker, "choices")
    words, _ = shown_page(speaker.page)
    disagree_with_all(speaker)
    speaker.page.clock.run_for(5_000)
    assert shown_page(speaker.page)[0] == words


def test_the_voice_is_silent_on_the_next_screen_and_off_for_the_next_person(speaker: Tablet) -> None:
    ask_for(speaker, "choices")
    speaker.page.locator(".listen").first.click()
    speaker.page.locator("[data-key=next]").click()
    assert speaker.page.evaluate("said.at(-1)") == "silence"
    speaker.page.clock.run_for(95_000)
    speaker.begin(1)
    assert speaker.page.locator(".listen").count() == 0


def test_a_voice_that_would_send_names_elsewhere_is_not_offered(chromium: "Browser", front: Path) -> None:
    with new_tablet(chromium, script=f"({VOICES})({REMOTE})") as tablet:
        tablet.enrol()
        assert tablet.page.locator("[data-key=voice]").count() == 0
        tablet.touch("[data-key=display]")
        assert tablet.page.locator("dialog [data-key=names]").count() == 0
