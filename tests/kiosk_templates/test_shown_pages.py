"""Pages that turn by themselves: when, for whom, and what keeps a finger from skipping one. The clock is ours here."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kiosk_templates.conftest import Tablet, new_tablet
from tests.stories.shown_page import shown_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(chromium: "Browser", front: Path) -> Iterator[Tablet]:
    """A tablet that shows the first page of a ballot, its touches alive and its clock stopped."""
    with new_tablet(chromium) as one:
        one.enrol()
        one.begin(0)
        one.stop_the_clock()
        one.ready()
        yield one


def after(tablet: Tablet, milliseconds: int) -> str:
    """What the page is called when so much time went by."""
    tablet.page.clock.run_for(milliseconds)
    return shown_page(tablet.page)[0]


def answer_all(tablet: Tablet, answer: int = 0) -> str:
    """Answer every name of this page by touch; return what the page is called."""
    words, _ = shown_page(tablet.page)
    for choices in tablet.page.locator(".person .choices").all():
        choices.locator("label").nth(answer).click()
    return words


def checked(tablet: Tablet) -> int:
    return tablet.page.locator("input:checked").count()


def test_a_page_turns_once_its_last_name_is_answered_and_not_a_moment_earlier(tablet: Tablet) -> None:
    words, turns = shown_page(tablet.page)
    assert turns
    tablet.page.locator(".person .choices label").first.click()
    assert after(tablet, 5_000) == words, "names are left"
    answer_all(tablet)
    assert after(tablet, 800) == words, "what was chosen can be seen"
    assert after(tablet, 200) != words


def test_a_correction_in_time_puts_the_turning_off(tablet: Tablet) -> None:
    words = answer_all(tablet)
    assert after(tablet, 800) == words
    tablet.page.locator(".person .choices label").nth(1).click()
    assert after(tablet, 800) == words
    assert after(tablet, 200) != words


def test_a_page_does_not_turn_under_a_finger(tablet: Tablet) -> None:
    words = answer_all(tablet)
    box = tablet.page.locator(".person .choices label").nth(1).bounding_box()
    assert box is not None
    tablet.page.mouse.move(box["x"] + 20, box["y"] + 20)
    tablet.page.mouse.down()
    assert after(tablet, 5_000) == words
    tablet.page.mouse.up()
    assert tablet.page.locator(".person .choices input").nth(1).is_checked()
    assert after(tablet, 1_000) != words


def test_a_page_with_a_name_left_open_again_stays(tablet: Tablet) -> None:
    words = answer_all(tablet)
    tablet.page.locator(".person .clear").first.click()
    assert after(tablet, 5_000) == words


def test_words_of_another_language_neither_stop_nor_hurry_the_turning(tablet: Tablet) -> None:
    answer_all(tablet)
    tablet.page.clock.run_for(300)
    tablet.page.locator("[data-key=language]").click()
    words = shown_page(tablet.page)[0]
    assert after(tablet, 800) == words
    tablet.page.locator(".person .clear").first.click()
    assert after(tablet, 5_000) == words, "the turning that began before the language changed is forgotten"
    tablet.page.locator(".person .choices label").first.click()
    assert after(tablet, 1_000) != words


def test_no_page_turns_behind_a_dialog(tablet: Tablet) -> None:
    words = answer_all(tablet)
    tablet.page.locator("[data-key=display]").click()
    assert after(tablet, 5_000) == words


def test_who_is_turned_away_while_a_page_was_to_turn_sees_no_page(tablet: Tablet) -> None:
    answer_all(tablet)
    tablet.room.state = "closed"
    for _ in range(40):
        tablet.page.clock.run_for(200)
        tablet.breathe()
    assert tablet.page.locator(".at-stopped").count() == 1


def test_a_finger_that_meant_the_page_before_answers_nobody_and_skips_no_page(tablet: Tablet) -> None:
    words = answer_all(tablet)
    assert after(tablet, 1_000) != words
    first = tablet.page.locator(".person .choices label").first
    tablet.page.clock.run_for(600)
    first.click()
    assert checked(tablet) == 0, "not yet"
    tablet.page.clock.run_for(200)
    assert tablet.page.locator("[data-key=next]").is_disabled()
    first.click()
    assert checked(tablet) == 1
    tablet.page.clock.run_for(1_000)
    assert tablet.page.locator("[data-key=next]").is_enabled()
    tablet.page.locator("[data-key=language]").click()
    assert tablet.page.locator("[data-key=next]").is_enabled(), "it slept once"


def test_a_finger_that_came_down_too_early_answers_nobody(tablet: Tablet) -> None:
    words = answer_all(tablet)
    assert after(tablet, 1_000) != words
    box = tablet.page.locator(".person .choices label").first.bounding_box()
    assert box is not None
    tablet.page.mouse.move(box["x"] + 20, box["y"] + 20)
    tablet.page.mouse.down()
    tablet.page.clock.run_for(2_000)
    tablet.page.mouse.up()
    assert checked(tablet) == 0


def test_a_page_to_which_somebody_came_back_stays(tablet: Tablet) -> None:
    words = answer_all(tablet)
    assert after(tablet, 2_000) != words
    tablet.page.locator("[data-key=previous]").click()
    tablet.ready()
    tablet.page.locator(".person .choices label").nth(1).click()
    assert after(tablet, 5_000) == words


def test_no_page_turns_under_somebody_who_uses_keys(tablet: Tablet) -> None:
    words, _ = shown_page(tablet.page)
    people = tablet.page.locator(".person").count()
    for _ in range(people * 4):
        tablet.page.keyboard.press("Tab")
        if tablet.page.evaluate("document.activeElement.type === 'radio' && !document.activeElement.checked"):
            tablet.page.keyboard.press("Space")
    assert checked(tablet) == people
    assert after(tablet, 5_000) == words


def test_who_has_chosen_nothing_yet_is_told_that_the_card_is_good_and_may_leave(tablet: Tablet) -> None:
    assert "Thẻ hợp lệ. Đồng chí có 02 phiếu cần bỏ." in tablet.page.inner_text(".progress")
    tablet.page.locator(".person .choices label").first.click()
    assert "Thẻ hợp lệ" not in tablet.page.inner_text(".progress")
    assert not tablet.page.locator("[data-key=cancel]").is_visible()
    tablet.page.locator(".person .clear").first.click()
    tablet.page.locator("[data-key=cancel]").click()
    tablet.at("welcome")
